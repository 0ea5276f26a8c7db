#include "services/cli/seen.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/runtime/described_file.hpp"
#include "services/cli/remote_logs.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // one thread reads it, none writes it
  return value != nullptr ? value : "";
}

Result<SeenLogs> read_seen(const std::string& file) {
  const auto text = read_file(file);
  if (!text && text.error().code == Code::not_found) return SeenLogs{};
  if (!text) return text.error();
  auto seen = read_described<SeenLogs>(file, *text, seen_logs_max);
  if (!seen)
    return Error(Code::corrupt, "",
                 seen.error().detail +
                     "; it holds the checkpoints seen before: look who changed it, then remove it");
  return seen;
}

Result<void> write_seen(const std::string& folder, SeenLogs seen) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) return Error(Code::io_failed, "", folder + ": " + fault.message());
  if (seen.logs.size() > seen_logs_max)
    seen.logs.erase(seen.logs.begin(),
                    seen.logs.end() - static_cast<std::ptrdiff_t>(seen_logs_max));
  return write_file(folder + "/checkpoints.json", to_json(seen) + '\n', 0600);
}

// One log, against what was seen of it. True: there is something new to remember.
Result<bool> compare(Api& api, const KnownLog& known, SeenLog& seen) {
  constexpr int tries = 2;  // a second for an archive that starts
  HttpLog remote(api.client(), api.token(), known.log, 1, tries);
  std::vector<NoteKey> keys{known.key};
  Checkpoint before{.origin = known.key.name, .size = 0, .root = {}};
  if (!seen.note.empty()) {
    NRM_TRY_ASSIGN(const NoteKey trusted, read_note_key(seen.key));
    NRM_TRY_ASSIGN(const Note note, read_note(seen.note));
    NRM_TRY_ASSIGN(before, read_checkpoint(note.text));
    if (trusted != known.key) keys.insert(keys.begin(), trusted);
  } else {
    before.root = crypto::sha256("");  // of nothing, everything is a continuation
  }
  NRM_TRY_ASSIGN(const auto now, remote.consistency(before.size));
  NRM_TRY_ASSIGN(const Checkpoint fresh, continued(before, now, keys));
  if (fresh.size == before.size && !seen.note.empty()) return false;
  NRM_TRY_ASSIGN(const Note note, read_note(now.note));
  for (const NoteKey& key : keys)
    if (const auto good = is_signed(note, key); good && *good) seen.key = key.vkey();
  seen.note = now.note;
  return true;
}
}  // namespace

std::string state_folder() {
  if (const std::string own = environment("NRM_STATE_DIR"); !own.empty()) return own;
  if (const std::string xdg = environment("XDG_STATE_HOME"); !xdg.empty()) return xdg + "/nrm";
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + "/.local/state/nrm";
}

Result<void> look_again(Api& api, const std::vector<KnownLog>& logs) {
  const std::string folder = state_folder();
  if (folder.empty()) return {};
  NRM_TRY_ASSIGN(const std::string authority, read_file(api.folder().file("tls/ca.pem")));
  const std::string installation = crypto::sha256(authority).hex();
  NRM_TRY_ASSIGN(SeenLogs seen, read_seen(folder + "/checkpoints.json"));
  bool changed = false;
  for (const KnownLog& known : logs) {
    auto found = std::ranges::find_if(seen.logs, [&](const SeenLog& one) {
      return one.installation == installation && one.origin == known.key.name;
    });
    SeenLog entry = found != seen.logs.end()
                        ? *found
                        : SeenLog{installation, known.key.name, known.key.vkey(), {}};
    NRM_TRY_ASSIGN(const bool news, compare(api, known, entry));
    if (!news) continue;
    changed = true;
    if (found != seen.logs.end()) seen.logs.erase(found);
    seen.logs.push_back(std::move(entry));  // the newest last
  }
  return changed ? write_seen(folder, std::move(seen)) : Result<void>();
}
}  // namespace nrm::cli
