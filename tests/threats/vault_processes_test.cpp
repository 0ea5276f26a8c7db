// Row 7 of the threat table (memory and files of the real processes), and what an operator and a
// case manager do with keys: real programs, real HTTPS, real signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "common/base/hex.hpp"
#include "common/base/json.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/support/file_bytes.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

constexpr const char* fields[] = {"name",    "also_known_as", "document_number",
                                  "phone",   "address",       "safe_contact",
                                  "account", "health_notes",  "family_at_risk"};

std::string canary() { return to_hex(crypto::SecretKey::random().reveal().substr(0, 16)); }

class Desk {
 public:
  explicit Desk(const Installation& at)
      : at_(at),
        client_(http::connect({.port = static_cast<std::uint16_t>(at.port()),
                               .authority_file = at.dir() + "/tls/ca.pem",
                               .connections = 1,
                               .deadline = std::chrono::seconds(30)})
                    .value()),
        responder_(responder_token(at)),
        manager_(at.token("case-manager")) {}

  struct Reported {
    std::string id, reference;
    std::vector<std::string> canaries;
  };
  Reported report() {
    Reported out;
    std::string personal = "{\"date_of_birth\":\"1999-02-28\"";
    for (const char* field : fields) {
      out.canaries.push_back(canary());
      personal += ",\"" + std::string(field) + "\":\"" + out.canaries.back() + '"';
    }
    const auto answer = post(
        "/v1/reports", responder_,
        R"({"route":"formal","consents":[{"purpose":"identification","given":true,)"
        R"("by":"individual","language":"ro"},{"purpose":"support","given":true,"by":"individual",)"
        R"("language":"ro"}],"personal":)" +
            personal +
            R"(},"facts":{"entry_source":"police_operation","exploitation":["labour"],)" +
            R"("means_of_control":["debt_bondage"],"age_at_exploitation":"adult",)" +
            R"("age_now":"adult","gender":"female","nationalities":[{"country":"RO"}],)" +
            R"("place":{"scope":"in_country","countries":[]},"indicators":[],)" +
            R"("needs":["medical"],"urgency":"routine","languages":["ro"],"region":"XX-N"}})");
    json::Document document;
    if (answer.status != 201 || !document.parse_strict(answer.body)) {
      ADD_FAILURE() << answer.status << ' ' << answer.body;
      return out;
    }
    out.id = document.root().find("case").text();
    out.reference = document.root().find("reference").text();
    return out;
  }
  http::Answer open(const std::string& id) {
    return post("/v1/cases/" + id + "/openings", manager_,
                R"({"purpose":"safety","ground":"threat_to_life","classes":["identity"]})");
  }
  // With one key until somebody answers: services are killed meanwhile.
  http::Answer post(const std::string& target, const std::string& token, const std::string& body) {
    const std::string key = canary();
    http::Answer last;
    for (int attempt = 0; attempt < 240; ++attempt) {
      auto answer = client_->call({.method = "POST",
                                   .target = target,
                                   .headers = {{"Authorization", "Bearer " + token},
                                               {"Content-Type", "application/json"},
                                               {"Idempotency-Key", key}},
                                   .body = body});
      if (answer && answer->status != 503 && answer->status != 408) return std::move(*answer);
      if (answer) last = std::move(*answer);
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
    return last;
  }
  const std::string& manager() const { return manager_; }

 private:
  const Installation& at_;
  std::unique_ptr<http::Client> client_;
  const std::string responder_, manager_;
};

// How many of `texts` are in any file below any of the folders.
std::size_t count_found(const std::vector<std::string>& folders,
                        const std::vector<std::string>& texts) {
  std::size_t found = 0;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string bytes = file_bytes(entry.path());
      for (const std::string& text : texts) found += bytes.find(text) != std::string::npos;
    }
  return found;
}

class Processes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
};
class Threat07_DiskAndMemory : public Processes {};

