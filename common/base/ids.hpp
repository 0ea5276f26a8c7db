// Identifiers: 128 random bits as RFC 9562 UUIDs, one C++ type per kind of thing.
//
// An id names nothing about a person and is not a secret: rights are checked at every use.
// UUIDv4, not v7: a time in the id would tell when a person was met.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nrm {
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  static std::optional<Uuid> parse(std::string_view text);  // 36 characters, lower case
  void append_to(std::string& out) const;
  std::string text() const;
  bool nil() const { return *this == Uuid{}; }
  auto operator<=>(const Uuid&) const = default;

  static constexpr std::string_view schema = R"({"type":"string","format":"uuid"})";
};

// The n-th id that follows from a random seed. One-way (a ChaCha20 block, RFC 8439, section 2.3),
// so that who knows one id cannot compute its siblings. Deterministic: deciders use it, and an
// auditor who recomputes a decision gets the same ids.
Uuid derive(const Uuid& seed, std::uint32_t n);

template <class Tag>
struct Id : Uuid {
  Id() = default;
  explicit Id(const Uuid& uuid) : Uuid(uuid) {}
  static std::optional<Id> parse(std::string_view text) {
    auto uuid = Uuid::parse(text);
    return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
  }
  auto operator<=>(const Id&) const = default;
};

using CaseId = Id<struct CaseTag>;
using ReferralId = Id<struct ReferralTag>;
using ProviderId = Id<struct ProviderTag>;  // one service of one organisation, with its places
using OrganisationId = Id<struct OrganisationTag>;
using AccountId = Id<struct AccountTag>;
using WithdrawalId = Id<struct WithdrawalTag>;  // of a consent, as one recipient has to obey it
using EmergencyId = Id<struct EmergencyTag>;    // one breaking of the glass, until it is reviewed
using ProposalId = Id<struct ProposalTag>;      // an opening that needs a second person
using OrganisationKeyId = Id<struct OrganisationKeyTag>;  // a pair of public keys
using SealedItemId = Id<struct SealedItemTag>;
using TransnationalId = Id<struct TransnationalTag>;  // a package to a foreign focal point
using DuplicateId = Id<struct DuplicateTag>;          // a suspicion: two cases, perhaps one person
using GroupEventId = Id<struct GroupEventTag>;        // an operation that found many people
using ProcedureId = Id<struct ProcedureTag>;          // a legal procedure of one person
using AlarmId = Id<struct AlarmTag>;                  // a person is missing
using IncidentId = Id<struct IncidentTag>;
using ChildNoticeId = Id<struct ChildNoticeTag>;  // to one body, of one child
using TransitionId = Id<struct TransitionTag>;    // from support to a life of one's own
using FollowUpId = Id<struct FollowUpTag>;        // a visit after closing
using PublicationId = Id<struct PublicationTag>;  // one release of figures
using ComplaintId = Id<struct ComplaintTag>;
using WarningId = Id<struct WarningTag>;  // of one kind about one subject, each time anew
}  // namespace nrm

template <>
struct std::hash<nrm::Uuid> {
  std::size_t operator()(const nrm::Uuid& id) const noexcept {
    std::uint64_t word = 0;  // the bits are random already
    for (int i = 0; i < 8; ++i) word = word << 8 | id.bytes[static_cast<std::size_t>(i)];
    return word;
  }
};
template <class Tag>
struct std::hash<nrm::Id<Tag>> : std::hash<nrm::Uuid> {};
