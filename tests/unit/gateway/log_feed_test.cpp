// The auditors' feed against logs that grow while it reads: whatever was there when, wherever a
// reader resumed and however little was brought at a time, what it got is the logs, filtered: each
// record once, in its log's order, and never an effect before its cause.
#include "services/gateway/log_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm::gateway {
namespace {
constexpr std::size_t logs = std::size(log_owners);
using Dice = std::mt19937_64;

std::string uuid(unsigned n) {
  char text[37];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-000000000001", n);
  return text;
}

// Five logs whose records follow from each other; cases 1 to 3, referrals of them, in every log.
struct Logs {
  std::array<std::vector<std::string>, logs> records;
  std::map<std::string, std::string> subject_of;  // stream -> case id
  std::int64_t now = 1'700'000'000'000;

  void grow(Dice& dice) {
    const std::size_t log = dice() % logs;
    auto& list = records[log];
    // Clocks of services differ: a cause may be dated after its effect.
    now += static_cast<std::int64_t>(dice() % 50);
    const Instant at{now - static_cast<std::int64_t>(dice() % 200)};
    const std::size_t owner = dice() % logs;
    std::string input = R"({"command":"nrm.x.v1","key":"00","digest":"00","data":{}})";
    if (owner != log && !records[owner].empty() && dice() % 2 == 0)
      input = R"({"log":")" + log_name(log_owners[owner]) + R"(","seq":)" +
              std::to_string(dice() % records[owner].size()) + R"(,"index":0,"hash":"00"})";
    const std::string subject = uuid(1 + static_cast<unsigned>(dice() % 3));
    std::string stream = "case/" + subject;
    if (dice() % 3 == 0) {
      stream = "referral/" + uuid(100 + static_cast<unsigned>(dice() % 9));
      subject_of.emplace(stream, subject);
    }
    if (dice() % 8 == 0) {  // a command that was refused, about the case or a referral of it
      const bool of_case = stream.starts_with("case/");
      list.push_back(
          R"({"seq":)" + std::to_string(list.size()) + R"(,"id":")" + uuid(7) + R"(","at":")" +
          at.text() + R"(","input":{"command":"nrm.x.v1","key":"00","digest":"00","data":{")" +
          (of_case ? "subject" : "referral") + R"(":")" + stream.substr(stream.find('/') + 1) +
          R"("}},"rejection":{"code":"too_early","where":"","detail":""},)" +
          R"("policy":"uk@3","engine":1})");
      return;
    }
    const char* type = dice() % 4 == 0 ? "nrm.case.closed.v1" : "nrm.case.plan_agreed.v1";
    list.push_back(R"({"seq":)" + std::to_string(list.size()) + R"(,"id":")" + uuid(7) +
                   R"(","at":")" + at.text() + R"(","input":)" + input + R"(,"events":[{"type":")" +
                   type + R"(","stream":")" + stream +
                   R"(","data":{}}],"policy":"uk@3","engine":1})");
  }
  FeedPlace ends() const {
    FeedPlace out{};
    for (std::size_t i = 0; i < logs; ++i) out[i] = records[i].size();
    return out;
  }
  std::string stretch(std::size_t log, std::uint64_t from, std::size_t count) const {
    std::string out;
    for (std::uint64_t seq = from; seq < records[log].size() && seq < from + count; ++seq) {
      const std::string& record = records[log][seq];
      out += static_cast<char>(record.size() >> 8);
      out += static_cast<char>(record.size() & 0xff);
      out += record;
    }
    return out;
  }
  LogFeed::SubjectOf subjects() const {
    return [this](const StreamKey& stream) -> std::optional<Uuid> {
      const auto found = subject_of.find(stream.text());
      return found == subject_of.end() ? std::nullopt : Uuid::parse(found->second);
    };
  }
  bool is_wanted(const std::string& record, const FeedFilter& filter) const {
    bool good = filter.types.empty();
    for (const std::string& type : filter.types)
      good |= record.find(type == refused_type ? "\"rejection\"" : "\"" + type + "\"") !=
              std::string::npos;
    if (!filter.subject) return good;
    // Ids of cases and referrals are different ones.
    bool theirs = record.find(filter.subject->text()) != std::string::npos;
    for (const auto& [stream, subject] : subject_of)
      theirs |= subject == filter.subject->text() &&
                record.find(stream.substr(stream.find('/') + 1)) != std::string::npos;
    return good && theirs;
  }
};