TEST_F(Threat07_DiskAndMemory, NoCanaryInAnyFileAfterAborts) {
  // Cores would be written, as far as the processes do not forbid it themselves.
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_CORE, &all);
  const TemporaryFolder cores;
  const fs::path home = fs::current_path();
  fs::current_path(cores.path());
  Installation at;
  at.up();
  Desk desk(at);
  std::vector<Desk::Reported> people;
  for (int i = 0; i < 120; ++i) {
    people.push_back(desk.report());
    if (i % 3 == 0) {
      EXPECT_NE(desk.open(people.back().id).body.find(people.back().canaries[0]),
                std::string::npos);
    }
    if (i == 40 || i == 80) {
      EXPECT_TRUE(at.kill_service("vault", SIGABRT));
      EXPECT_TRUE(at.kill_service("gateway", SIGABRT));
    }
  }
  at.nrm({"vault", "access", people[0].reference, "--language", "ro"});
  EXPECT_EQ(at.down(), 0);
  std::vector<std::string> canaries, references;
  for (const auto& person : people) {
    canaries.insert(canaries.end(), person.canaries.begin(), person.canaries.end());
    references.push_back(person.reference);
  }
  ASSERT_EQ(canaries.size(), 120 * std::size(fields));
  const std::vector<std::string> folders = {fs::path(at.dir()).parent_path(), cores.path()};
  EXPECT_EQ(count_found(folders, canaries), 0u);
  EXPECT_GE(count_found(folders, references), references.size())
      << "the search finds what is there";
  EXPECT_TRUE(fs::is_empty(cores.path())) << "a core was written";
  fs::current_path(home);
}

