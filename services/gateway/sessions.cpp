#include "services/gateway/sessions.hpp"

#include <algorithm>

#include "common/base/limits.hpp"
#include "common/crypto/crypto.hpp"
#include "common/crypto/password.hpp"

namespace nrm::gateway {
namespace {
// An address may be a whole office behind one router.
constexpr std::uint32_t account_free = 4, address_free = 20;
constexpr Milliseconds first_wait = std::chrono::seconds(2),
                       longest_wait = std::chrono::minutes(15);
// When nothing was tried for this long, it is forgotten.
constexpr Milliseconds remembered = std::chrono::hours(1);

Error busy() { return Error(Code::unavailable, "", "too many passwords are being checked"); }
}  // namespace

Stretcher::~Stretcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (const Job& job : jobs_) job.done(busy());
}

void Stretcher::stretch(Sensitive<std::string> password, std::string salt, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && jobs_.size() < limits::passwords_waiting_max) {
      jobs_.push_back({std::move(password), std::move(salt), std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done(busy());
}

void Stretcher::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.done(crypto::stretch(job.password.reveal(), job.salt));
    lock.lock();
  }
}

namespace {
// Behind the proxy every client has its address: one of them would keep the whole country out.
bool is_shared(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}
}  // namespace

const Attempts::Count* Attempts::find(const std::string& key) const {
  if (const auto found = young_.find(key); found != young_.end()) return &found->second;
  const auto found = old_.find(key);
  return found == old_.end() ? nullptr : &found->second;
}

Result<void> Attempts::may_try(const AccountId& account, const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  for (const std::string& key : {"account/" + account.text(), "address/" + address}) {
    const Count* one = find(key);
    if (one != nullptr && now < one->until)
      return Error(Code::too_many_requests, "", "too many wrong attempts; wait a while");
  }
  return {};
}

void Attempts::failed(const AccountId& account, const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  count("account/" + account.text(), account_free, now);
  if (!is_shared(address)) count("address/" + address, address_free, now);
}

void Attempts::count(const std::string& key, std::uint32_t free, Instant now) {
  const Count* known = find(key);
  Count one = known != nullptr && now <= known->until + remembered ? *known : Count{};
  ++one.failures;
  const std::uint32_t doublings = one.failures > free ? std::min(one.failures - free - 1, 16u) : 0;
  one.until = now;
  if (one.failures > free) one.until = now + std::min(first_wait * (1 << doublings), longest_wait);
  if (young_.size() >= limits::attempts_remembered_max / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[key] = one;
}

void Attempts::succeeded(const AccountId& account) {
  const std::lock_guard lock(mutex_);
  young_.erase("account/" + account.text());
  old_.erase("account/" + account.text());
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = buffer << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) out += digits[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) out += digits[buffer << (5 - bits) & 31];
  return out;
}

namespace {
// `request` may hold a password: no copy of it stays.
std::string derived(std::string_view secret, std::string_view what, std::string_view request,
                    std::size_t size) {
  std::string text;
  text.reserve(what.size() + 1 + request.size());
  text.append(what).append(1, '\n').append(request);
  const Sensitive<std::string> whole(std::move(text));
  return crypto::keyed_digest(secret, whole.reveal(), size);
}
}  // namespace

Sensitive<std::string> derive_password(std::string_view secret, std::string_view request) {
  const Sensitive<std::string> letters(
      to_base32(derived(secret, "nrm-local-password-1", request, 16)).substr(0, 20));
  std::string password;
  password.reserve(24);
  for (std::size_t i = 0; i < letters.reveal().size(); ++i) {
    if (i != 0 && i % 5 == 0) password += '-';
    password += letters.reveal()[i];
  }
  return Sensitive<std::string>(std::move(password));
}

LocalSecrets derive_local_secrets(std::string_view secret, std::string_view request) {
  LocalSecrets out;
  std::ranges::copy(derived(secret, "nrm-local-account-1", request, 16),
                    reinterpret_cast<char*>(out.account.bytes.data()));
  out.account.bytes[6] = static_cast<std::uint8_t>((out.account.bytes[6] & 0x0f) | 0x80);
  out.account.bytes[8] = static_cast<std::uint8_t>((out.account.bytes[8] & 0x3f) | 0x80);
  out.password = derive_password(secret, request);
  out.totp = Sensitive<std::string>(derived(secret, "nrm-local-totp-1", request, 20));
  return out;
}

std::string salt_of(std::string_view secret, const AccountId& account) {
  return crypto::keyed_digest(secret, "nrm-salt-1\n" + account.text(), 16);
}

std::string otpauth_uri(const AccountId& account, const Sensitive<std::string>& totp) {
  return "otpauth://totp/nrm:" + account.text() + "?secret=" + to_base32(totp.reveal()) +
         "&issuer=nrm";
}
}  // namespace nrm::gateway
