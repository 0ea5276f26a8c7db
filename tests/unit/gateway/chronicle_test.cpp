#include "services/gateway/chronicle.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
TEST(Position, ReadsWhatItWrites) {
  const std::string organisation = Uuid{{3}}.text();
  EXPECT_EQ(position_of(news_key(organisation, 0, 0)), "0.0");
  EXPECT_EQ(position_of(news_key(organisation, 1'234'567'890'123, 63)), "1234567890123.63");
  EXPECT_EQ(read_position("12.3"), std::pair(std::uint64_t{12}, std::uint32_t{3}));
  EXPECT_EQ(read_position("12"), std::pair(std::uint64_t{12}, std::uint32_t{0xffff}));
  for (const std::string wrong :
       {"", "x", "-1", "1.", ".1", "1.2.3", "1.65536", " 1", "1 ", "99999999999999999999"})
    EXPECT_FALSE(read_position(wrong)) << wrong;
  EXPECT_LT(news_key(organisation, 9, 0), news_key(organisation, 10, 0));
  EXPECT_LT(news_key(organisation, 9, 9), news_key(organisation, 9, 10));
}

class ChronicleTest : public ::testing::Test {
 protected:
  std::size_t count(std::string_view prefix) {
    std::size_t rows = 0;
    const Store& store = world.store;
    EXPECT_TRUE(store.scan(Family::rows, prefixed(prefix), [&](std::string_view, std::string_view) {
      ++rows;
      return true;
    }));
    return rows;
  }
  std::size_t news(const OrganisationId& organisation) {
    return count("news/" + organisation.text() + "/");
  }
  ReferralOffered to(const OrganisationId& organisation) {
    return {.subject = subject, .organisation = organisation};
  }

  World world;
  const CaseId subject{world.id()};
  const StreamKey referral = referral_stream(world.id());
  const OrganisationId one{world.id()}, two{world.id()};
};

TEST_F(ChronicleTest, NewsGoToWhoeverHoldsTheReferral) {
  world.publish(Service::referral,
                {{referral, ReferralRequested{.subject = subject}}, {referral, to(one)}});
  EXPECT_EQ(news(one), 1u);
  // Declined and offered to the next in one record: each hears of its own part.
  world.publish(Service::referral, {{referral, ReferralDeclined{}}, {referral, to(two)}});
  EXPECT_EQ(news(one), 2u);
  EXPECT_EQ(news(two), 1u);
  world.publish(Service::referral, {{referral, ReferralAcknowledged{}}});  // place from the store
  EXPECT_EQ(news(one), 2u);
  EXPECT_EQ(news(two), 2u);
  world.publish(Service::referral,
                {{referral, ReferralExpired{}}, {referral, ReferralEscalated{.subject = subject}}});
  EXPECT_EQ(news(two), 3u);
  world.publish(Service::referral, {{referral, ReferralCancelled{.subject = subject}}});
  EXPECT_EQ(news(one) + news(two), 5u);
  EXPECT_EQ(count("timeline/" + subject.text() + "/"), 8u);
}

// The newest stay, whichever organisation is busy; in one batch as in many.
TEST_F(ChronicleTest, OldNewsGoAndWhichOnesIsTheLogsToSay) {
  const std::string busy = one.text(), quiet = two.text();
  const std::size_t events =
      2 * limits::gateway_news_kept_max + 3 * limits::gateway_news_dropped_at_once / 2;
  const auto rows_after = [&](std::size_t per_batch) {
    MemoryStore store;
    auto news = std::make_unique<News>(store);
    Batch batch;
    news->put(quiet, 0, 0, "{}", batch);
    for (std::size_t i = 0; i < events; ++i) {
      news->put(busy, i / 3, static_cast<std::uint32_t>(i % 3), "{}", batch);
      if ((i + 1) % per_batch != 0) continue;
      EXPECT_TRUE(store.commit(batch, Sync::no));
      batch.clear();
      news->committed();
      if (i % 5 == 0) news = std::make_unique<News>(store);  // a restart
    }
    EXPECT_TRUE(store.commit(batch, Sync::no));
    std::map<std::string, std::string> rows;
    const Store& read = store;
    EXPECT_TRUE(read.scan(Family::rows, {},
                          [&](auto key, auto value) { return rows.emplace(key, value).second; }));
    return rows;
  };
  const auto rows = rows_after(1);
  EXPECT_EQ(rows_after(7), rows);
  EXPECT_EQ(rows_after(1'000), rows);
  EXPECT_EQ(rows_after(events), rows);
  EXPECT_GE(rows.size(), limits::gateway_news_kept_max + 2);
  EXPECT_LT(rows.size(), limits::gateway_news_kept_max + limits::gateway_news_dropped_at_once + 2);
  EXPECT_TRUE(rows.contains(news_key(quiet, 0, 0)));
  EXPECT_TRUE(rows.contains(news_key(busy, (events - 1) / 3, (events - 1) % 3)));
  const std::string dropped = rows.at("news_dropped/" + busy);
  EXPECT_FALSE(rows.contains(dropped));
  EXPECT_EQ(rows.lower_bound("news/" + busy)->first, rows.upper_bound(dropped)->first);
}

TEST_F(ChronicleTest, NothingIsWrittenForStreamsOfNoCase) {
  world.publish(Service::referral,
                {{provider_stream(world.id()), ProviderRegistered{{.organisation = one}}}});
  world.publish(Service::vault, {{organisation_stream(world.id()), OrganisationRegistered{}}});
  EXPECT_EQ(count("timeline/"), 0u);
  EXPECT_EQ(count("news/"), 0u);
}

TEST_F(ChronicleTest, FactsAreKeptAsReported) {
  world.publish(Service::identification,
                {{case_stream(subject), ReportReceived{.facts = some_facts()}}});
  const auto row = world.store.get(Family::rows, "facts/" + subject.text());
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(**row, to_json(some_facts()));
}
}  // namespace
}  // namespace nrm::gateway::test
