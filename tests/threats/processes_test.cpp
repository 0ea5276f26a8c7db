// Rows 9, 15 and 27 on real processes: they run confined, each in its own files, also under a user
// each; a store that was set back is not served; log files name nobody.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
const std::string source = NRM_SOURCE_FOLDER, programs = NRM_BINARY_FOLDER;
const char* const processes[] = {"vault",   "identification", "referral", "assistance",
                                 "closure", "audit",          "gateway"};

void report_some(const Installation& at, const std::string& key, int count) {
  static std::map<std::string, std::string> tokens;  // of installations
  std::string& token = tokens[at.dir()];
  if (token.empty()) token = responder_token(at);
  Reporter reporter(at);
  for (int i = 0; i < count; ++i)
    ASSERT_TRUE(reporter.report(token, key + std::to_string(i))) << reporter.last();
}

TEST(Threat15_Processes, RunConfinedWithoutCoresOrNewPrivileges) {
  crypto::start();
  Installation at;
  at.up();
  report_some(at, "confined-", 3);
  for (const char* name : processes) {
    const auto pid = read_file(at.dir() + "/run/" + name + ".pid");
    ASSERT_TRUE(pid) << name;
    const std::string proc = "/proc/" + pid->substr(0, pid->find('\n'));
    const std::string status = file_bytes(proc + "/status");
    EXPECT_NE(status.find("\nNoNewPrivs:\t1\n"), std::string::npos) << name << status;
    EXPECT_NE(status.find("\nSeccomp:\t2\n"), std::string::npos) << name << status;
    EXPECT_TRUE(
        std::regex_search(file_bytes(proc + "/limits"), std::regex("Max core file size +0 +0 ")))
        << name;
    for (const auto& task : fs::directory_iterator(proc + "/task"))  // every thread
      EXPECT_NE(file_bytes(task.path().string() + "/status").find("\nSeccomp:\t2\n"),
                std::string::npos)
          << name << ' ' << task.path();
  }
  EXPECT_EQ(at.down(), 0);
}

TEST(Threat15_Processes, RefuseAFolderThatOthersMayChangeAndSayWhatMendsIt) {
  crypto::start();
  const Installation at;
  const std::pair<const char*, mode_t> wrong[] = {{"policy.json", 0666},
                                                  {"mechanism.json", 0604},
                                                  {"keys/%/curve", 0440},
                                                  {"keys/%", 0711},
                                                  {"run", 0777}};
  for (const char* name : processes)
    for (const auto& [relative, mode] : wrong) {
      std::string path = at.dir() + '/' + relative;
      if (const auto sign = path.find('%'); sign != path.npos) path.replace(sign, 1, name);
      struct stat before {};
      ASSERT_EQ(::stat(path.c_str(), &before), 0) << path;
      ASSERT_EQ(::chmod(path.c_str(), mode), 0);
      const Ran ran = run({programs + "/nrm-" + name, at.dir()});
      EXPECT_EQ(ran.exit_code, 65) << name << ' ' << path << ran.err;
      EXPECT_NE(ran.err.find(path), std::string::npos) << ran.err;
      EXPECT_NE(ran.err.find("chmod "), std::string::npos) << ran.err;
      ASSERT_EQ(::chmod(path.c_str(), before.st_mode & 07777), 0);
    }
}

