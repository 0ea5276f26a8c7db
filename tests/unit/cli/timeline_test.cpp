// The timeline of a case, from records as a log has them.
#include "services/cli/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/event/codec.hpp"
#include "services/cli/pack.hpp"
#include "services/gateway/log_feed.hpp"

namespace nrm::cli {
namespace {
constexpr const char* the_case = "d8ed26c4-b4c1-4166-899a-bd73418c3614";
constexpr const char* other = "00000000-0000-4000-8000-00000000beef";
constexpr const char* police = "a8ee11d4-9c87-4e9c-8c41-3dc4e37f0f46";
constexpr const char* need = "5f0c1a2b-0000-4000-8000-000000000001";

struct Line {
  const char* log;
  std::string bytes;
};
std::string record(std::uint64_t seq, const char* at, const std::string& input,
                   const std::string& events, const std::string& clocks = {},
                   const std::string& tail = {}) {
  return R"({"seq":)" + std::to_string(seq) + R"(,"id":"3c37c814-3949-4ba5-ac99-1d5f11c0a798",)" +
         R"("at":")" + at + R"(","actor":{"account":"efd97e1c-2a0d-46da-94ba-6fdfdff80afe",)" +
         R"("organisation":")" + police + R"(","role":"first_responder"},"input":)" + input +
         (events.empty() ? "" : R"(,"events":[)" + events + "]") +
         (clocks.empty() ? "" : R"(,"clocks":[)" + clocks + "]") + tail +
         R"(,"policy":"uk@4","engine":1})";
}
std::string event(const std::string& type, const std::string& stream, const std::string& data) {
  return R"({"type":")" + type + R"(","stream":")" + stream + R"(","data":)" + data + "}";
}
std::string command(const std::string& type, const std::string& data = "{}") {
  return R"({"command":")" + type + R"(","key":"00","digest":"00","data":)" + data + "}";
}
std::string received(const char* log, std::uint64_t seq) {
  return R"({"log":")" + std::string(log) + R"(","seq":)" + std::to_string(seq) +
         R"(,"index":0,"hash":"00"})";
}
std::string clock(const std::string& stream, const char* name, const char* due = nullptr) {
  return R"({"stream":")" + stream + R"(","name":")" + name + '"' +
         (due ? R"(,"due":")" + std::string(due) + '"' : "") + "}";
}

const std::string on_case = std::string("case/") + the_case;
const std::string on_need = std::string("referral/") + need;

// First stage late by eight hours, an offer that nobody answered, a review to come; a refusal; and
// somebody else's case, which must not show. The vault's clock is a second behind the others'.
std::vector<Line> lines() {
  return {
      {"vault/0",
       record(0, "2023-07-01T08:00:00.000Z", command("nrm.organisation.register.v1"),
              event("nrm.organisation.registered.v1", std::string("organisation/") + police,
                    R"({"name":"Kent <Police> & Co","kind":"police"})"))},
      {"vault/0", record(1, "2023-07-01T08:00:01.000Z", command("nrm.dossier.seal.v1"),
                         event("nrm.case.dossier_sealed.v1", on_case, "{}"),
                         clock(on_case, "report_follows", "2023-07-08T23:59:59.999Z"))},
      {"vault/0", record(2, "2023-07-01T08:00:01.500Z", received("identification/0", 0),
                         event("nrm.case.dossier_reported.v1", on_case, "{}"),
                         clock(on_case, "report_follows"))},
      {"identification/0",
       record(0, "2023-07-01T08:00:02.000Z", command("nrm.report.submit.v1"),
              event("nrm.case.report_received.v1", on_case,
                    R"({"reference":"AAAAA-AAAAA-A","organisation":")" + std::string(police) +
                        R"(","decide_by":"2023-07-07T23:59:59.999Z"})"),
              clock(on_case, "first_stage", "2023-07-07T23:59:59.999Z"))},
      {"identification/0", record(1, "2023-07-02T08:00:00.000Z", command("nrm.report.submit.v1"),
                                  event("nrm.case.report_received.v1", std::string("case/") + other,
                                        R"({"reference":"B"})"))},
      {"identification/0",
       record(2, "2023-07-03T08:00:00.000Z",
              command("nrm.second_stage.decide.v1",
                      R"({"subject":")" + std::string(the_case) + R"("})"),
              "", "", R"(,"rejection":{"code":"too_early","where":"","detail":""})")},
      {"identification/0", record(3, "2023-07-08T00:00:00.000Z",
                                  R"({"due":"first_stage","stream":")" + on_case +
                                      R"(","set_for":"2023-07-07T23:59:59.999Z"})",
                                  event("nrm.case.first_stage_overdue.v1", on_case,
                                        R"({"due":"2023-07-07T23:59:59.999Z"})"),
                                  clock(on_case, "escalation", "2023-07-11T23:59:59.999Z"))},
      {"identification/0",
       record(4, "2023-07-08T07:59:59.999Z", command("nrm.first_stage.decide.v1"),
              event("nrm.case.first_stage_decided.v1", on_case,
                    R"({"outcome":"positive","ground":"evidence_sufficient","by":")" +
                        std::string(police) + R"("})"),
              clock(on_case, "escalation") + "," +
                  clock(on_case, "recovery", "2023-08-07T23:59:59.999Z"))},
      {"referral/0",
       record(0, "2023-07-08T08:00:00.000Z", received("identification/0", 4),
              event("nrm.referral.requested.v1", on_need,
                    R"({"service":"medical","subject":")" + std::string(the_case) + R"("})"),
              clock(on_need, "answer_offer", "2023-07-10T08:00:00.000Z"))},
      {"referral/0", record(1, "2023-07-10T08:00:00.000Z",
                            R"({"due":"answer_offer","stream":")" + on_need +
                                R"(","set_for":"2023-07-10T08:00:00.000Z"})",
                            event("nrm.referral.expired.v1", on_need, "{}"))},
      // Of a build that comes later: told all the same.
      {"closure/0", record(0, "2023-07-12T08:00:00.000Z", received("referral/0", 1),
                           event("nrm.case.something_new.v9", on_case, R"({"x":1})"))},
  };
}

