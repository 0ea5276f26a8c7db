#include "services/gateway/disclosure.hpp"

#include <algorithm>
#include <span>

#include "common/base/json_text.hpp"
#include "common/event/fhir_task.hpp"

namespace nrm::gateway {
namespace {
bool is_office(Role role) {
  return role == Role::competent_authority || role == Role::case_manager || role == Role::operator_;
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
}  // namespace

json::Document& scratch() {
  thread_local json::Document document;
  return document;
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

CaseItem disclose(const CaseId& id, const CaseView& view, const Actor& caller, Detail detail,
                  bool walled) {
  CaseItem out;
  out.case_ = id;
  out.reference = view.reference;
  out.reported_at = view.reported_at.value_or(Instant{});
  // That support runs or has ended is no secret; how far it is, is.
  const bool runs = view.support != SupportStatus::none && view.support != SupportStatus::ended;
  out.support_status = walled && runs ? SupportStatus::opened : view.support;
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
  if (!walled && (office || caller.role == Role::service_provider))
    out.support_due = view.support_due;
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

std::optional<Uuid> subject_of(const Store& store, const StreamKey& stream) {
  if (stream.kind == StreamKind::case_) return stream.id;
  const auto stored = store.get(Family::state, keys::state(stream));
  json::Document document;
  if (!stored || !*stored || !document.parse_trusted(**stored)) return std::nullopt;
  const json::Value state = document.root().find("state");
  const json::Value subject = state ? state.find("subject") : json::Value();
  return subject && subject.kind() == json::Kind::string ? Uuid::parse(subject.text())
                                                         : std::nullopt;
}

bool cover_record(const Bars& bars, const Store& store, std::string_view record) {
  json::Document document;
  if (!document.parse_trusted(record)) return true;
  const json::Value input = document.root().find("input");
  const json::Value told = input ? input.find("data") : json::Value();
  if (told && told.kind() == json::Kind::object)
    for (const json::Value member : told) {
      const auto id =
          member.kind() == json::Kind::string ? Uuid::parse(member.text()) : std::optional<Uuid>();
      if (id && bars.cover(*id)) return true;
    }
  const json::Value events = document.root().find("events");
  if (!events || events.kind() != json::Kind::array) return false;
  for (const json::Value event : events) {
    const json::Value named = event.find("stream");
    const auto stream = named ? StreamKey::parse(named.text()) : std::nullopt;
    const auto subject = stream ? subject_of(store, *stream) : std::nullopt;
    if (subject && bars.cover(*subject)) return true;
  }
  return false;
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
}  // namespace nrm::gateway
