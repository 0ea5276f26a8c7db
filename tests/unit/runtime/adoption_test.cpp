// A log takes another version of its pack: what decides before and after its moment, after a
// restart, and for who decides again.
#include "common/runtime/adoption.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "common/runtime/folder.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/recompute.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/runtime/step_fixture.hpp"

namespace nrm::test {
namespace {
using testing::HasSubstr;

// The ledger of notes, whose clock is the pack's.
struct LedgerByPack : LedgerOfNotes {
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy) {
    auto decision = LedgerOfNotes::decide(view, input, policy);
    if (decision)
      for (ClockChange& change : decision->clocks)
        if (change.due) change.due = policy.due(ClockName::review, input.at);
    return decision;
  }
};

Policy pack_of(std::uint32_t version, std::uint32_t review_hours) {
  Policy out;
  out.pack = *Text<32>::parse("test");
  out.version = version;
  out.clocks.push_back({.name = ClockName::review,
                        .kind = {},
                        .unit = ClockUnit::hours,
                        .length = review_hours,
                        .urgency = {},
                        .starts = {},
                        .pauses = {},
                        .expiry = {},
                        .source = {}});
  return out;
}

class AdoptionTest : public StepFixture {
 protected:
  void SetUp() override {
    policy = pack_of(1, 24);
    reopen();
  }
  Result<std::unique_ptr<Step>> try_reopen() {
    return Step::open({.core = core_of<LedgerByPack>(),
                       .store = store,
                       .entropy = *entropy,
                       .policy = policy,
                       .policy_digest = "digest",
                       .signer = signer,
                       .origin = "test/vault/0",
                       .sandbox = true,
                       .hooks = nullptr,
                       .adopted = adopted},
                      now);
  }
  void reopen() {
    auto opened = try_reopen();
    ASSERT_TRUE(opened) << opened.error().detail;
    step = std::move(opened).value();
  }
  void adopt(std::uint32_t version, std::uint32_t review_hours, Instant from) {
    adopted.push_back({{.policy = "test@" + std::to_string(version),
                        .policy_digest = std::string(64, static_cast<char>('0' + version)),
                        .from = from},
                       std::make_shared<const Policy>(pack_of(version, review_hours))});
    step->note_policy(adopted.back(), now);
    last = commit();
  }
  // The version that its record names, and when its clock runs out, in hours from now.
  std::pair<std::string, int> ask_for_clock(char subject) {
    const auto answer = ask_and_commit(
        key(subject),
        consent(
            Uuid::parse("00000000-0000-4000-8000-00000000000" + std::string(1, subject)).value()));
    json::Document document;
    EXPECT_TRUE(document.parse_trusted(answer.record));
    const Record record = read_record(document.root()).value();
    EXPECT_EQ(record.clocks.size(), 1u);
    const auto left = *record.clocks.at(0).due - record.at;
    return {record.policy, static_cast<int>(left.count() / 3'600'000)};
  }
  // What who decides again finds: a text for each record that differs.
  std::vector<std::string> differences(bool with_packs = true) {
    MemoryStore scratch;
    Recompute again(core_of<LedgerByPack>(),
                    {.policy = policy,
                     .digest = "digest",
                     .adopted = [&](const std::string& digest) -> std::shared_ptr<const Policy> {
                       for (const AdoptedPolicy& one : adopted)
                         if (with_packs && one.adoption.policy_digest == digest) return one.policy;
                       return nullptr;
                     },
                     .before = {}},
                    scratch,
                    {.named = [](const ReceivedNote&) -> Result<const Record*> {
                       return Error(Code::unavailable, "", "there is no other log");
                     },
                     .beside = [](const Command&) { return Recompute::Beside::nothing; }},
                    {});
    std::vector<std::string> out;
    EXPECT_TRUE(read_log(store, 0, [&](std::uint64_t seq, std::string_view bytes) {
      const auto difference = again.take(seq, bytes);
      EXPECT_TRUE(difference);
      if (difference && !difference->empty()) out.push_back(*difference);
      return true;
    }));
    return out;
  }

  std::vector<AdoptedPolicy> adopted;
};

using Clock = std::pair<std::string, int>;

TEST_F(AdoptionTest, DecidesByTheVersionInForce) {
  EXPECT_EQ(ask_for_clock('1'), Clock("test@1", 24));
  adopt(2, 72, now + hours(10));
  EXPECT_EQ(ask_for_clock('2'), Clock("test@1", 24));  // adopted, not yet in force
  now = now + hours(10) - Milliseconds(1);
  EXPECT_EQ(ask_for_clock('3'), Clock("test@1", 24));
  now = now + Milliseconds(1);
  EXPECT_EQ(ask_for_clock('4'), Clock("test@2", 72));
  EXPECT_EQ(differences(), std::vector<std::string>{});
}

TEST_F(AdoptionTest, WhatRunsKeepsTheEndThatItHas) {
  EXPECT_EQ(ask_for_clock('1'), Clock("test@1", 24));
  const Instant first_end = now + hours(24);
  adopt(2, 72, now + hours(1));
  now = now + hours(2);
  EXPECT_EQ(ask_for_clock('2'), Clock("test@2", 72));
  EXPECT_TRUE(step->overdue(first_end - Milliseconds(1), 10).empty());
  const auto over = step->overdue(first_end, 10);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].set_for, first_end);
}

