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

  http::Answer sign_out(const std::string& token) {
    auto answer = client->call({.method = "DELETE",
                                .target = "/v1/sessions/current",
                                .headers = {{"Authorization", "Bearer " + token}},
                                .body = {}});
    EXPECT_TRUE(answer);
    return answer ? *answer : http::Answer{};
  }
  http::Answer change(const std::string& from, const std::string& code, const std::string& key) {
    http::Headers headers{{"Content-Type", "application/json"}};
    if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
    auto answer =
        client->call({.method = "POST",
                      .target = "/v1/accounts/" + account + "/password",
                      .headers = std::move(headers),
                      .body = R"({"password":")" + from + R"(","code":")" + code + "\"}"});
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

TEST_F(Threat18_Passwords, EndASessionWithTheAnswer) {
  const std::string first = member(sign_in(account, password, code(-1)).body, "token");
  const std::string second = member(sign_in(account, password, code()).body, "token");
  for (const auto& token : {first, second}) ASSERT_EQ(get(*client, "/v1/cases", token).status, 200);
  EXPECT_EQ(sign_out(first).status, 200);
  EXPECT_EQ(get(*client, "/v1/cases", first).status, 401);
  EXPECT_EQ(sign_out(first).status, 401);
  EXPECT_EQ(get(*client, "/v1/cases", second).status, 200) << "the other one goes on";
  ASSERT_TRUE(write_file(at.dir() + "/../token", second + "\n", 0600));
  const Ran out = at.nrm({"logout", "--token-file", at.dir() + "/../token"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_FALSE(read_file(at.dir() + "/../token"));
  EXPECT_EQ(get(*client, "/v1/cases", second).status, 401);
  // A token that no session stands behind is not ended by its holder.
  EXPECT_EQ(sign_out(at.token("operator")).status, 409);
  EXPECT_EQ(get(*client, "/v1/status", at.token("operator")).status, 200);
}

TEST_F(Threat18_Passwords, AreChangedByTheirHolderAndAllSessionsEnd) {
  const std::string token = member(sign_in(account, password, code(-1)).body, "token");
  ASSERT_EQ(get(*client, "/v1/cases", token).status, 200);
  EXPECT_EQ(change("AAAAA-AAAAA-AAAAA-AAAAA", code(), "a").status, 401);
  EXPECT_EQ(change(password, "000000", "b").status, 401);
  EXPECT_EQ(change(password, code(), "").status, 400)
      << "without a key it could not be asked again";
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 200) << "nothing has changed";
  const std::string once = code();
  const auto changed = change(password, once, "c");
  ASSERT_EQ(changed.status, 201) << changed.body;
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401);
  // The answer was lost: the same request gets it again, and nobody else does.
  EXPECT_EQ(change(password, once, "c").body, changed.body);
  EXPECT_EQ(change("AAAAA-AAAAA-AAAAA-AAAAA", once, "c").status, 401);
  const std::string next = member(changed.body, "password");
  EXPECT_EQ(next.size(), password.size());
  EXPECT_NE(next, password);
  EXPECT_EQ(sign_in(account, password, code(1)).status, 401);
  EXPECT_EQ(sign_in(account, next, code(1)).status, 201);
  at.down();
  EXPECT_EQ(run({"/bin/grep", "-rlF", next, at.dir()}).out, "");
  EXPECT_EQ(at.nrm({"audit", "verify"}).exit_code, 0);
}

TEST_F(Threat18_Passwords, OpenNothingOnceTheirAccountIsRevoked) {
  const std::string token = member(sign_in(account, password, code(-1)).body, "token");
  ASSERT_EQ(get(*client, "/v1/cases", token).status, 200);
  ASSERT_EQ(at.nrm({"accounts", "revoke", account}).exit_code, 0);
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401) << "with the answer, not within a minute";
  EXPECT_EQ(sign_in(account, password, code()).status, 401);
  EXPECT_EQ(change(password, code(1), "a").status, 401);
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
