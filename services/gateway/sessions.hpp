// Sessions: local accounts at the door. A password is stretched here, on a thread of its own, and
// compared in the vault; both take the same time whether or not there is such an account.
//
//   POST /v1/sessions -> Attempts (may this account, this address try?) -> Stretcher (Argon2id)
//     -> vault: OpenSession, with what proves it beside the command -> token of 15 minutes
//
// The salt is a keyed digest of the account's id under the gateway's secret, so that it is there
// without looking and worth nothing without that secret.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"
#include "common/base/time.hpp"

namespace nrm::gateway {
// THREAD: stretch() from any; `done` on its own.
class Stretcher {
 public:
  using Done = std::function<void(Result<Sensitive<std::string>>)>;
  Stretcher() : thread_([this] { run(); }) {}
  ~Stretcher();  // what waits is told `unavailable`
  // ERRORS, to `done`: unavailable (too many wait, at once; no memory).
  void stretch(Sensitive<std::string> password, std::string salt, Done done);

 private:
  struct Job {
    Sensitive<std::string> password;
    std::string salt;
    Done done;
  };
  void run();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

// Who failed lately, by account and by address. Each failure beyond some free ones doubles the
// wait, up to a quarter of an hour. A loopback address is a proxy's, so everybody's: not counted.
// An account that does not exist is counted like one that does. THREAD: any.
class Attempts {
 public:
  // ERRORS: too_many_requests.
  Result<void> may_try(const AccountId& account, const std::string& address, Instant now);
  void failed(const AccountId& account, const std::string& address, Instant now);
  void succeeded(const AccountId& account);

 private:
  struct Count {
    std::uint32_t failures = 0;
    Instant until;
  };
  using Counts = std::unordered_map<std::string, Count>;
  const Count* find(const std::string& key) const;
  void count(const std::string& key, std::uint32_t free, Instant now);
  std::mutex mutex_;
  // Two halves: when the young one is full it becomes the old one, and that is forgotten. Nobody is
  // forgotten before half as many others as we remember have failed, which takes hours of Argon2id.
  Counts young_, old_;
};

// What a new local account gets, all from the request: a retry gets the same.
struct LocalSecrets {
  AccountId account;
  Sensitive<std::string> password;  // 100 bits, in groups to be read out
  Sensitive<std::string> totp;      // 20 bytes
};
LocalSecrets derive_local_secrets(std::string_view secret, std::string_view request);
// The password of them alone.
Sensitive<std::string> derive_password(std::string_view secret, std::string_view request);
std::string salt_of(std::string_view secret, const AccountId& account);  // 16 bytes
// "otpauth://totp/…": what an authenticator app reads from a QR code.
std::string otpauth_uri(const AccountId& account, const Sensitive<std::string>& totp);
std::string to_base32(std::string_view bytes);  // RFC 4648, without padding

struct Sessions {
  Attempts attempts;
  Stretcher stretcher;
};
}  // namespace nrm::gateway
