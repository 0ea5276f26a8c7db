#include "common/event/codes.hpp"

#include <gtest/gtest.h>

#include "common/base/codec.hpp"
#include "common/event/stream.hpp"

namespace nrm {
namespace {
TEST(Countries, TwoLettersOfTheList) {
  for (const char* good : {"AD", "GB", "MD", "ZZ", "ZW", "XK", "VN"}) {
    const auto country = Country::parse(good);
    ASSERT_TRUE(country) << good;
    EXPECT_EQ(country->text(), good);
  }
  for (const char* bad : {"", "G", "GBR", "gb", "UK", "EU", "D A", " A", "A ", "QQ", "AD AE"})
    EXPECT_FALSE(Country::parse(bad)) << bad;
  EXPECT_TRUE(Country().unknown());
  EXPECT_TRUE(Country::parse("ZZ")->unknown());
  EXPECT_FALSE(Country::parse("GB")->unknown());
}

TEST(Countries, Iso3166HasTwoHundredAndFortyNine) {
  int known = 0;
  for (char a = 'A'; a <= 'Z'; ++a)
    for (char b = 'A'; b <= 'Z'; ++b) known += Country::parse(std::string{a, b}).has_value();
  EXPECT_EQ(known, 249 + 2) << "and XK (Kosovo) and ZZ (unknown), both user-assigned";
}

TEST(Languages, TwoLettersOfTheList) {
  for (const char* good : {"aa", "en", "ro", "vi", "zu", "sq"})
    EXPECT_EQ(Language::parse(good)->text(), good);
  for (const char* bad : {"", "e", "eng", "EN", "xx", "e ", "jp"})
    EXPECT_FALSE(Language::parse(bad)) << bad;
}

TEST(Languages, Iso639HasOneHundredAndEightyThree) {
  int known = 0;
  for (char a = 'a'; a <= 'z'; ++a)
    for (char b = 'a'; b <= 'z'; ++b) known += Language::parse(std::string{a, b}).has_value();
  EXPECT_EQ(known, 183);
}

TEST(StreamKeys, RoundTrip) {
  const Uuid id = *Uuid::parse("5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab");
  EXPECT_EQ(case_stream(id).text(), "case/5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab");
  for (const StreamKey key : {case_stream(id), referral_stream(id), provider_stream(id),
                              account_stream(id), organisation_stream(id)})
    EXPECT_EQ(StreamKey::parse(key.text()), key);
  for (const char* bad :
       {"", "case", "case/", "/5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab",
        "case_/5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab", "Case/5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab",
        "case/5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab/"})
    EXPECT_FALSE(StreamKey::parse(bad)) << bad;
}
}  // namespace
}  // namespace nrm
