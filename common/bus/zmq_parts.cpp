#include "common/bus/zmq_parts.hpp"

#include <cerrno>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"

namespace nrm::zmq {
bool Part::receive(void* socket) {
  while (zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    CHECK(errno == EAGAIN, "a socket that this thread may read");
    return false;
  }
  return true;
}

bool send_part(void* socket, std::string_view bytes, bool more) {
  const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  while (zmq_send(socket, bytes.data(), bytes.size(), flags) < 0) {
    if (errno == EINTR) continue;
    CHECK(errno == EAGAIN || errno == EHOSTUNREACH, "a socket that this thread may write");
    return false;
  }
  return true;
}

// When a peer goes between two parts, libzmq drops what follows up to the last part. So that one
// must come in any case, or the next message would be taken for the rest of this one.
bool send_parts(void* socket, std::string_view id, const Frames& frames) {
  if (!id.empty() && !send_part(socket, id, true)) return false;
  bool queued = true;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    queued = send_part(socket, frames[i], i + 1 < frames.size()) && queued;
    if (!queued && i == 0 && id.empty()) return false;  // nothing was begun
  }
  return queued;
}

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
}  // namespace nrm::zmq
