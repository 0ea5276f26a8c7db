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
                        withdrawal, emergency, proposal, key, item, duplicate, transnational, child,
                        procedure, alarm, incident, notice, transition, visit, group, publication,
                        budget, complaint, feedback, observation, warning)

// HTCDS org_Type and the UK first-responder types (domain.md, c9).
BOOST_DEFINE_ENUM_CLASS(OrganisationKind, police, border_guard, immigration_service,
                        labour_inspectorate, local_authority, health_service, ngo,
                        government_agency, hotline, closed_institution_monitor, consulate,
                        prison_service, competent_authority, case_management, service_provider,
                        auditor, operator_, witness, foreign_focal_point)

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
// The six dimensions of the ILO/EC operational indicators of 2009 (domain.md, c5).
BOOST_DEFINE_ENUM_CLASS(IndicatorDimension, deceptive_recruitment, coercive_recruitment,
                        recruitment_by_abuse_of_vulnerability, exploitative_conditions,
                        coercion_at_destination, abuse_of_vulnerability_at_destination)

// A person has three ages, each with how sure one is and who says so (domain.md, c10).
BOOST_DEFINE_ENUM_CLASS(AgeMoment, at_exploitation, at_identification, today)
BOOST_DEFINE_ENUM_CLASS(AgePrecision, exact, estimated, band, disputed)
BOOST_DEFINE_ENUM_CLASS(AgeAssessor, self_stated, reporter, document, social_worker, medical,
                        authority)

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
                        ended_by_court, other, assessed_adult)
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

// Where a person's status is decided: by the authorities, or by a board of NGOs and international
// organisations for those who decline them (Georgia; domain.md, b3).
BOOST_DEFINE_ENUM_CLASS(IdentificationRoute, authority, board)
BOOST_DEFINE_ENUM_CLASS(Stage, first, second, reconsideration, disqualification)
BOOST_DEFINE_ENUM_CLASS(Outcome, positive, negative)
BOOST_DEFINE_ENUM_CLASS(DecisionGround, evidence_sufficient, evidence_insufficient,
                        outside_definition, person_withdrew)

BOOST_DEFINE_ENUM_CLASS(IdentificationStatus, reported, negative_first_stage, recovery_period,
                        awaiting_second_stage, confirmed, not_confirmed, notified_anonymous, ended,
                        signal, signal_resolved, information_requested, reconsideration,
                        disqualified, withdrawn, contact_lost, deceased, merged, opened_in_error)
BOOST_DEFINE_ENUM_CLASS(SignalOutcome, reported, nobody_found, not_trafficking, passed_on)
// One operation opens many cases at once (domain.md, a46).
BOOST_DEFINE_ENUM_CLASS(GroupEventKind, raid, inspection, border_operation, closed_institution,
                        rescue, other)
BOOST_DEFINE_ENUM_CLASS(GroupStatus, open, overdue, closed)
// What the decider may ask the referrer for.
BOOST_DEFINE_ENUM_CLASS(InformationTopic, indicators, account_of_the_person, documents, age,
                        exploitation_place, means_of_control, medical_report, other)
BOOST_DEFINE_ENUM_CLASS(RecoveryEnd, expired, cooperation, disqualified, decision)
BOOST_DEFINE_ENUM_CLASS(NoRecovery, child, not_requested, further_episode, disqualification_lifted)
BOOST_DEFINE_ENUM_CLASS(RecoveryExtension, health, safety, traumatised, child, decision_delayed,
                        other)
// domain.md, c6: what a request for reconsideration rests on (the UK).
BOOST_DEFINE_ENUM_CLASS(ReconsiderationGround, additional_evidence, not_in_line_with_guidance, both)
BOOST_DEFINE_ENUM_CLASS(DisqualificationGround, public_order, improper_claim)
BOOST_DEFINE_ENUM_CLASS(ErrorGround, duplicate_entry, wrong_person, training_entry, other)
BOOST_DEFINE_ENUM_CLASS(ContactChannel, telephone, message, visit, through_provider,
                        through_relative_of_choice)
BOOST_DEFINE_ENUM_CLASS(DuplicateStatus, open, merge_proposed, merged, dismissed)
// What of a notification may point at a person, together with others (Modern Slavery Act 2015,
// s.52(3); domain.md, f1).
BOOST_DEFINE_ENUM_CLASS(FactField, nationality, gender, region, exploitation, met_on, place)

BOOST_DEFINE_ENUM_CLASS(ReferralStatus, awaiting_consent, offered, acknowledged, accepted,
                        waitlisted, escalated, completed, cancelled, draft, delivered, in_progress,
                        on_hold, failed, revoked, entered_in_error)
