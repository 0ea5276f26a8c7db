// EpochKeys: the keys that wrap the keys of cases, one small file each, outside the store.
//
//   <folder>/7            32 bytes, wrapped by the master key; bound to the epoch's number
//   <folder>/credentials  the same, of no epoch: seals what proves accounts (credentials.hpp)
//
// No SST, WAL, checkpoint or backup of the store ever holds one, so destroying the file makes every
// copy of what it wrapped unreadable (reliability.md, fact 8 and 1.5).
// THREAD: the vault's loop thread. OWNERSHIP: has the master key, and locks the folder.
// INVARIANT: a key that find() gives is on disk.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/base/descriptor.hpp"
#include "services/vault/master_key.hpp"

namespace nrm {
class EpochKeys {
 public:
  // Makes the folder when it is not there; removes what a crash left half made.
  // ERRORS: unavailable (another process has it, or the token does not answer); corrupt (a file
  // does not open with this master); io_failed.
  static Result<std::unique_ptr<EpochKeys>> open(const std::string& folder,
                                                 std::unique_ptr<MasterKey> master);
  EpochKeys(const EpochKeys&) = delete;
  EpochKeys& operator=(const EpochKeys&) = delete;

  const crypto::SecretKey* find(std::uint32_t epoch) const;  // nullptr: none, or destroyed
  std::uint32_t oldest() const { return keys_.empty() ? 0 : keys_.begin()->first; }
  std::uint32_t newest() const { return keys_.empty() ? 0 : keys_.rbegin()->first; }

  // Synced when it returns; nothing to do when the epoch has a key. ERRORS: io_failed, unavailable.
  Result<void> make(std::uint32_t epoch);
  // Overwrites, syncs and removes the file, and forgets the key; nothing to do when it is gone.
  Result<void> destroy(std::uint32_t epoch);
  // The key of accounts' credentials; made, and synced, when there is none yet.
  // ERRORS: corrupt (not by this master), io_failed, unavailable.
  Result<crypto::SecretKey> credentials();
  static Result<void> check_unused(const std::string& folder);  // ERRORS: unavailable
  // Wraps every key by `next`, each file replaced whole. A crash leaves files of both masters;
  // once more with the same two finishes it. Without `present` all must be `next`'s already.
  static Result<void> rewrap(const std::string& folder, MasterKey* present, MasterKey& next);

 private:
  EpochKeys(std::string folder, std::unique_ptr<MasterKey> master, Descriptor lock)
      : folder_(std::move(folder)), master_(std::move(master)), lock_(std::move(lock)) {}
  Result<void> read_all();
  std::string path(std::uint32_t epoch) const;

  const std::string folder_;
  const std::unique_ptr<MasterKey> master_;
  const Descriptor lock_;
  std::map<std::uint32_t, crypto::SecretKey> keys_;
};

// Overwrites the file with random bytes, syncs, removes it and syncs its folder. On a copy-on-write
// disk the old blocks live on until they are used again: what is inside must be wrapped.
// ERRORS: io_failed.
Result<void> destroy_file(const std::string& path);
}  // namespace nrm
