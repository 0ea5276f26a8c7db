// What a step proves of its log: from the hash tree's stored tiles.
#include "common/runtime/step.hpp"

namespace nrm {
MerkleTree::ReadTile Step::tiles() const {
  return [this](unsigned level, std::uint64_t index) -> Result<std::string> {
    NRM_TRY_ASSIGN(auto tile, parts_.store.get(Family::merkle, tile_key(level, index)));
    if (!tile) return Error(Code::corrupt, "", "a tile of the hash tree is missing");
    return std::move(*tile);
  };
}

Result<std::vector<Hash>> Step::consistency_proof(std::uint64_t old_size,
                                                  std::uint64_t size) const {
  CHECK(records_.empty(), "proofs are about what is on disk");
  return tree_.consistency_proof(old_size, size, tiles());
}

Result<Hash> Step::root_at(std::uint64_t size) const {
  CHECK(records_.empty(), "roots are of what is on disk");
  return tree_.root_at(size, tiles());
}
}  // namespace nrm
