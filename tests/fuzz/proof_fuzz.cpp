// Receipts, tile paths and entry bundles from anybody. What is read, written again, is the same
// bytes; nothing made up verifies.
#include "common/base/check.hpp"
#include "common/ledger/receipt.hpp"
#include "common/ledger/tiles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nrm;
  static const crypto::Signer signer = [] {
    crypto::start();
    return crypto::Signer::from_seed(std::string(32, 's')).value();
  }();
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);

  if (const auto proof = read_log_proof(text))
    CHECK(write_log_proof(*proof) == text, "a proof has one spelling");
  if (const auto receipt = read_receipt(text)) {
    const NoteKey key{"fuzz.example/0", KeyType::ed25519, signer.public_key()};
    CHECK(!verify_receipt(*receipt, {key}), "nobody but the signer makes a good receipt");
  }
  if (const auto tile = read_tile_path(text))
    CHECK(tile_path(*tile) == text, "a tile's path has one spelling");
  const Tile bundle{Tile::entries, 0, size == 0 ? 1 : 1 + bytes[0] % tile_width};
  if (const auto records = split_bundle(text, bundle)) {
    std::size_t whole = 0;
    for (const std::string_view record : *records) whole += 2 + record.size();
    CHECK(whole == size && records->size() == bundle.width, "a bundle is its records");
  }
  return 0;
}
