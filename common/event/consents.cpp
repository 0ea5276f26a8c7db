#include "common/event/consents.hpp"

#include <algorithm>

namespace nrm {
namespace {
bool names(const Consent& entry, const OrganisationId& organisation) {
  return std::ranges::find(entry.recipients, organisation) != entry.recipients.end();
}
}  // namespace

void note_consent(std::vector<Consent>& ledger, Consent latest) {
  std::erase_if(ledger, [&](Consent& earlier) {
    if (earlier.purpose != latest.purpose) return false;
    if (latest.recipients.empty()) return true;
    if (earlier.recipients.empty()) return false;  // still counts for everybody else
    std::erase_if(earlier.recipients,
                  [&](const OrganisationId& one) { return names(latest, one); });
    return earlier.recipients.empty();
  });
  ledger.push_back(std::move(latest));
}

const Consent* consent_for(const std::vector<Consent>& ledger, ConsentPurpose purpose,
                           const OrganisationId& organisation) {
  for (auto entry = ledger.rbegin(); entry != ledger.rend(); ++entry)
    if (entry->purpose == purpose && (entry->recipients.empty() || names(*entry, organisation)))
      return &*entry;
  return nullptr;
}

bool consented(const std::vector<Consent>& ledger, ConsentPurpose purpose,
               const OrganisationId& organisation, std::span<const DataClass> classes,
               Instant now) {
  const Consent* entry = consent_for(ledger, purpose, organisation);
  if (entry == nullptr || !entry->given) return false;
  if (entry->until && now > end_of(*entry->until)) return false;
  if (entry->classes.empty()) return true;
  return std::ranges::all_of(classes, [&](DataClass one) {
    return std::ranges::find(entry->classes, one) != entry->classes.end();
  });
}
}  // namespace nrm
