// Identification: is this person a victim of trafficking? Takes in signals and reports, holds the
// decisions, the recovery period between them, and every way in which a case leaves that path.
//
// The tables of states, inputs and rejections are in README.md. decide() is pure
// (step/decider.hpp).
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// A state that is interrupted. `paused`: what its clock had left; none: no clock ran, it starts
// anew (escalation), or the pack does not let it stand still, and it still ends when it was to end.
struct Suspension {
  IdentificationStatus status{};
  std::optional<PausedClock> paused;
  bool overdue = false;
  std::optional<Instant> await_until;
};
BOOST_DESCRIBE_STRUCT(Suspension, (), (status, paused, overdue, await_until))

struct Vote {
  AccountId by;
  Outcome outcome{};
};
BOOST_DESCRIBE_STRUCT(Vote, (), (by, outcome))

// One person, or a signal of somebody. Nothing here is about what help runs: that is assistance's
// track.
//
// INVARIANT: every state but a settled one has exactly one owner, is in exactly one queue, and has
// one running clock, unless the pack sets no time for the second stage.
// INVARIANT: `suspended` is empty but for information_requested, contact_lost, disqualified (and
// its reconsideration), merged and ended: the states from which one may come back.
struct CaseFile {
  static constexpr StreamKind kind = StreamKind::case_;

  IdentificationStatus status{};
  OrganisationId reporter;
  OrganisationId owner;                     // who decides; the state owner of a signal
  std::optional<OrganisationId> manager;    // since a hand-over, beside the state owner
  Region region;                            // whose holidays count
  std::optional<Instant> decide_by;         // of what is awaited; none: no such clock
  std::optional<Instant> recovery_until;    // since then the second stage may be decided
  std::optional<Instant> reconsider_until;  // negative, and the window is open
  std::optional<Instant> await_until;       // for an answer of the referrer, or word of the person
  bool overdue = false;                     // decide_by has passed; the escalation clock runs
  bool child = false;                       // or treated as one, the age being in doubt
  std::optional<IdentificationRoute> route;
  std::vector<Suspension> suspended;  // the latest last
  std::vector<Vote> votes;            // of the stage that is awaited
  std::vector<AccountId> recused;     // may not vote on this case
  std::vector<AccountId> decided;     // took part in a negative decision; does not reconsider it
  std::optional<Stage> contested;     // whose negative decision is reconsidered
  std::uint32_t episode = 0;          // 0 and 1: the first
  std::optional<std::uint32_t> recovered_in;  // the latest episode with a recovery period, from 1
  std::uint32_t attempts = 0;                 // to reach the person, in a row, without success
  std::uint32_t score = 0;                    // of the latest screening
  std::optional<DuplicateId> merged_by;
  // region/nationality/gender/exploitation/place/month: what notifications are counted by.
  std::string traits;

  std::uint32_t current_episode() const { return episode > 1 ? episode : 1; }
  // Nothing more is to be decided here.
  bool settled() const;
  // The one clock that runs in this state, if one does, and when it runs out (not: escalation).
  std::optional<ClockName> running_clock() const;
  std::optional<Instant> runs_out() const;
};
BOOST_DESCRIBE_STRUCT(CaseFile, (),
                      (status, reporter, owner, manager, region, decide_by, recovery_until,
                       reconsider_until, await_until, overdue, child, route, suspended, votes,
                       recused, decided, contested, episode, recovered_in, attempts, score,
                       merged_by, traits))

// An operation that found many people, until each is reported or no more will be.
struct GroupFile {
  static constexpr StreamKind kind = StreamKind::group;

  GroupStatus status{};
  OrganisationId organisation;
  OrganisationId owner;
  std::uint32_t people = 0;
  std::uint32_t reported = 0;
  Instant report_by;

  bool closed() const { return status == GroupStatus::closed; }
  // REQUIRES: it is not closed.
  ClockName running_clock() const {
    return status == GroupStatus::overdue ? ClockName::escalation : ClockName::group_completion;
  }
};
BOOST_DESCRIBE_STRUCT(GroupFile, (), (status, organisation, owner, people, reported, report_by))

struct Identification {
  static constexpr Service service = Service::identification;
  using States = StateTypes<CaseFile, GroupFile>;
  using Receives = EventTypes<CaseClosed, CaseReopened, CaseHandedOver, CasesMerged, MergeReversed>;

  // A notification becomes as coarse as it may be kept; of a refused one no fact is left.
  static Result<void> redact(const View& view, Input& input, const Policy& policy);
  static void evolve(CaseFile& file, const Event& event);
  static void evolve(GroupFile& file, const Event& event);
  // ERRORS: rejections by code, never for a received event or a clock.
  // REQUIRES: policy.appointments.
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const CaseFile& file, Rows& out);
  static void rows(const StreamKey& stream, const GroupFile& file, Rows& out);
};

// Ten random characters and a check character for people: "4FJ2K-7QX0M-9". Crockford's base 32 has
// no I, L, O, U; the check (modulo 37) finds every single mistyped character and every swap of
// neighbours.
Text<16> make_reference(const Uuid& random);
}  // namespace nrm