TEST_F(Processes, ACaseIsErasedAndTheReceiptNamesEveryPlace) {
  Installation at;
  at.up();
  Desk desk(at);
  const auto person = desk.report();
  EXPECT_EQ(desk.open(person.id).status, 200);
  const auto own_access = [&](const std::string& language) {
    const Ran asked = at.nrm({"vault", "access", person.reference, "--json"});
    json::Document proposed;
    EXPECT_TRUE(proposed.parse_strict(asked.out)) << asked.out << asked.err;
    const std::string proposal(proposed.root().find("proposal").text());
    const std::vector<std::string> use = {"vault",  "access",     person.reference, "--language",
                                          language, "--proposal", proposal};
    EXPECT_EQ(at.nrm(use).exit_code, 1) << "nobody else wanted it yet";
    EXPECT_EQ(at.nrm({"vault", "access", proposal, "--approve", "--as", "case-manager"}).exit_code,
              1)
        << "the same person";
    EXPECT_EQ(at.nrm({"vault", "access", proposal, "--approve"}).exit_code, 0);
    return at.nrm(use);
  };
  const Ran document = own_access("ro");
  EXPECT_EQ(document.exit_code, 0) << document.err;
  EXPECT_NE(document.out.find("Ce se păstrează despre dumneavoastră"), std::string::npos);
  EXPECT_NE(document.out.find("Case management"), std::string::npos) << "who opened it";
  for (const std::string& one : person.canaries)
    EXPECT_NE(document.out.find(one), std::string::npos) << "all that is kept is told";
  const Ran english = own_access("ja");
  EXPECT_NE(english.out.find("What is kept about you"), std::string::npos);

  EXPECT_EQ(at.nrm({"vault", "erasure", person.reference}).exit_code, 1) << "none was asked for";
  // Before the vault has heard of the report, there is nothing to erase.
  Ran asked;
  for (int attempt = 0; attempt < 100 && asked.exit_code != 0; ++attempt) {
    asked = at.nrm({"vault", "erase", person.reference, "--ground", "person_asked", "--emergency"});
    if (asked.exit_code != 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_EQ(
      at.nrm({"vault", "erase", person.reference, "--confirm", "--as", "case-manager"}).exit_code,
      1)
      << "the same person";
  const Ran confirmed = at.nrm({"vault", "erase", person.reference, "--confirm"});
  EXPECT_EQ(confirmed.exit_code, 0) << confirmed.err;
  EXPECT_EQ(desk.open(person.id).status, 404);
  const Ran receipt = at.nrm({"vault", "erasure", person.reference});
  for (const char* line :
       {"erased (person asked)", "vault store", "destroyed", "audit archive", "gateway rows",
        "backups", "unreadable after", "sealed items", "duplicate tokens", "tokens in backups",
        "keyed", "Case management", "own copies"})
    EXPECT_NE(receipt.out.find(line), std::string::npos) << line << '\n' << receipt.out;
  ASSERT_EQ(at.nrm({"sandbox", "advance", "8d"}).exit_code, 0);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (at.nrm({"vault", "erasure", person.reference}).out.find("unreadable since") ==
         std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << "the epoch does not end";
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_FALSE(fs::exists(at.dir() + "/keys/vault/epochs/1"));
  EXPECT_EQ(at.down(), 0);
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST_F(Processes, AnotherMasterAndThenShares) {
  Installation at;
  at.up();
  Desk desk(at);
  const auto person = desk.report();
  const Ran busy = at.nrm({"vault", "rewrap"});
  EXPECT_NE(busy.exit_code, 0);
  EXPECT_NE(busy.err.find("stop it first"), std::string::npos) << busy.err;
  EXPECT_EQ(at.down(), 0);
  const auto before = read_file(at.dir() + "/keys/vault/master");
  EXPECT_FALSE(fs::exists(at.dir() + "/keys/vault/master.next")) << "nothing was begun";
  const Ran rewrapped = at.nrm({"vault", "rewrap"});
  EXPECT_EQ(rewrapped.exit_code, 0) << rewrapped.err;
  EXPECT_NE(*read_file(at.dir() + "/keys/vault/master"), *before);
  EXPECT_FALSE(fs::exists(at.dir() + "/keys/vault/master.next"));

  const Ran split = at.nrm({"vault", "split", "--shares", "3", "--threshold", "2"});
  ASSERT_EQ(split.exit_code, 0) << split.err;
  std::vector<std::string> shares;
  for (std::size_t from = 0; (from = split.out.find("nrm-share-", from)) != std::string::npos;) {
    shares.push_back(split.out.substr(from, split.out.find('\n', from) - from));
    from += shares.back().size();
  }
  ASSERT_EQ(shares.size(), 3u);
  std::thread people([&] {
    const std::string nrm = std::string(NRM_BINARY_FOLDER) + "/nrm vault unseal --dir " + at.dir();
    for (const std::size_t i : {2, 0}) {
      const std::string give = "echo '" + shares[i] + "' | " + nrm + " >/dev/null 2>&1";
      for (int attempt = 0; attempt < 300 && std::system(give.c_str()) != 0; ++attempt)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  at.up();  // ready only once the vault is open
  people.join();
  EXPECT_FALSE(fs::exists(at.dir() + "/keys/vault/master")) << "the shares have proved themselves";
  EXPECT_NE(desk.open(person.id).body.find(person.canaries[0]), std::string::npos);
  EXPECT_EQ(at.down(), 0);
}

TEST_F(Processes, AMasterThatOthersCanReadIsRefusedWithTheCommandThatMendsIt) {
  Installation at;
  const std::string master = at.dir() + "/keys/vault/master";
  fs::permissions(master, fs::perms::owner_read | fs::perms::group_read);
  const Ran vault = run({std::string(NRM_BINARY_FOLDER) + "/nrm-vault", at.dir()});
  EXPECT_EQ(vault.exit_code, 65);
  EXPECT_NE((vault.out + vault.err).find("chmod 0400 " + master), std::string::npos)
      << vault.out << vault.err;
  fs::permissions(master, fs::perms::owner_read);
}
}  // namespace
}  // namespace nrm::test
