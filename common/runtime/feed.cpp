#include "common/runtime/feed.hpp"

#include <algorithm>
#include <utility>

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
constexpr Milliseconds beat_every = std::chrono::seconds(1);
// Three missed beats: the owner is down, or the message was lost.
constexpr Milliseconds ask_again_after = std::chrono::milliseconds(3'000);
// A follower that says nothing for so long has gone; it will resume when it is back.
constexpr std::size_t followers_max = 64;
// Proofs made in one turn, of some 100 us each; who gets none asks again.
constexpr std::size_t proofs_per_turn_max = 8;
constexpr std::size_t recent_bytes_max = 16 * 1024 * 1024;

// No honest follower grants more: a peer's number must bound neither a message nor a queue.
std::uint64_t within_window(std::uint64_t next, std::uint64_t credit) {
  return std::min(credit, next + limits::feed_records_in_flight_max);
}
}  // namespace

void FeedSource::on(Link link, const wire::Resume& message, Instant now, std::string_view peer) {
  if (message.log != log_.name) return;
  const auto refuse = [&](const char* why) {
    diag::error("feed_refused",
                {{"log", log_.name}, {"peer", peer}, {"why", std::string_view(why)}});
    followers_.erase(link);
    if (!peer.empty()) contradicting_.emplace(peer);
    (void)bus_.send(link, wire::write(wire::Refused{log_.name, why}));
  };
  if (message.next > log_.head()) return refuse("ahead");
  if (message.next > 0) {
    const auto leaf = log_.leaf(message.next - 1);
    if (!leaf) return;  // the store's own check says more; the follower asks again
    if (*leaf != message.last) return refuse("diverged");
  }
  if (followers_.size() >= followers_max && !followers_.contains(link)) {
    diag::count("feed_followers_refused_total");
    return;
  }
  followers_[link] = {.next = message.next,
                      .credit = within_window(message.next, message.credit_until),
                      .beat = now - beat_every,
                      .skips = event_type_set(message.skips).reset(unknown_event_type)};
}

void FeedSource::on(Link link, const wire::Credit& message) {
  const auto found = followers_.find(link);
  if (found == followers_.end() || message.log != log_.name) return;
  Follower& follower = found->second;
  follower.credit = std::max(follower.credit, within_window(follower.next, message.until));
}

void FeedSource::on(Link link, const wire::Prove& message) {
  if (message.log == log_.name && to_prove_.size() < proofs_per_turn_max)
    to_prove_.emplace_back(link, message);
}

void FeedSource::contradicted_by(std::string_view peer, std::string_view why) {
  if (contradicting_.contains(peer)) return;
  diag::error("feed_refused", {{"log", log_.name}, {"peer", peer}, {"why", why}});
  contradicting_.emplace(peer);
}

void FeedSource::appended(std::uint64_t first, std::vector<std::string> records) {
  if (recent_.empty()) recent_first_ = first;
  CHECK(recent_first_ + recent_.size() == first, "records are appended without a gap");
  for (std::string& record : records) {
    recent_bytes_ += record.size();
    const EventTypeSet types = event_types_in(record);
    recent_.push_back({std::move(record), types});
  }
  while (recent_bytes_ > recent_bytes_max) {
    recent_bytes_ -= recent_.front().record.size();
    recent_.pop_front();
    ++recent_first_;
  }
}

Result<bool> FeedSource::send_some(Link link, Follower& follower, bool even_if_empty) {
  const std::uint64_t head = log_.head();
  const std::uint64_t end = std::min(head, follower.credit);
  if (follower.next >= end || (end == follower.untold && !even_if_empty)) return false;
  wire::Records message{.log = log_.name, .first = follower.next, .head = head, .items = {}};
  std::deque<std::string> read;  // owns what comes from the store
  std::size_t bytes = 0;
  const auto add = [&](std::string_view record) {
    message.items.push_back(record);
    bytes += record.size();
    return bytes < limits::feed_bytes_per_message_max && follower.next + message.items.size() < end;
  };
  if (!recent_.empty() && follower.next >= recent_first_) {
    auto at = recent_.begin() + static_cast<std::ptrdiff_t>(follower.next - recent_first_);
    while (add(follower.passes(at->types) ? std::string_view() : at->record)) ++at;
  } else {
    NRM_TRY(log_.read(follower.next, [&](std::string_view record) {
      return add(follower.passes(event_types_in(record)) ? std::string_view()
                                                         : read.emplace_back(record));
    }));
    if (message.items.empty()) return Error(Code::corrupt, "", "the log ends before its head");
  }
  // Nobody is woken for nothing.
  if (bytes == 0 && !even_if_empty && message.items.size() < limits::feed_untold_max) {
    follower.untold = end;
    return false;
  }
  if (message.items.back().empty()) {
    NRM_TRY_ASSIGN(message.last, log_.leaf(message.first + message.items.size() - 1));
  }
  if (!bus_.send(link, wire::write(message))) return false;
  follower.next += message.items.size();
  return true;
}

bool FeedSource::send_beat(Link link) {
  const wire::Beat beat{log_.name, log_.head(), log_.checkpoint(), log_.time(),
                        log_.seen ? log_.seen() : std::vector<std::string>()};
  return bus_.send(link, wire::write(beat)).has_value();
}