TEST_F(AdoptionTest, IsSaidOnceAndKnownAfterARestart) {
  adopt(2, 72, now + hours(1));
  const std::uint64_t head = step->head();
  step->note_policy(adopted.back(), now);
  EXPECT_TRUE(step->idle());
  now = now + hours(3);
  reopen();
  EXPECT_EQ(step->head(), head);
  EXPECT_EQ(step->policy_at(now).version, 2u);
  EXPECT_EQ(step->policy_at(now - hours(3)).version, 1u);
  EXPECT_EQ(ask_for_clock('1'), Clock("test@2", 72));
  EXPECT_EQ(differences(), std::vector<std::string>{});
}

TEST_F(AdoptionTest, ALogDoesNotStartWithoutWhatItAdopted) {
  adopt(2, 72, now + hours(1));
  adopted.clear();
  const auto opened = try_reopen();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::diverged);
  EXPECT_THAT(opened.error().detail, HasSubstr("test@2"));
  EXPECT_THAT(opened.error().detail, HasSubstr("policy/2222"));
}

TEST_F(AdoptionTest, OneAfterTheOther) {
  adopt(2, 72, now + hours(5));
  adopt(3, 6, now + hours(10));
  EXPECT_EQ(ask_for_clock('1'), Clock("test@1", 24));
  now = now + hours(5);
  EXPECT_EQ(ask_for_clock('2'), Clock("test@2", 72));
  now = now + hours(5);
  EXPECT_EQ(ask_for_clock('3'), Clock("test@3", 6));
  EXPECT_EQ(differences(), std::vector<std::string>{});
}

// A moment that has passed when the log hears of it: only what comes afterwards is decided by it.
TEST_F(AdoptionTest, ChangesNothingThatIsRecordedAlready) {
  EXPECT_EQ(ask_for_clock('1'), Clock("test@1", 24));
  adopt(2, 72, now - hours(5));
  EXPECT_EQ(ask_for_clock('2'), Clock("test@2", 72));
  EXPECT_EQ(differences(), std::vector<std::string>{});
}

TEST_F(AdoptionTest, WhoDecidesAgainNeedsThePacks) {
  EXPECT_EQ(ask_for_clock('1'), Clock("test@1", 24));
  adopt(2, 72, now);
  EXPECT_EQ(ask_for_clock('2'), Clock("test@2", 72));
  const auto without = differences(false);
  ASSERT_EQ(without.size(), 1u);
  EXPECT_THAT(without[0], HasSubstr("it adopts test@2, whose rules are not here"));
}

// --- the folder ---------------------------------------------------------------------------------

TEST(AdoptionsOfAFolder, AreReadWithTheirPacksAndRefusedWithoutThem) {
  crypto::start();
  TemporaryFolder folder;
  EXPECT_TRUE(read_adoptions(folder.path())->empty());
  std::filesystem::create_directory(folder.path() + "/policy");
  std::string bytes = *read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/uk.json");
  bytes.replace(
      bytes.rfind('}'), 1,
      ",\"appointments\":{\"competent_authority\":\"00000000-0000-4000-8000-000000000001\","
      "\"case_management\":\"00000000-0000-4000-8000-000000000002\"}}");
  const std::string digest = crypto::sha256(bytes).hex();
  const std::string name = read_policy(bytes)->name();
  const auto write_list = [&](const std::string& version) {
    const PolicyAdoptions list{{{version, digest, Instant{1'700'000'000'000}}}};
    ASSERT_TRUE(write_file(folder.path() + "/policy/adopted", to_json(list), 0600));
  };
  const auto fault = [&] {
    const auto read = read_adoptions(folder.path());
    return read ? std::string() : read.error().detail;
  };
  write_list(name);
  EXPECT_THAT(fault(), HasSubstr(digest));  // the pack is not there
  ASSERT_TRUE(write_file(folder.path() + '/' + adopted_pack_file(digest), bytes, 0600));
  const auto read = read_adoptions(folder.path());
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->at(0).policy->name(), name);

  AdoptionWatch watch(folder.path());
  EXPECT_TRUE(watch.look());
  EXPECT_FALSE(watch.look());  // nothing new

  // A pack that cannot be read now is read when it can be, although the list has not changed.
  const std::string pack = folder.path() + '/' + adopted_pack_file(digest);
  std::filesystem::rename(pack, pack + ".away");
  AdoptionWatch late(folder.path());
  EXPECT_FALSE(late.look());
  std::filesystem::rename(pack + ".away", pack);
  bool found = false;
  for (int look = 0; !found && look < 300; ++look) {
    found = late.look().has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(found);

  write_list("uk@77");
  EXPECT_THAT(fault(), HasSubstr("is not the adopted uk@77"));
  ASSERT_TRUE(write_file(folder.path() + '/' + adopted_pack_file(digest), bytes + ' ', 0600));
  write_list(name);
  EXPECT_THAT(fault(), HasSubstr("not the bytes that were adopted"));
  ASSERT_TRUE(write_file(folder.path() + "/policy/adopted", "uk@5", 0600));
  EXPECT_THAT(fault(), HasSubstr("is not a list of adopted packs"));
}
}  // namespace
}  // namespace nrm::test
