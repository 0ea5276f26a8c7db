// Release: the exact bytes of figures, from records and terms alone. Whoever has the records makes
// the same bytes, and so finds out whether what is published follows from them.
//
// What public tables of one report were published before is read in the audit's log itself: the
// differencing guard looks at them (differencing.hpp).
// THREAD: one. A release is one pass over the logs, and one for each earlier public table.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "services/audit/log_source.hpp"
#include "services/audit/printed.hpp"

namespace nrm {
struct Release {
  std::string bytes;
  std::string digest;  // SHA-256, hex
  Printed table;
  Printed codebook;
  std::optional<Suppression> left_out;
  // Of a release with noise: the counts without it, by row and column, totals left out.
  std::optional<CrossTable> exact;
  std::uint32_t most_of_one = 1;  // what the noise hides (methods.hpp)
};

// A publication as the audit's log tells of it.
struct Publicised {
  PublicationId id;
  PublicationProposed proposed;
  std::uint64_t proposed_in = 0;              // record of audit/0
  std::optional<std::uint64_t> published_in;  // none: not published
  Instant proposed_at;
  std::optional<Instant> published_at;
  PublicationStatus status{};
  std::optional<PublicationId> revised_by;
};
// All of them, in their order. ERRORS: of read_until().
Result<std::vector<Publicised>> publications_of(const LogSource& source, const LogPosition& audit);

// The unprotected figures of a method over records up to the terms' positions.
// ERRORS: of read_until().
Result<Figures> figures_of(const LogSource& source, const ReleaseTerms& terms);

// `earlier`: what was published before this was proposed (published_before()). `entropy`: for a
// release with noise, which is another one each time; nullptr: its exact counts alone are made.
// ERRORS: of figures_of() and write(); out_of_range (epsilon too fine).
Result<Release> make_release(const LogSource& source, const ReleaseTerms& terms,
                             const std::vector<Publicised>& earlier, Entropy* entropy);
std::vector<Publicised> published_before(const std::vector<Publicised>& all, std::uint64_t record);

// The noise in these bytes of a release, cell by cell. `made`: the same release without noise.
// ERRORS: corrupt: written with this noise, it is not these bytes (another label, a total that is
// no sum, anything beside the table); io_failed.
Result<std::vector<std::int64_t>> noise_in(std::string_view bytes, ReleaseFormat format,
                                           const Release& made);
}  // namespace nrm
