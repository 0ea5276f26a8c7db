// Places: who may come in when connections run out, and who gives way. A slow or silent stranger
// loses its place to a newcomer; a client that is being served never does. Pure.
//
// The rule is what holds against a thousand slow clients (threat 17): each of them waits, so each
// of them can be cut, and an honest newcomer needs its place for milliseconds only. nginx does
// the same with idle connections when it runs out (ngx_drain_connections).
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace nrm::http {
// IPv6, or IPv4 mapped into it (RFC 4291, 2.5.5.2). Of IPv6 only the /64 counts: a subscriber has
// at least that much for itself (RFC 6177).
using PeerAddress = std::array<std::uint8_t, 16>;
PeerAddress shared_part(PeerAddress address);

struct Seat {
  std::uint64_t connection = 0;
  PeerAddress from{};
  bool known = false;  // its last request was of an account that we know
  bool waits = false;  // for its client: what takes long is the client's doing
  std::chrono::steady_clock::time_point since;  // it waits
};

struct Verdict {
  bool enters = false;
  std::optional<std::uint64_t> gives_way;  // the connection to cut before
};
// A newcomer from `from`. At the cap of its address only one from there gives way; at the cap of
// all, anybody who waits: strangers first, then who has kept us waiting longest.
Verdict judge(std::span<const Seat> seats, const PeerAddress& from, std::size_t seats_max,
              std::size_t per_address_max);
// Who would give way to anybody; none: all are being served.
std::optional<std::uint64_t> most_dispensable(std::span<const Seat> seats);
}  // namespace nrm::http
