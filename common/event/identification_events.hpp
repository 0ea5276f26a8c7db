// Facts of identification: is this person a victim of trafficking?
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct ReportReceived {
  NRM_EVENT(identification, case_, "nrm.case.report_received.v1")
  Text<16> reference;           // for people, with a check character
  OrganisationId organisation;  // the reporter's
  OrganisationId owner;         // the state owner: never nobody
  Text<64> dossier;             // digest of the sealed part
  ReportFacts facts;
  Instant decide_by;                                        // when the first stage is due
  std::optional<IdentificationRoute> route = std::nullopt;  // none: the only one there is
  std::optional<GroupEventId> group = std::nullopt;
  std::optional<CaseId> signal = std::nullopt;  // that it follows
};
BOOST_DESCRIBE_STRUCT(ReportReceived, (),
                      (reference, organisation, owner, dossier, facts, decide_by, route, group,
                       signal))

// An adult who declines formal identification: counted, not identified (Modern Slavery Act 2015,
// s.52).
struct NotificationRecorded {
  NRM_EVENT(identification, case_, "nrm.case.notification_recorded.v1")
  Text<16> reference;
  OrganisationId organisation;
  OrganisationId owner;
  ReportFacts facts;
  // Left out of the facts, because too few people share the combination that they are in.
  std::vector<FactField> coarsened = {};
};
BOOST_DESCRIBE_STRUCT(NotificationRecorded, (), (reference, organisation, owner, facts, coarsened))

struct FirstStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(FirstStageOverdue, (), (due, escalated_to))

struct FirstStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;          // negative decisions only
  std::optional<AccountId> account = std::nullopt;  // who decided, or cast the last vote
};
BOOST_DESCRIBE_STRUCT(FirstStageDecided, (), (outcome, ground, by, reconsider_until, account))

// Council of Europe Convention, art. 13: at least 30 days.
struct RecoveryPeriodStarted {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_started.v1")
  Instant until;
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodStarted, (), (until))

struct RecoveryPeriodEnded {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_ended.v1")
  OrganisationId awaiting;                           // who must decide the second stage
  std::optional<Instant> decide_by;                  // none where the law sets no time (the UK)
  std::optional<RecoveryEnd> reason = std::nullopt;  // none: it ran out
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodEnded, (), (awaiting, decide_by, reason))

struct SecondStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(SecondStageOverdue, (), (due, escalated_to))

struct SecondStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;
  std::optional<AccountId> account = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(SecondStageDecided, (), (outcome, ground, by, reconsider_until, account))

struct ReconsiderationWindowClosed {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_window_closed.v1")
};
BOOST_DESCRIBE_STRUCT(ReconsiderationWindowClosed, (), ())

struct IdentificationEnded {
  NRM_EVENT(identification, case_, "nrm.case.identification_ended.v1")
  ClosureReason reason{};
  std::optional<PausedClock> paused;  // what was left, should the case be opened again
};
BOOST_DESCRIBE_STRUCT(IdentificationEnded, (), (reason, paused))

// --- before there is a person -------------------------------------------------------------------

struct SignalReceived {
  NRM_EVENT(identification, case_, "nrm.case.signal_received.v1")
  Text<16> reference;
  OrganisationId organisation;
  OrganisationId owner;
  SignalFacts facts;
  Instant follow_up_by;
};
BOOST_DESCRIBE_STRUCT(SignalReceived, (), (reference, organisation, owner, facts, follow_up_by))