struct Got {
  std::size_t log = 0;
  std::uint64_t seq = 0;
  std::string cursor;
};

// What one event says, checked against the log it names.
Got read_event(const LogFeed::Event& event, const Logs& world) {
  json::Document document;
  EXPECT_TRUE(document.parse_strict(event.json)) << event.json;
  const json::Value root = document.root();
  Got got;
  for (std::size_t i = 0; i < logs; ++i)
    if (root.find("source").text() == log_name(log_owners[i])) got.log = i;
  got.seq = std::stoull(std::string(root.find("id").text()));
  got.cursor = root.find("cursor").text();
  EXPECT_EQ(got.cursor, event.cursor);
  const std::string& record = world.records[got.log].at(got.seq);
  const auto data = event.json.find(",\"data\":");
  EXPECT_EQ(event.json.substr(data + 8, event.json.size() - data - 9), record) << "exact bytes";
  EXPECT_EQ(root.find("leafhash").text(), leaf_hash(record).hex());
  const bool refused = record.find("\"rejection\"") != record.npos;
  EXPECT_EQ(bool(root.find("refused")), refused);
  if (refused) {
    EXPECT_EQ(root.find("refused").text(), "too_early");
    const auto about = StreamKey::parse(root.find("subject").text());
    EXPECT_TRUE(about && record.find(about->id.text()) != record.npos) << event.json;
  }
  return got;
}

class Reader {
 public:
  Reader(const Logs& world, FeedFilter filter, Dice& dice)
      : world_(world), filter_(std::move(filter)), dice_(dice) {
    resume();
  }
  void resume() {  // where the last event or bookmark said
    feed_.emplace(*read_feed_place(cursor_), filter_, world_.subjects());
    wanted_.clear();
  }
  // A look at the feed, as a stream takes one: some of what is wanted comes, some is late, some is
  // brought twice; some events are read.
  void look(bool whole) {
    feed_->reach(world_.ends());
    for (const LogFeed::Want& want : feed_->wants()) wanted_.push_back(want);
    for (const LogFeed::Want& want : wanted_) {
      if (!whole && dice_() % 3 == 0) continue;
      const auto log = static_cast<std::size_t>(want.service);
      EXPECT_TRUE(feed_->put(want, world_.stretch(log, want.from, 1 + dice_() % 5)));
    }
    if (wanted_.size() > 8) wanted_.clear();
    for (std::size_t left = whole ? 1'000'000 : dice_() % 4; left > 0; --left) {
      const auto event = feed_->next();
      if (!event) break;
      got_.push_back(read_event(*event, world_));
      cursor_ = event->cursor;
      feed_->marked();
    }
    if (dice_() % 5 == 0) {
      const auto mark = feed_->bookmark(Instant{world_.now});
      json::Document document;
      EXPECT_TRUE(document.parse_strict(mark.json));
      EXPECT_EQ(document.root().find("type").text(), "nrm.feed.bookmark.v1");
      cursor_ = mark.cursor;
      feed_->marked();
    }
  }
  bool caught_up() {
    feed_->reach(world_.ends());
    return feed_->caught_up();
  }
  const std::vector<Got>& got() const { return got_; }
  const FeedFilter& filter() const { return filter_; }

 private:
  const Logs& world_;
  const FeedFilter filter_;
  Dice& dice_;
  std::string cursor_ = "0.0.0.0.0.0";
  std::optional<LogFeed> feed_;
  std::vector<LogFeed::Want> wanted_;
  std::vector<Got> got_;
};

