// What tests of the ZeroMQ bus need: free ports, a bus under a name, and a client that speaks to
// the socket below the bus, honestly or not.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "common/bus/zmq_bus.hpp"

namespace nrm::testing {
// Generous: only a test that fails waits this long.
inline constexpr std::chrono::seconds patience{60};

template <class F>
bool comes_true(F&& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

// Free when asked; whoever binds it later must be ready for a refusal.
inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

inline std::string endpoint_of(int port) { return "tcp://127.0.0.1:" + std::to_string(port); }

// A listener with an address of its own, and the keys that it lets in.
struct ZmqHost {
  CurveKey key = make_curve_key();
  std::map<std::string, std::string> allow;
  int port = 0;

  std::unique_ptr<Bus> open() {
    for (int attempt = 0; attempt < 100; ++attempt) {
      const int candidate = port != 0 ? port : free_port();
      auto bus = open_zmq({"host", endpoint_of(candidate), key, {}, allow});
      if (bus) {
        port = candidate;
        return std::move(*bus);
      }
      EXPECT_EQ(bus.error().code, Code::io_failed) << bus.error().detail;
      // The address of a listener that has just gone is free again when libzmq has closed it.
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "no address to listen at";
    return nullptr;
  }
  std::unique_ptr<Bus> connect(const CurveKey& own) const {
    auto bus = open_zmq({"guest", "", own, {{"host", endpoint_of(port), key.public_key}}, {}});
    EXPECT_TRUE(bus.has_value());
    return std::move(*bus);
  }
};

// A TCP connection to a bus that speaks no protocol of its own.
class RawConnection {
 public:
  explicit RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = socket_ >= 0 &&
                 ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool is_connected() const { return connected_; }
  void send(const std::string& bytes) {
    (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Reads and forgets what came; true when the other side has hung up.
  bool is_over() {
    char sink[4096];
    for (;;) {
      const auto got = ::recv(socket_, sink, sizeof sink, MSG_DONTWAIT);
      if (got > 0) continue;
      return got == 0 || (errno != EAGAIN && errno != EINTR);
    }
  }

 private:
  const int socket_;
  bool connected_ = false;
};

// Sends `bytes` and waits until the host hangs up.
inline bool hangs_up_on(const ZmqHost& host, const std::string& bytes) {
  RawConnection connection(host.port);
  EXPECT_TRUE(connection.is_connected());
  connection.send(bytes);
  return comes_true([&] {
    if (connection.is_over()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return false;
  });
}

// ZMTP 3.1: signature, version, mechanism, as-server, filler.
inline std::string greeting(const std::string& mechanism) {
  std::string bytes("\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01", 12);
  bytes += mechanism;
  bytes.resize(64);
  return bytes;
}

inline constexpr int refused_events = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                      ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                                      ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;

// A DEALER on the bare library, with a monitor on it.
class BareClient {
 public:
  // Without a key it speaks the NULL mechanism, or PLAIN.
  BareClient(const ZmqHost& host, const CurveKey* own, std::string_view routing_id = {},
             bool plain = false)
      : context_(zmq_ctx_new()), socket_(zmq_socket(context_, ZMQ_DEALER)) {
    const int none = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
    if (own) {
      zmq_setsockopt(socket_, ZMQ_CURVE_SERVERKEY, host.key.public_key.c_str(), 41);
      zmq_setsockopt(socket_, ZMQ_CURVE_PUBLICKEY, own->public_key.c_str(), 41);
      zmq_setsockopt(socket_, ZMQ_CURVE_SECRETKEY, own->secret_key.c_str(), 41);
    }
    if (plain) {
      zmq_setsockopt(socket_, ZMQ_PLAIN_USERNAME, "alice", 5);
      zmq_setsockopt(socket_, ZMQ_PLAIN_PASSWORD, "secret", 6);
    }
    if (!routing_id.empty())
      zmq_setsockopt(socket_, ZMQ_ROUTING_ID, routing_id.data(), routing_id.size());
    zmq_socket_monitor(socket_, "inproc://monitor", ZMQ_EVENT_ALL);
    monitor_ = zmq_socket(context_, ZMQ_PAIR);
    zmq_connect(monitor_, "inproc://monitor");
    EXPECT_EQ(zmq_connect(socket_, endpoint_of(host.port).c_str()), 0);
  }
  ~BareClient() {
    zmq_close(monitor_);
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  void send(const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
      EXPECT_EQ(zmq_send(socket_, frames[i].data(), frames[i].size(),
                         ZMQ_DONTWAIT | (i + 1 < frames.size() ? ZMQ_SNDMORE : 0)),
                static_cast<int>(frames[i].size()));
  }
  // All ZMQ_EVENT_* so far.
  int events() {
    for (;;) {
      char frame[512];
      const int size = zmq_recv(monitor_, frame, sizeof frame, ZMQ_DONTWAIT);
      if (size < 0) return seen_;
      if (size == 6) seen_ |= *reinterpret_cast<std::uint16_t*>(frame);  // else: the address
    }
  }

 private:
  void* context_;
  void* socket_;
  void* monitor_ = nullptr;
  int seen_ = 0;
};
}  // namespace nrm::testing
