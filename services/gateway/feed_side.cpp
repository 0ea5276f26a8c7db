#include "services/gateway/feed_side.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/ledger/checkpoint.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
// Messages taken before a commit, so that clients' reads are never far behind.
constexpr std::size_t messages_per_turn_max = 64;
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
                 Projection::open(
                     core_of<Views>(), parts.store, logs,
                     [side = out.get()](const std::string& log, json::Value record, Batch& batch) {
                       side->chronicle_.record(log, record, batch);
                       if (side->parts_.expiry) side->parts_.expiry->saw(side->chronicle_.latest());
                     }));
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
  const std::lock_guard lock(mutex_);
  status_ = std::move(fresh);
}

Result<void> FeedSide::turn(std::chrono::milliseconds wait) {
  std::vector<Delivery> deliveries;
  parts_.bus.receive(wait, messages_per_turn_max, deliveries);
  const Instant now = parts_.ticks.now();
  for (const Delivery& delivery : deliveries) NRM_TRY(take(delivery, now));
  for (std::size_t i = 0; i < std::size(log_owners); ++i)
    if (projection_->cursors()[i].heard_since(now)) parts_.presence.heard(log_owners[i], now);
  const bool due = !committed_ || now - *committed_ >= commit_every;
  if (!due && parts_.freshness.parked() == 0) return {};
  committed_ = now;
  if (gossip_) gossip_->turn(parts_.bus, now);
  NRM_TRY(projection_->commit(parts_.bus, now));
  if (chronicle_.committed()) parts_.freshness.accounts_changed();
  publish(now);
  parts_.freshness.release();
  return {};
}
}  // namespace nrm::gateway