BOOST_DEFINE_ENUM_CLASS(DeclineReason, no_capacity, outside_mandate, outside_area, safety_conflict,
                        age_or_sex_mix, language_not_available, medical_need_beyond_service,
                        person_did_not_arrive, person_declined, duplicate, funding_ended, other)
// How an offer ended that was not accepted; each offer is a FHIR Task of its own (fhir_task.hpp).
BOOST_DEFINE_ENUM_CLASS(OfferEnd, declined, expired, revoked, rerouted)
// The last eight are given by the system, from the event or command that they follow from.
BOOST_DEFINE_ENUM_CLASS(CancelReason, case_closed, consent_withdrawn, person_declined,
                        need_met_otherwise, entered_in_error, revoked_by_owner, provider_failed,
                        person_did_not_arrive, nobody_could, rerouted)
BOOST_DEFINE_ENUM_CLASS(EscalationReason, nobody_left, no_match, awaiting_consent_too_long,
                        draft_not_sent, provider_failed)
// Whose turn it is while nobody takes a referral; a pack names the rungs (policy.referral.ladder).
BOOST_DEFINE_ENUM_CLASS(EscalationLevel, provider_organisation, case_manager, state_owner)
// By hand: to a provider without an account here; a case manager records what it said.
BOOST_DEFINE_ENUM_CLASS(DeliveryChannel, phone, paper, in_person)
BOOST_DEFINE_ENUM_CLASS(HandOutcome, accepted, waitlisted, declined, not_reached)
BOOST_DEFINE_ENUM_CLASS(RevokeReason, need_changed, safety_concern, better_match, asked_by_person,
                        wrong_addressee, provider_suspended, other)
BOOST_DEFINE_ENUM_CLASS(AfterRevocation, next_match, draft, end)
BOOST_DEFINE_ENUM_CLASS(HoldReason, person_unwell, person_away, no_capacity, safety, documents,
                        other)
BOOST_DEFINE_ENUM_CLASS(FailReason, person_did_not_arrive, provider_unable, funding_ended,
                        safety_conflict, nobody_could)
BOOST_DEFINE_ENUM_CLASS(SuspensionReason, accreditation_lapsed, safeguarding_concern, funding_ended,
                        capacity_misreported, legal_status_contested, own_request, other)
BOOST_DEFINE_ENUM_CLASS(CapacityUnit, beds, rooms, family_units, appointments, hours)
// What a person needs a place to be able to do (HSDS eligibility; domain.md, c8).
BOOST_DEFINE_ENUM_CLASS(SpecialNeed, with_children, infant, pregnancy, mobility, sight, hearing,
                        learning, mental_health, acute_psychiatric, dependence, infectious_disease,
                        medication)
// Why a place is out of the question for one person (peers.md, d4). Facts of the case, in codes.
BOOST_DEFINE_ENUM_CLASS(ExclusionGround, exploiters_area, community, family, same_network,
                        conflict_of_interest, asked_by_person, safety)
// Why the one that is asked was preferred, in the order in which matching looks.
BOOST_DEFINE_ENUM_CLASS(MatchReason, consent_given, own_region, common_language, staff_gender,
                        states_special, fresh_capacity, most_places, nearest, only_one)
// Why somebody with a free place was not asked; only the number of them is ever recorded.
BOOST_DEFINE_ENUM_CLASS(ExcludedFor, asked_already, age, gender, language, special_needs,
                        staff_gender, not_funded, not_accredited, closed_hours, excluded_area,
                        excluded_community, excluded_organisation, same_network, denied)
BOOST_DEFINE_ENUM_CLASS(HandoverReason, moved_region, specialist_needed, conflict_of_interest,
                        workload, organisation_leaves, other)
BOOST_DEFINE_ENUM_CLASS(HandoverRefusal, no_capacity, outside_area, outside_mandate,
                        conflict_of_interest, other)
// What a foreign focal point answers, and why a package is called back.
BOOST_DEFINE_ENUM_CLASS(TransnationalOutcome, accepted, declined, more_information_needed)
BOOST_DEFINE_ENUM_CLASS(TransnationalRevocation, protection_asked, consent_withdrawn,
                        person_declined, case_closed, other)

BOOST_DEFINE_ENUM_CLASS(SupportStatus, none, opened, plan_agreed, in_support, ended)
BOOST_DEFINE_ENUM_CLASS(PlanGoal, safety, health, housing, legal_status, income, education, family,
                        return_home)
BOOST_DEFINE_ENUM_CLASS(ServiceEndReason, goals_met, person_left, transferred, contact_lost,
                        case_closed, other)

