#include "services/vault/sealing.hpp"

#include "common/diag/diag.hpp"

namespace nrm {
namespace {
constexpr char version = 2;
constexpr std::size_t salt_size = 32, key_size = 32, number_size = 4;
constexpr std::string_view keys_prefix = "keys/";
constexpr std::string_view epoch_row = "epoch";

std::string keys_of(const Uuid& subject) { return std::string(keys_prefix) + subject.text(); }
std::string parts_of(const Uuid& subject) { return "parts/" + subject.text(); }

std::string bound_keys(std::string_view row_key, std::uint32_t epoch) {
  return "nrm-vault-2/" + std::string(row_key) + '/' + std::to_string(epoch);
}
std::string bound_part(const Uuid& subject, DataClass part) {
  return "nrm-vault-2/part/" + subject.text() + '/' + std::string(to_text(part));
}

void append_number(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}
std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, number_size))
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Version and epoch before the sealed keys.
constexpr std::size_t keys_head = 1 + number_size;
bool is_keys_row(std::string_view row) { return row.size() > keys_head && row[0] == version; }

Error unreadable() { return Error(Code::corrupt, "", "what is sealed here does not check out"); }

// The key of one class in the opened row of a case; empty: nothing of this class was sealed.
std::string_view key_in(std::string_view opened, DataClass one) {
  for (std::size_t at = salt_size; at + 1 + key_size <= opened.size(); at += 1 + key_size)
    if (opened[at] == static_cast<char>(one)) return opened.substr(at + 1, key_size);
  return {};
}

// The ciphertext of one class in a row of parts; empty: there is none.
std::string_view part_in(std::string_view row, DataClass one) {
  if (row.empty() || row[0] != version) return {};
  row.remove_prefix(1);
  while (row.size() > 1 + number_size) {
    const std::size_t size = read_number(row.substr(1));
    const bool found = row[0] == static_cast<char>(one);
    row.remove_prefix(1 + number_size);
    if (size > row.size()) return {};
    if (found) return row.substr(0, size);
    row.remove_prefix(size);
  }
  return {};
}
}  // namespace

namespace {
// Of no other use than the key itself has.
crypto::SecretKey request_key_of(const crypto::SecretKey& epoch) {
  return crypto::SecretKey::from(
             crypto::keyed_digest(epoch.reveal(), "nrm digests of personal parts", 32))
      .value();
}
}  // namespace

std::vector<const crypto::SecretKey*> Sealing::request_keys() const {
  std::vector<const crypto::SecretKey*> out{&*request_key_};
  if (request_key_before_) out.push_back(&*request_key_before_);
  return out;
}

Result<std::unique_ptr<Sealing>> Sealing::open(Store& store, std::unique_ptr<EpochKeys> epochs,
                                               Entropy& entropy) {
  std::unique_ptr<Sealing> out(new Sealing(store, std::move(epochs), entropy));
  NRM_TRY_ASSIGN(const auto row, store.get(Family::sealed, epoch_row));
  if (row) {
    if (row->size() != number_size) return unreadable();
    out->epoch_ = read_number(*row);
  }
  if (!row || out->epoch_ == 0) {
    out->epoch_ = 1;  // until the first dossier begins it in the log
    NRM_TRY(out->epochs_->make(1));
  }
  if (out->epochs_->find(out->epoch_) == nullptr)
    return Error(Code::corrupt, "",
                 "the key of epoch " + std::to_string(out->epoch_) +
                     " is missing, so nothing that is sealed can be opened: put keys/vault/epochs "
                     "of this folder back before the vault starts");
  out->request_key_ = request_key_of(*out->epochs_->find(out->epoch_));
  if (const auto* before = out->epochs_->find(out->epoch_ - 1))
    out->request_key_before_ = request_key_of(*before);
  return out;
}

