// Threat 6: somebody reports people to learn who is in the mechanism. The vault finds duplicates by
// keyed tokens and tells the case managers alone; to who reports, a person who is known looks like
// one who is not: status, fields, sizes, time, and everything else that can be read afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

#include "services/vault/duplicates.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
constexpr int people_each = 1'000;

struct Spelling {
  const char *name, *again;
};
// One person each, as two offices write them.
constexpr Spelling spellings[] = {{"José Müller", "MULLER, Jose"},
                                  {"Anne-Marie O'Brien", "obrien anne marie"},
                                  {"Łukasz Żółć", "Zolc Lukasz"},
                                  {"Søren Ærø", "AERO soren"},
                                  {"Nguyễn Thị Minh", "Minh Nguyen Thi"}};

TEST(DuplicateTokens, WhatTwoOfficesWriteMeets) {
  const Date born = *Date::parse("1990-02-28");
  for (const Spelling& one : spellings)
    EXPECT_EQ(name_composite(one.name, born), name_composite(one.again, born)) << one.name;
  EXPECT_NE(name_composite("Ana", born), name_composite("Anna", born));
  EXPECT_NE(name_composite("Ana", born), name_composite("Ana", born.plus(1)));
  EXPECT_EQ(name_composite("---", born), "");
  EXPECT_EQ(document_composite("EX 12-34/5"), document_composite("ex12345"));
  EXPECT_EQ(document_composite("0000000"), "");
  EXPECT_EQ(document_composite("A 12"), "");
  EXPECT_EQ(phone_composite("+44 (0)20 7946 0018"), phone_composite("020 7946 0018"));
  EXPECT_EQ(phone_composite("12 34 56"), "");
}

// The vault's hook alone, as the step calls it: before the decision, and with it.
class DuplicateTokensTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  static Result<void> look_up(DuplicateTokens& tokens, Input& input, const std::string& personal) {
    return tokens.look_up(read_personal(personal).value(), input.fresh<CaseId>(0),
                          get<SealDossier>(std::get<Command>(input.what)));
  }
  // A dossier is sealed; the batch is not committed yet.
  Uuid seal(const std::string& personal) {
    Input input{.id = entropy->uuid(), .at = {}, .actor = {}, .what = Command(SealDossier{})};
    EXPECT_TRUE(look_up(tokens, input, personal));
    met = get<SealDossier>(std::get<Command>(input.what)).duplicates;
    const CaseId subject = input.fresh<CaseId>(0);
    Record record;
    record.events.push_back({case_stream(subject), DossierSealed{}});
    tokens.decided(record, batch);
    return subject;
  }
  void commit() {
    EXPECT_TRUE(store.commit(batch, Sync::yes));
    batch.clear();
    tokens.committed();
  }
  std::size_t rows() {
    std::size_t count = 0;
    EXPECT_TRUE(store.scan(Family::sealed, {}, [&](auto, auto) { return ++count > 0; }));
    return count;
  }

  TemporaryStore disk;
  Store& store = disk.store();
  std::unique_ptr<Entropy> entropy = seeded_entropy(1);
  DuplicateTokens tokens{crypto::SecretKey::from(std::string(32, 'd')).value(), store};
  Batch batch;
  std::vector<DuplicateCandidate> met;
};
const std::string ana = R"({"name":"Ana Example","date_of_birth":"1990-02-28",)"
                        R"("document_number":"EX 123456","phone":"+00 20 7946 0018"})";

TEST_F(DuplicateTokensTest, TwoOfOneBatchMeet) {
  const Uuid first = seal(ana);
  EXPECT_TRUE(met.empty());
  const Uuid second = seal(ana);  // nothing is in the store yet
  ASSERT_EQ(met.size(), 1u);
  EXPECT_EQ(met[0].other, first);
  EXPECT_EQ(met[0].grounds.size(), 3u);
  commit();
  seal(ana);
  EXPECT_EQ(met.size(), 2u) << "each case once, wherever it is found";
  EXPECT_NE(first, second);
}

