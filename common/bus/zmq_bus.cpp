// The Bus on the C API of libzmq 4.3.4. What each socket option is for: zmq_socket.cpp.
#include "common/bus/zmq_bus.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "common/base/limits.hpp"
#include "common/bus/zmq_guard.hpp"
#include "common/bus/zmq_parts.hpp"
#include "common/bus/zmq_socket.hpp"
#include "common/diag/diag.hpp"

namespace nrm {
namespace {
using zmq::Context;
using zmq::Part;
using zmq::Socket;
using SteadyTime = std::chrono::steady_clock::time_point;  // for intervals only

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

class ZmqBus final : public KeyedBus {
 public:
  explicit ZmqBus(const ZmqOptions& options) : options_(options) {}
  ~ZmqBus() override;
  Result<void> open();

  Link link_to(std::string_view peer) const override;
  Result<void> send(Link link, Frames frames) override;
  void receive(std::chrono::milliseconds wait, std::size_t max,
               std::vector<Delivery>& out) override;
  void wake() override;
  Result<void> adopt(const ZmqOptions& fresh) override;

 private:
  enum class Taken : std::uint8_t { nothing, message, refused };
  // A connection with other keys, to take the place of one of ours once it can be written to.
  struct Candidate {
    Socket socket;
    SteadyTime since;
  };
  // One whose place was taken: read until what was on its way in it has come.
  struct Leaving {
    Socket socket;
    std::size_t connection;
    SteadyTime until;
  };

  Result<void> bind_and_unbind();
  void look_after_connections();
  void reopen_dead(std::size_t connection, SteadyTime now);
  void change_over(SteadyTime now);
  void poll_what_is_open();
  void wait_for_signals(std::chrono::milliseconds wait);
  bool anything_unread() const;
  std::size_t drain(std::size_t max, std::vector<Delivery>& out);
  void answer_newcomers();
  Taken take(std::size_t source, Delivery& delivery);
  void publish_counts();

  ZmqOptions options_;
  int wake_ = -1;  // eventfd; the one thing that other threads touch

