// Input: what a service reacts to. Time, fresh ids and the actor come in here and nowhere else,
// so that deciding again from the log gives the same decision.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "common/event/record.hpp"

namespace nrm {
struct Received {
  std::string log;
  std::uint64_t seq = 0;
  std::uint32_t index = 0;
  std::string hash;  // leaf hash of the record it came in, hex
  StreamKey stream;
  Event event;
};

struct Due {
  StreamKey stream;
  ClockName name{};
  Instant set_for;
};

struct Input {
  Uuid id;     // random; the seed of every id made by this decision; the record's id
  Instant at;  // never before the record before
  std::optional<Actor> actor;
  std::variant<Command, Received, Due> what;

  template <class T>
  T fresh(std::uint32_t n) const {
    return T(derive(id, n));
  }
};
}  // namespace nrm
