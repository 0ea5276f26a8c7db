#include "services/audit/archive.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/store/keys.hpp"
#include "services/audit/archive_tiles.hpp"

namespace nrm {
namespace {
// What waits to be answered: more than the gateway has under way at once.
constexpr std::size_t fetches_waiting_max = 128;
// Answered between two commits, so that nobody who asks holds up the archive.
constexpr std::size_t answered_bytes_max = 4 * 1024 * 1024;
// Not keys::cursor(): the service in whose store the archive is may follow the same logs itself.
std::string place_key(const std::string& log) { return "archived/" + log; }

// The first builds kept the place where a service keeps its own; it moves.
Result<LogPlace> archived_place(Store& store, const std::string& log) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, place_key(log)));
  if (stored) {
    const auto place = read_place(*stored);
    if (!place) return Error(Code::corrupt, "", "a cursor is unreadable");
    return *place;
  }
  NRM_TRY_ASSIGN(const auto tree, store.get(Family::meta, "tree/" + log));
  if (!tree) return LogPlace{};
  NRM_TRY_ASSIGN(const LogPlace place, stored_place(store, log));
  Batch moved;
  moved.put(Family::meta, place_key(log), write_place(place));
  moved.erase(Family::meta, keys::cursor(log));
  NRM_TRY(store.commit(moved, Sync::yes));
  return place;
}
}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(Store& store, const std::vector<Followed>& logs) {
  std::unique_ptr<Archive> archive(new Archive(store));
  for (const Followed& followed : logs) {
    NRM_TRY_ASSIGN(const LogPlace place, archived_place(store, followed.log));
    NRM_TRY_ASSIGN(const auto frontier, store.get(Family::meta, "tree/" + followed.log));
    MerkleTree tree;
    if (frontier) {
      NRM_TRY_ASSIGN(tree, MerkleTree::load(*frontier));
    }
    if (tree.size() != place.next)
      return Error(Code::corrupt, "", "the archive has lost its place");
    NRM_TRY(complete_tiles(store, followed.log, tree));
    NRM_TRY_ASSIGN(const auto kept, store.get(Family::meta, "keys/" + followed.log));
    LogKeys keys(followed.origin, followed.key);
    if (kept) {
      NRM_TRY_ASSIGN(keys, LogKeys::read(followed.origin, *kept));
    }
    archive->logs_.push_back(
        {.cursor = FeedCursor(followed.log, followed.link, place.next, place.last),
         .origin = followed.origin,
         .keys = std::move(keys),
         .tree = std::move(tree),
         .awaited = {},
         .awaited_note = {},
         .agreed_note = {}});
  }
  std::vector<Gossip::Log> gossiped;
  for (const Kept& kept : archive->logs_)
    gossiped.push_back({kept.cursor.log(), kept.cursor.link()});
  archive->gossip_.emplace(std::move(gossiped), [self = archive.get()](std::string_view log) {
    std::vector<std::string> keys;
    for (const Kept& kept : self->logs_)
      if (kept.cursor.log() == log) keys.push_back(verifier_key(kept.origin, kept.keys.in_force()));
    return keys;
  });
  return archive;
}

// Of a log only what agreed with its records counts as ours.
void Archive::take_gossip(const Kept& from, const wire::Message& message, Instant ticks) {
  if (const auto* beat = std::get_if<wire::Beat>(&message))
    gossip_->told(from.cursor.log(), beat->seen, ticks);
  else if (const auto* proof = std::get_if<wire::Proof>(&message))
    gossip_->on(from.cursor.link(), *proof);
  for (Kept& kept : logs_)
    if (!kept.agreed_note.empty()) gossip_->heard(kept.cursor.log(), kept.agreed_note);
  while (const auto found = gossip_->contradiction())
    for (Kept& kept : logs_)
      if (kept.cursor.log() == found->log && kept.cursor.stopped().empty()) {
        diag::error("split_view", {{"log", found->log}, {"peer", found->peer}});
        kept.cursor.stop("it showed another history to a peer");
      }
}

Result<void> Archive::on(Link link, const wire::Message& message, Instant ticks) {
  if (const auto* fetch = std::get_if<wire::Fetch>(&message)) {
    // Who gets no answer asks again, or tells its client to.
    if (asked_.size() < fetches_waiting_max) asked_.push_back({link, *fetch});
    return {};
  }
  const auto found =
      std::ranges::find_if(logs_, [&](const Kept& kept) { return kept.cursor.link() == link; });
  if (found == logs_.end()) return {};
  Kept& kept = *found;
  if (const auto* records = std::get_if<wire::Records>(&message)) {
    const auto taken = kept.cursor.on(*records, ticks, [&](auto seq, auto bytes, const Hash& leaf) {
      return take(kept, seq, bytes, leaf);
    });
    if (!taken) kept.cursor.stop(taken.error().detail);
    return {};
  }
  if (const auto* beat = std::get_if<wire::Beat>(&message)) {
    kept.cursor.on(*beat, ticks);
    if (beat->log == kept.cursor.log()) expect(kept, beat->checkpoint);
  } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
    kept.cursor.on(*refused);
  }
  take_gossip(kept, message, ticks);
  return {};
}

