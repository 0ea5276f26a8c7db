// Row 16, with the real processes: strangers at the sockets of all five services, while people are
// reported through them.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
constexpr const char* services[] = {"vault", "identification", "referral", "assistance", "closure"};

class Stranger {
 public:
  Stranger(const std::string& socket_file, const std::string& bytes)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_file.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ~Stranger() { ::close(socket_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  bool is_connected() const { return connected_; }

 private:
  const int socket_;
  bool connected_ = false;
};

TEST(Threat16_Services, TakeReportsWhileStrangersAreAtTheirSockets) {
  crypto::start();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Installation at;
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  std::array<std::string, 5> pids;
  for (std::size_t i = 0; i < pids.size(); ++i)
    pids[i] = read_file(at.dir() + "/run/" + services[i] + ".pid").value();

  const auto greeting = [](const std::string& mechanism) {
    std::string bytes("\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01", 12);
    bytes += mechanism;
    bytes.resize(64);
    return bytes;
  };
  const std::string sent[] = {
      greeting("CURVE"),                                                   // and then silence
      greeting("NULL") + std::string("\x04\x1a\x05READY", 8),              //
      greeting("CURVE") + std::string("\x06\0\0\0\0\x40\0\0\0", 9) + "x",  // a gigabyte
      std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\0\0", 14),           // ZMTP 2.0
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      std::string(3'000, '\xaa'),
      ""};
  std::vector<std::unique_ptr<Stranger>> strangers;
  int reports = 0;
  for (int round = 0; round < 60; ++round) {
    for (const char* service : services)
      for (const std::string& bytes : sent) {
        strangers.push_back(
            std::make_unique<Stranger>(at.dir() + "/run/" + service + ".sock", bytes));
        EXPECT_TRUE(strangers.back()->is_connected()) << service;
      }
    ASSERT_TRUE(reporter.report(token, "strangers-" + std::to_string(round))) << reporter.last();
    ++reports;
  }
  std::printf("%zu strangers, %d reports taken meanwhile\n", strangers.size(), reports);
  strangers.clear();
  for (std::size_t i = 0; i < pids.size(); ++i)
    EXPECT_EQ(read_file(at.dir() + "/run/" + services[i] + ".pid").value(), pids[i])
        << services[i] << " is the process that it was";
  EXPECT_EQ(at.down(), 0);
  EXPECT_EQ(at.nrm({"audit", "verify"}).exit_code, 0);
}
}  // namespace
}  // namespace nrm::test
