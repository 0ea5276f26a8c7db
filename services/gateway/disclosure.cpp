#include "services/gateway/disclosure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "common/base/json_text.hpp"
#include "common/event/fhir_task.hpp"
#include "common/step/desk.hpp"

namespace nrm::gateway {
Error nothing_here() { return Error(Code::not_found, "", "there is nothing here for you"); }

namespace {
bool is_office(Role role) {
  return role == Role::competent_authority || role == Role::case_manager || role == Role::operator_;
}

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

// A first responder learns what became of the report, not where the person is.
constexpr std::string_view reporter_events[] = {
    ReportReceived::type,      NotificationRecorded::type,  FirstStageOverdue::type,
    FirstStageDecided::type,   RecoveryPeriodStarted::type, RecoveryPeriodEnded::type,
    SecondStageOverdue::type,  SecondStageDecided::type,    ReconsiderationWindowClosed::type,
    IdentificationEnded::type, SupportOpened::type,         SupportEnded::type,
    CaseClosed::type,          IdentificationResumed::type, SignalReceived::type,
    SignalOverdue::type,       SignalResolved::type,        ScreeningRecorded::type,
    AgeAssessed::type,         InformationRequested::type,  InformationAnswered::type,
    InformationOverdue::type,  RouteChanged::type,          RecoveryPeriodExtended::type,
    ContactAttempted::type,    ContactLost::type,           ContactRegained::type,
    FurtherEpisodeOpened::type};
// A provider learns how the support goes; of referrals and services only its own.
constexpr std::string_view supporter_events[] = {
    ConsentRecorded::type,    SupportOpened::type,
    PlanOverdue::type,        PlanAgreed::type,
    ReviewOverdue::type,      ReviewHeld::type,
    SupportEnded::type,       CaseClosed::type,
    ContactRecorded::type,    RiskAssessed::type,
    NeedsAssessed::type,      PreferencesRecorded::type,
    ContactRulesSet::type,    ProcedureOpened::type,
    ProcedureRecorded::type,  ProcedureDue::type,
    ProcedureEnded::type,     AlarmRaised::type,
    AlarmEscalated::type,     AlarmEnded::type,
    IncidentReported::type,   IncidentClosed::type,
    MoveOnStarted::type,      MoveOnExtended::type,
    TransitionAgreed::type,   MoveOnPassed::type,
    ReachInOpened::type,      TransitionEnded::type,
    ChildPathwayOpened::type, GuardianNoted::type,
    EducationRecorded::type,  BestInterestsDetermined::type,
    ChildPathwayEnded::type,  SupportFileReopened::type,
    CaseReopened::type};

// The person learns what is decided, what was agreed, and who saw what.
constexpr std::string_view person_events[] = {DossierSealed::type,
                                              ConsentRecorded::type,
                                              DossierOpened::type,
                                              GuardianAppointed::type,
                                              GuardianshipEnded::type,
                                              BreakGlassStarted::type,
                                              EmergencyReviewed::type,
                                              WithdrawalNotified::type,
                                              WithdrawalAcknowledged::type,
                                              OpeningApproved::type,
                                              PlanAgreed::type,
                                              ReviewHeld::type,
                                              NeedsAssessed::type,
                                              PreferencesRecorded::type,
                                              ContactRulesSet::type,
                                              ProcedureOpened::type,
                                              ProcedureRecorded::type,
                                              ProcedureEnded::type,
                                              MoveOnStarted::type,
                                              MoveOnExtended::type,
                                              TransitionAgreed::type,
                                              ReachInOpened::type,
                                              TransitionEnded::type,
                                              BestInterestsDetermined::type,
                                              EducationRecorded::type,
                                              PersonInformed::type,
                                              CaseReopened::type,
                                              CaseHandedOver::type,
                                              ReferralConsentOverridden::type};

// An entry of the ledger that names other organisations is theirs and the person's.
bool names_only(json::Value recipients, const std::string& organisation) {
  if (!recipients) return true;
  for (const json::Value one : recipients)
    if (one.text() != organisation) return false;
  return true;
}

bool bars(const CaseView& view, const Actor& caller) {
  return std::ranges::any_of(view.denied, [&](const Denied& one) {
    return one.account == caller.account || one.organisation == caller.organisation;
  });
}

// What a provider's own act leads to. Declining is not here: the same record offers the referral to
// the next provider.
constexpr std::string_view provider_results[] = {ReferralAcknowledged::type,
                                                 ReferralAccepted::type,
                                                 ReferralWaitlisted::type,
                                                 PlaceReserved::type,
                                                 ProviderRegistered::type,
                                                 ProviderCapacityChanged::type,
                                                 ProviderOfferingChanged::type,
                                                 ReferralStarted::type,
                                                 ReferralHeld::type,
                                                 ReferralResumed::type,
                                                 ServiceGiven::type,
                                                 DossierOpened::type,
                                                 AccountOpened::type,
                                                 OrganisationOpened::type,
                                                 ConsentRecorded::type,
                                                 PlanAgreed::type,
                                                 ReviewHeld::type,
                                                 ContactRecorded::type,
                                                 RiskAssessed::type,
                                                 NeedsAssessed::type,
                                                 PreferencesRecorded::type,
                                                 ContactRulesSet::type,
                                                 ProcedureOpened::type,
                                                 ProcedureRecorded::type,
                                                 ProcedureEnded::type,
                                                 AlarmRaised::type,
                                                 AlarmEnded::type,
                                                 TransitionAgreed::type,
                                                 EducationRecorded::type,
                                                 OrganisationKeyRegistered::type,
                                                 OrganisationKeyRevoked::type};
constexpr std::string_view reporter_results[] = {ReportReceived::type,
                                                 NotificationRecorded::type,
                                                 ConsentRecorded::type,
                                                 DossierOpened::type,
                                                 AccountOpened::type,
                                                 OrganisationOpened::type,
                                                 OrganisationKeyRegistered::type,
                                                 OrganisationKeyRevoked::type};

bool is_one_of(std::span<const std::string_view> list, std::string_view type) {
  return std::ranges::find(list, type) != list.end();
}

// The numbers of a strong entity tag, "3" or "0.2.1.0.0".
template <std::size_t N>
Result<std::array<std::uint64_t, N>> read_tag(std::string_view field) {
  std::array<std::uint64_t, N> out{};
  const Error fault(Code::bad_request, "", "If-Match takes the one ETag that you were given");
  if (field.size() < 3 || field.front() != '"' || field.back() != '"') return fault;
  const char* at = field.data() + 1;
  const char* const end = field.data() + field.size() - 1;
  for (std::size_t i = 0; i < N; ++i) {
    const auto [next, wrong] = std::from_chars(at, end, out[i]);
    if (wrong != std::errc() || (i + 1 < N ? next == end || *next != '.' : next != end))
      return fault;
    at = next + 1;
  }
  return out;
}
}  // namespace

json::Document& scratch() {
  thread_local json::Document document;
  return document;
}

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

namespace {
// What this organisation may know of the ledger: the entries that count for it, and not who else
// they name.
void narrow(std::vector<Consent>& consents, const OrganisationId& organisation) {
  std::erase_if(consents, [&](const Consent& one) {
    return !one.recipients.empty() &&
           std::ranges::find(one.recipients, organisation) == one.recipients.end();
  });
  for (Consent& one : consents)
    if (!one.recipients.empty()) one.recipients = {organisation};
}
}  // namespace

CaseItem disclose(const CaseId& id, const CaseView& view, const Actor& caller, Detail detail) {
  CaseItem out;
  out.case_ = id;
  out.reference = view.reference;
  out.reported_at = view.reported_at.value_or(Instant{});
  out.support_status = view.support;
  out.closure_status = view.closure;
  const bool office = is_office(caller.role);
  if (office || caller.role == Role::first_responder || is_of_one_case(caller.role)) {
    out.identification_status = view.status;
    out.due = view.due;
    out.overdue = view.overdue;
    out.reporter = view.reporter;
    out.owner = view.owner;
    out.manager = view.manager;
  }
  if (office || caller.role == Role::service_provider) out.support_due = view.support_due;
  if (office) {
    out.closure_reason = view.closure_reason;
    out.approve_by = view.approve_by;
    out.kept_until = view.kept_until;
  }
  if (detail == Detail::item) return out;
  if (caller.role != Role::operator_) out.consents = view.consents;
  if (!office && !is_of_one_case(caller.role)) narrow(out.consents, caller.organisation);
  if (!office) return out;
  out.person_informed = view.informed;
  for (const OpenObligation& open : view.obligations)
    if (std::ranges::find(out.open_obligations, open.obligation) == out.open_obligations.end())
      out.open_obligations.push_back(open.obligation);
  return out;
}

ReferralItem disclose(const ReferralId& id, const ReferralView& view, const Actor& caller) {
  ReferralItem out;
  out.referral = id;
  out.case_ = view.subject;
  out.service = view.service;
  out.status = view.status;
  const FhirTask task = fhir_task(view.status);
  out.task_status = task.status;
  if (!task.business_status.empty()) out.task_business_status = task.business_status;
  out.since = view.since;
  const bool office = caller.role == Role::case_manager || caller.role == Role::competent_authority;
  const bool addressee = caller.role == Role::service_provider;
  if (office || addressee) {
    out.profile = view.profile;
    out.due = view.due;
    out.provider = view.provider;
    out.position = view.position;
  }
  if (caller.role != Role::first_responder) out.urgency = view.profile.urgency;
  if (office) {
    out.organisation = view.organisation;
    out.attempt = view.attempt;
  }
  if (is_office(caller.role)) {
    out.owner = view.owner;
    out.escalation = view.escalation;
    out.overdue = view.overdue;
    out.level = view.level;
    out.by_hand = view.by_hand;
    out.proposed = view.proposed;
    out.follows = view.follows;
    if (view.at_risk) out.at_risk = true;
  }
  // The overseer's notice of a consent that was overridden.
  if (is_office(caller.role) || caller.role == Role::auditor) {
    out.override_until = view.override_until;
    out.override_ground = view.override_ground;
  }
  return out;
}

WithdrawalItem disclose(const WithdrawalId& id, const WithdrawalView& view) {
  return {id, view.subject, view.purpose, view.recipient, view.due, view.overdue};
}

TransnationalItem disclose(const TransnationalId& id, const TransnationalView& view) {
  return {id,         view.subject, view.owner,   view.focal_point, view.country,   view.item,
          view.since, view.due,     view.overdue, view.outcome,     view.revocation};
}

GroupEventItem disclose(const GroupEventId& id, const GroupView& view) {
  return {id,          view.organisation, view.owner, view.what, view.region, view.on,
          view.people, view.reported,     view.since, view.due,  view.overdue};
}

SealedEntry disclose(const SealedItemId& id, const SealedItemView& view, const Actor& caller,
                     Instant now) {
  SealedEntry out{id, view.class_, view.version, view.sender, view.stored_at, {}, {}};
  for (const SealedCopy& copy : view.copies)
    if (copy.organisation == caller.organisation) out.keys.push_back(copy.key);
  for (const WaitingReader& one : view.waiting)
    if (one.organisation == caller.organisation && one.until >= now)
      out.waiting.push_back({one.account, one.until, one.approved});
  return out;
}

bool may_see_record(const Actor& caller, std::string_view record) {
  switch (caller.role) {
    case Role::competent_authority:
    case Role::case_manager:
    case Role::operator_:
    case Role::auditor:
      return true;  // they send only what their office may know
    case Role::first_responder:
    case Role::service_provider:
      break;
    case Role::person:
    case Role::guardian:
    case Role::witness:
      return false;
  }
  if (!scratch().parse_trusted(record)) return false;
  const std::span<const std::string_view> mine =
      caller.role == Role::first_responder ? std::span<const std::string_view>(reporter_results)
                                           : std::span<const std::string_view>(provider_results);
  for (const json::Value event : scratch().root().find("events"))
    if (!is_one_of(mine, event.find("type").text())) return false;
  return true;
}

namespace {
// Of an offer, these are about the others and about the case: the provider that got it needs none.
constexpr std::string_view not_for_providers[] = {"chosen_for", "excluded", "consent"};

void append_without(std::string& out, json::Value object,
                    std::span<const std::string_view> left_out) {
  out += '{';
  bool first = true;
  for (const json::Value member : object) {
    if (is_one_of(left_out, member.key())) continue;
    if (!first) out += ',';
    first = false;
    json::append_string(out, member.key());
    out += ':';
    json::append_value(out, member);
  }
  out += '}';
}
}  // namespace

std::string event_for(const Actor& caller, std::string_view row) {
  std::string out(row);
  const auto data = out.find(",\"data\":");
  CHECK(data != out.npos, "a row of a timeline has its data last");
  if (caller.role == Role::operator_) {
    out.replace(data, std::string::npos, "}");
  } else if (caller.role == Role::service_provider && scratch().parse_trusted(row) &&
             scratch().root().find("type").text() == ReferralOffered::type) {
    out.resize(data + std::string_view(",\"data\":").size());
    append_without(out, scratch().root().find("data"), not_for_providers);
    out += '}';
  }
  return out;
}

bool may_see_facts(Role role) {
  return role == Role::competent_authority || role == Role::case_manager ||
         role == Role::first_responder;
}

bool may_see_event(const Actor& caller, json::Value row) {
  const auto type = row.find("type").text();
  if (caller.role == Role::competent_authority) return !is_assistance_note(type);
  if (is_office(caller.role)) return true;
  if (caller.role == Role::first_responder) return is_one_of(reporter_events, type);
  if (is_of_one_case(caller.role))
    return is_one_of(reporter_events, type) || is_one_of(person_events, type);
  if (caller.role != Role::service_provider) return false;
  if (type == ConsentRecorded::type)
    return names_only(row.find("data").find("consent").find("recipients"),
                      caller.organisation.text());
  if (is_one_of(supporter_events, type)) return true;
  const json::Value holder = row.find("provider_organisation");
  return holder && holder.text() == caller.organisation.text();
}

std::string case_tag(const Versions& versions) {
  std::string out = "\"";
  for (const std::uint32_t one : {versions.vault, versions.identification, versions.referral,
                                  versions.assistance, versions.closure}) {
    if (out.size() > 1) out += '.';
    out += std::to_string(one);
  }
  return out + '"';
}
std::string referral_tag(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

Result<std::uint64_t> read_case_tag(std::string_view field, Service service) {
  NRM_TRY_ASSIGN(const auto numbers, read_tag<5>(field));
  const auto at = static_cast<std::size_t>(service);
  if (at >= numbers.size())  // the audit's, say: its own log has nothing of a case to be compared
    return Error(Code::bad_request, "", "this is not decided by a version: leave If-Match out");
  return numbers[at];
}
Result<std::uint64_t> read_referral_tag(std::string_view field) {
  NRM_TRY_ASSIGN(const auto numbers, read_tag<1>(field));
  return numbers[0];
}
}  // namespace nrm::gateway
