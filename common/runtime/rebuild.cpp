#include "common/runtime/rebuild.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/fold.hpp"

namespace nrm {
namespace {
constexpr Family derived[] = {Family::state, Family::rows, Family::due};
// Records folded, or keys dropped or compared, between two writes: bounds memory. A stream that
// changes several times within a chunk is written once.
constexpr std::size_t chunk = 16'384;

Result<void> drop(Store& store, Family family) {
  for (;;) {
    Batch batch;
    std::size_t count = 0;
    NRM_TRY(store.scan(family, {}, [&](std::string_view key, std::string_view) {
      batch.erase(family, std::string(key));
      return ++count < chunk;
    }));
    if (count == 0) return {};
    NRM_TRY(store.commit(batch, Sync::no));
  }
}

using Entries = std::vector<std::pair<std::string, std::string>>;
Result<Entries> read_chunk(const Store& store, Family family, const std::string& from) {
  Entries out;
  NRM_TRY(store.scan(family, Range{from, ""}, [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return out.size() < chunk;
  }));
  return out;
}
}  // namespace

namespace {
Result<std::uint64_t> count(const Store& log) {
  std::uint64_t records = 0;
  NRM_TRY(log.scan(
      Family::log, {},
      [&](std::string_view key, std::string_view) {
        records = keys::read_u64(key) + 1;
        return false;
      },
      true));
  return records;
}

// Reads the log in order, decoded, until `take` returns false; with `tree`, hashes it.
Result<void> read_records(const Store& log, MerkleTree* tree,
                          const std::function<bool(Record)>& take) {
  json::Document document;
  Batch tiles;
  std::uint64_t seq = 0;
  std::optional<Error> fault;
  const auto bad = [&](const char* what) {
    fault.emplace(Code::corrupt, "", "record " + std::to_string(seq) + what);
    return false;
  };
  NRM_TRY(log.scan(Family::log, {}, [&](std::string_view key, std::string_view bytes) {
    if (keys::read_u64(key) != seq) return bad(" is missing");
    if (tree != nullptr) {
      tree->append(leaf_hash(bytes), tiles);
      if (!tiles.empty()) tiles.clear();  // they are not kept here
    }
    if (!document.parse_trusted(bytes)) return bad(" is not JSON");
    auto record = read_record(document.root());
    if (!record || record->seq != seq) return bad(" is not a record");
    ++seq;
    return take(std::move(*record));
  }));
  if (fault) return *fault;
  return {};
}

// Folds into a store, and writes whenever a chunk is full.
class Refolding {
 public:
  Refolding(const Core& core, Store& target, std::uint64_t head, const Progress& progress)
      : target_(target), fold_(core, target), head_(head), progress_(progress) {}

  Result<void> take(const Record& record) {
    fold_.replay(record);
    return ++records_ % chunk == 0 ? write() : Result<void>();
  }
  Result<void> write() {
    fold_.flush(batch_);
    NRM_TRY(target_.commit(batch_, Sync::no));
    batch_.clear();
    if (progress_) progress_(records_, head_);
    return {};
  }
  std::uint64_t records() const { return records_; }

 private:
  Store& target_;
  Fold fold_;
  Batch batch_;
  std::uint64_t records_ = 0;
  const std::uint64_t head_;
  const Progress& progress_;
};

// Hands records from the thread that reads to the one that folds, a bundle at a time.
// INVARIANT: at most `bundles_max` bundles wait.
class Belt {
 public:
  using Bundle = std::vector<Record>;
  // False when nobody takes any more.
  bool put(Bundle bundle) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < bundles_max || closed_; });
    if (closed_) return false;
    waiting_.push_back(std::move(bundle));
    changed_.notify_all();
    return true;
  }
  // Empty when all were taken and nothing comes any more.
  Bundle take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || closed_; });
    if (waiting_.empty()) return {};
    Bundle out = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return out;
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr std::size_t bundles_max = 8;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Bundle> waiting_;
  bool closed_ = false;
};

Result<void> fold_beside(const Store& log, MerkleTree* tree, Refolding& refolding) {
  constexpr std::size_t bundle_records = 256;
  Belt belt;
  Result<void> was_read;
  std::thread reader([&] {
    Belt::Bundle bundle;
    was_read = read_records(log, tree, [&](Record record) {
      bundle.push_back(std::move(record));
      return bundle.size() < bundle_records || belt.put(std::exchange(bundle, {}));
    });
    if (!bundle.empty()) belt.put(std::move(bundle));
    belt.close();
  });
  Result<void> was_folded;
  for (Belt::Bundle bundle = belt.take(); !bundle.empty() && was_folded; bundle = belt.take())
    for (const Record& record : bundle)
      if (was_folded = refolding.take(record); !was_folded) break;
  belt.close();
  reader.join();
  NRM_TRY(was_folded);
  return was_read;
}

Result<std::uint64_t> fold_log(const Core& core, const Store& log, Store& target, MerkleTree* tree,
                               Threads threads, const Progress& progress) {
  NRM_TRY_ASSIGN(const std::uint64_t head, count(log));
  Refolding refolding(core, target, head, progress);
  if (threads == Threads::two) {
    NRM_TRY(fold_beside(log, tree, refolding));
  } else {
    Result<void> folded;
    NRM_TRY(read_records(log, tree, [&](const Record& record) {
      folded = refolding.take(record);
      return folded.has_value();
    }));
    NRM_TRY(folded);
  }
  NRM_TRY(refolding.write());
  return refolding.records();
}
}  // namespace

Result<std::uint64_t> refold(const Core& core, const Store& log, Store& target,
                             const Progress& progress) {
  return fold_log(core, log, target, nullptr, Threads::one, progress);
}

Result<Replayed> replay(const Core& core, const Store& log, Store& target, Threads threads,
                        const Progress& progress) {
  MerkleTree tree;
  NRM_TRY_ASSIGN(const std::uint64_t records,
                 fold_log(core, log, target, &tree, threads, progress));
  return Replayed{records, tree.root()};
}

Result<std::uint64_t> rebuild(const Core& core, Store& store, const Progress& progress) {
  for (const Family family : derived) NRM_TRY(drop(store, family));
  NRM_TRY_ASSIGN(const std::uint64_t records, refold(core, store, store, progress));
  NRM_TRY(store.flush());
  return records;
}

Result<std::optional<std::string>> compare_derived(const Store& one, const Store& other) {
  for (const Family family : derived) {
    std::string from;
    for (;;) {
      NRM_TRY_ASSIGN(const Entries left, read_chunk(one, family, from));
      NRM_TRY_ASSIGN(const Entries right, read_chunk(other, family, from));
      for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        if (i < left.size() && i < right.size() && left[i] == right[i]) continue;
        const std::string& key = i < left.size() ? left[i].first : right[i].first;
        return std::optional(std::string(family_name(family)) + " key " + to_hex(key));
      }
      if (left.size() < chunk) break;
      from = left.back().first + '\0';
    }
  }
  return std::optional<std::string>();
}
}  // namespace nrm
