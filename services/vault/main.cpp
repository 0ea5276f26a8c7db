#include "common/base/hex.hpp"
#include "common/runtime/run.hpp"
#include "services/vault/credentials.hpp"
#include "services/vault/sealing.hpp"
#include "services/vault/vault.hpp"

int main(int argc, char** argv) {
  using namespace nrm;
  return run_service(
      core_of<Vault>(), argc, argv,
      [](const Folder& folder, Store& store, Entropy& entropy) -> Result<std::unique_ptr<Hooks>> {
        NRM_TRY_ASSIGN(const auto hex, folder.secret("keys/vault/master"));
        const auto bytes = from_hex(hex.reveal());
        if (!bytes) return Error(Code::corrupt, "", "keys/vault/master is not hexadecimal");
        NRM_TRY_ASSIGN(auto master, crypto::SecretKey::from(*bytes));
        static const auto machine = system_clock();  // outlives the hooks
        return std::unique_ptr<Hooks>(std::make_unique<Credentials>(
            *bytes, store, *machine, std::make_unique<Sealing>(std::move(master), store, entropy)));
      });
}