void expect_whole(const Reader& reader, const Logs& world) {
  std::array<std::vector<std::uint64_t>, logs> told;
  std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> place;
  for (std::size_t i = 0; i < reader.got().size(); ++i) {
    const Got& got = reader.got()[i];
    told[got.log].push_back(got.seq);
    EXPECT_TRUE(place.emplace(std::pair(got.log, got.seq), i).second) << "told twice";
  }
  for (std::size_t log = 0; log < logs; ++log) {
    std::vector<std::uint64_t> wanted;
    for (std::uint64_t seq = 0; seq < world.records[log].size(); ++seq)
      if (reader.filter().follows(log_owners[log]) &&
          world.is_wanted(world.records[log][seq], reader.filter()))
        wanted.push_back(seq);
    EXPECT_EQ(told[log], wanted) << log_name(log_owners[log]);
  }
  json::Document document;
  for (const Got& got : reader.got()) {
    ASSERT_TRUE(document.parse_strict(world.records[got.log][got.seq]));
    const json::Value input = document.root().find("input"), owner = input.find("log");
    if (!owner) continue;
    for (std::size_t log = 0; log < logs; ++log) {
      if (owner.text() != log_name(log_owners[log])) continue;
      const auto cause = place.find({log, static_cast<std::uint64_t>(input.find("seq").integer())});
      if (cause == place.end()) continue;
      EXPECT_LT(cause->second, place.at({got.log, got.seq})) << "an effect before its cause";
    }
  }
}

std::vector<FeedFilter> filters() {
  return {{},
          {.services = {Service::referral, Service::vault}, .types = {}, .subject = {}},
          {.services = {}, .types = {"nrm.case.closed.v1"}, .subject = {}},
          {.services = {}, .types = {std::string(refused_type)}, .subject = Uuid::parse(uuid(3))},
          {.services = {}, .types = {}, .subject = Uuid::parse(uuid(2))},
          {.services = {Service::closure},
           .types = {"nrm.case.closed.v1"},
           .subject = Uuid::parse(uuid(1))}};
}

TEST(LogFeed, WhatAReaderGotIsTheLogsWhateverHappened) {
  crypto::start();
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Dice dice(seed);
    Logs world;
    std::vector<Reader> readers;
    for (const FeedFilter& filter : filters()) readers.emplace_back(world, filter, dice);
    for (int turn = 0; turn < 400; ++turn) {
      if (dice() % 2 == 0) world.grow(dice);
      for (Reader& reader : readers) {
        if (dice() % 9 == 0) reader.resume();
        reader.look(false);
      }
    }
    for (Reader& reader : readers) {
      for (int i = 0; i < 2'000 && !reader.caught_up(); ++i) reader.look(true);
      ASSERT_TRUE(reader.caught_up()) << "seed " << seed;
      expect_whole(reader, world);
      if (HasFailure()) FAIL() << "seed " << seed;
    }
  }
}

TEST(LogFeed, GoesOnAtEveryCursorItEverGave) {
  crypto::start();
  Dice dice(9);
  Logs world;
  for (int i = 0; i < 120; ++i) world.grow(dice);
  const auto read = [&](const std::string& from) {
    LogFeed feed(*read_feed_place(from), {}, world.subjects());
    feed.reach(world.ends());
    std::vector<LogFeed::Event> out;
    while (!feed.caught_up()) {
      for (const auto& want : feed.wants())
        EXPECT_TRUE(
            feed.put(want, world.stretch(static_cast<std::size_t>(want.service), want.from, 3)));
      while (const auto event = feed.next()) out.push_back(*event);
      feed.marked();
    }
    return out;
  };
  const auto all = read("0.0.0.0.0.0");
  ASSERT_EQ(all.size(), 120u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto rest = read(all[i].cursor);
    ASSERT_EQ(rest.size(), all.size() - i - 1);
    for (std::size_t j = 0; j < rest.size(); ++j) {
      ASSERT_EQ(rest[j].json, all[i + 1 + j].json);
      ASSERT_EQ(rest[j].cursor, all[i + 1 + j].cursor);
    }
  }
}

