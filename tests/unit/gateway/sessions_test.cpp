#include "services/gateway/sessions.hpp"

#include <gtest/gtest.h>

#include <future>

#include "common/crypto/crypto.hpp"
#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
const Instant start = *Instant::parse("2024-03-04T09:00:00.000Z");
const AccountId account{Uuid{{1}}};

TEST(Attempts, WaitLongerAfterEachFailureAndForgetAfterASuccess) {
  Attempts attempts;
  for (int i = 0; i < 4; ++i) {
    attempts.failed(account, "a" + std::to_string(i), start);
    EXPECT_TRUE(attempts.may_try(account, "b", start));
  }
  Instant now = start;
  std::int64_t seconds = 2;
  for (int i = 0; i < 12; ++i, seconds = std::min<std::int64_t>(2 * seconds, 900)) {
    attempts.failed(account, "c" + std::to_string(i), now);
    EXPECT_EQ(attempts.may_try(account, "b", now).error().code, Code::too_many_requests);
    now = now + Milliseconds(std::chrono::seconds(seconds)) - Milliseconds(1);
    EXPECT_FALSE(attempts.may_try(account, "b", now)) << i;
    now = now + Milliseconds(1);
    EXPECT_TRUE(attempts.may_try(account, "b", now)) << i;
  }
  attempts.succeeded(account);
  attempts.failed(account, "d", now);
  EXPECT_TRUE(attempts.may_try(account, "b", now));
}

TEST(Attempts, StopAnAddressThatTriesManyAccounts) {
  Attempts attempts;
  for (std::uint8_t i = 0; i < 21; ++i)
    attempts.failed(AccountId(Uuid{{9, i}}), "192.0.2.1", start);
  EXPECT_FALSE(attempts.may_try(account, "192.0.2.1", start));
  EXPECT_TRUE(attempts.may_try(account, "192.0.2.2", start));
}

// All of a country's clients come from the proxy's address.
TEST(Attempts, DoNotStopWhatAllHaveInCommon) {
  Attempts attempts;
  for (const char* shared : {"127.0.0.1", "::1"}) {
    for (std::uint8_t i = 0; i < 100; ++i) attempts.failed(AccountId(Uuid{{9, i}}), shared, start);
    EXPECT_TRUE(attempts.may_try(account, shared, start)) << shared;
  }
}

TEST(Attempts, AreForgottenAfterAnHourOfPeace) {
  Attempts attempts;
  for (int i = 0; i < 6; ++i) attempts.failed(account, "a", start);
  EXPECT_FALSE(attempts.may_try(account, "b", start));
  const Instant later = start + hours(2);
  attempts.failed(account, "a", later);
  EXPECT_TRUE(attempts.may_try(account, "b", later));
}

TEST(Attempts, AreBounded) {
  Attempts attempts;
  for (std::uint32_t i = 0; i < 40'000; ++i)
    attempts.failed(AccountId(derive(Uuid{}, i)), std::to_string(i), start);
  for (int i = 0; i < 6; ++i) attempts.failed(account, "a", start);
  EXPECT_FALSE(attempts.may_try(account, "b", start));
}

TEST(Stretcher, TakesAFewAndRefusesTheRest) {
  crypto::start();
  Stretcher stretcher;
  std::mutex mutex;
  int done = 0, refused = 0;
  std::promise<void> all;
  constexpr int asked = 12;
  for (int i = 0; i < asked; ++i)
    stretcher.stretch(Sensitive<std::string>("p"), std::string(16, 's'),
                      [&](const Result<Sensitive<std::string>>& result) {
                        const std::lock_guard lock(mutex);
                        refused += !result && result.error().code == Code::unavailable;
                        if (++done == asked) all.set_value();
                      });
  {
    const std::lock_guard lock(mutex);
    EXPECT_GE(refused, 3);  // eight wait, one is at work
  }
  all.get_future().wait();
}

TEST(LocalSecrets, AreTheSameForTheSameRequestAlone) {
  const std::string secret(32, 's');
  const auto one = derive_local_secrets(secret, "a"), same = derive_local_secrets(secret, "a"),
             other = derive_local_secrets(secret, "b");
  EXPECT_EQ(one.account, same.account);
  EXPECT_EQ(one.password, same.password);
  EXPECT_NE(one.account, other.account);
  EXPECT_NE(one.password, other.password);
  EXPECT_NE(one.totp, other.totp);
  EXPECT_EQ(one.password.reveal().size(), 23u);  // four groups of five
  EXPECT_TRUE(Uuid::parse(one.account.text()));
  EXPECT_NE(salt_of(secret, one.account), salt_of(secret, other.account));
}

TEST(ToBase32, IsOfTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
}

TEST(PostAccount, ShowsACertificatesNameInsteadOfAToken) {
  World world;
  const std::string token = world.account(Role::operator_, OrganisationId(world.id()));
  const Uuid made = world.id();
  world.says = [&](const Question& question) -> Said {
    EXPECT_EQ(question.data.find("token_digest"), std::string::npos) << question.data;
    return std::vector<Emit>{{account_stream(made), AccountIssued{}}};
  };
  const auto answer =
      world.post("/v1/accounts", token,
                 R"({"organisation":")" + world.id().text() +
                     R"(","role":"first_responder","kind":"certificate","scopes":["read"]})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(member_of(answer, "certificate"), "urn:nrm:account:" + made.text());
  EXPECT_EQ(answer.body.find("\"token\""), std::string::npos);
}
}  // namespace
}  // namespace nrm::gateway::test
