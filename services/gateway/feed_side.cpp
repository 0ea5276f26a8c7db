#include "services/gateway/feed_side.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/ledger/checkpoint.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
// Messages taken before a commit, so that clients' reads are never far behind.
constexpr std::size_t messages_per_turn_max = 64;
// Questions for proofs at a time: one round of witnesses asks one after the other.
constexpr std::size_t questions_max = 16;
constexpr Milliseconds question_asked_again = std::chrono::seconds(1),
                       question_given_up = std::chrono::seconds(4);
// While nobody waits for them, rows are committed this often: a case whose vault record and
// identification's come within it is written once.
constexpr Milliseconds commit_every = std::chrono::milliseconds(20);
}  // namespace

FeedSide::FeedSide(Parts parts) : parts_(parts), chronicle_(parts.store) {}

Result<std::unique_ptr<FeedSide>> FeedSide::open(Parts parts) {
  std::unique_ptr<FeedSide> out(new FeedSide(parts));
  if (parts.expiry) parts.expiry->saw(out->chronicle_.latest());
  std::vector<Projection::Followed> logs;
  for (const Service owner : log_owners) logs.push_back({owner, parts.bus.link_to(to_text(owner))});
  NRM_TRY_ASSIGN(out->projection_,
                 Projection::open(core_of<Views>(), parts.store, logs,
                                  [side = out.get()](const std::string& log,
                                                     const Projection::Told& record, Batch& batch) {
                                    side->chronicle_.record(log, record, batch);
                                    if (side->parts_.expiry)
                                      side->parts_.expiry->saw(side->chronicle_.latest());
                                  }));
  out->caught_up_ = !out->projection_->made_anew();
  out->chronicle_.read_log_time();
  if (parts.verifier_keys) {
    std::vector<Gossip::Log> gossiped;
    for (const auto& followed : logs)
      gossiped.push_back({log_name(followed.service), followed.link});
    out->gossip_.emplace(std::move(gossiped), [keys = parts.verifier_keys](std::string_view log) {
      const auto owner = std::ranges::find_if(
          log_owners, [&](Service service) { return log_name(service) == log; });
      return owner == std::end(log_owners) ? std::vector<std::string>() : keys(*owner);
    });
  }
  out->publish(parts.ticks.now());
  return out;
}

std::vector<FeedSide::LogStatus> FeedSide::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool FeedSide::is_owner(Link link, const wire::Message& message) const {
  const auto from_owner = [&](const std::string& log) {
    return std::ranges::any_of(projection_->cursors(), [&](const FeedCursor& cursor) {
      return cursor.log() == log && cursor.link() == link;
    });
  };
  if (const auto* records = std::get_if<wire::Records>(&message)) return from_owner(records->log);
  if (const auto* beat = std::get_if<wire::Beat>(&message)) return from_owner(beat->log);
  if (const auto* refused = std::get_if<wire::Refused>(&message)) return from_owner(refused->log);
  if (const auto* proof = std::get_if<wire::Proof>(&message)) return from_owner(proof->log);
  return false;
}

Result<void> FeedSide::take(const Delivery& delivery, Instant now) {
  const auto message = wire::read(delivery.frames);
  if (!message) {
    diag::count("bus_unreadable_total");
    return {};
  }
  // A service speaks for its own log only.
  if (!is_owner(delivery.link, *message)) {
    diag::count("bus_unexpected_total");
    return {};
  }
  NRM_TRY(projection_->on(*message, now));
  if (const auto* proof = std::get_if<wire::Proof>(&*message)) take_proof(*proof);
  if (gossip_) take_gossip(delivery, *message, now);
  return {};
}

void FeedSide::take_gossip(const Delivery& delivery, const wire::Message& message, Instant now) {
  if (const auto* beat = std::get_if<wire::Beat>(&message)) {
    gossip_->heard(beat->log, beat->checkpoint);
    gossip_->told(delivery.peer, beat->seen, now);
  } else if (const auto* proof = std::get_if<wire::Proof>(&message)) {
    gossip_->on(delivery.link, *proof);
  }
  while (const auto found = gossip_->contradiction()) {
    diag::error("split_view", {{"log", found->log}, {"peer", found->peer}});
    projection_->stop(found->log, "it showed another history to a peer");
  }
}

