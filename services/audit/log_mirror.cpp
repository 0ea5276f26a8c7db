#include "services/audit/log_mirror.hpp"

#include <filesystem>

#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"
#include "common/ledger/tile_folder.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/signing.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr unsigned own_file = 0600;

Error diverged(const std::string& what) { return Error(Code::diverged, "", what); }

std::string brief(const Checkpoint& checkpoint) {
  return std::to_string(checkpoint.size) + " records, root " + to_base64(checkpoint.root.view());
}

struct Signed {
  Checkpoint checkpoint;
  NoteKey by;
};
Result<Signed> signed_by_one(const std::string& text, const std::vector<NoteKey>& keys) {
  NRM_TRY_ASSIGN(const Note note, read_note(text));
  NRM_TRY_ASSIGN(Checkpoint checkpoint, read_checkpoint(note.text));
  for (const NoteKey& key : keys) {
    if (key.name != checkpoint.origin) continue;
    NRM_TRY_ASSIGN(const bool good, is_signed(note, key));
    if (good) return Signed{std::move(checkpoint), key};
  }
  return Error(Code::corrupt, "",
               "checkpoint: it is not signed by a key that is known for " + checkpoint.origin);
}

// Tiles that a reader of this folder does not have yet.
std::vector<Tile> missing(const std::string& folder, std::uint64_t from, std::uint64_t size) {
  std::vector<Tile> out;
  std::error_code fault;
  each_tile(from, size, [&](const Tile& tile) {
    if (!fs::exists(folder + '/' + tile_path(tile), fault)) out.push_back(tile);
    return true;
  });
  return out;
}

Result<void> put(const std::string& folder, const Tile& tile, const std::string& bytes) {
  const std::string path = folder + '/' + tile_path(tile);
  std::error_code fault;
  fs::create_directories(fs::path(path).parent_path(), fault);
  if (fault) return Error(Code::io_failed, "", path + ": " + fault.message());
  return write_file(path, bytes, own_file);
}

// A checkpoint that is not in its place yet, over tiles that are.
class NewCheckpoint final : public TileSource {
 public:
  NewCheckpoint(const std::string& folder, std::string note)
      : files_(folder), note_(std::move(note)) {}
  std::string name() const override { return files_.name(); }
  Result<std::string> read(const Tile& tile) const override { return files_.read(tile); }
  Result<std::string> checkpoint() const override { return note_; }

 private:
  TileFolder files_;
  const std::string note_;
};

// The key that signs now follows from the log's own records, begun with the one that was trusted.
Result<void> follow_keys(const TiledLog& log, const NoteKey& trusted, std::uint64_t trusted_at,
                         const NoteKey& now) {
  LogKeys keys(log.checkpoint().origin, trusted.key);
  Result<void> taken;
  NRM_TRY(log.read(0, log.size(), [&](std::uint64_t seq, std::string_view record, const Hash&) {
    taken = keys.take(seq, record);
    return taken.has_value();
  }));
  NRM_TRY(taken);
  if (keys.at(trusted_at) == trusted.key && keys.at(log.size()) == now.key) return {};
  return diverged("the key " + now.vkey() + " signs, and no record of the log says that it may; " +
                  "the key known before is " + trusted.vkey());
}
}  // namespace

Result<RemoteLog::Continuation> read_continuation(std::string_view text) {
  RemoteLog::Continuation out;
  std::optional<std::string_view> line;
  while ((line = take_line(text)) && !line->empty()) {
    const auto bytes = from_base64(*line);
    const auto hash = bytes ? Hash::from(*bytes) : std::nullopt;
    if (!hash || out.proof.size() == 64)
      return Error(Code::corrupt, "", "the consistency proof is malformed");
    out.proof.push_back(*hash);
  }
  if (!line) return Error(Code::corrupt, "", "the consistency proof has no checkpoint");
  out.note = text;
  return out;
}

Result<Checkpoint> continued(const Checkpoint& before, const RemoteLog::Continuation& now,
                             const std::vector<NoteKey>& keys) {
  NRM_TRY_ASSIGN(const Signed head, signed_by_one(now.note, keys));
  const Checkpoint& fresh = head.checkpoint;
  if (fresh.origin != before.origin)
    return diverged("it is the log " + fresh.origin + ", and " + before.origin + " was known");
  if (fresh.size < before.size)
    return diverged("ROLLBACK: " + before.origin + " has shown " + brief(before) +
                    ", and now shows " + brief(fresh) + "; records were taken back");
  if (!verify_consistency(before.size, before.root, fresh.size, fresh.root, now.proof))
    return diverged("ANOTHER HISTORY: " + before.origin + " has shown " + brief(before) +
                    ", and what it shows now (" + brief(fresh) +
                    ") does not begin with that; records were changed, or others are shown "
                    "something else");
  return fresh;
}

Result<Mirrored> mirror_log(RemoteLog& remote, const MirrorOptions& options) {
  CHECK(!options.keys.empty(), "a log is known by its key");
  Mirrored out;
  std::vector<NoteKey> keys = options.keys;
  std::optional<NoteKey> trusted;  // that the folder's checkpoint is signed with
  std::error_code fault;
  fs::create_directories(options.folder, fault);
  if (!fault) fs::permissions(options.folder, fs::perms::owner_all, fault);
  if (fault) return Error(Code::io_failed, "", options.folder + ": " + fault.message());
  std::string note;
  if (fs::exists(options.folder + "/checkpoint", fault)) {
    const TileFolder there(options.folder);
    NRM_TRY_ASSIGN(const std::string vkey, there.verifier_key());
    NRM_TRY_ASSIGN(trusted, read_note_key(vkey));
    keys.insert(keys.begin(), *trusted);
    NRM_TRY_ASSIGN(const std::string before, there.checkpoint());
    NRM_TRY_ASSIGN(const Signed head, signed_by_one(before, {*trusted}));
    out.before = head.checkpoint;
    NRM_TRY_ASSIGN(auto now, remote.consistency(out.before.size));
    NRM_TRY(continued(out.before, now, keys));
    note = std::move(now.note);
  } else {
    NRM_TRY_ASSIGN(note, remote.checkpoint());
  }
  NRM_TRY_ASSIGN(const Signed head, signed_by_one(note, keys));
  out.now = head.checkpoint;

  const auto wanted = missing(options.folder, out.before.size, out.now.size);
  NRM_TRY(remote.tiles(wanted, [&](const Tile& tile, std::string bytes) -> Result<void> {
    NRM_TRY(put(options.folder, tile, bytes));
    if (options.progress) options.progress(++out.files, wanted.size());
    return {};
  }));
  out.files = wanted.size();
  const auto source = std::make_shared<NewCheckpoint>(options.folder, note);
  NRM_TRY_ASSIGN(const TiledLog log, TiledLog::open(source, head.by.name, head.by.key));
  NRM_TRY(log.read(out.before.size, out.now.size, [](auto, auto, auto&) { return true; }));
  if (trusted && trusted->key != head.by.key)
    NRM_TRY(follow_keys(log, *trusted, out.before.size, head.by));
  NRM_TRY(write_file(options.folder + "/vkey", head.by.vkey() + '\n', own_file));
  NRM_TRY(write_file(options.folder + "/checkpoint", note, own_file));
  return out;
}
}  // namespace nrm
