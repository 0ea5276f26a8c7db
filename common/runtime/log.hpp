// A service's log, read back from its store; how much of it the stored fold covers; and the places
// of those who follow somebody's log. THREAD: any. ERRORS: io_failed; corrupt, with the record's
// number.
#pragma once
#include <cstdint>
#include <functional>

#include "common/crypto/crypto.hpp"
#include "common/store/store.hpp"

namespace nrm {
struct LogPlace {  // where a follower stands in somebody's log
  std::uint64_t next = 0;
  Hash last;  // leaf hash of record next-1
};
// The value of meta "cursor/<log name>": next:8 last:32.
std::string write_place(const LogPlace& place);
std::optional<LogPlace> read_place(std::string_view bytes);
// As stored; the beginning when it is not. ERRORS: corrupt.
Result<LogPlace> stored_place(const Store& store, std::string_view log_name);

Result<std::uint64_t> log_head(const Store& store);  // the number of its records

// The records' bytes from `from` on, in order, until `take` returns false.
Result<void> read_log(const Store& store, std::uint64_t from,
                      const std::function<bool(std::uint64_t seq, std::string_view bytes)>& take);

// Grows when events fold into other states, rows or clocks than before, in any core: else an
// upgraded folder's lists would miss what is new (tests/simulation/folding_test.cpp).
inline constexpr std::uint32_t folding_version = 4;

// States, rows, clocks and answered requests in `store` are those of this many first records.
// ERRORS: unavailable when a rebuild() did not come to its end, or another version wrote them:
// nothing of them may be used. Step::open() and Projection::open() make them anew.
Result<std::uint64_t> folded_until(const Store& store);
void put_folded_until(std::uint64_t records, Batch& out);
void put_not_folded(Batch& out);  // a rebuild() begins
}  // namespace nrm
