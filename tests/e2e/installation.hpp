// A real installation for one test: a data folder, `nrm up` and its processes, the `nrm` command.
#pragma once
#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace nrm::test {
struct Ran {
  int exit_code = -1;
  std::string out;  // standard output
  std::string err;
};

// Runs a program to its end.
Ran run(const std::vector<std::string>& command);

class Installation {
 public:
  // A fresh sandbox folder below /tmp; port 0 below means: find a free one.
  explicit Installation(const std::string& policy = "osce",
                        const std::string& begin = "2023-07-03");
  ~Installation();  // stops what runs, removes the folder
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  const std::string& dir() const { return dir_; }
  int port() const { return port_; }

  // `nrm` with this folder: nrm({"audit", "verify"}).
  Ran nrm(std::vector<std::string> arguments) const;

  void up(int port = 0);  // another port than so far; returns when /readyz answers
  void wait_until_ready() const;
  int down();  // SIGTERM; the exit code of `nrm up`
  bool is_up() const { return up_ > 0; }
  // A signal to one service, and its supervisor has seen it die; false when it is not running.
  bool kill_service(const std::string& name, int signal = SIGKILL) const;
  std::string token(const std::string& account) const;

 private:
  std::string dir_;
  int port_ = 0;
  pid_t up_ = 0;
};
}  // namespace nrm::test
