// nrm audit export: every log as static files that any C2SP tlog-tiles reader can check
// (services/audit/log_export.hpp).
#include <cstdio>
#include <filesystem>
#include <memory>
#include <ranges>

#include "common/base/codec.hpp"
#include "common/event/record.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/log_export.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/cosigned.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
struct Exported {
  std::string log;
  std::string folder;
  std::uint64_t records = 0;
  std::string root;
};
BOOST_DESCRIBE_STRUCT(Exported, (), (log, folder, records, root))

Result<Exported> export_service(const Folder& folder, Service service,
                                const std::map<std::string, std::string>& cosigned,
                                const AuditExportOptions& options) {
  const auto key = folder.log_key(service);
  const std::string name = log_name(service);
  if (!key) return Error(Code::corrupt, "", "mechanism.json has no key of " + name);
  std::string target = options.out + '/' + name;
  target[target.rfind('/')] = '-';  // "identification/0" is the folder identification-0
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store(to_text(service)),
                                                 .read_only = true,
                                                 .footprint = Footprint::small}));
  std::unique_ptr<Progress> bar;
  NRM_TRY_ASSIGN(const Checkpoint checkpoint,
                 export_log(*store, {.origin = folder.origin(service),
                                     .key = *key,
                                     .folder = target,
                                     .progress = [&](std::uint64_t done, std::uint64_t of) {
                                       if (!bar)
                                         bar = std::make_unique<Progress>("Exporting " + name, of,
                                                                          options.json);
                                       bar->to(done);
                                     }}));
  if (const auto note = cosigned.find(name); note != cosigned.end())
    NRM_TRY(put_cosigned(target, note->second, checkpoint.size));
  return Exported{name, target, checkpoint.size, checkpoint.root.hex()};
}
}  // namespace

int audit_export(const AuditExportOptions& options) {
  crypto::start();
  const auto folder = Folder::open(options.dir);
  if (!folder) return fail(folder.error());
  const auto cosigned = cosigned_notes(*folder);
  if (!cosigned) return fail(cosigned.error());
  Table table({"log", "records", "root", "folder"});
  std::string lines;
  // Followers first: what they took must be in what is exported of the owners afterwards.
  for (const Service service : std::views::reverse(log_owners)) {
    const auto exported = export_service(*folder, service, *cosigned, options);
    if (!exported) {
      Error why = exported.error();
      why.detail = log_name(service) + ": " + why.detail;
      return fail(why, "what was exported before it is whole; nrm audit verify shows more");
    }
    table.add({exported->log, with_commas(exported->records), exported->root.substr(0, 16) + "…",
               exported->folder});
    lines += to_json(*exported) + '\n';
  }
  if (const auto packs = export_packs(*folder, options.out + "/policy"); !packs)
    return fail(packs.error());
  std::fputs(options.json ? lines.c_str() : table.text().c_str(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
