// What the parts of closure's decisions share: decide.cpp (the list, the request and the answer)
// and decide_after.cpp (visits, reopening, retention and erasure).
#pragma once
#include <algorithm>

#include "common/step/desk.hpp"
#include "services/closure/closure.hpp"

namespace nrm::closing {
// The file of a reported person. ERRORS: not_found.
Result<const ClosureFile*> find_file(const Desk& desk, const CaseId& subject);
// The same, for a case manager of the organisation that manages it. ERRORS: forbidden, not_found.
Result<const ClosureFile*> find_managed(const Desk& desk, const CaseId& subject);

// Of what is still owed, what does not stand in the way of closing for this reason. ERRORS:
// checklist_open, with what does.
Result<std::vector<Obligation>> check_list(const Desk& desk, const ClosureFile& file,
                                           ClosureReason reason);
// Who decides the case, and so may answer a request to close it: the competent authority, or whom
// identification appointed.
inline OrganisationId decider_of(const Desk& desk, const ClosureFile& file) {
  return file.decider.value_or(offices(desk.policy).competent_authority);
}

// Whether a reason comes with what shows it (domain.md, c7). ERRORS: missing_field, out_of_range.
Result<void> check_evidence(const Desk& desk, const CaseId& subject, ClosureReason reason,
                            const std::optional<ClosureEvidence>& evidence);

// --- after closing
// Into the decision that closes: the clock of the data, and the first visit.
void begin_retention(Decision& out, const Desk& desk, const CaseId& subject,
                     const ClosureFile& file, ClosureReason reason, Date retain_until);
// The day until which data is kept that is closed now.
RetentionCategory category_of(ClosureReason reason, const ClosureFile& file);
Date retain_until(const Desk& desk, RetentionCategory category);

Result<Decision> decide(const Desk& desk, const ReopenCase& command);
Result<Decision> decide(const Desk& desk, const RecordFollowUp& command);
Result<Decision> decide(const Desk& desk, const RefuseFollowUp& command);
Decision handed_over(const Desk& desk, const StreamKey& stream, const OrganisationId& to);
Decision erased(const Desk& desk, const CaseId& subject, ErasureGround ground);
Decision retention_due(const Desk& desk, const Due& over, const ClosureFile& file);
Decision erasure_due(const Desk& desk, const Due& over, const ClosureFile& file);
Decision visit_due(const Desk& desk, const Due& over);
}  // namespace nrm::closing
