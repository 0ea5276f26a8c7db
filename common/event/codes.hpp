// The closed code lists of the vocabulary. A name is never reused and never renamed; a new one may
// be added. Sources: domain.md, section c; labels for people are in schemas/codelists.json.
#pragma once
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/codes.hpp"
#include "common/base/text.hpp"

namespace nrm {
// A service: the owner of one log per partition (design.md, "The processes").
BOOST_DEFINE_ENUM_CLASS(Service, vault, identification, referral, assistance, closure, audit,
                        gateway)
// Those that own logs, in the order in which a case meets them; the first ones of Service.
inline constexpr Service log_owners[] = {Service::vault,    Service::identification,
                                         Service::referral, Service::assistance,
                                         Service::closure,  Service::audit};

BOOST_DEFINE_ENUM_CLASS(StreamKind, log, organisation, account, case_, referral, provider, keys,
                        withdrawal, emergency, proposal, key, item, duplicate, publication, budget)

// HTCDS org_Type and the UK first-responder types (domain.md, c9).
BOOST_DEFINE_ENUM_CLASS(OrganisationKind, police, border_guard, immigration_service,
                        labour_inspectorate, local_authority, health_service, ngo,
                        government_agency, hotline, closed_institution_monitor, consulate,
                        prison_service, competent_authority, case_management, service_provider,
                        auditor, operator_, witness)

BOOST_DEFINE_ENUM_CLASS(Role, first_responder, competent_authority, case_manager, service_provider,
                        person, auditor, operator_, guardian, witness)

BOOST_DEFINE_ENUM_CLASS(EntrySource, police_operation, border_check, labour_inspection,
                        hotline_call, ngo_outreach, health_visit, self_referral,
                        closed_institution_visit, consulate, awareness_campaign, other,
                        not_recorded)

// How the holder of an account proves to be it. Absent in a log: token, the only kind at first.
BOOST_DEFINE_ENUM_CLASS(AccountKind, token, certificate, oidc, password)
// What a credential may be used for, within what its role may do; none named: all of that.
BOOST_DEFINE_ENUM_CLASS(Scope, report, read, open, decide, refer, support, close, administer, audit)

// In the order in which the UK publishes combinations; an empty set is "not specified or unknown".
BOOST_DEFINE_ENUM_CLASS(Exploitation, sexual, labour, domestic, organ_harvesting, criminal,
                        forced_begging, forced_marriage, forced_adoption, surrogacy,
                        forced_military, other)
// "Labour, Domestic & Criminal", or as one published label has it "Labour, Domestic, Organ
// Harvesting".
BOOST_DEFINE_ENUM_CLASS(LabelStyle, ampersand, commas)

// HTCDS 2.0, MethodsOfControl (domain.md, c3).
BOOST_DEFINE_ENUM_CLASS(MeansOfControl, debt_bondage, takes_earnings, restricts_financial_access,
                        threats, psychological_abuse, physical_abuse, sexual_abuse, false_promises,
                        psychoactive_substances, restricts_movement, restricts_medical_care,
                        excessive_working_hours, uses_children, threat_of_law_enforcement,
                        withholds_necessities, withholds_documents, other)

BOOST_DEFINE_ENUM_CLASS(AgeBand, adult, child, unknown)

BOOST_DEFINE_ENUM_CLASS(Gender, female, male, transgender_female, transgender_male, non_conforming,
                        other, unknown, not_recorded)

BOOST_DEFINE_ENUM_CLASS(PlaceScope, in_country, abroad, both, unknown)

// The ILO's 11 indicators of forced labour (domain.md, c5).
BOOST_DEFINE_ENUM_CLASS(Indicator, abuse_of_vulnerability, deception, restriction_of_movement,
                        isolation, physical_and_sexual_violence, intimidation_and_threats,
                        retention_of_identity_documents, withholding_of_wages, debt_bondage,
                        abusive_conditions, excessive_overtime)
BOOST_DEFINE_ENUM_CLASS(Observed, present, absent, unknown, not_asked, refused)

// Council of Europe Convention, art. 12, and Primero's service types (domain.md, c8).
BOOST_DEFINE_ENUM_CLASS(ServiceType, safe_accommodation, medical, psychosocial, security,
                        legal_advice, livelihood, child_protection, family_mediation,
                        family_reunification, education, material_assistance, interpretation,
                        documentation, financial, return_assistance)

BOOST_DEFINE_ENUM_CLASS(Urgency, routine, urgent, emergency)

BOOST_DEFINE_ENUM_CLASS(ConsentPurpose, identification, support, data_sharing, research)
BOOST_DEFINE_ENUM_CLASS(ConsentGiver, individual, guardian, other)

// Classes of personal fields; consent and role open a class, never a single field. New ones go to
// the end: the number of a class is inside what is sealed.
BOOST_DEFINE_ENUM_CLASS(DataClass, identity, contact, safe_contact, narrative, medical, family,
                        shelter_location, staff_identity)
BOOST_DEFINE_ENUM_CLASS(OpeningPurpose, decision, support, safety, statutory_notice, own_request)

// Why a person's data is erased: GDPR art. 17(1)(b) and (c), (a), (d); a danger that lasts as long
// as the data does.
BOOST_DEFINE_ENUM_CLASS(ErasureGround, person_asked, retention_ended, unlawful, danger_to_life)
// Why life is at risk: what opens without consent, or without any relation (break-glass).
BOOST_DEFINE_ENUM_CLASS(EmergencyGround, threat_to_life, medical_emergency, person_missing,
                        self_harm, child_at_risk)
BOOST_DEFINE_ENUM_CLASS(ReviewOutcome, justified, not_justified)
BOOST_DEFINE_ENUM_CLASS(GuardianKind, parent, court_appointed, social_services, other)
BOOST_DEFINE_ENUM_CLASS(GuardianshipEndReason, came_of_age, replaced, conflict_of_interest,
                        ended_by_court, other)
BOOST_DEFINE_ENUM_CLASS(ConflictGround, family, acquaintance, financial, professional, other)
BOOST_DEFINE_ENUM_CLASS(DenialGround, conflict_of_interest, safety_of_person, asked_by_person,
                        under_investigation)
// What a recipient did when a consent was withdrawn.
BOOST_DEFINE_ENUM_CLASS(WithdrawalOutcome, stopped, purged, kept_legal_ground)
BOOST_DEFINE_ENUM_CLASS(AnomalyKind, openings, listing)

// Classes that only organisations open: sealed by their clients, to their keys. Apart from
// DataClass, so that no opening at the vault, break-glass included, can name one.
BOOST_DEFINE_ENUM_CLASS(SealedClass, shelter_location, staff_identity, medical, family)
BOOST_DEFINE_ENUM_CLASS(KeyStatus, registered, approved, revoked)
BOOST_DEFINE_ENUM_CLASS(KeyRevocation, replaced, compromised, organisation_left)
BOOST_DEFINE_ENUM_CLASS(KeyAnomaly, unapproved_key, revoked_key, fingerprint_differs)
BOOST_DEFINE_ENUM_CLASS(DuplicateGround, name_and_birth, document_number, phone)

BOOST_DEFINE_ENUM_CLASS(Outcome, positive, negative)
BOOST_DEFINE_ENUM_CLASS(DecisionGround, evidence_sufficient, evidence_insufficient,
                        outside_definition, person_withdrew)

BOOST_DEFINE_ENUM_CLASS(IdentificationStatus, reported, negative_first_stage, recovery_period,
                        awaiting_second_stage, confirmed, not_confirmed, notified_anonymous, ended)

BOOST_DEFINE_ENUM_CLASS(ReferralStatus, awaiting_consent, offered, acknowledged, accepted,
                        waitlisted, escalated, completed, cancelled)
BOOST_DEFINE_ENUM_CLASS(DeclineReason, no_capacity, outside_mandate, outside_area, safety_conflict,
                        age_or_sex_mix, language_not_available, medical_need_beyond_service,
                        person_did_not_arrive, person_declined, duplicate, funding_ended, other)
BOOST_DEFINE_ENUM_CLASS(CancelReason, case_closed, consent_withdrawn, person_declined,
                        need_met_otherwise, entered_in_error)
BOOST_DEFINE_ENUM_CLASS(EscalationReason, nobody_left, no_match, awaiting_consent_too_long)

BOOST_DEFINE_ENUM_CLASS(SupportStatus, none, opened, plan_agreed, in_support, ended)
BOOST_DEFINE_ENUM_CLASS(PlanGoal, safety, health, housing, legal_status, income, education, family,
                        return_home)
BOOST_DEFINE_ENUM_CLASS(ServiceEndReason, goals_met, person_left, transferred, contact_lost,
                        case_closed, other)

BOOST_DEFINE_ENUM_CLASS(ClosureStatus, open, requested, closed)
BOOST_DEFINE_ENUM_CLASS(Obligation, identification_running, referral_open, support_running,
                        person_not_informed)
BOOST_DEFINE_ENUM_CLASS(InformChannel, in_person, safe_phone, safe_address, through_representative)
BOOST_DEFINE_ENUM_CLASS(ClosureReason, plan_completed, person_left, contact_lost, not_a_victim,
                        transferred_provider, transferred_abroad, returned_voluntarily,
                        granted_other_protection, detained_or_removed, disqualified, died,
                        merged_duplicate, opened_in_error, anonymous_only)

// The clocks that deciders set. A pack gives each its length (step/policy.hpp).
BOOST_DEFINE_ENUM_CLASS(ClockName, first_stage, recovery, second_stage, reconsideration,
                        answer_offer, waitlist_review, awaiting_consent, escalation, plan, review,
                        closure_approval, report_follows, key_epoch, key_retirement, erasure_answer,
                        erasure_hold, withdrawal_acknowledgement, break_glass_review,
                        opening_approval, publication_approval)

// What runs out with this clock cannot be undone, so it waits for everything it may depend on.
constexpr bool destroys(ClockName clock) {
  return clock == ClockName::report_follows || clock == ClockName::erasure_hold;
}

// How published figures protect people. exact: as counted, for those who may see small numbers.
// suppressed: threshold, secondary suppression, rounding. differentially_private: noise.
BOOST_DEFINE_ENUM_CLASS(ReleaseRule, exact, suppressed, differentially_private)
BOOST_DEFINE_ENUM_CLASS(ReleaseFormat, csv, csv_bom, json, xlsx)
BOOST_DEFINE_ENUM_CLASS(PublicationStatus, proposed, published, revised, refused, lapsed)
BOOST_DEFINE_ENUM_CLASS(PublicationRefusal, figures_differ, too_detailed, wrong_terms, not_due,
                        other)

// What a process's own key is for: signing its log, or its connections.
BOOST_DEFINE_ENUM_CLASS(KeyUse, log, curve)

// ISO 3166-1 alpha-2; ZZ (user-assigned) = unknown.
class Country {
 public:
  Country() = default;
  static std::optional<Country> parse(std::string_view text);
  void append_to(std::string& out) const { out.append(letters_, 2); }
  std::string text() const { return {letters_, 2}; }
  bool unknown() const { return *this == Country{}; }
  auto operator<=>(const Country&) const = default;
  static constexpr std::string_view schema = R"({"type":"string","pattern":"^[A-Z]{2}$"})";

 private:
  char letters_[2] = {'Z', 'Z'};
};
constexpr Code value_fault(const Country&) { return Code::unknown_code; }

// ISO 639-1, lower case.
class Language {
 public:
  Language() = default;
  static std::optional<Language> parse(std::string_view text);
  void append_to(std::string& out) const { out.append(letters_, 2); }
  std::string text() const { return {letters_, 2}; }
  auto operator<=>(const Language&) const = default;
  static constexpr std::string_view schema = R"({"type":"string","pattern":"^[a-z]{2}$"})";

 private:
  char letters_[2] = {'e', 'n'};
};
constexpr Code value_fault(const Language&) { return Code::unknown_code; }

using Region = Text<16>;  // a code of the pack's list, e.g. "GB-LND"
}  // namespace nrm
