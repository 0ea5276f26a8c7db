#include "services/vault/credentials.hpp"

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/crypto/password.hpp"

namespace nrm {
namespace {
struct Secrets {
  std::string verifier;  // hex of 32 bytes
  std::string totp;      // hex of the secret of the codes
  std::uint64_t last_step = 0;

  ~Secrets() {
    wipe(verifier);
    wipe(totp);
  }
};
BOOST_DESCRIBE_STRUCT(Secrets, (), (verifier, totp, last_step))

struct Proof {
  std::string verifier;
  std::string code;
  std::optional<std::string> next;  // the verifier from now on

  ~Proof() {
    wipe(verifier);
    if (next) wipe(*next);
  }
};
BOOST_DESCRIBE_STRUCT(Proof, (), (verifier, code, next))

constexpr std::size_t verifier_bytes = 32;
std::string key_of(const Uuid& account) { return "credential/" + account.text(); }
std::string bound(const std::string& key) { return "nrm-vault-1/" + key; }

template <class T>
Result<T> read(std::string_view text) {
  json::Document document;
  NRM_TRY(document.parse_strict(text));
  return from_json<T>(document.root(), Unknown::refuse);
}
}  // namespace

Result<void> Credentials::before(Input& input, std::string_view personal, Batch& batch) {
  auto& what = std::get<Command>(input.what);
  if (const auto* issue = get_if<IssueAccount>(&what))
    return issue->kind == AccountKind::password ? seal(*issue, personal, batch) : Result<void>();
  if (auto* session = get_if<OpenSession>(&what)) {
    NRM_TRY_ASSIGN(session->proven, prove(session->account, personal, false, batch));
    return {};
  }
  if (auto* change = get_if<ChangePassword>(&what)) {
    NRM_TRY_ASSIGN(change->proven, prove(change->account, personal, true, batch));
    return {};
  }
  return behind_->before(input, personal, batch);
}

Result<void> Credentials::seal(const IssueAccount& command, std::string_view personal,
                               Batch& batch) {
  auto secrets = read<Secrets>(personal);
  if (!secrets || !command.account)
    return Error(Code::personal_part_missing, "/personal", "a password is issued by the gateway");
  const std::string key = key_of(*command.account);
  // Never in the place of another's, whatever the decider will say.
  NRM_TRY_ASSIGN(const auto there, store_.get(Family::sealed, key));
  if (there) return Error(Code::already_exists, "/account", "there is an account with this id");
  const Sensitive<std::string> text(to_json(*secrets));
  batch.put(Family::sealed, key, crypto::seal(key_, bound(key), text.reveal()));
  return {};
}

bool Credentials::take_step(const Uuid& account, std::uint64_t step) {
  auto& last = taken_[account];
  if (step <= last) return false;
  last = step;
  return true;
}

Result<bool> Credentials::prove(const AccountId& account, std::string_view personal, bool changes,
                                Batch& batch) {
  const auto proof = read<Proof>(personal);
  if (!proof || proof->next.has_value() != changes || changing_.contains(account)) return false;
  if (proof->next && from_hex(*proof->next).value_or("").size() != verifier_bytes) return false;
  const std::string key = key_of(account);
  NRM_TRY_ASSIGN(const auto sealed, store_.get(Family::sealed, key));
  if (!sealed) return false;
  NRM_TRY_ASSIGN(const auto plain, crypto::open(key_, bound(key), *sealed));
  NRM_TRY_ASSIGN(Secrets secrets, read<Secrets>(plain.reveal()));
  const bool known = crypto::equal(secrets.verifier, proof->verifier);
  const Sensitive<std::string> secret(from_hex(secrets.totp).value_or(""));
  // One step to either side, for clocks that differ (RFC 6238, 5.2); all are looked at.
  const auto now = static_cast<std::uint64_t>(machine_.now().ms / crypto::totp_step_ms);
  std::uint64_t step = 0;
  for (std::uint64_t each = now - 1; each <= now + 1; ++each)
    if (crypto::equal(crypto::totp(secret.reveal(), each), proof->code)) step = each;
  // A right code beside a wrong password is not used up: else whoever guesses locks the owner out.
  if (!known || step <= secrets.last_step || !take_step(account, step)) return false;
  secrets.last_step = step;
  if (proof->next) secrets.verifier = *proof->next;
  const Sensitive<std::string> text(to_json(secrets));
  batch.put(Family::sealed, key, crypto::seal(key_, bound(key), text.reveal()));
  return true;
}

void Credentials::decided(const Record& record, Batch& batch) {
  for (const Emit& emit : record.events) {
    if (holds<AccountRevoked>(emit.event)) batch.erase(Family::sealed, key_of(emit.stream.id));
    if (holds<PasswordChanged>(emit.event)) changing_.insert(emit.stream.id);
  }
  behind_->decided(record, batch);
}

// Between two batches: what was decided is in the store.
Result<void> Credentials::upkeep() {
  changing_.clear();
  return behind_->upkeep();
}

Result<Sensitive<std::string>> Credentials::answer(const Record& record, bool repeated) {
  return behind_->answer(record, repeated);
}
}  // namespace nrm
