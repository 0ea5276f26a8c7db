// Notes, checkpoints and verifier keys from anybody. What is read, written again, is the same
// bytes.
#include "common/base/check.hpp"
#include "common/ledger/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nrm;
  static const crypto::Signer signer = [] {
    crypto::start();
    return crypto::Signer::from_seed(std::string(32, 's')).value();
  }();
  constexpr std::string_view name = "fuzz.example/0";
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);

  CHECK(!open_note(text, name, signer.public_key()), "nobody but the signer makes a good note");
  // The same bytes behind a good note: extra signature lines are read, or refuse the whole.
  const std::string good = sign_note("text\n", name, signer);
  if (const auto opened = open_note(good + std::string(text), name, signer.public_key()))
    CHECK(*opened == "text\n", "only what was signed is given out");

  if (const auto checkpoint = read_checkpoint(text))
    CHECK(write_checkpoint(*checkpoint) == text, "a checkpoint has one spelling");
  if (const auto key = read_verifier_key(text))
    CHECK(verifier_key(key->first, key->second) == text, "a verifier key has one spelling");
  return 0;
}
