// Runs store_writer: a process of its own, so that it can be killed. (RocksDB's threads do not
// survive a fork without exec.)
#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "common/base/check.hpp"

namespace nrm {
class WriterProcess {
 public:
  explicit WriterProcess(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), NRM_BINARY_FOLDER "/store_writer");
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int ends[2];
    CHECK(::pipe(ends) == 0, "a pipe");
    process_ = ::fork();
    CHECK(process_ >= 0, "a process");
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;
  ~WriterProcess() {
    if (process_ > 0) {
      kill();
      wait();
    }
    std::fclose(output_);
  }

  // The next number that was committed; none when the process has ended.
  std::optional<std::uint64_t> next_acknowledged() {
    unsigned long long seq = 0;
    return std::fscanf(output_, "%llu", &seq) == 1 ? std::optional<std::uint64_t>(seq)
                                                   : std::nullopt;
  }
  void kill() { ::kill(process_, SIGKILL); }
  int wait() {  // as of waitpid()
    int status = 0;
    CHECK(::waitpid(process_, &status, 0) == process_, "the process ends");
    process_ = -1;
    return status;
  }

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
};
}  // namespace nrm
