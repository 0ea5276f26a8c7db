// Identification: is this person a victim of trafficking? Takes in reports, and holds the first and
// the second decision, the recovery period between them and the window to contest a negative one.
//
// The table of states, inputs and rejections is in README.md. decide() is pure (step/decider.hpp).
#pragma once
#include <optional>

#include "common/step/decider.hpp"

namespace nrm {
// One reported person. Nothing here is about what help runs: that is assistance's track.
//
// INVARIANT: every state but a settled one has exactly one owner, is in exactly one queue, and has
// one running clock, unless the pack sets no time for the second stage.
struct CaseFile {
  static constexpr StreamKind kind = StreamKind::case_;

  IdentificationStatus status{};
  OrganisationId reporter;
  OrganisationId owner;                     // the state owner, who also decides
  std::optional<Instant> decide_by;         // of the stage that is awaited; none: no such clock
  std::optional<Instant> recovery_until;    // since the first stage was positive
  std::optional<Instant> reconsider_until;  // negative, and the window is open
  bool overdue = false;                     // decide_by has passed; the escalation clock runs

  // Nothing more is to be decided here.
  bool settled() const;
  // The one clock that runs in this state, if one does.
  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(CaseFile, (),
                      (status, reporter, owner, decide_by, recovery_until, reconsider_until,
                       overdue))

struct Identification {
  static constexpr Service service = Service::identification;
  using States = StateTypes<CaseFile>;
  using Receives = EventTypes<CaseClosed>;

  static void evolve(CaseFile& file, const Event& event);
  // ERRORS: rejections by code, never for a received event or a clock.
  // REQUIRES: policy.appointments.
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const CaseFile& file, Rows& out);
};

// Ten random characters and a check character for people: "4FJ2K-7QX0M-9". Crockford's base 32 has
// no I, L, O, U; the check (modulo 37) finds every single mistyped character and every swap of
// neighbours.
Text<16> make_reference(const Uuid& random);
}  // namespace nrm
