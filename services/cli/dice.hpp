// Dice: choices that look random and are a function of what they are about, so that a second run
// chooses the same (splitmix64 over a digest).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string_view>

namespace nrm::cli {
class Dice {
 public:
  // `about`: everything that the choices may depend on.
  explicit Dice(std::initializer_list<std::string_view> about);

  std::uint64_t next();
  // 0 .. below-1. REQUIRES: below > 0.
  std::uint64_t below(std::uint64_t below) { return next() % below; }
  bool percent(unsigned chance) { return below(100) < chance; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::uint64_t state_;
};
}  // namespace nrm::cli
