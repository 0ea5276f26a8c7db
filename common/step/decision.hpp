// Decision: what a decider wants to happen, as data. The runtime makes it happen, all or nothing.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "common/event/record.hpp"

namespace nrm {
struct Decision {
  std::vector<Emit> events;
  std::vector<ClockChange> clocks;

  template <class E>
  Decision& emit(StreamKey stream, E event) {
    CHECK(stream.kind == E::stream, "an event goes to a stream of its own kind");
    events.push_back({stream, Event(std::move(event))});
    return *this;
  }
  Decision& set_clock(StreamKey stream, ClockName name, std::optional<Instant> due) {
    if (due) clocks.push_back({stream, name, due});
    return *this;
  }
  Decision& clear_clock(StreamKey stream, ClockName name) {
    clocks.push_back({stream, name, std::nullopt});
    return *this;
  }
};

// The rows of one state: what queries read. A function of the state alone, so that they can be
// dropped and rebuilt; the runtime writes only what changed.
class Rows {
 public:
  void put(std::string key, std::string value = {}) {
    rows_.emplace_back(std::move(key), std::move(value));
  }
  std::vector<std::pair<std::string, std::string>>& all() { return rows_; }

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};
}  // namespace nrm
