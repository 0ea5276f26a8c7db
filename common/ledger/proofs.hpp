// Proofs of RFC 6962 made from hash tiles, wherever these are: in a growing tree's memory and
// store, in a folder, behind HTTPS. Who makes a proof need not be trusted: verify_inclusion() and
// verify_consistency() (merkle.hpp) check it against signed roots.
//
// THREAD: none of its own. A proof reads at most three tiles of each level, each once.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/ledger/merkle.hpp"

namespace nrm {
// The hashes of tile `number` of a level, or the first ones of them: at least those under the size
// that is asked about.
using ReadHashes = std::function<Result<std::string>(unsigned level, std::uint64_t number)>;

// RFC 6962, 2.1.1: that leaf `index` is in the tree of `size` leaves. From the leaf up.
// REQUIRES: index < size. ERRORS: what `read` says; corrupt (a tile is too short).
Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                          const ReadHashes& read);
// RFC 6962, 2.1.2: that the tree of `old_size` leaves is how the one of `size` begins.
// REQUIRES: old_size <= size.
Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                            const ReadHashes& read);
Result<Hash> root_of(std::uint64_t size, const ReadHashes& read);

// The hash over one full tile: what the level above has of it. REQUIRES: a power of two of hashes.
Hash fold_hashes(std::string_view hashes);
}  // namespace nrm
