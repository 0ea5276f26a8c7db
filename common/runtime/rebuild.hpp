// Rebuild: derived data (states, rows, clocks, answered requests) dropped and folded again from the
// log. Verification does the same beside the original and compares byte by byte.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/crypto/crypto.hpp"
#include "common/step/decider.hpp"
#include "common/store/store.hpp"

namespace nrm {
// Records folded so far; the last call comes when all are, before the states are written.
using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

// Folds the log in `log`, or its first `until` records, into `target`'s derived families, which
// must be empty. ERRORS: corrupt (names the record), io_failed.
Result<std::uint64_t> refold(const Core& core, const Store& log, Store& target,
                             const Progress& progress = {}, std::uint64_t until = UINT64_MAX);

struct Replayed {
  std::uint64_t records = 0;
  Hash root;  // of the hash tree over the records' bytes as they were read
};
// The same, and hashes every record. With two threads one reads and hashes, the other decodes and
// folds.
enum class Threads : bool { one, two };
Result<Replayed> replay(const Core& core, const Store& log, Store& target, Threads threads,
                        const Progress& progress = {});
// Offline: nothing else has the store open. One that was interrupted is begun anew by Step::open().
Result<std::uint64_t> rebuild(const Core& core, Store& store, const Progress& progress = {});

// Drops the derived families, and says in the store that there is no fold until
// put_folded_until() does.
Result<void> drop_derived(Store& store);

// The first difference between the derived families of two stores, in words; none when equal.
Result<std::optional<std::string>> compare_derived(const Store& one, const Store& other);
}  // namespace nrm
