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
  file.child = e.child.value_or(false);
  file.decider = e.decider;
  for (const Obligation obligation : e.obligations) note(file, {obligation, Uuid{}});
}

void fold(ClosureFile& file, const ObligationNoted& e) { note(file, {e.obligation, e.subject}); }

void fold(ClosureFile& file, const ObligationMet& e) {
  std::erase(file.obligations, OpenObligation{e.obligation, e.subject});
}

void fold(ClosureFile& file, const ClosureHandedOver& e) { file.owner = e.owner; }

void fold(ClosureFile& file, const ClosureDeciderNoted& e) { file.decider = e.decider; }

void fold(ClosureFile& file, const ClosureAgeNoted& e) { file.child = e.child; }

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

// Of what is still owed, legal procedures alone outlive the case.
void fold(ClosureFile& file, const CaseClosed& e) {
  file.status = ClosureStatus::closed;
  file.closings = e.number.value_or(1);
  file.category = e.category;
  file.due = end_of(e.retain_until);
  std::erase_if(file.obligations, [](const OpenObligation& one) {
    return one.obligation != Obligation::procedure_running;
  });
  forget_request(file);
}

void fold(ClosureFile& file, const SafeContactNoted& e) { file.contact = e.rules; }

void fold(ClosureFile& file, const RetentionExtended& e) { file.due = e.until; }

// An order that is repeated keeps the moment by which the first one was to be confirmed.
void fold(ClosureFile& file, const ErasureOrdered& e) {
  if (e.number == 1) file.due = e.confirm_by;
  file.status = ClosureStatus::erasure_ordered;
  file.orders = e.number;
}

void fold(ClosureFile& file, const ErasureNoted& e) {
  file.erased = e.ground;
  if (!file.status || !is_closed(*file.status)) return;
  file.status = ClosureStatus::erased;
  file.due.reset();
}

void fold(ClosureFile& file, const CaseReopened& e) {
  file.status = ClosureStatus::open;
  file.informed = false;
  file.category.reset();
  file.due.reset();
  file.orders = 0;
  for (const Obligation obligation : e.obligations) note(file, {obligation, Uuid{}});
}

void fold(FollowUp& visit, const FollowUpPlanned& e) {
  visit = {FollowUpStatus::planned, e.subject, e.owner, e.number, e.due};
}
void fold(FollowUp& visit, const FollowUpOverdue&) { visit.status = FollowUpStatus::overdue; }
void fold(FollowUp& visit, const FollowUpHandedOver& e) { visit.owner = e.owner; }
void fold(FollowUp& visit, const FollowUpRecorded&) { visit.status = FollowUpStatus::done; }
void fold(FollowUp& visit, const FollowUpRefused&) { visit.status = FollowUpStatus::refused; }
void fold(FollowUp& visit, const FollowUpDropped&) { visit.status = FollowUpStatus::dropped; }

// Events of other streams and services change nothing here; one of our own must have its overload.
template <class State, class Other>
void fold(State&, const Other&) {
  if constexpr (requires { Other::emitter; })
    static_assert(Other::emitter != Service::closure || Other::stream != State::kind,
                  "an event of this service without fold()");
}
}  // namespace

bool ClosureFile::owes(const OpenObligation& what) const {
  return std::ranges::binary_search(obligations, what);
}

std::optional<ClockName> ClosureFile::running_clock() const {
  if (status == ClosureStatus::requested)
    return overdue ? ClockName::escalation : ClockName::closure_approval;
  if (status == ClosureStatus::closed) return ClockName::retention;
  if (status == ClosureStatus::erasure_ordered) return ClockName::erasure_order;
  return std::nullopt;
}

std::optional<ClockName> FollowUp::running_clock() const {
  if (status == FollowUpStatus::planned) return ClockName::follow_up;
  if (status == FollowUpStatus::overdue) return ClockName::escalation;
  return std::nullopt;
}

void Closure::evolve(ClosureFile& file, const Event& event) {
  visit([&file](const auto& e) { fold(file, e); }, event);
}
void Closure::evolve(FollowUp& visit, const Event& event) {
  nrm::visit([&visit](const auto& e) { fold(visit, e); }, event);
}
}  // namespace nrm
