// Where the master key of a data folder comes from, and how it is moved to another place.
//
//   keys/vault/master.json    MasterPlace; without it: the file keys/vault/master
//   keys/vault/master         the key, for `file`; for `shares` until the first unsealing proved
//                             the shares, then destroyed
//   keys/vault/master.next    of a move that is under way
// THREAD: one. ERRORS: each names the file and what to do.
#pragma once
#include <functional>

#include "common/runtime/confinement.hpp"
#include "common/runtime/folder.hpp"
#include "services/vault/epochs.hpp"
#include "services/vault/pkcs11.hpp"
#include "services/vault/shares.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(MasterKind, file, credential, shares, token)

struct MasterPlace {
  MasterKind kind{};
  // For `token` alone.
  std::optional<Text<200>> module, token, key, pin_file;
  // Where the module keeps its token and its settings, absolute; none: /var/lib/softhsm.
  std::vector<Text<200>> paths;
};
BOOST_DESCRIBE_STRUCT(MasterPlace, (), (kind, module, token, key, pin_file, paths))

Result<MasterPlace> read_master_place(const std::string& folder);
// What the vault may open outside its data folder: the token's module and paths, and nothing when
// the key is elsewhere.
// ERRORS: out_of_range (a path that is not absolute, or that holds or lies in the data folder: such
// a rule would open what the confinement is there to close).
Result<std::vector<OwnPlace>> token_places(const std::string& folder);
Result<std::unique_ptr<MasterKey>> open_token_of(const Folder& folder, const MasterPlace& place);

// For the vault's start. With `shares` it waits for them until `stop`.
Result<std::unique_ptr<MasterKey>> open_master(const Folder& folder,
                                               const std::function<bool()>& stop);

// Splits the key of keys/vault/master; from now on the vault waits for shares at its start.
Result<std::vector<Share>> split_master(const Folder& folder, std::uint32_t shares,
                                        std::uint32_t threshold);

// Wraps the epochs' keys by another master key and makes it the folder's. A crash on the way is
// mended by the same call again. REQUIRES: no vault runs in this folder.
//   file         a fresh key; credential: the fresh key is at `handed_over`, which the caller
//                encrypts for systemd and destroys; token: its key, made when it is not there
// `present`: the master as of now; none when keys/vault/master has gone on the way.
struct MasterMove {
  MasterPlace to;
  std::string handed_over;
};
Result<void> move_master(const Folder& folder, MasterKey* present, const MasterMove& move);

inline constexpr const char* credential_name = "nrm-vault-master";
}  // namespace nrm
