#include "common/base/folding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nrm {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Folding, LeavesCaseMarksAndApostrophesOut) {
  EXPECT_THAT(folded_words("José MÜLLER"), ElementsAre("jose", "muller"));
  EXPECT_THAT(folded_words("Jose\u0301 Mu\u0308ller"), ElementsAre("jose", "muller"));
  EXPECT_THAT(folded_words("O'Brien"), ElementsAre("obrien"));
  EXPECT_THAT(folded_words("O\u2019Brien"), ElementsAre("obrien"));
  EXPECT_THAT(folded_words("Straße ﬁn"), ElementsAre("strasse", "fin"));
}

TEST(Folding, TakesLettersAsPeopleTypeThem) {
  EXPECT_THAT(folded_words("Łukasz Søren Đorđe Ærø Œuvre Þór Ħal Iıİi"),
              ElementsAre("lukasz", "soren", "dorde", "aero", "oeuvre", "thor", "hal", "iiii"));
}

TEST(Folding, EverythingElseSeparates) {
  EXPECT_THAT(folded_words(" Anne-Marie,\tvan_der Berg (2nd) "),
              ElementsAre("anne", "marie", "van", "der", "berg", "2nd"));
  EXPECT_THAT(folded_words("--- !"), IsEmpty());
  EXPECT_THAT(folded_words(""), IsEmpty());
}

TEST(Folding, OtherScriptsKeepTheirLetters) {
  EXPECT_THAT(folded_words("ИВАН Петров"), ElementsAre("иван", "петров"));
  EXPECT_THAT(folded_words("محمد"), ElementsAre("محمد"));
}

TEST(Folding, WhatIsNotUtf8HasNoWords) { EXPECT_THAT(folded_words("a\xff b"), IsEmpty()); }
}  // namespace
}  // namespace nrm