  // Owner's thread only. The context goes last.
  Context context_;
  zmq::Guard guard_;  // opened when we listen
  // Connections to options_.connect[i], then the listener, if there is one.
  std::vector<Socket> sockets_;
  std::vector<std::optional<Candidate>> candidates_;  // for sockets_[i]
  std::vector<Leaving> leaving_;
  std::vector<std::string> bound_;  // where the listener listens
  // The descriptors of sockets_, leaving_, the guard and wake_, in this order. A socket's is
  // readable once after something happened in it, and what we do with the socket meanwhile may take
  // that away (zmq_getsockopt(3), ZMQ_FD): so one that was touched is read until it has nothing
  // before we wait. Without this, each empty socket cost three system calls in every turn.
  std::vector<pollfd> polled_;
  std::vector<bool> unread_;          // of sockets_, leaving_: may have something
  bool newcomers_ = true;             // the guard may have something
  std::vector<SteadyTime> writable_;  // when a connection of ours last was
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
  NRM_TRY(guard_.set_allowed(options_.allow));
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) return Error(Code::io_failed, {}, "no eventfd");
  // Of each connection also a candidate and one that leaves; the guard; the listener.
  NRM_TRY_ASSIGN(context_, zmq::open_context(3 * options_.connect.size() + 3));
  for (const auto& peer : options_.connect) {
    NRM_TRY_ASSIGN(Socket socket, zmq::open_connector(context_, options_, peer));
    sockets_.push_back(std::move(socket));
  }
  if (!options_.listen.empty()) {
    NRM_TRY(guard_.open(context_));
    NRM_TRY_ASSIGN(Socket socket, zmq::open_listener(context_, options_));
    sockets_.push_back(std::move(socket));
    bound_.push_back(options_.listen);
    NRM_TRY(bind_and_unbind());
  }
  candidates_.resize(options_.connect.size());
  writable_.assign(options_.connect.size(), std::chrono::steady_clock::now());
  poll_what_is_open();
  return {};
}

void ZmqBus::poll_what_is_open() {
  polled_.clear();
  next_ = 0;
  const auto poll = [&](void* socket) {
    int file = -1;
    std::size_t size = sizeof file;
    CHECK(zmq_getsockopt(socket, ZMQ_FD, &file, &size) == 0, "an open socket has its descriptor");
    polled_.push_back({file, POLLIN, 0});
  };
  for (const auto& socket : sockets_) poll(socket.get());
  for (const auto& leaving : leaving_) poll(leaving.socket.get());
  unread_.assign(polled_.size(), true);
  if (guard_.socket() != nullptr) poll(guard_.socket());
  newcomers_ = true;
  polled_.push_back({wake_, POLLIN, 0});
}

bool ZmqBus::anything_unread() const {
  return newcomers_ || std::find(unread_.begin(), unread_.end(), true) != unread_.end();
}

void ZmqBus::wait_for_signals(std::chrono::milliseconds wait) {
  if (::poll(polled_.data(), polled_.size(), static_cast<int>(wait.count())) <= 0) return;
  for (std::size_t i = 0; i < unread_.size(); ++i)
    if (polled_[i].revents != 0) unread_[i] = true;
  if (guard_.socket() != nullptr && polled_[unread_.size()].revents != 0) newcomers_ = true;
  if (polled_.back().revents == 0) return;
  std::uint64_t wakes = 0;
  while (::read(wake_, &wakes, sizeof wakes) < 0 && errno == EINTR) {
  }
}

void ZmqBus::answer_newcomers() {
  if (newcomers_) counts_.refused += guard_.answer(newcomers_);
}

// One ROUTER listens with as many keys as are valid: libzmq takes the key that is set when it
// binds. Unbinding ends the connections that came in there.
Result<void> ZmqBus::bind_and_unbind() {
  if (guard_.socket() == nullptr) return {};
  const Socket& listener = sockets_.back();
  std::vector<std::string> wanted{options_.listen};
  if (options_.next && !options_.next->listen.empty()) wanted.push_back(options_.next->listen);
  for (const std::string& endpoint : wanted) {
    if (std::ranges::find(bound_, endpoint) != bound_.end()) continue;
    const CurveKey& key = endpoint == options_.listen ? options_.key : options_.next->key;
    NRM_TRY(zmq::bind_with_key(listener, endpoint, key));
    bound_.push_back(endpoint);
  }
  std::erase_if(bound_, [&](const std::string& endpoint) {
    return std::ranges::find(wanted, endpoint) == wanted.end() &&
           zmq_unbind(listener.get(), endpoint.c_str()) == 0;
  });
  unread_.assign(unread_.size(), true);
  return {};
}

Result<void> ZmqBus::adopt(const ZmqOptions& fresh) {
  CHECK(fresh.connect.size() == options_.connect.size() &&
            fresh.listen.empty() == options_.listen.empty(),
        "keys change, not who is there");
  NRM_TRY(guard_.set_allowed(fresh.allow));
  const ZmqOptions before = std::exchange(options_, fresh);
  NRM_TRY(bind_and_unbind());
  const bool other_key = before.client_key().public_key != fresh.client_key().public_key;
  for (std::size_t i = 0; i < fresh.connect.size(); ++i) {
    const auto &was = before.connect[i], &is = fresh.connect[i];
    CHECK(was.name == is.name, "in the same order");
    if (!other_key && was.endpoint == is.endpoint && was.public_key == is.public_key) continue;
    NRM_TRY_ASSIGN(Socket socket, zmq::open_connector(context_, options_, is));
    candidates_[i] = Candidate{std::move(socket), std::chrono::steady_clock::now()};
  }
  return {};
}

bool is_writable(const Socket& socket) {
  int events = 0;
  std::size_t size = sizeof events;
  zmq_getsockopt(socket.get(), ZMQ_EVENTS, &events, &size);
  return (events & ZMQ_POLLOUT) != 0;
}

// libzmq never tries again after a refusal (our key was not registered yet) or an answer that is
// not its protocol (another program had the port for a moment). So a connection that could not be
// written to for this long starts afresh. Nothing is lost in it: drain() is fair, so it was read.
void ZmqBus::reopen_dead(std::size_t connection, SteadyTime now) {
  constexpr std::chrono::seconds patience{10};  // longer than one attempt with its handshake
  if (is_writable(sockets_[connection])) writable_[connection] = now;
  if (now - writable_[connection] < patience) return;
  writable_[connection] = now;
  auto socket = zmq::open_connector(context_, options_, options_.connect[connection]);
  if (!socket) return;  // no descriptor left: the old one may still come back
  sockets_[connection] = std::move(*socket);
  poll_what_is_open();
  ++counts_.reopened;
}

// A candidate takes its place when it can be written to, not before: nobody notices. One that is
// refused (the peer has not read of our new key yet) is opened again.
void ZmqBus::change_over(SteadyTime now) {
  constexpr std::chrono::seconds patience{2};
  constexpr std::chrono::seconds read_on_for{15};  // longer than an answer may take
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    auto& candidate = candidates_[i];
    if (!candidate) continue;
    if (is_writable(candidate->socket)) {
      leaving_.push_back(
          {std::exchange(sockets_[i], std::move(candidate->socket)), i, now + read_on_for});
      candidate.reset();
      poll_what_is_open();
    } else if (now - candidate->since > patience) {
      if (auto socket = zmq::open_connector(context_, options_, options_.connect[i]))
        candidate->socket = std::move(*socket);
      candidate->since = now;
    }
  }
  if (std::erase_if(leaving_, [&](const Leaving& one) { return one.until < now; }) > 0)
    poll_what_is_open();
}

