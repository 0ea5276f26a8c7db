#include "services/gateway/route_table.hpp"

#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
using enum Role;
constexpr RoleSet nobody_asked{};
constexpr RoleSet everybody{
    first_responder, competent_authority, case_manager, service_provider, auditor, operator_};
constexpr RoleSet case_readers{first_responder,  competent_authority, case_manager,
                               service_provider, operator_,           person,
                               guardian};
constexpr RoleSet all_roles{
    first_responder, competent_authority, case_manager, service_provider, person,
    auditor,         operator_,           guardian,     witness};
constexpr RoleSet case_workers{first_responder, competent_authority, case_manager,
                               service_provider};
constexpr RoleSet provers{first_responder, competent_authority, case_manager, service_provider,
                          auditor,         operator_,           witness};
constexpr std::string_view paged = "cursor limit";

// clang-format off
const Route table[] = {
    // Reports
    {"POST", "/v1/reports", {first_responder}, "Report a person, formally or anonymously",
     "", "ReportForm", "ReportTaken", 201,
     {SealDossier::type, SubmitReport::type, SubmitNotification::type}, post_report},

    // Cases
    {"GET", "/v1/cases", case_readers,
     "Cases, newest first; a first responder's own, a person's one; a provider: one by its "
     "reference", "cursor limit queue status reference", "", "CaseItem[]", 200, {}, get_cases},
    {"GET", "/v1/cases/{id}", case_readers, "One case", "", "", "CaseItem", 200, {}, get_case},
    {"GET", "/v1/cases/{id}/receipt", {first_responder, competent_authority, case_manager},
     "Proof that the report is in the log (C2SP tlog-proof)", "", "", "text/plain", 200, {},
     get_case_receipt},
    {"GET", "/v1/cases/{id}/timeline", case_readers, "What happened, in order", paged,
     "", "TimelineItem[]", 200, {}, get_timeline},
    {"GET", "/v1/cases/{id}/referrals", case_readers, "The referrals of a case", paged,
     "", "ReferralItem[]", 200, {}, get_case_referrals},
    {"POST", "/v1/cases/{id}/openings", case_workers,
     "Open sealed fields for a purpose; recorded before they leave", "",
     "OpeningForm", "Opened", 200, {OpenDossier::type}, post_opening},
    {"POST", "/v1/cases/{id}/consents", {first_responder, competent_authority, case_manager,
     service_provider, person, guardian}, "Record a consent given or withdrawn", "",
     "ConsentForm", "Done", 200, {RecordConsent::type}, submit<ConsentForm>},
    {"POST", "/v1/cases/{id}/opening-proposals", {case_manager, competent_authority},
     "Propose an opening that needs a second person", "", "ProposalForm", "ProposalCreated", 201,
     {ProposeOpening::type}, create<ProposalForm, OpeningProposed, ProposalCreated>},
    {"POST", "/v1/proposals/{id}/approval", {case_manager, competent_authority},
     "Approve what a colleague proposed to open", "", "ProposalApprovalForm", "Done", 200,
     {ApproveOpening::type}, submit<ProposalApprovalForm>},
    {"POST", "/v1/cases/{id}/broken-glass", case_workers,
     "Open for an hour where life is at risk; reviewed afterwards", "", "BreakGlassForm", "Done",
     200, {BreakGlass::type}, submit<BreakGlassForm>},
    {"POST", "/v1/emergencies/{id}/review", {auditor}, "Review a broken glass", "",
     "EmergencyReviewForm", "Done", 200, {ReviewEmergency::type}, submit<EmergencyReviewForm>},
    {"POST", "/v1/cases/{id}/guardians", {case_manager}, "Appoint a guardian's account", "",
     "GuardianForm", "Done", 200, {AppointGuardian::type}, submit<GuardianForm>},
    {"POST", "/v1/cases/{id}/guardianship-ends", {case_manager}, "End a guardianship", "",
     "GuardianshipEndForm", "Done", 200, {EndGuardianship::type}, submit<GuardianshipEndForm>},
    {"POST", "/v1/cases/{id}/conflicts", {first_responder, competent_authority, case_manager,
     service_provider, guardian}, "Declare your conflict of interest; the case is gone for you", "",
     "ConflictForm", "Done", 200, {DeclareConflict::type}, submit<ConflictForm>},
    {"POST", "/v1/cases/{id}/denials", {case_manager},
     "Deny the case to an account or organisation", "", "DenialForm", "Done", 200,
     {DenyAccess::type}, submit<DenialForm>},
    {"POST", "/v1/cases/{id}/denial-ends", {case_manager}, "Lift a denial", "", "DenialEndForm",
     "Done", 200, {LiftDenial::type}, submit<DenialEndForm>},
    {"GET", "/v1/withdrawals", case_workers, "Withdrawn consents that you have to obey, by due",
     paged, "", "WithdrawalItem[]", 200, {}, get_withdrawals},
    {"POST", "/v1/withdrawals/{id}/acknowledgement", case_workers,
     "Say what was done about a withdrawal", "", "WithdrawalForm", "Done", 200,
     {AcknowledgeWithdrawal::type}, submit<WithdrawalForm>},
    {"GET", "/v1/notices/stream", {first_responder, competent_authority, case_manager,
     service_provider, auditor}, "Withdrawals, broken glass, anomalies as server-sent CloudEvents",
     "after", "", "text/event-stream", 200, {}, get_notices_stream},
    {"POST", "/v1/cases/{id}/first-stage-decision", {competent_authority},
     "Decide the first stage", "", "FirstStageForm", "Done", 200, {DecideFirstStage::type},
     submit<FirstStageForm>},
    {"POST", "/v1/cases/{id}/second-stage-decision", {competent_authority},
     "Decide the second stage", "", "SecondStageForm", "Done", 200, {DecideSecondStage::type},
     submit<SecondStageForm>},
    {"POST", "/v1/cases/{id}/referrals", {case_manager}, "Refer a need of the person", "",
     "ReferralForm", "ReferralCreated", 201, {RequestReferral::type},
     create<ReferralForm, ReferralRequested, ReferralCreated>},
    {"POST", "/v1/cases/{id}/plan", {case_manager, service_provider},
     "Agree the support plan with the person", "", "PlanForm", "Done", 200, {AgreePlan::type},
     submit<PlanForm>},
    {"POST", "/v1/cases/{id}/services", {service_provider}, "Record a service given", "",
     "ServiceForm", "Done", 200, {RecordService::type}, submit<ServiceForm>},
    {"POST", "/v1/cases/{id}/reviews", {case_manager, service_provider},
     "Record a review of the plan", "", "ReviewForm", "Done", 200, {HoldReview::type},
     submit<ReviewForm>},
    {"POST", "/v1/cases/{id}/service-ends", {case_manager, service_provider}, "End a service", "",
     "ServiceEndForm", "Done", 200, {EndService::type}, submit<ServiceEndForm>},
    {"POST", "/v1/cases/{id}/information", {case_manager}, "Record that the person was informed",
     "", "InformationForm", "Done", 200, {InformPerson::type}, submit<InformationForm>},
    {"POST", "/v1/cases/{id}/closure-request", {case_manager}, "Ask to close the case", "",
     "ClosureForm", "Done", 200, {RequestClosure::type}, submit<ClosureForm>},
    {"POST", "/v1/cases/{id}/closure-approval", {case_manager, competent_authority},
     "Approve the closure; never who asked for it", "", "ClosureApprovalForm", "Done", 200,
     {ApproveClosure::type}, submit<ClosureApprovalForm>},
    {"POST", "/v1/cases/{id}/closure-refusal", {case_manager, competent_authority},
     "Refuse the closure", "", "ClosureRefusalForm", "Done", 200, {RefuseClosure::type},
     submit<ClosureRefusalForm>},
    {"POST", "/v1/cases/{id}/erasure-request", {case_manager},
     "Ask to erase the person's data; a second person confirms", "", "ErasureForm", "Done", 200,
     {EraseCase::type}, submit<ErasureForm>},
    {"POST", "/v1/cases/{id}/erasure-confirmation", {case_manager, competent_authority},
     "Confirm an erasure; never who asked for it", "", "ErasureConfirmationForm", "Done", 200,
     {ConfirmErasure::type}, submit<ErasureConfirmationForm>},
    {"POST", "/v1/cases/{id}/erasure-cancellation", {case_manager, competent_authority},
     "Call an erasure off", "", "ErasureCancellationForm", "Done", 200, {CancelErasure::type},
     submit<ErasureCancellationForm>},
    {"GET", "/v1/cases/{id}/erasure", {case_manager},
     "The receipt of an erasure: every place where something was or is", "", "", "ErasureItem", 200,
     {}, get_erasure},
    {"POST", "/v1/cases/{id}/subject-access", {case_manager},
     "Everything kept about the person, for the person; recorded as an opening first", "",
     "SubjectAccessForm", "SubjectAccess", 200, {OpenDossier::type}, post_subject_access},
    {"GET", "/v1/queues/{name}", {competent_authority, case_manager, operator_, auditor},
     "A work queue, what is due first", paged, "", "QueueItem[]", 200, {}, get_queue},

    // Referrals
    {"GET", "/v1/inbox", {service_provider}, "Offers, waiting list and running referrals",
     "cursor limit status", "", "ReferralItem[]", 200, {}, get_inbox},
    {"GET", "/v1/inbox/stream", {service_provider}, "News of the inbox as server-sent CloudEvents",
     "after", "", "text/event-stream", 200, {}, get_inbox_stream},
    {"GET", "/v1/referrals/{id}", case_workers, "One referral", "", "", "ReferralItem", 200, {},
     get_referral},
    {"POST", "/v1/referrals/{id}/acknowledgement", {service_provider}, "Acknowledge an offer", "",
     "AcknowledgementForm", "Done", 200, {AcknowledgeOffer::type}, submit<AcknowledgementForm>},
    {"POST", "/v1/referrals/{id}/acceptance", {service_provider}, "Accept an offer", "",
     "AcceptanceForm", "Done", 200, {AcceptOffer::type}, submit<AcceptanceForm>},
    {"POST", "/v1/referrals/{id}/waitlisting", {service_provider},
     "Put the person on the waiting list", "", "WaitlistingForm", "Done", 200,
     {WaitlistOffer::type}, submit<WaitlistingForm>},
    {"POST", "/v1/referrals/{id}/refusal", {service_provider}, "Decline an offer, with its reason",
     "", "RefusalForm", "Done", 200, {DeclineOffer::type}, submit<RefusalForm>},
    {"POST", "/v1/referrals/{id}/cancellation", {case_manager}, "Cancel a referral", "",
     "CancellationForm", "Done", 200, {CancelReferral::type}, submit<CancellationForm>},
    {"POST", "/v1/referrals/{id}/retry", {case_manager}, "Ask the providers again", "",
     "RetryForm", "Done", 200, {RetryReferral::type}, submit<RetryForm>},

    // Registry
    {"POST", "/v1/organisations", {operator_}, "Register an organisation", "",
     "OrganisationForm", "OrganisationCreated", 201, {RegisterOrganisation::type},
     create<OrganisationForm, OrganisationRegistered, OrganisationCreated>},
    {"GET", "/v1/organisations", everybody, "Organisations by name", "cursor limit name", "",
     "OrganisationItem[]", 200, {}, get_organisations},
    {"POST", "/v1/accounts", {operator_}, "Issue an account; its token is shown once", "",
     "AccountForm", "AccountCreated", 201, {IssueAccount::type}, post_account},
    {"POST", "/v1/accounts/{id}/revocation", {operator_}, "Revoke an account", "",
     "RevocationForm", "Done", 200, {RevokeAccount::type}, post_revocation},
    {"POST", "/v1/accounts/{id}/anomaly-review", {auditor}, "Review an account's anomaly", "",
     "AnomalyReviewForm", "Done", 200, {ReviewAnomaly::type}, submit<AnomalyReviewForm>},
    {"POST", "/v1/sessions", nobody_asked, "Sign in with a password and a code", "",
     "SessionForm", "SessionCreated", 201, {OpenSession::type}, post_session},
    {"DELETE", "/v1/sessions/current", all_roles,
     "Sign out: end the session that this is asked with", "", "", "Done", 200, {EndSession::type},
     delete_session},
    {"POST", "/v1/accounts/{id}/password", nobody_asked,
     "Change a password, with it and a code; all sessions end, the next one is shown once", "",
     "PasswordForm", "PasswordCreated", 201, {ChangePassword::type}, post_password},
    {"POST", "/v1/providers", {service_provider, case_manager, operator_},
     "Register a service with its places", "", "ProviderForm", "ProviderCreated", 201,
     {RegisterProvider::type}, create<ProviderForm, ProviderRegistered, ProviderCreated>},
    {"GET", "/v1/providers", {service_provider, competent_authority, case_manager, operator_},
     "Services; a provider's own", paged, "", "ProviderItem[]", 200, {}, get_providers},
    {"POST", "/v1/providers/{id}/capacity", {service_provider, case_manager},
     "Change the number of places", "", "CapacityForm", "Done", 200, {ChangeCapacity::type},
     submit<CapacityForm>},

    // Organisations' keys, and what clients seal to them
    {"POST", "/v1/organisations/{id}/keys", case_workers,
     "Register the public keys of one's organisation", "", "OrganisationKeyForm",
     "OrganisationKeyCreated", 201, {RegisterOrganisationKey::type},
     create<OrganisationKeyForm, OrganisationKeyRegistered, OrganisationKeyCreated>},
    {"GET", "/v1/organisations/{id}/keys", everybody, "An organisation's keys, with fingerprints",
     paged, "", "OrganisationKeyItem[]", 200, {}, get_organisation_keys},
    {"POST", "/v1/organisation-keys/{id}/approval", {operator_, auditor},
     "Approve a key after comparing its fingerprint out of band", "", "KeyApprovalForm", "Done",
     200, {ApproveOrganisationKey::type}, submit<KeyApprovalForm>},
    {"POST", "/v1/organisation-keys/{id}/revocation", everybody,
     "Revoke a key of one's organisation; as operator any", "", "KeyRevocationForm", "Done", 200,
     {RevokeOrganisationKey::type}, submit<KeyRevocationForm>},
    {"POST", "/v1/cases/{id}/sealed-items", {case_manager, service_provider},
     "Store what a client sealed to organisations", "", "SealedItemForm", "SealedItemCreated", 201,
     {StoreSealedItem::type}, post_sealed_item},
    {"GET", "/v1/cases/{id}/sealed-items", case_workers,
     "What one's organisation sealed, or has a copy of", paged, "", "SealedEntry[]", 200, {},
     get_sealed_items},
    {"POST", "/v1/sealed-items/{id}/requests", case_workers,
     "Ask to read where two people are needed", "", "SealedRequestForm", "Done", 200,
     {RequestSealedItem::type}, submit<SealedRequestForm>},
    {"POST", "/v1/sealed-items/{id}/approval", case_workers,
     "Approve a colleague's reading, within the hour", "", "SealedApprovalForm", "Done", 200,
     {ApproveSealedItem::type}, submit<SealedApprovalForm>},
    {"POST", "/v1/sealed-items/{id}/openings", case_workers,
     "Get one's boxes; recorded before they leave", "", "SealedOpeningForm", "SealedOpened", 200,
     {OpenSealedItem::type}, post_sealed_opening},

    // Operations
    {"GET", "/v1/status", {operator_, auditor}, "How far each log has been followed", "", "",
     "StatusItem", 200, {}, get_status},
    {"GET", "/v1/logs", {operator_, auditor, witness},
     "Each log's newest signed checkpoint, and the key that verifies it", "", "", "LogHeads", 200,
     {}, get_logs},
    {"GET", "/v1/logs/feed", {auditor},
     "All records as server-sent CloudEvents from any position, live; with Accept "
     "application/x-ndjson a page of them; a listing", "after case service type", "",
     "text/event-stream", 200, {}, get_log_feed},
    {"GET", "/v1/logs/{name}/checkpoint", {operator_, auditor, witness},
     "A log's newest signed checkpoint that the archive agrees with (C2SP tlog-tiles)", "", "",
     "text/plain", 200, {}, get_log_checkpoint},
    {"GET", "/v1/logs/{name}/tile/entries/{rest}", {auditor},
     "256 records of a log, or the first ones of them; a listing", "", "",
     "application/octet-stream", 200, {}, get_log_entries},
    {"GET", "/v1/logs/{name}/tile/{rest}", {auditor, witness},
     "256 hashes of a log's tree, or the first ones of them", "", "", "application/octet-stream",
     200, {}, get_log_tile},
    {"GET", "/v1/logs/{name}/consistency", provers,
     "That the log begins as a checkpoint over its first `from` records says", "from", "",
     "text/plain", 200, {}, get_log_consistency},
    {"GET", "/v1/logs/{name}/receipts/{rest}", everybody,
     "Proof that a record is in a log; of what one's organisation sent (C2SP tlog-proof)", "", "",
     "text/plain", 200, {}, get_log_receipt},
    {"POST", "/v1/publications", {competent_authority, auditor},
     "Propose figures for publication", "", "PublicationForm", "PublicationCreated", 201,
     {ProposePublication::type}, create<PublicationForm, PublicationProposed, PublicationCreated>},
    {"POST", "/v1/publications/{id}/approval", {competent_authority, auditor},
     "Approve figures that somebody else proposed, with the digest of one's own computation", "",
     "PublicationApprovalForm", "Done", 200, {ApprovePublication::type},
     submit<PublicationApprovalForm>},
    {"POST", "/v1/publications/{id}/refusal", {competent_authority, auditor},
     "Refuse figures that were proposed", "", "PublicationRefusalForm", "Done", 200,
     {RefusePublication::type}, submit<PublicationRefusalForm>},
    {"GET", "/v1/publications", {competent_authority, auditor}, "Releases of figures, newest first",
     paged, "", "PublicationItem[]", 200, {}, get_publications},
    {"GET", "/v1/sandbox/clock", {operator_}, "A sandbox's clock", "", "", "ClockItem", 200, {},
     get_clock},
    {"POST", "/v1/sandbox/clock", {operator_}, "Move a sandbox's clock forward", "",
     "AdvanceForm", "ClockItem", 200, {}, post_clock},
    {"GET", "/livez", nobody_asked, "The process runs", "", "", "application/health+json", 200, {},
     get_livez},
    {"GET", "/readyz", nobody_asked, "All services are reached", "", "",
     "application/health+json", 200, {}, get_readyz},
    {"GET", "/metrics", nobody_asked, "Prometheus metrics", "", "", "text/plain", 200, {},
     get_metrics},
};
// clang-format on

// The part of a path until the next '/', taken off its front.
std::string_view take_part(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end);
  return part;
}

bool matches(std::string_view pattern, std::string_view path, Match& match) {
  while (!pattern.empty() && !path.empty()) {
    if (pattern == "/{rest}") {
      match.rest = path.substr(1);
      return !match.rest.empty();
    }
    const auto wanted = take_part(pattern);
    const auto given = take_part(path);
    if (wanted == "{id}") {
      const auto id = Uuid::parse(given);
      if (!id) return false;
      match.id = *id;
    } else if (wanted == "{name}") {
      if (given.empty()) return false;
      match.name = given;
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}
}  // namespace

std::span<const Route> routes() { return table; }

Match find_route(std::string_view method, std::string_view path) {
  Match match;
  if (!path.starts_with('/')) return match;
  for (const Route& route : table) {
    if (!matches(route.pattern, path, match)) continue;
    if (route.method == method) {
      match.route = &route;
      return match;
    }
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += route.method;
    if (route.method == "GET") match.allowed += ", HEAD";
  }
  return match;
}
}  // namespace nrm::gateway
