#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm {
namespace {
using test::GrowingTree;
using test::numbered_leaf;

// One run is every run; RC_PARAMS in the environment explores further.
const bool seeded = setenv("RC_PARAMS", "seed=6962 max_success=300", 0) == 0;

GrowingTree& forest() {  // one tree of 2,000 leaves; smaller ones are what it was
  static GrowingTree grown = [] {
    GrowingTree out;
    for (std::uint64_t i = 0; i < 2000; ++i) out.append(numbered_leaf(i));
    return out;
  }();
  return grown;
}

std::uint64_t any_below(std::uint64_t bound) { return *rc::gen::inRange<std::uint64_t>(0, bound); }

Hash flipped(Hash hash) {
  hash.bytes[*rc::gen::inRange<std::size_t>(0, 32)] ^=
      static_cast<std::uint8_t>(1u << *rc::gen::inRange(0, 8));
  return hash;
}

RC_GTEST_PROP(MerkleProperty, InclusionHoldsAndEveryTamperingFails, ()) {
  RC_ASSERT(seeded);
  const std::uint64_t size = 1 + any_below(2000), index = any_below(size);
  const Hash root = forest().model.root(size), leaf = forest().model.leaf(index);
  auto proof = forest().tree.inclusion_proof(index, size, forest().reader()).value();
  RC_ASSERT(verify_inclusion(leaf, index, size, proof, root));

  RC_ASSERT(!verify_inclusion(flipped(leaf), index, size, proof, root));
  RC_ASSERT(!verify_inclusion(leaf, index, size, proof, flipped(root)));
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto changed = proof;
    changed[i] = flipped(changed[i]);
    RC_ASSERT(!verify_inclusion(leaf, index, size, changed, root));
    changed = proof;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    RC_ASSERT(!verify_inclusion(leaf, index, size, changed, root));
  }
  const std::uint64_t other = any_below(size);
  RC_ASSERT(other == index || !verify_inclusion(leaf, other, size, proof, root));
  proof.push_back(root);
  RC_ASSERT(!verify_inclusion(leaf, index, size, proof, root));
}

RC_GTEST_PROP(MerkleProperty, ConsistencyHoldsAndEveryTamperingFails, ()) {
  const std::uint64_t size = 2 + any_below(1998), old = 1 + any_below(size - 1);
  const Hash root = forest().model.root(size), old_root = forest().model.root(old);
  auto proof = forest().tree.consistency_proof(old, size, forest().reader()).value();
  RC_ASSERT(verify_consistency(old, old_root, size, root, proof));

  RC_ASSERT(!verify_consistency(old, flipped(old_root), size, root, proof));
  RC_ASSERT(!verify_consistency(old, old_root, size, flipped(root), proof));
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto changed = proof;
    changed[i] = flipped(changed[i]);
    RC_ASSERT(!verify_consistency(old, old_root, size, root, changed));
    changed = proof;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    RC_ASSERT(!verify_consistency(old, old_root, size, root, changed));
  }
  proof.push_back(root);
  RC_ASSERT(!verify_consistency(old, old_root, size, root, proof));
}

// A log whose history was changed in one place has no proof that fits the checkpoint given before.
RC_GTEST_PROP(MerkleProperty, AChangedRecordBreaksConsistency, ()) {
  const std::uint64_t size = 2 + any_below(300), old = 1 + any_below(size - 1);
  const std::uint64_t changed = any_below(old);
  GrowingTree honest, forged;
  for (std::uint64_t i = 0; i < size; ++i) {
    honest.append(numbered_leaf(i));
    forged.append(i == changed ? leaf_hash("another record") : numbered_leaf(i));
  }
  const auto proof = forged.tree.consistency_proof(old, forged.reader()).value();
  RC_ASSERT(!verify_consistency(old, honest.tree.root_at(old, honest.reader()).value(), size,
                                forged.tree.root(), proof));
}
}  // namespace
}  // namespace nrm
