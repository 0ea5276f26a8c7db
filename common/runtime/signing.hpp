// Which key signs a log's checkpoints at which size, as the log itself tells, and how a process's
// own keys get into its log.
//
//   record 0    LogOpened.key          the first key
//   record n    LogKeyAdopted(log)     signed by the key before it; signs what covers n records and
//                                      itself, n + 1 and more
//   record m    LogKeyRetired          the one before is not accepted any more
//
// INVARIANT: only who holds the key in force can name the next one, so a verifier needs to trust
// one key of a log and follows the others from it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"
#include "common/event/events.hpp"
#include "common/store/store.hpp"

namespace nrm {
std::string key_text(const crypto::PublicKey& key);  // hex
std::optional<crypto::PublicKey> read_key_text(std::string_view hex);
// What the key before signs.
std::string endorsement_text(std::string_view origin, KeyUse use, std::string_view key);

// The keys of one log, read off its records in order.
class LogKeys {
 public:
  // `anchor`: of a log whose record 0 names no key (mechanism.json has it).
  LogKeys(std::string origin, const crypto::PublicKey& anchor);
  // Every record, in order; only those about keys are decoded.
  // ERRORS: corrupt (an adoption that the key before did not sign).
  Result<void> take(std::uint64_t seq, std::string_view bytes);
  const crypto::PublicKey& at(std::uint64_t size) const;  // signs a checkpoint over that many
  const crypto::PublicKey& in_force() const { return keys_.back().key; }
  std::size_t adopted() const { return keys_.size() - 1; }
  std::uint64_t adopted_at() const { return keys_.back().size; }  // 0: none was
  std::string text() const;                                       // to keep it
  static Result<LogKeys> read(std::string origin, std::string_view text);

 private:
  struct Since {
    std::uint64_t size;
    crypto::PublicKey key;
  };
  std::string origin_;
  std::vector<Since> keys_;
};

// What a service's log has said last about one of its own keys (meta "key/<use>").
struct NotedKey {
  std::string key;     // public, as in the events
  std::string before;  // not retired yet; empty: it is
};
Result<std::optional<NotedKey>> noted_key(const Store& store, KeyUse use);
void put_noted_key(KeyUse use, const NotedKey& noted, Batch& batch);
}  // namespace nrm
