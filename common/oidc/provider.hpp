// Provider: one identity provider, and its keys as they are now. A thread of its own finds its
// discovery document (OpenID Connect Discovery 1.0, section 4) and key set, over HTTPS and from
// nobody but who has a certificate of the configured authority; everybody else only looks.
//
//   every `refresh`                fetches, so that a new key is known before it is used
//   a key that is not known        fetches at once, but not again within `refetch_after`
//   `keys_kept_max` without keys   trusts nothing any more: fails closed
//
// THREAD: any. What waits in refresh() goes on on the provider's thread.
// OWNERSHIP: borrows the clock.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/oidc/access_token.hpp"

namespace nrm::oidc {
// "https://id.example.org:8443/realm" in parts. None for anything else, with query or user too.
struct Address {
  std::string host;
  std::uint16_t port = 443;
  std::string path;  // "" or starts with '/'
};
std::optional<Address> read_address(std::string_view url);

class Provider {
 public:
  struct Options {
    Rules rules;
    std::string authority_file;  // PEM; whose certificates the provider's server may have
    std::chrono::milliseconds refresh = std::chrono::minutes(5);
    std::chrono::milliseconds refetch_after = std::chrono::seconds(30);
    std::chrono::milliseconds keys_kept_max = std::chrono::hours(24);
    std::chrono::milliseconds deadline = std::chrono::seconds(5);  // of one request to it
  };
  // Starts to fetch. REQUIRES: read_address(options.rules.issuer). `ticks`: steady time.
  Provider(Options options, const Clock& ticks);
  ~Provider();

  // ERRORS: as verify_access_token(); unauthenticated also when no keys are trusted.
  Result<Claims> verify(std::string_view token, Instant now) const;
  bool is_trusted() const;  // there are keys, and they are not too old
  // Counts key sets that differ from the one before.
  std::uint64_t generation() const { return generation_; }

  // Runs `then` after the next fetch; at once when none may be made yet, or too many wait.
  void refresh(std::function<void()> then);

 private:
  void run();
  void fetch();
  Result<std::string> get(const std::string& url) const;
  Result<std::string> keys_address() const;

  const Options options_;
  const Clock& ticks_;
  mutable std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::shared_ptr<const KeySet> keys_;
  std::string document_;  // that the keys were read from
  std::optional<Instant> fetched_, tried_;
  std::vector<std::function<void()>> waiting_;
  bool wanted_ = false, fetching_ = false, stopping_ = false;
  std::atomic<std::uint64_t> generation_{0};
  std::thread thread_;
};
}  // namespace nrm::oidc
