#include "common/event/labels.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/check.hpp"

namespace nrm {
namespace {
template <class Code>
struct Label {
  Code code;
  std::string_view text;
};

constexpr Label<Exploitation> exploitations[] = {
    {Exploitation::sexual, "Sexual"},
    {Exploitation::labour, "Labour"},
    {Exploitation::domestic, "Domestic"},
    {Exploitation::organ_harvesting, "Organ Harvesting"},
    {Exploitation::criminal, "Criminal"},
    {Exploitation::forced_begging, "Forced Begging"},
    {Exploitation::forced_marriage, "Forced Marriage"},
    {Exploitation::forced_adoption, "Forced Adoption"},
    {Exploitation::surrogacy, "Surrogacy"},
    {Exploitation::forced_military, "Forced Military Service"},
    {Exploitation::other, "Other"},
};
constexpr Label<AgeBand> ages[] = {
    {AgeBand::adult, "Adult (18 or over)"},
    {AgeBand::child, "Child (17 or under)"},
    {AgeBand::unknown, not_specified_label},
};
constexpr Label<Gender> genders[] = {
    {Gender::female, "Female"},
    {Gender::male, "Male"},
    {Gender::transgender_female, "Transgender Female"},
    {Gender::transgender_male, "Transgender Male"},
    {Gender::non_conforming, "Non-Conforming"},
    {Gender::other, "Other"},
    {Gender::unknown, "Unknown"},
    {Gender::not_recorded, "Not Recorded"},
};
// In the order of the published tables; every kind that is not here is a government agency.
constexpr Label<OrganisationKind> responder_types[] = {
    {OrganisationKind::police, "Police"},
    {OrganisationKind::government_agency, "Government agency"},
    {OrganisationKind::local_authority, "Local Authority"},
    {OrganisationKind::ngo, "NGO and third sector"},
};

template <class Code, std::size_t N>
std::string_view text_of(const Label<Code> (&labels)[N], Code code) {
  for (const auto& label : labels)
    if (label.code == code) return label.text;
  check_failed(__FILE__, __LINE__, "every code has a label");
}

template <class Code, std::size_t N>
std::optional<Code> code_of(const Label<Code> (&labels)[N], std::string_view text) {
  for (const auto& label : labels)
    if (label.text == text) return label.code;
  return std::nullopt;
}

template <class Code, std::size_t N>
std::string list_of(const Label<Code> (&labels)[N]) {
  std::string out;
  for (const auto& label : labels) {
    if (!out.empty()) out += ", ";
    out += label.text;
  }
  return out;
}
}  // namespace

std::string exploitation_label(const ExploitationLabel& set) {
  if (set.types.empty()) return std::string(not_specified_label);
  const bool commas = set.style == LabelStyle::commas;
  std::string out;
  for (std::size_t i = 0; i < set.types.size(); ++i) {
    if (i != 0) out += i + 1 == set.types.size() && !commas ? " & " : ", ";
    out += text_of(exploitations, set.types[i]);
  }
  return out;
}

std::optional<ExploitationLabel> read_exploitation(std::string_view label) {
  ExploitationLabel set;
  if (label == not_specified_label) return set;
  std::string_view rest = label;
  while (!rest.empty()) {
    const auto separator = std::min(rest.find(", "), rest.find(" & "));
    const auto type = code_of(exploitations, rest.substr(0, separator));
    if (!type || set.types.size() == std::size(exploitations)) return std::nullopt;
    set.types.push_back(*type);
    if (separator == rest.npos) break;
    rest.remove_prefix(separator + (rest[separator] == ',' ? 2 : 3));
  }
  if (set.types.size() > 1 && label.find(" & ") == label.npos) set.style = LabelStyle::commas;
  // A set: in order, none twice; and written as we would write it.
  const bool ascending = std::adjacent_find(set.types.begin(), set.types.end(),
                                            std::greater_equal<>()) == set.types.end();
  if (!ascending || exploitation_label(set) != label) return std::nullopt;
  return set;
}

std::string_view age_label(AgeBand age) { return text_of(ages, age); }
std::optional<AgeBand> read_age(std::string_view label) { return code_of(ages, label); }

std::string_view gender_label(Gender gender) { return text_of(genders, gender); }
std::optional<Gender> read_gender(std::string_view label) { return code_of(genders, label); }

std::string_view responder_type_label(OrganisationKind kind) {
  if (kind == OrganisationKind::hotline) kind = OrganisationKind::ngo;
  for (const auto& label : responder_types)
    if (label.code == kind) return label.text;
  return text_of(responder_types, OrganisationKind::government_agency);
}
std::optional<OrganisationKind> read_responder_type(std::string_view label) {
  return code_of(responder_types, label);
}
std::size_t responder_type_order(std::string_view label) {
  const auto found = std::find_if(std::begin(responder_types), std::end(responder_types),
                                  [&](const auto& type) { return type.text == label; });
  return static_cast<std::size_t>(found - std::begin(responder_types));
}

std::string expected_exploitation() {
  return std::string(not_specified_label) +
         ", or in this order and joined as in \"A\", \"A & B\", \"A, B & C\": " +
         list_of(exploitations);
}
std::string expected_age() { return list_of(ages); }
std::string expected_gender() { return list_of(genders); }
std::string expected_responder_type() { return list_of(responder_types); }
}  // namespace nrm
