// What every Bus keeps, on the fake and on ZeroMQ over loopback TCP with CURVE.
#include "common/bus/bus.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "common/base/limits.hpp"
#include "common/bus/memory_bus.hpp"
#include "tests/unit/bus/zmq_peers.hpp"

namespace nrm {
namespace {
using testing::comes_true;

// One host that listens and guests that connect to it.
class Wires {
 public:
  virtual ~Wires() = default;
  virtual std::unique_ptr<Bus> host() = 0;  // again: at the same address
  virtual std::unique_ptr<Bus> guest(const std::string& name) = 0;
  virtual void turn() = 0;
};

class MemoryWires final : public Wires {
 public:
  std::unique_ptr<Bus> host() override { return network_.join("host"); }
  std::unique_ptr<Bus> guest(const std::string& name) override { return network_.join(name); }
  void turn() override { network_.turn(); }

 private:
  MemoryNetwork network_{1};
};

class ZmqWires final : public Wires {
 public:
  ZmqWires() {
    for (const std::string name : {"alice", "bob"}) {
      keys_[name] = make_curve_key();
      host_.allow[keys_[name].public_key] = name;
    }
  }
  std::unique_ptr<Bus> host() override { return host_.open(); }
  std::unique_ptr<Bus> guest(const std::string& name) override {
    return host_.connect(keys_.at(name));
  }
  void turn() override {}

