// A service's log, read back from its store; and how much of it the stored fold covers.
// THREAD: any. ERRORS: io_failed; corrupt, with the record's number.
#pragma once
#include <cstdint>
#include <functional>

#include "common/store/store.hpp"

namespace nrm {
Result<std::uint64_t> log_head(const Store& store);  // the number of its records

// The records' bytes from `from` on, in order, until `take` returns false.
Result<void> read_log(const Store& store, std::uint64_t from,
                      const std::function<bool(std::uint64_t seq, std::string_view bytes)>& take);

// States, rows, clocks and answered requests in `store` are those of this many first records.
// ERRORS: unavailable when a rebuild() did not come to its end, or an earlier version wrote them:
// nothing of them may be used. Step::open() makes them anew.
Result<std::uint64_t> folded_until(const Store& store);
void put_folded_until(std::uint64_t records, Batch& out);
void put_not_folded(Batch& out);  // a rebuild() begins
}  // namespace nrm
