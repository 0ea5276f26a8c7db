// Noise for differentially private counts: the discrete Laplace distribution, sampled exactly.
//
// P(x) is proportional to exp(-|x| e / s) for a privacy loss e and a sensitivity s, both as
// integers and fractions: only whole numbers and fair coins of the entropy port are used, for noise
// made with floating point can be told apart from its low bits (Mironov, "On Significance of the
// Least Significant Bits for Differential Privacy", CCS 2012). The algorithms are those of Canonne,
// Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (NeurIPS 2020), 1 and 2.
//
// The coins are not kept: who has them takes the noise off. So a release cannot be made again; that
// it was made once is proved by the digest of its bytes in the log, and plausible() says whether
// the difference to the recomputed counts looks like this distribution. THREAD: one.
#pragma once
#include <cstdint>
#include <vector>

#include "common/crypto/crypto.hpp"
#include "common/event/facts.hpp"

namespace nrm {
class DiscreteLaplace {
 public:
  // REQUIRES: numerator and denominator of `epsilon`, and `sensitivity`, from 1 to 2^20.
  DiscreteLaplace(const Epsilon& epsilon, std::uint32_t sensitivity, Entropy& entropy);
  std::int64_t draw();

 private:
  std::uint64_t below(std::uint64_t bound);  // 0 to bound-1, each as likely
  bool chance(std::uint64_t of, std::uint64_t in) { return below(in) < of; }
  bool exp_minus(std::uint64_t of,
                 std::uint64_t in);  // true with probability exp(-of/in), of <= in

  const std::uint64_t scale_, step_;  // the scale is scale_/step_
  Entropy& entropy_;
};

// Whether these differences could be draws: none is so far off, nor their mean size, that less than
// one honest release in a million would be. Integers only.
bool plausible(const std::vector<std::int64_t>& noise, const Epsilon& epsilon,
               std::uint32_t sensitivity);
}  // namespace nrm
