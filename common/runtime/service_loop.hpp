// ServiceLoop: one service as a state machine over its bus: take what waits, step, commit, answer,
// feed. The process runs turn() in a loop; the seeded world runs the same turn() on one thread.
//
// THREAD: one. OWNERSHIP: borrows all of Parts.
// ERRORS: turn() fails when the store does (io_failed): the process must end; nothing more may be
// answered.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/runtime/feed.hpp"
#include "common/runtime/gossip.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
class ServiceLoop {
 public:
  struct Parts {
    Step::Parts step;
    Bus& bus;            // peers are named by their services: "identification", …
    const Clock& clock;  // the time of the log
    const Clock& ticks;  // for silence and heartbeats: never jumps with a sandbox
    // C2SP verifier keys of the logs' owners, as they are now (gossip.hpp); without them what peers
    // say of others is passed over.
    std::function<std::vector<std::string>(Service owner)> verifier_keys = {};
    // What comes over the same bus for somebody else in this process (the archive), if anybody.
    std::function<void(Link, const wire::Message&, Instant ticks)> others = {};
  };
  static Result<std::unique_ptr<ServiceLoop>> open(Parts parts);

  // Waits up to `wait` when there is nothing to do.
  Result<void> turn(std::chrono::milliseconds wait);
  // The process's own keys changed, or are told for the first time: what its log has not said is
  // committed. `signer`: of `next`, when `use` is log. ERRORS: as turn().
  struct OwnKey {
    KeyUse use{};
    std::string key;  // public
    std::optional<std::string> next;
    std::optional<crypto::Signer> signer;
  };
  Result<void> own_key(OwnKey own);
  // What the folder has adopted: versions that the log has not named yet are, in their order.
  // ERRORS: as turn().
  Result<void> adopt(const std::vector<AdoptedPolicy>& adopted);
  // What this process itself has to say, without an actor. ERRORS: as turn().
  Result<void> ask_itself(Command command);
  // Commits what was taken, signs and flushes. After it only destruction.
  Result<void> close();

  Step& step() { return *step_; }
  const std::vector<FeedCursor>& cursors() const { return cursors_; }
  bool stopped() const;  // a feed was refused, or two peers hold another history of ours: alarm

 private:
  explicit ServiceLoop(Parts parts, std::unique_ptr<Step> step);
  void take_messages();
  void take_feed(const Delivery& delivery, const wire::Message& message, Instant now);
  void start_gossip();
  void take_gossip(FeedCursor& cursor, const Delivery& delivery, const wire::Beat& beat);
  Result<void> look_at_own_checkpoints();
  void stop_contradicted();
  bool may(bool allowed, const Delivery& delivery, std::string_view what);
  bool says_others_events(const std::string& log, const EventTypeSet& types) const;
  void refuse_forged(const std::string& log, std::uint64_t seq, const LazyLeaf& leaf, Instant now);
  void refuse_records(FeedCursor& cursor, const Delivery& delivery, const Error& why);
  bool look_at_clocks(Instant now, Instant ticks);
  bool dates_nothing() const { return clock_ahead_ || !time_known_; }
  void refuse_asks(Link link, const wire::Asks& asks);
  void take_asks(Link link, const wire::Asks& asks, Instant now);
  Result<void> take_record(const std::string& log, std::uint64_t seq, std::string_view bytes,
                           const LazyLeaf& leaf, Instant now);
  Result<bool> park(std::string_view bytes, const EventTypeSet& types);
  bool caught_up(Instant ticks) const;
  Result<void> take_overdue(Instant now);
  Result<void> unpark(Instant now);
  bool waits_for_company(Instant ticks) const;
  Result<void> commit_and_answer();
  Result<void> write_back(Instant ticks);
  void send_answers(std::vector<Step::Answered>& all);

  Parts parts_;
  std::unique_ptr<Step> step_;
  FeedSource source_;
  std::vector<FeedCursor> cursors_;
  std::optional<Gossip> gossip_;
  // Checkpoints of this log that peers were shown, and who: looked at when nothing is under way.
  std::map<std::string, std::string, std::less<>> own_shown_;
  std::deque<Delivery> inbox_;
  std::size_t inputs_ = 0;  // in this batch
  Instant batch_began_;     // by the ticks
  std::vector<std::pair<Link, std::uint64_t>> tickets_;
  std::optional<Instant> behind_since_;    // by the ticks: a feed has not been drained since
  std::optional<Instant> unfolded_since_;  // by the ticks: the stored fold has been behind since
  bool clock_apart_ = false;               // most peers say that it is another time
  bool clock_ahead_ = false;               // and an earlier one
  bool time_known_ = false;                // most peers have said once what time it is
  std::optional<Instant> started_;         // by the ticks
  std::set<std::string> refused_;          // "peer what", of which was told
  std::map<std::string, EventTypeSet> emits_;  // what the followed logs may hold
  std::set<StreamKey> parked_;                 // streams with a record that is not understood yet
  std::size_t parked_records_ = 0;             // of those streams
  RecordReader record_;
};
}  // namespace nrm
