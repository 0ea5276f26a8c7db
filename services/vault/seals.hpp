// States of what organisations seal among themselves, and of suspected duplicates. On streams of
// their own, so that neither the version nor the timeline of a case tells that they exist.
#pragma once
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// INVARIANT: nothing is sealed to a key before an operator and an auditor, of two other
// organisations, have approved it; nothing leads out of `revoked`.
struct OrganisationKeyFile {
  static constexpr StreamKind kind = StreamKind::key;
  OrganisationId organisation;
  Text<64> fingerprint;
  KeyStatus status{};
  std::vector<Actor> approvals;
  std::optional<OrganisationKeyId> replaces;
  std::optional<KeyRevocation> revocation;
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyFile, (),
                      (organisation, fingerprint, status, approvals, replaces, revocation))

// Somebody wants to read where the pack wants two people.
struct PendingReading {
  Actor by;
  Instant until;
  std::optional<AccountId> approved_by;
};
BOOST_DESCRIBE_STRUCT(PendingReading, (), (by, until, approved_by))

struct SealedItem {
  static constexpr StreamKind kind = StreamKind::item;
  CaseId subject;
  SealedClass class_{};
  std::uint32_t version = 0;
  OrganisationId sender;
  std::vector<SealedCopy> copies;
  std::vector<PendingReading> pending;  // one for each account that asked in the last hour
  // Whose first opening of anything of this case was of this item: told of withdrawals.
  // INVARIANT: an organisation is in this list of one item of a case at most.
  std::vector<OrganisationId> recipients;
};
BOOST_DESCRIBE_STRUCT(SealedItem, (),
                      (subject, class_, version, sender, copies, pending, recipients))

struct DuplicatePair {
  static constexpr StreamKind kind = StreamKind::duplicate;
  CaseId subject, other;
  DuplicateStatus status = DuplicateStatus::open;
  std::optional<CaseId> kept;  // proposed, or merged
  std::optional<AccountId> proposed_by;
};
BOOST_DESCRIBE_STRUCT(DuplicatePair, (), (subject, other, status, kept, proposed_by))

// How long somebody who asked may wait for the second person, and then for the reading.
inline constexpr Milliseconds two_people_window = std::chrono::hours(1);
}  // namespace nrm
