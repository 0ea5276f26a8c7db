#include "common/http/places.hpp"

#include <algorithm>

namespace nrm::http {
namespace {
constexpr PeerAddress mapped_v4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool goes_before(const Seat& a, const Seat& b) {
  if (a.known != b.known) return !a.known;
  return a.since < b.since;
}

std::optional<std::uint64_t> first_to_go(std::span<const Seat> seats, const PeerAddress* from) {
  const Seat* found = nullptr;
  for (const Seat& seat : seats) {
    if (!seat.waits || (from != nullptr && seat.from != *from)) continue;
    if (found == nullptr || goes_before(seat, *found)) found = &seat;
  }
  if (found == nullptr) return std::nullopt;
  return found->connection;
}
}  // namespace

PeerAddress shared_part(PeerAddress address) {
  const bool is_v4 = std::equal(address.begin(), address.begin() + 12, mapped_v4.begin());
  if (!is_v4) std::fill(address.begin() + 8, address.end(), 0);
  return address;
}

Verdict judge(std::span<const Seat> seats, const PeerAddress& from, std::size_t seats_max,
              std::size_t per_address_max) {
  const auto of_address = static_cast<std::size_t>(
      std::ranges::count_if(seats, [&](const Seat& seat) { return seat.from == from; }));
  const bool address_full = of_address >= per_address_max;
  if (!address_full && seats.size() < seats_max) return {true, std::nullopt};
  const auto gives_way = first_to_go(seats, address_full ? &from : nullptr);
  return {gives_way.has_value(), gives_way};
}

std::optional<std::uint64_t> most_dispensable(std::span<const Seat> seats) {
  return first_to_go(seats, nullptr);
}
}  // namespace nrm::http
