#include "tests/e2e/installation.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/base/json.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "services/cli/bench.hpp"

namespace nrm::test {
namespace {
const std::string programs = NRM_BINARY_FOLDER;

pid_t start(const std::vector<std::string>& command, int out, int err) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return child;
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Ran run(const std::vector<std::string>& command) {
  int out[2], err[2];
  EXPECT_EQ(::pipe2(out, O_CLOEXEC) | ::pipe2(err, O_CLOEXEC), 0);
  const pid_t child = start(command, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  Ran ran;
  pollfd waiting[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  std::string* texts[2] = {&ran.out, &ran.err};
  for (int open = 2; open > 0;) {
    if (::poll(waiting, 2, -1) < 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t got = ::read(waiting[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(got));
      } else {
        ::close(waiting[i].fd);
        waiting[i].fd = -1;
        --open;
      }
    }
  }
  ran.exit_code = exit_code_of(child);
  return ran;
}

Installation::Installation(const std::string& policy, const std::string& begin)
    : port_(cli::measure::free_port()) {
  char name[] = "/tmp/nrm-e2e-XXXXXX";
  dir_ = std::string(::mkdtemp(name)) + "/d";
  const Ran made = run({programs + "/nrm", "init", "--dir", dir_, "--policy", policy, "--port",
                        std::to_string(port_), "--begin", begin});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  // What this folder's clients have seen of its logs goes with it.
  ::setenv("NRM_STATE_DIR", (dir_ + "/../state").c_str(), 1);
}

Installation::~Installation() {
  if (is_up()) down();
  std::error_code error;
  std::filesystem::remove_all(std::filesystem::path(dir_).parent_path(), error);
}

Ran Installation::nrm(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), programs + "/nrm");
  arguments.insert(arguments.end(), {"--dir", dir_});
  return run(arguments);
}

void Installation::up(int port) {
  const int log =
      ::open((dir_ + "/up.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::vector<std::string> command{programs + "/nrm", "up", "--dir", dir_};
  if (port != 0) command.insert(command.end(), {"--port", std::to_string(port_ = port)});
  up_ = start(command, log, log);
  ::close(log);
  wait_until_ready();
}

void Installation::wait_until_ready() const {
  const auto client = http::connect({.port = static_cast<std::uint16_t>(port_),
                                     .authority_file = dir_ + "/tls/ca.pem",
                                     .connections = 1,
                                     .deadline = std::chrono::seconds(2)});
  ASSERT_TRUE(client);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    const auto answer = (*client)->call({.target = "/readyz"});
    if (answer && answer->status == 200) return;
    ASSERT_LT(std::chrono::steady_clock::now(), until) << "not ready after a minute";
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

int Installation::down() {
  ::kill(up_, SIGTERM);
  const int code = exit_code_of(up_);
  up_ = 0;
  return code;
}

bool Installation::kill_service(const std::string& name, int signal) const {
  const std::string file = dir_ + "/run/" + name + ".pid";
  const auto text = read_file(file);
  if (!text) return false;
  const pid_t pid = std::atoi(text->c_str());
  if (pid <= 1 || ::kill(pid, signal) != 0) return false;
  // Until the supervisor has seen it: a dead process that nobody has reaped can be "killed" again.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (auto now = text; now && *now == *text; now = read_file(file)) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::string Installation::token(const std::string& account) const {
  const auto text = read_file(dir_ + "/sandbox/tokens.json");
  json::Document document;
  if (!text || !document.parse_trusted(*text)) return "";
  const json::Value entry = document.root().find(account);
  return entry ? std::string(entry.find("token").text()) : "";
}
}  // namespace nrm::test