// Risk, at every contact (domain.md, b4: the Bulgarian procedure).
BOOST_DEFINE_ENUM_CLASS(RiskLevel, low, medium, high, extreme)
BOOST_DEFINE_ENUM_CLASS(Danger, exploiter_knows_whereabouts, threats_received, family_threatened,
                        exploited_again, violence_at_home, self_harm, health_emergency,
                        substance_dependence, homelessness, detention_or_removal, isolation, other)
BOOST_DEFINE_ENUM_CLASS(NeedState, met, unmet, declined, not_needed)
BOOST_DEFINE_ENUM_CLASS(SafetyMeasure, code_word_agreed, emergency_numbers, trusted_person,
                        safe_routes, telephone_changed, accounts_secured, police_protection,
                        relocation, escort)
BOOST_DEFINE_ENUM_CLASS(FundingLine, state_budget, local_budget, victims_fund, european_fund,
                        international_donor, own_funds, other)
BOOST_DEFINE_ENUM_CLASS(IncidentKind, threat, assault, contact_by_exploiter, self_harm,
                        medical_emergency, breach_of_shelter, confidentiality_breach, absence,
                        damage, death, other)
BOOST_DEFINE_ENUM_CLASS(IncidentSeverity, minor, serious, grave)
BOOST_DEFINE_ENUM_CLASS(IncidentOutcome, resolved, safety_plan_changed, moved, passed_on, unfounded,
                        case_closed)
BOOST_DEFINE_ENUM_CLASS(AlarmGround, did_not_return, missed_appointment, unreachable,
                        abduction_feared)
BOOST_DEFINE_ENUM_CLASS(AlarmEnd, found_safe, found_harmed, left_by_choice, detained, died,
                        not_found, raised_in_error, case_closed)
BOOST_DEFINE_ENUM_CLASS(ProcedureKind, residence_permit, compensation_claim, criminal_proceedings,
                        asylum, return_)
BOOST_DEFINE_ENUM_CLASS(ProcedureStep, filed, interview_set, hearing_set, hearing_held,
                        decision_awaited, appealed, granted_until, renewed_until)
BOOST_DEFINE_ENUM_CLASS(ProcedureEnd, granted, refused, convicted, acquitted, settled, discontinued,
                        withdrawn, expired, returned)
// Why the clock of a procedure spoke up.
BOOST_DEFINE_ENUM_CLASS(ProcedureCall, date_comes_near, date_has_passed, nothing_heard)
BOOST_DEFINE_ENUM_CLASS(ExtensionGround, recovery_needs, safety, housing, health, children,
                        procedure_running, other)
BOOST_DEFINE_ENUM_CLASS(TransitionStep, housing, income, health_care, legal_help, schooling,
                        community_support, safety_plan, return_home)
BOOST_DEFINE_ENUM_CLASS(TransitionEnd, completed, no_reach_in, case_closed)
// How somebody is who was met again after support.
BOOST_DEFINE_ENUM_CLASS(Wellbeing, well, needs_help, at_risk, not_reached)
// The bodies that are told of a child within a pack's time (domain.md, b5: Bulgaria).
BOOST_DEFINE_ENUM_CLASS(ChildBody, child_protection_agency, interior_ministry, national_commission,
                        local_authority, prosecution, consular_service)
BOOST_DEFINE_ENUM_CLASS(ChildStatus, none, guardian_awaited, best_interests_due, settled, ended)
BOOST_DEFINE_ENUM_CLASS(BestInterests, stay_in_care, foster_care, family_reunification,
                        independent_living, return_to_origin, resettlement, assess_further)
BOOST_DEFINE_ENUM_CLASS(Education, enrolled, place_awaited, not_of_school_age, declined,
                        not_possible)
BOOST_DEFINE_ENUM_CLASS(ChildEnd, came_of_age, case_closed, assessed_adult)

BOOST_DEFINE_ENUM_CLASS(ClosureStatus, open, requested, closed, erasure_ordered, erased)
BOOST_DEFINE_ENUM_CLASS(Obligation, identification_running, referral_open, support_running,
                        person_not_informed, procedure_running, alarm_running, incident_open,
                        child_notice_open)
BOOST_DEFINE_ENUM_CLASS(InformChannel, in_person, safe_phone, safe_address, through_representative,
                        text_message, e_mail)
BOOST_DEFINE_ENUM_CLASS(ClosureReason, plan_completed, person_left, contact_lost, not_a_victim,
                        transferred_provider, transferred_abroad, returned_voluntarily,
                        granted_other_protection, detained_or_removed, disqualified, died,
                        merged_duplicate, opened_in_error, anonymous_only)
BOOST_DEFINE_ENUM_CLASS(DeathSource, civil_registry, health_service, police, consular_service,
                        family)
