// Row 16: what a stranger on the network can send to a bus: other mechanisms, other keys, other
// versions of the protocol, noise, frames without end, silence, and more connections than there are
// descriptors. It gets nothing, and a peer that has its key is served meanwhile.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>

#include "tests/unit/bus/zmq_peers.hpp"

namespace nrm {
namespace {
using namespace std::chrono_literals;
using testing::BareClient;
using testing::comes_true;
using testing::greeting;
using testing::hangs_up_on;
using testing::RawConnection;
using testing::ZmqHost;
using Steady = std::chrono::steady_clock;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// A service that answers what it hears, on a thread of its own, and notes from whom it heard.
class Threat16_Bus : public ::testing::Test {
 protected:
  void SetUp() override {
    host_.allow[alice_key_.public_key] = "alice";
    host_.allow[bob_key_.public_key] = "bob";
    bus_ = host_.open();
    thread_ = std::thread([this] {
      std::vector<Delivery> inbox;
      while (!stop_) {
        inbox.clear();
        bus_->receive(5ms, 100, inbox);
        for (Delivery& delivery : inbox) {
          if (delivery.peer != "alice" && delivery.peer != "bob") ++strangers_heard_;
          (void)bus_->send(delivery.link, std::move(delivery.frames)).has_value();
        }
      }
    });
    alice_ = host_.connect(alice_key_);
    expect_that_alice_is_served();
    times_.clear();
  }
  void TearDown() override {
    EXPECT_EQ(strangers_heard_, 0);
    expect_that_alice_is_served();
    stop_ = true;
    thread_.join();
  }
  static bool is_answered(Bus& guest) {
    return comes_true([&] { return guest.send(guest.link_to("host"), {"hello"}).has_value(); }) &&
           comes_true([&] {
             std::vector<Delivery> answers;
             guest.receive(5ms, 10, answers);
             return !answers.empty();
           });
  }
  void expect_that_alice_is_served() {
    const auto began = Steady::now();
    EXPECT_TRUE(is_answered(*alice_));
    times_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began));
  }
  void print_times(const char* during) {
    std::ranges::sort(times_);
    std::printf("%s: a registered peer was answered %zu times, p50 %.2f ms, slowest %.2f ms\n",
                during, times_.size(), static_cast<double>(times_[times_.size() / 2].count()) / 1e3,
                static_cast<double>(times_.back().count()) / 1e3);
  }
  void expect_refused(BareClient& client) {
    client.send({"let me in"});
    EXPECT_TRUE(comes_true([&] { return (client.events() & testing::refused_events) != 0; }));
    EXPECT_EQ(client.events() & ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    expect_that_alice_is_served();
  }

  CurveKey alice_key_ = make_curve_key(), bob_key_ = make_curve_key();
  ZmqHost host_;
  std::unique_ptr<Bus> bus_, alice_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> strangers_heard_ = 0;
  std::thread thread_;
  std::vector<std::chrono::microseconds> times_;
};

TEST_F(Threat16_Bus, WithoutEncryptionNobodyGetsIn) {
  BareClient null(host_, nullptr);
  expect_refused(null);
}

TEST_F(Threat16_Bus, WithAPasswordInsteadOfAKeyNobodyGetsIn) {
  BareClient plain(host_, nullptr, {}, true);
  expect_refused(plain);
}

TEST_F(Threat16_Bus, WithAKeyThatIsNotRegisteredNobodyGetsIn) {
  const CurveKey stranger = make_curve_key();
  BareClient client(host_, &stranger);
  expect_refused(client);
}

TEST_F(Threat16_Bus, WithARegisteredKeyAndAnotherHostsKeyNobodyGetsIn) {
  ZmqHost impostor = host_;
  impostor.key = make_curve_key();
  BareClient client(impostor, &bob_key_);
  expect_refused(client);
}

// ZMTP 1.0 has no greeting, 2.0 no mechanism: a server that spoke them would have to let in
// anybody.
TEST_F(Threat16_Bus, OlderVersionsOfTheProtocolAreNotSpoken) {
  const std::string v1_anonymous("\x01\x00", 2), v1_named(
                                                     "\x06\x00"
                                                     "alice",
                                                     7);
  const std::string v2("\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\x00\x00", 14);
  const std::string v2_named(
      "\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\x00\x05"
      "alice",
      19);
  const std::string message("\x00\x05hello", 7);
  for (const std::string& bytes : {v1_anonymous, v1_named, v2, v2_named}) {
    EXPECT_TRUE(hangs_up_on(host_, bytes + message));
    expect_that_alice_is_served();
  }
}

TEST_F(Threat16_Bus, OtherMechanismsInTheGreetingEndTheConnection) {
  for (const std::string name : {"NULL", "PLAIN", "GSSAPI", "curve", "CURVE2", ""}) {
    EXPECT_TRUE(hangs_up_on(host_, greeting(name) + std::string("\x04\x1a\x05READY", 8))) << name;
    expect_that_alice_is_served();
  }
}

TEST_F(Threat16_Bus, NoiseEndsTheConnection) {
  std::uint32_t random = 16;
  for (int round = 0; round < 50; ++round) {
    std::string noise;
    for (int i = 0; i < 5'000; ++i)
      noise += static_cast<char>((random = random * 1'664'525 + 1'013'904'223) >> 24);
    if (round % 2 == 1) noise = greeting("CURVE") + noise;  // in the middle of a handshake
    EXPECT_TRUE(hangs_up_on(host_, noise)) << round;
  }
  EXPECT_TRUE(hangs_up_on(host_, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_TRUE(hangs_up_on(host_, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)));
  expect_that_alice_is_served();
}

long resident_kib() {
  long pages = 0, ignored = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  EXPECT_EQ(std::fscanf(file, "%ld %ld", &ignored, &pages), 2);
  std::fclose(file);
  return pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

TEST_F(Threat16_Bus, AFrameOfAGigabyteTakesNoMemory) {
  const long before = resident_kib();
  const std::string gigabyte("\0\0\0\0\x40\0\0\0", 8), more("\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
  for (const std::string& size : {gigabyte, more})
    for (const char flags : {'\x02', '\x03', '\x06'})  // long message, with more, long command
      for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(hangs_up_on(host_, greeting("CURVE") + flags + size + std::string(1'000, 'x')));
  EXPECT_LT(resident_kib() - before, 64 * 1024);
  expect_that_alice_is_served();
}

// A byte now and then does not move the deadline of 3 s.
TEST_F(Threat16_Bus, AHandshakeThatTricklesIsCut) {
  const std::string bytes = greeting("CURVE") + std::string(200, '\0');
  RawConnection slow(host_.port);
  ASSERT_TRUE(slow.is_connected());
  const auto began = Steady::now();
  std::size_t sent = 0;
  while (!slow.is_over() && Steady::now() - began < 60s) {
    if (sent < bytes.size()) slow.send(bytes.substr(sent++, 1));
    std::this_thread::sleep_for(100ms);
    expect_that_alice_is_served();
  }
  const auto took = std::chrono::duration<double>(Steady::now() - began).count();
  EXPECT_TRUE(slow.is_over());
  EXPECT_LT(took, 20) << "3 s, on a machine that has other things to do";
  std::printf("a trickling handshake was cut after %.1f s\n", took);
}

TEST_F(Threat16_Bus, TwoThousandHalfOpenConnectionsDisturbNobodyAndAreCut) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::size_t before = open_descriptors();
  std::vector<std::unique_ptr<RawConnection>> strangers;
  for (int i = 0; i < 2'000; ++i) {
    strangers.push_back(std::make_unique<RawConnection>(host_.port));
    ASSERT_TRUE(strangers.back()->is_connected()) << i;
    if (i % 2 == 0) strangers.back()->send(greeting("CURVE"));  // half a handshake
    if (i % 20 == 0) expect_that_alice_is_served();
  }
  const auto bob = host_.connect(bob_key_);
  EXPECT_TRUE(is_answered(*bob)) << "a newcomer among them";
  print_times("2,000 half-open connections");
  EXPECT_TRUE(comes_true([&] {
    std::this_thread::sleep_for(50ms);
    expect_that_alice_is_served();
    return std::ranges::all_of(strangers, [](const auto& one) { return one->is_over(); });
  })) << "each is thrown out";
  strangers.clear();
  EXPECT_LT(open_descriptors(), before + 100);
}

// libzmq knows no other limit: what is connected goes on, and newcomers come in when strangers go.
TEST_F(Threat16_Bus, WithoutDescriptorsWhoIsConnectedGoesOn) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{static_cast<rlim_t>(open_descriptors()) + 200, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  std::vector<std::unique_ptr<RawConnection>> strangers;
  do strangers.push_back(std::make_unique<RawConnection>(host_.port));
  while (strangers.back()->is_connected() && strangers.size() < 1'000);
  EXPECT_LT(strangers.size(), 1'000u) << "the descriptors ran out";
  for (int i = 0; i < 100; ++i) expect_that_alice_is_served();
  print_times("no descriptor left");
  strangers.clear();
  const auto bob = host_.connect(bob_key_);
  EXPECT_TRUE(is_answered(*bob));
  setrlimit(RLIMIT_NOFILE, &before);
}

// The library's own word for it, as Debian ships it: no handler of handshakes, no entry.
TEST(Threat16_BusLibrary, AServerWithoutAHandlerOfHandshakesLetsNobodyIn) {
  void* context = zmq_ctx_new();
  void* server = zmq_socket(context, ZMQ_ROUTER);
  const int on = 1, none = 0, enforce_domain = 93;
  ZmqHost host;
  zmq_setsockopt(server, ZMQ_LINGER, &none, sizeof none);
  zmq_setsockopt(server, ZMQ_CURVE_SERVER, &on, sizeof on);
  zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, host.key.secret_key.c_str(), 41);
  zmq_setsockopt(server, ZMQ_ZAP_DOMAIN, "nrm", 3);
  ASSERT_EQ(zmq_setsockopt(server, enforce_domain, &on, sizeof on), 0);
  ASSERT_TRUE(comes_true([&] {
    host.port = testing::free_port();
    return zmq_bind(server, testing::endpoint_of(host.port).c_str()) == 0;
  }));
  {
    const CurveKey any = make_curve_key();
    BareClient client(host, &any);
    EXPECT_TRUE(comes_true([&] { return (client.events() & testing::refused_events) != 0; }));
    EXPECT_EQ(client.events() & ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
  }
  zmq_close(server);
  zmq_ctx_term(context);
}
}  // namespace
}  // namespace nrm
