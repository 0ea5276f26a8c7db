#include "services/gateway/ask_side.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"

namespace nrm::gateway {
namespace {
// A service commits in milliseconds; one that is restarted is back within this.
constexpr Milliseconds answer_deadline = std::chrono::seconds(10);
// What an ask is besides its data and personal part: account, organisation, expectation, type …
constexpr std::size_t ask_fixed_bytes = 192;
// The last ask goes over the bound; a client's newline may have become six bytes in it.
static_assert(limits::feed_bytes_per_message_max + ask_fixed_bytes + 6 * limits::body_bytes_max <
              limits::bus_message_bytes_max);
// Messages taken in one turn: deadlines are looked at in between.
constexpr std::size_t messages_per_turn_max = 64;
// Answers taken before what they led to is sent: the next service need not stand idle until a
// whole batch of the first one has been gone through.
constexpr std::size_t answers_between_sends = 16;

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

AskSide::AskSide(Parts parts) : parts_(parts) {
  for (const Service owner : log_owners) links_.emplace(owner, parts_.bus.link_to(to_text(owner)));
}

void AskSide::ask(Question question, Answered done) {
  bool taken = false, first = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !closed_ && queue_.size() < limits::gateway_asks_max;
    first = queue_.empty();
    if (taken) queue_.push_back({std::move(question), std::move(done)});
  }
  if (!taken) {
    diag::count("gateway_asks_refused_total");
    return done(not_answered("too many requests wait for this service"));
  }
  // Who found others in the queue need not wake: send() takes them all. Nor who was called by
  // take(), which sends before it waits again.
  if (first && turning_ != std::this_thread::get_id()) parts_.bus.wake();
}

void AskSide::send() {
  std::vector<Queued> queued;
  {
    const std::lock_guard lock(mutex_);
    queued.swap(queue_);
  }
  if (queued.empty()) return;
  // Urgent ones first: in a flood the others fill the first messages.
  std::ranges::stable_partition(queued, [](const Queued& one) { return one.question.urgent; });
  std::map<Service, std::vector<Queued>> by_service;
  for (Queued& one : queued) by_service[one.question.service].push_back(std::move(one));
  for (auto& [service, asks] : by_service) send_some(service, asks);
}

// A service that is silent takes nothing: what it would find in its queue when it is back, clients
// have long asked again.
void AskSide::send_some(Service service, std::vector<Queued>& asks) {
  const Instant now = parts_.ticks.now(), until = now + answer_deadline;
  const bool up = parts_.presence.is_up(service, now);
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

void AskSide::take(const Delivery& delivery) {
  const auto message = wire::read(delivery.frames);
  if (!message) return diag::count("bus_unreadable_total");
  const auto* answers = std::get_if<wire::Answers>(&*message);
  if (answers == nullptr) return diag::count("bus_unexpected_total");
  std::size_t taken = 0;
  for (const wire::Answer& answer : answers->items) {
    take_answer(answer, delivery.link);
    if (++taken % answers_between_sends == 0) send();
  }
  send();
}

void AskSide::take_answer(const wire::Answer& answer, Link from) {
  const auto found = in_flight_.find(answer.number);
  if (found == in_flight_.end() || links_.at(found->second.service) != from) return;  // too late
  const Waiting waiting = std::move(found->second);
  in_flight_.erase(found);
  if (!answer.record.empty()) parts_.freshness.acknowledged(waiting.service, answer.seq);
  waiting.done(answer);
}

void AskSide::expire(Instant now) {
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

void AskSide::turn(std::chrono::milliseconds wait) {
  send();
  std::vector<Delivery> deliveries;
  parts_.bus.receive(wait, messages_per_turn_max, deliveries);
  turning_ = std::this_thread::get_id();
  for (const Delivery& delivery : deliveries) take(delivery);
  expire(parts_.ticks.now());
  turning_ = std::thread::id();
}

void AskSide::close() {
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
