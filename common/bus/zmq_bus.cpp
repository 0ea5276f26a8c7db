// The Bus on the C API of libzmq 4.3.4. What each socket option is for: zmq_socket.cpp.
#include "common/bus/zmq_bus.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "common/base/limits.hpp"
#include "common/bus/zmq_socket.hpp"
#include "common/diag/diag.hpp"

namespace nrm {
namespace {
using zmq::Context;
using zmq::Socket;
using SteadyTime = std::chrono::steady_clock::time_point;  // for intervals only

constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_characters = 40;

// One part of a message as libzmq hands it out.
class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool receive(void* socket) {  // false: nothing there
    while (zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      CHECK(errno == EAGAIN, "a socket that this thread may read");
      return false;
    }
    return true;
  }
  std::string_view bytes() {
    return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }
  bool more() { return zmq_msg_more(&message_) != 0; }
  // What the ZAP handler called the key of this connection.
  std::string_view user() {
    const char* name = zmq_msg_gets(&message_, "User-Id");
    return name ? name : std::string_view{};
  }

 private:
  zmq_msg_t message_;
};

// False: no room or nobody there.
bool send_part(void* socket, std::string_view bytes, bool more) {
  const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  while (zmq_send(socket, bytes.data(), bytes.size(), flags) < 0) {
    if (errno == EINTR) continue;
    CHECK(errno == EAGAIN || errno == EHOSTUNREACH, "a socket that this thread may write");
    return false;
  }
  return true;
}

// All parts or none; `id` is for a ROUTER and empty for a DEALER. When a peer goes between two
// parts, libzmq drops what follows up to the last part. So that one must come in any case, or the
// next message would be taken for the rest of this one.
bool send_parts(void* socket, std::string_view id, const Frames& frames) {
  if (!id.empty() && !send_part(socket, id, true)) return false;
  bool queued = true;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    queued = send_part(socket, frames[i], i + 1 < frames.size()) && queued;
    if (!queued && i == 0 && id.empty()) return false;  // nothing was begun
  }
  return queued;
}

// The parts from `part` to the end of its message. False: too many or too large; all is read off
// the socket even then, so that the next message starts clean.
bool read_parts(void* socket, Part& part, Frames& frames) {
  std::size_t bytes = 0;
  bool good = true;
  for (;;) {
    bytes += part.bytes().size();
    good = good && frames.size() < limits::bus_frames_max && bytes <= limits::bus_message_bytes_max;
    if (good) frames.emplace_back(part.bytes());
    if (!part.more()) return good;
    if (!part.receive(socket)) return false;
  }
}

using KeyBytes = std::array<std::uint8_t, key_bytes>;

std::optional<KeyBytes> decode_key(const std::string& z85) {
  KeyBytes key;
  if (z85.size() != key_characters || !zmq_z85_decode(key.data(), z85.c_str())) return std::nullopt;
  return key;
}

// In constant time: how long it takes says nothing about how much of a key was right.
bool same_key(const KeyBytes& key, std::string_view bytes) {
  if (bytes.size() != key.size()) return false;
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < key.size(); ++i)
    difference = difference | (key[i] ^ static_cast<std::uint8_t>(bytes[i]));
  return difference == 0;
}

// A connection that came in is known by the number that the ROUTER gave it: 5 bytes, a zero and a
// counter that starts at random. A peer that brings an id of its own is not answered, so that
// nobody can take the place of one that has gone. Connections that we made are 0, 1, 2 …
constexpr std::uint64_t inbound_links = std::uint64_t{1} << 32;

std::optional<Link> inbound_link(std::string_view routing_id) {
  if (routing_id.size() != 5 || routing_id[0] != 0) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : routing_id.substr(1)) number = number << 8 | static_cast<std::uint8_t>(c);
  return Link{inbound_links | number};
}

