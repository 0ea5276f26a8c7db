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
  bool operator==(const ReportFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReportFacts, (),
                      (entry_source, exploitation, label_style, means_of_control,
                       age_at_exploitation, age_now, gender, nationalities, place, indicators,
                       needs, urgency, languages, region, met_on))

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
  bool operator==(const NeedProfile&) const = default;
};
BOOST_DESCRIBE_STRUCT(NeedProfile, (), (age_now, gender, languages, region, urgency))

// One service of one organisation: what it does, where, for whom, and how many places it has
// (HSDS service_at_location and service_capacity). Empty lists mean "no restriction".
struct ServiceOffering {
  OrganisationId organisation;
  ServiceType service{};
  std::vector<Region> regions;
  std::vector<Language> languages;
  std::vector<Gender> genders;
  std::vector<AgeBand> ages;
  std::uint32_t places = 0;
  bool operator==(const ServiceOffering&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServiceOffering, (),
                      (organisation, service, regions, languages, genders, ages, places))

// Who does something. System inputs (a received event, a clock) have no actor.
struct Actor {
  AccountId account;
  OrganisationId organisation;
  Role role{};
  bool operator==(const Actor&) const = default;
};
BOOST_DESCRIBE_STRUCT(Actor, (), (account, organisation, role))

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
}  // namespace nrm
