// Row 18, the other side: a real identity provider (oidc-provider) is connected, people act with
// its tokens, and it changes its keys while they do.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "common/http/certificate.hpp"
#include "common/runtime/folder.hpp"
#include "services/cli/bench.hpp"
#include "tests/threats/issuer.hpp"

namespace nrm::test {
namespace {
using Steady = std::chrono::steady_clock;

class ProviderProcess {
 public:
  explicit ProviderProcess(const std::string& folder)
      : folder_(folder), port_(cli::measure::free_port()) {
    EXPECT_TRUE(http::make_development_certificate(folder_));
    const std::string program = NRM_SOURCE_FOLDER "/tests/threats/provider/start";
    const std::string port = std::to_string(port_), certificate = folder_ + "/server.pem",
                      key = folder_ + "/server-key.pem";
    process_ = ::fork();
    if (process_ == 0) {
      ::execl(program.c_str(), program.c_str(), port.c_str(), certificate.c_str(), key.c_str(),
              nullptr);
      ::_exit(127);
    }
    const auto until = Steady::now() + std::chrono::seconds(180);  // npm ci, the first time
    for (;;) {
      const auto answer = client()->call({.target = "/jwks"});
      if (answer && answer->status == 200) break;
      if (Steady::now() > until) {
        ADD_FAILURE() << "the identity provider does not start";
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }
  ~ProviderProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::string url() const { return "https://localhost:" + std::to_string(port_); }
  std::string authority_file() const { return folder_ + "/ca.pem"; }
  void sign_with_a_new_key() const { ::kill(process_, SIGUSR1); }
  void withdraw_old_keys() const { ::kill(process_, SIGUSR2); }
  std::unique_ptr<http::Client> client() const {
    return http::connect({.host = "localhost", .port = port_, .authority_file = authority_file()})
        .value();
  }
  // By the client-credentials grant (RFC 6749, 4.4).
  static std::string token(http::Client& client, const std::string& scope = "nrm:read") {
    const auto answer = client.call(
        {.method = "POST",
         .target = "/token",
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
         .body = "grant_type=client_credentials&client_id=desk&client_secret=desk-secret&scope=" +
                 scope});
    json::Document document;
    if (!answer || answer->status != 200 || !document.parse_trusted(answer->body)) return {};
    return std::string(document.root().find("access_token").text());
  }

 private:
  const std::string folder_;
  const std::uint16_t port_;
  pid_t process_ = 0;
};

// As much of a browser as signing in takes: follows redirects, keeps cookies.
class Browser {
 public:
  explicit Browser(const ProviderProcess& provider)
      : origin_(provider.url()), client_(provider.client()) {}

  // The address on loopback that the provider sends it to in the end.
  std::string follow(std::string url) {
    for (int i = 0; i < 12 && url.starts_with(origin_); ++i) {
      http::Call call{.target = url.substr(origin_.size())};
      std::string cookies;
      for (const auto& [name, value] : cookies_)
        cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
      if (!cookies.empty()) call.headers.emplace_back("Cookie", cookies);
      const auto answer = client_->call(call);
      if (!answer || answer->status / 100 != 3) {
        ADD_FAILURE() << (answer ? answer->body : answer.error().detail);
        return {};
      }
      for (const auto& [name, value] : answer->headers)
        if (name == "set-cookie" || name == "Set-Cookie" || name == "set-Cookie")
          cookies_[value.substr(0, value.find('='))] =
              value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
      url = answer->header("location");
      if (url.starts_with('/')) url = origin_ + url;
    }
    return url;
  }
  // "http://127.0.0.1:PORT/callback?…", plain: it never leaves the machine (RFC 8252, 8.3).
  static void visit(const std::string& url) {
    const auto colon = url.find(':', 7), slash = url.find('/', 7);
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const std::string request = "GET " + url.substr(slash) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    EXPECT_EQ(::write(connection, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    char first[16] = {};
    EXPECT_GT(::read(connection, first, sizeof first), 0);
    EXPECT_EQ(std::string(first, 12), "HTTP/1.1 200");
    ::close(connection);
  }

 private:
  const std::string origin_;
  std::unique_ptr<http::Client> client_;
  std::map<std::string, std::string> cookies_;
};

class Threat18_IdentityProvider : public ::testing::Test {
 protected:
  Threat18_IdentityProvider() : provider(at.dir() + "/../provider") {
    trust(at, provider.url(), provider.authority_file(), 1);
    at.up();
    gateway = http::connect(client_of(at)).value();
  }
  Installation at;
  ProviderProcess provider;
  std::unique_ptr<http::Client> gateway;
};

TEST_F(Threat18_IdentityProvider, VouchesForPeopleWithinScopeAndRole) {
  const auto to_provider = provider.client();
  const std::string token = ProviderProcess::token(*to_provider);
  ASSERT_NE(token, "");
  const auto began = Steady::now();
  EXPECT_EQ(get(*gateway, "/v1/cases", token).status, 200);  // the account is made on the way
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began);
  const auto again = get(*gateway, "/v1/cases", token);
  EXPECT_EQ(again.status, 200);
  std::printf("first answer to a new account %lld us, the next one %lld us\n",
              static_cast<long long>(took.count()), static_cast<long long>(again.took.count()));
  EXPECT_EQ(get(*gateway, "/v1/cases", ProviderProcess::token(*to_provider, "nrm:decide")).status,
            403);
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
}

TEST_F(Threat18_IdentityProvider, SignsAPersonInAtTheCommandLine) {
  const std::string out = at.dir() + "/../token", said = at.dir() + "/../said";
  const auto began = Steady::now();
  std::thread signing_in([&] {
    const Ran ran = run({"/bin/sh", "-c",
                         NRM_BINARY_FOLDER "/nrm login --dir " + at.dir() + " --out " + out +
                             " --scope 'openid nrm:read' --wait 60 >" + said});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  });
  std::string url;
  while (url.empty() && Steady::now() - began < std::chrono::seconds(30)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto read = read_file(said);
    const std::string text = read ? *read : std::string();
    const auto from = text.find("https://");
    if (from != std::string::npos && text.find('\n', from) != std::string::npos)
      url = text.substr(from, text.find('\n', from) - from);
  }
  Browser browser(provider);
  const std::string back = browser.follow(url);
  EXPECT_TRUE(back.starts_with("http://127.0.0.1:")) << back;
  Browser::visit(back);
  signing_in.join();
  struct stat kept {};
  ASSERT_EQ(::stat(out.c_str(), &kept), 0);
  EXPECT_EQ(kept.st_mode & 0777, 0600u);
  std::string token = read_file(out).value();
  token.pop_back();
  EXPECT_EQ(get(*gateway, "/v1/cases", token).status, 200);
  std::printf(
      "from login to the first answer %lld ms\n",
      static_cast<long long>(
          std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - began).count()));
}

TEST_F(Threat18_IdentityProvider, ChangesItsKeysWhileEverybodyWorks) {
  const std::string old = ProviderProcess::token(*provider.client());
  ASSERT_EQ(get(*gateway, "/v1/cases", old).status, 200);
  std::atomic<bool> stop{false};
  std::atomic<int> good{0}, bad{0};
  std::vector<std::thread> load;
  for (int i = 0; i < 3; ++i)
    load.emplace_back([&] {
      const auto to_provider = provider.client();
      const auto to_gateway = http::connect(client_of(at)).value();
      while (!stop) {
        const std::string token = ProviderProcess::token(*to_provider);
        if (token.empty()) continue;
        for (int n = 0; n < 5; ++n)
          ++(get(*to_gateway, "/v1/cases", token).status == 200 ? good : bad);
      }
    });
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2'500));
    provider.sign_with_a_new_key();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(2'500));
  stop = true;
  for (std::thread& one : load) one.join();
  EXPECT_GT(good, 50);
  EXPECT_EQ(bad, 0) << "refused because its key was new";
  std::printf("%d requests through three changes of key, %d refused\n", good.load(), bad.load());
  EXPECT_EQ(get(*gateway, "/v1/cases", old).status, 200);  // its key is still in the set
  provider.withdraw_old_keys();
  provider.sign_with_a_new_key();
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  EXPECT_EQ(get(*gateway, "/v1/cases", ProviderProcess::token(*provider.client())).status, 200);
  EXPECT_EQ(get(*gateway, "/v1/cases", old).status, 401);  // the set was read anew without it
}
}  // namespace
}  // namespace nrm::test
