// Who finds what: the rows behind an id, and to whom a case is tied or barred (disclosure.hpp).
#include <algorithm>

#include "common/step/desk.hpp"
#include "services/gateway/disclosure.hpp"

namespace nrm::gateway {
Error nothing_here() { return Error(Code::not_found, "", "there is nothing here for you"); }

namespace {
Result<bool> supports(const Store& store, const OrganisationId& organisation, const Uuid& id) {
  bool found = false;
  NRM_TRY(store.scan(Family::rows,
                     prefixed(row_key({"supporter", organisation.text(), id.text(), ""})),
                     [&](std::string_view, std::string_view) {
                       found = true;
                       return false;
                     }));
  return found;
}

bool bars(const CaseView& view, const Actor& caller) {
  return std::ranges::any_of(view.denied, [&](const Denied& one) {
    return one.account == caller.account || one.organisation == caller.organisation;
  });
}
}  // namespace

template <class View>
Result<Found<View>> find_view(const Store& store, const Uuid& id) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::state, keys::state({View::kind, id})));
  if (!stored) return nothing_here();
  json::Document& document = scratch();
  NRM_TRY(document.parse_trusted(*stored));
  const json::Value root = document.root();
  NRM_TRY_ASSIGN(View view, from_json<View>(root.find("state"), Unknown::ignore));
  return Found<View>{std::move(view), static_cast<std::uint64_t>(root.find("version").integer())};
}

template Result<Found<CaseView>> find_view(const Store&, const Uuid&);
template Result<Found<ReferralView>> find_view(const Store&, const Uuid&);
template Result<Found<ProviderView>> find_view(const Store&, const Uuid&);
template Result<Found<OrganisationView>> find_view(const Store&, const Uuid&);
template Result<Found<AccountView>> find_view(const Store&, const Uuid&);
template Result<Found<WithdrawalView>> find_view(const Store&, const Uuid&);
template Result<Found<EmergencyView>> find_view(const Store&, const Uuid&);
template Result<Found<ProposalView>> find_view(const Store&, const Uuid&);
template Result<Found<KeyView>> find_view(const Store&, const Uuid&);
template Result<Found<SealedItemView>> find_view(const Store&, const Uuid&);
template Result<Found<DuplicateView>> find_view(const Store&, const Uuid&);
template Result<Found<ProcedureView>> find_view(const Store&, const Uuid&);
template Result<Found<AlarmView>> find_view(const Store&, const Uuid&);
template Result<Found<IncidentView>> find_view(const Store&, const Uuid&);
template Result<Found<NoticeView>> find_view(const Store&, const Uuid&);
template Result<Found<TransitionView>> find_view(const Store&, const Uuid&);
template Result<Found<ChildView>> find_view(const Store&, const Uuid&);
template Result<Found<VisitView>> find_view(const Store&, const Uuid&);
template Result<Found<TransnationalView>> find_view(const Store&, const Uuid&);
template Result<Found<PublicationView>> find_view(const Store&, const Uuid&);
template Result<Found<GroupView>> find_view(const Store&, const Uuid&);
template Result<Found<ComplaintView>> find_view(const Store&, const Uuid&);
template Result<Found<WarningView>> find_view(const Store&, const Uuid&);

bool is_of_one_case(Role role) { return role == Role::person || role == Role::guardian; }

Bars::Bars(const Store& store, const Actor& caller) : store_(store) {
  for (const Uuid& who : {Uuid(caller.account), Uuid(caller.organisation)}) {
    std::string prefix = row_key({"barred", who.text(), ""});
    bool any = false;
    const auto read = store.scan(Family::rows, prefixed(prefix), [&](auto, auto) {
      any = true;
      return false;
    });
    if (any || !read) prefixes_.push_back(std::move(prefix));
  }
}

bool Bars::cover(const Uuid& subject) const {
  return std::ranges::any_of(prefixes_, [&](const std::string& prefix) {
    const auto row = store_.get(Family::rows, prefix + subject.text());
    return !row || row->has_value();
  });
}

bool holds_office(const Actor& caller, const Appointments& offices) {
  return caller.role == Role::operator_ || is_appointed(caller, offices);
}

bool decides_or_manages(const Actor& caller, const CaseView& view) {
  return caller.role != Role::competent_authority || caller.organisation == view.owner;
}

namespace {
// What ties a caller without office to a case.
Result<bool> related(const Store& store, const Actor& caller, const Uuid& id,
                     const CaseView& view) {
  switch (caller.role) {
    case Role::first_responder:
      return view.reporter == caller.organisation;
    case Role::service_provider:
      return supports(store, caller.organisation, id);
    case Role::guardian:
      return std::ranges::find(view.guardians, caller.account) != view.guardians.end();
    case Role::person: {
      NRM_TRY_ASSIGN(const auto account, find_view<AccountView>(store, caller.account));
      return account.view.subject == CaseId(id);
    }
    case Role::case_manager:
      return view.manager == caller.organisation;  // handed over to it
    case Role::competent_authority:
    case Role::auditor:
    case Role::operator_:
    case Role::witness:
      break;
  }
  return false;
}
}  // namespace

Result<Found<CaseView>> find_case(const Store& store, const Appointments& offices,
                                  const Actor& caller, const Uuid& id) {
  NRM_TRY_ASSIGN(auto found, find_view<CaseView>(store, id));
  if (!found.view.reported_at || bars(found.view, caller)) return nothing_here();
  if (holds_office(caller, offices)) {
    if (!decides_or_manages(caller, found.view)) return nothing_here();
    return found;
  }
  NRM_TRY_ASSIGN(const bool tied, related(store, caller, id, found.view));
  if (!tied) return nothing_here();
  return found;
}

Result<Found<ReferralView>> find_referral(const Store& store, const Appointments& offices,
                                          const Actor& caller, const Uuid& id) {
  NRM_TRY_ASSIGN(auto found, find_view<ReferralView>(store, id));
  if (Bars(store, caller).cover(found.view.subject)) return nothing_here();
  if (caller.role == Role::service_provider && found.view.organisation == caller.organisation)
    return found;
  if (is_appointed(caller, offices) && caller.role != Role::competent_authority) return found;
  // Of a case that was handed over, who has it now, and nobody who had it before.
  if (caller.role == Role::first_responder || caller.role == Role::competent_authority ||
      caller.role == Role::case_manager) {
    NRM_TRY(find_case(store, offices, caller, found.view.subject));
    return found;
  }
  return nothing_here();
}

bool has_broken_glass(const Store& store, const Actor& caller, const Uuid& subject) {
  const auto row =
      store.get(Family::rows, row_key({"glass", caller.account.text(), subject.text()}));
  return row && row->has_value();
}
}  // namespace nrm::gateway
