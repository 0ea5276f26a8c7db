// Audit: the oversight's own decisions. Today which figures are published, with what noise; one log
// of its own, beside the archive of all logs in the same process.
//
// The table of states, inputs and rejections is in README.md. decide() is pure (step/decider.hpp).
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// One release of figures.
// INVARIANT: two people stand behind what is published: who proposed and who approved differ.
// INVARIANT: of publications with one series_of(), at most one is published; the others are
// revised.
struct Publication {
  static constexpr StreamKind kind = StreamKind::publication;

  std::optional<PublicationStatus> status;
  Actor proposed_by;
  ReleaseTerms terms;
  Text<64> digest;
  Instant approve_by;
  std::optional<PublicationId> revised_by;

  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(Publication, (), (status, proposed_by, terms, digest, approve_by, revised_by))

// What noise may still cost in one year.
struct PrivacyBudget {
  static constexpr StreamKind kind = StreamKind::budget;

  std::uint32_t year = 0;  // 0: nothing was spent yet, the pack says what there is
  Epsilon left;
};
BOOST_DESCRIBE_STRUCT(PrivacyBudget, (), (year, left))

// left - spent, reduced; none when it would be below nothing, or no fraction of 32 bits.
std::optional<Epsilon> minus(const Epsilon& left, const Epsilon& spent);
std::string report_of(const ReleaseTerms& terms);  // of its method: "first_stage"
// What a later release must revise: report, period, shape, protection and format.
std::string series_of(const ReleaseTerms& terms);

struct Audit {
  static constexpr Service service = Service::audit;
  using States = StateTypes<Publication, PrivacyBudget>;
  using Receives = EventTypes<>;  // publications rest on nobody's events, but on positions in logs

  static void evolve(Publication& publication, const Event& event);
  static void evolve(PrivacyBudget& budget, const Event& event);
  // ERRORS: rejections by code, never for a clock.
  // REQUIRES: policy.appointments.
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const Publication& publication, Rows& out);
  static void rows(const StreamKey&, const PrivacyBudget&, Rows&) {}
};
}  // namespace nrm
