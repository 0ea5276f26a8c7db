// Sealed items: what one organisation's client seals so that another's can open it and nobody
// between them. Made and opened by clients; the vault only checks sizes.
//
//   text   = what is to be kept from everybody else, as the address of a shelter
//   signed = "nrm-sealed-item-1\n" case "\n" class "\n" version "\n" sender's key id "\n"
//            recipient's key id "\n" recipient's box key (hex) "\n" text
//   box    = crypto_box_seal(recipient, pad(signed || Ed25519(sender, signed)))
//
// Sign, then seal, with case and recipient inside what is signed: a box cannot be forwarded as
// one's own, nor passed off as another case's or an older version's (reliability.md 1.5).
// Lengths tell a bucket: padded (ISO/IEC 7816-4) to 1, 4 or 16 KiB.
#pragma once
#include <cstdint>
#include <functional>

#include "common/crypto/box.hpp"

namespace nrm::crypto {
// What an organisation proves when it registers its keys, and what people compare.
std::string key_statement(const OrganisationId& organisation, const PublicKey& box_key,
                          const PublicKey& sign_key);
Hash key_fingerprint(const OrganisationId& organisation, const PublicKey& box_key,
                     const PublicKey& sign_key);
// "3f2a 91c0 …": groups of four, for reading aloud.
std::string spoken(const Hash& fingerprint);

// Which item a box is; `recipient` is a key's id.
struct ItemLabel {
  CaseId subject;
  std::string item_class;
  std::uint32_t version = 0;
  OrganisationKeyId recipient;
};

bool is_box_size(std::size_t bytes);
// ERRORS: too_long. REQUIRES: is_box_key(to).
Result<std::string> seal_item(const ItemLabel& label, const PublicKey& to, const Signer& sender,
                              const OrganisationKeyId& sender_key, std::string_view text);

struct OpenedItem {
  OrganisationKeyId sender;
  Sensitive<std::string> text;
};
using SenderKey = std::function<Result<PublicKey>(const OrganisationKeyId&)>;
// ERRORS: corrupt (not for this key, not this item, or not signed by that sender); of `sender_key`.
Result<OpenedItem> open_item(const ItemLabel& label, const BoxKey& key, std::string_view box,
                             const SenderKey& sender_key);
}  // namespace nrm::crypto
