#include "common/crypto/sealed_item.hpp"

#include <algorithm>

#include "common/base/hex.hpp"

namespace nrm::crypto {
namespace {
constexpr std::size_t buckets[] = {1'024, 4'096, 16'384};
constexpr std::size_t signature_bytes = 64;

std::string_view view_of(const PublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// All of what is signed but for the text; the sender's key stands in the fifth line.
std::string head_of(const ItemLabel& label, const PublicKey& to,
                    const OrganisationKeyId& sender_key) {
  return "nrm-sealed-item-1\n" + label.subject.text() + '\n' + label.item_class + '\n' +
         std::to_string(label.version) + '\n' + sender_key.text() + '\n' + label.recipient.text() +
         '\n' + to_hex(view_of(to)) + '\n';
}

// The line of that number, from 0; empty when there are not so many.
std::string_view line_of(std::string_view text, int number) {
  for (; number > 0; --number) {
    const auto end = text.find('\n');
    if (end == text.npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}
}  // namespace

std::string key_statement(const OrganisationId& organisation, const PublicKey& box_key,
                          const PublicKey& sign_key) {
  return "nrm-organisation-key-1\n" + organisation.text() + '\n' + to_hex(view_of(box_key)) + '\n' +
         to_hex(view_of(sign_key)) + '\n';
}

Hash key_fingerprint(const OrganisationId& organisation, const PublicKey& box_key,
                     const PublicKey& sign_key) {
  return sha256(key_statement(organisation, box_key, sign_key));
}

std::string spoken(const Hash& fingerprint) {
  std::string out;
  const std::string hex = fingerprint.hex();
  for (std::size_t i = 0; i < hex.size(); i += 4) {
    if (i != 0) out += ' ';
    out += hex.substr(i, 4);
  }
  return out;
}

bool is_box_size(std::size_t bytes) {
  return std::ranges::any_of(buckets,
                             [&](std::size_t bucket) { return bytes == bucket + box_overhead; });
}

Result<std::string> seal_item(const ItemLabel& label, const PublicKey& to, const Signer& sender,
                              const OrganisationKeyId& sender_key, std::string_view text) {
  std::string plain = head_of(label, to, sender_key);
  plain += text;
  plain += sender.sign(plain);
  const auto* bucket = std::ranges::find_if(buckets, [&](auto one) { return one > plain.size(); });
  if (bucket == std::end(buckets))
    return Error(Code::too_long, "", "a sealed text has at most 16,000 bytes");
  plain += '\x80';
  plain.resize(*bucket, '\0');
  return seal_box(to, plain);
}

Result<OpenedItem> open_item(const ItemLabel& label, const BoxKey& key, std::string_view box,
                             const SenderKey& sender_key) {
  const Error fault(Code::corrupt, "", "this box is not that item, or not signed by its sender");
  NRM_TRY_ASSIGN(const auto opened, open_box(key, box));
  std::string_view plain = opened.reveal();
  const auto end = plain.find_last_not_of('\0');
  if (end == plain.npos || plain[end] != '\x80' || end < signature_bytes) return fault;
  const std::string_view signature = plain.substr(end - signature_bytes, signature_bytes);
  plain = plain.substr(0, end - signature_bytes);
  const auto sender = OrganisationKeyId::parse(line_of(plain, 4));
  if (!sender) return fault;
  const std::string head = head_of(label, key.public_key(), *sender);
  if (!plain.starts_with(head)) return fault;
  NRM_TRY_ASSIGN(const PublicKey signed_by, sender_key(*sender));
  if (!verify(signed_by, plain, signature)) return fault;
  return OpenedItem{*sender, Sensitive<std::string>(std::string(plain.substr(head.size())))};
}
}  // namespace nrm::crypto
