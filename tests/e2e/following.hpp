// A command of `nrm` that goes on until Ctrl-C, as a person runs it.
// THREAD: one. OWNERSHIP: owns its process; borrows the installation.
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/installation.hpp"

namespace nrm::test {
// `nrm … --follow` as a person runs it, its output in a file.
class FollowingCommand {
 public:
  FollowingCommand(const Installation& at, const std::vector<std::string>& command)
      : file_(at.dir() + "/feed-" + std::to_string(::getpid()) + "-" + std::to_string(++number_) +
              ".ndjson") {
    std::vector<std::string> words{NRM_BINARY_FOLDER "/nrm"};
    words.insert(words.end(), command.begin(), command.end());
    words.insert(words.end(), {"--dir", at.dir()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int out = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ~FollowingCommand() { stop(); }
  int stop() {  // Ctrl-C; its exit code
    if (pid_ <= 0) return exit_code_;
    ::kill(pid_, SIGINT);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::vector<std::string> events() const {  // lines that are JSON
    std::vector<std::string> out;
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);)
      if (line.starts_with('{') && line.ends_with('}')) out.push_back(line);
    return out;
  }
  bool says_where_to_go_on() const {
    std::ifstream in(file_);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    return all.find("to go on: nrm audit feed --after ") != all.npos;
  }

 private:
  static inline std::atomic<int> number_ = 0;
  const std::string file_;
  pid_t pid_ = 0;
  int exit_code_ = -1;
};
}  // namespace nrm::test
