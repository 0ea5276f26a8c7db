// Keys that change while connections are open: both are valid for a while, nothing that was sent is
// lost on the way, and a key that was taken away is not heard even where it is connected still.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "common/bus/zmq_bus.hpp"
#include "tests/unit/bus/zmq_peers.hpp"

namespace nrm::testing {
namespace {
class Rotating : public ::testing::Test {
 protected:
  Rotating() {
    char name[] = "/tmp/nrm-rotating-XXXXXX";
    folder = ::mkdtemp(name);
    host_options = {.name = "host",
                    .listen = at("host.sock"),
                    .key = host_key,
                    .connect = {},
                    .allow = {{guest_key.public_key, "guest"}}};
    guest_options = {.name = "guest",
                     .listen = "",
                     .key = guest_key,
                     .connect = {{"host", host_options.listen, host_key.public_key}},
                     .allow = {}};
    host = open_zmq(host_options).value();
    guest = open_zmq(guest_options).value();
  }
  ~Rotating() override { std::filesystem::remove_all(folder); }

  std::string at(const std::string& socket) const { return "ipc://" + folder + "/" + socket; }
  // One message there and its answer back, numbered: none is lost, none comes twice.
  bool round_trip() {
    const std::string number = std::to_string(++sent);
    return comes_true([&] {
      if (!asked) asked = guest->send(guest->link_to("host"), {number}).has_value();
      std::vector<Delivery> came;
      host->receive(std::chrono::milliseconds(1), 10, came);
      for (const Delivery& delivery : came) {
        EXPECT_EQ(delivery.peer, "guest");
        EXPECT_TRUE(host->send(delivery.link, delivery.frames));
      }
      came.clear();
      guest->receive(std::chrono::milliseconds(1), 10, came);
      for (const Delivery& delivery : came) {
        EXPECT_EQ(delivery.frames.front(), number);
        EXPECT_EQ(delivery.link, guest->link_to("host")) << "the link stays";
        asked = false;
      }
      return !came.empty();
    });
  }
  void round_trips(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) ASSERT_TRUE(round_trip());
  }

  std::string folder;
  const CurveKey host_key = make_curve_key(), guest_key = make_curve_key();
  const CurveKey next_key = make_curve_key();
  ZmqOptions host_options, guest_options;
  std::unique_ptr<KeyedBus> host, guest;
  int sent = 0;
  bool asked = false;
};

TEST_F(Rotating, TheListenersKeyChangesUnderLoad) {
  round_trips(std::chrono::milliseconds(100));
  host_options.next = {at("host-2.sock"), next_key};
  ASSERT_TRUE(host->adopt(host_options));
  round_trips(std::chrono::milliseconds(100));  // the guest knows nothing yet
  guest_options.connect[0] = {"host", at("host-2.sock"), next_key.public_key};
  ASSERT_TRUE(guest->adopt(guest_options));
  round_trips(std::chrono::milliseconds(1'500));
  host_options.listen = at("host-2.sock");
  host_options.key = next_key;
  host_options.next.reset();
  ASSERT_TRUE(host->adopt(host_options));
  round_trips(std::chrono::milliseconds(500));
  const auto late =
      open_zmq({"guest", "", guest_key, {{"host", at("host.sock"), host_key.public_key}}, {}})
          .value();
  for (int i = 0; i < 50; ++i) {
    std::vector<Delivery> came;
    host->receive(std::chrono::milliseconds(5), 10, came);
    late->receive(std::chrono::milliseconds(5), 10, came);
    EXPECT_FALSE(late->send(late->link_to("host"), {"x"})) << "the first key opens nothing";
  }
}

TEST_F(Rotating, TheGuestsKeyChangesUnderLoadEvenIfItIsFirst) {
  round_trips(std::chrono::milliseconds(100));
  guest_options.next = {"", next_key};
  ASSERT_TRUE(guest->adopt(guest_options));
  round_trips(std::chrono::milliseconds(500));  // refused, and nobody notices
  host_options.allow = {{guest_key.public_key, "guest"}, {next_key.public_key, "guest"}};
  ASSERT_TRUE(host->adopt(host_options));
  round_trips(std::chrono::milliseconds(4'000));  // by now it has been tried again
  host_options.allow = {{next_key.public_key, "guest"}};
  ASSERT_TRUE(host->adopt(host_options));
  round_trips(std::chrono::milliseconds(500));
}

TEST_F(Rotating, AKeyThatWasTakenAwayIsNotHeardOnItsOpenConnection) {
  ASSERT_TRUE(round_trip());
  host_options.allow = {{next_key.public_key, "guest"}};
  ASSERT_TRUE(host->adopt(host_options));
  std::vector<Delivery> came;
  for (int i = 0; i < 50; ++i) {
    (void)guest->send(guest->link_to("host"), {"stolen"});
    host->receive(std::chrono::milliseconds(5), 10, came);
  }
  EXPECT_TRUE(came.empty());
}
}  // namespace
}  // namespace nrm::testing