CaseStory story(std::optional<Instant> until = {}) {
  CaseHistory history(*Uuid::parse(the_case), until);
  for (const char* log : {"vault/0", "identification/0", "referral/0", "assistance/0", "closure/0"})
    for (const Line& line : lines()) {
      if (line.log != std::string(log)) continue;
      const auto more = history.take(log, line.bytes);
      EXPECT_TRUE(more) << more.error().detail;
      if (!*more) break;
    }
  return history.story();
}
const CaseClock& clock_of(const CaseStory& story, const std::string& name) {
  const auto found = std::ranges::find(story.clocks, name, &CaseClock::name);
  EXPECT_NE(found, story.clocks.end()) << name;
  return *found;
}

TEST(CaseHistory, AnEffectIsToldAfterItsCauseAndOthersCasesNever) {
  const CaseStory told = story();
  std::vector<std::string> order;
  for (const CaseEntry& entry : told.entries)
    order.push_back(entry.log + ' ' + std::to_string(entry.seq));
  // vault/0 2 is dated before its cause, identification/0 0.
  EXPECT_EQ(order, (std::vector<std::string>{"vault/0 1", "identification/0 0", "vault/0 2",
                                             "identification/0 2", "identification/0 3",
                                             "identification/0 4", "referral/0 0", "referral/0 1",
                                             "closure/0 0"}));
  EXPECT_EQ(told.reference, "AAAAA-AAAAA-A");
  EXPECT_EQ(told.entries[3].refused, "too_early");
}

TEST(CaseHistory, EveryClockHasItsFate) {
  const CaseStory told = story();
  EXPECT_EQ(clock_of(told, "report_follows").fate, ClockFate::met);
  EXPECT_EQ(clock_of(told, "first_stage").fate, ClockFate::late);
  EXPECT_EQ(clock_of(told, "first_stage").late_by(told.as_of), hours(8));
  EXPECT_EQ(clock_of(told, "escalation").fate, ClockFate::met);
  EXPECT_EQ(clock_of(told, "recovery").fate, ClockFate::running);
  EXPECT_EQ(clock_of(told, "answer_offer").fate, ClockFate::unanswered);
  // Before the decision came the duty was overdue, and grew.
  const CaseStory then = story(Instant::parse("2023-07-08T00:00:00.000Z"));
  EXPECT_EQ(clock_of(then, "first_stage").fate, ClockFate::overdue);
  EXPECT_EQ(clock_of(then, "first_stage").late_by(*Instant::parse("2023-07-08T05:59:59.999Z")),
            hours(6));
}

Policy uk() {
  const auto bytes = read_pack("uk");
  EXPECT_TRUE(bytes);
  return read_policy(*bytes).value();
}

