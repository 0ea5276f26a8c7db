// The canary run: a thousand cases with a planted string in every personal field live their whole
// life in a real installation, whose services are aborted again and again on the way. Afterwards
// every byte that an operator, a tap on the wire or somebody without a right can get is searched.
// reliability.md, section 2, rows 7 and 27; how bytes are searched: planted.hpp.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/event/personal.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/threats/canary/planted.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
constexpr int people = 1'000;
constexpr int reporters = 8;
constexpr int looked_at = 100;  // cases that everybody tries to see
constexpr int aborts_at_least = 12;
const char* const services[] = {"vault",   "identification", "referral", "assistance",
                                "closure", "gateway",        "audit"};

// The personal part with a canary in every member, whatever members there are.
std::string personal_part(const Planted& planted, int number) {
  std::string out = "{";
  boost::mp11::mp_for_each<
      boost::describe::describe_members<PersonalPart, boost::describe::mod_public>>(
      [&](auto member) {
        const std::string name = member.name;
        const std::string value =
            name == "date_of_birth" ? "1990-02-28" : planted.text(name, number);
        out += (out.size() > 1 ? ",\"" : "\"") + name + "\":\"" + value + '"';
      });
  return out + '}';
}

// `nrm report --example` with another personal part.
std::string report_body(const std::string& example, const std::string& personal) {
  const auto name = example.find("\"personal\"");
  const auto from = example.find('{', name), to = example.find('}', from);
  EXPECT_NE(to, std::string::npos) << example;
  return example.substr(0, from) + personal + example.substr(to + 1);
}

class CanaryRun {
 public:
  CanaryRun() {
    fs::create_directories(outside() + "/wire");
    ::setenv("NRM_WIRE_TAP", (outside() + "/wire").c_str(), 1);
    ::setenv("LD_PRELOAD", NRM_WIRE_TAP_LIBRARY, 1);
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &all);
    at_.up();
    ::unsetenv("LD_PRELOAD");
  }

  void report_all();
  void live();  // stand-ins work while services are aborted
  void see_what_is_allowed();
  void look_without_right();
  void print_everything();
  void copy_while_up();
  int down() { return at_.down(); }

  const Planted& planted() const { return planted_; }
  // What is kept beside the data folder: the tap, the copy.
  std::string outside() const { return fs::path(at_.dir()).parent_path().string() + "/outside"; }
  std::string root() const { return fs::path(at_.dir()).parent_path().string(); }

 private:
  std::unique_ptr<http::Client> client() const {
    return http::connect({.port = static_cast<std::uint16_t>(at_.port()),
                          .authority_file = at_.dir() + "/tls/ca.pem",
                          .connections = 1})
        .value();
  }
  static http::Call call(const std::string& token, std::string method, std::string target) {
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = {{"Authorization", "Bearer " + token}},
            .body = {}};
  }
  static http::Call post(const std::string& token, std::string target, std::string key,
                         std::string body) {
    http::Call out = call(token, "POST", std::move(target));
    out.headers.emplace_back("Content-Type", "application/json");
    out.headers.emplace_back("Idempotency-Key", std::move(key));
    out.body = std::move(body);
    return out;
  }
  void expect_clean(const std::string& bytes, const std::string& what) const {
    EXPECT_EQ(planted_.find(bytes), "") << what;
  }

  Planted planted_;
  Installation at_{"uk"};
  std::vector<std::string> cases_ = std::vector<std::string>(people);
};

void CanaryRun::report_all() {
  const std::string token = responder_token(at_), example = at_.nrm({"report", "--example"}).out;
  std::vector<std::thread> threads;
  for (int mine = 0; mine < reporters; ++mine)
    threads.emplace_back([&, mine] {
      const auto https = client();
      for (int n = mine; n < people; n += reporters) {
        const auto answer = https->call(post(token, "/v1/reports", "canary-" + std::to_string(n),
                                             report_body(example, personal_part(planted_, n))));
        ASSERT_TRUE(answer) << answer.error().detail;
        ASSERT_EQ(answer->status, 201) << answer->body;
        expect_clean(answer->body, "the receipt");
        const std::string location(answer->header("location"));
        cases_[static_cast<std::size_t>(n)] = location.substr(location.rfind('/') + 1);
      }
    });
  for (auto& thread : threads) thread.join();
}

void CanaryRun::live() {
  std::atomic<bool> done = false;
  std::thread aborter([&] {
    for (int n = 0; n < aborts_at_least || !done; ++n) {
      EXPECT_TRUE(
          at_.kill_service(services[static_cast<std::size_t>(n) % std::size(services)], SIGABRT));
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
      if (n >= aborts_at_least) break;
    }
  });
  Ran lived = at_.nrm({"rehearse"});
  done = true;
  aborter.join();
  // Stand-ins may give up on a service that is away; they go on from where everybody stands.
  for (int attempt = 0; attempt < 5 && lived.exit_code != 0; ++attempt)
    lived = at_.nrm({"rehearse"});
  EXPECT_EQ(lived.exit_code, 0) << lived.out << lived.err;
  expect_clean(lived.out + lived.err, "what the rehearsal prints");
}

// The search finds what is there: whoever has the right and the purpose gets the text.
void CanaryRun::see_what_is_allowed() {
  const auto https = client();
  for (int n = 0; n < looked_at; ++n) {
    const auto answer = https->call(post(
        at_.token("case-manager"), "/v1/cases/" + cases_[static_cast<std::size_t>(n)] + "/openings",
        "open-" + std::to_string(n), R"({"purpose":"support","classes":["identity"]})"));
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->status, 200) << answer->body;
    EXPECT_NE(answer->body.find(planted_.text("name", n)), std::string::npos) << answer->body;
  }
}

