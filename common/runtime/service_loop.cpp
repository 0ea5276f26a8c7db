#include "common/runtime/service_loop.hpp"

#include <algorithm>
#include <map>

#include "common/diag/diag.hpp"
#include "common/runtime/roles.hpp"

namespace nrm {
namespace {
// Five missed beats.
constexpr Milliseconds owner_silent_after = std::chrono::seconds(5);
constexpr Milliseconds written_back_within = std::chrono::seconds(5);  // else folded at a start
constexpr Milliseconds clocks_wait_for_feeds = std::chrono::minutes(1);

FeedSource::Log log_of(Step& step, const Store& store, Service service, const Clock& clock,
                       const std::optional<Gossip>& gossip) {
  return {.name = log_name(service),
          .head = [&step] { return step.head(); },
          .leaf = [&step](std::uint64_t seq) { return step.leaf(seq); },
          .read =
              [&store](std::uint64_t seq, const std::function<bool(std::string_view)>& take) {
                return store.scan(
                    Family::log, Range{keys::log(seq), ""},
                    [&](std::string_view, std::string_view record) { return take(record); });
              },
          .checkpoint = [&step] { return step.checkpoint(); },
          .time = [&step, &clock] { return step.log_time(clock.now()); },
          .seen = [&gossip] { return gossip ? gossip->seen() : std::vector<std::string>(); },
          .prove = [&step](auto old_size,
                           auto size) { return step.consistency_proof(old_size, size); }};
}
}  // namespace

ServiceLoop::ServiceLoop(Parts parts, std::unique_ptr<Step> step)
    : parts_(std::move(parts)),
      step_(std::move(step)),
      source_(log_of(*step_, parts_.step.store, parts_.step.core.service(), parts_.clock, gossip_),
              parts_.bus) {
  for (const Service owner : parts_.step.core.follows()) {
    const std::string log = log_name(owner);
    const LogPlace place = step_->cursor(log);
    auto skips =
        unwanted_types(owner, [&](std::string_view type) { return parts_.step.core.wants(type); });
    emits_[log] = types_of(owner).set(unknown_event_type);  // what is new is parked, not refused
    cursors_.emplace_back(log, parts_.bus.link_to(to_text(owner)), place.next, place.last,
                          std::move(skips));
  }
  time_known_ = parts_.step.sandbox || cursors_.empty();
  start_gossip();
}

Result<std::unique_ptr<ServiceLoop>> ServiceLoop::open(Parts parts) {
  const Instant now = parts.clock.now();
  NRM_TRY_ASSIGN(auto step, Step::open(parts.step, now));
  std::unique_ptr<ServiceLoop> loop(new ServiceLoop(std::move(parts), std::move(step)));
  NRM_TRY(loop->unpark(now));
  return loop;
}

Result<void> ServiceLoop::turn(std::chrono::milliseconds wait) {
  const Instant now = parts_.clock.now();
  if (step_->idle()) {
    if (parts_.step.hooks != nullptr) NRM_TRY(parts_.step.hooks->upkeep());
    NRM_TRY(take_overdue(now));
  }
  std::vector<Delivery> fresh;
  // While inputs are left over from the last turn, only look; the bound stops a flood here.
  if (!inbox_.empty() || inputs_ != 0) wait = Milliseconds(0);
  if (const Instant ticks = parts_.ticks.now(); waits_for_company(ticks))
    wait = parts_.step.core.patience() - (ticks - batch_began_);
  if (inbox_.size() < limits::inbox_messages_max)
    parts_.bus.receive(wait, limits::inbox_messages_max - inbox_.size(), fresh);
  for (Delivery& delivery : fresh) inbox_.push_back(std::move(delivery));
  const Instant ticks = parts_.ticks.now();
  if (inputs_ == 0) batch_began_ = ticks;
  take_messages();
  if (waits_for_company(ticks)) return {};
  NRM_TRY(commit_and_answer());
  NRM_TRY(look_at_own_checkpoints());
  NRM_TRY(source_.turn(ticks));
  if (gossip_) gossip_->turn(parts_.bus, ticks);
  for (FeedCursor& cursor : cursors_) cursor.turn(parts_.bus, ticks);
  return write_back(ticks);
}

// Only while nobody waits for it, not for long, and not when there is no room for more.
bool ServiceLoop::waits_for_company(Instant ticks) const {
  return inputs_ > 0 && tickets_.empty() && !step_->pressed() && inbox_.empty() &&
         inputs_ < limits::inputs_per_batch_max &&
         ticks - batch_began_ < parts_.step.core.patience();
}

Result<void> ServiceLoop::write_back(Instant ticks) {
  const std::uint64_t waiting = step_->head() - step_->folded();
  if (waiting == 0) return {};
  if (!unfolded_since_) unfolded_since_ = ticks;
  if (waiting < limits::unfolded_records_max && ticks - *unfolded_since_ < written_back_within)
    return {};
  unfolded_since_.reset();
  return step_->write_back();
}

void ServiceLoop::take_messages() {
  const Instant now = parts_.clock.now();
  const Instant ticks = parts_.ticks.now();
  while (!inbox_.empty() && inputs_ < limits::inputs_per_batch_max) {
    const Delivery delivery = std::move(inbox_.front());
    inbox_.pop_front();
    const auto message = wire::read(delivery.frames);
    if (!message) {
      diag::count("bus_unreadable_total");
      continue;
    }
    const bool sandbox = parts_.step.sandbox;
    if (const auto* asks = std::get_if<wire::Asks>(&*message)) {
      if (may(may_command(delivery.peer, sandbox), delivery, "command"))
        take_asks(delivery.link, *asks, now);
    } else if (const auto* resume = std::get_if<wire::Resume>(&*message)) {
      if (may(may_follow(delivery.peer, parts_.step.core.service(), sandbox), delivery, "follow"))
        source_.on(delivery.link, *resume, ticks, delivery.peer);
    } else if (const auto* credit = std::get_if<wire::Credit>(&*message)) {
      source_.on(delivery.link, *credit);
    } else if (const auto* prove = std::get_if<wire::Prove>(&*message)) {
      if (may(may_follow(delivery.peer, parts_.step.core.service(), sandbox), delivery, "follow"))
        source_.on(delivery.link, *prove);
    } else {
      take_feed(delivery, *message, now);
    }
  }
}

// Told once: who floods us must not fill the log files too.
bool ServiceLoop::may(bool allowed, const Delivery& delivery, std::string_view what) {
  if (allowed) return true;
  diag::count("peers_refused_total");
  if (refused_.insert(delivery.peer + ' ' + std::string(what)).second)
    diag::error("peer_refused", {{"peer", delivery.peer}, {"what", what}});
  return false;
}

void ServiceLoop::take_feed(const Delivery& delivery, const wire::Message& message, Instant now) {
  const Instant ticks = parts_.ticks.now();
  for (FeedCursor& cursor : cursors_) {
    if (cursor.link() != delivery.link) continue;
    if (const auto* records = std::get_if<wire::Records>(&message)) {
      if (dates_nothing()) continue;  // asked for again
      const auto before = cursor.next();
      const auto taken = cursor.on(*records, ticks, [&](auto seq, auto bytes, auto& leaf) {
        return take_record(cursor.log(), seq, bytes, leaf, now);
      });
      if (cursor.next() != before) step_->move_cursor(cursor.log(), cursor.place());
      if (!taken) refuse_records(cursor, delivery, taken.error());
    } else if (const auto* beat = std::get_if<wire::Beat>(&message)) {
      cursor.on(*beat, ticks);
      look_at_clocks(now, ticks);  // what follows in this turn must not be dated wrongly
      take_gossip(cursor, delivery, *beat);
    } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
      cursor.on(*refused);
    } else if (const auto* proof = std::get_if<wire::Proof>(&message); proof && gossip_) {
      gossip_->on(delivery.link, *proof);
      stop_contradicted();
    }
    return;
  }
  if (parts_.others) parts_.others(delivery.link, message, ticks);
}

