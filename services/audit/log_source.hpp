// LogSource: where records are read from to compute figures: a data folder beside its processes, or
// an export (log_export.hpp) that anybody may have, without server and without keys of ours.
// THREAD: one.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "common/event/record.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
class LogSource {
 public:
  virtual ~LogSource() = default;
  using TakeBytes = std::function<Result<void>(std::uint64_t seq, std::string_view bytes)>;

  // Where it stands: of an export, its checkpoint, whose signature must be good; of a data folder,
  // all records that there are, signed yet or not. ERRORS: corrupt, not_found (an export without
  // it).
  virtual Result<LogPosition> head(Service service) const = 0;
  // Records 0 to `until`-1 in order. ERRORS: corrupt (one is missing), not_found, io_failed, what
  // `take` returns.
  virtual Result<void> read(Service service, std::uint64_t until, const TakeBytes& take) const = 0;
};

std::unique_ptr<LogSource> open_folder_source(const Folder& folder);
// `path`: with one folder per log, as `nrm audit export` writes it. The keys are those of the
// `vkey` files: compare them with what the mechanism published elsewhere.
std::unique_ptr<LogSource> open_export_source(const std::string& path);

// Positions of all logs now, in the order of log_owners.
Result<std::vector<LogPosition>> heads_of(const LogSource& source);

// Every record below the position, read and given; at the end their Merkle root must be the
// position's, so that what was computed rests on exactly the records that were signed.
// ERRORS: of read(); corrupt, with the log named.
using TakeRecord = std::function<void(const Record& record)>;
Result<void> read_until(const LogSource& source, const LogPosition& position,
                        const TakeRecord& take);
}  // namespace nrm
