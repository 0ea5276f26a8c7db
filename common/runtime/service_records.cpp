// The part of a service's turn that is about the records of the logs that it follows: taken in,
// refused, or kept until an upgrade.
#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/runtime/service_loop.hpp"

namespace nrm {
Result<void> ServiceLoop::take_record(const std::string& log, std::uint64_t seq,
                                      std::string_view bytes, const LazyLeaf& leaf, Instant now) {
  const EventTypeSet types = event_types_in(bytes);
  if (says_others_events(log, types)) {
    refuse_forged(log, seq, leaf, now);
    return {};
  }
  // Even of what is no record beyond it: whoever wrote a number meant one.
  if (!bytes.starts_with("{\"seq\":" + std::to_string(seq) + ",") && bytes.starts_with("{\"seq\":"))
    return Error(Code::diverged, "", "a record has another number");
  NRM_TRY(record_.open(bytes));
  if (record_.seq() != seq) return Error(Code::diverged, "", "a record has another number");
  NRM_TRY_ASSIGN(const bool parked, park(bytes, types));
  if (parked) {
    step_->batch().put(Family::parked, keys::archive(log, seq), std::string(bytes));
    ++parked_records_;
    diag::gauge("parked_streams", static_cast<std::int64_t>(parked_.size()));
    diag::gauge("parked_records", static_cast<std::int64_t>(parked_records_));
    return {};
  }
  // All of it is read before any of it is taken: a fault at its end must leave nothing behind.
  std::vector<Received> events;
  for (;;) {
    NRM_TRY_ASSIGN(const bool more, record_.next());
    if (!more) break;
    // Again, by what was read: the look at the bytes finds only names written as we write them.
    const std::string_view type = record_.type();
    if (says_others_events(log, event_type_set(std::span(&type, 1)))) {
      refuse_forged(log, seq, leaf, now);
      return {};
    }
    if (!parts_.step.core.wants(type)) continue;
    NRM_TRY_ASSIGN(Event body, record_.event());
    // A decider trusts that a case's event is about a case.
    if (record_.stream().kind != stream_kind_of(body)) {
      refuse_forged(log, seq, leaf, now);
      return {};
    }
    events.push_back({.log = log,
                      .seq = seq,
                      .index = record_.index(),
                      .hash = static_cast<const Hash&>(leaf).hex(),
                      .stream = record_.stream(),
                      .event = std::move(body)});
  }
  inputs_ += events.size();
  for (Received& event : events) step_->receive(std::move(event), record_.actor(), now);
  return {};
}

// A service emits its own events only.
bool ServiceLoop::says_others_events(const std::string& log, const EventTypeSet& types) const {
  const auto emits = emits_.find(log);
  // What an earlier version parked may be of a log that this one does not follow.
  return emits != emits_.end() && (types & ~emits->second).any();
}

// A record that its owner has no right to, or that cannot be, is not taken, not even in part; that
// it came is in our log, where `nrm audit verify` finds it. The link goes on: its owner could have
// sent nothing as well.
void ServiceLoop::refuse_forged(const std::string& log, std::uint64_t seq, const LazyLeaf& leaf,
                                Instant now) {
  diag::count("forged_records_total");
  step_->refuse({log, seq, 0, static_cast<const Hash&>(leaf).hex()},
                Error(Code::forbidden, "", "a service emitted an event that is not its own"), now);
  ++inputs_;
}

// Whether the record that is open must wait for an upgrade: it says something that is not known
// here, or is about a stream that waits already. Then all its streams wait: a record is taken
// whole, once. When it need not, it is open again.
Result<bool> ServiceLoop::park(std::string_view bytes, const EventTypeSet& types) {
  if (parked_.empty() && !types.test(unknown_event_type)) return false;
  bool must = false;
  std::vector<StreamKey> streams;
  for (;;) {
    NRM_TRY_ASSIGN(const bool more, record_.next());
    if (!more) break;
    streams.push_back(record_.stream());
    const std::string_view type = record_.type();
    must |= parked_.contains(record_.stream()) ||
            event_type_set(std::span(&type, 1)).test(unknown_event_type);
  }
  if (!must) {
    NRM_TRY(record_.open(bytes));
    return false;
  }
  // Counted so that every part of what fitted fits again, in whatever order a start takes it.
  std::ranges::sort(streams);
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  const auto fresh = static_cast<std::size_t>(
      std::ranges::count_if(streams, [&](const auto& one) { return !parked_.contains(one); }));
  if (parked_.size() + fresh > limits::parked_streams_max ||
      parked_records_ >= limits::parked_records_max)
    return Error(Code::quota_exceeded, "", "too much waits for an upgrade of this program");
  parked_.insert(streams.begin(), streams.end());
  return true;
}

// Batch by batch: what waits may be more than memory should hold.
Result<void> ServiceLoop::unpark(Instant now) {
  for (std::string from;;) {
    std::vector<std::pair<std::string, std::string>> waiting;
    NRM_TRY(parts_.step.store.scan(Family::parked, {from, ""}, [&](auto key, auto bytes) {
      waiting.emplace_back(key, bytes);
      return waiting.size() < limits::inputs_per_batch_max;
    }));
    if (waiting.empty()) return {};
    for (const auto& [key, bytes] : waiting) {
      // Parked again when it still says something that is not known here.
      step_->batch().erase(Family::parked, key);
      const std::string log = key.substr(0, key.find('\0'));
      const std::uint64_t seq = keys::read_u64(key.substr(log.size() + 1));
      const LazyLeaf leaf(bytes);
      // A fault of what a peer wrote must not end every start: it is a dead letter.
      if (auto taken = take_record(log, seq, bytes, leaf, now); !taken) {
        step_->refuse({log, seq, 0, static_cast<const Hash&>(leaf).hex()}, std::move(taken).error(),
                      now);
        ++inputs_;
      }
    }
    from = waiting.back().first + '\0';
    NRM_TRY(commit_and_answer());
  }
}

// Bytes that are no record were changed on the way or made to harm: as good as lost. A record with
// another's number is another history. Where no more may wait for an upgrade, the log does.
void ServiceLoop::refuse_records(FeedCursor& cursor, const Delivery& delivery, const Error& why) {
  if (why.code == Code::diverged) return cursor.stop(why.detail);
  if (why.code == Code::quota_exceeded) return cursor.hold(why.detail);
  (void)may(false, delivery, "send what is no record");
  cursor.ask_again();
}
}  // namespace nrm
