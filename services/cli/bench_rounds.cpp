#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>

#include "common/crypto/crypto.hpp"
#include "services/cli/bench.hpp"
#include "services/cli/pack.hpp"

namespace nrm::cli::measure {
Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t upper = values.size() / 2, lower = (values.size() - 1) / 2;  // one if odd
  return {(values[lower] + values[upper]) / 2, values.front(), values.back()};
}

Result<std::string> program_beside(const std::string& name) {
  std::string path = program_folder() + '/' + name;
  if (::access(path.c_str(), X_OK) == 0) return path;
  return Error(Code::not_found, "",
               path +
                   " is not there; build it with: cmake -S . -B build -G Ninja "
                   "-DCMAKE_BUILD_TYPE=Release -DNRM_BENCH=ON && ninja -C build");
}

Result<Numbers> run_contender(const std::string& name, const std::vector<std::string>& arguments) {
  NRM_TRY_ASSIGN(const std::string path, program_beside(name));
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error(Code::io_failed, "", "no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(ends[1], STDOUT_FILENO);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0)
    return Error(Code::io_failed, "", name + " failed: " + said);
  Numbers out;
  std::istringstream words(said);
  std::string number_name;
  for (double value = 0; words >> number_name >> value;) out[number_name] = value;
  return out;
}

// Below the ports that the kernel gives to connections that go out (32768 and up): one of those may
// take a port while the service that listens there is down.
std::uint16_t free_port() {
  const auto random = system_entropy();
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    unsigned char two[2];
    random->fill(two, sizeof two);
    const auto port = static_cast<std::uint16_t>(10'240 + two[0] * 85 + two[1] % 85);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(socket);
    if (bound == 0) return port;
  }
  return 0;
}

double seconds_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}
}  // namespace nrm::cli::measure
