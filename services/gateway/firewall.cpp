// The firewall of assistance, and what is open of a case beside it: see disclosure.hpp.
#include <boost/mp11/algorithm.hpp>

#include "services/gateway/disclosure.hpp"

namespace nrm::gateway {
namespace {
// What assistance writes that does not only say that support runs or has ended, or that somebody is
// missing.
template <class E>
constexpr bool is_note = [] {
  if constexpr (requires { E::emitter; })
    return E::emitter == Service::assistance;
  else
    return false;
}();
template <>
constexpr bool is_note<SupportOpened> = false;
template <>
constexpr bool is_note<SupportEnded> = false;
template <>
constexpr bool is_note<SupportFileClosed> = false;
template <>
constexpr bool is_note<SupportFileReopened> = false;
template <>
constexpr bool is_note<SupportHandedOver> = false;
// And what closure writes of how the person is reached and does.
template <>
constexpr bool is_note<SafeContactNoted> = true;
template <>
constexpr bool is_note<FollowUpPlanned> = true;
template <>
constexpr bool is_note<FollowUpOverdue> = true;
template <>
constexpr bool is_note<FollowUpRecorded> = true;
template <>
constexpr bool is_note<FollowUpRefused> = true;
template <>
constexpr bool is_note<FollowUpDropped> = true;
template <>
constexpr bool is_note<FollowUpHandedOver> = true;
template <>
constexpr bool is_note<AlarmRaised> = false;
template <>
constexpr bool is_note<AlarmEscalated> = false;
template <>
constexpr bool is_note<AlarmHandedOver> = false;
template <>
constexpr bool is_note<AlarmEnded> = false;
}  // namespace

bool is_assistance_note(std::string_view event_type) {
  bool note = false;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, AllEvents>>(
      [&](auto identity) {
        using E = typename decltype(identity)::type;
        if (is_note<E> && E::type == event_type) note = true;
      });
  return note;
}

bool behind_firewall(const Store& store, const Actor& caller) {
  if (caller.role == Role::competent_authority || caller.role == Role::first_responder) return true;
  if (caller.role != Role::service_provider) return false;
  const auto organisation = find_view<OrganisationView>(store, caller.organisation);
  if (!organisation) return true;
  switch (organisation->view.sort) {
    case OrganisationKind::police:
    case OrganisationKind::border_guard:
    case OrganisationKind::immigration_service:
    case OrganisationKind::prison_service:
      return true;
    default:
      return false;
  }
}

namespace {
template <class View>
Result<MatterItem> matter_at(const Store& store, const StreamKey& stream) {
  NRM_TRY_ASSIGN(const auto found, find_view<View>(store, stream.id));
  const Matter& matter = found.view.matter;
  return MatterItem{
      stream.id,    stream.kind == StreamKind::child ? CaseId(stream.id) : matter.subject,
      stream.kind,  matter.what,
      matter.since, matter.due,
      matter.date,  matter.overdue};
}
}  // namespace

Result<MatterItem> find_matter(const Store& store, const StreamKey& stream) {
  switch (stream.kind) {
    case StreamKind::procedure:
      return matter_at<ProcedureView>(store, stream);
    case StreamKind::alarm:
      return matter_at<AlarmView>(store, stream);
    case StreamKind::incident:
      return matter_at<IncidentView>(store, stream);
    case StreamKind::notice:
      return matter_at<NoticeView>(store, stream);
    case StreamKind::transition:
      return matter_at<TransitionView>(store, stream);
    case StreamKind::child:
      return matter_at<ChildView>(store, stream);
    case StreamKind::visit:
      return matter_at<VisitView>(store, stream);
    default:
      return nothing_here();
  }
}
}  // namespace nrm::gateway
