#include "services/vault/sealing.hpp"

#include "common/event/personal.hpp"

namespace nrm {
namespace {
std::string key_of(const Uuid& subject) { return "key/" + subject.text(); }
std::string salt_of(const Uuid& subject) { return "salt/" + subject.text(); }
std::string part_of(const Uuid& subject, DataClass part) {
  return "part/" + subject.text() + "/" + std::string(to_text(part));
}
// What a ciphertext is, whose, and in which format.
std::string bound(const std::string& key) { return "nrm-vault-1/" + key; }

constexpr DataClass classes[] = {DataClass::identity, DataClass::contact, DataClass::safe_contact,
                                 DataClass::narrative};
}  // namespace

Sealing::Sealing(crypto::SecretKey master, const Store& store, Entropy& entropy)
    : master_(std::move(master)), store_(store), entropy_(entropy) {}

Result<void> Sealing::before(Input& input, std::string_view personal, Batch& batch) {
  auto* command = std::get_if<SealDossier>(&std::get<Command>(input.what));
  if (command == nullptr) return {};
  json::Document document;
  NRM_TRY(document.parse_strict(personal));
  PersonalPart part;
  Reading reading(Unknown::refuse);
  if (!read_json(document.root(), part, reading)) {
    Error fault = reading.faults().front();
    fault.where = "/personal" + fault.where;
    return fault;
  }
  const auto subject = input.fresh<CaseId>(0);
  const auto case_key = crypto::SecretKey::random();
  unsigned char salt[32];
  entropy_.fill(salt, sizeof salt);
  std::string digested(reinterpret_cast<const char*>(salt), sizeof salt);
  batch.put(Family::sealed, salt_of(subject), digested);
  command->classes.clear();
  for (const DataClass one : classes) {
    const auto plain = write_personal(part, one);
    if (plain.reveal() == "{}") continue;
    const std::string key = part_of(subject, one);
    std::string sealed = crypto::seal(case_key, bound(key), plain.reveal());
    digested += sealed;
    batch.put(Family::sealed, key, std::move(sealed));
    command->classes.push_back(one);
  }
  if (command->classes.empty())
    return Error(Code::personal_part_missing, "/personal", "a formal report needs its person");
  const std::string key = key_of(subject);
  batch.put(Family::sealed, key, crypto::seal(master_, bound(key), case_key.reveal()));
  command->digest = Text<64>::parse(crypto::sha256(digested).hex());
  return {};
}

void Sealing::decided(const Record& record, Batch& batch) {
  for (const Emit& emit : record.events) {
    if (!std::holds_alternative<DossierAbandoned>(emit.event)) continue;
    batch.erase(Family::sealed, key_of(emit.stream.id));
    batch.erase(Family::sealed, salt_of(emit.stream.id));
    for (const DataClass one : classes) batch.erase(Family::sealed, part_of(emit.stream.id, one));
  }
}

Result<std::string> Sealing::read_sealed(const std::string& key) const {
  NRM_TRY_ASSIGN(auto sealed, store_.get(Family::sealed, key));
  if (!sealed) return Error(Code::not_found, "", "there is nothing sealed here");
  return std::move(*sealed);
}

Result<Sensitive<std::string>> Sealing::answer(const Record& record, bool repeated) {
  if (record.events.empty()) return Sensitive<std::string>();
  // Asked again so late that the dossier was destroyed: nobody may build a report on it.
  if (repeated && std::holds_alternative<DossierSealed>(record.events[0].event) &&
      !read_sealed(key_of(record.events[0].stream.id)))
    return Error(Code::window_closed, "",
                 "the sealed part was destroyed; report again with a new Idempotency-Key");
  const auto* opened = std::get_if<DossierOpened>(&record.events[0].event);
  if (opened == nullptr) return Sensitive<std::string>();
  const Uuid& subject = record.events[0].stream.id;
  const std::string key = key_of(subject);
  // The record stands: the reading is on disk. Keys that are gone by now open nothing.
  auto wrapped = read_sealed(key);
  if (!wrapped) return Sensitive<std::string>("{}");
  NRM_TRY_ASSIGN(const auto plain_key, crypto::open(master_, bound(key), *wrapped));
  NRM_TRY_ASSIGN(const auto case_key, crypto::SecretKey::from(plain_key.reveal()));
  std::string out = "{";
  for (const DataClass one : opened->classes) {
    const std::string part = part_of(subject, one);
    auto sealed = read_sealed(part);
    if (!sealed) continue;  // the report had no field of this class
    NRM_TRY_ASSIGN(const auto plain, crypto::open(case_key, bound(part), *sealed));
    if (out.size() > 1) out += ',';
    json::append_string(out, to_text(one));
    out += ':';
    out += plain.reveal();
  }
  out += '}';
  return Sensitive<std::string>(std::move(out));
}
}  // namespace nrm
