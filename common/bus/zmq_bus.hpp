// The Bus on ZeroMQ 4.3.4: one ROUTER that listens, one DEALER per peer that we connect to, CURVE
// on every socket, a ZAP handler with an allow-list. Options and their reasons: zmq_bus.cpp.
#pragma once
#include <map>
#include <memory>
#include <optional>
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
  // A second key of ours, with an address of its own: valid beside the first while peers change
  // over. We connect with it.
  struct Next {
    std::string listen;
    CurveKey key;
  };
  std::optional<Next> next{};
  const CurveKey& client_key() const { return next ? next->key : key; }
};

// Whose keys may change while it runs.
class KeyedBus : public Bus {
 public:
  // From now on these keys, ours and the peers', with the same names in the same order. Listens at
  // what is new before it leaves what is old; a connection is changed over when the new one can be
  // written to; its Link stays. A key that is no longer allowed is not heard any more.
  // ERRORS: io_failed (a new address cannot be listened at); invalid_text.
  virtual Result<void> adopt(const ZmqOptions& fresh) = 0;
};

// ERRORS: io_failed (address in use, …). A listener without a ZAP handler cannot be made.
Result<std::unique_ptr<KeyedBus>> open_zmq(const ZmqOptions& options);
}  // namespace nrm
