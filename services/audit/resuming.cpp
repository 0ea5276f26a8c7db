// What a run leaves for the next one (saved_result.hpp), written and read back.
#include <filesystem>

#include "common/runtime/folder.hpp"
#include "services/audit/kept.hpp"
#include "services/audit/layers.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr unsigned own_file = 0600;

template <class Checked>
Result<void> resume(const std::string& file, Checked& checked) {
  NRM_TRY_ASSIGN(const std::string bytes, read_file(file, SIZE_MAX));
  KeptReader in(bytes);
  checked.keep(in);
  return in.whole() ? Result<void>() : Error(Code::corrupt, "", file + ": cannot be read back");
}

template <class Checked>
Result<std::string> leave(const std::string& file, Checked& checked) {
  KeptWriter out;
  checked.keep(out);
  NRM_TRY(write_file(file, out.bytes(), own_file));
  return crypto::sha256(out.bytes()).hex();
}

Result<SavedLog> leave_log(const Check& check, const CheckedLog& log, const std::string& folder) {
  std::string leaves;
  leaves.reserve(log.leaves.size() * 32);
  log.leaves.each(log.leaves.size(), [&](const Hash& leaf) { leaves += leaf.view(); });
  NRM_TRY(write_file(folder + '/' + leaves_file(log.name), leaves, own_file));
  std::error_code error;
  fs::rename(check.options.scratch + '/' + states_folder(log.name),
             folder + '/' + states_folder(log.name), error);
  if (error)  // another file system
    fs::copy(check.options.scratch + '/' + states_folder(log.name),
             folder + '/' + states_folder(log.name), error);
  if (error) return Error(Code::io_failed, "", folder + ": " + error.message());
  return SavedLog{.name = log.name,
                  .origin = log.given->origin,
                  .size = log.tree.size(),
                  .root = log.tree.root().hex(),
                  .keys = log.keys->text(),
                  .policy = log.pack->policy.name(),
                  .pack_digest = log.pack->digest,
                  .adopted = log.adopted.adopted,
                  .at = static_cast<std::uint64_t>(log.last_at.ms),
                  .engine = log.last_engine};
}
}  // namespace

Result<void> resume_rules(const SavedResult& before, Conservation& conservation,
                          Openings& openings) {
  NRM_TRY(resume(before.file("conservation"), conservation));
  return resume(before.file("openings"), openings);
}

Result<void> save_result(Check& check) {
  const std::string& folder = check.options.save_result;
  std::error_code error;
  if (fs::exists(folder, error))
    return Error(Code::already_exists, "", folder + ": is there; name a new folder for the result");
  for (std::size_t i = 0; i < layer_count; ++i) {
    const Layer& layer = check.findings.at(static_cast<LayerName>(i));
    if (layer.holds() && !layer.wanting && check.options.last == LayerName::openings) continue;
    return {};
  }
  fs::create_directories(folder + "/states", error);
  if (error) return Error(Code::io_failed, "", folder + ": " + error.message());
  SavedResult result;
  for (const CheckedLog& log : check.logs) {
    NRM_TRY_ASSIGN(SavedLog saved, leave_log(check, log, folder));
    result.logs.push_back(std::move(saved));
  }
  NRM_TRY_ASSIGN(result.conservation, leave(folder + "/conservation", check.conservation));
  NRM_TRY_ASSIGN(result.openings, leave(folder + "/openings", check.openings));
  return write_file(folder + "/result.json", to_json(result) + '\n', own_file);
}
}  // namespace nrm