BOOST_DEFINE_ENUM_CLASS(AbroadAnswer, accepted, declined)
BOOST_DEFINE_ENUM_CLASS(ReopenCause, new_facts, new_exploitation, new_need, contact_restored,
                        came_back, decision_overturned, closed_in_error)
BOOST_DEFINE_ENUM_CLASS(FollowUpDrop, case_reopened, data_erased)
// How long a closed case's data is kept depends on what the case was.
BOOST_DEFINE_ENUM_CLASS(RetentionCategory, victim, child, not_a_victim, opened_in_error)

// The clocks that deciders set. A pack gives each its length (step/policy.hpp).
BOOST_DEFINE_ENUM_CLASS(ClockName, first_stage, recovery, second_stage, reconsideration,
                        answer_offer, waitlist_review, awaiting_consent, escalation, plan, review,
                        closure_approval, report_follows, key_epoch, key_retirement, erasure_answer,
                        erasure_hold, withdrawal_acknowledgement, break_glass_review,
                        opening_approval, handover_answer, transnational_answer, suspension_sweep,
                        procedure, procedure_reminder, compensation_claim, missing_alarm, incident,
                        child_notice, guardian, best_interests, move_on, reach_in, follow_up,
                        retention, erasure_order, signal_follow_up, group_completion,
                        information_answer, reconsideration_decision, contact_lost, merge_approval,
                        publication_approval, complaint_registration, complaint_answer,
                        complaint_response, complaint_conclusion, warning_acknowledgement)

BOOST_DEFINE_ENUM_CLASS(ClockUnit, hours, calendar_days, working_days, calendar_months)

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

// What somebody complains of: domain.md, e (what practitioners complain of), a16, a33, a70 and f20.
BOOST_DEFINE_ENUM_CLASS(ComplaintMatter, delay, not_taken_in, decision_unexplained, consent_ignored,
                        data_misused, no_feedback, story_told_again, support_unsuitable,
                        support_ended_early, safety, ill_treatment, discrimination,
                        punished_as_victim, no_interpreter, other)
BOOST_DEFINE_ENUM_CLASS(ComplaintStatus, received, recorded, assigned, answered, escalated,
                        satisfied, settled, concluded, withdrawn, inadmissible)
BOOST_DEFINE_ENUM_CLASS(ComplaintFinding, upheld, partly_upheld, not_upheld)
BOOST_DEFINE_ENUM_CLASS(ComplaintRemedy, none, apology, explanation, decision_reviewed,
                        service_changed, staff_measure, procedure_changed, compensation)
BOOST_DEFINE_ENUM_CLASS(InadmissibleReason, outside_mechanism, before_a_court, repeated, no_body,
                        other)
// Whose silence brought a complaint to the ombudsman, or lasts there.
BOOST_DEFINE_ENUM_CLASS(ComplaintDuty, registration, answer, conclusion)
BOOST_DEFINE_ENUM_CLASS(ComplaintEscalation, not_satisfied, registration_overdue, answer_overdue)

// What survivors are asked after support (domain.md, a53). `refused` is not "not asked", which is
// an answer that is missing.
BOOST_DEFINE_ENUM_CLASS(FeedbackQuestion, safety, respect, information, help, overall)
BOOST_DEFINE_ENUM_CLASS(Rating, very_poor, poor, fair, good, very_good, refused)
BOOST_DEFINE_ENUM_CLASS(FeedbackTheme, accommodation, health_care, legal_help, money,
                       interpretation, waiting, privacy, choice, staff, children, work_and_training)

// Early warnings (domain.md, a68).
BOOST_DEFINE_ENUM_CLASS(WarningKind, reports_dropped, decision_rate_jumped, provider_closed,
                        breaches_clustered)
BOOST_DEFINE_ENUM_CLASS(WarningStatus, raised, overdue, acknowledged)
BOOST_DEFINE_ENUM_CLASS(WarningResponse, explained, acted_upon, passed_on, false_alarm)

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

// ISO 4217; amounts are in its minor unit.
class Currency {
 public:
  Currency() = default;
  static std::optional<Currency> parse(std::string_view text);
  void append_to(std::string& out) const { out.append(letters_, 3); }
  std::string text() const { return {letters_, 3}; }
  auto operator<=>(const Currency&) const = default;
  static constexpr std::string_view schema = R"({"type":"string","pattern":"^[A-Z]{3}$"})";

 private:
  char letters_[3] = {'E', 'U', 'R'};
};
constexpr Code value_fault(const Currency&) { return Code::unknown_code; }

using Region = Text<16>;  // a code of the pack's list, e.g. "GB-LND"
}  // namespace nrm
