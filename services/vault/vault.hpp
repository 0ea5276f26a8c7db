// The vault's core: organisations and their accounts, consents, who may open what, and the record
// of every opening. Like every core it never sees personal text: sealing.hpp keeps that.
#pragma once
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
struct OrganisationFile {
  static constexpr StreamKind kind = StreamKind::organisation;
  Text<120> name;
  OrganisationKind sort{};
};
BOOST_DESCRIBE_STRUCT(OrganisationFile, (), (name, sort))

struct AccountFile {
  static constexpr StreamKind kind = StreamKind::account;
  OrganisationId organisation;
  Role role{};
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(AccountFile, (), (organisation, role, revoked))

BOOST_DEFINE_ENUM_CLASS(DossierStatus, none, sealed, reported, abandoned, erased)

// An erasure that was asked for, until it is done or called off.
struct Erasure {
  AccountId by;
  ErasureGround ground{};
  bool emergency = false;
  std::optional<Instant> erase_at;  // a second person has confirmed it
  bool operator==(const Erasure&) const = default;
};
BOOST_DESCRIBE_STRUCT(Erasure, (), (by, ground, emergency, erase_at))

// INVARIANT: an abandoned or erased dossier has no keys any more; nothing leads out of either.
struct Dossier {
  static constexpr StreamKind kind = StreamKind::case_;
  DossierStatus status{};
  OrganisationId reporter;
  std::vector<DataClass> classes;          // that were sealed
  std::vector<Consent> consents;           // the latest per purpose
  std::vector<OrganisationId> supporters;  // with a service in force, one entry per service
  std::optional<Erasure> erasure;

  bool gone() const {
    return status == DossierStatus::abandoned || status == DossierStatus::erased;
  }
  bool consented(ConsentPurpose purpose) const;
};
BOOST_DESCRIBE_STRUCT(Dossier, (), (status, reporter, classes, consents, supporters, erasure))

// The epoch whose key wraps the keys of cases now (sealing.hpp).
struct KeyLedger {
  static constexpr StreamKind kind = StreamKind::keys;
  std::uint32_t epoch = 0;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(KeyLedger, (), (epoch, until))

struct Vault {
  static constexpr Service service = Service::vault;
  using States = StateTypes<OrganisationFile, AccountFile, Dossier, KeyLedger>;
  using Receives = EventTypes<ReportReceived, ReferralAccepted, ServiceEnded, CaseClosed>;

  static void evolve(OrganisationFile& state, const Event& event);
  static void evolve(AccountFile& state, const Event& event);
  static void evolve(Dossier& state, const Event& event);
  static void evolve(KeyLedger& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const OrganisationFile& state, Rows& out);
  static void rows(const StreamKey& stream, const AccountFile& state, Rows& out);
  static void rows(const StreamKey& stream, const Dossier& state, Rows& out);
  static void rows(const StreamKey&, const KeyLedger&, Rows&) {}
};
}  // namespace nrm
