// Who gets in, and what somebody who does not can do to those who did.
#include "common/bus/zmq_bus.hpp"

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"
#include "tests/unit/bus/zmq_peers.hpp"

namespace nrm {
namespace {
using testing::BareClient;
using testing::comes_true;
using testing::endpoint_of;
using testing::greeting;
using testing::hangs_up_on;
using testing::refused_events;
using testing::ZmqHost;

// A counter of the metrics.
int counted(const std::string& name) {
  const auto text = diag::metrics_text();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size() + 2));
}

class ZmqBusSecurity : public ::testing::Test {
 protected:
  ZmqBusSecurity() {
    host.allow[alice_key.public_key] = "alice";
    host.allow[bob_key.public_key] = "bob";
    bus = host.open();
    alice = host.connect(alice_key);
  }
  void turn() { bus->receive(std::chrono::milliseconds(5), 100, inbox); }
  // Alice is heard and answered; nothing but her messages came meanwhile.
  void expect_that_alice_is_served() {
    inbox.clear();
    ASSERT_TRUE(comes_true([&] {
      turn();
      return alice->send(alice->link_to("host"), {"hello"}).has_value();
    }));
    ASSERT_TRUE(comes_true([&] {
      turn();
      return !inbox.empty();
    }));
    for (const auto& delivery : inbox) EXPECT_EQ(delivery.peer, "alice");
    ASSERT_TRUE(bus->send(inbox.back().link, {"good day"}));
    std::vector<Delivery> answers;
    ASSERT_TRUE(comes_true([&] {
      alice->receive(std::chrono::milliseconds(5), 100, answers);
      return !answers.empty();
    }));
  }
  bool is_refused(BareClient& client) {
    return comes_true([&] {
      turn();
      return (client.events() & refused_events) != 0;
    });
  }

  CurveKey alice_key = make_curve_key(), bob_key = make_curve_key();
  ZmqHost host;
  std::unique_ptr<Bus> bus, alice;
  std::vector<Delivery> inbox;
};

