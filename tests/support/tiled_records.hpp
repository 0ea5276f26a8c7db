// A log of made-up records as tiles, beside the model of its tree: for what reads tiles.
#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/tiles.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm::test {
// Tiles by their path, in memory. Anything of it can be changed or removed.
struct TileMap final : TileSource {
  std::string name() const override { return "memory"; }
  Result<std::string> read(const Tile& tile) const override { return at(tile_path(tile)); }
  Result<std::string> checkpoint() const override { return at("checkpoint"); }
  Result<std::string> at(const std::string& path) const {
    ++reads;
    const auto found = files.find(path);
    if (found == files.end()) return Error(Code::not_found, "", path + ": is missing");
    return found->second;
  }
  void write_to(const std::string& folder) const {
    for (const auto& [path, bytes] : files) {
      const std::filesystem::path file = folder + '/' + path;
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << bytes;
    }
  }

  std::map<std::string, std::string> files;
  mutable int reads = 0;
};

class TiledRecords {
 public:
  explicit TiledRecords(std::string origin = "tiles.test/identification/0")
      : origin_(std::move(origin)) {}

  static std::string text(std::uint64_t n) {
    return "record " + std::to_string(n) + std::string(n * 7 % 40, '.');
  }
  void append(const std::string& record) {
    records_.push_back(record);
    tree_.append(leaf_hash(record));
  }
  void grow_to(std::uint64_t size) {
    while (records_.size() < size) append(text(records_.size()));
  }
  // As an export of `size` records would be.
  TileMap tiles(std::uint64_t size) {
    TileMap out;
    each_tile(0, size, [&](const Tile& tile) {
      std::string& bytes = out.files[tile_path(tile)];
      if (tile.level != Tile::entries) {
        bytes = tree_.tree.tile(static_cast<unsigned>(tile.level), tile.number, tree_.reader())
                    .value()
                    .substr(0, tile.width * std::size_t{32});
        return true;
      }
      for (unsigned i = 0; i < tile.width; ++i) {
        const std::string& record = records_[tile.number * tile_width + i];
        bytes += static_cast<char>(record.size() >> 8);
        bytes += static_cast<char>(record.size() & 0xff);
        bytes += record;
      }
      return true;
    });
    out.files["checkpoint"] = note(size);
    out.files["vkey"] = verifier_key(origin_, signer_.public_key()) + '\n';
    return out;
  }
  Checkpoint checkpoint(std::uint64_t size) const {
    return {origin_, size, tree_.model.root(size)};
  }
  std::string note(std::uint64_t size) const {
    return sign_note(write_checkpoint(checkpoint(size)), origin_, signer_);
  }
  const std::string& origin() const { return origin_; }
  const crypto::Signer& signer() const { return signer_; }
  const NaiveTree& model() const { return tree_.model; }
  const std::string& record(std::uint64_t n) const { return records_[n]; }

 private:
  std::string origin_;
  std::vector<std::string> records_;
  GrowingTree tree_;
  crypto::Signer signer_ = [] {
    crypto::start();
    return crypto::Signer::random();
  }();
};
}  // namespace nrm::test
