// The files of a data folder. Those of an export are looked at while they are read
// (layer_tiles.cpp).
#include <filesystem>

#include "common/store/rocksdb_store.hpp"
#include "services/audit/layers.hpp"

namespace nrm {
namespace {
void check_folder(Check& check, const std::string& folder, const std::string& log) {
  const std::string name = "store/" + std::filesystem::path(folder).filename().string();
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder, error))
    ++check.findings.at(LayerName::files).checked;
  const auto faults = check_files(folder, check.options.live);
  if (!faults) {
    const std::string what = name + ": " + faults.error().detail;
    check.findings.fault(LayerName::files, {.log = log, .seq = {}, .file = name, .text = what});
    return;
  }
  for (const FileFault& bad : *faults) {
    const std::string file = name + '/' + std::filesystem::path(bad.file).filename().string();
    const std::string what = file + ": " + bad.what;
    check.findings.fault(LayerName::files, {.log = log, .seq = {}, .file = file, .text = what});
  }
}
}  // namespace

void check_stored_files(Check& check) {
  if (!check.evidence.remark.empty())
    check.findings.remark(LayerName::files, check.evidence.remark);
  if (check.exported()) return;
  std::uint64_t done = 0;
  for (const CheckedLog& log : check.logs) {
    check.tell("files of " + log.name, done++, check.logs.size() + 2);
    check_folder(check, log.given->folder, log.name);
  }
  for (const std::string& folder : check.evidence.other_folders) check_folder(check, folder, "");
}
}  // namespace nrm
