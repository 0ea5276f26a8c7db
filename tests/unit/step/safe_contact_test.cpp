// How a person may be reached: by channel, by the hour in the pack's local time, over midnight and
// over the nights in which the time changes.
#include "common/step/safe_contact.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
using enum InformChannel;

Policy british() {
  Policy policy;
  policy.zone = {.minutes_ahead = 0, .summer_time = true};
  return policy;
}
Instant at(std::string_view text) { return *Instant::parse(text); }

bool may(const ContactRules& rules, InformChannel channel, std::string_view when) {
  const auto answer = may_contact(rules, channel, at(when), british());
  EXPECT_TRUE(answer || answer.error().code == Code::contact_not_safe);
  return answer.has_value();
}

TEST(SafeContact, WithoutRulesEveryChannelIsOpen) {
  for (const InformChannel channel : {in_person, safe_phone, safe_address, text_message, e_mail})
    EXPECT_TRUE(may({}, channel, "2024-01-15T03:00:00.000Z"));
}

TEST(SafeContact, WhatIsExcludedIsNever) {
  const ContactRules rules{.never = {safe_address}};
  EXPECT_FALSE(may(rules, safe_address, "2024-01-15T12:00:00.000Z"));
  EXPECT_TRUE(may(rules, safe_phone, "2024-01-15T12:00:00.000Z"));
}

TEST(SafeContact, WhereChannelsAreNamedNoOtherIsSafe) {
  const ContactRules rules{.allowed = {{safe_phone, 540, 720}}};
  EXPECT_FALSE(may(rules, in_person, "2024-01-15T10:00:00.000Z"));
  EXPECT_FALSE(may(rules, safe_phone, "2024-01-15T08:59:59.999Z"));
  EXPECT_TRUE(may(rules, safe_phone, "2024-01-15T09:00:00.000Z"));
  EXPECT_TRUE(may(rules, safe_phone, "2024-01-15T11:59:59.999Z"));
  EXPECT_FALSE(may(rules, safe_phone, "2024-01-15T12:00:00.000Z"));
}

TEST(SafeContact, HoursAreLocal) {
  const ContactRules rules{.allowed = {{safe_phone, 540, 720}}};
  EXPECT_TRUE(may(rules, safe_phone, "2024-07-15T08:00:00.000Z"));
  EXPECT_FALSE(may(rules, safe_phone, "2024-07-15T11:00:00.000Z"));
}

TEST(SafeContact, AWindowMayGoOverMidnight) {
  const ContactRules rules{.allowed = {{text_message, 1320, 360}}};
  EXPECT_FALSE(may(rules, text_message, "2024-01-15T21:59:00.000Z"));
  EXPECT_TRUE(may(rules, text_message, "2024-01-15T22:00:00.000Z"));
  EXPECT_TRUE(may(rules, text_message, "2024-01-15T00:00:00.000Z"));
  EXPECT_TRUE(may(rules, text_message, "2024-01-15T05:59:00.000Z"));
  EXPECT_FALSE(may(rules, text_message, "2024-01-15T06:00:00.000Z"));
}

// 31 March 2024: 01:00 becomes 02:00. 27 October 2024: 02:00 becomes 01:00, both at 01:00 UTC.
TEST(SafeContact, TheNightsInWhichTheTimeChanges) {
  const ContactRules first_hour{.allowed = {{safe_phone, 0, 60}}};
  EXPECT_TRUE(may(first_hour, safe_phone, "2024-03-31T00:30:00.000Z"));
  EXPECT_FALSE(may(first_hour, safe_phone, "2024-03-31T01:00:00.000Z"));
  EXPECT_TRUE(may(first_hour, safe_phone, "2024-10-26T23:30:00.000Z"));
  EXPECT_FALSE(may(first_hour, safe_phone, "2024-10-27T00:30:00.000Z"));
  const ContactRules morning{.allowed = {{safe_phone, 480, 540}}};
  EXPECT_TRUE(may(morning, safe_phone, "2024-03-31T07:00:00.000Z"));
  EXPECT_FALSE(may(morning, safe_phone, "2024-03-31T08:00:00.000Z"));
  EXPECT_TRUE(may(morning, safe_phone, "2024-10-27T08:30:00.000Z"));
  EXPECT_FALSE(may(morning, safe_phone, "2024-10-27T07:30:00.000Z"));
}

TEST(SafeContact, WhoWantsNoContactIsMetOnlyByItsOwnWish) {
  const ContactRules rules{.no_contact = true};
  EXPECT_FALSE(may(rules, safe_phone, "2024-01-15T12:00:00.000Z"));
  EXPECT_FALSE(may(rules, safe_address, "2024-01-15T12:00:00.000Z"));
  EXPECT_TRUE(may(rules, in_person, "2024-01-15T12:00:00.000Z"));
  EXPECT_TRUE(may(rules, through_representative, "2024-01-15T12:00:00.000Z"));
}

TEST(SafeContact, RulesThatSayNothingAreRefused) {
  const auto fault = [](const ContactRules& rules) {
    const auto checked = check_contact_rules(rules);
    return checked ? std::string() : checked.error().where;
  };
  EXPECT_EQ(fault({}), "");
  EXPECT_EQ(fault({.allowed = {{safe_phone, 0, 1440}}}), "");
  EXPECT_EQ(fault({.allowed = {{safe_phone, 1440, 60}}}), "/rules/allowed/0/from");
  EXPECT_EQ(fault({.allowed = {{safe_phone, 0, 1441}}}), "/rules/allowed/0/until");
  EXPECT_EQ(fault({.allowed = {{safe_phone, 60, 60}}}), "/rules/allowed/0/until");
  EXPECT_EQ(fault({.allowed = {{e_mail, 0, 60}, {safe_phone, 0, 60}}, .never = {safe_phone}}),
            "/rules/allowed/1/channel");
}
}  // namespace
}  // namespace nrm