// What is stated in deploy/README.md is what systemd says of the units as they are installed.
TEST(Threat15_Units, AreAsConfinedAsTheRunBookSays) {
  char name[] = "/tmp/nrm-units-XXXXXX";
  const std::string root = ::mkdtemp(name);
  ASSERT_EQ(::setenv("BUILD", fs::path(programs).parent_path().c_str(), 1), 0);
  const Ran installed = run({source + "/deploy/install-units", root});
  ASSERT_EQ(installed.exit_code, 0) << installed.out << installed.err;
  const std::string book = file_bytes(source + "/deploy/README.md");
  std::vector<std::string> units(std::begin(processes), std::end(processes));
  units.emplace_back("witness");  // `nrm` itself is its program
  for (const std::string& process : units) {
    const Ran ran = run({"/usr/bin/systemd-analyze", "security", "--offline=true", "--no-pager",
                         "--root=" + root, "nrm-" + process + "@srv-nrm.service"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    std::smatch score;
    ASSERT_TRUE(std::regex_search(ran.out, score, std::regex("exposure level for .*: ([0-9.]+) ")))
        << ran.out;
    EXPECT_TRUE(std::regex_search(
        book, std::regex("`nrm-" + process + "@`[^\n]*\\| " + score[1].str() + " \\|")))
        << process << " has " << score[1] << "; deploy/README.md says otherwise";
    const bool listens = process == "gateway" || process == "witness";
    EXPECT_LE(std::atof(score[1].str().c_str()), listens ? 1.0 : 0.3);
    EXPECT_TRUE(process == "witness" || fs::exists(root + "/usr/local/bin/nrm-" + process));
  }
  fs::remove_all(root);
}

// Row 27: whatever the processes write for operators, no id of anybody is in it.
TEST(Threat27_LogFiles, NameNobody) {
  crypto::start();
  Installation at;
  at.up();
  report_some(at, "named-", 5);
  EXPECT_TRUE(at.kill_service("vault")) << "lines of trouble, too";
  report_some(at, "named-again-", 5);
  EXPECT_EQ(at.down(), 0);
  const std::regex id(
      "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  std::size_t lines = 0;
  for (const char* name : processes) {
    const std::string text = file_bytes(at.dir() + "/logs/" + name + ".log");
    lines += static_cast<std::size_t>(std::ranges::count(text, '\n'));
    EXPECT_FALSE(std::regex_search(text, id)) << name << text;
  }
  EXPECT_GT(lines, std::size(processes)) << "they did write";
  EXPECT_FALSE(std::regex_search(file_bytes(at.dir() + "/up.log"), id));
  const std::string one = "055a1b2c-3d4e-4f50-8123-456789abcdef";
  const Ran pseudonym = at.nrm({"audit", "pseudonym", one});
  EXPECT_EQ(pseudonym.exit_code, 0) << pseudonym.err;
  EXPECT_TRUE(std::regex_match(pseudonym.out, std::regex("~[0-9a-f]{16}\n"))) << pseudonym.out;
  EXPECT_EQ(at.nrm({"audit", "pseudonym", one}).out, pseudonym.out) << "always the same";
  const Installation other;
  EXPECT_NE(other.nrm({"audit", "pseudonym", one}).out, pseudonym.out)
      << "of one installation only";
}

// --- a user each
// ----------------------------------------------------------------------------------

constexpr uid_t first_id = 61'000;  // nobody's here

pid_t start_as(uid_t user, gid_t group, const std::string& program, const std::string& dir) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (user != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(user) != 0))
    ::_exit(99);
  const int log = ::open((dir + "/../" + fs::path(program).filename().string() + ".log").c_str(),
                         O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  ::execl(program.c_str(), program.c_str(), dir.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

// Whether this user can open the file at all.
bool can_read(uid_t user, gid_t group, const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(user) != 0) ::_exit(99);
    ::_exit(::open(path.c_str(), O_RDONLY) >= 0 ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2) << path;
  return WEXITSTATUS(status) == 1;
}

class Seven {
 public:
  // As root, each under a number of its own; otherwise all as we are.
  Seven(const Installation& at, const std::string& bin) {
    for (std::size_t i = 0; i < std::size(processes); ++i)
      pids_.push_back(start_as(::geteuid() == 0 ? first_id + 1 + static_cast<uid_t>(i) : 0,
                               first_id, bin + "/nrm-" + processes[i], at.dir()));
  }
  ~Seven() { stop(); }
  bool ready(const Installation& at) const {
    const auto client = http::connect({.port = static_cast<std::uint16_t>(at.port()),
                                       .authority_file = at.dir() + "/tls/ca.pem",
                                       .connections = 1,
                                       .deadline = std::chrono::seconds(2)});
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (client && std::chrono::steady_clock::now() < until) {
      const auto answer = (*client)->call({.target = "/readyz"});
      if (answer && answer->status == 200) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  // The exit codes, gateway first.
  std::vector<int> stop() {
    std::vector<int> codes;
    for (; !pids_.empty(); pids_.pop_back()) {
      ::kill(pids_.back(), SIGTERM);
      int status = 0;
      ::waitpid(pids_.back(), &status, 0);
      codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    return codes;
  }

 private:
  std::vector<pid_t> pids_;
};

TEST(Threat15_Processes, AUserEachAndNobodyReadsAnothersKeysOrStore) {
  crypto::start();
  Installation at;
  // Where every user can reach them, wherever the clone is.
  const std::string bin = fs::path(at.dir()).parent_path().string() + "/bin";
  fs::create_directories(bin);
  for (const char* name : processes) fs::copy(programs + "/nrm-" + name, bin + "/nrm-" + name);
  for (const std::string& open : {bin, fs::path(at.dir()).parent_path().string()})
    ASSERT_EQ(::chmod(open.c_str(), 0777), 0);
  const bool root = ::geteuid() == 0;
  if (root) {
    const Ran given = run({source + "/deploy/users", at.dir(), std::to_string(first_id)});
    ASSERT_EQ(given.exit_code, 0) << given.out << given.err;
  } else {
    EXPECT_NE(run({source + "/deploy/users", at.dir()}).exit_code, 0) << "only root gives away";
  }
  Seven seven(at, bin);
  ASSERT_TRUE(seven.ready(at)) << file_bytes(at.dir() + "/../nrm-gateway.log")
                               << file_bytes(at.dir() + "/../nrm-vault.log");
  report_some(at, "users-", 3);
  if (root) {
    const gid_t group = first_id;
    const std::string own[] = {"/keys/%/curve", "/store/%/CURRENT", "/store/%/LOCK"};
    for (std::size_t owner = 0; owner < std::size(processes); ++owner)
      for (std::size_t reader = 0; reader < std::size(processes); ++reader)
        for (std::string path : own) {
          path.replace(path.find('%'), 1, processes[owner]);
          EXPECT_EQ(can_read(first_id + 1 + static_cast<uid_t>(reader), group, at.dir() + path),
                    owner == reader)
              << processes[reader] << " and " << path;
        }
    const uid_t gateway = first_id + 7;
    EXPECT_FALSE(can_read(gateway, group, at.dir() + "/keys/vault/master"));
    EXPECT_TRUE(can_read(gateway, group, at.dir() + "/mechanism.json"));
    EXPECT_FALSE(can_read(first_id + 99, 99, at.dir() + "/mechanism.json")) << "a stranger";
    EXPECT_FALSE(can_read(first_id + 1, group, at.dir() + "/tls/server-key.pem"));
  }
  // As units of systemd run them, without `nrm up`: whoever asks sees that they run.
  const Ran beside = at.nrm({"audit", "verify", "--json"});
  EXPECT_EQ(beside.exit_code, 0) << beside.out << beside.err;
  EXPECT_NE(beside.out.find("\"live\":true"), std::string::npos) << beside.out;
  if (root) {
    EXPECT_EQ(run({source + "/deploy/users", at.dir(), std::to_string(first_id)}).exit_code, 69);
  }
  EXPECT_EQ(seven.stop(), std::vector<int>(std::size(processes), 0));
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  if (root) {
    EXPECT_EQ(at.nrm({"up"}).exit_code, 65) << "one user for all is refused from now on";
    Seven again(at, bin);
    EXPECT_TRUE(again.ready(at)) << "what root looked at is still theirs";
  }
}
}  // namespace
}  // namespace nrm::test