Result<void> Sealing::seal(const PersonalPart& part, const CaseId& subject, SealDossier& command,
                           Batch& batch) {
  unsigned char salt[salt_size];
  entropy_.fill(salt, sizeof salt);
  std::string keys(reinterpret_cast<const char*>(salt), sizeof salt);
  keys.reserve(256);  // never moved: a copy of keys in freed memory could not be wiped
  std::string digested = keys;
  std::string parts(1, version);
  command.classes.clear();
  for (std::uint8_t number = 0; number <= static_cast<std::uint8_t>(DataClass::family); ++number) {
    const auto one = static_cast<DataClass>(number);
    const auto plain = write_personal(part, one);
    if (plain.reveal() == "{}") continue;
    const auto key = crypto::SecretKey::random();
    keys += static_cast<char>(one);
    keys += key.reveal();
    const std::string sealed = crypto::seal(key, bound_part(subject, one), plain.reveal());
    digested += sealed;
    parts += static_cast<char>(one);
    append_number(parts, static_cast<std::uint32_t>(sealed.size()));
    parts += sealed;
    command.classes.push_back(one);
  }
  const Sensitive<std::string> bundle(std::move(keys));
  if (command.classes.empty())
    return Error(Code::personal_part_missing, "/personal", "a formal report needs its person");
  const std::string row_key = keys_of(subject);
  batch.put(Family::sealed, row_key, wrap(row_key, bundle.reveal()));
  batch.put(Family::sealed, parts_of(subject), std::move(parts));
  command.digest = Text<64>::parse(crypto::sha256(digested).hex());
  return {};
}

void Sealing::decided(const Record& record, Batch& batch) {
  for (const Emit& emit : record.events) {
    if (const auto* begun = get_if<KeyEpochBegun>(&emit.event)) {
      CHECK(epochs_->find(begun->epoch) != nullptr, "upkeep() made the key of the next epoch");
      if (begun->epoch != epoch_) {
        request_key_before_ = std::move(request_key_);
        request_key_ = request_key_of(*epochs_->find(begun->epoch));
      }
      epoch_ = begun->epoch;
      rewrapped_until_.clear();
      std::string number;
      append_number(number, epoch_);
      batch.put(Family::sealed, std::string(epoch_row), std::move(number));
    } else if (holds<DossierAbandoned>(emit.event) || holds<CaseErased>(emit.event)) {
      batch.erase(Family::sealed, keys_of(emit.stream.id));
      batch.erase(Family::sealed, parts_of(emit.stream.id));
    }
  }
}

std::string Sealing::wrap(std::string_view row_key, std::string_view keys) const {
  std::string row(1, version);
  append_number(row, epoch_);
  row += crypto::seal(*epochs_->find(epoch_), bound_keys(row_key, epoch_), keys);
  return row;
}

Result<Sensitive<std::string>> Sealing::unwrap(std::string_view row_key,
                                               std::string_view row) const {
  if (!is_keys_row(row)) return unreadable();
  const std::uint32_t epoch = read_number(row.substr(1));
  const auto* key = epochs_->find(epoch);
  if (key == nullptr) return unreadable();
  return crypto::open(*key, bound_keys(row_key, epoch), row.substr(keys_head));
}

Result<Sensitive<std::string>> Sealing::open_classes(const Uuid& subject,
                                                     const std::vector<DataClass>& classes) const {
  const std::string row_key = keys_of(subject);
  NRM_TRY_ASSIGN(const auto keys_row, store_.get(Family::sealed, row_key));
  // The record stands. Keys that are gone by now open nothing.
  if (!keys_row) return Sensitive<std::string>("{}");
  NRM_TRY_ASSIGN(const auto keys, unwrap(row_key, *keys_row));
  NRM_TRY_ASSIGN(const auto parts, store_.get(Family::sealed, parts_of(subject)));
  if (!parts) return unreadable();
  std::string out = "{";
  out.reserve(parts->size());  // never moved: see seal()
  for (const DataClass one : classes) {
    const auto key_bytes = key_in(keys.reveal(), one);
    if (key_bytes.empty()) continue;  // the report had no field of this class
    NRM_TRY_ASSIGN(const auto key, crypto::SecretKey::from(key_bytes));
    NRM_TRY_ASSIGN(const auto plain,
                   crypto::open(key, bound_part(subject, one), part_in(*parts, one)));
    if (out.size() > 1) out += ',';
    json::append_string(out, to_text(one));
    out += ':';
    out += plain.reveal();
  }
  out += '}';
  return Sensitive<std::string>(std::move(out));
}

