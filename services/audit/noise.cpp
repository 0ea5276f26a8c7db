#include "services/audit/noise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/check.hpp"

namespace nrm {
namespace {
constexpr std::uint64_t parameter_max = std::uint64_t{1} << 20;
}

DiscreteLaplace::DiscreteLaplace(const Epsilon& epsilon, std::uint32_t sensitivity,
                                 Entropy& entropy)
    : scale_(std::uint64_t{epsilon.denominator} * sensitivity),
      step_(epsilon.numerator),
      entropy_(entropy) {
  for (const std::uint64_t one : {std::uint64_t{epsilon.numerator},
                                  std::uint64_t{epsilon.denominator}, std::uint64_t{sensitivity}})
    CHECK(one >= 1 && one <= parameter_max, "epsilon and sensitivity from 1 to 2^20");
}

std::uint64_t DiscreteLaplace::below(std::uint64_t bound) {
  if (bound <= 1) return 0;
  const auto bits = static_cast<unsigned>(std::bit_width(bound - 1));
  const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  for (;;) {  // each round ends it with a chance of more than a half
    unsigned char bytes[8];
    entropy_.fill(bytes, sizeof bytes);
    std::uint64_t word = 0;
    for (const unsigned char byte : bytes) word = word << 8 | byte;
    if ((word & mask) < bound) return word & mask;
  }
}

bool DiscreteLaplace::exp_minus(std::uint64_t of, std::uint64_t in) {
  std::uint64_t k = 1;
  while (chance(of, in * k)) ++k;
  return k % 2 == 1;
}

std::int64_t DiscreteLaplace::draw() {
  for (;;) {
    const std::uint64_t part = below(scale_);
    if (!exp_minus(part, scale_)) continue;
    std::uint64_t whole = 0;
    while (exp_minus(1, 1)) ++whole;
    const auto size = static_cast<std::int64_t>((part + scale_ * whole) / step_);
    const bool negative = chance(1, 2);
    if (negative && size == 0) continue;  // zero would come twice as often
    return negative ? -size : size;
  }
}

bool plausible(const std::vector<std::int64_t>& noise, const Epsilon& epsilon,
               std::uint32_t sensitivity) {
  if (noise.empty()) return true;
  // A check of what others made, not the noise itself: floating point tells nobody anything here.
  const double scale = static_cast<double>(epsilon.denominator) * sensitivity / epsilon.numerator;
  const auto cells = static_cast<double>(noise.size());
  double sum = 0, most = 0;
  for (const std::int64_t one : noise) {
    sum += std::abs(static_cast<double>(one));
    most = std::max(most, std::abs(static_cast<double>(one)));
  }
  // P(|x| > t) <= 2 exp(-t/scale), over all cells; and |x| has mean and deviation of about `scale`.
  const bool tails = most <= scale * std::log(2e6 * cells) + 1;
  const double p = std::exp(-1 / scale);
  const double mean = 2 * p / ((1 - p) * (1 + p));
  const double deviation = std::sqrt(2 * p / ((1 - p) * (1 - p)));
  return tails && std::abs(sum / cells - mean) <= 6 * deviation / std::sqrt(cells) + 1e-9;
}
}  // namespace nrm
