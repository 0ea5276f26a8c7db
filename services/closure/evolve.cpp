#include <algorithm>

#include "services/closure/closure.hpp"

namespace nrm {
namespace {
void note(ClosureFile& file, const OpenObligation& what) {
  const auto place = std::ranges::lower_bound(file.obligations, what);
  if (place == file.obligations.end() || *place != what) file.obligations.insert(place, what);
}

void forget_request(ClosureFile& file) {
  file.requested_by.reset();
  file.reason.reset();
  file.approve_by.reset();
  file.overdue = false;
}

void fold(ClosureFile& file, const ClosureFileOpened& e) {
  file.status = ClosureStatus::open;
  file.owner = e.owner;
  file.opened_at = e.opened_at;
  for (const Obligation obligation : e.obligations) note(file, {obligation, Uuid{}});
}

void fold(ClosureFile& file, const ObligationNoted& e) { note(file, {e.obligation, e.subject}); }

void fold(ClosureFile& file, const ObligationMet& e) {
  std::erase(file.obligations, OpenObligation{e.obligation, e.subject});
}

void fold(ClosureFile& file, const ClosureHandedOver& e) { file.owner = e.owner; }

void fold(ClosureFile& file, const PersonInformed&) { file.informed = true; }

void fold(ClosureFile& file, const ClosureRequested& e) {
  file.status = ClosureStatus::requested;
  file.requested_by = e.by;
  file.reason = e.reason;
  file.approve_by = e.approve_by;
}

void fold(ClosureFile& file, const ClosureApprovalOverdue&) { file.overdue = true; }

void fold(ClosureFile& file, const ClosureRefused&) {
  file.status = ClosureStatus::open;
  forget_request(file);
}

void fold(ClosureFile& file, const CaseClosed&) {
  file.status = ClosureStatus::closed;
  forget_request(file);
}

template <class Other>
void fold(ClosureFile&, const Other&) {}
}  // namespace

bool ClosureFile::owes(const OpenObligation& what) const {
  return std::ranges::binary_search(obligations, what);
}

std::optional<ClockName> ClosureFile::running_clock() const {
  if (status != ClosureStatus::requested) return std::nullopt;
  return overdue ? ClockName::escalation : ClockName::closure_approval;
}

void Closure::evolve(ClosureFile& file, const Event& event) {
  std::visit([&file](const auto& e) { fold(file, e); }, event);
}
}  // namespace nrm
