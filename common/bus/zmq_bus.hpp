// The Bus on ZeroMQ 4.3.4: one ROUTER that listens, one DEALER per peer that we connect to, CURVE
// on every socket, a ZAP handler with an allow-list. Options and their reasons: zmq_bus.cpp.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"

namespace nrm {
struct CurveKey {  // Z85 text, 40 characters each
  std::string public_key;
  std::string secret_key;
};
CurveKey make_curve_key();

struct ZmqOptions {
  std::string name;    // ours, for logs
  std::string listen;  // "tcp://127.0.0.1:7101", "ipc://…"; empty: does not listen
  CurveKey key;
  struct Peer {
    std::string name;
    std::string endpoint;
    std::string public_key;
  };
  std::vector<Peer> connect;
  std::map<std::string, std::string> allow;  // public key -> peer name, of who may connect to us
};

// ERRORS: io_failed (address in use, …). A listener without a ZAP handler cannot be made.
Result<std::unique_ptr<Bus>> open_zmq(const ZmqOptions& options);
}  // namespace nrm
