#include "services/gateway/bus_side.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
constexpr Service owners[] = {Service::vault, Service::identification, Service::referral,
                              Service::assistance, Service::closure};
// A service commits in milliseconds; one that is restarted is back within this.
constexpr Milliseconds answer_deadline = std::chrono::seconds(10);
constexpr Milliseconds heard_within = std::chrono::seconds(5);
// What an ask is besides its data and personal part: account, organisation, expectation, type …
constexpr std::size_t ask_fixed_bytes = 192;
// The last ask goes over the bound; a client's newline may have become six bytes in it.
static_assert(limits::feed_bytes_per_message_max + ask_fixed_bytes + 6 * limits::body_bytes_max <
              limits::bus_message_bytes_max);
// Messages taken before a commit, so that clients' reads are never far behind.
constexpr std::size_t messages_per_turn_max = 64;

wire::Ask wire_form(const Question& question, std::uint64_t number) {
  return {.number = number,
          .key = question.key,
          .actor = question.actor,
          .expects = question.expects,
          .type = question.type,
          .data = question.data,
          .personal = question.personal.reveal()};
}

Error not_answered(const char* why) { return Error(Code::unavailable, "", why); }
}  // namespace

BusSide::BusSide(Parts parts) : parts_(parts), chronicle_(parts.store) {
  for (const Service owner : owners) links_.emplace(owner, parts_.bus.link_to(to_text(owner)));
}

Result<std::unique_ptr<BusSide>> BusSide::open(Parts parts) {
  std::unique_ptr<BusSide> out(new BusSide(parts));
  std::vector<Projection::Followed> logs;
  for (const Service owner : owners) logs.push_back({owner, out->links_.at(owner)});
  NRM_TRY_ASSIGN(out->projection_,
                 Projection::open(
                     core_of<Views>(), parts.store, logs,
                     [side = out.get()](const std::string& log, json::Value record, Batch& batch) {
                       side->chronicle_.record(log, record, batch);
                     }));
  out->publish(parts.ticks.now());
  return out;
}

void BusSide::ask(Question question, Answered done) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !closed_ && queue_.size() < limits::gateway_asks_max;
    if (taken) queue_.push_back({std::move(question), std::move(done)});
  }
  if (taken) return parts_.bus.wake();
  diag::count("gateway_asks_refused_total");
  done(not_answered("too many requests wait for this service"));
}

std::vector<BusSide::LogStatus> BusSide::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void BusSide::send() {
  std::vector<Queued> queued;
  {
    const std::lock_guard lock(mutex_);
    queued.swap(queue_);
  }
  if (queued.empty()) return;
  std::map<Service, std::vector<Queued>> by_service;
  for (Queued& one : queued) by_service[one.question.service].push_back(std::move(one));
  for (auto& [service, asks] : by_service) send_some(service, asks);
}

// A service that is silent takes nothing: what it would find in its queue when it is back, clients
// have long asked again.
bool BusSide::is_up(Service service, Instant now) const {
  return std::ranges::any_of(projection_->cursors(), [&](const FeedCursor& cursor) {
    return cursor.link() == links_.at(service) && cursor.heard_since(now - heard_within);
  });
}

void BusSide::send_some(Service service, std::vector<Queued>& asks) {
  const Instant now = parts_.ticks.now(), until = now + answer_deadline;
  const bool up = is_up(service, now);
  for (std::size_t from = 0; from < asks.size();) {
    wire::Asks message;
    std::size_t bytes = 0, end = from;
    for (; end < asks.size() && bytes < limits::feed_bytes_per_message_max; ++end) {
      message.items.push_back(wire_form(asks[end].question, last_number_ + 1 + end - from));
      bytes += ask_fixed_bytes + asks[end].question.data.size() +
               asks[end].question.personal.reveal().size();
    }
    const bool sent = up && in_flight_.size() + (end - from) <= limits::gateway_asks_max &&
                      parts_.bus.send(links_.at(service), wire::write(message));
    for (; from < end; ++from) {
      if (!sent) {
        asks[from].done(not_answered("the service takes no requests now"));
        continue;
      }
      in_flight_.emplace(++last_number_, Waiting{service, until, std::move(asks[from].done)});
      deadlines_.emplace_back(until, last_number_);
    }
  }
}

