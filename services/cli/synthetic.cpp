#include "services/cli/synthetic.hpp"

#include <algorithm>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "common/event/personal.hpp"
#include "services/cli/dice.hpp"

namespace nrm::cli {
namespace {
struct Spoken {
  std::string_view country, language;
};
constexpr Spoken spoken[] = {{"AF", "fa"}, {"AL", "sq"}, {"BD", "bn"}, {"BG", "bg"}, {"BR", "pt"},
                             {"CN", "zh"}, {"CZ", "cs"}, {"DZ", "ar"}, {"EG", "ar"}, {"ER", "ti"},
                             {"ET", "am"}, {"HU", "hu"}, {"IN", "hi"}, {"IQ", "ar"}, {"IR", "fa"},
                             {"LT", "lt"}, {"LV", "lv"}, {"PH", "tl"}, {"PK", "ur"}, {"PL", "pl"},
                             {"PT", "pt"}, {"RO", "ro"}, {"SD", "ar"}, {"SK", "sk"}, {"SO", "so"},
                             {"SY", "ar"}, {"TH", "th"}, {"TR", "tr"}, {"UA", "uk"}, {"VN", "vi"}};

Language language_of(const ReportFacts& facts) {
  for (const Nationality& nationality : facts.nationalities)
    for (const Spoken& one : spoken)
      if (nationality.country.text() == one.country) return *Language::parse(one.language);
  return Language();  // English
}

EntrySource entry_of(OrganisationKind kind, Dice& dice) {
  switch (kind) {
    case OrganisationKind::police:
      return EntrySource::police_operation;
    case OrganisationKind::ngo:
      return EntrySource::ngo_outreach;
    case OrganisationKind::local_authority:
      return EntrySource::other;
    default:
      return dice.percent(60) ? EntrySource::border_check : EntrySource::labour_inspection;
  }
}

template <class E, std::size_t N>
std::vector<E> some_of(const E (&list)[N], unsigned chance, Dice& dice) {
  std::vector<E> out;
  for (const E one : list)
    if (dice.percent(chance)) out.push_back(one);
  std::ranges::sort(out);
  return out;
}

std::vector<ServiceType> needs_of(bool adult, bool interpreter, Dice& dice) {
  std::vector<ServiceType> out;
  if (dice.percent(adult ? 55 : 70)) out.push_back(ServiceType::safe_accommodation);
  if (dice.percent(30)) out.push_back(ServiceType::medical);
  if (dice.percent(35)) out.push_back(ServiceType::psychosocial);
  if (dice.percent(25)) out.push_back(ServiceType::legal_advice);
  if (!adult) out.push_back(ServiceType::child_protection);
  if (interpreter && dice.percent(30)) out.push_back(ServiceType::interpretation);
  if (out.empty()) out.push_back(ServiceType::material_assistance);
  std::ranges::sort(out);
  return out;
}

void make_up(ReportFacts& facts, const IntakeRow& row, const Policy& policy, Dice& dice) {
  constexpr MeansOfControl means[] = {MeansOfControl::debt_bondage,
                                      MeansOfControl::takes_earnings,
                                      MeansOfControl::threats,
                                      MeansOfControl::psychological_abuse,
                                      MeansOfControl::restricts_movement,
                                      MeansOfControl::excessive_working_hours,
                                      MeansOfControl::withholds_documents};
  constexpr Indicator indicators[] = {
      Indicator::abuse_of_vulnerability, Indicator::deception, Indicator::restriction_of_movement,
      Indicator::intimidation_and_threats, Indicator::withholding_of_wages};
  const bool adult = facts.age_now == AgeBand::adult;
  facts.entry_source = entry_of(row.kind, dice);
  facts.means_of_control = some_of(means, 30, dice);
  for (const Indicator one : indicators)
    facts.indicators.push_back({one, dice.percent(40) ? Observed::present : Observed::not_asked});
  const Language language = language_of(facts);
  facts.languages = {language};
  if (language != Language() && dice.percent(40)) facts.languages.push_back(Language());
  facts.needs = needs_of(adult, language != Language(), dice);
  const auto roll = dice.below(100);
  const unsigned emergency = adult ? 4 : 10, urgent = adult ? 20 : 40;
  facts.urgency = roll < emergency            ? Urgency::emergency
                  : roll < emergency + urgent ? Urgency::urgent
                                              : Urgency::routine;
  // An organisation works somewhere, so the region is its own.
  facts.region = Dice({row.organisation.text(), "region"}).one_of(policy.regions);
  facts.place.scope = dice.percent(60) ? PlaceScope::in_country : PlaceScope::both;
}

// An adult decides alone; for a child, or who may be one, a guardian does. Some have not been asked
// about support yet: their referrals wait for it.
std::vector<Consent> consents_of(const ReportFacts& facts, Dice& dice) {
  const bool adult = facts.age_now == AgeBand::adult;
  const ConsentGiver by = adult ? ConsentGiver::individual : ConsentGiver::guardian;
  const Language language = facts.languages.front();
  std::vector<Consent> out{{ConsentPurpose::identification, true, by, language}};
  if (dice.percent(95)) out.push_back({ConsentPurpose::support, true, by, language});
  return out;
}

Sensitive<std::string> fictitious_person(const IntakeRow& row, std::uint32_t number) {
  const std::string mark = " (fictitious, line " + std::to_string(row.line) + ", person " +
                           std::to_string(number + 1) + ")";
  PersonalPart part;
  part.name = Sensitive(*Text<200>::parse("Nobody Example" + mark));
  part.safe_contact = Sensitive(*Text<400>::parse("through the first responder" + mark));
  part.account = Sensitive(*Narrative<16'000>::parse(
      "A published table counts this person and tells nothing more" + mark + "."));
  return write_personal(part);
}
}  // namespace

SyntheticReport make_report(const IntakeRow& row, std::uint32_t number,
                            std::string_view file_digest, const Policy& policy) {
  const std::string line = std::to_string(row.line), place = std::to_string(number);
  Dice dice({file_digest, line, place});
  ReportFacts facts = row.facts;
  make_up(facts, row, policy, dice);
  const auto consents = consents_of(facts, dice);
  SyntheticReport out;
  out.key = to_hex(crypto::digest(std::string(file_digest) + '/' + line + '/' + place, 16));
  out.body = "{\"route\":\"formal\",\"consents\":" + to_json(consents) +
             ",\"personal\":" + fictitious_person(row, number).reveal() +
             ",\"facts\":" + to_json(facts) + '}';
  return out;
}

SyntheticReport make_notification(const IntakeRow& row, std::uint32_t number,
                                  std::string_view file_digest, const Policy& policy) {
  const std::string line = std::to_string(row.line), place = std::to_string(number);
  Dice dice({file_digest, line, place, "notification"});
  ReportFacts facts = row.facts;
  make_up(facts, row, policy, dice);
  return {.key = to_hex(crypto::digest(std::string(file_digest) + "/n/" + line + '/' + place, 16)),
          .body = "{\"route\":\"anonymous\",\"facts\":" + to_json(facts) + '}'};
}
}  // namespace nrm::cli
