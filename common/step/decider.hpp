// A service's core, typed (the concept Decider) and type-erased (Core), so that the runtime is
// ordinary compiled code.
//
//   struct Referral {
//     static constexpr Service service = Service::referral;
//     using States = StateTypes<CaseFile, Offer, Provider>;     // each with `kind`, described
//     using Receives = EventTypes<ReportReceived, …>;           // from other logs
//     static void evolve(CaseFile&, const Event&);              // one overload per state; total
//     static Result<Decision> decide(const View&, const Input&, const Policy&);  // pure
//     static void rows(const StreamKey&, const CaseFile&, Rows&);                // one per state
//     static constexpr Milliseconds patience{10};  // may be left out, all three: see Core
//     static bool presses(const Event&);
//     static Result<void> redact(const View&, Input&, const Policy&);
//   };
//
// A decision without events and clocks on a *received* event means "nothing to do here": the
// cursor moves and no record is written. An Error from decide() is a rejection: also a record.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <vector>

#include "common/event/codec.hpp"
#include "common/step/decision.hpp"
#include "common/step/input.hpp"
#include "common/step/policy.hpp"
#include "common/step/view.hpp"

namespace nrm {
template <class... S>
struct StateTypes {};
template <class... E>
struct EventTypes {
  static constexpr std::array<std::string_view, sizeof...(E)> names{E::type...};
};

template <class D>
concept Decider = requires(const View& view, const Input& input, const Policy& policy) {
  { D::service } -> std::convertible_to<Service>;
  typename D::States;
  { D::decide(view, input, policy) } -> std::same_as<Result<Decision>>;
  D::Receives::names;
};

class Core {
 public:
  virtual ~Core() = default;
  virtual Service service() const = 0;
  virtual bool wants(std::string_view event_type) const = 0;
  virtual std::unique_ptr<StateBox> blank(StreamKind kind) const = 0;  // CHECKs the kind
  virtual bool keeps(StreamKind kind) const = 0;
  // How long what follows from others' events may wait for company before it is synced. Zero where
  // somebody waits for all of it.
  virtual Milliseconds patience() const = 0;
  // Whether somebody waits for this one event all the same.
  virtual bool presses(const Event& event) const = 0;
  // `at`: of the record that the event is in. Only projections look at it.
  virtual void evolve(StreamKind kind, StateBox& state, const Event& event, Instant at) const = 0;
  virtual std::vector<Service> follows() const = 0;  // whose logs it must follow
  // Takes out of a command what no record may hold, before it is decided or refused for anything
  // else. Pure; deciding what it leaves gives what deciding the whole would have given. An Error
  // rejects the command.
  virtual Result<void> redact(const View&, Input&, const Policy&) const = 0;
  virtual Result<Decision> decide(const View&, const Input&, const Policy&) const = 0;
  virtual void rows(const StreamKey& stream, const StateBox& state, Rows& out) const = 0;
  virtual void write(StreamKind kind, const StateBox& state, std::string& out) const = 0;
  virtual Result<std::unique_ptr<StateBox>> read(StreamKind kind, json::Value in) const = 0;
  // The same, straight from the text that write() wrote; nullptr when it is otherwise.
  virtual std::unique_ptr<StateBox> scan(StreamKind kind, Scan& in) const = 0;
};

template <class D, class States>
class ErasedCore;

template <Decider D, class... S>
class ErasedCore<D, StateTypes<S...>> final : public Core {
 public:
  Service service() const override { return D::service; }
  bool wants(std::string_view type) const override {
    return std::ranges::find(D::Receives::names, type) != D::Receives::names.end();
  }
  bool keeps(StreamKind kind) const override { return ((S::kind == kind) || ...); }
  Milliseconds patience() const override {
    if constexpr (requires { D::patience; })
      return D::patience;
    else
      return Milliseconds(0);
  }
  bool presses(const Event& event) const override {
    if constexpr (requires { D::presses(event); })
      return D::presses(event);
    else
      return false;
  }
  std::unique_ptr<StateBox> blank(StreamKind kind) const override {
    std::unique_ptr<StateBox> out;
    ((S::kind == kind ? void(out = std::make_unique<Boxed<S>>()) : void()), ...);
    CHECK(out, "this service keeps no state of that kind");
    return out;
  }
  void evolve(StreamKind kind, StateBox& state, const Event& event, Instant at) const override {
    ((S::kind == kind ? evolve_one(value<S>(state), event, at) : void()), ...);
  }
  std::vector<Service> follows() const override {
    std::vector<Service> out;
    for (const auto type : D::Receives::names)
      if (const auto owner = owner_of(type); owner && std::ranges::find(out, *owner) == out.end())
        out.push_back(*owner);
    return out;
  }
  Result<void> redact(const View& v, Input& i, const Policy& p) const override {
    if constexpr (requires { D::redact(v, i, p); })
      return D::redact(v, i, p);
    else
      return {};
  }
  Result<Decision> decide(const View& v, const Input& i, const Policy& p) const override {
    return D::decide(v, i, p);
  }
  void rows(const StreamKey& stream, const StateBox& state, Rows& out) const override {
    ((S::kind == stream.kind ? D::rows(stream, value<S>(state), out) : void()), ...);
  }
  void write(StreamKind kind, const StateBox& state, std::string& out) const override {
    ((S::kind == kind ? write_json(out, value<S>(state)) : void()), ...);
  }
  Result<std::unique_ptr<StateBox>> read(StreamKind kind, json::Value in) const override {
    auto box = blank(kind);
    Reading reading(Unknown::ignore);
    bool good = true;
    ((S::kind == kind ? void(good = read_json(in, value<S>(*box), reading)) : void()), ...);
    if (!good) return reading.faults().front();
    return box;
  }
  std::unique_ptr<StateBox> scan(StreamKind kind, Scan& in) const override {
    auto box = blank(kind);
    bool good = true;
    ((S::kind == kind ? void(good = scan_json(in, value<S>(*box))) : void()), ...);
    return good ? std::move(box) : nullptr;
  }

 private:
  template <class T>
  static void evolve_one(T& state, const Event& event, Instant at) {
    if constexpr (requires { D::evolve(state, event, at); })
      D::evolve(state, event, at);
    else
      D::evolve(state, event);
  }
  template <class T>
  static T& value(StateBox& box) {
    return static_cast<Boxed<T>&>(box).value;
  }
  template <class T>
  static const T& value(const StateBox& box) {
    return static_cast<const Boxed<T>&>(box).value;
  }
};

template <Decider D>
const Core& core_of() {
  static const ErasedCore<D, typename D::States> core;
  return core;
}
}  // namespace nrm
