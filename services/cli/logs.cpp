#include "services/cli/logs.hpp"

#include <filesystem>

#include "common/event/codec.hpp"
#include "common/runtime/log.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::cli {
Result<void> read_log(const Folder& folder, Service service,
                      const std::function<bool(const Record&)>& take) {
  const std::string path = folder.store(to_text(service));
  std::error_code fault;
  if (!std::filesystem::exists(path + "/CURRENT", fault)) return {};
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = path, .read_only = true}));
  json::Document document;
  std::optional<Error> stopped;
  NRM_TRY(nrm::read_log(*store, 0, [&](std::uint64_t, std::string_view bytes) {
    const auto parsed = document.parse_trusted(bytes);
    const auto record = parsed ? read_record(document.root()) : Result<Record>(parsed.error());
    if (!record) stopped = record.error();
    return record && take(*record);
  }));
  if (stopped)
    return Error(Code::corrupt, "",
                 log_name(service) + ": a record does not check out: " + stopped->detail +
                     " (nrm audit verify shows where)");
  return {};
}
}  // namespace nrm::cli
