// View: what a decider may know: this service's states and rows, exactly as of the position before
// the input, and nothing else. Bounded. In tests it is a map (tests/support/desk.hpp).
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "common/event/stream.hpp"

namespace nrm {
// A folded state behind its type; see step/decider.hpp.
class StateBox {
 public:
  virtual ~StateBox() = default;
};

template <class S>
class Boxed final : public StateBox {
 public:
  S value{};
};

class View {
 public:
  virtual ~View() = default;

  // The folded state of a stream, or nullptr when it has no event yet.
  template <class S>
  const S* find(const Uuid& id) const {
    const StateBox* box = state(StreamKey{S::kind, id});
    return box ? &static_cast<const Boxed<S>*>(box)->value : nullptr;
  }
  // Number of events in the stream.
  virtual std::uint64_t version(const StreamKey& stream) const = 0;
  // Rows whose key starts with `prefix`, in key order, until `take` returns false or
  // limits::view_rows_max were read.
  virtual void rows(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>& take) const = 0;

 protected:
  virtual const StateBox* state(const StreamKey& stream) const = 0;
};
}  // namespace nrm
