// The ledger that is tortured: the real Step over the real RocksDB store, with the smallest core
// (tests/unit/runtime/ledger_of_notes.hpp). What it does is a function of a seed, and what it
// writes one of its head and cursor alone, so that a checker knows every state that may be.
//
// THREAD: any for the functions; Ledger one. OWNERSHIP: Ledger owns store and step.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/runtime/step.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::torture {
inline constexpr const char* followed_log = "identification/0";

// Where a ledger stands. `head` moves with synced commits, `cursor` also without.
struct Place {
  std::uint64_t head = 0;
  std::uint64_t cursor = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

// One commit. Without asks it moves the cursor, and nothing syncs it.
struct Act {
  std::uint32_t asks = 0;
  bool moves_cursor = false;
  bool flush = false;       // after it: SSTs, a new WAL, the MANIFEST
  bool write_back = false;  // after it: the fold goes to the store, unsynced
  bool synced() const { return asks > 0; }
};
Act act_of(std::uint64_t seed, std::uint64_t number);
Place after(Place place, const Act& act);

std::string key_of(std::uint64_t seq);        // the idempotency key of record `seq`
std::string parked_of(std::uint64_t cursor);  // beside a moved cursor; may be empty

class Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> open(std::unique_ptr<Store> store);

  // The leaf of the last record, in hex; empty without asks. An error: the outcome is unknown.
  Result<std::string> perform(const Act& act);
  // Asks once more for what record `seq` answered.
  Result<wire::Answer> ask_again(std::uint64_t seq);
  Place place() const { return {step_->head(), step_->cursor(followed_log).next}; }
  Result<void> close() { return step_->close(); }
  const Store& store() const { return *store_; }

 private:
  explicit Ledger(std::unique_ptr<Store> store);
  void ask(std::uint64_t seq, std::uint64_t ticket);

  std::unique_ptr<Entropy> entropy_;
  crypto::Signer signer_;
  Policy policy_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Step> step_;
  Step::Committed last_;
  std::deque<std::string> texts_;  // that the asks of one batch borrow
};
}  // namespace nrm::torture
