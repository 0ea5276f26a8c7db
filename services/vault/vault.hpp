// The vault's core: organisations and their accounts, consents, who may open what, and the record
// of every opening. Like every core it never sees personal text: sealing.hpp keeps that.
#pragma once
#include <vector>

#include "common/step/decider.hpp"
#include "services/vault/seals.hpp"

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

BOOST_DEFINE_ENUM_CLASS(DossierStatus, none, sealed, reported, abandoned)

// INVARIANT: an abandoned dossier has no keys any more; nothing leads out of `abandoned`.
struct Dossier {
  static constexpr StreamKind kind = StreamKind::case_;
  DossierStatus status{};
  OrganisationId reporter;
  std::vector<DataClass> classes;          // that were sealed
  std::vector<Consent> consents;           // the latest per purpose
  std::vector<OrganisationId> supporters;  // with a service in force, one entry per service

  bool consented(ConsentPurpose purpose) const;
};
BOOST_DESCRIBE_STRUCT(Dossier, (), (status, reporter, classes, consents, supporters))

struct Vault {
  static constexpr Service service = Service::vault;
  using States = StateTypes<OrganisationFile, AccountFile, Dossier, OrganisationKeyFile, SealedItem,
                            DuplicatePair>;
  using Receives = EventTypes<ReportReceived, ReferralAccepted, ServiceEnded, CaseClosed>;

  static void evolve(OrganisationFile& state, const Event& event);
  static void evolve(AccountFile& state, const Event& event);
  static void evolve(Dossier& state, const Event& event);
  static void evolve(OrganisationKeyFile& state, const Event& event);
  static void evolve(SealedItem& state, const Event& event);
  static void evolve(DuplicatePair& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const OrganisationFile& state, Rows& out);
  static void rows(const StreamKey& stream, const AccountFile& state, Rows& out);
  static void rows(const StreamKey& stream, const Dossier& state, Rows& out);
  static void rows(const StreamKey& stream, const OrganisationKeyFile& state, Rows& out);
  static void rows(const StreamKey& stream, const SealedItem& state, Rows& out);
  static void rows(const StreamKey& stream, const DuplicatePair& state, Rows& out);
};
}  // namespace nrm
