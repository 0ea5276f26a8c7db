// Logs as the audit commands read them, wherever they are: of a data folder, beside the processes
// that write them; of the audit's archive, which no service can write; of an export, which needs
// no installation at all.
//
// THREAD: one; once head() was asked of each service, read() of different services by any.
// OWNERSHIP: bytes are borrowed for the call.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/event/record.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
class Store;
}
namespace nrm::cli {

class Logs {
 public:
  using Take = std::function<bool(std::uint64_t seq, std::string_view bytes)>;
  virtual ~Logs() = default;

  // How many records there are; 0 of a service that was never started.
  virtual Result<std::uint64_t> head(Service service) = 0;
  // The records' exact bytes from `from` on, dense and in order, until `take` returns false.
  // ERRORS: corrupt (a number is missing, a file does not check out), io_failed.
  virtual Result<void> read(Service service, std::uint64_t from, const Take& take) = 0;
  // Sees what was written since. False: nothing was.
  virtual Result<bool> refresh() = 0;
};

// `from`: "" for the folder's own logs, "archive" for the archive beside them, else an export.
// ERRORS: not_found (no such folder), corrupt; at "--from".
Result<std::unique_ptr<Logs>> open_logs(const std::string& from, const std::string& data_folder);

// Every record in order, until `take` returns false. ERRORS: corrupt, with log and number.
Result<void> read_records(Logs& logs, Service service,
                          const std::function<bool(const Record&)>& take);

// The same of a data folder's own log.
Result<void> read_log(const Folder& folder, Service service,
                      const std::function<bool(const Record&)>& take);
}  // namespace nrm::cli
