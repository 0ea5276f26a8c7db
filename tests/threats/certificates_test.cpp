// Row 5: a thief has a client certificate, or a token without its certificate.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "common/http/certificate.hpp"
#include "common/runtime/folder.hpp"
#include "tests/threats/issuer.hpp"

namespace nrm::test {
namespace {
using Steady = std::chrono::steady_clock;
// Until then the gateway has looked at the list (once a second), under the load of this machine.
constexpr std::chrono::seconds reload_deadline{5};

class Threat05_StolenCertificate : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    at = new Installation();
    at->up();
  }
  static void TearDownTestSuite() { delete at; }

  static std::string path(const std::string& name) { return at->dir() + "/../" + name; }
  // An account whose proof is a certificate; makes the files NAME.pem and NAME-key.pem.
  static std::string account(const std::string& name) {
    const Ran made =
        at->nrm({"accounts", "add", "--organisation", name, "--kind", "police", "--role",
                 "first_responder", "--issue-certificate", path(name), "--json"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const auto begins = made.out.find("\"account\":\"") + 11;
    return made.out.substr(begins, 36);
  }
  static http::ClientOptions options(const std::string& name) {
    auto out = client_of(*at);
    out.certificate_file = path(name + ".pem");
    out.key_file = path(name + "-key.pem");
    return out;
  }
  // The status of a request with this certificate; 0: the connection was refused.
  static int status(const std::string& name, const std::string& token = {}) {
    const auto client = http::connect(options(name));
    EXPECT_TRUE(client);
    http::Call call{.target = "/v1/cases"};
    if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
    const auto answer = (*client)->call(call);
    return answer ? answer->status : 0;
  }
  static void keep(const std::string& name, const http::ClientCertificate& made) {
    ASSERT_TRUE(write_file(path(name + ".pem"), made.certificate, 0444));
    ASSERT_TRUE(write_file(path(name + "-key.pem"), made.key.reveal(), 0400));
  }
  static int soon(const std::string& name, int wanted) {
    const auto until = Steady::now() + std::chrono::seconds(20);
    int seen = status(name);
    while (seen != wanted && Steady::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      seen = status(name);
    }
    return seen;
  }

  static inline Installation* at = nullptr;
};

TEST_F(Threat05_StolenCertificate, NoneIsAcceptedAfterTheDeadlineUnderLoad) {
  account("Kent Police");
  ASSERT_EQ(soon("Kent Police", 200), 200);
  std::mutex mutex;
  std::vector<std::pair<Steady::time_point, int>> answers;  // begun, status
  std::atomic<bool> stop{false};
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i)
    load.emplace_back([&, i] {
      auto client = http::connect(options("Kent Police")).value();
      while (!stop) {
        const auto began = Steady::now();
        const auto answer = client->call({.target = "/v1/cases"});
        const std::lock_guard lock(mutex);
        answers.emplace_back(began, answer ? answer->status : 0);
        // Half of the thieves keep their connection, half come anew.
        if (i % 2 == 0 && answers.size() % 16 == 0)
          client = http::connect(options("Kent Police")).value();
      }
    });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  ASSERT_EQ(at->nrm({"accounts", "revoke", "--certificate", path("Kent Police.pem")}).exit_code, 0);
  const auto revoked = Steady::now();
  std::this_thread::sleep_for(reload_deadline + std::chrono::seconds(2));
  stop = true;
  for (std::thread& one : load) one.join();
  int before = 0, late = 0, refused = 0;
  std::chrono::milliseconds last{0};
  for (const auto& [began, code] : answers) {
    if (code != 200) {
      ++refused;
      continue;
    }
    if (began < revoked) ++before;
    if (began > revoked)
      last = std::max(last, std::chrono::duration_cast<std::chrono::milliseconds>(began - revoked));
    late += began > revoked + reload_deadline;
  }
  EXPECT_GT(before, 50);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(late, 0) << "accepted after the deadline";
  RecordProperty("accepted_before", before);
  RecordProperty("last_accepted_ms_after_revocation", static_cast<int>(last.count()));
  std::printf("%d accepted before, the last one %lld ms after the revocation, 0 later\n", before,
              static_cast<long long>(last.count()));
}

TEST_F(Threat05_StolenCertificate, ARevokedAccountsCertificateOpensNothing) {
  const std::string id = account("Essex Police");
  ASSERT_EQ(soon("Essex Police", 200), 200);
  ASSERT_EQ(at->nrm({"accounts", "revoke", id}).exit_code, 0);
  EXPECT_EQ(status("Essex Police"), 401);  // from the answer on
}

TEST_F(Threat05_StolenCertificate, OtherCertificatesAreRefused) {
  const std::string id = account("Surrey Police");
  ASSERT_EQ(soon("Surrey Police", 200), 200);
  const std::string tls = at->dir() + "/tls", urn = "urn:nrm:account:";
  const auto issue = [&](const std::string& folder, const http::ClientCertificateForm& form) {
    auto made = http::issue_client_certificate(folder, form);
    ASSERT_TRUE(made);
    keep("other", *made);
  };
  issue(tls, {.uri = urn + id, .lifetime = std::chrono::seconds(100)});
  EXPECT_EQ(status("other"), 0) << "expired";
  issue(tls, {.uri = urn + id, .usage = "serverAuth"});
  EXPECT_EQ(status("other"), 0) << "for servers";
  std::filesystem::create_directory(path("elsewhere"));
  issue(path("elsewhere"), {.uri = urn + id});
  EXPECT_EQ(status("other"), 0) << "of another authority";
  // Of our authority, but nobody's:
  const std::vector<std::string> nobodies = {urn + "00000000-0000-4000-8000-000000000009",
                                             urn,
                                             urn + "../" + id,
                                             urn + id + "x",
                                             "urn:other:" + id,
                                             "https://example.org/" + id};
  issue(tls, {.uri = urn + id});
  ASSERT_EQ(soon("other", 200), 200);
  for (const std::string& uri : nobodies) {
    issue(tls, {.uri = uri});
    EXPECT_EQ(soon("other", 401), 401) << uri;
  }
}

TEST_F(Threat05_StolenCertificate, OfAnAccountWithATokenProvesNothing) {
  const Ran made = at->nrm({"accounts", "add", "--organisation", "Sussex Police", "--kind",
                            "police", "--role", "first_responder", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string id = made.out.substr(made.out.find("\"account\":\"") + 11, 36);
  const auto certificate =
      http::issue_client_certificate(at->dir() + "/tls", {.uri = "urn:nrm:account:" + id});
  ASSERT_TRUE(certificate);
  keep("sussex", *certificate);
  EXPECT_EQ(soon("sussex", 401), 401);
}

TEST_F(Threat05_StolenCertificate, ATokenBoundToOneIsWorthNothingWithoutIt) {
  account("Devon Police");
  account("Dorset Police");
  const Ran made = at->nrm({"accounts", "add", "--organisation", "Devon Police", "--kind", "police",
                            "--role", "first_responder", "--name", "bound", "--certificate",
                            path("Devon Police.pem"), "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string token = made.out.substr(made.out.find("\"token\":\"") + 9, 64);
  ASSERT_EQ(soon("Devon Police", 200), 200);
  EXPECT_EQ(status("Devon Police", token), 200);
  EXPECT_EQ(status("Dorset Police", token), 401);
  const auto plain = http::connect(client_of(*at)).value();
  EXPECT_EQ(get(*plain, "/v1/cases", token).status, 401);
  // A bad token is not made good by a good certificate.
  EXPECT_EQ(status("Devon Police", std::string(64, '0')), 401);
}
}  // namespace
}  // namespace nrm::test
