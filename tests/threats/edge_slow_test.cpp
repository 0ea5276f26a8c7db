// Row 17: a thousand slow clients, of four kinds, from forty addresses; what slowhttptest does in
// its header, body and read modes, and connections that never finish their handshake. Each that is
// cut comes back. Meanwhile an honest client is always served, and quickly.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "common/diag/diag.hpp"
#include "tests/unit/http/attacks.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
using Steady = std::chrono::steady_clock;

enum class Slow { handshake, head, body, read };

class Attacker {
 public:
  Attacker(std::uint16_t port, int number)
      : port_(port),
        kind_(static_cast<Slow>(number % 4)),
        from_("127.0.1." + std::to_string(1 + number / 4 % 40)) {
    come();
  }
  // One byte more; when it was hung up on it comes back, but slow it stays.
  void go_on() {
    if (!peer_->send("x") && Steady::now() - came_ > 5s) come();
  }
  int visits() const { return visits_; }

 private:
  void come() {
    ++visits_;
    came_ = Steady::now();
    peer_ = std::make_unique<RawPeer>(port_, kind_ == Slow::handshake ? "" : authority(), false,
                                      from_, kind_ == Slow::read ? 4'096 : 0);
    switch (kind_) {
      case Slow::handshake:
        peer_->send(std::string("\x16\x03\x01\x02\x00\x01", 6));  // a ClientHello begins
        break;
      case Slow::head:
        peer_->send("GET /v1/x HTTP/1.1\r\nHost: a\r\nX-Slow: ");
        break;
      case Slow::body:
        peer_->send(post("Content-Length: 40000\r\n", "x"));
        break;
      case Slow::read:  // as much as fits into no buffer on the way, and never reads it
        for (int i = 0; i < 8; ++i) peer_->send(get("/large"));
        break;
    }
  }

  const std::uint16_t port_;
  const Slow kind_;
  const std::string from_;
  int visits_ = 0;
  Steady::time_point came_;
  std::unique_ptr<RawPeer> peer_;
};

class Threat17_EdgeSlowClients : public testing::Test {
 protected:
  static constexpr int attackers_count = 1'000;

  static void SetUpTestSuite() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    ASSERT_GE(files.rlim_cur, 4'096u) << "both ends are in this process";
  }
  void SetUp() override {
    server_ = started(options_of(Wiring::tls), [](const Request& request, const Reply& reply) {
      static const std::string large(600'000, 'x');
      reply({.body = request.path == "/large" ? large : request.body,
             .known_caller = !request.header("authorization").empty()});
    });
  }
  // All at once, from two threads that go on until told to stop.
  void attack() {
    for (int i = 0; i < attackers_count; ++i)
      attackers_.push_back(std::make_unique<Attacker>(server_->port(), i));
    for (std::size_t part = 0; part < drippers_.size(); ++part)
      drippers_[part] = std::thread([this, part] {
        while (!stop_) {
          for (std::size_t i = part; i < attackers_.size() && !stop_; i += drippers_.size())
            attackers_[i]->go_on();
          std::this_thread::sleep_for(200ms);
        }
      });
  }
  void TearDown() override {
    stop_ = true;
    for (auto& dripper : drippers_)
      if (dripper.joinable()) dripper.join();
  }
  struct Times {
    std::vector<std::chrono::microseconds> kept;   // on one connection that stays
    std::vector<std::chrono::microseconds> fresh;  // somebody who comes for the first time
  };
  // An honest client asks, one request after the other; each must be answered.
  void ask(http::Client& client, std::chrono::seconds at_least, Times& times) {
    const Call call{.method = "POST",
                    .target = "/v1/x",
                    .headers = {{"Authorization", "Bearer x"}, {"Idempotency-Key", "k"}},
                    .body = "{}"};
    const auto until = Steady::now() + at_least;
    while (Steady::now() < until || times.fresh.size() < 100) {
      const auto answer = client.call(call);
      ASSERT_TRUE(answer) << answer.error().detail;
      EXPECT_EQ(answer->status, 200);
      times.kept.push_back(answer->took);
      const auto began = Steady::now();
      RawPeer newcomer(server_->port(), authority());  // connects and shakes hands
      ASSERT_TRUE(newcomer.connected());
      newcomer.send(get("/v1/y"));
      EXPECT_EQ(status_of(newcomer.read_response()), 200);
      const auto took = Steady::now() - began;
      times.fresh.push_back(std::chrono::duration_cast<std::chrono::microseconds>(took));
    }
  }
  // In milliseconds.
  static double p99(std::vector<std::chrono::microseconds> times) {
    std::ranges::sort(times);
    return static_cast<double>(times[(times.size() - 1) * 99 / 100].count()) / 1e3;
  }
  // A second, which is the bound of the threat table; on a machine so busy that the same client
  // takes its time without any attacker, that counts too.
  static void compare(const char* what, const std::vector<std::chrono::microseconds>& alone,
                      const std::vector<std::chrono::microseconds>& attacked) {
    std::printf("%s: p99 of %zu requests %.1f ms, alone %.1f ms\n", what, attacked.size(),
                p99(attacked), p99(alone));
    EXPECT_LT(p99(attacked), std::max(1'000.0, 10 * p99(alone))) << what;
  }

  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<Attacker>> attackers_;
  std::array<std::thread, 2> drippers_;
  std::atomic<bool> stop_ = false;
};

TEST_F(Threat17_EdgeSlowClients, AnHonestClientIsServedQuicklyOnOldAndOnNewConnections) {
  const auto client = connect({.host = "127.0.0.1",
                               .port = server_->port(),
                               .authority_file = authority(),
                               .connections = 1,
                               .deadline = 20s});
  ASSERT_TRUE(client);
  Times alone, attacked;
  ask(**client, 1s, alone);
  ASSERT_FALSE(HasFatalFailure());
  attack();
  ask(**client, 10s, attacked);  // long enough for the attackers to come back
  ASSERT_FALSE(HasFatalFailure());
  compare("one kept connection", alone.kept, attacked.kept);
  compare("a new connection each", alone.fresh, attacked.fresh);
  stop_ = true;
  for (auto& dripper : drippers_) dripper.join();
  const std::string metrics = diag::metrics_text(), name = "\nhttp_connections_cut_total ";
  const auto at = metrics.find(name);
  ASSERT_NE(at, std::string::npos) << "places ran out, so somebody gave way";
  EXPECT_GT(std::atoi(metrics.c_str() + at + name.size()), 400);
  int visits = 0;
  for (const auto& attacker : attackers_) visits += attacker->visits();
  std::printf("%d slow clients made %d connections\n", attackers_count, visits);
}
}  // namespace
}  // namespace nrm::http::test
