// Gossip: an owner that shows one history to some and another to others is found by the next peer.
// What B was shown of A's log goes with B's heartbeat to C, who holds it against what A shows C.
//
//   same size     the roots must be the same
//   otherwise     A must prove that the larger tree begins with the smaller one (PROVE, PROOF)
//
// Only checkpoints signed by A count, so nobody but the holder of A's key can be found guilty, and
// a peer that lies is passed over. What is found is never repaired: contradiction() says it once,
// the link stops, people look at both checkpoints. An owner that does not prove is reported.
//
// THREAD: one. Bounded: one question at a time for each log, sizes_kept_max checkpoints.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"
#include "common/bus/bus.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/runtime/messages.hpp"

namespace nrm {
class Gossip {
 public:
  struct Log {
    std::string name;  // "vault/0"
    Link owner{};
  };
  // Verifier keys that may sign a log's checkpoints now; none: nothing of that log is believed.
  using Keys = std::function<std::vector<std::string>(std::string_view log)>;
  Gossip(std::vector<Log> logs, Keys keys);

  // What the owner of the log shows us. REQUIRES: it came by the owner's link.
  void heard(std::string_view log, const std::string& note);
  // What a peer says that owners showed it. `now`: ticks.
  void told(std::string_view peer, const std::vector<std::string>& seen, Instant now);
  void on(Link link, const wire::Proof& message);
  // Asks the owners for what is to be proved. None when there is nothing to ask.
  void turn(Bus& bus, Instant now);

  // For our own heartbeats: what we were shown last, signed, of each log.
  std::vector<std::string> seen() const;
  // A log that showed two histories, and what to say of it; each is said once.
  struct Contradiction {
    std::string log;
    std::string peer;  // who was shown the other one
    std::uint64_t size = 0;
  };
  std::optional<Contradiction> contradiction();
  // A signed checkpoint of this log by its origin's keys. None: it is not one.
  std::optional<Checkpoint> signed_checkpoint(std::string_view log, const std::string& note) const;

 private:
  struct Doubt {  // a checkpoint that a peer was shown, and that is not yet compared with ours
    Checkpoint told;
    std::string peer;
    Instant since;
    std::optional<Checkpoint> ours;  // that the owner was asked about
    Instant asked{};
  };
  struct Heard {
    Log log;
    std::string note;  // the last one; signed
    std::deque<Checkpoint> ours;
    std::map<std::string, std::string, std::less<>> last_told;  // by peer: compared already
    std::optional<Doubt> doubt;
    bool contradicted = false, reported = false;
  };
  // True: it is settled, one way or the other.
  bool compare(Heard& heard, const Checkpoint& told, std::string_view peer);
  void find(Heard& heard, const Checkpoint& told, std::string_view peer);

  std::vector<Heard> logs_;
  Keys keys_;
  std::deque<Contradiction> found_;
};
}  // namespace nrm
