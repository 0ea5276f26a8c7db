// The layers of a verification and what they share. Private to verification.cpp and layer_*.cpp.
//
// INVARIANT: each function fills its own layers of `findings`, and no other's.
#pragma once
#include <mutex>

#include "common/ledger/merkle.hpp"
#include "common/runtime/recompute.hpp"
#include "common/runtime/signing.hpp"
#include "services/audit/conservation.hpp"
#include "services/audit/evidence.hpp"
#include "services/audit/leaves.hpp"
#include "services/audit/openings.hpp"
#include "services/audit/saved_result.hpp"
#include "services/audit/verification.hpp"

namespace nrm {
// One log while it is checked.
struct CheckedLog {
  const LogEvidence::Log* given = nullptr;
  Service service{};
  std::string name;
  const Store* store = nullptr;  // nullptr: it cannot be read
  Leaves leaves{};               // of every record, also of those before `from`
  MerkleTree tree;               // over them
  std::optional<LogKeys> keys;   // none: nobody says which key this log has
  std::uint64_t from = 0;        // records before it were verified by the run that is continued
  std::optional<OpenedUnder> opened;
  const AdoptedPack* pack = nullptr;
  bool readable = false;    // all its records are there and its own
  PolicyAdoptions adopted;  // when it was decided again: what it says of its pack since record 0
  Instant last_at;          // of its last record, then
  std::uint32_t last_engine = 0;

  Fault fault(std::string text, std::optional<std::uint64_t> seq = {}, std::string file = {}) const;
  Fault at(std::uint64_t seq, const std::string& what) const;  // "referral/0 record 7: …"
};

struct Check {
  Check(const LogEvidence& given, const VerifyOptions& how) : evidence(given), options(how) {}

  const LogEvidence& evidence;
  const VerifyOptions& options;
  Findings findings;
  std::vector<CheckedLog> logs;    // in the evidence's order
  std::unique_ptr<Store> scratch;  // where the two put what they do not use
  Conservation conservation;
  Openings openings;
  std::optional<SavedResult> before;  // the run that is continued
  std::vector<Since::Note> kept;      // checkpoints that who verifies has kept
  // Of an export, whose logs are of different moments: how many records of a log its followers have
  // taken.
  std::map<std::string, std::uint64_t> claimed;

  const CheckedLog* find(const std::string& name) const;
  const CheckedLog* find(Service service) const;
  // REQUIRES: log.pack.
  Recompute::Pack pack_of(const CheckedLog& log) const;
  bool exported() const { return evidence.kind == LogEvidence::Kind::exported; }
  // THREAD: any.
  void tell(const std::string& what, std::uint64_t done, std::uint64_t of);

 private:
  std::mutex telling_;
};

// What an earlier run left, and what this one leaves: nothing unless all of it holds
// (resuming.cpp).
Result<void> resume_rules(const SavedResult& before, Conservation& conservation,
                          Openings& openings);
Result<void> save_result(Check& check);

void check_stored_files(Check& check);  // layer_files.cpp
void read_hashes(Check& check);         // layer_tiles.cpp: files, tiles, records
void check_checkpoints(Check& check);   // layer_checkpoints.cpp
void check_causes(Check& check);        // layer_cross_log.cpp
void check_archive(Check& check);       // layer_cross_log.cpp
void check_decisions(Check& check, std::vector<std::function<void()>>& tasks,
                     std::vector<std::function<void()>>& afterwards);  // layer_decisions.cpp
void check_observations(Check& check, std::vector<std::function<void()>>& tasks,
                        std::vector<std::function<void()>>& afterwards);  // layer_observations.cpp
void check_rules(Check& check, std::vector<std::function<void()>>& tasks,
                 std::vector<std::function<void()>>& afterwards);  // layer_conservation.cpp
}  // namespace nrm
