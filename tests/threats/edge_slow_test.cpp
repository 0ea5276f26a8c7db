// Row 17: a thousand slow clients, of four kinds, from forty addresses; what slowhttptest does in
// its header, body and read modes, and connections that never finish their handshake. Each that is
// cut comes back at once. Meanwhile an honest client is always served, and quickly.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

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
  // One byte more; comes back when it was hung up on.
  void go_on() {
    const bool there =
        kind_ == Slow::read || kind_ == Slow::handshake ? peer_->send("") : peer_->send("x");
    if (!there || is_over()) come();
  }
  int visits() const { return visits_; }

 private:
  void come() {
    ++visits_;
    since_ = Steady::now();
    peer_ =
        std::make_unique<RawPeer>(port_, kind_ == Slow::handshake ? "" : authority(), false, from_);
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
      case Slow::read:  // and never reads what it gets
        for (int i = 0; i < 8; ++i) peer_->send(get("/large"));
        break;
    }
  }
  // Those that send nothing cannot be told so; they come back when their deadline must have passed.
  bool is_over() const {
    return (kind_ == Slow::handshake || kind_ == Slow::read) && Steady::now() - since_ > 5s;
  }

  const std::uint16_t port_;
  const Slow kind_;
  const std::string from_;
  int visits_ = 0;
  Steady::time_point since_;
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
      static const std::string large(1'000'000, 'x');
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
  void report(const char* who, std::vector<std::chrono::microseconds>& times) {
    ASSERT_FALSE(times.empty());
    std::ranges::sort(times);
    const auto at = [&](double part) {
      return static_cast<double>(
                 times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))]
                     .count()) /
             1e3;
    };
    std::printf("%s: %zu requests, p50 %.1f ms, p99 %.1f ms, slowest %.1f ms\n", who, times.size(),
                at(0.5), at(0.99), at(1));
    EXPECT_LT(at(0.99), 1'000.0) << "the bound of the threat table";
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
  const Call call{.method = "POST",
                  .target = "/v1/x",
                  .headers = {{"Authorization", "Bearer x"}, {"Idempotency-Key", "k"}},
                  .body = "{}"};
  attack();
  std::vector<std::chrono::microseconds> kept, fresh;
  // Long enough for the attackers to come back, and for a p99 that is not the one slowest.
  for (const auto until = Steady::now() + 10s; Steady::now() < until || fresh.size() < 200;) {
    const auto answer = (*client)->call(call);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
    kept.push_back(answer->took);
    // Somebody who comes for the first time: connects, shakes hands, asks.
    const auto began = Steady::now();
    RawPeer newcomer(server_->port(), authority());
    ASSERT_TRUE(newcomer.connected());
    newcomer.send(get("/v1/y"));
    EXPECT_EQ(status_of(newcomer.read_response()), 200);
    fresh.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began));
  }
  report("one kept connection", kept);
  report("a new connection each", fresh);
  stop_ = true;
  for (auto& dripper : drippers_) dripper.join();
  int visits = 0;
  for (const auto& attacker : attackers_) visits += attacker->visits();
  std::printf("%d slow clients made %d connections\n", attackers_count, visits);
}
}  // namespace
}  // namespace nrm::http::test
