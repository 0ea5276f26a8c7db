// Demonyms: nothing that was published may be lost, and nothing else may slip in.
#include "common/event/demonyms.hpp"

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>

#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "common/base/csv.hpp"
#include "common/base/limits.hpp"
#include "common/event/labels.hpp"

namespace nrm {
namespace {
Country country(std::string_view code) { return *Country::parse(code); }
Nationality plain(std::string_view code) { return {country(code), std::nullopt}; }
Nationality worded(std::string_view code, std::string_view term) {
  return {country(code), *Text<64>::parse(term)};
}
Nationality unknown(std::string_view words) {
  return worded("ZZ", "unknown nationality: " + std::string(words));
}
std::vector<Nationality> read(std::string_view text) {
  auto all = read_nationalities(text);
  EXPECT_TRUE(all) << '"' << text << '"';
  return all ? std::move(all).value() : std::vector<Nationality>{};
}

std::set<std::string> published_nationalities() {
  std::set<std::string> all;
  for (const char* quarter : {"2022_q2", "2022_q3", "2022_q4", "2023_q1", "2023_q2", "2023_q3"}) {
    std::ifstream file(std::string(NRM_SOURCE_FOLDER "/tests/data/uk-nrm/uk_nrm_referrals_") +
                       quarter + ".csv");
    std::stringstream text;
    text << file.rdbuf();
    const auto rows = csv::read(text.str());
    EXPECT_TRUE(rows) << quarter;
    for (std::size_t i = 1; rows && i < rows->size(); ++i) all.insert((*rows)[i].cells[5]);
  }
  return all;
}

TEST(Demonyms, EveryPublishedNationalityIsKnownAndComesBack) {
  const auto all = published_nationalities();
  EXPECT_GT(all.size(), 400u);
  for (const auto& published : all) {
    const auto nationalities = read(published);
    EXPECT_EQ(publish(nationalities), published);
    EXPECT_LE(nationalities.size(), 2u) << published;
    for (const auto& one : nationalities) {
      EXPECT_TRUE(is_listed_term(one)) << published;
      EXPECT_FALSE(one.term && one.term->text().starts_with(unknown_nationality_prefix))
          << published;
    }
  }
}

TEST(Demonyms, ReadsOneTwoAndSpellings) {
  using Many = std::vector<Nationality>;
  EXPECT_EQ(read("Albanian"), Many{plain("AL")});
  EXPECT_EQ(read("Albanian Greek"), (Many{plain("AL"), plain("GR")}));
  EXPECT_EQ(read("Unknown"), Many{plain("ZZ")});
  EXPECT_EQ(read("Afghan Unknown"), (Many{plain("AF"), plain("ZZ")}));
  EXPECT_EQ(read("UK"), Many{plain("GB")});
  EXPECT_EQ(read("Kosovan Palestinian"), (Many{plain("XK"), plain("PS")}));
  EXPECT_EQ(read("Australian UKrainian"), (Many{plain("AU"), worded("UA", "UKrainian")}));
  EXPECT_EQ(read("Congolese (DRC)"), Many{plain("CD")});
  EXPECT_EQ(read("Congolese (Drc) UK"), (Many{worded("CD", "Congolese (Drc)"), plain("GB")}));
  EXPECT_EQ(read("Congolese Drc "), Many{worded("CD", "Congolese Drc ")});
  EXPECT_EQ(read("Congolese Congo Rwandan"), (Many{worded("CG", "Congolese Congo"), plain("RW")}));
  EXPECT_EQ(read("Citizen of Guinea Bissau"), Many{worded("GW", "Citizen of Guinea Bissau")});
  EXPECT_EQ(read("Citizen of Guinea-Bissau Sudanese"), (Many{plain("GW"), plain("SD")}));
  EXPECT_EQ(read("Stateless"), Many{worded("ZZ", "Stateless")});
}

TEST(Demonyms, TheLongestDemonymWins) {
  using Many = std::vector<Nationality>;
  EXPECT_EQ(read("South Sudanese South African"), (Many{plain("SS"), plain("ZA")}));
  EXPECT_EQ(read("Sudanese South Sudanese"), (Many{plain("SD"), plain("SS")}));
  EXPECT_EQ(read("Equatorial Guinean"), Many{plain("GQ")});
  EXPECT_EQ(read("British Virgin Islander Citizen of the Dominican Republic"),
            (Many{plain("VG"), plain("DO")}));
}

TEST(Demonyms, KeepsUnknownWordsByName) {
  using Many = std::vector<Nationality>;
  EXPECT_EQ(read("Atlantean"), Many{unknown("Atlantean")});
  EXPECT_EQ(read("Atlantean UK"), (Many{unknown("Atlantean"), plain("GB")}));
  EXPECT_EQ(read("UK Atlantean Martian"), (Many{plain("GB"), unknown("Atlantean Martian")}));
  EXPECT_EQ(read("Citizen of Atlantis"), Many{unknown("Citizen of Atlantis")});
  // The words after a demonym may start like another one.
  EXPECT_EQ(read("UK South"), (Many{plain("GB"), unknown("South")}));
}

TEST(Demonyms, CutsLongUnknownTextAtBlanks) {
  const std::string text =
      "People of the Great Northern Islands beyond the Sea of Everlasting Mists";
  const auto all = read(text);
  EXPECT_EQ(all.size(), 2u);
  EXPECT_EQ(publish(all), text);
  for (const auto& one : all) EXPECT_TRUE(is_listed_term(one));
}

TEST(Demonyms, OddBlanksComeBack) {
  for (const std::string text :
       {" UK", "UK ", "  UK  ", "UK  Albanian", " Atlantean", "Atlantean ", "Atlantean  UK ",
        "  Atlantean   Martian  UK   Albanian  ", "Congolese  Drc", "Sri  Lankan"}) {
    const auto all = read(text);
    EXPECT_EQ(publish(all), text);
    for (const auto& one : all) EXPECT_TRUE(is_listed_term(one)) << text;
  }
}

TEST(Demonyms, OtherScriptsAndMarksComeBack) {
  for (const std::string text :
       {"Réunionnais", "Čech", "Україна", "日本人", "العربية", "O'Atlantean", "Atlantean (Upper)",
        "Atlantean/Martian", "Saint-Atlantean, Jr."}) {
    const auto all = read(text);
    EXPECT_EQ(publish(all), text);
    for (const auto& one : all) EXPECT_TRUE(is_listed_term(one)) << text;
  }
}

TEST(Demonyms, RefusesWhatNoDemonymHas) {
  const auto code = [](std::string_view text) {
    const auto all = read_nationalities(text);
    EXPECT_FALSE(all) << text;
    return all ? Code::internal : all.error().code;
  };
  EXPECT_EQ(code(""), Code::missing_field);
  EXPECT_EQ(code("   "), Code::missing_field);
  EXPECT_EQ(code("Atlantean 1990"), Code::invalid_text);
  EXPECT_EQ(code("٠١٢"), Code::invalid_text);
  EXPECT_EQ(code("<script>"), Code::invalid_text);
  EXPECT_EQ(code("unknown nationality: Atlantean"), Code::invalid_text);
  EXPECT_EQ(code("UK\tAlbanian"), Code::invalid_text);
  EXPECT_EQ(code("\xff"), Code::invalid_text);
  EXPECT_EQ(code("\xf0\x9f\x98\x80"), Code::invalid_text);  // a smiling face
  EXPECT_EQ(code("- ( )"), Code::invalid_text);             // no letter at all
  EXPECT_EQ(code(std::string(60, 'x')), Code::too_long);
  EXPECT_EQ(code("UK" + std::string(70, ' ')), Code::too_long);
  EXPECT_EQ(code(std::string(100'000, 'x')), Code::too_long);
  std::string many = "UK";
  for (int i = 0; i < 40; ++i) many += " UK";
  EXPECT_EQ(code(many), Code::too_long);
}

// Any mixture of known and unknown words and blanks is refused or comes back exactly.
TEST(Demonyms, WhateverIsReadComesBack) {
  const char* words[] = {"UK",   "Albanian", "Congolese", "(Drc)", "Drc", "Congo",    "",
                         "Sri",  "Lankan",   "Unknown",   "of",    "the", "Citizen",  "South",
                         "Mars", "British",  "Virgin",    "’",     "Ölü", "Islander", "unknown"};
  std::mt19937 random(7);
  int good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = 1 + random() % 8; n != 0; --n) {
      text += words[random() % std::size(words)];
      if (n != 1) text += ' ';
    }
    const auto all = read_nationalities(text);
    if (!all) continue;
    ++good;
    ASSERT_EQ(publish(*all), text);
    for (const auto& one : *all) ASSERT_TRUE(is_listed_term(one)) << text;
  }
  EXPECT_GT(good, 15'000);
}

TEST(Demonyms, EveryCountryWithPeopleHasACanonicalDemonymThatReadsAsIt) {
  const std::set<std::string> without{"AQ", "BV", "GS", "HM", "SJ", "TF", "UM"};
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::string code{a, b};
      const auto one = Country::parse(code);
      if (!one) continue;
      const auto demonym = demonym_of(*one);
      EXPECT_EQ(demonym.empty(), without.contains(code)) << code;
      if (demonym.empty())
        EXPECT_EQ(publish({{*one, std::nullopt}}), code);
      else
        EXPECT_EQ(read(demonym), std::vector<Nationality>{plain(code)}) << demonym;
    }
  }
}

TEST(Demonyms, NoNationalityIsPublishedAsUnknown) { EXPECT_EQ(publish({}), "Unknown"); }

TEST(ListedTerms, AllowDemonymsOfThatCountryOnly) {
  EXPECT_TRUE(is_listed_term(plain("AL")));
  EXPECT_TRUE(is_listed_term(worded("CD", "Congolese Drc ")));
  EXPECT_TRUE(is_listed_term(worded("GB", "Welsh")));
  EXPECT_TRUE(is_listed_term(worded("GB", "welsh")));
  EXPECT_FALSE(is_listed_term(worded("AL", "Welsh")));
  EXPECT_FALSE(is_listed_term(worded("AL", "Maria Kovacs, born 1990")));
  EXPECT_FALSE(is_listed_term(worded("AL", "unknown nationality: Atlantean")));
}

TEST(ListedTerms, AllowUnknownWordsOnlyBehindThePrefix) {
  EXPECT_TRUE(is_listed_term(unknown("Atlantean-Martian (Lower)")));
  EXPECT_FALSE(is_listed_term(worded("ZZ", "Atlantean")));
  EXPECT_FALSE(is_listed_term(unknown("Atlantean 7")));
  EXPECT_FALSE(is_listed_term(unknown("a@b")));
  EXPECT_FALSE(is_listed_term(unknown(" ")));
  EXPECT_FALSE(is_listed_term(unknown("+44")));
}

// --- labels.hpp ---------------------------------------------------------------------------------

TEST(Labels, EverySetOfTypesComesBackInBothStyles) {
  for (unsigned bits = 0; bits < 1u << 11; ++bits) {
    ExploitationLabel set;
    for (unsigned i = 0; i < 11; ++i)
      if (bits >> i & 1) set.types.push_back(static_cast<Exploitation>(i));
    EXPECT_EQ(read_exploitation(exploitation_label(set)), set);
    if (set.types.size() < 2) continue;
    set.style = LabelStyle::commas;
    EXPECT_EQ(read_exploitation(exploitation_label(set)), set);
  }
}

TEST(Labels, RealCombinations) {
  using enum Exploitation;
  EXPECT_EQ(exploitation_label({{}, {}}), "Not specified or unknown");
  EXPECT_EQ(exploitation_label({{labour, domestic, criminal}, {}}), "Labour, Domestic & Criminal");
  EXPECT_EQ(read_exploitation("Labour, Domestic, Organ Harvesting"),
            (ExploitationLabel{{labour, domestic, organ_harvesting}, LabelStyle::commas}));
}

TEST(Labels, OtherSpellingsAreRefused) {
  for (const char* label : {"", "labour", "Criminal & Labour", "Labour & Labour", "Labour, ",
                            "Labour &", "Labour and Criminal", "Labour & Domestic & Criminal",
                            "Labour & Domestic, Criminal", "Labour,Criminal", " Labour"})
    EXPECT_FALSE(read_exploitation(label)) << label;
  EXPECT_FALSE(read_gender("Mael"));
  EXPECT_FALSE(read_age("Adult"));
  EXPECT_FALSE(read_responder_type("police"));
}

TEST(Labels, EveryCodeComesBack) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<AgeBand>>(
      [](auto d) { EXPECT_EQ(read_age(age_label(d.value)), d.value); });
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Gender>>(
      [](auto d) { EXPECT_EQ(read_gender(gender_label(d.value)), d.value); });
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<OrganisationKind>>([](auto d) {
    const auto label = responder_type_label(d.value);
    EXPECT_EQ(responder_type_label(*read_responder_type(label)), label);
    EXPECT_LT(responder_type_order(label), 4u);
  });
  EXPECT_EQ(responder_type_label(OrganisationKind::hotline), "NGO and third sector");
  EXPECT_EQ(responder_type_label(OrganisationKind::border_guard), "Government agency");
  EXPECT_EQ(responder_type_order("anything else"), 4u);
}
}  // namespace
}  // namespace nrm
