#include <numeric>

#include "services/audit/audit.hpp"
#include "services/audit/methods.hpp"

namespace nrm {
namespace {
void fold(Publication& publication, const PublicationProposed& e) {
  publication.status = PublicationStatus::proposed;
  publication.proposed_by = e.by;
  publication.terms = e.terms;
  publication.digest = e.digest;
  publication.approve_by = e.approve_by;
}
void fold(Publication& publication, const FiguresPublished&) {
  publication.status = PublicationStatus::published;
}
void fold(Publication& publication, const PublicationRefused&) {
  publication.status = PublicationStatus::refused;
}
void fold(Publication& publication, const PublicationLapsed&) {
  publication.status = PublicationStatus::lapsed;
}
void fold(Publication& publication, const PublicationRevised& e) {
  publication.status = PublicationStatus::revised;
  publication.revised_by = e.by;
}
template <class State, class Other>
void fold(State&, const Other&) {}

void fold(Complaint& complaint, const ComplaintReceived& e) {
  complaint.status = ComplaintStatus::received;
  complaint.by = e.by;
  complaint.about = e.about;
  complaint.due = e.assign_by;
}
void fold(Complaint& complaint, const ComplaintRecorded&) {
  complaint.status = ComplaintStatus::recorded;
}
void fold(Complaint& complaint, const ComplaintAssigned& e) {
  complaint.status = ComplaintStatus::assigned;
  complaint.assigned_to = e.to;
  complaint.due = e.answer_by;
}
void fold(Complaint& complaint, const ComplaintInadmissible&) {
  complaint.status = ComplaintStatus::inadmissible;
}
void fold(Complaint& complaint, const ComplaintAnswered& e) {
  complaint.status = ComplaintStatus::answered;
  complaint.due = e.respond_by;
}
void fold(Complaint& complaint, const ComplaintSatisfied&) {
  complaint.status = ComplaintStatus::satisfied;
}
void fold(Complaint& complaint, const ComplaintSettled&) {
  complaint.status = ComplaintStatus::settled;
}
void fold(Complaint& complaint, const ComplaintOverdue& e) {
  complaint.overdue = e.duty == ComplaintDuty::conclusion;
}
void fold(Complaint& complaint, const ComplaintEscalated& e) {
  complaint.status = ComplaintStatus::escalated;
  complaint.escalated_to = e.to;
  complaint.due = e.conclude_by;
}
void fold(Complaint& complaint, const ComplaintConcluded&) {
  complaint.status = ComplaintStatus::concluded;
}
void fold(Complaint& complaint, const ComplaintWithdrawn&) {
  complaint.status = ComplaintStatus::withdrawn;
}

void fold(Warning& warning, const WarningRaised& e) {
  warning.status = WarningStatus::raised;
  warning.what = e.kind;
  warning.until = e.until;
  warning.acknowledge_by = e.acknowledge_by;
}
void fold(Warning& warning, const WarningOverdue& e) {
  warning.status = WarningStatus::overdue;
  warning.acknowledge_by = e.acknowledge_by;
}
void fold(Warning& warning, const WarningAcknowledged&) {
  warning.status = WarningStatus::acknowledged;
}
}  // namespace

std::optional<ClockName> Complaint::running_clock() const {
  if (!status) return std::nullopt;
  switch (*status) {
    case ComplaintStatus::received:
    case ComplaintStatus::recorded:
      return ClockName::complaint_registration;
    case ComplaintStatus::assigned:
      return ClockName::complaint_answer;
    case ComplaintStatus::answered:
      return ClockName::complaint_response;
    case ComplaintStatus::escalated:
      return ClockName::complaint_conclusion;
    case ComplaintStatus::satisfied:
    case ComplaintStatus::settled:
    case ComplaintStatus::concluded:
    case ComplaintStatus::withdrawn:
    case ComplaintStatus::inadmissible:
      break;
  }
  return std::nullopt;
}

std::optional<ClockName> Warning::running_clock() const {
  if (status == WarningStatus::raised || status == WarningStatus::overdue)
    return ClockName::warning_acknowledgement;
  return std::nullopt;
}

std::optional<ClockName> Publication::running_clock() const {
  if (status == PublicationStatus::proposed) return ClockName::publication_approval;
  return std::nullopt;
}

std::optional<Epsilon> minus(const Epsilon& left, const Epsilon& spent) {
  if (left.denominator == 0 || spent.denominator == 0) return std::nullopt;
  const std::uint64_t whole = std::uint64_t{left.numerator} * spent.denominator;
  const std::uint64_t part = std::uint64_t{spent.numerator} * left.denominator;
  if (part > whole) return std::nullopt;
  const std::uint64_t numerator = whole - part;
  const std::uint64_t denominator = std::uint64_t{left.denominator} * spent.denominator;
  const std::uint64_t common = std::gcd(numerator, denominator);
  if (numerator / common > UINT32_MAX || denominator / common > UINT32_MAX) return std::nullopt;
  return Epsilon{static_cast<std::uint32_t>(numerator / common),
                 static_cast<std::uint32_t>(denominator / common)};
}

std::string series_of(const ReleaseTerms& terms) {
  std::string out(report_of(terms.method.text()));
  out += '|';
  if (terms.from) out += terms.from->text();
  out += '|';
  if (terms.to) out += terms.to->text();
  for (const auto* names : {&terms.rows, &terms.columns}) {
    out += '|';
    for (const auto& name : *names) (out += name.text()) += ' ';
  }
  out += '|';
  out += to_text(terms.rule);
  out += '|';
  out += to_text(terms.format);
  return out;
}

void Audit::evolve(Publication& publication, const Event& event) {
  visit([&](const auto& e) { fold(publication, e); }, event);
}

void Audit::evolve(PrivacyBudget& budget, const Event& event) {
  if (const auto* opened = get_if<BudgetOpened>(&event)) {
    budget.year = opened->year;
    budget.left = opened->whole;
  } else if (const auto* spent = get_if<BudgetSpent>(&event)) {
    budget.left = spent->left;
  }
}

void Audit::evolve(Complaint& complaint, const Event& event) {
  visit([&](const auto& e) { fold(complaint, e); }, event);
}

void Audit::evolve(Feedback& feedback, const Event& event) {
  if (const auto* given = get_if<FeedbackGiven>(&event)) {
    ++feedback.times;
    feedback.again_from = given->again_from;
  }
}

void Audit::evolve(Observation& observation, const Event& event) {
  if (const auto* observed = get_if<IndicatorsObserved>(&event))
    observation.until = observed->until;
}

void Audit::evolve(Warning& warning, const Event& event) {
  visit([&](const auto& e) { fold(warning, e); }, event);
}
}  // namespace nrm
