// nrm init: the folder it makes, and what it refuses.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "common/clock/clock.hpp"
#include "common/store/memory_store.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/logs.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/replay.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/tokens.hpp"
#include "services/cores.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

class InitTest : public testing::Test {
 protected:
  int make(InitOptions options) {
    options.dir = dir_;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = init(options);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }
  static unsigned mode(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }
  test::TemporaryFolder parent_;
  const std::string dir_ = parent_.file("data");
  std::string out_, err_;
};

TEST_F(InitTest, MakesAFolderThatOpens) {
  ASSERT_EQ(make({.policy = "uk", .port = 9'443}), 0) << err_;
  const auto folder = Folder::open(dir_);
  ASSERT_TRUE(folder);
  EXPECT_TRUE(folder->mechanism().sandbox);
  EXPECT_EQ(folder->mechanism().http_port, 9'443u);
  EXPECT_EQ(folder->policy().name(), "uk@4");
  for (const Service service : log_owners) {
    EXPECT_TRUE(folder->signer(service)) << to_text(service);
    const auto key = folder->log_key(service);
    ASSERT_TRUE(key) << to_text(service);
    EXPECT_EQ(*key, folder->signer(service)->public_key());
  }
  EXPECT_TRUE(folder->bus("gateway", {"vault", "identification", "referral"}));
}

TEST_F(InitTest, KeysAreForTheirOwnerAlone) {
  ASSERT_EQ(make({}), 0) << err_;
  std::size_t keys = 0;
  for (const auto& entry : fs::recursive_directory_iterator(dir_ + "/keys")) {
    EXPECT_EQ(mode(entry.path()), entry.is_directory() ? 0700u : 0400u) << entry.path();
    keys += entry.is_regular_file();
  }
  EXPECT_EQ(keys, 25u);  // eight CURVE, six logs, the vault's master, the gateway's tokens
  EXPECT_EQ(mode(dir_), 0700u);
  EXPECT_EQ(mode(dir_ + "/sandbox/tokens.json"), 0400u);
  EXPECT_EQ(mode(dir_ + "/tls/server-key.pem"), 0400u);
}

TEST_F(InitTest, TheFirstAccountsAreInTheVaultsLog) {
  ASSERT_EQ(make({}), 0) << err_;
  const auto folder = Folder::open(dir_);
  ASSERT_TRUE(folder);
  std::vector<AccountIssued> issued;
  std::vector<OrganisationId> organisations;
  ASSERT_TRUE(read_log(*folder, Service::vault, [&](const Record& record) {
    for (const Emit& emit : record.events) {
      if (const auto* account = get_if<AccountIssued>(&emit.event)) issued.push_back(*account);
      if (holds<OrganisationRegistered>(emit.event)) organisations.emplace_back(emit.stream.id);
    }
    return true;
  }));
  EXPECT_EQ(organisations.size(), 4u);
  EXPECT_NE(std::ranges::find(organisations, folder->policy().appointments->competent_authority),
            organisations.end());
  const auto held = read_tokens(*folder);
  ASSERT_TRUE(held);
  ASSERT_EQ(held->size(), 5u);
  ASSERT_EQ(issued.size(), 5u);
  for (const HeldAccount& account : *held) {
    const auto found =
        std::ranges::find(issued, token_digest(account.token), &AccountIssued::token_digest);
    ASSERT_NE(found, issued.end()) << account.name;
    EXPECT_EQ(found->organisation, account.organisation);
    EXPECT_EQ(found->role, account.role);
  }
}

TEST_F(InitTest, ASandboxBeginsWhenItIsTold) {
  ASSERT_EQ(make({.begin = "2023-07-03"}), 0) << err_;
  const auto clock = open_sandbox_clock(dir_ + "/sandbox/clock");
  ASSERT_TRUE(clock);
  EXPECT_EQ((*clock)->now().date().text(), "2023-07-03");
}

TEST_F(InitTest, ProductionShowsItsTokensOnceAndKeepsNone) {
  ASSERT_EQ(make({.production = true}), 0) << err_;
  EXPECT_FALSE(fs::exists(dir_ + "/sandbox/tokens.json"));
  EXPECT_FALSE(fs::exists(dir_ + "/sandbox/clock"));
  EXPECT_NE(out_.find("competent-authority  "), out_.npos);
  EXPECT_EQ(std::ranges::count(out_, '\n'), 8);
  const auto folder = Folder::open(dir_);
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->mechanism().sandbox);
}

TEST_F(InitTest, AFolderThatIsThereStaysAsItIs) {
  ASSERT_EQ(make({}), 0) << err_;
  const auto before = read_file(dir_ + "/mechanism.json");
  EXPECT_EQ(make({}), 64);
  EXPECT_NE(err_.find("nrm up --dir " + dir_), err_.npos);
  EXPECT_EQ(*read_file(dir_ + "/mechanism.json"), *before);
}

TEST_F(InitTest, AnEmptyFolderIsTaken) {
  fs::create_directory(dir_);
  EXPECT_EQ(make({}), 0) << err_;
}

TEST_F(InitTest, WrongOptionsMakeNothing) {
  EXPECT_EQ(make({.policy = "atlantis"}), 64);
  EXPECT_NE(err_.find("osce, uk"), err_.npos) << err_;
  EXPECT_EQ(make({.begin = "2023-02-30"}), 64);
  EXPECT_EQ(make({.production = true, .begin = "2023-07-03"}), 64);
  EXPECT_EQ(make({.port = 0}), 64);
  EXPECT_TRUE(fs::is_empty(parent_.path()));
}

TEST_F(InitTest, ALongPathListensOnLoopbackInstead) {
  ASSERT_EQ(make({}), 0);
  EXPECT_TRUE(Folder::open(dir_)->mechanism().find("vault")->endpoint.starts_with("ipc:///"));
  const std::string deep = parent_.file(std::string(90, 'x'));
  testing::internal::CaptureStdout();
  const int code = init({.dir = deep, .port = 7'000});
  testing::internal::GetCapturedStdout();
  ASSERT_EQ(code, 0);
  EXPECT_EQ(Folder::open(deep)->mechanism().find("vault")->endpoint, "tcp://127.0.0.1:7001");
}

TEST_F(InitTest, ItsLogIsReplayedUpToAMoment) {
  ASSERT_EQ(make({}), 0);
  const auto folder = Folder::open(dir_);
  ASSERT_TRUE(folder);
  const auto logs = open_logs("", dir_);
  ASSERT_TRUE(logs);
  MemoryStore of_all, of_none;
  Replay all(Service::vault, of_all), none(Service::vault, of_none);
  ASSERT_TRUE(all.run(**logs, {}));
  EXPECT_EQ(all.records(), 10u);
  std::size_t streams = 0;
  ASSERT_TRUE(all.each([&](const StreamKey&, json::Value) { ++streams; }));
  EXPECT_EQ(streams, 9u);
  ASSERT_TRUE(none.run(**logs, {.at = Instant{0}, .record = {}}));
  EXPECT_EQ(none.records(), 0u);
  EXPECT_EQ(referral_table(*folder)->people(), 0u);
}

TEST(PackTest, AppointsOnceAndReadsBack) {
  const auto pack = read_pack("osce");
  ASSERT_TRUE(pack);
  const Appointments offices{OrganisationId(Uuid{{1}}), OrganisationId(Uuid{{2}})};
  const std::string appointed = appoint(*pack, *read_policy(*pack), offices);
  const auto policy = read_policy(appointed);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->appointments->case_management, offices.case_management);
  EXPECT_EQ(appoint(appointed, *policy, {}), appointed);
}

TEST(PackTest, ASandboxHasNoLimitToSpeakOf) {
  const auto pack = read_pack("osce");
  ASSERT_TRUE(pack);
  const auto policy = read_policy(widened(*pack));
  ASSERT_TRUE(policy) << policy.error().where;
  for (const AccessLimit& limit : policy->access_limits)
    EXPECT_EQ(limit.per_hour, limits::access_per_hour_max) << to_text(limit.name);
  EXPECT_EQ(policy->clocks.size(), read_policy(*pack)->clocks.size());
}
}  // namespace
}  // namespace nrm::cli
