// Options with their reasons; the table for readers: README.md.
#include "common/bus/zmq_socket.hpp"

#include <zmq.h>

#include <cerrno>

#include "common/base/limits.hpp"

// Without it a CURVE server whose ZAP handler is missing lets every key in. Debian's header hides
// the number behind the draft macro, Debian's library has it; set_listener_options() checks that.
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif
static_assert(ZMQ_ZAP_ENFORCE_DOMAIN == 93, "the number in libzmq 4.3.4");

namespace nrm::zmq {
namespace {
// What CURVE adds to a frame before libzmq compares its length: command name, flags, nonce, tag.
constexpr std::size_t curve_bytes = 8 + 1 + 8 + 16;

bool set(const Socket& socket, int option, int value) {
  return zmq_setsockopt(socket.get(), option, &value, sizeof value) == 0;
}
bool set(const Socket& socket, int option, std::string_view value) {
  return zmq_setsockopt(socket.get(), option, value.data(), value.size()) == 0;
}
bool set(const Socket& socket, int option, std::int64_t value) {
  return zmq_setsockopt(socket.get(), option, &value, sizeof value) == 0;
}

// For both ends. ZMQ_HEARTBEAT_* is never set: in libzmq 4.3.4 a receiver that stands at its high
// water mark when its peer goes aborts the whole process (libzmq #3937, #4229, #4364; provoked,
// ecosystem.md section 5). Feeds have heartbeats of their own, and TCP has keepalive.
bool set_wire_options(const Socket& socket) {
  return  // What was not sent is asked for again by number; waiting for it blocks the shutdown.
      set(socket, ZMQ_LINGER, 0) &&
      // Per pipe; the default is 1,000, and 0 would mean no bound.
      set(socket, ZMQ_SNDHWM, limits::bus_pipe_messages_max) &&
      set(socket, ZMQ_RCVHWM, limits::bus_pipe_messages_max) &&
      // The default is unlimited: one frame header could ask for any amount of memory.
      set(socket, ZMQ_MAXMSGSIZE,
          static_cast<std::int64_t>(limits::bus_message_bytes_max + curve_bytes)) &&
      // The default is 30 s, for which a silent stranger would hold a descriptor.
      set(socket, ZMQ_HANDSHAKE_IVL, 3'000) &&
      // A peer whose machine is gone is noticed in half a minute instead of two hours …
      set(socket, ZMQ_TCP_KEEPALIVE, 1) && set(socket, ZMQ_TCP_KEEPALIVE_IDLE, 15) &&
      set(socket, ZMQ_TCP_KEEPALIVE_INTVL, 5) && set(socket, ZMQ_TCP_KEEPALIVE_CNT, 3) &&
      // … and in 15 s when something was sent that it does not acknowledge.
      set(socket, ZMQ_TCP_MAXRT, 15'000);
}

bool set_listener_options(const Socket& socket, const ZmqOptions& options) {
  return set_wire_options(socket) && set(socket, ZMQ_BACKLOG, limits::bus_backlog) &&
         // A full or vanished peer is an error, not a silent loss.
         set(socket, ZMQ_ROUTER_MANDATORY, 1) && set(socket, ZMQ_CURVE_SERVER, 1) &&
         set(socket, ZMQ_CURVE_SECRETKEY, options.key.secret_key) &&
         // No handler or no answer means no; see the top of this file.
         set(socket, ZMQ_ZAP_DOMAIN, zap_domain) && set(socket, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
}

bool set_connector_options(const Socket& socket, const ZmqOptions& options,
                           const ZmqOptions::Peer& peer) {
  return set_wire_options(socket) &&
         // Without a connection send() says so, instead of queueing for a peer that may never come.
         set(socket, ZMQ_IMMEDIATE, 1) &&
         // At once after a restart, gently during an outage; the maximum turns backoff on.
         set(socket, ZMQ_RECONNECT_IVL, 100) && set(socket, ZMQ_RECONNECT_IVL_MAX, 5'000) &&
         // A host that swallows packets: do not wait minutes for the system's SYN retries.
         set(socket, ZMQ_CONNECT_TIMEOUT, 5'000) &&
         set(socket, ZMQ_CURVE_SERVERKEY, peer.public_key) &&
         set(socket, ZMQ_CURVE_PUBLICKEY, options.client_key().public_key) &&
         set(socket, ZMQ_CURVE_SECRETKEY, options.client_key().secret_key);
}

// Only what libzmq can do without the sockets of other protocols that Debian's build links in.
bool is_wire(std::string_view endpoint) {
  return endpoint.starts_with("tcp://") || endpoint.starts_with("ipc://");
}

Error io_error(std::string_view what, std::string_view endpoint) {
  return Error(Code::io_failed, {},
               std::string(what) + ' ' + std::string(endpoint) + ": " + zmq_strerror(errno));
}

}  // namespace

void CloseSocket::operator()(void* socket) const { zmq_close(socket); }

void EndContext::operator()(void* context) const {
  while (zmq_ctx_term(context) != 0 && errno == EINTR) {
  }
}

Result<Context> open_context(std::size_t sockets_max) {
  Context context(zmq_ctx_new());
  // Ours, and the two that libzmq keeps for itself: a loop that opens sockets stops here.
  if (!context ||
      zmq_ctx_set(context.get(), ZMQ_MAX_SOCKETS, static_cast<int>(sockets_max) + 2) != 0)
    return io_error("no context", {});
  return context;
}

Result<Socket> open_guard(const Context& context) {
  Socket socket(zmq_socket(context.get(), ZMQ_REP));
  if (!socket || !set(socket, ZMQ_LINGER, 0) ||
      zmq_bind(socket.get(), "inproc://zeromq.zap.01") != 0)
    return io_error("no handler of handshakes", {});
  return socket;
}

Result<Socket> open_listener(const Context& context, const ZmqOptions& options) {
  Socket socket(zmq_socket(context.get(), ZMQ_ROUTER));
  if (!is_wire(options.listen) || !socket || !set_listener_options(socket, options) ||
      zmq_bind(socket.get(), options.listen.c_str()) != 0)
    return io_error("cannot listen at", options.listen);
  return socket;
}

Result<void> bind_with_key(const Socket& listener, const std::string& endpoint,
                           const CurveKey& key) {
  if (!is_wire(endpoint) || !set(listener, ZMQ_CURVE_SECRETKEY, key.secret_key) ||
      zmq_bind(listener.get(), endpoint.c_str()) != 0)
    return io_error("cannot listen at", endpoint);
  return {};
}

Result<Socket> open_connector(const Context& context, const ZmqOptions& options,
                              const ZmqOptions::Peer& peer) {
  Socket socket(zmq_socket(context.get(), ZMQ_DEALER));
  if (!is_wire(peer.endpoint) || !socket || !set_connector_options(socket, options, peer) ||
      zmq_connect(socket.get(), peer.endpoint.c_str()) != 0)
    return io_error("cannot connect to", peer.endpoint);
  return socket;
}
}  // namespace nrm::zmq
