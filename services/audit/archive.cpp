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
}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(Store& store, const std::vector<Followed>& logs) {
  std::unique_ptr<Archive> archive(new Archive(store));
  for (const Followed& followed : logs) {
    NRM_TRY_ASSIGN(const LogPlace place, stored_place(store, followed.log));
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
  return archive;
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
    batch_.put(Family::meta, keys::cursor(log), write_place(kept.cursor.place()));
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

bool Archive::stopped() const {
  return std::ranges::any_of(logs_, [](const Kept& k) { return !k.cursor.stopped().empty(); });
}

std::uint64_t Archive::records() const {
  std::uint64_t sum = 0;
  for (const Kept& kept : logs_) sum += kept.cursor.next();
  return sum;
}
}  // namespace nrm
