// Inside the audit's decider: its parts, one file each.
#pragma once
#include "common/step/desk.hpp"
#include "services/audit/audit.hpp"

namespace nrm {
// decide_publications.cpp
Result<Decision> decide(const Desk& desk, const ProposePublication& command);
Result<Decision> decide(const Desk& desk, const ApprovePublication& command);
Result<Decision> decide(const Desk& desk, const RefusePublication& command);
Result<Decision> publication_due(const Desk& desk, const Due& due);
// decide_complaints.cpp
Result<Decision> decide(const Desk& desk, const SubmitComplaint& command);
Result<Decision> decide(const Desk& desk, const RecordComplaint& command);
Result<Decision> decide(const Desk& desk, const AssignComplaint& command);
Result<Decision> decide(const Desk& desk, const RejectComplaint& command);
Result<Decision> decide(const Desk& desk, const AnswerComplaint& command);
Result<Decision> decide(const Desk& desk, const AcceptComplaintAnswer& command);
Result<Decision> decide(const Desk& desk, const EscalateComplaint& command);
Result<Decision> decide(const Desk& desk, const ConcludeComplaint& command);
Result<Decision> decide(const Desk& desk, const WithdrawComplaint& command);
Result<Decision> complaint_due(const Desk& desk, const Due& due);
// decide_warnings.cpp
Result<Decision> decide(const Desk& desk, const GiveFeedback& command);
Result<Decision> decide(const Desk& desk, const ObserveIndicators& command);
Result<Decision> decide(const Desk& desk, const AcknowledgeWarning& command);
Result<Decision> warning_due(const Desk& desk, const Due& due);

bool is_hash(std::string_view hex);  // SHA-256, in hexadecimal

// Packs of earlier versions do not have the clocks of oversight.
inline Instant due_or(const Desk& desk, ClockName clock, int days_else) {
  return desk.policy.due(clock, desk.input.at).value_or(desk.input.at + days(days_else));
}
}  // namespace nrm
