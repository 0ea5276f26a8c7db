#include "services/gateway/paging.hpp"

#include <gtest/gtest.h>

#include <set>

#include "common/base/limits.hpp"
#include "common/store/memory_store.hpp"

namespace nrm::gateway {
namespace {
http::Request asking(std::string_view cursor, std::string_view limit = {}) {
  http::Request request{.method = "GET", .path = "/v1/things"};
  if (!cursor.empty()) request.query.emplace_back("cursor", cursor);
  if (!limit.empty()) request.query.emplace_back("limit", limit);
  return request;
}

class PagingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    Batch batch;
    for (int i = 0; i < 1'000; ++i)
      batch.put(Family::rows, "list/" + std::to_string(1'000 + i), std::to_string(i));
    batch.put(Family::rows, "lisa/1", "");
    batch.put(Family::rows, "lisz/1", "");
    ASSERT_TRUE(store.commit(batch, Sync::no));
  }
  Result<Page> read(std::string_view cursor, std::string_view limit = {},
                    Order order = Order::ascending, const Store::Take& take = {}) {
    return read_page(store, cursors, {asking(cursor, limit), reader}, "list/", order, take);
  }

  AccountId reader;
  MemoryStore store;
  Cursors cursors{std::string(32, 'k')};
};

TEST_F(PagingTest, GoesThroughAListOnceInBothDirections) {
  for (const Order order : {Order::ascending, Order::descending}) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      const auto page = read(cursor, "7", order);
      ASSERT_TRUE(page);
      for (const auto& [key, value] : page->rows) seen.push_back(key);
      cursor = page->next;
    } while (!cursor.empty());
    ASSERT_EQ(seen.size(), 1'000u);
    EXPECT_EQ(seen.front(), order == Order::ascending ? "list/1000" : "list/1999");
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 1'000u);
  }
}

TEST_F(PagingTest, EndsExactlyAtTheEnd) {
  const auto page = read({}, "200");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.size(), 200u);
  std::string cursor = page->next;
  for (int i = 0; i < 4; ++i) {
    ASSERT_FALSE(cursor.empty());
    cursor = read(cursor, "200")->next;
  }
  EXPECT_TRUE(cursor.empty());
}

TEST_F(PagingTest, RowsThatComeAndGoMoveNobody) {
  const auto first = read({}, "10");
  Batch batch;
  batch.erase(Family::rows, "list/1009");  // the last that was seen
  batch.put(Family::rows, "list/1005a", "");
  ASSERT_TRUE(store.commit(batch, Sync::no));
  const auto second = read(first->next, "10");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rows.front().first, "list/1010");
}

TEST_F(PagingTest, ACursorCannotBeForgedOrCarriedToAnotherList) {
  const std::string cursor = read({}, "10")->next;
  EXPECT_FALSE(cursors.open(reader, "list/1", cursor));  // a list that is part of it
  EXPECT_FALSE(cursors.open(reader, "other/", cursor));
  EXPECT_FALSE(cursors.open(AccountId(*Uuid::parse("5f0c1a2b-0000-4000-8000-000000000001")),
                            "list/", cursor))
      << "another reader's";
  EXPECT_NE(read({}, "10")->next, cursor) << "the key in it cannot be read or compared";
  EXPECT_FALSE(Cursors(std::string(32, 'x')).open(reader, "list/", cursor));
  EXPECT_EQ(*cursors.open(reader, "list/", cursor), "list/1009");
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = digits[(digits.find(changed[i]) + 1) % digits.size()];
    const auto page = read(changed, "10");
    ASSERT_FALSE(page) << i;
    EXPECT_EQ(page.error().code, Code::bad_request);
  }
  for (const std::string made_up : {"x", "====", "AAAA", "a+b/", "list/1009"})
    EXPECT_FALSE(read(made_up));
  EXPECT_FALSE(read(cursor + "AAAA"));
}

TEST_F(PagingTest, TakesLimitsFromOneToTheMost) {
  EXPECT_EQ(read({})->rows.size(), limits::page_items_default);
  EXPECT_EQ(read({}, "1")->rows.size(), 1u);
  EXPECT_EQ(read({}, "200")->rows.size(), 200u);
  for (const std::string wrong : {"0", "201", "-1", "1.5", "x", "99999999999999999999", "+5"}) {
    const auto page = read({}, wrong);
    ASSERT_FALSE(page) << wrong;
    EXPECT_EQ(page.error().code, Code::out_of_range);
  }
}

TEST_F(PagingTest, SkipsWhatAReaderMayNotSeeWithoutLosingThePlace) {
  std::size_t seen = 0;
  std::string cursor;
  do {
    const auto page =
        read(cursor, "50", Order::ascending,
             [](std::string_view, std::string_view value) { return value.ends_with("7"); });
    ASSERT_TRUE(page);
    seen += page->rows.size();
    cursor = page->next;
  } while (!cursor.empty());
  EXPECT_EQ(seen, 100u);
}

// A next page that turns out empty would tell that there is something the reader may not see.
TEST_F(PagingTest, PromisesNoPageOfWhatAReaderMayNotSee) {
  const auto only = [](std::string_view key, std::string_view) { return key < "list/1010"; };
  EXPECT_NE(read({}, "9", Order::ascending, only)->next, "");
  const auto page = read({}, "10", Order::ascending, only);
  EXPECT_EQ(page->rows.size(), 10u);
  EXPECT_EQ(page->next, "");
}

TEST_F(PagingTest, AnswerNamesTheNextPage) {
  auto request = asking({}, "2");
  request.query.emplace_back("name", "A & B/ü");
  const auto response = page_response(request, {"1", "{\"a\":2}"}, "CURSOR", "12");
  EXPECT_EQ(response.body, R"({"items":[1,{"a":2}],"next":"CURSOR","position":"12"})");
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].first, "Link");
  EXPECT_EQ(response.headers[0].second,
            "</v1/things?limit=2&name=A%20%26%20B%2F%C3%BC&cursor=CURSOR>; rel=\"next\"");
  EXPECT_EQ(page_response(request, {}, {}).body, R"({"items":[]})");
}
}  // namespace
}  // namespace nrm::gateway
