#include "tests/torture/ledger_check.hpp"

#include <sstream>

#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/rebuild.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::torture {
namespace {
std::string text_of(const Place& place) {
  return "head " + std::to_string(place.head) + ", cursor " + std::to_string(place.cursor);
}

std::uint64_t count(const Store& store, Family family) {
  std::uint64_t out = 0;
  CHECK(store.scan(family, {}, [&](auto, auto) { return ++out > 0; }), "the store can be read");
  return out;
}

// Is this a place between two acts, and not before what was said?
std::string find_place_fault(const Told& told, const Place& found, bool power_cut) {
  const std::uint64_t least = power_cut ? told.synced : told.done;
  Place place = told.begin;
  if (place.head == 0) {  // a fresh folder: opening it writes record 0
    if (found == place && !told.opened) return "";
    place.head = 1;
  }
  // The process may have done one act more than it said.
  for (std::uint64_t number = 0; number <= told.done + 1; ++number) {
    if (number >= least && place == found) return "";
    place = after(place, act_of(told.seed, number));
  }
  return "no such place: " + text_of(found) + "; it began at " + text_of(told.begin) + ", said " +
         std::to_string(told.done) + " acts, the last synced one " + std::to_string(told.synced);
}

std::string find_record_fault(const Store& store, const Told& told, const Place& found) {
  for (const auto& [seq, leaf] : told.leaves) {
    const auto bytes = store.get(Family::log, keys::log(seq));
    if (!bytes || !*bytes) return "record " + std::to_string(seq) + " was answered and is gone";
    if (leaf_hash(**bytes).hex() != leaf) return "record " + std::to_string(seq) + " is another";
  }
  std::uint64_t parked = 0;
  for (std::uint64_t cursor = 0; cursor < found.cursor; ++cursor) {
    const std::string wanted = parked_of(cursor);
    parked += !wanted.empty();
    const auto stored = store.get(Family::parked, keys::archive(followed_log, cursor));
    if (!stored || stored->value_or("") != wanted)
      return "what came with cursor " + std::to_string(cursor) + " is not as it was written";
  }
  if (count(store, Family::parked) != parked) return "parked without its cursor";
  return "";
}

std::string find_key_fault(const Store& store, const Place& found) {
  for (std::uint64_t seq = 1; seq < found.head; ++seq) {
    const auto stored = store.get(Family::idempotency, key_of(seq));
    if (!stored || !*stored || keys::read_u64(std::string_view(**stored).substr(16)) != seq)
      return "the key of record " + std::to_string(seq) + " does not lead to it";
  }
  return count(store, Family::idempotency) + 1 != found.head ? "keys without a record" : "";
}

// What is stored of the fold must be that of as many records as it says, no more and no fewer.
std::string find_stored_fold_fault(const Store& store, const Place& found) {
  const auto until = folded_until(store);
  if (!until || *until > found.head) return "the stored fold says that it is ahead of the log";
  MemoryStore again;
  if (!refold(core_of<test::LedgerOfNotes>(), store, again, {}, *until))
    return "the log does not fold";
  const auto difference = compare_derived(store, again);
  if (!difference) return "states cannot be compared: " + difference.error().detail;
  return *difference ? "folding as far as the store did differs at " + **difference : "";
}

// After a start the stored fold covers the whole log.
std::string find_fold_fault(const Store& store, const Place& found) {
  MemoryStore again;
  const auto replayed = replay(core_of<test::LedgerOfNotes>(), store, again, Threads::one);
  if (!replayed) return "the log does not replay: " + replayed.error().detail;
  if (replayed->records != found.head) return "the tree and the log differ in length";
  const auto tree = MerkleTree::stored(store);
  if (!tree || !*tree || (*tree)->root() != replayed->root)
    return "the tree is not that of the records";
  const auto difference = compare_derived(store, again);
  if (!difference) return "states cannot be compared: " + difference.error().detail;
  return *difference ? "folding again differs at " + **difference : "";
}
}  // namespace

void Told::listen(const std::string& output) {
  opened = failed = spoke_after_failure = false;
  done = synced = 0;
  std::istringstream lines(output.substr(0, output.rfind('\n') + 1));
  std::string word;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    words >> word;
    spoke_after_failure = spoke_after_failure || failed;
    if (word == "failed") failed = true;
    if (word == "open") {
      Place place;
      words >> place.head >> place.cursor;
      CHECK(begin == place || begin.head == 0, "it opens where the check found it");
      begin = place;
      opened = true;
    }
    if (word != "done") continue;
    std::uint64_t number = 0, head = 0;
    std::string leaf;
    words >> number >> head >> leaf;
    done = number + 1;
    if (leaf == "-") continue;
    synced = number + 1;
    leaves[head - 1] = leaf;
  }
}

Found check(const std::string& folder, const Told& told, bool power_cut) {
  Found found;
  const auto broken = [&](std::string fault) {
    found.fault = std::move(fault);
    return found;
  };
  if (told.spoke_after_failure) return broken("it went on after a failed commit");
  auto store = open_rocksdb({folder});
  if (!store) return broken("the store does not open: " + store.error().detail);
  found.place.head = count(**store, Family::log);
  const auto cursor = (*store)->get(Family::meta, keys::cursor(followed_log));
  CHECK(cursor, "the store can be read");
  if (*cursor) found.place.cursor = keys::read_u64(**cursor);
  found.fault = find_place_fault(told, found.place, power_cut);
  if (!found.fault.empty() || found.place.head == 0) return found;
  found.fault = find_record_fault(**store, told, found.place);
  if (found.fault.empty()) found.fault = find_stored_fold_fault(**store, found.place);
  if (!found.fault.empty()) return found;

  auto ledger = Ledger::open(std::move(*store));
  if (!ledger) return broken("the step does not open: " + ledger.error().detail);
  if ((*ledger)->place() != found.place) return broken("the step stands elsewhere than its log");
  found.fault = find_key_fault((*ledger)->store(), found.place);
  if (found.fault.empty()) found.fault = find_fold_fault((*ledger)->store(), found.place);
  if (!found.fault.empty()) return found;
  if (found.place.head == 1) return found;
  const auto answer = (*ledger)->ask_again(found.place.head - 1);
  if (!answer || !answer->repeated || answer->seq != found.place.head - 1)
    return broken("the last request, asked again, is not answered as before");
  if ((*ledger)->place() != found.place) return broken("asking again added a record");
  return found;
}
}  // namespace nrm::torture
