#include "common/oidc/provider.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "common/http/certificate.hpp"
#include "common/http/http.hpp"
#include "tests/support/forge.hpp"

namespace nrm::oidc {
namespace {
using nrm::test::forge;
using nrm::test::SigningKey;
using std::chrono::milliseconds;

TEST(ReadAddress, TakesHttpsAddressesApart) {
  const auto address = read_address("https://id.example.org:8443/realm/a");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "id.example.org");
  EXPECT_EQ(address->port, 8443);
  EXPECT_EQ(address->path, "/realm/a");
  EXPECT_EQ(read_address("https://id.example.org")->port, 443);
  for (const char* bad : {"", "http://a", "https://", "https://a:0", "https://a:99999",
                          "https://a:", "https://u@a", "https://a/?q", "https://a/#f",
                          "https://a /", "https://[::1]/", "https://a/\n", "file:///etc"})
    EXPECT_FALSE(read_address(bad)) << bad;
}

// An issuer on loopback whose documents the test writes.
class Issuer : public ::testing::Test {
 protected:
  Issuer() {
    char name[] = "/tmp/nrm-oidc-XXXXXX";
    folder = ::mkdtemp(name);
    EXPECT_TRUE(http::make_development_certificate(folder));
    auto started = http::serve(
        {.certificate_file = folder + "/server.pem", .key_file = folder + "/server-key.pem"},
        [this](const http::Request& request, const http::Reply& reply) {
          const std::lock_guard lock(mutex);
          ++requests;
          if (request.path == "/.well-known/openid-configuration")
            return reply({.status = status, .body = discovery});
          reply({.status = status, .body = jwks});
        });
    EXPECT_TRUE(started);
    server = std::move(*started);
    issuer = "https://localhost:" + std::to_string(server->port());
    discovery = "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/jwks\"}";
    publish({&key});
  }
  ~Issuer() override {
    server.reset();
    std::filesystem::remove_all(folder);
  }

  void publish(const std::vector<const SigningKey*>& keys) {
    const std::lock_guard lock(mutex);
    jwks = "{\"keys\":[";
    for (std::size_t i = 0; i < keys.size(); ++i)
      jwks += (i == 0 ? "" : ",") + keys[i]->jwk(keys[i] == &key ? "a" : "b");
    jwks += "]}";
  }
  Provider::Options options() const {
    return {.rules = {.issuer = issuer, .audience = "nrm"},
            .authority_file = folder + "/ca.pem",
            .refetch_after = milliseconds(100)};
  }
  std::string token(const SigningKey& signer, const std::string& id) const {
    return forge(signer, "EdDSA", R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + id + "\"}",
                 R"({"iss":")" + issuer +
                     R"(","aud":"nrm","sub":"s","client_id":"c","jti":"j","iat":1000,"exp":1300})");
  }
  // After the fetch that refresh() led to, or at once.
  static void refresh(Provider& provider) {
    std::promise<void> done;
    provider.refresh([&done] { done.set_value(); });
    done.get_future().wait();
  }
  bool accepts(Provider& provider, const std::string& one) const {
    return provider.verify(one, Instant{1'100'000}).has_value();
  }
  template <class F>
  static bool soon(F&& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < until) {
      if (holds()) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }

  std::string folder, issuer;
  SigningKey key = SigningKey::ed25519(), next = SigningKey::ed25519();
  std::mutex mutex;
  std::string discovery, jwks;
  int status = 200, requests = 0;
  std::unique_ptr<http::Server> server;
  ManualClock ticks{Instant{0}};
};

TEST_F(Issuer, GivesItsKeys) {
  Provider provider(options(), ticks);
  EXPECT_TRUE(soon([&] { return accepts(provider, token(key, "a")); }));
  EXPECT_TRUE(provider.is_trusted());
  EXPECT_EQ(provider.generation(), 1u);
}

TEST_F(Issuer, IsAskedAgainForAKeyThatIsNotKnown) {
  Provider provider(options(), ticks);
  ASSERT_TRUE(soon([&] { return provider.is_trusted(); }));
  publish({&key, &next});
  EXPECT_EQ(provider.verify(token(next, "b"), Instant{1'100'000}).error().code, Code::not_found);
  ticks.advance(milliseconds(100));
  refresh(provider);
  EXPECT_TRUE(accepts(provider, token(next, "b")));
  EXPECT_TRUE(accepts(provider, token(key, "a")));
  publish({&next});
  ticks.advance(milliseconds(100));
  refresh(provider);
  EXPECT_FALSE(accepts(provider, token(key, "a")));  // withdrawn
  EXPECT_EQ(provider.generation(), 3u);
}

TEST_F(Issuer, IsNotAskedMoreOftenThanAllowed) {
  Provider provider(options(), ticks);
  ASSERT_TRUE(soon([&] { return provider.is_trusted(); }));
  const int before = requests;
  for (int i = 0; i < 50; ++i) refresh(provider);  // no time passes: each goes on at once
  EXPECT_EQ(requests, before);
  ticks.advance(milliseconds(100));
  for (int i = 0; i < 50; ++i) refresh(provider);
  EXPECT_EQ(requests, before + 2);  // one fetch: discovery and keys
}

TEST_F(Issuer, IsNotTrustedForLongWhenItIsSilent) {
  auto wanted = options();
  wanted.keys_kept_max = std::chrono::hours(1);
  Provider provider(wanted, ticks);
  ASSERT_TRUE(soon([&] { return accepts(provider, token(key, "a")); }));
  {
    const std::lock_guard lock(mutex);
    status = 500;
  }
  ticks.advance(std::chrono::minutes(60));
  refresh(provider);
  EXPECT_TRUE(accepts(provider, token(key, "a")));
  ticks.advance(milliseconds(1));
  EXPECT_FALSE(accepts(provider, token(key, "a")));
  EXPECT_FALSE(provider.is_trusted());
}

TEST_F(Issuer, MustBeWhoItSaysAndHaveACertificateOfTheAuthority) {
  auto foreign = options();
  foreign.authority_file = folder + "/other/ca.pem";
  ASSERT_TRUE(http::make_development_certificate(folder + "/other"));
  Provider unproven(foreign, ticks);
  {
    const std::lock_guard lock(mutex);
    discovery = "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"" + issuer + "/jwks\"}";
  }
  Provider other(options(), ticks);
  ticks.advance(milliseconds(100));
  refresh(unproven);
  refresh(other);
  EXPECT_FALSE(unproven.is_trusted());
  EXPECT_FALSE(other.is_trusted());
}
}  // namespace
}  // namespace nrm::oidc