TEST_F(ZmqBusSecurity, a_key_that_is_not_registered_is_refused) {
  expect_that_alice_is_served();
  const int before = counted("bus_refused_total");
  const CurveKey stranger = make_curve_key();
  BareClient mallory(host, &stranger);
  mallory.send({"let me in"});
  EXPECT_TRUE(is_refused(mallory));
  EXPECT_EQ(mallory.events() & ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
  EXPECT_GT(counted("bus_refused_total"), before);
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, a_client_without_encryption_is_refused) {
  BareClient mallory(host, nullptr);
  mallory.send({"let me in"});
  EXPECT_TRUE(is_refused(mallory));
  EXPECT_EQ(mallory.events() & ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, a_client_that_takes_another_for_the_host_does_not_talk_to_it) {
  ZmqHost impostor = host;
  impostor.key = make_curve_key();  // what the client expects; the host has another
  BareClient client(impostor, &bob_key);
  client.send({"secret"});
  EXPECT_TRUE(is_refused(client));
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, a_peer_is_reported_under_the_name_of_its_key) {
  BareClient bob(host, &bob_key);
  bob.send({"I am alice"});
  ASSERT_TRUE(comes_true([&] {
    turn();
    return !inbox.empty();
  }));
  EXPECT_EQ(inbox[0].peer, "bob");
}

TEST_F(ZmqBusSecurity, a_peer_that_chooses_its_routing_id_is_not_heard) {
  const int before = counted("bus_dropped_total");
  BareClient bob(host, &bob_key, "alice");
  bob.send({"I am alice"});
  BareClient honest_bob(host, &bob_key);
  honest_bob.send({"honest"});
  ASSERT_TRUE(comes_true([&] {
    turn();
    return !inbox.empty() && counted("bus_dropped_total") == before + 1;
  }));
  for (const auto& delivery : inbox) EXPECT_EQ(delivery.frames, Frames{"honest"});
}

TEST_F(ZmqBusSecurity, too_many_frames_or_bytes_are_dropped_whole) {
  const int before = counted("bus_dropped_total");
  BareClient bob(host, &bob_key);
  bob.send(Frames(limits::bus_frames_max + 1, "x"));
  bob.send(Frames(2, std::string(limits::bus_message_bytes_max / 2 + 1, 'x')));
  bob.send(Frames(limits::bus_frames_max, "good"));
  ASSERT_TRUE(comes_true([&] {
    turn();
    return !inbox.empty();
  }));
  ASSERT_EQ(inbox.size(), 1u);
  EXPECT_EQ(inbox[0].frames, Frames(limits::bus_frames_max, "good"));
  EXPECT_EQ(counted("bus_dropped_total"), before + 2);
}

TEST_F(ZmqBusSecurity, a_frame_beyond_the_limit_costs_its_sender_the_connection) {
  BareClient bob(host, &bob_key);
  bob.send({std::string(2 * limits::bus_message_bytes_max, 'x')});
  ASSERT_TRUE(comes_true([&] {
    turn();
    return (bob.events() & ZMQ_EVENT_DISCONNECTED) != 0;
  }));
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, bytes_that_are_not_the_protocol_disturb_nobody) {
  expect_that_alice_is_served();
  std::string noise;
  std::uint32_t random = 7;
  for (int i = 0; i < 100'000; ++i)
    noise += static_cast<char>((random = random * 1'664'525 + 1'013'904'223) >> 24);
  EXPECT_TRUE(hangs_up_on(host, noise));
  EXPECT_TRUE(hangs_up_on(host, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_TRUE(hangs_up_on(host, std::string(64, '\xff')));
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, a_header_that_announces_a_gigabyte_disturbs_nobody) {
  expect_that_alice_is_served();
  const std::string gigabyte("\0\0\0\0\x40\0\0\0", 8);
  for (const char flags : {'\x02', '\x03', '\x06'})  // long message, long with more, long command
    EXPECT_TRUE(hangs_up_on(host, greeting("CURVE") + flags + gigabyte + "x"));
  EXPECT_TRUE(hangs_up_on(host, std::string("\xff\0\0\0\0\x40\0\0\0\0", 10)));  // ZMTP 1.0
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, a_host_that_is_busy_for_a_while_loses_nobody) {
  const auto late = host.connect(bob_key);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // no receive(), so no handshake either
  ASSERT_TRUE(comes_true([&] {
    turn();
    return late->send(late->link_to("host"), {"at last"}).has_value();
  }));
  ASSERT_TRUE(comes_true([&] {
    turn();
    return !inbox.empty();
  }));
  expect_that_alice_is_served();
}

TEST_F(ZmqBusSecurity, who_was_refused_once_gets_in_when_registered_later) {
  const CurveKey key = make_curve_key();
  const auto carol = host.connect(key);
  const int before = counted("bus_refused_total");
  ASSERT_TRUE(comes_true([&] {
    turn();
    std::vector<Delivery> none;
    carol->receive(std::chrono::milliseconds(0), 10, none);
    return counted("bus_refused_total") > before;
  }));
  bus.reset();
  host.allow[key.public_key] = "carol";
  bus = host.open();
  ASSERT_TRUE(comes_true([&] {
    turn();
    std::vector<Delivery> none;
    carol->receive(std::chrono::milliseconds(0), 10, none);
    return carol->send(carol->link_to("host"), {"hello"}).has_value();
  }));
}

TEST(ZmqBus, what_cannot_work_is_an_error_and_not_a_listener_without_a_guard) {
  const CurveKey key = make_curve_key();
  EXPECT_EQ(open_zmq({"a", "tcp://203.0.113.1:1", key, {}, {}}).error().code, Code::io_failed);
  EXPECT_EQ(open_zmq({"a", "udp://127.0.0.1:1", key, {}, {}}).error().code, Code::io_failed);
  EXPECT_EQ(open_zmq({"a", "", key, {{"b", "tcp://127.0.0.1:1", "short"}}, {}}).error().code,
            Code::io_failed);
  EXPECT_EQ(open_zmq({"a", "", key, {}, {{"not a key", "b"}}}).error().code, Code::invalid_text);
  EXPECT_EQ(open_zmq({"a", "", key, {}, {{key.public_key, ""}}}).error().code, Code::invalid_text);
  ZmqHost host;
  const auto first = host.open();
  const auto second = open_zmq({"a", endpoint_of(host.port), key, {}, {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::io_failed);
}

TEST(ZmqBus, works_over_ipc) {
  const CurveKey server = make_curve_key(), client = make_curve_key();
  const std::string endpoint =
      "ipc://" + ::testing::TempDir() + "nrm_bus_" + std::to_string(::getpid());
  auto bus = open_zmq({"host", endpoint, server, {}, {{client.public_key, "guest"}}});
  ASSERT_TRUE(bus);
  auto guest = open_zmq({"guest", "", client, {{"host", endpoint, server.public_key}}, {}});
  ASSERT_TRUE(guest);
  std::vector<Delivery> inbox;
  ASSERT_TRUE(comes_true([&] {
    (*bus)->receive(std::chrono::milliseconds(5), 10, inbox);
    (void)(*guest)->send((*guest)->link_to("host"), {"x"}).has_value();
    return !inbox.empty();
  }));
  EXPECT_EQ(inbox[0].peer, "guest");
}
}  // namespace
}  // namespace nrm
