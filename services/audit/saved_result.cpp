#include "services/audit/saved_result.hpp"

#include <algorithm>
#include <filesystem>

#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t result_bytes_max = 1024 * 1024;

std::string flat(std::string log) {
  std::ranges::replace(log, '/', '-');
  return log;
}

// Before anything else is read: another format has other members, and other files.
Result<void> check_format(const std::string& path, const json::Value& root) {
  const json::Value format =
      root && root.kind() == json::Kind::object ? root.find("format") : json::Value();
  if (!format || format.kind() != json::Kind::integer)
    return Error(Code::corrupt, "", path + ": not a result of a verification");
  if (format.integer() == saved_format) return {};
  return Error(Code::not_in_state, "",
               path + ": saved in format " + std::to_string(format.integer()) +
                   ", and this version goes on from format " + std::to_string(saved_format) +
                   " only. Verify everything once without --since, with --save-result, or use "
                   "the version that saved it");
}

Result<SavedResult> read_result(const std::string& folder) {
  const std::string path = folder + "/result.json";
  NRM_TRY_ASSIGN(const std::string text, read_file(path, result_bytes_max));
  json::Document document;
  if (!document.parse_strict(text, result_bytes_max))
    return Error(Code::corrupt, "", path + ": not a result of a verification");
  NRM_TRY(check_format(path, document.root()));
  auto result = from_json<SavedResult>(document.root(), Unknown::refuse);
  if (!result) return Error(Code::corrupt, "", path + ": not a whole result of a verification");
  result->folder = folder;
  for (const auto& [name, digest] : {std::pair("conservation", &result->conservation),
                                     std::pair("openings", &result->openings)}) {
    NRM_TRY_ASSIGN(const std::string bytes, read_file(result->file(name), SIZE_MAX));
    if (crypto::sha256(bytes).hex() != *digest)
      return Error(Code::corrupt, "", result->file(name) + ": not the file that was saved");
  }
  return result;
}
}  // namespace

const SavedLog* SavedResult::find(const std::string& log) const {
  const auto found = std::ranges::find(logs, log, &SavedLog::name);
  return found == logs.end() ? nullptr : &*found;
}

std::string leaves_file(const std::string& log) { return flat(log) + ".leaves"; }
std::string states_folder(const std::string& log) { return "states/" + flat(log); }

Result<Since> read_since(const std::string& path) {
  Since out;
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    NRM_TRY_ASSIGN(auto note, read_file(path, result_bytes_max));
    out.notes.push_back({path, std::move(note)});
    return out;
  }
  if (fs::exists(path + "/result.json", error)) {
    NRM_TRY_ASSIGN(out.result, read_result(path));
    return out;
  }
  for (const auto& log : fs::directory_iterator(path, error)) {
    const std::string file = log.path() / "checkpoint";
    if (!fs::exists(file, error)) continue;
    NRM_TRY_ASSIGN(auto note, read_file(file, result_bytes_max));
    out.notes.push_back({file, std::move(note)});
  }
  if (!out.notes.empty()) return out;
  return Error(Code::not_found, "",
               path +
                   ": neither a folder that --save-result wrote, nor a signed checkpoint, nor an "
                   "earlier export");
}
}  // namespace nrm
