// Bus: whole messages between named processes. It may lose, double, delay and reorder; everything
// that must arrive is asked for again by sequence number (runtime/feed.hpp). Never durable.
//
// A process listens at one address and connects to the peers that it names. A peer's name is the
// one its key was registered under (CURVE + ZAP), never what it says of itself.
// THREAD: one thread owns a Bus; only wake() may be called from others.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm {
using Frames = std::vector<std::string>;

// One way to a peer: a connection that came in or one that we made. Valid while the Bus lives; a
// message to a link whose peer has gone is lost.
enum class Link : std::uint64_t {};

struct Delivery {
  Link link;
  std::string peer;  // authenticated name
  Frames frames;     // 1 to limits::bus_frames_max
};

class Bus {
 public:
  virtual ~Bus() = default;
  // The link to a peer named in the options. REQUIRES: it is one of them.
  virtual Link link_to(std::string_view peer) const = 0;
  // Queues a message, whole or not at all. REQUIRES: 1 to limits::bus_frames_max frames, together
  // at most limits::bus_message_bytes_max. Who has more to say splits it (README.md, "Frames").
  // ERRORS: unavailable (the peer's queue is full, or the peer is gone).
  virtual Result<void> send(Link link, Frames frames) = 0;
  // Waits up to `wait` for messages, wake() or a signal; appends at most `max` messages.
  virtual void receive(std::chrono::milliseconds wait, std::size_t max,
                       std::vector<Delivery>& out) = 0;
  // Ends a receive() that waits, from any thread.
  virtual void wake() = 0;
};
}  // namespace nrm
