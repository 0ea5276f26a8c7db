// Client certificates: who gets in with one, and who does not any more.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

#include "common/http/certificate.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
constexpr const char* uri = "urn:nrm:account:00000000-0000-4000-8000-000000000001";

void write(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::filesystem::remove(fresh);
  std::ofstream(fresh) << text;
  ::chmod(fresh.c_str(), 0400);
  std::filesystem::rename(fresh, path);
}

// Says what it saw of the client: "thumbprint uri", or "nobody".
void tell(const Request& request, const Reply& reply) {
  if (!request.certificate) return reply({.body = "nobody"});
  const auto& uris = request.certificate->uris;
  reply({.body = request.certificate->thumbprint + " " + (uris.empty() ? "" : uris.front())});
}

class MutualTls : public ::testing::Test {
 protected:
  MutualTls() {
    char name[] = "/tmp/nrm-mtls-XXXXXX";
    folder = ::mkdtemp(name);
    options = options_of(Wiring::tls);
    options.clients_authority_file = folder + "/clients-ca.pem";
    options.clients_revoked_file = folder + "/clients-crl.pem";
  }
  ~MutualTls() override { std::filesystem::remove_all(folder); }

  ClientCertificate issue(ClientCertificateForm form) {
    auto made = issue_client_certificate(folder, form);
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? *made : ClientCertificate{};
  }
  std::unique_ptr<Client> client(const ClientCertificate* shown = nullptr) {
    ClientOptions wanted{.port = server->port(), .authority_file = authority()};
    if (shown != nullptr) {
      wanted.certificate_file = folder + "/shown.pem";
      wanted.key_file = folder + "/shown-key.pem";
      write(wanted.certificate_file, shown->certificate);
      write(wanted.key_file, shown->key.reveal());
    }
    auto made = connect(wanted);
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  // What the server saw; "" when the connection was refused.
  std::string seen(const ClientCertificate* shown = nullptr) {
    const auto answer = client(shown)->call({.target = "/"});
    return answer ? answer->body : "";
  }
  // Until the server has looked at its files again.
  template <class F>
  bool soon(F&& holds) {
    const auto until = std::chrono::steady_clock::now() + generous;
    while (std::chrono::steady_clock::now() < until) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  std::string folder;
  ServerOptions options;
  std::unique_ptr<Server> server;
};

TEST_F(MutualTls, TellsTheHandlerWhoTheClientIs) {
  const auto certificate = issue({.uri = uri});
  server = started(options, tell);
  const auto thumbprint = thumbprint_of(certificate.certificate);
  ASSERT_TRUE(thumbprint);
  EXPECT_EQ(seen(&certificate), *thumbprint + " " + uri);
  EXPECT_EQ(seen(), "nobody");  // whoever shows none says who it is in another way
}

TEST_F(MutualTls, RefusesCertificatesThatAreNotGood) {
  issue({.uri = uri});
  server = started(options, tell);
  const auto expired = issue({.uri = uri, .lifetime = std::chrono::seconds(120)});  // 3 min ago
  EXPECT_EQ(seen(&expired), "");
  const auto for_servers = issue({.uri = uri, .usage = "serverAuth"});
  EXPECT_EQ(seen(&for_servers), "");
  const auto other = folder + "/other";
  std::filesystem::create_directory(other);
  const auto foreign = issue_client_certificate(other, {.uri = uri});
  ASSERT_TRUE(foreign);
  EXPECT_EQ(seen(&*foreign), "");
}

TEST_F(MutualTls, CutsOffWhoIsRevoked) {
  const auto revoked = issue({.uri = uri}), other = issue({.uri = "urn:other"});
  server = started(options, tell);
  const auto open = client(&revoked);
  ASSERT_TRUE(open->call({.target = "/"}));
  ASSERT_TRUE(revoke_client_certificate(folder, revoked.certificate));
  // On the connection that is open, and on new ones.
  EXPECT_TRUE(soon([&] { return !open->call({.target = "/"}); }));
  EXPECT_EQ(seen(&revoked), "");
  EXPECT_NE(seen(&other), "");
  EXPECT_EQ(seen(), "nobody");
}

// Each reads the list, changes it and writes it: what one did, another must not undo.
TEST_F(MutualTls, NoRevocationIsLostBesideOthers) {
  std::vector<ClientCertificate> revoked;
  for (int i = 0; i < 16; ++i) revoked.push_back(issue({.uri = uri}));
  std::vector<std::thread> hands;
  for (std::size_t first = 0; first < 4; ++first)
    hands.emplace_back([&, first] {
      for (std::size_t i = first; i < revoked.size(); i += 4) {
        EXPECT_TRUE(revoke_client_certificate(folder, revoked[i].certificate));
        issue({.uri = "urn:other"});
      }
    });
  for (std::thread& one : hands) one.join();
  EXPECT_TRUE(revoke_client_certificate(folder, revoked[0].certificate)) << "once more";
  server = started(options, tell);
  for (const ClientCertificate& one : revoked) EXPECT_EQ(seen(&one), "");
  EXPECT_EQ(seen(), "nobody");
}

// The list changed while the stream's head was under way.
TEST_F(MutualTls, BeginsNoStreamForWhoWasRevokedMeanwhile) {
  const auto revoked = issue({.uri = uri});
  std::atomic<bool> asked = false, streamed = false;
  std::mutex held;
  std::optional<Reply> reply;
  server = started(options, [&](const Request&, const Reply& to) {
    const std::lock_guard lock(held);
    reply = to;
    asked = true;
  });
  std::thread reader([&] { (void)client(&revoked)->call({.target = "/"}); });
  EXPECT_TRUE(soon([&] { return asked.load(); }));
  EXPECT_TRUE(revoke_client_certificate(folder, revoked.certificate));
  std::this_thread::sleep_for(std::chrono::milliseconds(2'500));  // it looks each second
  {
    const std::lock_guard lock(held);
    Response response{.content_type = "text/event-stream"};
    response.stream = [&] {
      streamed = true;
      return std::optional<std::string>(": here\n\n");
    };
    (*reply)(std::move(response));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_FALSE(streamed);
  reply.reset();
  server.reset();
  reader.join();
}

TEST_F(MutualTls, TakesNobodyWhileTheListCannotBeRead) {
  const auto certificate = issue({.uri = uri});
  server = started(options, tell);
  ASSERT_NE(seen(&certificate), "nobody");
  std::stringstream list;
  list << std::ifstream(options.clients_revoked_file).rdbuf();
  write(options.clients_revoked_file, list.str().substr(0, list.str().size() / 2));
  EXPECT_TRUE(soon([&] { return seen(&certificate) == "nobody"; }));  // it is not asked for
  std::filesystem::remove(options.clients_revoked_file);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));
  EXPECT_EQ(seen(&certificate), "nobody");
  write(options.clients_revoked_file, list.str());
  EXPECT_TRUE(soon([&] { return seen(&certificate).ends_with(uri); }));
}

TEST_F(MutualTls, BeginsWhenAnAuthorityIsThere) {
  server = started(options, tell);
  EXPECT_EQ(seen(), "nobody");
  const auto certificate = issue({.uri = uri});
  EXPECT_TRUE(soon([&] { return seen(&certificate).ends_with(uri); }));
}

TEST(ClientCertificates, KeepTheirKeyToThemselvesAndTheirNamesPlain) {
  char name[] = "/tmp/nrm-mtls-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  ASSERT_TRUE(issue_client_certificate(folder, {.uri = uri}));
  struct stat key {};
  ASSERT_EQ(::stat((folder + "/clients-ca-key.pem").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0400u);
  EXPECT_EQ(issue_client_certificate(folder, {.uri = "urn:a,URI:urn:b"}).error().code,
            Code::invalid_text);
  EXPECT_FALSE(revoke_client_certificate(folder, "no certificate"));
  std::filesystem::remove_all(folder);
}
}  // namespace
}  // namespace nrm::http::test
