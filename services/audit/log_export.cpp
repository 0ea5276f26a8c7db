#include "services/audit/log_export.hpp"

#include <algorithm>
#include <filesystem>

#include "common/ledger/tiles.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"

namespace nrm {
namespace {
// What anybody may read: exports are made to be published.
constexpr unsigned public_file = 0644;

Error corrupt(const std::string& what) { return Error(Code::corrupt, "", what); }

// One log on its way out, up to the size of its checkpoint.
class Export {
 public:
  Export(const Store& store, const LogExport& to) : store_(store), to_(to) {}

  Result<Checkpoint> run() {
    NRM_TRY(read_checkpoint_and_tree());
    std::vector<Tile> hashes;
    each_tile(0, checkpoint_.size, [&](const Tile& tile) {
      ++total_;
      if (tile.level != Tile::entries) hashes.push_back(tile);
      return true;
    });
    for (const Tile& tile : hashes) NRM_TRY(write_hashes(tile));
    NRM_TRY(write_entries());
    NRM_TRY(
        write_file(to_.folder + "/vkey", verifier_key(to_.origin, to_.key) + '\n', public_file));
    NRM_TRY(write_file(to_.folder + "/checkpoint", note_, public_file));
    return checkpoint_;
  }

 private:
  Result<void> read_checkpoint_and_tree() {
    NRM_TRY_ASSIGN(auto note, store_.get(Family::meta, "checkpoint"));
    if (!note) return Error(Code::not_found, "", "this log has no checkpoint yet");
    note_ = std::move(*note);
    NRM_TRY_ASSIGN(const auto text, open_note(note_, to_.origin, to_.key));
    NRM_TRY_ASSIGN(checkpoint_, read_checkpoint(text));
    if (checkpoint_.origin != to_.origin) return corrupt("the checkpoint is of another log");
    // Read after the note, so that it covers the note's size in a log that grows meanwhile.
    NRM_TRY_ASSIGN(auto tree, MerkleTree::stored(store_));
    if (!tree) return corrupt("the hash tree is missing");
    tree_ = std::move(*tree);
    if (tree_.size() < checkpoint_.size) return corrupt("the log is shorter than its checkpoint");
    NRM_TRY_ASSIGN(const Hash root, tree_.root_at(checkpoint_.size, read_tile_));
    if (root != checkpoint_.root) return corrupt("the hash tree is not what was signed");
    return {};
  }

  Result<void> write_hashes(const Tile& tile) {
    NRM_TRY_ASSIGN(std::string hashes,
                   tree_.tile(static_cast<unsigned>(tile.level), tile.number, read_tile_));
    hashes.resize(tile.width * std::size_t{32});  // the log may have grown since
    return write_tile(tile, hashes);
  }

  // Records are hashed again on their way: the leaf hashes are what the tiles say, or nothing goes
  // out.
  Result<void> write_entries() {
    std::string bundle, leaves;
    std::uint64_t number = 0;
    Result<void> written;
    const auto finish = [&](unsigned width) -> Result<void> {
      NRM_TRY_ASSIGN(const std::string hashes, tree_.tile(0, number, read_tile_));
      if (hashes.compare(0, leaves.size(), leaves) != 0)
        return corrupt("the records are not those of the hash tree");
      NRM_TRY(write_tile({Tile::entries, number, width}, bundle));
      bundle.clear();
      leaves.clear();
      ++number;
      return {};
    };
    std::uint64_t records = 0;
    const auto take = [&](std::uint64_t, std::string_view record) {
      if (records == checkpoint_.size) return false;
      CHECK(record.size() <= limits::record_bytes_max, "the step bounds what it writes");
      bundle += static_cast<char>(record.size() >> 8);
      bundle += static_cast<char>(record.size() & 0xff);
      bundle += record;
      leaves += leaf_hash(record).view();
      if (++records % tile_width == 0) written = finish(tile_width);
      return written.has_value();
    };
    NRM_TRY(read_log(store_, 0, take));
    NRM_TRY(written);
    if (records != checkpoint_.size) return corrupt("records are missing");
    if (!leaves.empty()) NRM_TRY(finish(static_cast<unsigned>(records % tile_width)));
    return {};
  }

  Result<void> write_tile(const Tile& tile, const std::string& bytes) {
    const std::string path = to_.folder + '/' + tile_path(tile);
    if (to_.progress) to_.progress(++done_, total_);
    if (const auto there = read_file(path)) {
      if (*there == bytes) return {};
      return corrupt(path + " is there with other bytes: it was exported from another history");
    }
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error) return Error(Code::io_failed, "", path + ": " + error.message());
    return write_file(path, bytes, public_file);
  }

  const Store& store_;
  const LogExport& to_;
  std::string note_;
  Checkpoint checkpoint_;
  MerkleTree tree_;
  std::uint64_t done_ = 0, total_ = 0;
  const MerkleTree::ReadTile read_tile_ = [this](unsigned level,
                                                 std::uint64_t index) -> Result<std::string> {
    NRM_TRY_ASSIGN(auto stored, store_.get(Family::merkle, tile_key(level, index)));
    if (!stored) return corrupt("a tile is missing");
    return std::move(*stored);
  };
};
}  // namespace

Result<Checkpoint> export_log(const Store& store, const LogExport& to) {
  std::error_code error;
  std::filesystem::create_directories(to.folder, error);
  if (error) return Error(Code::io_failed, "", to.folder + ": " + error.message());
  return Export(store, to).run();
}
}  // namespace nrm
