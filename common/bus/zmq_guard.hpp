// Guard: who may come in. Answers libzmq's handshakes (ZAP) by an allow-list of keys, which may
// change while connections are open: what comes from a key that was taken off it is not heard.
// THREAD: the owner of the bus. ERRORS: io_failed; invalid_text (a key that is none).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/bus/zmq_socket.hpp"

namespace nrm::zmq {
class Guard {
 public:
  // `allow`: public key in Z85 -> name of the peer; two keys may have one name.
  Result<void> set_allowed(const std::map<std::string, std::string>& allow);
  Result<void> open(const Context& context);
  void* socket() const { return socket_.get(); }  // null: not opened, nobody comes in
  // Handshakes that wait; the number of those that were refused. `more`: there may be others.
  int answer(bool& more);
  // The peer behind the User-Id of a message; empty when its key is not allowed (any more).
  std::string_view peer_of(std::string_view user) const;

 private:
  struct Allowed {
    std::array<std::uint8_t, 32> key;
    std::string user;  // "name key": so that two keys of one peer are told apart
    std::string name;
  };
  const Allowed* find(std::string_view key) const;

  std::vector<Allowed> allowed_;
  Socket socket_;
};
}  // namespace nrm::zmq