TEST(Timeline, TellsWhoWhatWhyAndByWhichRule) {
  const CaseStory told = story();
  const Policy pack = uk();
  const std::string text = timeline_text({told, {std::make_shared<const Policy>(pack)}});
  for (const char* part :
       {"FIRST STAGE positive (evidence sufficient) by Kent <Police> & Co",
        "by Kent <Police> & Co (first responder); asked with nrm.first_stage.decide.v1",
        "by the clock; the clock \"first stage\" ran out", "LATE by 8 h (due 2023-07-07 23:59)",
        "followed from identification/0 4: FIRST STAGE positive", "REFUSED: too early",
        "target of 5 working days; Modern Slavery Statutory Guidance", "nobody answered in time",
        "nrm.case.something_new.v9"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_NE(timeline_text({told}).find("the pack is not at hand"), std::string::npos);
  EXPECT_EQ(text.find(other), std::string::npos);
  EXPECT_EQ(text.find("efd97e1c"), std::string::npos) << "accounts are people";
}

static_assert(refused_command_type == gateway::refused_type, "one name for one thing");

// The attributes that CloudEvents 1.0.2 requires (2.1), their types, and the names that it allows.
TEST(Timeline, IsACloudEventsBatch) {
  const CaseStory told = story();
  const Policy pack = uk();
  json::Document document;
  ASSERT_TRUE(
      document.parse_strict(timeline_cloudevents({told, {std::make_shared<const Policy>(pack)}})));
  const json::Value batch = document.root();
  ASSERT_EQ(batch.kind(), json::Kind::array);
  std::set<std::string> identities;
  std::size_t count = 0, late = 0, refused = 0;
  for (const json::Value one : batch) {
    ++count;
    EXPECT_EQ(one.find("specversion").text(), "1.0");
    for (const char* required : {"id", "source", "type"}) {
      ASSERT_TRUE(one.find(required)) << required;
      EXPECT_FALSE(one.find(required).text().empty());
    }
    EXPECT_TRUE(identities
                    .insert(std::string(one.find("source").text()) + ' ' +
                            std::string(one.find("id").text()))
                    .second)
        << "source and id together are unique";
    EXPECT_TRUE(Instant::parse(one.find("time").text())) << "RFC 3339";
    EXPECT_EQ(one.find("datacontenttype").text(), "application/json");
    for (const json::Value member : one) {
      if (member.key() == "data") continue;
      EXPECT_LE(member.key().size(), 20u) << member.key();
      EXPECT_TRUE(std::ranges::all_of(member.key(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      })) << member.key();
      EXPECT_TRUE(member.kind() == json::Kind::string ||
                  (member.kind() == json::Kind::integer && member.integer() <= INT32_MAX))
          << member.key();
    }
    if (one.find("type").text() == refused_command_type) {
      ++refused;
      EXPECT_EQ(one.find("source").text(), "identification/0");
      EXPECT_EQ(one.find("id").text(), "2") << "the record's number: the proof";
      EXPECT_EQ(one.find("subject").text(), on_case);
      EXPECT_EQ(one.find("refused").text(), "too_early");
      EXPECT_EQ(one.find("actorrole").text(), "first_responder");
      EXPECT_EQ(one.find("data").find("command").text(), "nrm.second_stage.decide.v1");
      EXPECT_EQ(one.find("data").find("rejection").find("code").text(), "too_early");
    }
    if (one.find("lateclock")) {
      ++late;
      EXPECT_EQ(one.find("lateclock").text(), "first_stage");
      EXPECT_EQ(one.find("lateseconds").integer(), 8 * 3600);
    }
  }
  EXPECT_EQ(count, 9u);
  EXPECT_EQ(refused, 1u);
  EXPECT_EQ(late, 1u);
  ASSERT_TRUE(document.parse_strict(timeline_json({told, {std::make_shared<const Policy>(pack)}})));
}

TEST(Timeline, ThePageNeedsNothingFromElsewhereAndEscapesWhatItShows) {
  const CaseStory told = story();
  const Policy pack = uk();
  const std::string page = timeline_page({told, {std::make_shared<const Policy>(pack)}});
  for (const char* foreign : {"<script", "http:", "https:", "src=", "@import", "href=", "onload"})
    EXPECT_EQ(page.find(foreign), std::string::npos) << foreign;
  EXPECT_EQ(page.find("<Police>"), std::string::npos);
  EXPECT_NE(page.find("Kent &lt;Police&gt; &amp; Co"), std::string::npos);
  for (const char* part :
       {"<html lang=\"en\">", "<title>", "role=\"img\"", "<desc id=", "@media print",
        "scope=\"col\"", "class=\"bar beyond\"", "first stage late by 8 h"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_EQ(page, timeline_page({told, {std::make_shared<const Policy>(pack)}}))
      << "the same records, the same page";
}
}  // namespace
}  // namespace nrm::cli
