// Witnessing: brings the checkpoints of all logs to the witnesses that the folder names, and
// collects their cosignatures (C2SP tlog-witness; common/ledger/witness_policy.hpp).
//
//   witnesses/policy   C2SP tlog-policy; its URLs are the witnesses' submission prefixes
//   witnesses/ca.pem   whose certificates they have; without it the system's authorities
//   witnesses/every    how often, as in "60s"; without it a minute
//
// Each round submits each log's newest checkpoint, also an unchanged one, so that a quorum's word
// is never older than a round. A witness that does not answer costs one deadline a round and holds
// up nobody: without a quorum the system goes on and says "unwitnessed since". A witness that has
// seen another history is an alarm (`witness_contradicts`): one alone may err or lie, so nothing
// stops.
// THREAD: its own; begins with the constructor, ends with the destructor.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/http/http.hpp"
#include "common/ledger/witness_policy.hpp"
#include "services/gateway/witnessed.hpp"

namespace nrm::gateway {
struct WitnessSettings {
  WitnessPolicy policy;
  std::string authority_file;
  Milliseconds every{};
};
// None: the folder names no witnesses. ERRORS: corrupt, with file, line and what to do.
Result<std::optional<WitnessSettings>> read_witness_settings(const std::string& folder);

// Asks the owner of a log for a consistency proof; `done` once, on any thread.
using Proved = std::function<void(Result<std::vector<Hash>>)>;
using Prove = std::function<void(const std::string& log, std::uint64_t old_size, std::uint64_t size,
                                 Proved done)>;

class Witnessing {
 public:
  struct Head {
    std::string log;
    std::string note;  // its newest checkpoint, signed by its owner; empty: none yet
  };
  struct Parts {
    WitnessSettings settings;
    std::function<std::vector<Head>()> heads;
    Prove prove;
    WitnessedLogs& witnessed;
  };
  // ERRORS: io_failed (the authorities' file), corrupt (a URL that is none).
  static Result<std::unique_ptr<Witnessing>> start(Parts parts);
  ~Witnessing();

 private:
  struct Witness {
    WitnessPolicy::Witness named;
    std::string target;  // "/prefix/add-checkpoint"
    std::unique_ptr<http::Client> client;
    std::map<std::string, std::uint64_t> cosigned;  // by log: the size that it has
    std::set<std::string> contradicts;              // logs
    bool silent = false;                            // in this round
  };
  explicit Witnessing(Parts parts) : parts_(std::move(parts)) {}
  void run();
  void round();
  void submit_everywhere(const Head& head);
  // Signature lines. ERRORS: unavailable, timeout; forbidden (it does not know the log or its key);
  // diverged: it has seen another history.
  Result<std::string> submit(Witness& witness, const Head& head, const Note& note,
                             const Checkpoint& checkpoint);
  Result<std::vector<Hash>> prove(const std::string& log, std::uint64_t old_size,
                                  std::uint64_t size);
  void failed(Witness& witness, const std::string& log, const Error& why);

  Parts parts_;
  std::vector<Witness> witnesses_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};
}  // namespace nrm::gateway
