// The sockets of the ZeroMQ bus, with their options set. Only for zmq_bus.cpp.
// ERRORS: io_failed, with libzmq's reason.
#pragma once
#include <memory>

#include "common/bus/zmq_bus.hpp"

namespace nrm::zmq {
struct CloseSocket {
  void operator()(void* socket) const;
};
using Socket = std::unique_ptr<void, CloseSocket>;

struct EndContext {
  void operator()(void* context) const;
};
using Context = std::unique_ptr<void, EndContext>;  // outlives its sockets

inline constexpr std::string_view zap_domain = "nrm";

Result<Context> open_context(std::size_t sockets_max);
// The ZAP handler's end. Opened before the first listener: from its bind on, somebody could knock.
Result<Socket> open_guard(const Context& context);
Result<Socket> open_listener(const Context& context, const ZmqOptions& options);
// Another address of the same listener, where it has this key.
Result<void> bind_with_key(const Socket& listener, const std::string& endpoint,
                           const CurveKey& key);
Result<Socket> open_connector(const Context& context, const ZmqOptions& options,
                              const ZmqOptions::Peer& peer);
}  // namespace nrm::zmq