void ZmqBus::look_after_connections() {
  constexpr std::chrono::milliseconds look_interval{200};
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + look_interval;
  for (std::size_t i = 0; i < options_.connect.size(); ++i) {
    unread_[i] = true;  // asking whether it can be written to touches it
    reopen_dead(i, now);
  }
  change_over(now);
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
  if (++sends_ % 256 == 0) {
    newcomers_ = true;
    answer_newcomers();
  }

  const bool inbound = static_cast<std::uint64_t>(link) >= inbound_links;
  const auto source = inbound ? sockets_.size() - 1 : static_cast<std::size_t>(link);
  CHECK(inbound ? guard_.socket() != nullptr : source < options_.connect.size(),
        "a link of this bus");
  void* socket = sockets_[source].get();
  const auto id = routing_id(link);
  unread_[source] = true;
  const bool queued = zmq::send_parts(
      socket, inbound ? std::string_view(id.data(), id.size()) : std::string_view(), frames);
  ++(queued ? counts_.sent : counts_.unavailable);
  if (!queued) return Error(Code::unavailable, {}, "the peer is gone or its queue is full");
  return {};
}

// One message of one socket: of ours, or behind them of those that leave.
ZmqBus::Taken ZmqBus::take(std::size_t source, Delivery& delivery) {
  const bool leaves = source >= sockets_.size();
  void* socket = leaves ? leaving_[source - sockets_.size()].socket.get() : sockets_[source].get();
  if (leaves) source = leaving_[source - sockets_.size()].connection;
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
    delivery.peer = guard_.peer_of(part.user());
    good = link && has_frames && !delivery.peer.empty();
  }
  delivery.frames.reserve(4);  // what a feed message has
  return zmq::read_parts(socket, part, delivery.frames) && good ? Taken::message : Taken::refused;
}

// Takes up to `max` messages that are there, in turns so that a loud peer cannot silence others.
std::size_t ZmqBus::drain(std::size_t max, std::vector<Delivery>& out) {
  constexpr std::size_t burst_max = 64;
  std::size_t taken = 0;
  std::size_t silent = 0;  // sockets in a row that had nothing
  for (std::size_t seen = 0; silent < unread_.size() && seen < max;) {
    std::size_t burst = 0;
    const std::size_t burst_end = unread_[next_] ? burst_max : 0;
    for (; burst < burst_end && seen < max; ++burst, ++seen) {
      Delivery delivery{};
      const auto what = take(next_, delivery);
      if (what == Taken::nothing) {
        unread_[next_] = false;
        break;
      }
      if (what == Taken::refused) {
        ++counts_.dropped;
        continue;
      }
      out.push_back(std::move(delivery));
      ++taken;
    }
    silent = burst == 0 ? silent + 1 : 0;
    next_ = (next_ + 1) % unread_.size();
  }
  counts_.received += static_cast<std::int64_t>(taken);
  return taken;
}

void ZmqBus::receive(std::chrono::milliseconds wait, std::size_t max, std::vector<Delivery>& out) {
  answer_newcomers();
  // A signal, a handshake or a refused message ends the wait early, which the contract allows and
  // which lets the caller look at its stop flag.
  if (drain(max, out) == 0 && max > 0) {
    wait_for_signals(anything_unread() ? std::chrono::milliseconds(0) : wait);
    answer_newcomers();
    drain(max, out);
  }
  look_after_connections();
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
  char public_key[41];  // 32 bytes in Z85, and a zero
  char secret_key[41];
  CHECK(zmq_curve_keypair(public_key, secret_key) == 0, "a libzmq with CURVE");
  return {public_key, secret_key};
}

Result<std::unique_ptr<KeyedBus>> open_zmq(const ZmqOptions& options) {
  auto bus = std::make_unique<ZmqBus>(options);
  NRM_TRY(bus->open());
  return std::unique_ptr<KeyedBus>(std::move(bus));
}
}  // namespace nrm
