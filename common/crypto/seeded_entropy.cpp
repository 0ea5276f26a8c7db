// In a file of its own, so that no program that is installed links it (tests/threats, row 23).
#include <sodium.h>

#include "common/crypto/crypto.hpp"

namespace nrm {
namespace {
// ChaCha20's stream under (seed, number of the call). Nothing but tests may want this.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : seed_(seed) {}
  void fill(unsigned char* out, std::size_t size) override {
    unsigned char key[randombytes_SEEDBYTES] = {};
    static_assert(sizeof key >= 16);
    for (int i = 0; i < 8; ++i) {
      key[i] = static_cast<unsigned char>(seed_ >> (8 * i));
      key[8 + i] = static_cast<unsigned char>(calls_ >> (8 * i));
    }
    ++calls_;
    randombytes_buf_deterministic(out, size, key);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t calls_ = 0;
};
}  // namespace

std::unique_ptr<Entropy> seeded_entropy(std::uint64_t seed) {
  return std::make_unique<SeededEntropy>(seed);
}
}  // namespace nrm