// A service may be somebody else's by now: what it says of its log counts with its signature only.
void FeedSide::look_at(Head& head, Service owner, const std::string& note) const {
  if (note == head.heard && head.refused_by.empty()) return;
  if (!parts_.verifier_keys) return;
  auto keys = parts_.verifier_keys(owner);
  // While a key is changed a note may come before we know its key.
  if (note == head.heard && keys == head.refused_by) return;
  head.heard = note;
  head.refused_by.clear();
  for (const std::string& named : keys) {
    const auto key = read_verifier_key(named);
    const auto text = key ? open_note(note, key->first, key->second) : Result<std::string>("");
    const auto checkpoint = text ? read_checkpoint(*text) : Result<Checkpoint>(text.error());
    if (!checkpoint || checkpoint->origin != key->first || checkpoint->size < head.size) continue;
    head.size = checkpoint->size;
    head.checkpoint = note;
    head.verifier_key = named;
    return;
  }
  head.refused_by = std::move(keys);
  diag::count("checkpoints_refused_total");
}

void FeedSide::publish(Instant now) {
  std::vector<LogStatus> fresh;
  for (const FeedCursor& cursor : projection_->cursors()) {
    const Service owner = log_owners[fresh.size()];
    Head& head = heads_[fresh.size()];
    look_at(head, owner, cursor.owner_checkpoint());
    parts_.freshness.projected(owner, cursor.next());
    fresh.push_back(
        {.log = cursor.log(),
         .head = std::max(cursor.owner_head(), cursor.next()),
         .next = cursor.next(),
         .heard = cursor.heard_since(now - Presence::heard_within) && cursor.owner_head() > 0,
         .stopped = cursor.stopped(),
         .checkpoint = head.checkpoint,
         .verifier_key = head.verifier_key});
  }
  if (!caught_up_ && std::ranges::all_of(fresh, [](const LogStatus& log) {
        return log.heard && log.next >= log.head;
      })) {
    projection_->followed_again();
    caught_up_ = true;
  }
  const std::lock_guard lock(mutex_);
  status_ = std::move(fresh);
}

void FeedSide::prove(const std::string& log, std::uint64_t old_size, std::uint64_t size,
                     std::function<void(Result<std::vector<Hash>>)> done) {
  {
    const std::lock_guard lock(mutex_);
    if (to_ask_.size() < questions_max) {
      to_ask_.push_back({{log, old_size, size}, std::move(done), {}, {}});
      return;
    }
  }
  done(Error(Code::unavailable, "", "too many ask for proofs"));
}

void FeedSide::take_proof(const wire::Proof& proof) {
  for (auto at = asked_.begin(); at != asked_.end();) {
    const wire::Prove& asked = at->asked;
    if (asked.log != proof.log || asked.old_size != proof.old_size || asked.size != proof.size) {
      ++at;
      continue;
    }
    at->done(proof.hashes);
    at = asked_.erase(at);
  }
}

void FeedSide::ask_owners(Instant now) {
  {
    const std::lock_guard lock(mutex_);
    for (Question& one : to_ask_) {
      one.since = now;
      one.sent = now - question_asked_again;
      asked_.push_back(std::move(one));
    }
    to_ask_.clear();
  }
  for (auto at = asked_.begin(); at != asked_.end();) {
    if (now - at->since >= question_given_up) {
      at->done(Error(Code::unavailable, "", "the log's owner gave no proof"));
      at = asked_.erase(at);
      continue;
    }
    if (now - at->sent >= question_asked_again) {
      at->sent = now;
      for (const FeedCursor& cursor : projection_->cursors())
        if (cursor.log() == at->asked.log)
          (void)parts_.bus.send(cursor.link(), wire::write(at->asked));
    }
    ++at;
  }
}

Result<void> FeedSide::turn(std::chrono::milliseconds wait) {
  std::vector<Delivery> deliveries;
  parts_.bus.receive(wait, messages_per_turn_max, deliveries);
  const Instant now = parts_.ticks.now();
  for (const Delivery& delivery : deliveries) NRM_TRY(take(delivery, now));
  ask_owners(now);
  for (std::size_t i = 0; i < std::size(log_owners); ++i)
    if (projection_->cursors()[i].heard_since(now)) parts_.presence.heard(log_owners[i], now);
  const bool due = !committed_ || now - *committed_ >= commit_every;
  if (!due && parts_.freshness.parked() == 0) return {};
  committed_ = now;
  if (gossip_) gossip_->turn(parts_.bus, now);
  NRM_TRY(projection_->commit(parts_.bus, now));
  if (parts_.witnessed) NRM_TRY(parts_.witnessed->flush());
  if (chronicle_.committed()) parts_.freshness.accounts_changed();
  publish(now);
  parts_.freshness.release();
  return {};
}
}  // namespace nrm::gateway
