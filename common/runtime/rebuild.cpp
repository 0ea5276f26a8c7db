#include "common/runtime/rebuild.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/fold.hpp"
#include "common/runtime/log.hpp"

namespace nrm {
namespace {
constexpr Family derived[] = {Family::state, Family::rows, Family::due, Family::idempotency};
// Keys dropped or compared at a time: bounds memory.
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

// Decodes and folds in memory, and writes to the store when there are too many states, and at the
// end.
class Refolding {
 public:
  Refolding(const Core& core, Store& target, std::uint64_t head, const Progress& progress)
      : target_(target),
        fold_(core, target, Fold::Stored::nothing),
        head_(head),
        progress_(progress) {}

  Result<void> take(std::string_view bytes) {
    if (!fold_.replay(records_, bytes))
      return Error(Code::corrupt, "", "record " + std::to_string(records_) + " is not one");
    if (++records_ % told_every == 0) tell();
    return fold_.changed() < limits::refolded_states_max ? Result<void>() : write();
  }
  void tell() {
    if (progress_) progress_(records_, head_);
  }
  Result<void> write() {
    fold_.flush(batch_);
    put_folded_until(records_, batch_);
    NRM_TRY(target_.commit(batch_, Sync::no));
    batch_.clear();
    return {};
  }
  std::uint64_t records() const { return records_; }

 private:
  Store& target_;
  Fold fold_;
  Batch batch_;
  static constexpr std::uint64_t told_every = 16'384;
  std::uint64_t records_ = 0;
  const std::uint64_t head_;
  const Progress& progress_;
};

// The records of one stretch of a log, one behind the other.
struct Bundle {
  std::string bytes;
  std::vector<std::size_t> ends;

  void add(std::string_view record) {
    bytes += record;
    ends.push_back(bytes.size());
  }
  Result<void> each(Refolding& refolding) const {
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      NRM_TRY(refolding.take(std::string_view(bytes).substr(begin, end - begin)));
      begin = end;
    }
    return {};
  }
};

// Hands bundles from the thread that reads and hashes to the one that decodes and folds.
// INVARIANT: at most `bundles_max` wait.
class Belt {
 public:
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

using TakeBytes = std::function<bool(std::uint64_t seq, std::string_view)>;

Result<void> fold_beside(const Store& log, const TakeBytes& look, Refolding& refolding) {
  constexpr std::size_t bundle_records = 256;
  Belt belt;
  Result<void> was_read;
  std::thread reader([&] {
    Bundle bundle;
    was_read = read_log(log, 0, [&](std::uint64_t seq, std::string_view bytes) {
      if (!look(seq, bytes)) return false;
      bundle.add(bytes);
      return bundle.ends.size() < bundle_records || belt.put(std::exchange(bundle, {}));
    });
    if (!bundle.ends.empty()) belt.put(std::move(bundle));
    belt.close();
  });
  Result<void> was_folded;
  for (Bundle bundle = belt.take(); !bundle.ends.empty() && was_folded; bundle = belt.take())
    was_folded = bundle.each(refolding);
  belt.close();
  reader.join();
  NRM_TRY(was_folded);
  return was_read;
}

// `look` sees every record first; at its "no" the fold ends.
Result<std::uint64_t> fold_log(const Core& core, const Store& log, Store& target,
                               const TakeBytes& look, Threads threads, const Progress& progress) {
  NRM_TRY_ASSIGN(const std::uint64_t head, log_head(log));
  Refolding refolding(core, target, head, progress);
  if (threads == Threads::two) {
    NRM_TRY(fold_beside(log, look, refolding));
  } else {
    Result<void> folded;
    NRM_TRY(read_log(log, 0, [&](std::uint64_t seq, std::string_view bytes) {
      if (!look(seq, bytes)) return false;
      folded = refolding.take(bytes);
      return folded.has_value();
    }));
    NRM_TRY(folded);
  }
  refolding.tell();
  NRM_TRY(refolding.write());
  return refolding.records();
}
}  // namespace

Result<std::uint64_t> refold(const Core& core, const Store& log, Store& target,
                             const Progress& progress, std::uint64_t until) {
  const auto look = [until](std::uint64_t seq, std::string_view) { return seq < until; };
  return fold_log(core, log, target, look, Threads::one, progress);
}

Result<Replayed> replay(const Core& core, const Store& log, Store& target, Threads threads,
                        const Progress& progress) {
  MerkleTree tree;
  Batch tiles;
  const auto look = [&](std::uint64_t, std::string_view bytes) {
    tree.append(leaf_hash(bytes), tiles);
    if (!tiles.empty()) tiles.clear();  // they are not kept here
    return true;
  };
  NRM_TRY_ASSIGN(const std::uint64_t records, fold_log(core, log, target, look, threads, progress));
  return Replayed{records, tree.root()};
}

// A process that dies in the middle leaves the mark of put_not_folded(): the next one begins anew.
Result<void> drop_derived(Store& store) {
  Batch mark;
  put_not_folded(mark);
  NRM_TRY(store.commit(mark, Sync::no));
  for (const Family family : derived) NRM_TRY(drop(store, family));
  return {};
}

Result<std::uint64_t> rebuild(const Core& core, Store& store, const Progress& progress) {
  NRM_TRY(drop_derived(store));
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