// A birthday that thousands give is told of eight times, and costs what any other costs.
TEST_F(DuplicateTokensTest, WhatManyShareIsToldOfTheNewest) {
  std::vector<Uuid> cases;
  for (int i = 0; i < 20; ++i) {
    cases.push_back(seal(ana));
    if (i == 10) commit();
  }
  ASSERT_EQ(met.size(), limits::duplicate_candidates_max);
  for (const auto& one : met)
    EXPECT_GE(std::ranges::find(cases, one.other) - cases.begin(), 11) << "of those before it";
  commit();
  for (const Uuid& one : cases) tokens.erase_case(one, batch);
  commit();
  EXPECT_EQ(rows(), 0u);
}

TEST_F(DuplicateTokensTest, WhatWasRefusedLeavesNothing) {
  Input input{.id = entropy->uuid(), .at = {}, .actor = {}, .what = Command(SealDossier{})};
  ASSERT_TRUE(look_up(tokens, input, ana));
  Record refused;
  refused.rejection = Error(Code::consent_missing);
  tokens.decided(refused, batch);
  EXPECT_TRUE(batch.empty());
  seal(ana);
  EXPECT_TRUE(met.empty());
}

TEST_F(DuplicateTokensTest, ErasingACaseRemovesItsTokens) {
  const Uuid erased = seal(ana), kept = seal(R"({"name":"Other","phone":"+00 20 7946 0018"})");
  commit();
  const std::size_t before = rows();
  tokens.erase_case(erased, batch);
  commit();
  EXPECT_EQ(rows(), before - 3)
      << "two tokens and their list; the telephone is somebody else's, too";
  const std::string_view id(reinterpret_cast<const char*>(erased.bytes.data()), 16);
  EXPECT_TRUE(static_cast<const Store&>(store).scan(Family::sealed, {}, [&](auto key, auto value) {
    EXPECT_EQ(value.find(id), value.npos) << key;
    return true;
  }));
  seal(ana);
  ASSERT_EQ(met.size(), 1u);
  EXPECT_EQ(met[0].other, kept);
}

// Who has the store without the key cannot look anybody up in it.
TEST_F(DuplicateTokensTest, TokensAreKeyed) {
  seal(ana);
  commit();
  DuplicateTokens others(crypto::SecretKey::from(std::string(32, 'x')).value(), store);
  Input input{.id = entropy->uuid(), .at = {}, .actor = {}, .what = Command(SealDossier{})};
  ASSERT_TRUE(look_up(others, input, ana));
  EXPECT_TRUE(get<SealDossier>(std::get<Command>(input.what)).duplicates.empty());
}

// What is left of an answer when what must be fresh is taken out of it: sizes of the rest.
struct Shape {
  int status = 0;
  std::string fields;  // names and lengths
  std::size_t bytes = 0;
  bool operator==(const Shape&) const = default;
};
Shape shape_of(const http::Answer& answer) {
  Shape out{answer.status, {}, answer.body.size()};
  for (const auto& [name, value] : answer.headers)
    if (name != "Content-Length" && name != "content-length")
      out.fields += name + ' ' + std::to_string(value.size()) + '\n';
  // The record's number is in the receipt twice, as seq and as the checkpoint's size.
  const std::size_t digits = member(answer, "receipt/seq").size();
  const std::string note = member(answer, "receipt/checkpoint");
  const auto line = note.find('\n') + 1;
  out.bytes -= digits + (note.find('\n', line) - line);
  return out;
}

// Mann-Whitney: how often one of `a` is smaller than one of `b`; 0.5 when they are alike.
double probability_smaller(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  auto sorted = b;
  std::ranges::sort(sorted);
  double sum = 0;
  for (const std::int64_t one : a) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), one);
    sum += static_cast<double>(sorted.end() - high) + static_cast<double>(high - low) / 2;
  }
  return sum / static_cast<double>(a.size() * b.size());
}

