// Threat 4: bulk extraction, slow or fast, by an account that has every right.
#include <gtest/gtest.h>

#include "tests/threats/case_desk.hpp"

namespace nrm::test {
namespace {
OpenDossier opening(const CaseId& subject) {
  return {subject, OpeningPurpose::support, {DataClass::safe_contact}, {}, {}};
}

struct Count {
  int opened = 0, refused = 0, alarms = 0, alarm_at = 0;
  void take(const Outcome& outcome) {
    if (outcome.rejection) {
      EXPECT_EQ(outcome.rejection->code, Code::quota_exceeded);
      EXPECT_TRUE(outcome.decision.events.empty());
      ++refused;
      return;
    }
    ++opened;
    int recorded = 0;
    for (const Emit& emit : outcome.decision.events) {
      recorded += holds<DossierOpened>(emit.event) || holds<SealedItemOpened>(emit.event);
      if (!holds<AccessAnomaly>(emit.event)) continue;
      if (++alarms == 1) alarm_at = opened;
    }
    EXPECT_EQ(recorded, 1) << "an opening is in the record that allows it";
  }
};

TEST(Threat04_Quota, TenThousandReadsInAnHourAreAHundredAndAnAlarmBefore) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  const Actor manager = actor(Role::case_manager, "managers");
  Count count;
  for (int read = 0; read < 10'000; ++read) {
    count.take(desk.ask(manager, opening(subject)));
    desk.now = desk.now + Milliseconds(359);  // 10,000 of them are just under an hour
  }
  EXPECT_EQ(count.opened, 100);
  EXPECT_EQ(count.refused, 9'900);
  EXPECT_EQ(count.alarms, 1);
  EXPECT_EQ(count.alarm_at, 80);
  const auto* account = desk.desk.find<AccountFile>(manager.account);
  ASSERT_NE(account, nullptr);
  EXPECT_TRUE(account->anomaly) << "it waits for the overseer";
  EXPECT_EQ(desk.desk.faults(), std::vector<std::string>());
}

// In no hour more than the limit, however the reads are spread.
TEST(Threat04_Quota, SlowScrapingNeverGetsMoreThanAHundredInAnyHour) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  const Actor manager = actor(Role::case_manager, "managers");
  std::vector<Instant> opened;
  for (int read = 0; read < 1'500; ++read) {
    if (!desk.ask(manager, opening(subject)).rejection) opened.push_back(desk.now);
    desk.now = desk.now + Milliseconds(29'000 + (read % 7) * 1'000);
  }
  EXPECT_GT(opened.size(), 900u) << "honest work goes on";
  for (std::size_t i = 100; i < opened.size(); ++i)
    EXPECT_GE(opened[i], opened[i - 100] + hours(1)) << i;
}

TEST(Threat04_Quota, ManyAccountsOfOneOrganisationShareItsLimit) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  int opened = 0;
  for (int account = 0; account < 8; ++account)
    for (int read = 0; read < 90; ++read)
      opened += !desk.ask(actor(Role::case_manager, "managers", "a" + std::to_string(account)),
                          opening(subject))
                     .rejection;
  EXPECT_EQ(opened, 500);
}

// What is sealed to an organisation is read in boxes; a box too many is a page too many.
TEST(Threat04_Quota, SealedItemsAndFieldsCountTogether) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  const OpenSealedItem reading{desk.seal_item(subject), OpeningPurpose::support};
  const Actor manager = actor(Role::case_manager, "managers");
  Count count;
  for (int read = 0; read < 5'000; ++read) {
    count.take(read % 3 == 0 ? desk.ask(manager, opening(subject)) : desk.ask(manager, reading));
    desk.now = desk.now + Milliseconds(719);  // 5,000 of them are just under an hour
  }
  EXPECT_EQ(count.opened, 100);
  EXPECT_EQ(count.refused, 4'900);
  EXPECT_EQ(count.alarms, 1);
  EXPECT_EQ(count.alarm_at, 80);
  int colleagues = 0;
  for (int account = 0; account < 8; ++account)
    for (int read = 0; read < 90; ++read)
      colleagues +=
          !desk.ask(actor(Role::case_manager, "managers", "a" + std::to_string(account)), reading)
               .rejection;
  EXPECT_EQ(colleagues, 400) << "of the organisation's 500";
  EXPECT_EQ(desk.desk.faults(), std::vector<std::string>());
}

// The alarm is one an hour, not one a read; and an hour later it rings again.
TEST(Threat04_Quota, TheAlarmRingsOnceAnHour) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  const Actor manager = actor(Role::case_manager, "managers");
  Count count;
  for (int hour = 0; hour < 3; ++hour) {
    for (int read = 0; read < 100; ++read) count.take(desk.ask(manager, opening(subject)));
    desk.now = desk.now + hours(2);
  }
  EXPECT_EQ(count.opened, 300);
  EXPECT_EQ(count.alarms, 3);
}
}  // namespace
}  // namespace nrm::test