std::array<char, 5> routing_id(Link link) {
  const auto number = static_cast<std::uint64_t>(link);
  return {0, static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

class ZmqBus final : public Bus {
 public:
  explicit ZmqBus(const ZmqOptions& options) : options_(options) {}
  ~ZmqBus() override;
  Result<void> open();

  Link link_to(std::string_view peer) const override;
  Result<void> send(Link link, Frames frames) override;
  void receive(std::chrono::milliseconds wait, std::size_t max,
               std::vector<Delivery>& out) override;
  void wake() override;

 private:
  enum class Taken : std::uint8_t { nothing, message, refused };
  struct AllowedKey {
    KeyBytes key;
    std::string name;
  };

  void reopen_dead();
  void answer_handshakes();
  const AllowedKey* find_allowed(std::string_view key) const;
  std::size_t drain(std::size_t max, std::vector<Delivery>& out);
  Taken take(std::size_t source, Delivery& delivery);
  void publish_counts();

  const ZmqOptions options_;
  std::vector<AllowedKey> allowed_;
  int wake_ = -1;  // eventfd; the one thing that other threads touch

  // Owner's thread only. The context goes last.
  Context context_;
  Socket guard_;  // where libzmq asks who may come in; null when we do not listen
  // Connections to options_.connect[i], then the listener, if there is one.
  std::vector<Socket> sockets_;
  std::vector<zmq_pollitem_t> polled_;  // begins with sockets_
  std::vector<SteadyTime> writable_;    // when a connection of ours last was
  SteadyTime next_look_{};
  std::size_t next_ = 0;  // whose turn it is
  unsigned sends_ = 0;

  struct {
    std::int64_t received = 0, sent = 0, dropped = 0, unavailable = 0, refused = 0, reopened = 0;
  } counts_;  // since the last publish_counts()
};

ZmqBus::~ZmqBus() {
  if (wake_ >= 0) ::close(wake_);
}

Result<void> ZmqBus::open() {
  for (const auto& [key, name] : options_.allow) {
    const auto bytes = decode_key(key);
    if (!bytes || name.empty())
      return Error(Code::invalid_text, {}, "a key that may connect is not Z85, or has no name");
    allowed_.push_back({*bytes, name});
  }
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) return Error(Code::io_failed, {}, "no eventfd");
  // One connection more than named, for the moment of reopen_dead(); the guard; the listener.
  NRM_TRY_ASSIGN(context_, zmq::open_context(options_.connect.size() + 3));
  for (const auto& peer : options_.connect) {
    NRM_TRY_ASSIGN(Socket socket, zmq::open_connector(context_, options_, peer));
    sockets_.push_back(std::move(socket));
  }
  if (!options_.listen.empty()) {
    NRM_TRY_ASSIGN(guard_, zmq::open_guard(context_));
    NRM_TRY_ASSIGN(Socket socket, zmq::open_listener(context_, options_));
    sockets_.push_back(std::move(socket));
  }
  for (const auto& socket : sockets_) polled_.push_back({socket.get(), 0, ZMQ_POLLIN, 0});
  if (guard_) polled_.push_back({guard_.get(), 0, ZMQ_POLLIN, 0});
  polled_.push_back({nullptr, wake_, ZMQ_POLLIN, 0});
  writable_.assign(options_.connect.size(), std::chrono::steady_clock::now());
  return {};
}

// libzmq never tries again after a refusal (our key was not registered yet) or an answer that is
// not its protocol (another program had the port for a moment). So a connection that could not be
// written to for this long starts afresh. Nothing is lost in it: drain() is fair, so it was read.
void ZmqBus::reopen_dead() {
  constexpr std::chrono::seconds patience{10};  // longer than one attempt with its handshake
  constexpr std::chrono::seconds look_interval{1};
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + look_interval;
  for (std::size_t i = 0; i < options_.connect.size(); ++i) {
    int events = 0;
    std::size_t size = sizeof events;
    zmq_getsockopt(sockets_[i].get(), ZMQ_EVENTS, &events, &size);
    if ((events & ZMQ_POLLOUT) != 0) writable_[i] = now;
    if (now - writable_[i] < patience) continue;
    writable_[i] = now;
    auto socket = zmq::open_connector(context_, options_, options_.connect[i]);
    if (!socket) continue;  // no descriptor left: the old one may still come back
    sockets_[i] = std::move(*socket);
    polled_[i].socket = sockets_[i].get();
    ++counts_.reopened;
  }
}

const ZmqBus::AllowedKey* ZmqBus::find_allowed(std::string_view key) const {
  const AllowedKey* found = nullptr;
  for (const auto& allowed : allowed_)  // all of them, for the time it takes
    if (same_key(allowed.key, key)) found = &allowed;
  return found;
}

// ZAP (rfc.zeromq.org/spec/27): version, request id, domain, address, routing id, mechanism, key.
// A handshake waits while the owner is busy; the peer's HANDSHAKE_IVL gives it 3 s, then it
// retries.
void ZmqBus::answer_handshakes() {
  constexpr int per_turn_max = 64;  // a storm of strangers must not starve those inside
  for (int n = 0; guard_ && n < per_turn_max; ++n) {
    Part part;
    if (!part.receive(guard_.get())) return;
    Frames request;
    const bool whole = read_parts(guard_.get(), part, request) && request.size() == 7;
    const AllowedKey* allowed =
        whole && request[0] == "1.0" && request[2] == zmq::zap_domain && request[5] == "CURVE"
            ? find_allowed(request[6])
            : nullptr;
    if (!allowed) ++counts_.refused;
    const std::string_view reply[] = {"1.0",
                                      request.size() > 1 ? std::string_view(request[1]) : "",
                                      allowed ? "200" : "400",
                                      allowed ? "" : "unknown key",
                                      allowed ? std::string_view(allowed->name) : "",
                                      ""};
    for (std::size_t i = 0; i < std::size(reply); ++i)
      send_part(guard_.get(), reply[i], i + 1 < std::size(reply));
  }
}

Link ZmqBus::link_to(std::string_view peer) const {
  for (std::size_t i = 0; i < options_.connect.size(); ++i)
    if (options_.connect[i].name == peer) return Link{i};
  check_failed(__FILE__, __LINE__, "link_to() a peer that the options name");
}

Result<void> ZmqBus::send(Link link, Frames frames) {
  CHECK(!frames.empty() && frames.size() <= limits::bus_frames_max, "1 to bus_frames_max frames");
  std::size_t bytes = 0;
  for (const auto& frame : frames) bytes += frame.size();
  CHECK(bytes <= limits::bus_message_bytes_max, "who sends splits at bus_message_bytes_max");
  // A loop that only sends would leave newcomers at the door.
  if (++sends_ % 256 == 0) answer_handshakes();

  const bool inbound = static_cast<std::uint64_t>(link) >= inbound_links;
  const auto source = inbound ? sockets_.size() - 1 : static_cast<std::size_t>(link);
  CHECK(inbound ? guard_ != nullptr : source < options_.connect.size(), "a link of this bus");
  void* socket = sockets_[source].get();
  const auto id = routing_id(link);
  const bool queued = send_parts(
      socket, inbound ? std::string_view(id.data(), id.size()) : std::string_view(), frames);
  ++(queued ? counts_.sent : counts_.unavailable);
  if (!queued) return Error(Code::unavailable, {}, "the peer is gone or its queue is full");
  return {};
}

// One message of one socket.
ZmqBus::Taken ZmqBus::take(std::size_t source, Delivery& delivery) {
  void* socket = sockets_[source].get();
  Part part;
  if (!part.receive(socket)) return Taken::nothing;
  bool good = true;
  if (source < options_.connect.size()) {
    delivery.link = Link{source};
    delivery.peer = options_.connect[source].name;  // it has the key that we named
  } else {
    const auto link = inbound_link(part.bytes());
    const bool has_frames = part.more() && part.receive(socket);
    delivery.link = link.value_or(Link{});
    delivery.peer = part.user();
    good = link && has_frames && !delivery.peer.empty();
  }
  delivery.frames.reserve(4);  // what a feed message has
  return read_parts(socket, part, delivery.frames) && good ? Taken::message : Taken::refused;
}

// Takes up to `max` messages that are there, in turns so that a loud peer cannot silence others.
std::size_t ZmqBus::drain(std::size_t max, std::vector<Delivery>& out) {
  constexpr std::size_t burst_max = 64;
  std::size_t taken = 0;
  std::size_t silent = 0;  // sockets in a row that had nothing
  for (std::size_t seen = 0; silent < sockets_.size() && seen < max;) {
    std::size_t burst = 0;
    for (; burst < burst_max && seen < max; ++burst, ++seen) {
      Delivery delivery{};
      const auto what = take(next_, delivery);
      if (what == Taken::nothing) break;
      if (what == Taken::refused) {
        ++counts_.dropped;
        continue;
      }
      out.push_back(std::move(delivery));
      ++taken;
    }
    silent = burst == 0 ? silent + 1 : 0;
    next_ = (next_ + 1) % sockets_.size();
  }
  counts_.received += static_cast<std::int64_t>(taken);
  return taken;
}

void ZmqBus::receive(std::chrono::milliseconds wait, std::size_t max, std::vector<Delivery>& out) {
  answer_handshakes();
  // A signal, a handshake or a refused message ends the wait early, which the contract allows and
  // which lets the caller look at its stop flag.
  if (drain(max, out) == 0 && wait.count() > 0) {
    zmq_poll(polled_.data(), static_cast<int>(polled_.size()), static_cast<long>(wait.count()));
    std::uint64_t wakes = 0;
    while (::read(wake_, &wakes, sizeof wakes) < 0 && errno == EINTR) {
    }
    answer_handshakes();
    drain(max, out);
  }
  reopen_dead();
  publish_counts();
}

void ZmqBus::wake() {
  const std::uint64_t one = 1;
  while (::write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void ZmqBus::publish_counts() {
  const auto publish = [](std::string_view name, std::int64_t& count) {
    if (count != 0) diag::count(name, std::exchange(count, 0));
  };
  publish("bus_received_total", counts_.received);
  publish("bus_sent_total", counts_.sent);
  publish("bus_dropped_total", counts_.dropped);
  publish("bus_unavailable_total", counts_.unavailable);
  publish("bus_refused_total", counts_.refused);
  publish("bus_reopened_total", counts_.reopened);
}
}  // namespace

CurveKey make_curve_key() {
  char public_key[key_characters + 1];
  char secret_key[key_characters + 1];
  CHECK(zmq_curve_keypair(public_key, secret_key) == 0, "a libzmq with CURVE");
  return {public_key, secret_key};
}

Result<std::unique_ptr<Bus>> open_zmq(const ZmqOptions& options) {
  auto bus = std::make_unique<ZmqBus>(options);
  NRM_TRY(bus->open());
  return std::unique_ptr<Bus>(std::move(bus));
}
}  // namespace nrm
