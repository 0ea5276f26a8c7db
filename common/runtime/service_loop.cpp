#include "common/runtime/service_loop.hpp"

#include <algorithm>
#include <map>

#include "common/diag/diag.hpp"

namespace nrm {
namespace {
// Five missed beats.
constexpr Milliseconds owner_silent_after = std::chrono::seconds(5);
constexpr Milliseconds clocks_wait_for_feeds = std::chrono::minutes(1);

FeedSource::Log log_of(Step& step, const Store& store, Service service, const Clock& clock) {
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
          .time = [&step, &clock] { return step.log_time(clock.now()); }};
}
}  // namespace

ServiceLoop::ServiceLoop(Parts parts, std::unique_ptr<Step> step)
    : parts_(std::move(parts)),
      step_(std::move(step)),
      source_(log_of(*step_, parts_.step.store, parts_.step.core.service(), parts_.clock),
              parts_.bus) {
  for (const Service owner : parts_.step.core.follows()) {
    const std::string log = log_name(owner);
    const LogPlace place = step_->cursor(log);
    cursors_.emplace_back(log, parts_.bus.link_to(to_text(owner)), place.next, place.last);
  }
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
  NRM_TRY(take_overdue(now));
  std::vector<Delivery> fresh;
  // While inputs are left over from the last turn, only look; the bound stops a flood here.
  const bool must_wait = inbox_.empty() && inputs_ == 0;
  if (inbox_.size() < limits::inbox_messages_max)
    parts_.bus.receive(must_wait ? wait : std::chrono::milliseconds(0),
                       limits::inbox_messages_max - inbox_.size(), fresh);
  for (Delivery& delivery : fresh) inbox_.push_back(std::move(delivery));
  take_messages();
  NRM_TRY(commit_and_answer());
  const Instant ticks = parts_.ticks.now();
  NRM_TRY(source_.turn(ticks));
  for (FeedCursor& cursor : cursors_) cursor.turn(parts_.bus, ticks);
  return {};
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
    if (const auto* asks = std::get_if<wire::Asks>(&*message)) {
      take_asks(delivery.link, *asks, now);
    } else if (const auto* resume = std::get_if<wire::Resume>(&*message)) {
      source_.on(delivery.link, *resume, ticks);
    } else if (const auto* credit = std::get_if<wire::Credit>(&*message)) {
      source_.on(delivery.link, *credit);
    } else {
      for (FeedCursor& cursor : cursors_) {
        if (cursor.link() != delivery.link) continue;
        if (const auto* records = std::get_if<wire::Records>(&*message)) {
          const auto before = cursor.next();
          const auto taken = cursor.on(*records, ticks, [&](auto seq, auto bytes, auto& leaf) {
            return take_record(cursor, seq, bytes, leaf, now);
          });
          if (cursor.next() != before)
            step_->move_cursor(cursor.log(), {cursor.next(), cursor.last()});
          if (!taken) cursor.stop(taken.error().detail);
        } else if (const auto* beat = std::get_if<wire::Beat>(&*message)) {
          cursor.on(*beat, ticks);
        } else if (const auto* refused = std::get_if<wire::Refused>(&*message)) {
          cursor.on(*refused);
        }
      }
    }
  }
}

void ServiceLoop::take_asks(Link link, const wire::Asks& asks, Instant now) {
  for (const wire::Ask& ask : asks.items) {
    step_->ask(ask, tickets_.size(), now);
    tickets_.emplace_back(link, ask.number);
    ++inputs_;
  }
}

Result<void> ServiceLoop::take_record(FeedCursor& cursor, std::uint64_t seq, std::string_view bytes,
                                      const LazyLeaf& leaf, Instant now) {
  const Core& core = parts_.step.core;
  const auto concerns = [&](std::string_view type) {
    return core.wants(type) || (!owner_of(type) && type != LogOpened::type);
  };
  if (parked_.empty() && is_record(bytes, seq) && !any_event_type(bytes, concerns)) return {};
  NRM_TRY(document_.parse_trusted(bytes));
  NRM_TRY_ASSIGN(const RecordOutline outline, read_outline(document_.root()));
  if (outline.seq != seq) return Error(Code::diverged, "", "a record has another number");
  std::string hash;
  std::uint32_t index = 0;
  for (const json::Value event : outline.events) {
    const std::uint32_t at = index++;
    const std::string_view type = event.find("type").text();
    const auto owner = owner_of(type);
    const auto stream = StreamKey::parse(event.find("stream").text());
    if (!stream) return Error(Code::corrupt, "", "an event without a stream");
    // What a later version wrote, and all that follows it in that stream, waits for the upgrade.
    if ((!owner && type != LogOpened::type) || parked_.contains(*stream)) {
      parked_.insert(*stream);
      step_->batch().put(Family::parked, keys::archive(cursor.log(), seq), std::string(bytes));
      diag::gauge("parked_streams", static_cast<std::int64_t>(parked_.size()));
      continue;
    }
    if (!core.wants(type)) continue;
    if (log_name(*owner) != cursor.log())
      return Error(Code::diverged, "", "a service emitted an event that is not its own");
    NRM_TRY_ASSIGN(Event body, read_event(type, event.find("data"), Unknown::ignore));
    if (hash.empty()) hash = static_cast<const Hash&>(leaf).hex();
    step_->receive({.log = cursor.log(),
                    .seq = seq,
                    .index = at,
                    .hash = hash,
                    .stream = *stream,
                    .event = std::move(body)},
                   outline.actor, now);
    ++inputs_;
  }
  return {};
}

Result<void> ServiceLoop::unpark(Instant now) {
  std::vector<std::pair<std::string, std::string>> waiting;
  NRM_TRY(parts_.step.store.scan(Family::parked, {}, [&](std::string_view key, auto bytes) {
    waiting.emplace_back(key, bytes);
    return true;
  }));
  for (const auto& [key, bytes] : waiting) {
    NRM_TRY(document_.parse_trusted(bytes));
    NRM_TRY_ASSIGN(const RecordOutline outline, read_outline(document_.root()));
    const std::string log = key.substr(0, key.find('\0'));
    bool still_parked = false;
    std::uint32_t index = 0;
    for (const json::Value event : outline.events) {
      const std::uint32_t at = index++;
      const auto type = event.find("type").text();
      const auto stream = StreamKey::parse(event.find("stream").text());
      if (!owner_of(type) || parked_.contains(*stream)) {
        parked_.insert(*stream);
        still_parked = true;
      } else if (parts_.step.core.wants(type)) {
        NRM_TRY_ASSIGN(Event body, read_event(type, event.find("data"), Unknown::ignore));
        step_->receive({log, outline.seq, at, leaf_hash(bytes).hex(), *stream, std::move(body)},
                       outline.actor, now);
      }
    }
    if (!still_parked) step_->batch().erase(Family::parked, key);
  }
  return commit_and_answer();
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
  if (caught_up(ticks))
    behind_since_.reset();
  else if (!behind_since_)
    behind_since_ = ticks;
  if (behind_since_ && ticks - *behind_since_ < clocks_wait_for_feeds) return {};
  Instant settled{INT64_MAX};
  for (const FeedCursor& cursor : cursors_) settled = std::min(settled, cursor.taken_until());
  NRM_TRY_ASSIGN(const auto overdue, step_->overdue(now, limits::deadlines_per_batch_max, settled));
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

bool ServiceLoop::stopped() const {
  return std::ranges::any_of(cursors_, [](const auto& c) { return !c.stopped().empty(); });
}
}  // namespace nrm
