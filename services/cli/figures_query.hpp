// What a person asks for when they ask for figures, as terms of a release (services/audit/release).
#pragma once
#include <memory>
#include <string>

#include "common/step/policy.hpp"
#include "services/audit/release.hpp"
#include "services/cli/commands.hpp"

namespace nrm::cli {
// Where records come from: --export FOLDER, or the data folder.
struct FiguresSource {
  std::unique_ptr<LogSource> logs;
  ReleasePolicy policy;  // of the data folder's pack; an export has none
};
Result<FiguresSource> open_figures(const FiguresQuery& query);

// Faults say which option, and what it takes. `source` is read once, to find the positions of all
// logs at the moment that counts.
Result<ReleaseTerms> terms_of(const FiguresQuery& query, const FiguresSource& source);

std::string reports_listed();  // "R1 referrals_by_place, R2 referrals, …"
// "1/4", "2". none: it is no fraction above zero.
std::optional<Epsilon> read_fraction(std::string_view text);
Result<void> write_release(const std::string& path, const Release& release, ReleaseFormat format);
}  // namespace nrm::cli
