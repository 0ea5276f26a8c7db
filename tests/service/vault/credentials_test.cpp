// The vault's hook for passwords and codes, over a store in memory.
#include <gtest/gtest.h>

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/crypto/password.hpp"
#include "common/store/memory_store.hpp"
#include "services/vault/credentials.hpp"

namespace nrm::test {
namespace {
struct Nothing final : Hooks {
  Result<void> before(Input&, std::string_view, Batch&) override { return {}; }
  void decided(const Record&, Batch&) override {}
  Result<Sensitive<std::string>> answer(const Record&, bool) override {
    return Sensitive<std::string>();
  }
};

class VaultCredentials : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  VaultCredentials() {
    IssueAccount issue{OrganisationId(), Role::first_responder, std::nullopt};
    issue.kind = AccountKind::password;
    issue.account = account;
    EXPECT_TRUE(before(issue, R"({"verifier":")" + verifier + R"(","totp":")" + to_hex(secret) +
                                  R"(","last_step":0})"));
  }
  Result<void> before(Command command, const std::string& personal, bool keep = true) {
    input = {.id = {}, .at = {}, .actor = {}, .what = std::move(command)};
    Batch batch;
    const auto result = credentials.before(input, personal, batch);
    if (keep) {
      EXPECT_TRUE(store.commit(batch, Sync::yes));
    }
    return result;
  }
  std::string code(int steps = 0) const {
    return crypto::totp(secret, static_cast<std::uint64_t>(machine.now().ms / 30'000 + steps));
  }
  bool proves(const std::string& with, const std::string& what, bool keep = true) {
    // A client that says so itself proves nothing.
    EXPECT_TRUE(before(OpenSession{account, {}, true},
                       R"({"verifier":")" + with + R"(","code":")" + what + R"("})", keep));
    return get<OpenSession>(std::get<Command>(input.what)).proven;
  }

  // Whether the change is proven; `decided`: and taken, in the batch that is not committed yet.
  bool changes(const std::string& with, const std::string& what, bool decided = true) {
    EXPECT_TRUE(before(
        ChangePassword{account, true},
        R"({"verifier":")" + with + R"(","code":")" + what + R"(","next":")" + next + R"("})",
        decided));
    const bool proven = get<ChangePassword>(std::get<Command>(input.what)).proven;
    if (!proven || !decided) return proven;
    Record record;
    record.events.push_back({account_stream(account), PasswordChanged{}});
    Batch batch;
    credentials.decided(record, batch);
    EXPECT_TRUE(batch.empty());
    return proven;
  }

  static crypto::SecretKey key() { return crypto::SecretKey::from(std::string(32, 'm')).value(); }

  MemoryStore store;
  ManualClock machine{*Instant::parse("2024-03-04T09:00:00.000Z")};
  Credentials credentials{key(), store, machine, std::make_unique<Nothing>()};
  const AccountId account{Uuid{{7}}};
  const std::string verifier = std::string(64, 'c'), secret = "12345678901234567890",
                    next = std::string(64, 'e');
  Input input;
};

TEST_F(VaultCredentials, WantPasswordAndCode) {
  EXPECT_FALSE(proves(std::string(64, 'd'), code()));
  EXPECT_FALSE(proves(verifier, "000000"));
  EXPECT_FALSE(proves(verifier, ""));
  EXPECT_TRUE(proves(verifier, code()));
}

TEST_F(VaultCredentials, TakeACodeOnce) {
  const std::string once = code();
  EXPECT_TRUE(proves(verifier, once));
  EXPECT_FALSE(proves(verifier, once));
  EXPECT_FALSE(proves(verifier, code(-1)));  // nor an older one
  EXPECT_TRUE(proves(verifier, code(1)));
  machine.advance(std::chrono::seconds(60));
  EXPECT_TRUE(proves(verifier, code()));
}

TEST_F(VaultCredentials, TakeACodeOnceInOneBatchToo) {
  EXPECT_TRUE(proves(verifier, code(), false));  // not written yet
  EXPECT_FALSE(proves(verifier, code(), false));
}

TEST_F(VaultCredentials, RememberTheLastCodeAcrossAStart) {
  const std::string once = code();
  ASSERT_TRUE(proves(verifier, once));
  Credentials again(key(), store, machine, std::make_unique<Nothing>());
  Input asked{.id = {}, .at = {}, .actor = {}, .what = Command(OpenSession{account, {}, false})};
  Batch batch;
  ASSERT_TRUE(
      again.before(asked, R"({"verifier":")" + verifier + R"(","code":")" + once + R"("})", batch));
  EXPECT_FALSE(get<OpenSession>(std::get<Command>(asked.what)).proven);
}

TEST_F(VaultCredentials, AllowClocksToDifferByOneStep) {
  EXPECT_FALSE(proves(verifier, code(-2)));
  EXPECT_FALSE(proves(verifier, code(2)));
  EXPECT_TRUE(proves(verifier, code(-1)));
}

TEST_F(VaultCredentials, AreNotUsedUpByAWrongPassword) {
  EXPECT_FALSE(proves(std::string(64, 'd'), code()));
  EXPECT_TRUE(proves(verifier, code()));
}

TEST_F(VaultCredentials, ChangeWithTheOldPasswordAndACode) {
  EXPECT_FALSE(changes(std::string(64, 'd'), code()));
  EXPECT_FALSE(changes(verifier, "000000"));
  ASSERT_TRUE(changes(verifier, code()));
  ASSERT_TRUE(credentials.upkeep());
  EXPECT_FALSE(proves(verifier, code(1)));
  EXPECT_FALSE(proves(next, code())) << "the code that was used for the change";
  EXPECT_TRUE(proves(next, code(1)));
}

// A session that was asked for in the same batch would be that of the old password, and what it
// writes would bring that back.
TEST_F(VaultCredentials, ProveNothingBetweenAChangeAndItsCommit) {
  ASSERT_TRUE(changes(verifier, code()));
  EXPECT_FALSE(proves(verifier, code(1)));
  EXPECT_FALSE(changes(verifier, code(1)));
  ASSERT_TRUE(credentials.upkeep());
  EXPECT_TRUE(proves(next, code(1)));
}

TEST_F(VaultCredentials, StayWhatTheyAreWhenTheChangeIsRefused) {
  ASSERT_TRUE(changes(verifier, code(), false));  // locked, revoked …: the batch is thrown away
  EXPECT_TRUE(proves(verifier, code(1)));
  EXPECT_FALSE(proves(next, code(1)));
}

TEST_F(VaultCredentials, AreNeitherChangedByASessionNorWithoutTheNextOne) {
  ASSERT_TRUE(before(
      OpenSession{account, {}, true},
      R"({"verifier":")" + verifier + R"(","code":")" + code() + R"(","next":")" + next + R"("})"));
  EXPECT_FALSE(get<OpenSession>(std::get<Command>(input.what)).proven);
  ASSERT_TRUE(before(ChangePassword{account, true},
                     R"({"verifier":")" + verifier + R"(","code":")" + code() + R"("})"));
  EXPECT_FALSE(get<ChangePassword>(std::get<Command>(input.what)).proven);
  EXPECT_TRUE(proves(verifier, code()));
}

TEST_F(VaultCredentials, AreGoneWithTheAccount) {
  Record record;
  record.events.push_back({account_stream(account), AccountRevoked{}});
  Batch batch;
  credentials.decided(record, batch);
  ASSERT_TRUE(store.commit(batch, Sync::yes));
  EXPECT_FALSE(proves(verifier, code()));
}

TEST_F(VaultCredentials, LieSealedInTheStore) {
  int rows = 0;
  const Store& read = store;
  const auto all =
      read.scan(Family::sealed, Range{}, [&](std::string_view, std::string_view value) {
        ++rows;
        EXPECT_EQ(value.find(verifier), value.npos);
        EXPECT_EQ(value.find(secret), value.npos);
        return true;
      });
  ASSERT_TRUE(all);
  EXPECT_EQ(rows, 1);
}

TEST_F(VaultCredentials, RefuseAPasswordWithoutItsPartAndASecondOne) {
  IssueAccount issue{OrganisationId(), Role::first_responder, std::nullopt};
  issue.kind = AccountKind::password;
  EXPECT_EQ(before(issue, "{}").error().code, Code::personal_part_missing);
  issue.account = account;
  EXPECT_EQ(before(issue, R"({"verifier":"a","totp":"b","last_step":0})").error().code,
            Code::already_exists);
}
}  // namespace
}  // namespace nrm::test
