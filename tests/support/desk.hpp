// Desk: a world of one decider in memory. It does what the runtime does, without a disk: decides
// an input, folds the events, keeps states, versions, rows and clocks, and is the View.
//
// Everything that a decider promises is checked at every step, whatever the test is about:
//   - deciding twice gives the same answer, and so does what redact() leaves of a command, which is
//     what goes into the record; it can be read again
//   - events are this service's own, go to streams that it keeps, and survive their codec
//   - a state survives its codec byte for byte, and folding its events from scratch gives it again
//   - rows belong to one state each; a clock is never set into the past; a clock never fails
// A broken promise is a text in faults(). No GoogleTest in here: the simulation uses it as well.
//
// THREAD: one. OWNERSHIP: borrows the core (core_of<D>() lives for ever), owns the rest.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm::test {
// What came of one input: a decision, or a rejection.
struct Outcome {
  Decision decision;
  std::optional<Error> rejection;
  bool nothing() const { return !rejection && decision.events.empty() && decision.clocks.empty(); }
};

class Desk final : public View {
 public:
  using Clocks = std::map<std::pair<StreamKey, ClockName>, Instant>;

  Desk(const Core& core, Policy policy) : core_(core), policy_(std::move(policy)) {}

  Outcome apply(const Input& input);
  std::unique_ptr<Desk> copy() const;  // a world of its own, as this one is now; without its faults

  const Core& core() const { return core_; }
  const Policy& policy() const { return policy_; }
  const Clocks& clocks() const { return clocks_; }
  const std::map<std::string, std::string>& all_rows() const { return rows_; }
  const std::vector<std::string>& faults() const { return faults_; }
  std::string state_json(const StreamKey& stream) const;  // empty when there is none
  std::string whole() const;  // every state, clock and row as text: "did anything change?"

  std::uint64_t version(const StreamKey& stream) const override;
  void rows(std::string_view prefix,
            const std::function<bool(std::string_view, std::string_view)>& take) const override;

 protected:
  const StateBox* state(const StreamKey& stream) const override;

 private:
  struct Stream {
    std::unique_ptr<StateBox> state;
    std::vector<std::pair<Event, Instant>> events;  // and when
  };

  Outcome decide(const Input& input);
  // The input as its record has it. `decided`: of the whole.
  Input redacted(const Input& input, const Result<Decision>& decided);
  void fold(const Emit& emit, Instant at);
  void change_clock(const ClockChange& change, Instant now);
  void check_record(const Input& input, const Outcome& outcome);
  void check_emit(const Emit& emit);
  void check_stream(const StreamKey& key, const Stream& stream);
  void remove_rows(Rows& rows);
  void add_rows(const StreamKey& key);
  void fault(std::string what) { faults_.push_back(std::move(what)); }

  const Core& core_;
  Policy policy_;
  std::map<StreamKey, Stream> streams_;
  std::map<std::string, std::string> rows_;
  Clocks clocks_;
  std::vector<std::string> faults_;
};
}  // namespace nrm::test
