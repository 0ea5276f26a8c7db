// Facts of audit: which figures were published, and what their noise cost; complaints, survivors'
// feedback, early warnings.
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
// Somebody computed figures and wants them published; a second person computes them again.
struct PublicationProposed {
  NRM_EVENT(audit, publication, "nrm.publication.proposed.v1")
  Actor by;
  ReleaseTerms terms;
  Text<64> digest;                      // SHA-256 of the exact bytes, hex
  std::uint64_t size = 0;               // of them
  std::optional<Suppression> left_out;  // of a public table
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(PublicationProposed, (), (by, terms, digest, size, left_out, approve_by))

// From here on the figures may leave.
struct FiguresPublished {
  NRM_EVENT(audit, publication, "nrm.publication.published.v1")
  Actor approved_by;
  Text<64> digest;
};
BOOST_DESCRIBE_STRUCT(FiguresPublished, (), (approved_by, digest))

struct PublicationRefused {
  NRM_EVENT(audit, publication, "nrm.publication.refused.v1")
  Actor by;
  PublicationRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(PublicationRefused, (), (by, reason))

// Nobody answered in time.
struct PublicationLapsed {
  NRM_EVENT(audit, publication, "nrm.publication.lapsed.v1")
};
BOOST_DESCRIBE_STRUCT(PublicationLapsed, (), ())

// A later release corrects this one. Both stay.
struct PublicationRevised {
  NRM_EVENT(audit, publication, "nrm.publication.revised.v1")
  PublicationId by;
};
BOOST_DESCRIBE_STRUCT(PublicationRevised, (), (by))

// What noise may cost in a year, as the pack said when the first of it was spent.
struct BudgetOpened {
  NRM_EVENT(audit, budget, "nrm.budget.opened.v1")
  std::uint32_t year = 0;
  Epsilon whole;
};
BOOST_DESCRIBE_STRUCT(BudgetOpened, (), (year, whole))

// When the release is proposed: noise that somebody has seen is spent, published or not.
struct BudgetSpent {
  NRM_EVENT(audit, budget, "nrm.budget.spent.v1")
  PublicationId publication;
  Epsilon spent;
  Epsilon left;
};
BOOST_DESCRIBE_STRUCT(BudgetSpent, (), (publication, spent, left))

// --- complaints ---------------------------------------------------------------------------------

// Somebody complains of an organisation. No word of the complaint is here: what it is about is a
// code, and `item` may name what a client sealed at the vault.
struct ComplaintReceived {
  NRM_EVENT(audit, complaint, "nrm.complaint.received.v1")
  Actor by;
  OrganisationId about;
  ComplaintMatter matter{};
  std::optional<CaseId> subject;
  std::optional<SealedItemId> item;
  Instant assign_by;
};
BOOST_DESCRIBE_STRUCT(ComplaintReceived, (), (by, about, matter, subject, item, assign_by))

struct ComplaintRecorded {
  NRM_EVENT(audit, complaint, "nrm.complaint.recorded.v1")
  Actor by;
};
BOOST_DESCRIBE_STRUCT(ComplaintRecorded, (), (by))

// To an office of the mechanism; never to the body complained of.
struct ComplaintAssigned {
  NRM_EVENT(audit, complaint, "nrm.complaint.assigned.v1")
  Actor by;
  OrganisationId to;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(ComplaintAssigned, (), (by, to, answer_by))

struct ComplaintInadmissible {
  NRM_EVENT(audit, complaint, "nrm.complaint.inadmissible.v1")
  Actor by;
  InadmissibleReason reason{};
};
BOOST_DESCRIBE_STRUCT(ComplaintInadmissible, (), (by, reason))

struct ComplaintAnswered {
  NRM_EVENT(audit, complaint, "nrm.complaint.answered.v1")
  Actor by;
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
  Instant respond_by;
};
BOOST_DESCRIBE_STRUCT(ComplaintAnswered, (), (by, finding, remedy, respond_by))

struct ComplaintSatisfied {
  NRM_EVENT(audit, complaint, "nrm.complaint.satisfied.v1")
  Actor by;
};
BOOST_DESCRIBE_STRUCT(ComplaintSatisfied, (), (by))

// Nobody contested the answer in time. That is not satisfaction.
struct ComplaintSettled {
  NRM_EVENT(audit, complaint, "nrm.complaint.settled.v1")
};
BOOST_DESCRIBE_STRUCT(ComplaintSettled, (), ())

struct ComplaintOverdue {
  NRM_EVENT(audit, complaint, "nrm.complaint.overdue.v1")
  ComplaintDuty duty{};
};
BOOST_DESCRIBE_STRUCT(ComplaintOverdue, (), (duty))

// To the ombudsman: the overseer that the pack appoints, or any auditor's when there is none or it
// is the one complained of.
struct ComplaintEscalated {
  NRM_EVENT(audit, complaint, "nrm.complaint.escalated.v1")
  std::optional<Actor> by;  // none: a clock
  ComplaintEscalation cause{};
  std::optional<OrganisationId> to;
  Instant conclude_by;
};
BOOST_DESCRIBE_STRUCT(ComplaintEscalated, (), (by, cause, to, conclude_by))

struct ComplaintConcluded {
  NRM_EVENT(audit, complaint, "nrm.complaint.concluded.v1")
  Actor by;
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
};
BOOST_DESCRIBE_STRUCT(ComplaintConcluded, (), (by, finding, remedy))

struct ComplaintWithdrawn {
  NRM_EVENT(audit, complaint, "nrm.complaint.withdrawn.v1")
  Actor by;
};
BOOST_DESCRIBE_STRUCT(ComplaintWithdrawn, (), (by))

// --- feedback -----------------------------------------------------------------------------------

// What a survivor says of the help, in codes; by the person, or written down by a worker.
struct FeedbackGiven {
  NRM_EVENT(audit, feedback, "nrm.feedback.given.v1")
  Actor by;
  std::vector<FeedbackAnswer> answers;
  std::vector<FeedbackTheme> praised;
  std::vector<FeedbackTheme> missed;
  Instant again_from;  // no other of this person before that
};
BOOST_DESCRIBE_STRUCT(FeedbackGiven, (), (by, answers, praised, missed, again_from))

// --- early warnings -----------------------------------------------------------------------------

// All logs were looked at up to this day; the counts are in the command that this answers.
struct IndicatorsObserved {
  NRM_EVENT(audit, observation, "nrm.indicators.observed.v1")
  Date until;
};
BOOST_DESCRIBE_STRUCT(IndicatorsObserved, (), (until))

// `observed` and `expected`: reports, or breaches, of the week and of a week before it; of a
// decision rate, per cent.
struct WarningRaised {
  NRM_EVENT(audit, warning, "nrm.warning.raised.v1")
  WarningKind kind{};
  std::optional<OrganisationId> organisation;  // the source, or the authority
  std::optional<Stage> stage;
  std::optional<ClockName> clock;
  std::optional<ProviderId> provider;
  std::optional<SuspensionReason> reason;
  Date until;
  std::uint32_t observed = 0;
  std::uint32_t expected = 0;
  Instant acknowledge_by;
};
BOOST_DESCRIBE_STRUCT(WarningRaised, (),
                      (kind, organisation, stage, clock, provider, reason, until, observed,
                       expected, acknowledge_by))

struct WarningOverdue {
  NRM_EVENT(audit, warning, "nrm.warning.overdue.v1")
  Instant acknowledge_by;
};
BOOST_DESCRIBE_STRUCT(WarningOverdue, (), (acknowledge_by))

struct WarningAcknowledged {
  NRM_EVENT(audit, warning, "nrm.warning.acknowledged.v1")
  Actor by;
  WarningResponse response{};
};
BOOST_DESCRIBE_STRUCT(WarningAcknowledged, (), (by, response))

using AuditEvents =
    boost::mp11::mp_list<PublicationProposed, FiguresPublished, PublicationRefused,
                         PublicationLapsed, PublicationRevised, BudgetOpened, BudgetSpent,
                         ComplaintReceived, ComplaintRecorded, ComplaintAssigned,
                         ComplaintInadmissible, ComplaintAnswered, ComplaintSatisfied,
                         ComplaintSettled, ComplaintOverdue, ComplaintEscalated,
                         ComplaintConcluded, ComplaintWithdrawn, FeedbackGiven, IndicatorsObserved,
                         WarningRaised, WarningOverdue, WarningAcknowledged>;
}  // namespace nrm
