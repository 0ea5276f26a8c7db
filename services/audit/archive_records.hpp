// Records of one log as the archive keeps them, a stretch at a time: what the auditors' feed reads
// ("records/<seq>" of a FETCH). As the bundles of C2SP tlog-tiles: each record after its length
// (big-endian, two bytes); but from any number on, and also behind the last checkpoint.
//
// THREAD: any; reads beside the writing archive. ERRORS: io_failed; corrupt: a number is missing.
#pragma once
#include <cstdint>
#include <string>

#include "common/store/store.hpp"

namespace nrm {
// A stretch ends with the record that makes it as long as this. A follower of all logs holds one of
// each at most, whatever the speed it is read at.
inline constexpr std::size_t archived_stretch_bytes = 64 * 1024;

// From `seq` on; empty when the archive has no such record yet.
Result<std::string> archived_records(const Store& store, const std::string& log, std::uint64_t seq);
}  // namespace nrm
