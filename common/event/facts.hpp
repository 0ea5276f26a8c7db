// Coded facts that commands and events share. Nothing here identifies a person: bands, codes,
// countries. Names, contacts and narratives are in personal.hpp and never leave the vault.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/event/codes.hpp"

namespace nrm {
// An ordered statement of one nationality. `term` keeps the words of the source where they say
// more than the country code (two spellings, a stateless group); see event/demonyms.hpp.
struct Nationality {
  Country country;
  std::optional<Text<64>> term;
  bool operator==(const Nationality&) const = default;
};
BOOST_DESCRIBE_STRUCT(Nationality, (), (country, term))

struct IndicatorObservation {
  Indicator code{};
  Observed value = Observed::unknown;
  bool operator==(const IndicatorObservation&) const = default;
};
BOOST_DESCRIBE_STRUCT(IndicatorObservation, (), (code, value))

struct PlaceOfExploitation {
  PlaceScope scope = PlaceScope::unknown;
  std::vector<Country> countries;
  bool operator==(const PlaceOfExploitation&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlaceOfExploitation, (), (scope, countries))

// What a first responder reports, without its personal part (domain.md, c11 and d, R2).
// INVARIANT: `exploitation`, `means_of_control` and `needs` are sets: sorted, no value twice.
struct ReportFacts {
  EntrySource entry_source = EntrySource::not_recorded;
  std::vector<Exploitation> exploitation;
  std::optional<LabelStyle> label_style;  // how the source wrote the combination; default ampersand
  std::vector<MeansOfControl> means_of_control;
  AgeBand age_at_exploitation = AgeBand::unknown;
  AgeBand age_now = AgeBand::unknown;
  Gender gender = Gender::unknown;
  std::vector<Nationality> nationalities;
  PlaceOfExploitation place;
  std::vector<IndicatorObservation> indicators;
  std::vector<ServiceType> needs;
  Urgency urgency = Urgency::routine;
  std::vector<Language> languages;
  Region region;
  std::optional<Date> met_on;
  // When a device without a connection took it down; it arrives later under the key of that time.
  std::optional<Instant> captured_at = std::nullopt;
  bool operator==(const ReportFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReportFacts, (),
                      (entry_source, exploitation, label_style, means_of_control,
                       age_at_exploitation, age_now, gender, nationalities, place, indicators,
                       needs, urgency, languages, region, met_on, captured_at))

// What is known before anybody can be named: a call, a tip, a sighting.
struct SignalFacts {
  EntrySource entry_source = EntrySource::not_recorded;
  std::vector<Exploitation> exploitation;
  PlaceOfExploitation place;
  Region region;
  Urgency urgency = Urgency::routine;
  std::optional<std::uint32_t> people;  // how many it may concern
  bool operator==(const SignalFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(SignalFacts, (), (entry_source, exploitation, place, region, urgency, people))

// One piece of evidence for or against trafficking: exactly one of the three codes.
struct Evidence {
  std::optional<Indicator> indicator;           // ILO
  std::optional<MeansOfControl> means;          // HTCDS
  std::optional<IndicatorDimension> dimension;  // ILO/EC
  Observed value = Observed::unknown;
  std::optional<Date> observed_on;
  bool operator==(const Evidence&) const = default;
};
BOOST_DESCRIBE_STRUCT(Evidence, (), (indicator, means, dimension, value, observed_on))

// One entry of the consent ledger (domain.md, b6): it opens classes to recipients for a purpose
// until a date. Of several entries for a purpose, the latest that names a recipient, or nobody,
// counts for that recipient.
struct Consent {
  ConsentPurpose purpose{};
  bool given = false;
  ConsentGiver by = ConsentGiver::individual;
  Language language;                            // in which it was explained
  std::vector<OrganisationId> recipients = {};  // none: whoever has the relation to the case
  std::vector<DataClass> classes = {};          // none: what the role may open for the purpose
  std::optional<Date> until = std::nullopt;     // the last day on which it opens anything (UTC)
  bool operator==(const Consent&) const = default;
};
BOOST_DESCRIBE_STRUCT(Consent, (), (purpose, given, by, language, recipients, classes, until))

// What matching needs to know about the person: nothing that identifies.
struct NeedProfile {
  AgeBand age_now = AgeBand::unknown;
  Gender gender = Gender::unknown;
  std::vector<Language> languages;
  Region region;
  Urgency urgency = Urgency::routine;
  std::vector<SpecialNeed> special = {};              // a set
  std::optional<Gender> staff_gender = std::nullopt;  // of staff, as the person asked
  bool operator==(const NeedProfile&) const = default;
};
BOOST_DESCRIBE_STRUCT(NeedProfile, (),
                      (age_now, gender, languages, region, urgency, special, staff_gender))

// Hours in which people can come: local minutes of one weekday (1 = Monday … 7), as RFC 5545's
// BYDAY with a start and an end on the same day.
struct OpenHours {
  std::uint32_t weekday = 0;
  std::uint32_t opens = 0;
  std::uint32_t closes = 0;
  bool operator==(const OpenHours&) const = default;
};
BOOST_DESCRIBE_STRUCT(OpenHours, (), (weekday, opens, closes))

// First and last day; none: unlimited on that side.
struct Period {
  std::optional<Date> from;
  std::optional<Date> until;
  bool operator==(const Period&) const = default;
  bool covers(Date day) const { return (!from || *from <= day) && (!until || day <= *until); }
};
BOOST_DESCRIBE_STRUCT(Period, (), (from, until))

// One service of one organisation: what it does, where, for whom, and how many places it has
// (HSDS service_at_location and service_capacity). Empty lists mean "no restriction"; what is not
// there was not stated. Where exactly it is, is nowhere here: a region, and sealed for the rest.
struct ServiceOffering {
  OrganisationId organisation;
  ServiceType service{};
  std::vector<Region> regions;
  std::vector<Language> languages;
  std::vector<Gender> genders;
  std::vector<AgeBand> ages;
  std::uint32_t places = 0;
  std::vector<SpecialNeed> special = {};   // what it can look after
  std::vector<Gender> staff_genders = {};  // staff of these genders are there
  std::optional<Region> located_in = std::nullopt;
  std::vector<Country> communities = {};  // of the neighbourhood, by country of origin
  std::vector<OpenHours> hours = {};      // none: always
  std::optional<Period> funding = std::nullopt;
  std::optional<Period> accreditation = std::nullopt;  // of the body that the pack names
  std::optional<CapacityUnit> unit = std::nullopt;
  std::optional<Instant> places_as_of = std::nullopt;
  std::optional<DeliveryChannel> by_hand = std::nullopt;  // it has no account here
  bool operator==(const ServiceOffering&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServiceOffering, (),
                      (organisation, service, regions, languages, genders, ages, places, special,
                       staff_genders, located_in, communities, hours, funding, accreditation, unit,
                       places_as_of, by_hand))

// Whom a person must not come near: exactly one of the five says where.
struct Exclusion {
  ExclusionGround ground{};
  std::optional<Region> region;
  std::optional<Country> community;
  std::optional<OrganisationId> organisation;
  std::optional<ProviderId> provider;
  std::optional<CaseId> other;  // a person of the same network: never in one house
  bool operator==(const Exclusion&) const = default;
};
BOOST_DESCRIBE_STRUCT(Exclusion, (), (ground, region, community, organisation, provider, other))

struct ExcludedCount {
  ExcludedFor reason{};
  std::uint32_t count = 0;
  bool operator==(const ExcludedCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExcludedCount, (), (reason, count))

// An entry of the consent ledger: the event of the vault's log that holds it.
struct LedgerEntry {
  std::uint64_t seq = 0;
  std::uint32_t index = 0;
  bool operator==(const LedgerEntry&) const = default;
};
BOOST_DESCRIBE_STRUCT(LedgerEntry, (), (seq, index))

// What another case management is shown before it takes a case: as little as lets it say yes or no
// (peers.md, SORMAS 5).
struct HandoverPreview {
  AgeBand age_now = AgeBand::unknown;
  Region region;
  Urgency urgency = Urgency::routine;
  std::vector<ServiceType> services;  // of the referrals that run
  bool operator==(const HandoverPreview&) const = default;
};
BOOST_DESCRIBE_STRUCT(HandoverPreview, (), (age_now, region, urgency, services))

// --- assistance ---------------------------------------------------------------------------------

// INVARIANT of the lists below: sets: sorted, no value twice.
struct RiskAssessment {
  RiskLevel level{};
  std::vector<Danger> dangers = {};
  bool operator==(const RiskAssessment&) const = default;
};
BOOST_DESCRIBE_STRUCT(RiskAssessment, (), (level, dangers))

struct NeedFinding {
  ServiceType need{};
  NeedState state{};
  auto operator<=>(const NeedFinding&) const = default;
};
BOOST_DESCRIBE_STRUCT(NeedFinding, (), (need, state))

// One step of a support plan: towards what, by which service and whom, until when.
struct PlanStep {
  PlanGoal goal{};
  std::optional<ServiceType> service = std::nullopt;
  std::optional<OrganisationId> organisation = std::nullopt;
  std::optional<Date> until = std::nullopt;
  bool operator==(const PlanStep&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlanStep, (), (goal, service, organisation, until))

struct Cost {
  std::uint32_t amount = 0;  // in the currency's minor unit
  Currency currency;
  FundingLine funding{};
  bool operator==(const Cost&) const = default;
};
BOOST_DESCRIBE_STRUCT(Cost, (), (amount, currency, funding))

// Who the person wants to speak through, and to.
struct Preferences {
  std::vector<Language> languages = {};
  std::optional<Gender> interpreter = std::nullopt;
  std::optional<Gender> interviewer = std::nullopt;
  bool same_interpreter = false;          // always the same one
  bool no_telephone_interpreter = false;  // only somebody in the room
  bool operator==(const Preferences&) const = default;
};
BOOST_DESCRIBE_STRUCT(Preferences, (),
                      (languages, interpreter, interviewer, same_interpreter,
                       no_telephone_interpreter))

// A channel that is safe, within a part of the local day: minutes since midnight; until it, not at
// it. `until` before `from` goes over midnight.
struct ContactWindow {
  InformChannel channel{};
  std::uint32_t from = 0;
  std::uint32_t until = 24 * 60;
  bool operator==(const ContactWindow&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContactWindow, (), (channel, from, until))

// How the person may be reached (step/safe_contact.hpp says yes or no). Numbers, addresses and the
// code word itself are sealed (DataClass::safe_contact), never here.
struct ContactRules {
  std::vector<ContactWindow> allowed = {};  // none: every channel that is not excluded, at any time
  std::vector<InformChannel> never = {};
  bool code_word = false;   // one is agreed and must be used
  bool no_contact = false;  // the person comes by itself, or through a representative
  bool operator==(const ContactRules&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContactRules, (), (allowed, never, code_word, no_contact))

// What a reason to close a case must be shown with (domain.md, c7).
struct ClosureEvidence {
  std::optional<std::uint32_t> attempts = std::nullopt;   // contact_lost: to reach the person
  std::optional<DeathSource> death = std::nullopt;        // died: who says so
  std::optional<AbroadAnswer> abroad = std::nullopt;      // transferred_abroad: the other side's
  std::optional<Country> country = std::nullopt;          // transferred_abroad, returned, removed
  std::optional<OrganisationId> receiver = std::nullopt;  // transferred_provider
  std::optional<CaseId> kept = std::nullopt;              // merged_duplicate: the case that stays
  std::optional<bool> handed_over = std::nullopt;         // not_a_victim: told where help is
  std::optional<bool> needs_reviewed = std::nullopt;      // the list below is complete
  std::vector<ServiceType> unmet_needs = {};
  bool operator==(const ClosureEvidence&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClosureEvidence, (),
                      (attempts, death, abroad, country, receiver, kept, handed_over,
                       needs_reviewed, unmet_needs))

// Who does something. System inputs (a received event, a clock) have no actor.
struct Actor {
  AccountId account;
  OrganisationId organisation;
  Role role{};
  bool operator==(const Actor&) const = default;
};
BOOST_DESCRIBE_STRUCT(Actor, (), (account, organisation, role))

// What a clock had left when it was paused.
struct PausedClock {
  ClockName name{};
  ClockUnit unit{};
  std::uint64_t left = 0;  // milliseconds of a clock in hours; days of the others
};
BOOST_DESCRIBE_STRUCT(PausedClock, (), (name, unit, left))

// One copy of a sealed item: the key it is sealed to, and whose key that is.
struct SealedCopy {
  OrganisationKeyId key;
  OrganisationId organisation;
  bool operator==(const SealedCopy&) const = default;
};
BOOST_DESCRIBE_STRUCT(SealedCopy, (), (key, organisation))

// What the vault's tokens say of a new dossier: another case, and what the two have in common.
struct DuplicateCandidate {
  CaseId other;
  std::vector<DuplicateGround> grounds;
  bool operator==(const DuplicateCandidate&) const = default;
};
BOOST_DESCRIBE_STRUCT(DuplicateCandidate, (), (other, grounds))

// How far a log was read: its first `size` records, whose Merkle tree has this root (RFC 6962).
struct LogPosition {
  Text<32> log;
  std::uint64_t size = 0;
  Text<64> root;  // hex
  bool operator==(const LogPosition&) const = default;
};
BOOST_DESCRIBE_STRUCT(LogPosition, (), (log, size, root))

// Privacy loss as an exact fraction: no floating point in a record.
struct Epsilon {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;
  bool operator==(const Epsilon&) const = default;
};
BOOST_DESCRIBE_STRUCT(Epsilon, (), (numerator, denominator))

// Everything that the bytes of a release follow from, beside the records: whoever has the logs up
// to `known` and the method's rule gets the same bytes (but for noise).
struct ReleaseTerms {
  Text<32> method;              // report and version of its rule, e.g. "referrals@1"
  Instant as_of;                // facts up to this moment count
  std::optional<Text<8>> from;  // first and last quarter, "2023Q3"; none: all
  std::optional<Text<8>> to;
  std::vector<Text<32>> rows;  // dimensions of a public table; none: the whole report
  std::vector<Text<32>> columns;
  ReleaseFormat format{};
  ReleaseRule rule{};
  std::uint32_t threshold = 0;     // k of `suppressed`
  std::uint32_t rounding = 0;      // base of `suppressed`
  std::optional<Epsilon> epsilon;  // of `differentially_private`
  std::vector<LogPosition> known;  // one per log, in the order of log_owners
  std::optional<PublicationId> revises;
  bool operator==(const ReleaseTerms&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReleaseTerms, (),
                      (method, as_of, from, to, rows, columns, format, rule, threshold, rounding,
                       epsilon, known, revises))

// What a public table leaves out, in cells, totals among them.
struct Suppression {
  std::uint32_t cells = 0;      // of the whole table
  std::uint32_t primary = 0;    // below the threshold
  std::uint32_t secondary = 0;  // so that the first cannot be computed from the rest
  std::uint32_t guarded = 0;    // so that no difference to an earlier release tells more
  bool operator==(const Suppression&) const = default;
};
BOOST_DESCRIBE_STRUCT(Suppression, (), (cells, primary, secondary, guarded))

// Reports of one source: in the week that is looked at, and in the weeks before it.
struct SourceCount {
  OrganisationId source;
  std::uint32_t week = 0;
  std::uint32_t before = 0;
  bool operator==(const SourceCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(SourceCount, (), (source, week, before))

// Decisions of one authority, likewise.
struct DecisionCount {
  OrganisationId authority;
  Stage stage{};
  std::uint32_t positive = 0;
  std::uint32_t decided = 0;
  std::uint32_t positive_before = 0;
  std::uint32_t decided_before = 0;
  bool operator==(const DecisionCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(DecisionCount, (),
                      (authority, stage, positive, decided, positive_before, decided_before))

// How often a clock ran out on somebody, likewise.
struct BreachCount {
  ClockName clock{};
  std::uint32_t week = 0;
  std::uint32_t before = 0;
  bool operator==(const BreachCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(BreachCount, (), (clock, week, before))

struct ProviderClosure {
  ProviderId provider;
  SuspensionReason reason{};
  bool operator==(const ProviderClosure&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProviderClosure, (), (provider, reason))

// What all logs say of the week before the day `until` (UTC) and of the eight weeks before that:
// counts of records, so whoever has the logs gets the same. Lists are in a fixed order and cut
// where the least remarkable begin (services/audit/indicators.hpp).
struct Indicators {
  Date until;
  std::vector<SourceCount> sources;
  std::vector<DecisionCount> decisions;
  std::vector<BreachCount> breaches;
  std::vector<ProviderClosure> closed;  // in that week, and still
  bool operator==(const Indicators&) const = default;
};
BOOST_DESCRIBE_STRUCT(Indicators, (), (until, sources, decisions, breaches, closed))

// One answer of a survivor. What is not in a list of answers was not asked.
struct FeedbackAnswer {
  FeedbackQuestion question{};
  Rating rating{};
  bool operator==(const FeedbackAnswer&) const = default;
};
BOOST_DESCRIBE_STRUCT(FeedbackAnswer, (), (question, rating))
}  // namespace nrm
