#include "services/cli/dice.hpp"

#include <string>

#include "common/crypto/crypto.hpp"
#include "common/store/keys.hpp"

namespace nrm::cli {
Dice::Dice(std::initializer_list<std::string_view> about) {
  std::string text;
  for (const std::string_view part : about) text.append(part).append(1, '\0');
  state_ = keys::read_u64(crypto::digest(text, 16));
}

// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}
}  // namespace nrm::cli
