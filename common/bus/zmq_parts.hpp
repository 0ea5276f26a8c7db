// Messages of parts on libzmq's sockets. Only for zmq_bus.cpp and zmq_guard.cpp.
#pragma once
#include <zmq.h>

#include <string_view>

#include "common/bus/bus.hpp"

namespace nrm::zmq {
// One part of a message as libzmq hands it out.
class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool receive(void* socket);  // false: nothing there
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
bool send_part(void* socket, std::string_view bytes, bool more);
// All parts or none; `id` is for a ROUTER and empty for a DEALER.
bool send_parts(void* socket, std::string_view id, const Frames& frames);
// The parts from `part` to the end of its message. False: too many or too large; all is read off
// the socket even then, so that the next message starts clean.
bool read_parts(void* socket, Part& part, Frames& frames);
}  // namespace nrm::zmq
