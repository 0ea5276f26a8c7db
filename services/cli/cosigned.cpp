#include "services/cli/cosigned.hpp"

#include <filesystem>

#include "common/event/record.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/witnessed_log.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/log_export.hpp"

namespace nrm::cli {
Result<std::map<std::string, std::string>> cosigned_notes(const Folder& folder) {
  std::map<std::string, std::string> out;
  const std::string place = folder.store("gateway");
  std::error_code fault;
  if (!std::filesystem::exists(place + "/CURRENT", fault)) return out;  // it never ran
  NRM_TRY_ASSIGN(const auto store,
                 open_rocksdb({.folder = place, .read_only = true, .footprint = Footprint::small}));
  for (const Service owner : log_owners) {
    NRM_TRY_ASSIGN(auto one, stored_witnessed(*store, log_name(owner)));
    if (one) out.emplace(one->log, std::move(one->note));
  }
  return out;
}

Result<void> put_cosigned(const std::string& folder, const std::string& note,
                          std::uint64_t records) {
  const auto checkpoint = read_checkpoint(note_text(note));
  if (!checkpoint) return Error(Code::corrupt, "", "what witnesses cosigned is no checkpoint");
  if (checkpoint->size > records) return {};
  return write_file(folder + '/' + std::string(cosigned_file), note, 0644);
}
}  // namespace nrm::cli
