#include "common/base/hex.hpp"
#include "common/runtime/run.hpp"
#include "services/vault/credentials.hpp"
#include "services/vault/open_master.hpp"
#include "services/vault/vault.hpp"
#include "services/vault/vault_hooks.hpp"

namespace nrm {
namespace {
Result<crypto::SecretKey> read_key(const Folder& folder, const std::string& file) {
  NRM_TRY_ASSIGN(const auto hex, folder.secret(file));
  const auto bytes = from_hex(hex.reveal());
  if (!bytes) return Error(Code::corrupt, "", file + " is not hexadecimal");
  return crypto::SecretKey::from(*bytes);
}
}  // namespace
}  // namespace nrm

int main(int argc, char** argv) {
  using namespace nrm;
  return run_service(
      core_of<Vault>(), argc, argv,
      [](const Folder& folder, Store& store, Entropy& entropy) -> Result<std::unique_ptr<Hooks>> {
        NRM_TRY(crypto::require_locked_memory());
        NRM_TRY_ASSIGN(auto master, open_master(folder, stop_wanted));
        NRM_TRY_ASSIGN(auto epochs,
                       EpochKeys::open(folder.file("keys/vault/epochs"), std::move(master)));
        NRM_TRY_ASSIGN(auto credentials, epochs->credentials());
        NRM_TRY_ASSIGN(auto sealing, Sealing::open(store, std::move(epochs), entropy));
        NRM_TRY_ASSIGN(auto duplicates, read_key(folder, "keys/vault/duplicates"));
        auto hooks =
            std::make_unique<VaultHooks>(std::move(sealing), std::move(duplicates), store, entropy);
        // Nobody's clock that can be set, also in a sandbox. It outlives the hooks.
        static const auto machine = anchored_clock();
        return std::unique_ptr<Hooks>(std::make_unique<Credentials>(std::move(credentials), store,
                                                                    *machine, std::move(hooks)));
      },
      token_places);
}