Result<Sensitive<std::string>> Sealing::answer(const Record& record, bool repeated) {
  for (const Emit& emit : record.events) {
    if (holds<DossierSealed>(emit.event) && repeated) {
      // Asked again so late that the dossier was destroyed: nobody may build a report on it.
      NRM_TRY_ASSIGN(const auto row, store_.get(Family::sealed, keys_of(emit.stream.id)));
      if (!row)
        return Error(Code::window_closed, "",
                     "the sealed part was destroyed; report again with a new Idempotency-Key");
    } else if (const auto* opened = get_if<DossierOpened>(&emit.event)) {
      // Consent and relation may have ended since; only a new decision knows.
      if (repeated)
        return Error(Code::window_closed, "",
                     "this opening was answered before; open again with a new Idempotency-Key");
      return open_classes(emit.stream.id, opened->classes);
    }
  }
  return Sensitive<std::string>();
}

// --- the end of an epoch ------------------------------------------------------------------------

Result<bool> Sealing::rewrap_some() {
  Range range = prefixed(keys_prefix);
  if (!rewrapped_until_.empty()) range.from = rewrapped_until_;
  Batch batch;
  std::size_t looked_at = 0;
  Result<void> fault;
  NRM_TRY(store_.scan(Family::sealed, range, [&](std::string_view key, std::string_view row) {
    rewrapped_until_.assign(key).append(1, '\0');
    ++looked_at;
    if (!is_keys_row(row) || read_number(row.substr(1)) != epoch_) {
      const auto keys = unwrap(key, row);
      if (!keys) {
        fault = keys.error();
        return false;
      }
      batch.put(Family::sealed, std::string(key), wrap(key, keys->reveal()));
    }
    return looked_at < limits::rewrapped_rows_per_step_max;
  }));
  NRM_TRY(fault);
  // Synced: the old key is destroyed outside the store, so it must not come first.
  if (!batch.empty()) NRM_TRY(store_.commit(batch, Sync::yes));
  return looked_at < limits::rewrapped_rows_per_step_max;
}

// Made ahead, so that a decision never waits for a disk. A token that is away ends no vault: the
// epoch goes on until there is a key for the next one.
Result<void> Sealing::make_next_key() {
  constexpr std::uint32_t retry_after_turns = 4'096;
  if (turns_until_retry_ > 0) {
    --turns_until_retry_;
    return {};
  }
  auto made = epochs_->make(epoch_ + 1);
  if (made || made.error().code != Code::unavailable) return made;
  turns_until_retry_ = retry_after_turns;
  diag::warning("epoch_key_not_made", {{"why", made.error().detail}});
  return {};
}

Result<void> Sealing::upkeep() {
  NRM_TRY(make_next_key());
  if (stuck_ || epochs_->oldest() >= epoch_) return {};
  const auto none_left = rewrap_some();
  if (!none_left && none_left.error().code == Code::corrupt) {
    stuck_ = true;
    diag::error("epoch_not_ended", {{"why", "a case's keys do not open; the old key is kept"}});
    return {};
  }
  if (!none_left) return none_left.error();
  while (*none_left && epochs_->oldest() < epoch_) NRM_TRY(epochs_->destroy(epochs_->oldest()));
  return {};
}

bool Sealing::may_take_up(const Due& due) {
  if (due.name == ClockName::key_retirement) return epochs_->oldest() >= epoch_;
  return due.name != ClockName::key_epoch || epochs_->find(epoch_ + 1) != nullptr;
}
}  // namespace nrm
