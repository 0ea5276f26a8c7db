// Operations that found many people, until each is reported or nobody else will be.
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
void fold(GroupView& view, const GroupEventRecorded& e, Instant at) {
  view.organisation = e.organisation;
  view.owner = e.owner;
  view.what = e.kind;
  view.region = e.region;
  view.on = e.on;
  view.people = e.people;
  view.since = at;
  view.due = e.report_by;
}
void fold(GroupView& view, const GroupPersonReported&, Instant) { ++view.reported; }
void fold(GroupView& view, const GroupEventOverdue&, Instant) { view.overdue = true; }
void fold(GroupView& view, const GroupEventClosed&, Instant) { view.due.reset(); }
template <class Other>
void fold(GroupView&, const Other&, Instant) {}
}  // namespace

void Views::evolve(GroupView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}
}  // namespace nrm::gateway