struct SignalOverdue {
  NRM_EVENT(identification, case_, "nrm.case.signal_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(SignalOverdue, (), (escalated_to))

struct SignalResolved {
  NRM_EVENT(identification, case_, "nrm.case.signal_resolved.v1")
  SignalOutcome outcome{};
  std::optional<CaseId> reported_as;  // exactly if it was reported
};
BOOST_DESCRIBE_STRUCT(SignalResolved, (), (outcome, reported_as))

// One operation that found many people: each is reported, or the organisation says why no more are.
struct GroupEventRecorded {
  NRM_EVENT(identification, group, "nrm.group_event.recorded.v1")
  OrganisationId organisation;
  OrganisationId owner;
  GroupEventKind kind{};
  Region region;
  Date on;
  std::uint32_t people = 0;  // found there
  Instant report_by;
};
BOOST_DESCRIBE_STRUCT(GroupEventRecorded, (),
                      (organisation, owner, kind, region, on, people, report_by))

struct GroupPersonReported {
  NRM_EVENT(identification, group, "nrm.group_event.person_reported.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(GroupPersonReported, (), (subject))

struct GroupEventOverdue {
  NRM_EVENT(identification, group, "nrm.group_event.overdue.v1")
  OrganisationId escalated_to;
  std::uint32_t missing = 0;  // found, but not reported
};
BOOST_DESCRIBE_STRUCT(GroupEventOverdue, (), (escalated_to, missing))

// All were reported, or who found them says that no more will be.
struct GroupEventClosed {
  NRM_EVENT(identification, group, "nrm.group_event.closed.v1")
  std::uint32_t missing = 0;
};
BOOST_DESCRIBE_STRUCT(GroupEventClosed, (), (missing))

// --- evidence -----------------------------------------------------------------------------------

struct ScreeningRecorded {
  NRM_EVENT(identification, case_, "nrm.case.screening_recorded.v1")
  OrganisationId organisation;  // who observed
  std::vector<Evidence> evidence;
  std::uint32_t score = 0;  // orders the queue, and decides nothing
};
BOOST_DESCRIBE_STRUCT(ScreeningRecorded, (), (organisation, evidence, score))

struct AgeAssessed {
  NRM_EVENT(identification, case_, "nrm.case.age_assessed.v1")
  AgeMoment moment{};
  AgeBand band = AgeBand::unknown;
  AgePrecision precision{};
  AgeAssessor assessor{};
  OrganisationId organisation;
  bool treated_as_child = false;  // from now on (Council of Europe Convention, art. 10(3))
};
BOOST_DESCRIBE_STRUCT(AgeAssessed, (),
                      (moment, band, precision, assessor, organisation, treated_as_child))

// --- deciding -----------------------------------------------------------------------------------

// The referrer is asked; the first stage's clock stands still where the pack says so.
struct InformationRequested {
  NRM_EVENT(identification, case_, "nrm.case.information_requested.v1")
  std::vector<InformationTopic> topics;
  OrganisationId of;
  Instant answer_by;
  std::optional<PausedClock> paused;
};
BOOST_DESCRIBE_STRUCT(InformationRequested, (), (topics, of, answer_by, paused))

struct InformationAnswered {
  NRM_EVENT(identification, case_, "nrm.case.information_answered.v1")
  std::vector<InformationTopic> topics;  // that were answered; what is missing was said to be
  Instant decide_by;
  bool overdue = false;  // the first stage was, before it asked
};
BOOST_DESCRIBE_STRUCT(InformationAnswered, (), (topics, decide_by, overdue))

// The referrer did not answer: the decider is told, and its own clock runs again.
struct InformationOverdue {
  NRM_EVENT(identification, case_, "nrm.case.information_overdue.v1")
  OrganisationId escalated_to;
  Instant decide_by;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(InformationOverdue, (), (escalated_to, decide_by, overdue))

// One member of a committee. A vote against what was decided is its recorded dissent.
struct VoteCast {
  NRM_EVENT(identification, case_, "nrm.case.vote_cast.v1")
  Stage stage{};
  Outcome outcome{};
  DecisionGround ground{};
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(VoteCast, (), (stage, outcome, ground, by))

struct MemberRecused {
  NRM_EVENT(identification, case_, "nrm.case.member_recused.v1")
  AccountId by;
  ConflictGround ground{};
};
BOOST_DESCRIBE_STRUCT(MemberRecused, (), (by, ground))

// The person declined, or accepted, the authorities.
struct RouteChanged {
  NRM_EVENT(identification, case_, "nrm.case.route_changed.v1")
  IdentificationRoute route{};
  std::optional<Instant> decide_by;  // of the stage that is awaited
};
BOOST_DESCRIBE_STRUCT(RouteChanged, (), (route, decide_by))

// Another organisation than before decides from now on; who did before has nothing to do with the
// case any more.
struct DeciderAppointed {
  NRM_EVENT(identification, case_, "nrm.case.decider_appointed.v1")
  Stage stage{};
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(DeciderAppointed, (), (stage, owner))

// A positive first decision that no recovery period follows.
struct SecondStageAwaited {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_awaited.v1")
  NoRecovery why{};
  OrganisationId awaiting;
  Instant since;
  std::optional<Instant> decide_by;
};
BOOST_DESCRIBE_STRUCT(SecondStageAwaited, (), (why, awaiting, since, decide_by))

struct RecoveryPeriodExtended {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_extended.v1")
  Instant until;
  RecoveryExtension reason{};
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodExtended, (), (until, reason))

struct ReconsiderationRequested {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_requested.v1")
  Stage stage{};  // whose negative decision
  ReconsiderationGround ground{};
  Role by{};
  OrganisationId organisation;
  Instant decide_by;
};
BOOST_DESCRIBE_STRUCT(ReconsiderationRequested, (), (stage, ground, by, organisation, decide_by))

struct ReconsiderationOverdue {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(ReconsiderationOverdue, (), (due, escalated_to))

// The old decision stays in history. Not admitted: the request had no ground, the decision stands.
struct ReconsiderationDecided {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_decided.v1")
  Stage stage{};
  bool admitted = false;
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
};
BOOST_DESCRIBE_STRUCT(ReconsiderationDecided, (), (stage, admitted, outcome, ground, by))

// The status stays a fact; the entitlements stop (Nationality and Borders Act 2022, s.63).
struct Disqualified {
  NRM_EVENT(identification, case_, "nrm.case.disqualified.v1")
  DisqualificationGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;
  std::optional<AccountId> account;
};
BOOST_DESCRIBE_STRUCT(Disqualified, (), (ground, by, reconsider_until, account))

// New exploitation of a person whose status was decided: decided anew, as a further episode.
struct FurtherEpisodeOpened {
  NRM_EVENT(identification, case_, "nrm.case.further_episode_opened.v1")
  std::uint32_t episode = 0;  // 2, 3 …
  OrganisationId organisation;
  std::vector<Exploitation> exploitation;
  PlaceOfExploitation place;
  Instant decide_by;
};
BOOST_DESCRIBE_STRUCT(FurtherEpisodeOpened, (),
                      (episode, organisation, exploitation, place, decide_by))

// --- the person ---------------------------------------------------------------------------------

struct IdentificationWithdrawn {
  NRM_EVENT(identification, case_, "nrm.case.identification_withdrawn.v1")
  Role by{};  // who says that the person wants it so
};
BOOST_DESCRIBE_STRUCT(IdentificationWithdrawn, (), (by))

struct ContactAttempted {
  NRM_EVENT(identification, case_, "nrm.case.contact_attempted.v1")
  ContactChannel channel{};
  OrganisationId organisation;
  std::uint32_t number = 0;  // in a row, without success
};
BOOST_DESCRIBE_STRUCT(ContactAttempted, (), (channel, organisation, number))

struct ContactLost {
  NRM_EVENT(identification, case_, "nrm.case.contact_lost.v1")
  Instant until;  // then nothing more is awaited
  OrganisationId alarm_to;
  std::optional<PausedClock> paused;
};
BOOST_DESCRIBE_STRUCT(ContactLost, (), (until, alarm_to, paused))

struct ContactRegained {
  NRM_EVENT(identification, case_, "nrm.case.contact_regained.v1")
  OrganisationId organisation;
  IdentificationStatus status{};  // back to this one
  bool overdue = false;           // as it was before
  std::optional<Instant> due;     // of its clock
};
BOOST_DESCRIBE_STRUCT(ContactRegained, (), (organisation, status, overdue, due))

struct PersonDied {
  NRM_EVENT(identification, case_, "nrm.case.person_died.v1")
  OrganisationId organisation;
};
BOOST_DESCRIBE_STRUCT(PersonDied, (), (organisation))

struct OpenedInError {
  NRM_EVENT(identification, case_, "nrm.case.opened_in_error.v1")
  ErrorGround ground{};
};
BOOST_DESCRIBE_STRUCT(OpenedInError, (), (ground))

// Nothing more is decided on this person's status; and: something is again. Beside the event that
// says why, for those who only need to know this. Not written where SecondStageDecided (positive)
// or ReconsiderationWindowClosed say it.
struct IdentificationSettled {
  NRM_EVENT(identification, case_, "nrm.case.identification_settled.v1")
  IdentificationStatus status{};
};
BOOST_DESCRIBE_STRUCT(IdentificationSettled, (), (status))

struct IdentificationReopened {
  NRM_EVENT(identification, case_, "nrm.case.identification_reopened.v1")
  IdentificationStatus status{};
};
BOOST_DESCRIBE_STRUCT(IdentificationReopened, (), (status))

// --- duplicates ---------------------------------------------------------------------------------

// Two people found that this case and another are about one person. Nothing is moved or lost: the
// case keeps its history and goes on where it stood when the merge is reversed.
struct CaseMerged {
  NRM_EVENT(identification, case_, "nrm.case.merged.v1")
  CaseId into;
  DuplicateId duplicate;
  std::optional<PausedClock> paused;
};
BOOST_DESCRIBE_STRUCT(CaseMerged, (), (into, duplicate, paused))

struct CaseUnmerged {
  NRM_EVENT(identification, case_, "nrm.case.unmerged.v1")
  CaseId from;
  IdentificationStatus status{};  // back to this one
  bool overdue = false;
  std::optional<Instant> due;  // of its clock
};
BOOST_DESCRIBE_STRUCT(CaseUnmerged, (), (from, status, overdue, due))

// --- with the case ------------------------------------------------------------------------------

// The case was opened again: identification goes on where it stood when it was closed.
struct IdentificationResumed {
  NRM_EVENT(identification, case_, "nrm.case.identification_resumed.v1")
  IdentificationStatus status{};
  bool overdue = false;
  std::optional<Instant> due;  // of its clock
};
BOOST_DESCRIBE_STRUCT(IdentificationResumed, (), (status, overdue, due))

// CaseHandedOver: whose case managers act in it, beside the state owner's.
struct IdentificationHandedOver {
  NRM_EVENT(identification, case_, "nrm.case.identification_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(IdentificationHandedOver, (), (owner))

using IdentificationEvents = boost::mp11::mp_list<
    ReportReceived, NotificationRecorded, FirstStageOverdue, FirstStageDecided,
    RecoveryPeriodStarted, RecoveryPeriodEnded, SecondStageOverdue, SecondStageDecided,
    ReconsiderationWindowClosed, IdentificationEnded, SignalReceived, SignalOverdue, SignalResolved,
    GroupEventRecorded, GroupPersonReported, GroupEventOverdue, GroupEventClosed, ScreeningRecorded,
    AgeAssessed, InformationRequested, InformationAnswered, InformationOverdue, VoteCast,
    MemberRecused, RouteChanged, DeciderAppointed, SecondStageAwaited, RecoveryPeriodExtended,
    ReconsiderationRequested, ReconsiderationOverdue, ReconsiderationDecided, Disqualified,
    FurtherEpisodeOpened, IdentificationWithdrawn, ContactAttempted, ContactLost, ContactRegained,
    PersonDied, OpenedInError, IdentificationSettled, IdentificationReopened, CaseMerged,
    CaseUnmerged, IdentificationResumed, IdentificationHandedOver>;
}  // namespace nrm