Result<void> FeedSource::turn(Instant now) {
  for (const auto& [link, asked] : to_prove_) {
    if (!log_.prove || asked.old_size > asked.size || asked.size > log_.head()) continue;
    NRM_TRY_ASSIGN(auto hashes, log_.prove(asked.old_size, asked.size));
    (void)bus_.send(
        link, wire::write(wire::Proof{asked.log, asked.old_size, asked.size, std::move(hashes)}));
  }
  to_prove_.clear();
  std::vector<Link> gone;
  for (auto& [link, follower] : followers_) {
    const bool beats = now - follower.beat >= beat_every;
    // Who has just come hears what time it is before it is given what it would date by its own.
    const bool first = !std::exchange(follower.greeted, true);
    bool there = !first || send_beat(link);
    while (there) {
      NRM_TRY_ASSIGN(const bool sent, send_some(link, follower, beats));
      if (!sent) break;
    }
    if (!beats) continue;
    follower.beat = now;
    if (!first) there = send_beat(link);
    if (!there) gone.push_back(link);  // it resumes when it is back
  }
  for (const Link link : gone) followers_.erase(link);
  return {};
}

FeedCursor::FeedCursor(std::string log, Link link, std::uint64_t next, const Hash& last,
                       std::vector<std::string_view> skips)
    : log_(std::move(log)),
      link_(link),
      skips_(std::move(skips)),
      next_(next),
      last_(last),
      committed_(next) {}

Result<void> FeedCursor::on(const wire::Records& message, Instant now, const Take& take) {
  if (message.log != log_ || !stopped_.empty()) return {};
  heard_ = now;
  owner_head_ = std::max(owner_head_, message.head);
  if (held_) return {};
  if (message.first > next_) {
    must_ask_ = true;  // a gap: something was lost on the way
    return {};
  }
  std::uint64_t seq = message.first;
  std::optional<LazyLeaf> last;  // of the record before next_
  for (const std::string_view record : message.items) {
    if (seq++ < next_) continue;  // came twice
    if (record.empty() && !skips_.empty()) continue;
    if (record.empty() || record.size() > limits::record_bytes_max) {
      if (last) last_ = *last;
      if (record.empty()) return Error(Code::diverged, "", "a record was kept back");
      return Error(Code::too_large, "", "a record is too large");
    }
    const LazyLeaf leaf(record);
    if (auto taken = take(seq - 1, record, leaf); !taken) {
      if (last) last_ = *last;
      return taken;
    }
    last = leaf;
    next_ = seq;
  }
  if (last) last_ = *last;
  if (seq > next_) {  // the last ones were not for us
    next_ = seq;
    last_ = *message.last;
  }
  if (next_ >= promised_head_) taken_until_ = promised_at_;
  return {};
}

void FeedCursor::on(const wire::Beat& message, Instant now) {
  if (message.log != log_ || !stopped_.empty()) return;
  heard_ = now;
  owner_head_ = std::max(owner_head_, message.head);
  owner_checkpoint_ = message.checkpoint;
  owner_time_ = message.at;
  beat_heard_ = now;
  // A promise is kept until it is reached; only then a newer one takes its place.
  if (next_ >= promised_head_ && message.at > promised_at_) {
    promised_head_ = message.head;
    promised_at_ = message.at;
  } else if (message.head == promised_head_) {
    promised_at_ = std::max(promised_at_, message.at);
  }
  if (next_ >= promised_head_) taken_until_ = promised_at_;
  // Everything was sent and yet we miss some, with credit to spare: it was lost.
  if (next_ < message.head && next_ < granted_ && asked_ && now - *asked_ > beat_every)
    must_ask_ = true;
}

std::optional<Instant> FeedCursor::owner_time(Instant ticks) const {
  if (!beat_heard_ || ticks - *beat_heard_ > ask_again_after) return std::nullopt;
  return owner_time_ + (ticks - *beat_heard_);
}

void FeedCursor::on(const wire::Refused& message) {
  if (message.log != log_) return;
  // It goes into our own lines: a word that we know, never a peer's text.
  const bool known = message.why == "ahead" || message.why == "diverged";
  stop(known ? std::string_view(message.why) : "refused");
}

void FeedCursor::stop(std::string_view why) {
  stopped_ = why;
  diag::error("feed_stopped", {{"log", log_}, {"why", stopped_}, {"next", next_}});
}

void FeedCursor::hold(std::string_view why) {
  if (held_) return;
  held_ = true;
  diag::error("feed_held", {{"log", log_}, {"why", why}, {"next", next_}});
}

void FeedCursor::turn(Bus& bus, Instant now) {
  if (!stopped_.empty() || held_) return;
  const bool silent = now - heard_ > ask_again_after;
  const bool asked_lately = asked_ && now - *asked_ < std::chrono::milliseconds(500);
  if ((must_ask_ || silent) && !asked_lately) {
    // A window behind what is on disk here; what was taken but not committed is asked for again
    // only if this process dies.
    granted_ = committed_ + limits::feed_records_in_flight_max;
    if (bus.send(link_, wire::write(wire::Resume{log_, next_, last_, granted_, skips_})))
      must_ask_ = false;
    asked_ = now;
    return;
  }
  const std::uint64_t window_end = committed_ + limits::feed_records_in_flight_max;
  if (window_end - granted_ < limits::feed_records_in_flight_max / 4) return;
  if (bus.send(link_, wire::write(wire::Credit{log_, window_end}))) granted_ = window_end;
}
}  // namespace nrm
