// Closed labels: dimensions whose values are known before anybody is counted. Noise hides how many
// people are in a cell; that a label occurs at all would tell of them. So a release with noise has
// only such dimensions, and a cell for every combination, also of nobody.
#pragma once
#include "common/base/result.hpp"
#include "common/event/facts.hpp"
#include "services/audit/figures.hpp"

namespace nrm {
// ERRORS: out_of_range: a dimension that is not closed; quarters and years without from and to.
Result<CrossTable> cross_closed(const Figures& figures, const ReleaseTerms& terms);
}  // namespace nrm
