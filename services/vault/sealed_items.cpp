#include "services/vault/sealed_items.hpp"

#include "common/base/hex.hpp"
#include "common/crypto/sealed_item.hpp"

namespace nrm {
namespace {
constexpr std::size_t salt_size = 32, key_size = 32;

std::string boxes_of(const Uuid& subject) { return "box/" + subject.text() + '/'; }
std::string boxes_of(const Uuid& subject, const Uuid& item) {
  return boxes_of(subject) + item.text() + '/';
}
std::string keys_of(const Uuid& subject) { return "keys/" + subject.text() + '/'; }
std::string bound_box(std::string_view row_key) { return "nrm-vault-2/" + std::string(row_key); }

template <std::size_t N>
std::optional<crypto::PublicKey> read_key(const Text<N>& text) {
  const auto bytes = from_hex(text.text());
  if (!bytes || to_hex(*bytes) != text.text()) return std::nullopt;
  return crypto::public_key_from(*bytes);
}

Result<void> check_keys(RegisterOrganisationKey& command) {
  const auto box_key = read_key(command.box_key), sign_key = read_key(command.sign_key);
  if (!box_key || !crypto::is_box_key(*box_key))
    return Error(Code::out_of_range, "/box_key", "not an X25519 public key in 64 hex digits");
  if (!sign_key || !crypto::is_sign_key(*sign_key))
    return Error(Code::out_of_range, "/sign_key", "not an Ed25519 public key in 64 hex digits");
  const auto proof = from_hex(command.proof.text());
  if (!proof ||
      !crypto::verify(*sign_key, crypto::key_statement(command.organisation, *box_key, *sign_key),
                      *proof))
    return Error(Code::out_of_range, "/proof", "not sign_key's signature of organisation and keys");
  command.fingerprint =
      Text<64>::parse(crypto::key_fingerprint(command.organisation, *box_key, *sign_key).hex());
  return {};
}

Error alarm_of(KeyAnomaly anomaly) {
  switch (anomaly) {
    case KeyAnomaly::fingerprint_differs:
      return Error(Code::fingerprint_differs, "/fingerprint",
                   "it was not approved, and the alarm is in the log: ask the organisation again");
    case KeyAnomaly::revoked_key:
      return Error(Code::key_not_approved, "/keys", "a key is revoked; the alarm is in the log");
    case KeyAnomaly::unapproved_key:
      break;
  }
  return Error(Code::key_not_approved, "/keys",
               "a key is not approved by operator and auditor; the alarm is in the log");
}
}  // namespace

Result<void> SealedItems::before(Input& input, std::string_view boxes) {
  held_.clear();
  auto& command = std::get<Command>(input.what);
  if (auto* keys = get_if<RegisterOrganisationKey>(&command)) return check_keys(*keys);
  if (auto* item = get_if<StoreSealedItem>(&command)) return take_boxes(input, *item, boxes);
  return {};
}

Result<void> SealedItems::take_boxes(const Input& input, StoreSealedItem& command,
                                     std::string_view boxes) {
  json::Document document;
  NRM_TRY(document.parse_strict(boxes));
  const SealedItemId item = input.fresh<SealedItemId>(0);
  const std::string prefix = boxes_of(command.subject, item);
  unsigned char salt[salt_size];
  entropy_.fill(salt, sizeof salt);
  std::string digested(reinterpret_cast<const char*>(salt), sizeof salt);
  const auto key = crypto::SecretKey::random();
  std::size_t i = 0;
  for (const json::Value one : document.root()) {
    const std::string where = "/boxes/" + std::to_string(i);
    const auto box = one.kind() == json::Kind::string ? from_base64(one.text()) : std::nullopt;
    if (!box || !crypto::is_box_size(box->size()))
      return Error(Code::out_of_range, where,
                   "base64 of a box of 1, 4 or 16 KiB, as nrm sealed put makes it");
    if (i == command.keys.size()) return Error(Code::out_of_range, where, "a box without its key");
    digested += *box;
    std::string row_key = prefix + command.keys[i++].text();
    std::string sealed = crypto::seal(key, bound_box(row_key), *box);
    held_.emplace_back(std::move(row_key), std::move(sealed));
  }
  if (i != command.keys.size()) return Error(Code::missing_field, "/boxes", "one box for each key");
  std::string keys(reinterpret_cast<const char*>(salt), sizeof salt);
  keys.reserve(salt_size + key_size);  // never moved: see Sealing::before
  keys += key.reveal();
  const Sensitive<std::string> bundle(std::move(keys));
  std::string row_key = keys_of(command.subject) + item.text();
  std::string wrapped = sealing_.wrap(row_key, bundle.reveal());
  held_.emplace_back(std::move(row_key), std::move(wrapped));
  command.digest = Text<64>::parse(crypto::sha256(digested).hex());
  return {};
}

void SealedItems::decided(const Record& record, Batch& batch) {
  const bool stored = record.events.size() == 1 && holds<SealedItemStored>(record.events[0].event);
  for (auto& [key, row] : held_) {
    if (!stored) break;
    fresh_.push_back(key);
    batch.put(Family::sealed, std::move(key), std::move(row));
  }
  held_.clear();
}

std::optional<Result<Sensitive<std::string>>> SealedItems::answer(const Record& record,
                                                                  bool repeated) const {
  if (record.events.empty()) return std::nullopt;
  const Emit& first = record.events[0];
  if (const auto* alarm = get_if<KeyAnomalyNoticed>(&first.event)) return alarm_of(alarm->anomaly);
  const auto* opened = get_if<SealedItemOpened>(&first.event);
  if (opened == nullptr) return std::nullopt;
  if (repeated)
    return Error(Code::window_closed, "",
                 "this reading was answered before; read again with a new Idempotency-Key");
  return open(first, *opened);
}

Result<Sensitive<std::string>> SealedItems::open(const Emit& emit,
                                                 const SealedItemOpened& opened) const {
  const std::string row_key = keys_of(opened.subject) + emit.stream.id.text();
  NRM_TRY_ASSIGN(const auto row, store_.get(Family::sealed, row_key));
  // Erased meanwhile: the record stands, nothing leaves.
  if (!row) return Sensitive<std::string>("[]");
  NRM_TRY_ASSIGN(const auto keys, sealing_.unwrap(row_key, *row));
  if (keys.reveal().size() != salt_size + key_size) return Error(Code::corrupt);
  NRM_TRY_ASSIGN(const auto item_key,
                 crypto::SecretKey::from(std::string_view(keys.reveal()).substr(salt_size)));
  std::string out = "[";
  for (const OrganisationKeyId& key : opened.keys) {
    const std::string box_key = boxes_of(opened.subject, emit.stream.id) + key.text();
    NRM_TRY_ASSIGN(const auto sealed, store_.get(Family::sealed, box_key));
    if (!sealed) return Error(Code::corrupt, "", "a box of this item is not there");
    NRM_TRY_ASSIGN(const auto box, crypto::open(item_key, bound_box(box_key), *sealed));
    out += out.size() > 1 ? ",{\"key\":" : "{\"key\":";
    json::append_string(out, key.text());
    out += ",\"box\":\"" + to_base64(box.reveal()) + "\"}";
  }
  return Sensitive<std::string>(out + ']');
}

void SealedItems::erase_case(const Uuid& subject, Batch& batch) const {
  for (const std::string& prefix : {keys_of(subject), boxes_of(subject)}) {
    for (const std::string& key : fresh_)
      if (key.starts_with(prefix)) batch.erase(Family::sealed, key);
    const auto scanned =
        store_.scan(Family::sealed, prefixed(prefix), [&](std::string_view key, std::string_view) {
          batch.erase(Family::sealed, std::string(key));
          return true;
        });
    CHECK(scanned, "what is to be destroyed can be found");
  }
}
}  // namespace nrm