Result<void> Archive::take(Kept& kept, std::uint64_t seq, std::string_view bytes,
                           const Hash& leaf) {
  NRM_TRY(kept.keys.take(seq, bytes));
  batch_.put(Family::archive, keys::archive(kept.cursor.log(), seq), std::string(bytes));
  Batch tiles;
  kept.tree.append(leaf, tiles);
  for (const auto& tile : tiles.changes())
    batch_.put(tile.family, archived_tile_key(kept.cursor.log(), tile.key), *tile.value);
  kept.moved = true;
  compare(kept);
  return {};
}

// A note by the key that signs at its size, as far as the records here tell.
bool Archive::is_signed(const Kept& kept, const std::string& note, const Checkpoint& checkpoint) {
  return open_note(note, kept.origin, kept.keys.at(checkpoint.size)).has_value();
}

void Archive::expect(Kept& kept, const std::string& note) {
  const auto checkpoint = read_checkpoint(note_text(note));
  if (!checkpoint || checkpoint->origin != kept.origin)
    return kept.cursor.stop("a checkpoint that its owner did not sign");
  if (checkpoint->size < kept.tree.size()) {  // older than what is here: says nothing new
    if (!is_signed(kept, note, *checkpoint))
      kept.cursor.stop("a checkpoint that its owner did not sign");
    return;
  }
  // The earlier of two awaited ones is reached first.
  if (kept.awaited && kept.awaited->size <= checkpoint->size) return;
  kept.awaited = *checkpoint;
  kept.awaited_note = note;
  compare(kept);
}

void Archive::compare(Kept& kept) {
  if (!kept.awaited || kept.awaited->size != kept.tree.size()) return;
  if (!is_signed(kept, kept.awaited_note, *kept.awaited))
    kept.cursor.stop("a checkpoint that its owner did not sign");
  else if (kept.awaited->root != kept.tree.root())
    kept.cursor.stop("the owner signed another history than it sent");
  else
    kept.agreed_note = kept.awaited_note;
  kept.moved = true;
  kept.awaited.reset();
}

Result<void> Archive::commit(Bus& bus, Instant ticks) {
  for (Kept& kept : logs_) {
    if (!kept.moved) continue;
    kept.moved = false;
    const std::string& log = kept.cursor.log();
    batch_.put(Family::meta, place_key(log), write_place(kept.cursor.place()));
    batch_.put(Family::meta, "tree/" + log, kept.tree.frontier());
    batch_.put(Family::meta, "keys/" + log, kept.keys.text());
    if (!kept.agreed_note.empty()) batch_.put(Family::meta, "checkpoint/" + log, kept.agreed_note);
  }
  if (!batch_.empty()) NRM_TRY(store_.commit(batch_, Sync::yes));
  batch_.clear();
  for (Kept& kept : logs_) {
    kept.cursor.committed();
    kept.cursor.turn(bus, ticks);
  }
  gossip_->turn(bus, ticks);
  answer(bus);
  return {};
}

void Archive::answer(Bus& bus) {
  for (std::size_t bytes = 0; !asked_.empty() && bytes < answered_bytes_max;) {
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    const wire::Fetch& fetch = asked.fetch;
    const bool kept =
        std::ranges::any_of(logs_, [&](const Kept& one) { return one.cursor.log() == fetch.log; });
    const auto found = kept ? fetch_archived(store_, fetch.log, fetch.what)
                            : Result<std::string>(Error(Code::not_found, "", "no such log"));
    wire::Fetched answer{.number = fetch.number};
    if (!found) {
      answer.refused = found.error().code;
      answer.bytes = found.error().detail;
    } else {
      answer.whole = found->size();
      answer.bytes = std::string_view(*found).substr(
          std::min<std::size_t>(fetch.from, found->size()), limits::feed_bytes_per_message_max);
    }
    bytes += answer.bytes.size();
    if (!bus.send(asked.link, wire::write(answer))) diag::count("archive_answers_lost_total");
  }
}

const Archive::Kept& Archive::kept(const std::string& log) const {
  const auto found =
      std::ranges::find_if(logs_, [&](const Kept& one) { return one.cursor.log() == log; });
  CHECK(found != logs_.end(), "a log that is archived");
  return *found;
}

Result<Hash> Archive::root_at(const std::string& log, std::uint64_t size) const {
  return kept(log).tree.root_at(
      size, [&](unsigned level, std::uint64_t index) -> Result<std::string> {
        const std::string key = archived_tile_key(log, tile_key(level, index));
        NRM_TRY_ASSIGN(auto tile, store_.get(Family::merkle, key));
        if (!tile) return Error(Code::corrupt, "", "a tile of the archive is missing");
        return std::move(*tile);
      });
}

bool Archive::stopped() const {
  return std::ranges::any_of(logs_, [](const Kept& k) { return !k.cursor.stopped().empty(); });
}

std::uint64_t Archive::records() const {
  std::uint64_t sum = 0;
  for (const Kept& kept : logs_) sum += kept.cursor.next();
  return sum;
}
}  // namespace nrm
