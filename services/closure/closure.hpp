// Closure: may this case end? Keeps the list of what is still owed to a person, from what the other
// services say, and lets a case be closed only when nothing stands in the way and two people agree.
// Then: visits at intervals, reopening with a cause, and when the time to keep the data has passed,
// an order to erase it.
//
// The table of states, inputs and rejections is in README.md. decide() is pure (step/decider.hpp).
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// One thing that is still owed. `subject` is nil where a case has only one of the kind.
struct OpenObligation {
  Obligation obligation{};
  Uuid subject;
  auto operator<=>(const OpenObligation&) const = default;
};
BOOST_DESCRIBE_STRUCT(OpenObligation, (), (obligation, subject))

// INVARIANT: `obligations` is a set: sorted, no entry twice.
// INVARIANT: an opened file whose data is not erased is in exactly one queue; every status but open
// and erased has one clock.
struct ClosureFile {
  static constexpr StreamKind kind = StreamKind::case_;

  std::optional<ClosureStatus> status;  // none: another log told of the case before its report came
  OrganisationId owner;
  Instant opened_at;
  std::vector<OpenObligation> obligations;
  bool informed = false;  // the person was told
  // While closure is requested.
  std::optional<AccountId> requested_by;
  std::optional<ClosureReason> reason;
  std::optional<Instant> approve_by;
  bool overdue = false;                   // approve_by has passed; the escalation clock runs
  std::optional<ContactRules> contact;    // how the person may be reached
  bool child = false;                     // when reported, as far as is known now
  std::optional<OrganisationId> decider;  // of the case; none: the competent authority
  // After closing.
  std::optional<RetentionCategory> category;
  std::optional<Instant> due;  // the data is kept until then; its erasure is confirmed by
  std::uint32_t orders = 0;    // to erase
  std::optional<ErasureGround> erased;
  std::uint32_t closings = 0;

  bool owes(const OpenObligation& what) const;
  // The one clock that runs in this state, if one does.
  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(ClosureFile, (),
                      (status, owner, opened_at, obligations, informed, requested_by, reason,
                       approve_by, overdue, contact, child, decider, category, due, orders, erased,
                       closings))

BOOST_DEFINE_ENUM_CLASS(FollowUpStatus, none, planned, overdue, done, refused, dropped)
// A visit after closing. The next one is planned when this one was recorded.
struct FollowUp {
  static constexpr StreamKind kind = StreamKind::visit;
  FollowUpStatus status{};
  CaseId subject;
  OrganisationId owner;
  std::uint32_t number = 0;
  Instant due;

  bool open() const {
    return status == FollowUpStatus::planned || status == FollowUpStatus::overdue;
  }
  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(FollowUp, (), (status, subject, owner, number, due))

// Closed, whatever came afterwards.
constexpr bool is_closed(ClosureStatus status) {
  return status == ClosureStatus::closed || status == ClosureStatus::erasure_ordered ||
         status == ClosureStatus::erased;
}

struct Closure {
  static constexpr Service service = Service::closure;
  // Nobody waits for an obligation to be noted, and each sync holds up the other services' syncs.
  static constexpr Milliseconds patience{10};
  using States = StateTypes<ClosureFile, FollowUp>;
  // A first-stage decision settles nothing: positive, the second stage follows; negative, the
  // window to contest it. An anonymous notification has nobody to close a case with: no file.
  using Receives =
      EventTypes<ReportReceived, AgeAssessed, DeciderAppointed, SecondStageDecided,
                 ReconsiderationWindowClosed, IdentificationSettled, IdentificationReopened,
                 ReferralRequested, ReferralCompleted, ReferralCancelled, CaseHandedOver,
                 SupportOpened, SupportEnded, ProcedureOpened, ProcedureEnded, AlarmRaised,
                 AlarmEnded, IncidentReported, IncidentClosed, ChildNoticeRaised,
                 ChildNoticeAcknowledged, ChildNoticeDropped, ContactRulesSet, CaseErased>;

  static void evolve(ClosureFile& file, const Event& event);
  static void evolve(FollowUp& visit, const Event& event);
  // ERRORS: rejections by code, never for a received event or a clock.
  // REQUIRES: policy.appointments.
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const ClosureFile& file, Rows& out);
  static void rows(const StreamKey& stream, const FollowUp& visit, Rows& out);
};
}  // namespace nrm