 private:
  testing::ZmqHost host_;
  std::map<std::string, CurveKey> keys_;
};

struct Adapter {
  const char* name;
  std::function<std::unique_ptr<Wires>()> make;
};

struct Process {
  std::unique_ptr<Bus> bus;
  std::vector<Delivery> inbox;
};

class BusContract : public ::testing::TestWithParam<Adapter> {
 protected:
  void turn() {
    wires->turn();
    for (Process* process : {&host, &alice, &bob})
      if (process->bus && process != deaf)
        process->bus->receive(std::chrono::milliseconds(1), 1'000, process->inbox);
  }
  bool until(const std::function<bool()>& condition) {
    return comes_true([&] {
      if (condition()) return true;
      turn();
      return condition();
    });
  }
  // The first message waits for the connection.
  bool send(Process& from, Link link, const Frames& frames) {
    return until([&] { return from.bus->send(link, frames).has_value(); });
  }
  // A guest says hello; the link on which the host can answer it.
  Link greet(Process& guest) {
    const auto before = host.inbox.size();
    EXPECT_TRUE(send(guest, guest.bus->link_to("host"), {"hello"}));
    EXPECT_TRUE(until([&] { return host.inbox.size() > before; }));
    return host.inbox.back().link;
  }

  // The same after the host was away: what was sent into the old connection is lost, so it is said
  // until it is heard.
  Link greet_until_heard(Process& guest) {
    const auto before = host.inbox.size();
    EXPECT_TRUE(until([&] {
      (void)guest.bus->send(guest.bus->link_to("host"), {"hello"});
      return host.inbox.size() > before;
    }));
    return host.inbox.back().link;
  }

  std::unique_ptr<Wires> wires = GetParam().make();
  Process host{wires->host(), {}}, alice{wires->guest("alice"), {}}, bob{nullptr, {}};
  Process* deaf = nullptr;  // one that does not read
};

TEST_P(BusContract, messages_go_both_ways_under_registered_names) {
  const Link to_alice = greet(alice);
  EXPECT_EQ(host.inbox[0].peer, "alice");
  EXPECT_EQ(host.inbox[0].frames, Frames{"hello"});

  ASSERT_TRUE(send(host, to_alice, {"good", "day"}));
  ASSERT_TRUE(until([&] { return !alice.inbox.empty(); }));
  EXPECT_EQ(alice.inbox[0].peer, "host");
  EXPECT_EQ(alice.inbox[0].link, alice.bus->link_to("host"));
  EXPECT_EQ(alice.inbox[0].frames, (Frames{"good", "day"}));
}

TEST_P(BusContract, frames_are_bytes_and_keep_their_borders) {
  const Frames frames = {
      "", std::string("\0\xff\n", 3), std::string(100'000, 'x'), "", "5", "6", "7", ""};
  ASSERT_EQ(frames.size(), limits::bus_frames_max);
  ASSERT_TRUE(send(alice, alice.bus->link_to("host"), frames));
  ASSERT_TRUE(until([&] { return !host.inbox.empty(); }));
  EXPECT_EQ(host.inbox[0].frames, frames);
}

TEST_P(BusContract, order_is_kept_per_link) {
  const Link to_alice = greet(alice);
  const Link to_host = alice.bus->link_to("host");
  host.inbox.clear();
  constexpr int messages = 2'000;
  for (int i = 0; i < messages; ++i) {
    ASSERT_TRUE(send(alice, to_host, {std::to_string(i)}));
    ASSERT_TRUE(send(host, to_alice, {std::to_string(-i)}));
  }
  ASSERT_TRUE(
      until([&] { return host.inbox.size() == messages && alice.inbox.size() == messages; }));
  for (int i = 0; i < messages; ++i) {
    ASSERT_EQ(host.inbox[i].frames[0], std::to_string(i));
    ASSERT_EQ(alice.inbox[i].frames[0], std::to_string(-i));
  }
}

TEST_P(BusContract, answers_reach_only_the_peer_meant) {
  bob.bus = wires->guest("bob");
  const Link to_alice = greet(alice);
  const Link to_bob = greet(bob);
  EXPECT_NE(to_alice, to_bob);
  EXPECT_EQ(host.inbox.back().peer, "bob");
  ASSERT_TRUE(send(host, to_bob, {"for bob"}));
  ASSERT_TRUE(send(host, to_alice, {"for alice"}));
  ASSERT_TRUE(until([&] { return !alice.inbox.empty() && !bob.inbox.empty(); }));
  EXPECT_EQ(alice.inbox.size(), 1u);
  EXPECT_EQ(alice.inbox[0].frames, Frames{"for alice"});
  EXPECT_EQ(bob.inbox.size(), 1u);
  EXPECT_EQ(bob.inbox[0].frames, Frames{"for bob"});
}

TEST_P(BusContract, a_peer_that_is_gone_is_unavailable_and_others_notice_nothing) {
  bob.bus = wires->guest("bob");
  const Link to_alice = greet(alice);
  const Link to_bob = greet(bob);
  alice.bus.reset();
  Result<void> sent;
  ASSERT_TRUE(until([&] { return !(sent = host.bus->send(to_alice, {"late"})); }));
  EXPECT_EQ(sent.error().code, Code::unavailable);
  ASSERT_TRUE(send(host, to_bob, {"still there"}));
  ASSERT_TRUE(until([&] { return !bob.inbox.empty(); }));
}

TEST_P(BusContract, without_a_host_sending_is_unavailable) {
  greet(alice);
  host.bus.reset();
  Result<void> sent;
  ASSERT_TRUE(until([&] { return !(sent = alice.bus->send(alice.bus->link_to("host"), {"?"})); }));
  EXPECT_EQ(sent.error().code, Code::unavailable);
}

TEST_P(BusContract, a_full_queue_is_unavailable_and_what_was_taken_arrives) {
  bob.bus = wires->guest("bob");
  const Link to_alice = greet(alice);
  const Link to_bob = greet(bob);
  deaf = &alice;
  const std::string ballast(4'000, 'x');  // fills the buffers of TCP sooner
  std::size_t taken = 0;
  Result<void> sent;
  while ((sent = host.bus->send(to_alice, {std::to_string(taken), ballast}))) ++taken;
  EXPECT_EQ(sent.error().code, Code::unavailable);
  EXPECT_GE(taken, static_cast<std::size_t>(limits::bus_pipe_messages_max));

  ASSERT_TRUE(send(host, to_bob, {"not in this queue"}));
  ASSERT_TRUE(until([&] { return !bob.inbox.empty(); }));

  deaf = nullptr;
  ASSERT_TRUE(until([&] { return alice.inbox.size() == taken; }));
  for (std::size_t i = 0; i < taken; ++i) ASSERT_EQ(alice.inbox[i].frames[0], std::to_string(i));
  ASSERT_TRUE(send(host, to_alice, {"there is room again"}));
}

TEST_P(BusContract, a_guest_finds_the_host_again_after_its_restart) {
  greet(alice);
  host.bus.reset();
  host.inbox.clear();
  host.bus = wires->host();
  const Link to_alice = greet_until_heard(alice);
  ASSERT_TRUE(send(host, to_alice, {"back"}));
  ASSERT_TRUE(until([&] { return !alice.inbox.empty(); }));
  EXPECT_EQ(alice.inbox[0].link, alice.bus->link_to("host"));
}

TEST_P(BusContract, a_guest_that_restarts_has_a_new_link_and_the_old_one_is_dead) {
  const Link before = greet(alice);
  alice.bus.reset();
  alice.bus = wires->guest("alice");
  const Link after = greet(alice);
  EXPECT_NE(before, after);
  EXPECT_EQ(host.inbox.back().peer, "alice");
  ASSERT_TRUE(until([&] { return !host.bus->send(before, {"for the old one"}); }));
  ASSERT_TRUE(send(host, after, {"for the new one"}));
  ASSERT_TRUE(until([&] { return !alice.inbox.empty(); }));
  EXPECT_EQ(alice.inbox[0].frames, Frames{"for the new one"});
}

TEST_P(BusContract, receive_takes_no_more_than_asked) {
  greet(alice);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(send(alice, alice.bus->link_to("host"), {"x"}));
  std::vector<Delivery> some;
  ASSERT_TRUE(comes_true([&] {
    const auto before = some.size();
    wires->turn();
    host.bus->receive(std::chrono::milliseconds(1), 3, some);
    EXPECT_LE(some.size(), before + 3);
    return some.size() + host.inbox.size() == 11;
  }));
}

TEST_P(BusContract, the_largest_message_arrives_in_one_frame_and_in_several) {
  greet(alice);
  const Link to_host = alice.bus->link_to("host");
  const std::string largest(limits::bus_message_bytes_max, 'x');
  ASSERT_TRUE(send(alice, to_host, {largest}));
  ASSERT_TRUE(send(alice, to_host, {largest.substr(1), "", "y"}));
  ASSERT_TRUE(until([&] { return host.inbox.size() == 3; }));
  EXPECT_EQ(host.inbox[1].frames, Frames{largest});
  EXPECT_EQ(host.inbox[2].frames, (Frames{largest.substr(1), "", "y"}));
}

// Not an error that a caller could pass over: who sends more has forgotten to split it.
TEST_P(BusContract, a_message_beyond_the_limit_ends_the_process_that_sends_it) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // libzmq has threads of its own
  const Link to_host = alice.bus->link_to("host");
  const Frames more = {std::string(limits::bus_message_bytes_max, 'x'), "1"};
  EXPECT_DEATH((void)alice.bus->send(to_host, more), "who sends splits at bus_message_bytes_max");
}

TEST_P(BusContract, wake_ends_a_wait_from_another_thread_and_is_not_lost) {
  std::vector<Delivery> none;
  const auto start = std::chrono::steady_clock::now();
  host.bus->wake();  // before the wait
  host.bus->receive(std::chrono::minutes(5), 10, none);
  std::thread other([&] { host.bus->wake(); });
  host.bus->receive(std::chrono::minutes(5), 10, none);
  other.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(1));
  EXPECT_TRUE(none.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BusContract,
    ::testing::Values(Adapter{"memory", [] { return std::make_unique<MemoryWires>(); }},
                      Adapter{"zmq", [] { return std::make_unique<ZmqWires>(); }}),
    [](const auto& tested) { return tested.param.name; });
}  // namespace
}  // namespace nrm