// A sandbox's clock jumps, and says so to nobody before the next heartbeat. Elsewhere a service
// whose clock is not that of most of its peers lets no deadline run out; if it is ahead of them it
// writes nothing either, for a log's time never goes back.
bool ServiceLoop::look_at_clocks(Instant now, Instant ticks) {
  if (parts_.step.sandbox) return true;
  constexpr Milliseconds apart_max = std::chrono::seconds(limits::clocks_apart_seconds_max);
  int with_us = 0, behind_us = 0, before_us = 0;
  for (const FeedCursor& cursor : cursors_) {
    const auto time = cursor.owner_time(ticks);
    if (!time) continue;
    ++(now - *time > apart_max ? behind_us : *time - now > apart_max ? before_us : with_us);
  }
  // Until most have said what time it is, or are away, nothing is dated: a log's time that once
  // was ahead stays ahead.
  if (!started_) started_ = ticks;
  time_known_ |= 2 * (with_us + behind_us + before_us) > static_cast<int>(cursors_.size()) ||
                 ticks - *started_ >= owner_silent_after;
  const bool apart = behind_us + before_us > with_us;
  if (apart && !clock_apart_)
    diag::error("clock_apart", {{"peers_behind", behind_us}, {"peers_before", before_us}});
  if (!apart && clock_apart_) diag::info("clock_agrees");
  clock_apart_ = apart;
  clock_ahead_ = apart && behind_us > with_us;
  diag::gauge("clock_apart", apart ? 1 : 0);
  return !apart && time_known_;
}

