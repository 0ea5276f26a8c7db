#include "services/identification/identification.hpp"

namespace nrm {
namespace {
void fold(CaseFile& file, const ReportReceived& e) {
  file.status = IdentificationStatus::reported;
  file.reporter = e.organisation;
  file.owner = e.owner;
  file.decide_by = e.decide_by;
}

void fold(CaseFile& file, const NotificationRecorded& e) {
  file.status = IdentificationStatus::notified_anonymous;
  file.reporter = e.organisation;
  file.owner = e.owner;
}

void fold(CaseFile& file, const FirstStageOverdue&) { file.overdue = true; }

void fold(CaseFile& file, const FirstStageDecided& e) {
  // A positive decision is followed by RecoveryPeriodStarted in the same record.
  file.status = e.outcome == Outcome::positive ? IdentificationStatus::recovery_period
                                               : IdentificationStatus::negative_first_stage;
  file.decide_by.reset();
  file.overdue = false;
  file.reconsider_until = e.reconsider_until;
}

void fold(CaseFile& file, const RecoveryPeriodStarted& e) { file.recovery_until = e.until; }

void fold(CaseFile& file, const RecoveryPeriodEnded& e) {
  file.status = IdentificationStatus::awaiting_second_stage;
  file.decide_by = e.decide_by;
}

void fold(CaseFile& file, const SecondStageOverdue&) { file.overdue = true; }

void fold(CaseFile& file, const SecondStageDecided& e) {
  file.status = e.outcome == Outcome::positive ? IdentificationStatus::confirmed
                                               : IdentificationStatus::not_confirmed;
  file.decide_by.reset();
  file.overdue = false;
  file.reconsider_until = e.reconsider_until;
}

void fold(CaseFile& file, const ReconsiderationWindowClosed&) { file.reconsider_until.reset(); }

void fold(CaseFile& file, const IdentificationEnded&) {
  file.status = IdentificationStatus::ended;
  file.decide_by.reset();
  file.reconsider_until.reset();
  file.overdue = false;
}

template <class Other>
void fold(CaseFile&, const Other&) {}
}  // namespace

bool CaseFile::settled() const {
  switch (status) {
    case IdentificationStatus::reported:
    case IdentificationStatus::recovery_period:
    case IdentificationStatus::awaiting_second_stage:
      return false;
    case IdentificationStatus::negative_first_stage:
    case IdentificationStatus::not_confirmed:
      return !reconsider_until;
    case IdentificationStatus::confirmed:
    case IdentificationStatus::notified_anonymous:
    case IdentificationStatus::ended:
      return true;
  }
  return true;
}

std::optional<ClockName> CaseFile::running_clock() const {
  if (settled()) return std::nullopt;
  if (overdue) return ClockName::escalation;
  switch (status) {
    case IdentificationStatus::reported:
      return ClockName::first_stage;
    case IdentificationStatus::recovery_period:
      return ClockName::recovery;
    case IdentificationStatus::awaiting_second_stage:
      return decide_by ? std::optional(ClockName::second_stage) : std::nullopt;
    default:
      return ClockName::reconsideration;
  }
}

void Identification::evolve(CaseFile& file, const Event& event) {
  std::visit([&file](const auto& e) { fold(file, e); }, event);
}
}  // namespace nrm