bool BusSide::is_owner(Link link, const wire::Message& message) const {
  const auto from_owner = [&](const std::string& log) {
    return std::ranges::any_of(projection_->cursors(), [&](const FeedCursor& cursor) {
      return cursor.log() == log && cursor.link() == link;
    });
  };
  if (const auto* records = std::get_if<wire::Records>(&message)) return from_owner(records->log);
  if (const auto* beat = std::get_if<wire::Beat>(&message)) return from_owner(beat->log);
  if (const auto* refused = std::get_if<wire::Refused>(&message)) return from_owner(refused->log);
  return false;
}

Result<void> BusSide::take(const Delivery& delivery, Instant now) {
  const auto message = wire::read(delivery.frames);
  if (!message) {
    diag::count("bus_unreadable_total");
    return {};
  }
  if (const auto* answers = std::get_if<wire::Answers>(&*message)) {
    for (const wire::Answer& answer : answers->items) take_answer(answer, delivery.link);
    return {};
  }
  // A service speaks for its own log only.
  if (is_owner(delivery.link, *message)) return projection_->on(*message, now);
  diag::count("bus_unexpected_total");
  return {};
}

void BusSide::take_answer(const wire::Answer& answer, Link from) {
  const auto found = in_flight_.find(answer.number);
  if (found == in_flight_.end() || links_.at(found->second.service) != from) return;  // too late
  const Waiting waiting = std::move(found->second);
  in_flight_.erase(found);
  if (!answer.record.empty()) parts_.freshness.acknowledged(waiting.service, answer.seq);
  waiting.done(answer);
}

void BusSide::expire(Instant now) {
  while (!deadlines_.empty()) {
    const auto [until, number] = deadlines_.front();
    const auto found = in_flight_.find(number);
    if (found != in_flight_.end() && until > now) return;
    deadlines_.pop_front();
    if (found == in_flight_.end()) continue;  // was answered
    const Waiting waiting = std::move(found->second);
    in_flight_.erase(found);
    diag::count("gateway_asks_unanswered_total");
    waiting.done(not_answered("the service did not answer in time"));
  }
}

void BusSide::publish(Instant now) {
  std::vector<LogStatus> fresh;
  for (const FeedCursor& cursor : projection_->cursors()) {
    fresh.push_back({.log = cursor.log(),
                     .head = std::max(cursor.owner_head(), cursor.next()),
                     .next = cursor.next(),
                     .heard = cursor.heard_since(now - heard_within) && cursor.owner_head() > 0,
                     .stopped = cursor.stopped()});
    parts_.freshness.projected(owners[fresh.size() - 1], cursor.next());
  }
  const std::lock_guard lock(mutex_);
  status_ = std::move(fresh);
}

Result<void> BusSide::turn(std::chrono::milliseconds wait) {
  send();
  std::vector<Delivery> deliveries;
  parts_.bus.receive(wait, messages_per_turn_max, deliveries);
  const Instant now = parts_.ticks.now();
  for (const Delivery& delivery : deliveries) NRM_TRY(take(delivery, now));
  send();  // what an answer led to need not wait for the commit
  NRM_TRY(projection_->commit(parts_.bus, now));
  if (chronicle_.committed()) parts_.freshness.accounts_changed();
  expire(now);
  publish(now);
  parts_.freshness.release();
  return {};
}

void BusSide::close() {
  std::vector<Queued> queued;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    queued.swap(queue_);
  }
  for (const Queued& one : queued) one.done(not_answered("the gateway stops"));
  auto waiting = std::move(in_flight_);
  in_flight_.clear();
  for (const auto& [number, one] : waiting) one.done(not_answered("the gateway stops"));
}
}  // namespace nrm::gateway
