#include "common/ledger/merkle.hpp"

#include <gtest/gtest.h>

#include "common/base/hex.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm {
namespace {
using test::GrowingTree;
using test::numbered_leaf;

Hash hash_of(std::string_view hex) { return Hash::from(from_hex(hex).value()).value(); }

std::vector<Hash> hashes(std::initializer_list<const char*> hexes) {
  std::vector<Hash> out;
  for (const char* hex : hexes) out.push_back(hash_of(hex));
  return out;
}

// --- the test vectors of Certificate Transparency (merkletree/merkle_tree_test.cc)
// -----------------

constexpr const char* ct_leaves[] = {"",
                                     "00",
                                     "10",
                                     "2021",
                                     "3031",
                                     "40414243",
                                     "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"};
constexpr const char* ct_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

GrowingTree ct_tree(std::size_t size) {
  GrowingTree grown;
  for (std::size_t i = 0; i < size; ++i) grown.append(leaf_hash(from_hex(ct_leaves[i]).value()));
  return grown;
}

TEST(MerkleVectors, Roots) {
  for (std::size_t size = 0; size <= 8; ++size) {
    EXPECT_EQ(ct_tree(size).tree.root().hex(), ct_roots[size]) << size;
    EXPECT_EQ(ct_tree(size).model.root(size).hex(), ct_roots[size]) << size;
  }
}

TEST(MerkleVectors, InclusionProofs) {
  const struct {
    std::uint64_t index, size;
    std::vector<Hash> proof;
  } vectors[] = {
      {0, 1, {}},
      {0, 8,
       hashes({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
               "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
               "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"})},
      {5, 8,
       hashes({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"})},
      {2, 3, hashes({"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"})},
      {1, 5,
       hashes({"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
               "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
               "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"})},
  };
  for (const auto& vector : vectors) {
    GrowingTree grown = ct_tree(vector.size);
    EXPECT_EQ(grown.tree.inclusion_proof(vector.index, grown.reader()).value(), vector.proof);
    EXPECT_TRUE(verify_inclusion(grown.model.leaf(vector.index), vector.index, vector.size,
                                 vector.proof, hash_of(ct_roots[vector.size])));
  }
}

TEST(MerkleVectors, ConsistencyProofs) {
  const struct {
    std::uint64_t old_size, size;
    std::vector<Hash> proof;
  } vectors[] = {
      {1, 1, {}},
      {1, 8,
       hashes({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
               "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
               "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"})},
      {6, 8,
       hashes({"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"})},
      {2, 5,
       hashes({"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
               "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"})},
  };
  for (const auto& vector : vectors) {
    GrowingTree grown = ct_tree(vector.size);
    EXPECT_EQ(grown.tree.consistency_proof(vector.old_size, grown.reader()).value(), vector.proof);
    EXPECT_TRUE(verify_consistency(vector.old_size, hash_of(ct_roots[vector.old_size]), vector.size,
                                   hash_of(ct_roots[vector.size]), vector.proof));
  }
}

// --- against the model
// ----------------------------------------------------------------------------

// Sizes and indexes worth asking about in a tree of `size` leaves: the edges of subtrees and tiles.
std::vector<std::uint64_t> samples(std::uint64_t size) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t at :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{127},
        std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{257}, std::uint64_t{511},
        std::uint64_t{512}, std::uint64_t{65'279}, std::uint64_t{65'280}, std::uint64_t{65'535},
        std::uint64_t{65'536}, size / 3, size / 2, size - 2, size - 1})
    if (at < size) out.push_back(at);
  return out;
}

void expect_as_the_model(GrowingTree& grown) {
  const std::uint64_t size = grown.tree.size();
  const Hash root = grown.model.root(size);
  ASSERT_EQ(grown.tree.root(), root) << size;
  for (const std::uint64_t i : samples(size)) {
    const auto path = grown.tree.inclusion_proof(i, grown.reader());
    ASSERT_TRUE(path) << path.error().detail;
    ASSERT_EQ(*path, grown.model.path(i, size)) << i << " of " << size;
    ASSERT_TRUE(verify_inclusion(grown.model.leaf(i), i, size, *path, root)) << i << " of " << size;

    const std::uint64_t old = i + 1;
    const auto proof = grown.tree.consistency_proof(old, grown.reader());
    ASSERT_TRUE(proof) << proof.error().detail;
    ASSERT_EQ(*proof, grown.model.proof(old, size)) << old << " to " << size;
    ASSERT_TRUE(verify_consistency(old, grown.model.root(old), size, root, *proof));
    ASSERT_EQ(grown.tree.root_at(old, grown.reader()).value(), grown.model.root(old));
  }
}

TEST(Merkle, EverySizeUpTo600) {
  GrowingTree grown;
  for (std::uint64_t size = 0; size <= 600; ++size) {
    expect_as_the_model(grown);
    if (HasFatalFailure()) return;
    grown.append(numbered_leaf(size));
  }
}

TEST(Merkle, SizesAroundTheSecondTileLevel) {
  GrowingTree grown;
  for (std::uint64_t size = 0; size <= 65'537; ++size) {
    if (size >= 65'535) expect_as_the_model(grown);
    if (HasFatalFailure()) return;
    grown.append(numbered_leaf(size));
  }
}

TEST(Merkle, ProofsOfTheTreeAsItWas) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 1000; ++i) grown.append(numbered_leaf(i));
  for (const std::uint64_t at : {1, 2, 255, 256, 257, 600, 999, 1000}) {
    const Hash root = grown.model.root(at);
    for (const std::uint64_t i : samples(at)) {
      const auto path = grown.tree.inclusion_proof(i, at, grown.reader()).value();
      EXPECT_TRUE(verify_inclusion(grown.model.leaf(i), i, at, path, root));
      const auto proof = grown.tree.consistency_proof(i, at, grown.reader()).value();
      EXPECT_TRUE(verify_consistency(i, grown.model.root(i), at, root, proof)) << i << " " << at;
    }
  }
}

// --- tiles
// ----------------------------------------------------------------------------------------

TEST(MerkleTiles, AreWrittenWhenFullAsC2spCutsThem) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 70'000; ++i) grown.append(numbered_leaf(i));
  // The example of C2SP tlog-tiles: 273 full tiles on level 0, one on level 1 …
  EXPECT_EQ(grown.tiles.size(), 273u + 1u);
  for (const auto& [key, hashes] : grown.tiles) EXPECT_EQ(hashes.size(), 8192u);
  // … and unfinished ones of 112, 17 and 1 hashes.
  EXPECT_EQ(grown.tree.tile(0, 273, grown.reader())->size(), 112u * 32);
  EXPECT_EQ(grown.tree.tile(1, 1, grown.reader())->size(), 17u * 32);
  EXPECT_EQ(grown.tree.tile(2, 0, grown.reader())->size(), 1u * 32);
  EXPECT_EQ(grown.reads, 0) << "unfinished tiles are in memory";
  EXPECT_EQ(grown.tiles.at(tile_key(0, 3)).substr(5 * 32, 32), numbered_leaf(3 * 256 + 5).view());
  EXPECT_EQ(grown.tree.tile(2, 0, grown.reader()).value(),
            std::string(grown.model.root(65'536).view()));
}

TEST(MerkleTiles, KeysSortByLevelAndIndex) {
  EXPECT_EQ(to_hex(tile_key(0, 0)), "74000000000000000000");
  EXPECT_EQ(to_hex(tile_key(1, 0x0102)), "74010000000000000102");
  EXPECT_LT(tile_key(0, 255), tile_key(0, 256));
}

TEST(MerkleTiles, AProofReadsAFewTiles) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 70'000; ++i) grown.append(numbered_leaf(i));
  ASSERT_TRUE(grown.tree.inclusion_proof(12'345, grown.reader()));
  EXPECT_LE(grown.reads, 4);
}

TEST(MerkleTiles, WhatTheReaderSaysIsPassedOn) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 600; ++i) grown.append(numbered_leaf(i));
  const auto fails = [](unsigned, std::uint64_t) -> Result<std::string> {
    return Error(Code::io_failed, "", "the disk is gone");
  };
  EXPECT_EQ(grown.tree.inclusion_proof(3, fails).error().code, Code::io_failed);
  EXPECT_EQ(grown.tree.consistency_proof(3, fails).error().code, Code::io_failed);
  EXPECT_EQ(grown.tree.root_at(300, fails).error().code, Code::io_failed);
  const auto short_tile = [](unsigned, std::uint64_t) -> Result<std::string> {
    return std::string(8191, 'x');
  };
  EXPECT_EQ(grown.tree.inclusion_proof(3, short_tile).error().code, Code::corrupt);
}

// --- the frontier
// ---------------------------------------------------------------------------------

TEST(MerkleFrontier, ATreeGoesOnWhereItWasStored) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 1200; ++i) {
    if (i < 20 || i % 37 == 0 || (i + 2) % 256 < 4) {
      auto loaded = MerkleTree::load(grown.tree.frontier());
      ASSERT_TRUE(loaded) << i << ": " << loaded.error().detail;
      EXPECT_EQ(loaded->size(), i);
      EXPECT_EQ(loaded->frontier(), grown.tree.frontier());
      grown.tree = std::move(*loaded);
    }
    grown.append(numbered_leaf(i));
    ASSERT_EQ(grown.tree.root(), grown.model.root(i + 1));
  }
  expect_as_the_model(grown);
}

TEST(MerkleFrontier, IsSizeRootAndUnfinishedTiles) {
  GrowingTree grown;
  EXPECT_EQ(to_hex(grown.tree.frontier()), "0000000000000000" + crypto::sha256("").hex());
  for (std::uint64_t i = 0; i < 258; ++i) grown.append(numbered_leaf(i));
  EXPECT_EQ(to_hex(grown.tree.frontier()), "0000000000000102" + grown.model.root(258).hex() +
                                               numbered_leaf(256).hex() + numbered_leaf(257).hex() +
                                               grown.model.root(256).hex());
}

TEST(MerkleFrontier, AnyChangeIsRefused) {
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 261; ++i) grown.append(numbered_leaf(i));
  const std::string frontier = grown.tree.frontier();
  ASSERT_TRUE(MerkleTree::load(frontier));
  for (std::size_t i = 0; i < frontier.size(); ++i) {
    std::string changed = frontier;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto loaded = MerkleTree::load(changed);
    ASSERT_FALSE(loaded) << "byte " << i;
    EXPECT_EQ(loaded.error().code, Code::corrupt);
  }
  for (std::size_t n = 0; n < frontier.size(); ++n)
    ASSERT_FALSE(MerkleTree::load(std::string_view(frontier).substr(0, n))) << n;
  EXPECT_FALSE(MerkleTree::load(frontier + "x"));
  EXPECT_FALSE(MerkleTree::load(frontier + std::string(32, 'x')));
  // A size that would ask for more than any frontier holds.
  EXPECT_FALSE(MerkleTree::load(std::string(8, '\xff') + std::string(32, '\0')));
}

// What is stored after each batch is the tree, however the batches were cut.
TEST(MerkleFrontier, IsStoredInChunks) {
  MemoryStore store;
  EXPECT_FALSE(MerkleTree::stored(store).value());
  GrowingTree grown;
  std::uint64_t i = 0;
  std::size_t largest = 0;
  for (const int records : {1, 1, 30, 1, 31, 190, 2, 300, 1, 1, 700, 66'000, 1, 40}) {
    for (const std::uint64_t end = i + static_cast<std::uint64_t>(records); i < end; ++i)
      grown.append(numbered_leaf(i));
    Batch batch;
    grown.tree.put_frontier(batch);
    std::size_t bytes = 0;
    for (const auto& change : batch.changes()) bytes += change.value->size();
    if (records == 1) largest = std::max(largest, bytes);
    ASSERT_TRUE(store.commit(batch, Sync::yes));
    auto stored = MerkleTree::stored(store);
    ASSERT_TRUE(stored) << i;
    ASSERT_TRUE(*stored);
    EXPECT_EQ((*stored)->frontier(), grown.tree.frontier()) << i;
    if (i % 2 == 0) grown.tree = std::move(**stored);  // another process goes on
  }
  EXPECT_LT(largest, 3'000u) << "a batch of one record";
}

TEST(MerkleFrontier, AsEarlierBuildsStoredItIsReadAndReplaced) {
  MemoryStore store;
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 300; ++i) grown.append(numbered_leaf(i));
  Batch earlier;
  earlier.put(Family::merkle, "frontier", grown.tree.frontier());
  ASSERT_TRUE(store.commit(earlier, Sync::yes));
  auto tree = MerkleTree::stored(store).value().value();
  EXPECT_EQ(tree.frontier(), grown.tree.frontier());
  Batch tiles, batch;
  tree.append(numbered_leaf(300), tiles);
  tree.put_frontier(batch);
  ASSERT_TRUE(store.commit(batch, Sync::yes));
  EXPECT_EQ(store.get(Family::merkle, "frontier").value()->size(), 40u);
  EXPECT_EQ(MerkleTree::stored(store).value()->frontier(), tree.frontier());
}

TEST(MerkleFrontier, AMissingOrChangedChunkIsRefused) {
  MemoryStore store;
  GrowingTree grown;
  for (std::uint64_t i = 0; i < 300; ++i) grown.append(numbered_leaf(i));
  Batch whole;
  grown.tree.put_frontier(whole);
  ASSERT_TRUE(store.commit(whole, Sync::yes));
  for (const auto& change : whole.changes()) {
    for (std::string value : {std::string(), *change.value}) {
      if (!value.empty()) value.back() = static_cast<char>(value.back() ^ 1);
      Batch changed;
      changed.put(Family::merkle, change.key, value);
      ASSERT_TRUE(store.commit(changed, Sync::yes));
      const auto stored = MerkleTree::stored(store);
      ASSERT_FALSE(stored) << to_hex(change.key);
      EXPECT_EQ(stored.error().code, Code::corrupt);
    }
    ASSERT_TRUE(store.commit(whole, Sync::yes));
  }
}

// --- what a verifier refuses
// ----------------------------------------------------------------------

TEST(MerkleVerification, LeafAndNodeHashesAreTwoKinds) {
  // Without the prefixes an inner node could be passed off as a record (second preimage).
  const Hash left = numbered_leaf(0), right = numbered_leaf(1);
  EXPECT_NE(leaf_hash(std::string(left.view()) + std::string(right.view())),
            node_hash(left, right));
  EXPECT_EQ(leaf_hash("x"), crypto::sha256(std::string_view("\0x", 2)));
}

TEST(MerkleVerification, PositionsThatAreNotInTheTree) {
  const Hash leaf = numbered_leaf(0);
  EXPECT_TRUE(verify_inclusion(leaf, 0, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, 0, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 1, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, 1, {leaf}, leaf));
  EXPECT_FALSE(verify_consistency(2, leaf, 1, leaf, {}));
}

TEST(MerkleVerification, TheEmptyTreeIsAPrefixOfEvery) {
  const Hash empty = crypto::sha256(""), root = numbered_leaf(0);
  EXPECT_TRUE(verify_consistency(0, empty, 1, root, {}));
  EXPECT_TRUE(verify_consistency(0, empty, 0, empty, {}));
  EXPECT_FALSE(verify_consistency(0, root, 1, root, {}));
  EXPECT_FALSE(verify_consistency(0, empty, 1, root, {root}));
  EXPECT_FALSE(verify_consistency(1, root, 1, empty, {}));
}
}  // namespace
}  // namespace nrm