void CanaryRun::look_without_right() {
  const auto https = client();
  const std::string other = responder_token(at_, "Other Constabulary");  // reported nobody
  std::size_t answers = 0;
  const auto look = [&](const http::Call& what) {
    const auto answer = https->call(what);
    ASSERT_TRUE(answer) << answer.error().detail;
    std::string all = answer->body;
    for (const auto& [name, value] : answer->headers) all += '\n' + name + ": " + value;
    expect_clean(all, what.method + ' ' + what.target);
    ++answers;
  };
  const std::vector<std::string> tokens = {at_.token("competent-authority"),
                                           at_.token("case-manager"),
                                           at_.token("operator"),
                                           at_.token("auditor"),
                                           at_.token("Safe house 1"),
                                           other,
                                           std::string(64, '0')};
  for (const std::string& token : tokens) {
    for (const char* target :
         {"/v1/cases?limit=200", "/v1/inbox?limit=200", "/v1/queues/plan", "/v1/queues/first_stage",
          "/v1/organisations?limit=200", "/v1/providers?limit=200", "/v1/status", "/metrics"})
      look(call(token, "GET", target));
    for (int n = 0; n < looked_at; ++n) {
      const std::string one = "/v1/cases/" + cases_[static_cast<std::size_t>(n)];
      for (const char* part : {"", "/timeline?limit=200", "/referrals"})
        look(call(token, "GET", one + part));
    }
  }
  for (const char* who : {"operator", "auditor", "Safe house 1"})
    for (int n = 0; n < looked_at; ++n)
      look(post(at_.token(who), "/v1/cases/" + cases_[static_cast<std::size_t>(n)] + "/openings",
                "try-" + std::to_string(n),
                R"({"purpose":"safety","classes":["identity","contact","narrative"]})"));
  EXPECT_GT(answers, tokens.size() * looked_at * 3);
}

void CanaryRun::print_everything() {
  const std::vector<std::vector<std::string>> commands = {
      {"audit", "statistics", "referrals", "--format", "csv"},
      {"audit", "replay", "--json"},
      {"audit", "replay", "--case", cases_[0]},
      {"audit", "verify", "--json"},
      {"case", "timeline", cases_[1], "--as", "case-manager"},
      {"case", "show", cases_[1], "--as", "case-manager", "--json"},
      {"status", "--json"}};
  for (const auto& command : commands) {
    const Ran ran = at_.nrm(command);
    EXPECT_EQ(ran.exit_code, 0) << command[1] << ran.out << ran.err;
    expect_clean(ran.out + ran.err, "nrm " + command[0] + ' ' + command[1]);
  }
}

// What a backup program gets that knows nothing of RocksDB.
void CanaryRun::copy_while_up() {
  for (const auto& entry : fs::recursive_directory_iterator(at_.dir())) {
    if (!entry.is_regular_file()) continue;
    const auto to = outside() + "/copy/" + fs::relative(entry.path(), at_.dir()).string() + ".copy";
    std::error_code gone;  // a compaction may take a file away meanwhile
    fs::create_directories(fs::path(to).parent_path());
    fs::copy_file(entry.path(), to, gone);
  }
}

TEST(Threat07_CanaryRun, NoPlantedStringIsAnywhereButWhereItMayBe) {
  crypto::start();
  CanaryRun run;
  run.report_all();
  ASSERT_FALSE(::testing::Test::HasFailure());
  run.see_what_is_allowed();
  run.copy_while_up();
  run.live();
  run.look_without_right();
  run.print_everything();
  run.copy_while_up();
  EXPECT_EQ(run.down(), 0);

  std::uintmax_t tapped = 0;
  bool encrypted = false;
  for (const auto& entry : fs::directory_iterator(run.outside() + "/wire")) {
    tapped += entry.file_size();
    encrypted |= read_file(entry.path().string(), 1u << 31)->find("CURVE") != std::string::npos;
  }
  EXPECT_GT(tapped, 10'000'000u) << "the tap is on the wire";
  EXPECT_TRUE(encrypted) << "ZeroMQ's greetings name their mechanism";

  const Searched searched = search_folder(run.planted(), run.root());
  EXPECT_EQ(searched.stores, 7u);
  for (const std::string& hit : searched.hits) ADD_FAILURE() << hit;
  // A service that was aborted left no core: kernels that write them beside the program do it here.
  for (const auto& entry : fs::directory_iterator(fs::current_path()))
    EXPECT_FALSE(entry.path().filename().string().starts_with("core")) << entry.path();
  std::printf("%zu files, %zu stores, %.0f MB searched\n", searched.files, searched.stores,
              static_cast<double>(searched.bytes) / 1e6);
}

TEST(Threat07_CanaryRun, TheSearchFindsWhatIsThere) {
  crypto::start();
  char name[] = "/tmp/nrm-canary-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const Planted planted;
  const std::string text = planted.text("name", 1);
  EXPECT_EQ(planted.find("before " + text + " after"), "text");
  std::ofstream(folder + "/plain") << text;
  {
    // Repeated text is compressed in a block: only reading the store finds it for certain.
    auto store = open_rocksdb({.folder = folder + "/store"}).value();
    Batch batch;
    for (int n = 0; n < 1'000; ++n)
      batch.put(Family::rows, "row/" + std::to_string(n), planted.text("name", n));
    ASSERT_TRUE(store->commit(batch, Sync::yes));
    ASSERT_TRUE(store->flush());
  }
  const Searched searched = search_folder(planted, folder);
  EXPECT_EQ(searched.stores, 1u);
  EXPECT_GE(searched.hits.size(), 1'001u);
  fs::remove_all(folder);
}
}  // namespace
}  // namespace nrm::test
