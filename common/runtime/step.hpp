// Step: the one loop body. Takes inputs in order, decides each, and makes all of it happen in one
// synced batch; only then are there answers and records to send.
//
//   1 take up to N inputs, in order            5 number, write once, hash as a Merkle leaf
//   2 same key and content before: that answer 6 ONE batch: record, state, rows, clocks, cursor,
//   3 load states, check the expected version    idempotency, tree; write with sync
//   4 decide                                   7 only then: answer, and feed the followers
//
// What folding gives (states, rows, clocks, answered requests) is not in that batch: it follows
// from the log, so it is written back later, many records at a time (write_back()), with the number
// of records that it covers. open() folds the rest again. Why: README.md, "Written back".
//
// THREAD: the service's loop thread. OWNERSHIP: borrows all that is in Parts.
// ERRORS: commit() fails with io_failed: the outcome is unknown and the process must end.
// INVARIANT: before commit() returns nothing has happened; after it, everything has.
// INVARIANT: what is stored of the fold is exactly that of the first folded() records.
#pragma once
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/adoption.hpp"
#include "common/runtime/fold.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/messages.hpp"
#include "common/runtime/signing.hpp"

namespace nrm {
// The vault's way to keep plaintext out of inputs, records, states and rows. Others have none.
class Hooks {
 public:
  virtual ~Hooks() = default;
  // Before deciding: seals `personal`, puts the ciphertexts into `batch`, completes the command.
  // An Error rejects the command; the batch is used only if the command is accepted.
  virtual Result<void> before(Input& input, std::string_view personal, Batch& batch) = 0;
  // What keys the digests of personal parts, the newest first; none: the store's secret. These keys
  // end, and with them what a digest in the log could confirm about who is guessed.
  virtual std::vector<const crypto::SecretKey*> request_keys() const { return {}; }
  // With the decision: what must be destroyed in the same batch.
  virtual void decided(const Record& record, Batch& batch) = 0;
  // After the commit: opens what the record says may be opened; empty for all other records.
  // `repeated`: the stored answer to an earlier request. An Error is what the caller is told; the
  // record stands.
  virtual Result<Sensitive<std::string>> answer(const Record& record, bool repeated) = 0;
  // Between two batches, with what is committed: a bounded piece of the service's own upkeep.
  // ERRORS: io_failed; the process must end.
  virtual Result<void> upkeep() { return {}; }
  // Whether a clock that has run out may be taken up: its upkeep is done.
  virtual bool may_take_up(const Due&) { return true; }
};

class Step {
 public:
  struct Parts {
    const Core& core;
    Store& store;
    Entropy& entropy;
    const Policy& policy;  // of record 0
    std::string policy_digest;
    const crypto::Signer& signer;
    std::string origin;  // of the checkpoints
    bool sandbox = false;
    Hooks* hooks = nullptr;
    std::vector<AdoptedPolicy> adopted{};  // later versions, among which those of the log must be
  };
  // Opens the log where it stands; a fresh store gets record 0.
  // ERRORS: corrupt; diverged when the store is another service's, mode's or installation's.
  static Result<std::unique_ptr<Step>> open(Parts parts, Instant now);

  // Each takes one input into the batch. Answers come with commit(), in the order of asking.
  void ask(const wire::Ask& ask, std::uint64_t ticket, Instant now);
  void receive(Received received, std::optional<Actor> actor, Instant now);
  // A record that its sender had no right to: kept as a dead letter, with nothing done.
  void refuse(ReceivedNote note, Error why, Instant now);
  void due(const Due& due, Instant now);
  // A command of this process itself: it has no actor, and nobody waits for an answer.
  void ask_itself(Command command, Instant now);
  void move_cursor(const std::string& log, const LogPlace& place);
  // Up to `max` clocks that have run out, in order; of those that destroy something only what was
  // set for a moment before `settled`, in a stream that is not `unsettled`. REQUIRES: at the start
  // of a batch.
  std::vector<Due> overdue(Instant now, std::size_t max, Instant settled = Instant{INT64_MAX},
                           const std::set<StreamKey>& unsettled = {});
  // No clock runs out before this; none when no clock runs.
  std::optional<Instant> next_due() const { return earliest_due_; }

