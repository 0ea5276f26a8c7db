#include "services/identification/anonymity.hpp"

#include <algorithm>
#include <array>

namespace nrm {
namespace {
constexpr std::size_t parts = 6;
using Traits = std::array<std::string_view, parts>;

// Where a field is in a row's key.
constexpr std::size_t part_of(FactField field) {
  switch (field) {
    case FactField::region:
      return 0;
    case FactField::nationality:
      return 1;
    case FactField::gender:
      return 2;
    case FactField::exploitation:
      return 3;
    case FactField::place:
      return 4;
    case FactField::met_on:
      return 5;
  }
  return 0;
}

Traits split(std::string_view traits) {
  Traits out;
  for (std::string_view& part : out) {
    const auto slash = traits.find('/');
    part = traits.substr(0, slash);
    traits.remove_prefix(slash == traits.npos ? traits.size() : slash + 1);
  }
  return out;
}

bool told(const ReportFacts& facts, FactField field) {
  switch (field) {
    case FactField::region:
      return true;
    case FactField::nationality:
      return !facts.nationalities.empty();
    case FactField::gender:
      return facts.gender != Gender::unknown && facts.gender != Gender::not_recorded;
    case FactField::exploitation:
      return !facts.exploitation.empty();
    case FactField::place:
      return facts.place != PlaceOfExploitation{};
    case FactField::met_on:
      return facts.met_on.has_value();
  }
  return false;
}

void leave_out(ReportFacts& facts, FactField field) {
  switch (field) {
    case FactField::region:
      break;
    case FactField::nationality:
      facts.nationalities.clear();
      break;
    case FactField::gender:
      facts.gender = Gender::not_recorded;
      break;
    case FactField::exploitation:
      facts.exploitation.clear();
      facts.label_style.reset();
      break;
    case FactField::place:
      facts.place = {};
      break;
    case FactField::met_on:
      facts.met_on.reset();
      break;
  }
}

// As coarse as traits_of() counts: what is finer would point at somebody among those who were
// counted. The moment at which it was taken down tells the day.
void as_counted(ReportFacts& facts) {
  facts.captured_at.reset();
  if (facts.nationalities.size() > 1) facts.nationalities.resize(1);
  if (!facts.nationalities.empty()) facts.nationalities.front().term.reset();
  facts.place.countries.clear();
  if (facts.met_on) facts.met_on = Date::parse(facts.met_on->text().substr(0, 8) + "01");
}

// How many on record share these fields, counted up to `enough`.
std::uint32_t sharing(const ReportFacts& facts, const std::vector<FactField>& fields,
                      const View& view, std::uint32_t enough) {
  const std::string own = traits_of(facts);
  const Traits mine = split(own);
  std::string prefix = "traits/";
  // As much of the key as the combination fixes from the left.
  for (std::size_t part = 0; part < parts; ++part) {
    const bool fixed =
        std::ranges::any_of(fields, [&](FactField one) { return part_of(one) == part; });
    if (!fixed) break;
    prefix += mine[part];
    prefix += '/';
  }
  std::uint32_t count = 0;
  view.rows(prefix, [&](std::string_view key, std::string_view) {
    const Traits theirs = split(key.substr(std::string_view("traits/").size()));
    const bool same = std::ranges::all_of(
        fields, [&](FactField one) { return theirs[part_of(one)] == mine[part_of(one)]; });
    count += same ? 1 : 0;
    return count < enough;
  });
  return count;
}

Error identifying(const std::vector<FactField>& fields, std::uint32_t k) {
  std::string text = "fewer than " + std::to_string(k) + " people share ";
  for (std::size_t i = 0; i < fields.size(); ++i)
    text += std::string(i == 0                   ? ""
                        : i + 1 == fields.size() ? " and "
                                                 : ", ") +
            std::string(to_text(fields[i]));
  return Error(Code::identifying_combination, "/facts", text + "; leave one of them out");
}

// Each round leaves one field of the combination out, until enough people share the rest.
Result<void> apply(const AnonymityRule& rule, const std::vector<FactField>& combination,
                   const View& view, ReportFacts& facts, std::vector<FactField>& left_out) {
  for (;;) {
    std::vector<FactField> fields;
    std::ranges::copy_if(combination, std::back_inserter(fields),
                         [&](FactField one) { return told(facts, one); });
    // What is left of a combination is not one any more; the region alone is the pack's to set.
    if (fields.size() < 2 && fields.size() < combination.size()) return {};
    if (sharing(facts, fields, view, rule.k - 1) >= rule.k - 1) return {};
    const auto last = std::ranges::find_if(fields.rbegin(), fields.rend(),
                                           [](FactField one) { return one != FactField::region; });
    if (rule.otherwise == TooFew::refuse || last == fields.rend())
      return identifying(fields, rule.k);
    leave_out(facts, *last);
    left_out.push_back(*last);
  }
}
}  // namespace

std::string traits_of(const ReportFacts& facts) {
  std::string out = facts.region.text().empty() ? "-" : facts.region.text();
  out += '/';
  out += facts.nationalities.empty() ? "-" : facts.nationalities.front().country.text();
  out += '/';
  out += to_text(facts.gender);
  out += '/';
  for (const Exploitation one : facts.exploitation) {
    out += to_text(one);
    out += '+';
  }
  out += '/';
  out += to_text(facts.place.scope);
  out += '/';
  return out + (facts.met_on ? facts.met_on->text().substr(0, 7) : "-");
}

Result<std::vector<FactField>> coarsen(ReportFacts& facts, const Desk& desk) {
  as_counted(facts);
  std::vector<FactField> left_out;
  const auto& rule = desk.policy.identification.anonymity;
  if (!rule || rule->k < 2) return left_out;
  // What a later combination leaves out is missing in an earlier one, too: until nothing changes.
  for (std::size_t before = parts + 1; before != left_out.size();) {
    before = left_out.size();
    for (const std::vector<FactField>& combination : rule->combinations)
      NRM_TRY(apply(*rule, combination, desk.view, facts, left_out));
  }
  return left_out;
}
}  // namespace nrm
