#include "common/runtime/signing.hpp"

#include <charconv>

#include "common/base/hex.hpp"
#include "common/base/limits.hpp"
#include "common/event/codec.hpp"

namespace nrm {
namespace {
Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }

std::string meta_key(KeyUse use) { return "key/" + std::string(to_text(use)); }

const EventTypeSet& key_events() {
  static const std::string_view types[] = {LogOpened::type, LogKeyAdopted::type};
  static const EventTypeSet set = event_type_set(types);
  return set;
}
}  // namespace

std::string key_text(const crypto::PublicKey& key) {
  return to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::optional<crypto::PublicKey> read_key_text(std::string_view hex) {
  const auto bytes = from_hex(hex);
  crypto::PublicKey key;
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  bytes->copy(reinterpret_cast<char*>(key.data()), key.size());
  return key;
}

std::string endorsement_text(std::string_view origin, KeyUse use, std::string_view key) {
  std::string out = "nrm key adopted\n";
  out.append(origin).append(1, '\n').append(to_text(use)).append(1, '\n').append(key);
  return out += '\n';
}

LogKeys::LogKeys(std::string origin, const crypto::PublicKey& anchor)
    : origin_(std::move(origin)), keys_{{0, anchor}} {}

Result<void> LogKeys::take(std::uint64_t seq, std::string_view bytes) {
  if ((event_types_in(bytes) & key_events()).none()) return {};
  json::Document document;
  NRM_TRY(document.parse_trusted(bytes));
  NRM_TRY_ASSIGN(const Record record, read_record(document.root()));
  for (const Emit& emit : record.events) {
    if (const auto* opened = get_if<LogOpened>(&emit.event); opened && opened->key) {
      const auto key = read_key_text(opened->key->text());
      if (!key || seq != 0) return corrupt("a log's first record names no key");
      keys_.front().key = *key;
    }
    const auto* adopted = get_if<LogKeyAdopted>(&emit.event);
    if (adopted == nullptr) continue;
    const auto signature = from_hex(adopted->endorsement.text());
    if (!signature ||
        !crypto::verify(in_force(), endorsement_text(origin_, adopted->use, adopted->key.text()),
                        *signature))
      return corrupt("a key was adopted that the key before it did not sign");
    if (adopted->use != KeyUse::log) continue;
    const auto key = read_key_text(adopted->key.text());
    if (!key || keys_.size() >= limits::log_keys_max) return corrupt("an adopted key is none");
    keys_.push_back({seq + 1, *key});
  }
  return {};
}

const crypto::PublicKey& LogKeys::at(std::uint64_t size) const {
  auto found = keys_.rbegin();
  while (found->size > size) ++found;  // the first is there from 0
  return found->key;
}

std::string LogKeys::text() const {
  std::string out;
  for (const Since& since : keys_)
    out += std::to_string(since.size) + ' ' + key_text(since.key) + '\n';
  return out;
}

Result<LogKeys> LogKeys::read(std::string origin, std::string_view text) {
  LogKeys out(std::move(origin), {});
  out.keys_.clear();
  while (!text.empty()) {
    const auto end = text.find('\n'), space = text.find(' ');
    std::uint64_t size = 0;
    if (end == text.npos || space >= end) return corrupt("kept keys of a log are unreadable");
    const auto [rest, error] = std::from_chars(text.data(), text.data() + space, size);
    const auto key = read_key_text(text.substr(space + 1, end - space - 1));
    if (error != std::errc() || rest != text.data() + space || !key)
      return corrupt("a kept key of a log is unreadable");
    out.keys_.push_back({size, *key});
    text.remove_prefix(end + 1);
  }
  if (out.keys_.empty() || out.keys_.front().size != 0)
    return corrupt("the first kept key of a log is missing");
  return out;
}

Result<std::optional<NotedKey>> noted_key(const Store& store, KeyUse use) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, meta_key(use)));
  if (!stored) return std::optional<NotedKey>();
  const auto space = stored->find(' ');
  if (space == stored->npos) return corrupt("the mark of an own key is unreadable");
  return std::optional(NotedKey{stored->substr(0, space), stored->substr(space + 1)});
}

void put_noted_key(KeyUse use, const NotedKey& noted, Batch& batch) {
  batch.put(Family::meta, meta_key(use), noted.key + ' ' + noted.before);
}
}  // namespace nrm
