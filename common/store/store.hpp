// Store: a service's bytes on disk. Ordered keys in a few families; one atomic batch per commit.
//
// The port knows no event. Its adapters: RocksDB (rocksdb_store.hpp) and a map for tests
// (memory_store.hpp); both pass tests/contract/store_contract_test.cpp.
// THREAD: commit() from one thread; get() and scan() from any.
// OWNERSHIP: returned bytes are copies; nothing borrowed outlives a call.
// ERRORS: io_failed, corrupt. After a failed commit the outcome is unknown: end the process, the
// retry with the same idempotency key finds out (reliability.md, fact 3).
// INVARIANT: a batch is there whole or not at all; with Sync::yes it survives a power cut.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm {
// Column families. `state`, `rows` and `due` are derived: `rebuild` drops and folds them again.
enum class Family : std::uint8_t {
  meta,         // what this data folder is; cursors; secrets of this store
  log,          // seq -> record bytes
  state,        // stream -> folded state
  rows,         // what queries read
  due,          // (due, stream, clock)
  idempotency,  // key -> (request digest, seq)
  merkle,       // frontier and full tiles of the log's hash tree
  sealed,       // the vault's ciphertexts and wrapped keys: the one family that forgets
  archive,      // audit: (log, seq) -> record bytes of other services
  parked,       // received records of a version that is not known here
};
inline constexpr std::size_t family_count = 10;
std::string_view family_name(Family family);

enum class Sync : bool { no, yes };

class Batch {
 public:
  struct Change {
    Family family;
    std::string key;
    std::optional<std::string> value;  // none: delete
  };
  void put(Family family, std::string key, std::string value) {
    changes_.push_back({family, std::move(key), std::move(value)});
  }
  void erase(Family family, std::string key) {
    changes_.push_back({family, std::move(key), std::nullopt});
  }
  const std::vector<Change>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }
  void clear() { changes_.clear(); }

 private:
  std::vector<Change> changes_;
};

// Keys in [from, to); `to` empty = to the end of the family.
struct Range {
  std::string from;
  std::string to;
};
// All keys that start with `prefix`.
Range prefixed(std::string_view prefix);

class Store {
 public:
  // Return false to stop.
  using Take = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~Store() = default;
  virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
  // In key order (reverse: from the end). Reads one consistent snapshot.
  virtual Result<void> scan(Family family, const Range& range, const Take& take,
                            bool reverse = false) const = 0;
  virtual Result<void> commit(const Batch& batch, Sync sync) = 0;
  // Memory to files, so that a clean stop leaves nothing to recover.
  virtual Result<void> flush() = 0;
};
}  // namespace nrm