  struct Answered {
    std::uint64_t ticket = 0;
    wire::Answer answer;  // `number` is the caller's to set; views borrow from Committed
  };
  struct Committed {
    std::uint64_t first = 0;           // number of the first new record
    std::vector<std::string> records;  // the new records' bytes
    std::deque<std::string> kept;      // other bytes that answers borrow
    std::string_view checkpoint;       // one for all answers, in `kept`
    std::vector<Answered> answers;
  };
  bool idle() const;  // nothing taken since the last commit
  // Somebody waits for what this batch has decided on others' events or on clocks.
  bool pressed() const { return pressed_; }
  Batch& batch() { return batch_; }  // for what must be in it beside the step's own
  Result<Committed> commit();
  // Writes what the fold has and the store has not. Not synced: the log can give it again.
  // REQUIRES: idle().
  Result<void> write_back();
  std::uint64_t folded() const { return folded_; }  // records that the stored fold covers

  std::uint64_t head() const { return tree_.size() - records_.size(); }  // records on disk
  // The time that an input would get now; the next record is not before it.
  Instant log_time(Instant now) { return last_at_ = std::max(last_at_, now); }
  Result<Hash> leaf(std::uint64_t seq) const;  // REQUIRES: seq < head()
  // RFC 6962, 2.1.2. REQUIRES: no record is under way; old_size <= size <= head().
  Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, std::uint64_t size) const;
  Result<Hash> root_at(std::uint64_t size) const;  // REQUIRES: as above
  LogPlace cursor(const std::string& log) const;
  // A note that covers the whole log; signed anew only when the log has grown. REQUIRES: no record
  // is under way: what is signed must never be taken back.
  const std::string& checkpoint();
  const Fold& fold() const { return fold_; }
  // The process's own keys, public, as mechanism.json has them. What the log does not say of them
  // yet goes into the batch; with `next` it is that one's signature from this commit on.
  // REQUIRES: idle().
  Result<void> note_key(KeyUse use, const std::string& key, const std::optional<std::string>& next,
                        Instant now);
  // The log says that it has another version of the pack, and decides by it from its moment on;
  // what it has said already is not said again. REQUIRES: idle().
  void note_policy(const AdoptedPolicy& adopted, Instant now);
  const Policy& policy_at(Instant moment) const { return policies_.at(moment); }
  void sign_with(crypto::Signer next) { next_signer_.emplace(std::move(next)); }
  // On a clean stop: the last checkpoint goes to disk too.
  Result<void> close();

 private:
  struct Ticket {
    std::uint64_t ticket = 0;
    std::uint64_t seq = 0;
    std::optional<Error> fault;  // not taken in at all
    bool repeated = false;
  };
  // What an answer tells of a record, so that nothing that was just written is read again.
  struct Outcome {
    Hash leaf;
    std::optional<Error> rejection;
    std::optional<Record> record;  // kept for the hooks alone
  };
  explicit Step(Parts parts);
  Result<void> load(Instant now);
  Result<void> open_log(Instant now);
  Result<void> load_policies();
  Result<void> fold_rest();
  Result<Command> read_asked(const wire::Ask& ask);
  // What the request is known by, when it comes again with its key: the newest first.
  std::vector<Digest16> digests_of(const wire::Ask& ask) const;
  Result<Decision> decide(Input& input, const wire::Ask& ask, Batch& sealed);
  Input make_input(Instant now, std::optional<Actor> actor);
  void note(Event event, Instant now);
  const crypto::Signer& signer() const { return signer_ ? *signer_ : parts_.signer; }
  // Numbers the record, folds it and puts it into the batch.
  void take(Record record);
  Result<std::string> read_record_bytes(std::uint64_t seq) const;
  // Of a record that an earlier batch wrote.
  Result<Outcome> read_outcome(std::string_view bytes);
  Result<void> complete(const Ticket& ticket, Committed& out);

  Parts parts_;
  Fold fold_;
  MerkleTree::ReadTile tiles() const;
  MerkleTree tree_;
  std::string secret_;      // keys the digests of requests
  PolicyHistory policies_;  // of this log
  Instant last_at_;
  std::optional<Instant> earliest_due_;  // a lower bound
  json::Document document_;
  std::uint64_t folded_ = 0;
  std::unordered_map<std::string, LogPlace> cursors_;
  std::set<std::string> moved_;  // cursors that this batch moves

  // The batch that is being made.
  Batch batch_;
  std::vector<std::string> records_;
  std::vector<Outcome> outcomes_;  // of records_
  std::uint64_t first_ = 0;
  std::vector<Ticket> tickets_;
  bool pressed_ = false;

  std::optional<crypto::Signer> signer_;       // since an adoption
  std::optional<crypto::Signer> next_signer_;  // of an adoption that is not committed
  std::string checkpoint_;
  std::uint64_t checkpoint_size_ = ~std::uint64_t{0};  // that checkpoint_ covers
};
}  // namespace nrm
