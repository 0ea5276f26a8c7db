// Row 18, local accounts: passwords and codes at a real gateway.
#include <gtest/gtest.h>

#include <thread>

#include "common/crypto/password.hpp"
#include "common/runtime/folder.hpp"
#include "tests/threats/issuer.hpp"

namespace nrm::test {
namespace {
std::string member(const std::string& text, const std::string& name) {
  const auto at = text.find("\"" + name + "\":\"");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 4;
  return text.substr(from, text.find('"', from) - from);
}

// RFC 4648: what an authenticator app reads.
std::string from_base32(const std::string& text) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = buffer << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits >= 8) out += static_cast<char>(buffer >> (bits -= 8) & 255);
  }
  return out;
}

class Threat18_Passwords : public ::testing::Test {
 protected:
  Threat18_Passwords() {
    at.up();
    const Ran made = at.nrm({"accounts", "add", "--organisation", "Kent Police", "--kind", "police",
                             "--role", "first_responder", "--by", "password", "--json"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    account = member(made.out, "account");
    password = member(made.out, "password");
    const std::string uri = member(made.out, "totp");
    const auto from = uri.find("secret=") + 7;
    secret = from_base32(uri.substr(from, uri.find('&', from) - from));
    EXPECT_EQ(secret.size(), 20u);
    client = http::connect(client_of(at)).value();
  }
  std::string code(int steps = 0) const {
    return crypto::totp(secret, static_cast<std::uint64_t>(std::time(nullptr) / 30 + steps));
  }
  http::Answer sign_in(const std::string& who, const std::string& with, const std::string& code) {
    auto answer = client->call({.method = "POST",
                                .target = "/v1/sessions",
                                .headers = {{"Content-Type", "application/json"}},
                                .body = "{\"account\":\"" + who + "\",\"password\":\"" + with +
                                        "\",\"code\":\"" + code + "\"}"});
    EXPECT_TRUE(answer);
    return answer ? *answer : http::Answer{};
  }

  Installation at;
  std::string account, password, secret;
  std::unique_ptr<http::Client> client;
};

TEST_F(Threat18_Passwords, OpenASessionOnceForEachCode) {
  const std::string once = code();
  const auto opened = sign_in(account, password, once);
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string token = member(opened.body, "token");
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 200);
  EXPECT_EQ(sign_in(account, password, once).status, 401);  // seen over a shoulder
  ASSERT_EQ(at.nrm({"sandbox", "advance", "14m"}).exit_code, 0);
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 200);
  ASSERT_EQ(at.nrm({"sandbox", "advance", "1m"}).exit_code, 0);
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401);
}

TEST_F(Threat18_Passwords, TellNobodyWhatWasWrong) {
  const auto wrong_password = sign_in(account, "AAAAA-AAAAA-AAAAA-AAAAA", code());
  EXPECT_EQ(wrong_password.status, 401);
  const auto wrong_code = sign_in(account, password, code(7));
  const auto unknown = sign_in("00000000-0000-4000-8000-000000000001", password, code());
  for (const auto& answer : {wrong_code, unknown}) {
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, wrong_password.body);
  }
  // The same work is done for an account that is not there: Argon2id takes a tenth of a second on
  // the fastest machine, and nothing else here takes that long.
  for (const auto* answer : {&wrong_password, &wrong_code, &unknown})
    EXPECT_GT(answer->took, std::chrono::milliseconds(100));
  EXPECT_EQ(sign_in(account, password, code()).status, 201);
}

TEST_F(Threat18_Passwords, LockOutWhoGuesses) {
  int tried = 0, status = 0;
  while (status != 429 && ++tried < 20) status = sign_in(account, password, "000000").status;
  EXPECT_EQ(status, 429);
  EXPECT_LE(tried, 7);
  // The vault keeps the lock across a start of the gateway, and an unknown account looks the same.
  ASSERT_TRUE(at.kill_service("gateway"));
  at.wait_until_ready();
  client = http::connect(client_of(at)).value();
  EXPECT_EQ(sign_in(account, password, code()).status, 401);
  int unknown = 0;
  for (int i = 0; i < tried; ++i)
    unknown = sign_in("00000000-0000-4000-8000-000000000001", password, "000000").status;
  EXPECT_EQ(unknown, 429);
}

TEST_F(Threat18_Passwords, AreInNoLogAndNoFile) {
  ASSERT_EQ(sign_in(account, password, code()).status, 201);
  at.down();
  const Ran found = run({"/bin/grep", "-rlF", password, at.dir()});
  EXPECT_EQ(found.out, "");
  EXPECT_EQ(at.nrm({"audit", "verify"}).exit_code, 0);
}
}  // namespace
}  // namespace nrm::test