void ServiceLoop::refuse_asks(Link link, const wire::Asks& asks) {
  const char* const why = time_known_ ? "this machine's clock is ahead of its peers'"
                                      : "this service has just started, and asks for the time";
  wire::Answers answers;
  for (const wire::Ask& ask : asks.items)
    answers.items.push_back({.number = ask.number, .rejection = Error(Code::unavailable, "", why)});
  if (!parts_.bus.send(link, wire::write(answers))) diag::count("answers_unsent_total");
}

void ServiceLoop::take_asks(Link link, const wire::Asks& asks, Instant now) {
  if (dates_nothing()) return refuse_asks(link, asks);
  for (const wire::Ask& ask : asks.items) {
    step_->ask(ask, tickets_.size(), now);
    tickets_.emplace_back(link, ask.number);
    ++inputs_;
  }
}

// Whether everything that was said to be in the followed logs has been taken.
bool ServiceLoop::caught_up(Instant ticks) const {
  return std::ranges::all_of(cursors_, [&](const FeedCursor& cursor) {
    return cursor.heard_since(ticks - owner_silent_after) && cursor.next() >= cursor.owner_head();
  });
}

Result<void> ServiceLoop::take_overdue(Instant now) {
  // After a stop, or a sandbox's jump, clocks are overdue whose cause for stopping them is still on
  // its way in a feed. So the feeds go first. An owner that is away must not silence all clocks:
  // after a while they go on. A clock that destroys something waits until every followed log has
  // been taken up to the moment that the clock was set for.
  const Instant ticks = parts_.ticks.now();
  if (!look_at_clocks(now, ticks)) return {};
  if (caught_up(ticks))
    behind_since_.reset();
  else if (!behind_since_)
    behind_since_ = ticks;
  if (behind_since_ && ticks - *behind_since_ < clocks_wait_for_feeds) return {};
  Instant settled{INT64_MAX};
  for (const FeedCursor& cursor : cursors_) settled = std::min(settled, cursor.taken_until());
  const auto overdue = step_->overdue(now, limits::deadlines_per_batch_max, settled, parked_);
  for (const Due& due : overdue) step_->due(due, now);
  inputs_ += overdue.size();
  return {};
}

Result<void> ServiceLoop::commit_and_answer() {
  inputs_ = 0;
  if (step_->idle()) return {};
  NRM_TRY_ASSIGN(Step::Committed committed, step_->commit());
  send_answers(committed.answers);
  tickets_.clear();
  if (!committed.records.empty()) source_.appended(committed.first, std::move(committed.records));
  for (FeedCursor& cursor : cursors_) cursor.committed();
  return {};
}

Result<void> ServiceLoop::own_key(OwnKey own) {
  NRM_TRY(commit_and_answer());
  NRM_TRY(step_->note_key(own.use, own.key, own.next, parts_.clock.now()));
  if (own.signer) step_->sign_with(std::move(*own.signer));
  NRM_TRY(commit_and_answer());
  // At once with a checkpoint of the new key: until it has signed, who holds the old one could have
  // named it.
  return step_->write_back();
}

Result<void> ServiceLoop::adopt(const std::vector<AdoptedPolicy>& adopted) {
  for (const AdoptedPolicy& one : adopted) {
    NRM_TRY(commit_and_answer());
    step_->note_policy(one, parts_.clock.now());
  }
  return commit_and_answer();
}

Result<void> ServiceLoop::ask_itself(Command command) {
  NRM_TRY(commit_and_answer());
  step_->ask_itself(std::move(command), parts_.clock.now());
  return commit_and_answer();
}

Result<void> ServiceLoop::close() {
  NRM_TRY(commit_and_answer());
  return step_->close();
}

// In messages of a bounded size: the answers of one batch may be more than the bus takes at once.
void ServiceLoop::send_answers(std::vector<Step::Answered>& all) {
  struct Message {
    wire::Answers answers;
    std::size_t bytes = 0;
  };
  std::map<Link, Message> by_link;
  const auto send = [&](Link link, Message& message) {
    if (!parts_.bus.send(link, wire::write(message.answers))) diag::count("answers_unsent_total");
    message = {};
  };
  for (Step::Answered& answered : all) {
    const auto& [link, number] = tickets_[answered.ticket];
    answered.answer.number = number;
    Message& message = by_link[link];
    message.bytes += answered.answer.record.size() + answered.answer.opened.size();
    if (const auto& why = answered.answer.rejection)
      message.bytes += why->where.size() + why->detail.size();
    message.answers.items.push_back(std::move(answered.answer));
    if (message.bytes > limits::answer_bytes_per_message_max) send(link, message);
  }
  for (auto& [link, message] : by_link)
    if (!message.answers.items.empty()) send(link, message);
}
}  // namespace nrm
