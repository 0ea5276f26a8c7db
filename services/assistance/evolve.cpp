#include "services/assistance/assistance.hpp"

namespace nrm {
namespace {
// Events of other streams and services change nothing here; one of our own must have its overload.
template <class E>
void apply(SupportFile&, const E&) {
  if constexpr (requires { E::emitter; })
    static_assert(E::emitter != Service::assistance, "an event of this service without apply()");
}

void apply(SupportFile& state, const SupportOpened& event) {
  state.owner = event.owner;
  state.status = SupportStatus::opened;
  state.goals.clear();  // a person who comes back agrees a new plan
  state.due = event.plan_by;
  state.end_reason.reset();
}
void apply(SupportFile& state, const ServiceStarted& event) {
  state.services.push_back({event.referral, event.organisation, event.service, event.started_on});
}
void apply(SupportFile&, const PlanOverdue&) {}
void apply(SupportFile& state, const PlanAgreed& event) {
  if (state.status == SupportStatus::opened) state.status = SupportStatus::plan_agreed;
  state.goals = event.goals;
  state.due = event.review_at;
}
void apply(SupportFile& state, const ServiceGiven&) {
  if (state.status == SupportStatus::plan_agreed) state.status = SupportStatus::in_support;
}
void apply(SupportFile&, const ReviewOverdue&) {}
void apply(SupportFile& state, const ReviewHeld& event) { state.due = event.next_at; }
void apply(SupportFile& state, const ServiceEnded& event) {
  std::erase_if(state.services,
                [&](const RunningService& one) { return one.referral == event.referral; });
}
void apply(SupportFile& state, const SupportHandedOver& event) { state.owner = event.owner; }
void apply(SupportFile& state, const SupportEnded& event) {
  state.status = SupportStatus::ended;
  state.due.reset();
  state.end_reason = event.reason;
}
}  // namespace

void Assistance::evolve(SupportFile& state, const Event& event) {
  std::visit([&](const auto& one) { apply(state, one); }, event);
}
}  // namespace nrm