std::int64_t quantile(std::vector<std::int64_t> values, int percent) {
  std::ranges::sort(values);
  return values[values.size() * static_cast<std::size_t>(percent) / 100];
}

// Over the bus in memory: turns of the loops are counted, and processor time is measured.
class Threat06_DuplicateOracle : public ::testing::Test {
 protected:
  Town town{Wires::memory};
  Party first = town.join("First Police", OrganisationKind::police, Role::first_responder);
  Party second = town.join("Second Police", OrganisationKind::police, Role::first_responder);
  Party manager = town.office("case-manager");

  static std::string person(int number, const char* name = "José Example") {
    char text[256];
    std::snprintf(text, sizeof text,
                  R"({"name":"%s %c%c%c%c","date_of_birth":"19%02d-0%d-1%d",)"
                  R"("document_number":"EX%07d","phone":"+00 20%08d"})",
                  name, 'a' + number % 26, 'a' + number / 26 % 26, 'a' + number / 676 % 26,
                  'a' + number / 17'576 % 26, number % 90 + 10, number % 9 + 1, number % 10, number,
                  number);
    return text;
  }
  std::vector<std::string> queue() {
    std::vector<std::string> out;
    std::string cursor;
    do {
      const auto page = town.get(
          manager, "/v1/queues/duplicates?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_EQ(page.status, 200) << page.body;
      for (const auto& one : members(page, "duplicate/case")) out.push_back(one);
      cursor = member(page, "next");
    } while (!cursor.empty());
    return out;
  }
  // What the reporter can read of a case later, without what is fresh by nature.
  std::string traces(const std::string& subject) {
    const auto item = town.get(second, "/v1/cases/" + subject);
    // Its last number follows from what is shown, of which the case's own reference is a part.
    const std::string_view tag = item.header("etag");
    std::string out(tag.substr(0, tag.rfind('.')));
    for (const char* name : {"identification_status", "support_status", "closure_status",
                             "consents", "owner", "reporter", "facts"})
      out += '\n' + member(item, name);
    const auto timeline = town.get(second, "/v1/cases/" + subject + "/timeline");
    for (const std::string& type : members(timeline, "type")) out += '\n' + type;
    out += '\n' +
           std::to_string(
               members(town.get(second, "/v1/cases/" + subject + "/referrals"), "referral").size());
    out += '\n' +
           std::to_string(town.get(second, "/v1/cases/" + subject + "/sealed-items").body.size());
    return out;
  }
};

TEST_F(Threat06_DuplicateOracle, MembersAndStrangersAnswerAlike) {
  for (int i = 0; i < people_each; ++i) town.report(first, person(i));
  std::vector<std::int64_t> members_us, strangers_us;
  std::vector<std::string> member_cases, stranger_cases;
  int turns[2] = {0, 0};
  std::mt19937_64 dice(6);
  for (int i = 0; i < people_each; ++i) {
    // Interleaved, and chance says who comes first: the gateway writes rows every 20 ms, and that
    // must not fall on the same one each time.
    Shape shapes[2];
    const bool member_first = dice() % 2 == 0;
    for (const bool member_now : {member_first, !member_first}) {
      const int number = member_now ? i : people_each + i;
      const auto answer =
          town.post(second, "/v1/reports",
                    town.report_body(person(number, member_now ? "example JOSE" : "example JOSI")));
      ASSERT_EQ(answer.status, 201) << answer.body;
      shapes[member_now] = shape_of(answer);
      turns[member_now] += town.last_turns();
      (member_now ? members_us : strangers_us).push_back(answer.took.count());
      (member_now ? member_cases : stranger_cases).push_back(member(answer, "case"));
    }
    ASSERT_EQ(shapes[0], shapes[1])
        << i << ": " << shapes[0].bytes << ' ' << shapes[1].bytes << '\n'
        << shapes[0].fields << shapes[1].fields;
  }
  std::printf("turns of the loops: %d of members, %d of strangers\n", turns[1], turns[0]);
  EXPECT_EQ(turns[0], turns[1]) << "somebody waits for something";
  const double smaller = probability_smaller(members_us, strangers_us);
  std::printf("processor time of a report, us  p50     p90     p99\n");
  for (const auto& [name, all] :
       {std::pair("of a member", &members_us), std::pair("of a stranger", &strangers_us)})
    std::printf("  %-24s %7lld %7lld %7lld\n", name, static_cast<long long>(quantile(*all, 50)),
                static_cast<long long>(quantile(*all, 90)),
                static_cast<long long>(quantile(*all, 99)));
  // With a thousand each, chance alone moves it by 0.013 (one standard deviation).
  std::printf("Mann-Whitney: a member's is faster with probability %.3f (0.5 = alike, z = %.1f)\n",
              smaller, (smaller - 0.5) / std::sqrt(2001.0 / 12.0 / 1e6));
  EXPECT_NEAR(smaller, 0.5, 0.05);

  // The managers, and they alone, have exactly the members.
  auto suspected = queue();
  std::ranges::sort(suspected);
  suspected.erase(std::unique(suspected.begin(), suspected.end()), suspected.end());
  std::ranges::sort(member_cases);
  EXPECT_EQ(suspected, member_cases);
  for (const char* name : {"operator", "competent-authority", "auditor"})
    EXPECT_EQ(town.get(town.office(name), "/v1/queues/duplicates").status, 403) << name;
  EXPECT_EQ(town.get(second, "/v1/queues/duplicates").status, 403);

  // No other channel: versions, timeline, facts, referrals.
  town.settle();
  std::string usual = traces(stranger_cases[0]);
  for (std::size_t i = 0; i < 100; ++i) {
    ASSERT_EQ(traces(member_cases[i * 10]), usual) << i;
    ASSERT_EQ(traces(stranger_cases[i * 10]), usual) << i;
  }
  const std::string metrics = town.get(town.office("operator"), "/metrics").body;
  EXPECT_NE(metrics.find("gateway_requests_total"), metrics.npos);
  EXPECT_EQ(metrics.find("duplicate"), metrics.npos);
}

TEST_F(Threat06_DuplicateOracle, OneGroundIsEnoughAndOtherNamesCount) {
  const std::string known = town.report(
      first, R"({"name":"Łukasz Żółć","also_known_as":"Lucky","date_of_birth":"1990-02-28",)"
             R"("document_number":"AB 123456","phone":"+48 22 123 45 67"})");
  const auto suspects = [&](const std::string& personal) {
    const std::string subject = town.report(second, personal);
    const auto page = town.get(manager, "/v1/queues/duplicates?limit=200");
    const auto cases = members(page, "duplicate/case"), others = members(page, "duplicate/other"),
               grounds = members(page, "duplicate/grounds");
    for (std::size_t i = 0; i < cases.size(); ++i)
      if (cases[i] == subject && others[i] == known) return grounds[i];
    return std::string();
  };
  EXPECT_EQ(suspects(R"({"name":"zolc lukasz","date_of_birth":"1990-02-28"})"),
            R"(["name_and_birth"])");
  EXPECT_EQ(suspects(R"({"name":"LUCKY","date_of_birth":"1990-02-28"})"), R"(["name_and_birth"])");
  EXPECT_EQ(suspects(R"({"name":"Nobody","document_number":"ab-123-456"})"),
            R"(["document_number"])");
  EXPECT_EQ(suspects(R"({"name":"Nobody","phone":"022 123 45 67"})"), R"(["phone"])");
  EXPECT_EQ(suspects(R"({"name":"zolc lukasz","date_of_birth":"1990-03-01"})"), "");
  EXPECT_EQ(suspects(R"({"name":"zolc lukasz"})"), "") << "a name alone is not enough";
}
}  // namespace
}  // namespace nrm::test