// The filter matches nothing for long: next() stops so that a bookmark can be told.
TEST(LogFeed, StopsForABookmarkWhereNothingMatches) {
  crypto::start();
  Dice dice(3);
  Logs world;
  for (int i = 0; i < 20'000; ++i) world.grow(dice);
  LogFeed feed({}, {.services = {}, .types = {"nrm.log.key_retired.v1"}, .subject = {}},
               world.subjects());
  feed.reach(world.ends());
  FeedPlace before{};
  int bookmarks = 0;
  while (!feed.caught_up()) {
    for (const auto& want : feed.wants())
      ASSERT_TRUE(
          feed.put(want, world.stretch(static_cast<std::size_t>(want.service), want.from, 50)));
    ASSERT_FALSE(feed.next());
    if (feed.passed() < 8'192) continue;
    EXPECT_NE(feed.place(), before);
    before = feed.place();
    feed.marked();
    ++bookmarks;
  }
  EXPECT_GE(bookmarks, 2);
}

TEST(LogFeed, RefusesWhatIsNoPlaceAndNoFilter) {
  for (const char* bad : {"", "1", "1.2.3.4.5", "1.2.3.4.5.6.7", "1.2.3.4.5.", "a.b.c.d.e.f",
                          "-1.0.0.0.0.0", "1.2.3.4.5.6 ", "99999999999999999999.0.0.0.0.0"})
    EXPECT_FALSE(read_feed_place(bad)) << bad;
  EXPECT_EQ(place_text(*read_feed_place("1.22.3.0.5.6")), "1.22.3.0.5.6");
  EXPECT_FALSE(read_feed_filter("gateway", "", ""));
  EXPECT_FALSE(read_feed_filter("vault,,referral", "", ""));
  EXPECT_FALSE(read_feed_filter("", "nrm.case.nothing.v1", ""));
  EXPECT_FALSE(read_feed_filter("", "", "not-an-id"));
  const auto good = read_feed_filter("vault,referral", "nrm.case.closed.v1", uuid(1));
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->follows(Service::vault));
  EXPECT_FALSE(good->follows(Service::closure));
}

TEST(LogFeed, WhatIsNoStretchIsRefused) {
  LogFeed feed({}, {}, [](const StreamKey&) { return std::nullopt; });
  feed.reach({1, 1, 1, 1, 1, 1});
  EXPECT_FALSE(feed.put({Service::vault, 0}, std::string("\x00", 1)));
  EXPECT_FALSE(feed.put({Service::vault, 0}, std::string("\x00\x05{}", 4)));
  EXPECT_TRUE(feed.put({Service::vault, 7}, std::string("\x00\x02{}", 4)));  // not wanted any more
  EXPECT_EQ(feed.wants().size(), logs);
}

// Whoever has taken the archive over may end a feed, and no more.
TEST(LogFeed, WhatIsNotTheRecordOfItsNumberEndsTheFeed) {
  for (const char* bad :
       {"{}", "[]", "7", "no JSON", R"({"seq":1,"at":"2023-07-01T08:00:00.000Z","input":{}})",
        R"({"seq":0,"at":"never","input":{}})", R"({"seq":0,"at":"2023-07-01T08:00:00.000Z"})",
        R"({"seq":"0","at":"2023-07-01T08:00:00.000Z","input":{}})"}) {
    LogFeed feed({}, {.services = {Service::vault}, .types = {}, .subject = {}},
                 [](const StreamKey&) { return std::nullopt; });
    feed.reach({1, 1, 1, 1, 1, 1});
    const std::string record = bad;
    ASSERT_TRUE(feed.put({Service::vault, 0},
                         std::string(1, '\0') + static_cast<char>(record.size()) + record));
    EXPECT_FALSE(feed.next()) << bad;
    EXPECT_TRUE(feed.broken()) << bad;
  }
}
}  // namespace
}  // namespace nrm::gateway
