// A running mechanism takes a new version of its pack: what was reported before keeps its rules,
// what comes after gets the new ones, and an auditor decides all of it again.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "common/event/codec.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/log.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

// The pack `uk` as version 9, with ten working days for the first stage instead of five.
std::string longer_uk(const std::string& folder) {
  std::string bytes = *read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/uk.json");
  const auto replace = [&bytes](std::string_view from, std::string_view to) {
    const auto place = bytes.find(from);
    ASSERT_NE(place, bytes.npos) << from;
    bytes.replace(place, from.size(), to);
  };
  const auto version = bytes.find("\"version\": ");
  bytes.replace(version, bytes.find(',', version) - version, "\"version\": 9");
  replace("\"unit\": \"working_days\", \"length\": 5",
          "\"unit\": \"working_days\", \"length\": 10");
  const std::string file = folder + "/uk-9.json";
  EXPECT_TRUE(write_file(file, bytes, 0600));
  return file;
}

struct Reported {
  std::string policy;
  Instant at, decide_by;
};

// Read beside the running service, or after it.
std::vector<Reported> reports(const Installation& at) {
  std::vector<Reported> out;
  const auto store =
      open_rocksdb({.folder = at.dir() + "/store/identification", .read_only = true});
  EXPECT_TRUE(store);
  json::Document document;
  EXPECT_TRUE(read_log(**store, 0, [&](std::uint64_t, std::string_view bytes) {
    EXPECT_TRUE(document.parse_trusted(bytes));
    const Record record = read_record(document.root()).value();
    for (const Emit& emit : record.events)
      if (const auto* event = get_if<ReportReceived>(&emit.event))
        out.push_back({record.policy, record.at, event->decide_by});
    return true;
  }));
  return out;
}

TEST(Adoption, OfARunningMechanism) {
  crypto::start();
  Installation at("uk");  // its clock begins on Monday 3 July 2023
  const std::string scratch = fs::path(at.dir()).parent_path();
  const std::string first = read_policy(*read_file(at.dir() + "/policy.json"))->name();
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  ASSERT_TRUE(reporter.report(token, "before")) << reporter.last();

  const std::string pack = longer_uk(scratch);
  const Ran too_early = at.nrm({"policy", "adopt", pack, "--from", "2023-07-03"});
  EXPECT_EQ(too_early.exit_code, 64) << too_early.out << too_early.err;
  const Ran adopted = at.nrm({"policy", "adopt", pack, "--from", "2023-07-05", "--json"});
  ASSERT_EQ(adopted.exit_code, 0) << adopted.err;
  EXPECT_NE(adopted.out.find("\"taken\":[\"vault\",\"identification\",\"referral\",\"assistance\","
                             "\"closure\",\"audit\"]"),
            adopted.out.npos)
      << adopted.out;
  const Ran twice = at.nrm({"policy", "adopt", pack, "--from", "2023-08-01"});
  EXPECT_EQ(twice.exit_code, 64) << twice.out;
  EXPECT_NE(twice.err.find("/version"), twice.err.npos) << twice.err;

  ASSERT_TRUE(reporter.report(token, "adopted-not-in-force")) << reporter.last();
  ASSERT_EQ(at.nrm({"sandbox", "advance", "3d"}).exit_code, 0);
  ASSERT_TRUE(reporter.report(token, "after")) << reporter.last();
  ASSERT_TRUE(at.kill_service("identification"));
  ASSERT_TRUE(reporter.report(token, "after-a-crash")) << reporter.last();
  ASSERT_EQ(at.down(), 0);
  at.up();
  ASSERT_TRUE(reporter.report(token, "after-a-restart")) << reporter.last();
  ASSERT_EQ(at.down(), 0);

  const auto all = reports(at);
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool before = i < 2;
    EXPECT_EQ(all[i].policy, before ? first : "uk@9") << i;
    // Monday 3 July and five working days; Thursday 6 July and ten: until 20 July, in summer time.
    EXPECT_EQ(all[i].decide_by.text(),
              before ? "2023-07-10T22:59:59.999Z" : "2023-07-20T22:59:59.999Z")
        << i;
  }
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;

  // The auditor's copy has both versions, by their digests.
  ASSERT_EQ(at.nrm({"audit", "export", scratch + "/out"}).exit_code, 0);
  std::vector<std::string> packs;
  for (const auto& file : fs::directory_iterator(scratch + "/out/policy")) {
    const std::string bytes = *read_file(file.path());
    EXPECT_EQ(file.path().stem(), crypto::sha256(bytes).hex());
    packs.push_back(read_policy(bytes)->name());
  }
  std::ranges::sort(packs);
  EXPECT_EQ(packs, (std::vector<std::string>{first, "uk@9"}));

  // Without the pack that it adopted no log opens, and the message says which file to bring back.
  const std::string digest = crypto::sha256(*read_file(at.dir() + "/policy.json")).hex();
  for (const auto& file : fs::directory_iterator(at.dir() + "/policy"))
    if (file.path().extension() == ".json" && file.path().stem() != digest) fs::remove(file.path());
  const Ran without = at.nrm({"audit", "verify"});
  EXPECT_EQ(without.exit_code, 65) << without.out;
}

// The offices that a country's pack needs are founded with their accounts.
TEST(Founding, MakesTheOfficesOfThePack) {
  const auto accounts_of = [](const std::string& pack) {
    const Installation at(pack);
    const std::string tokens = *read_file(at.dir() + "/sandbox/tokens.json");
    std::map<std::string, int> out;
    for (const std::string name : {"board-", "committee-", "trusted-partner-"})
      for (auto place = tokens.find('"' + name); place != tokens.npos;
           place = tokens.find('"' + name, place + 1))
        ++out[name];
    return out;
  };
  EXPECT_EQ(accounts_of("georgia"), (std::map<std::string, int>{{"board-", 5}}));
  EXPECT_EQ(accounts_of("latvia"), (std::map<std::string, int>{{"board-", 4}}));
  EXPECT_EQ(accounts_of("ireland"),
            (std::map<std::string, int>{{"board-", 7}, {"trusted-partner-", 2}}));
  EXPECT_EQ(accounts_of("bulgaria"), (std::map<std::string, int>{}));
}
}  // namespace
}  // namespace nrm::test
