// AccessOfHolder: what one account, or all accounts of an organisation, could see at a moment and
// had opened by then; the question of access.hpp asked the other way. From the vault's log alone.
//
// THREAD: one. OWNERSHIP: keeps ids and codes of all cases, about a kilobyte for each, and every
// account.
#pragma once
#include "services/audit/access.hpp"

namespace nrm {
struct HolderCase {
  CaseId subject;
  CouldSee way;
};
BOOST_DESCRIBE_STRUCT(HolderCase, (), (subject, way))
struct HolderOpening {
  CaseId subject;
  DidSee opening;
};
BOOST_DESCRIBE_STRUCT(HolderOpening, (), (subject, opening))
struct HolderAccount {
  AccountId account;
  OrganisationId organisation;
  Role role{};
  Instant since;
  std::optional<Instant> expires;
  bool in_force = false;  // then: neither revoked nor expired
};
BOOST_DESCRIBE_STRUCT(HolderAccount, (), (account, organisation, role, since, expires, in_force))
struct HolderReport {
  Instant at;
  std::vector<HolderAccount> accounts;
  std::vector<HolderCase> could;   // in the order of the cases' ids; barred ways too, marked
  std::vector<HolderOpening> did;  // in the order of the log
};
BOOST_DESCRIBE_STRUCT(HolderReport, (), (at, accounts, could, did))

class AccessOfHolder {
 public:
  // Of this account, or of all accounts of this organisation.
  AccessOfHolder(std::optional<AccountId> account, std::optional<OrganisationId> organisation,
                 Instant at, const Offices& offices)
      : account_(account), organisation_(organisation), at_(at), offices_(offices) {}

  // A record of the vault's log. REQUIRES: in order. False: all that matters has been taken.
  bool take(const Record& record);
  HolderReport report() const;
  const std::map<OrganisationId, Text<120>>& names() const { return names_; }

 private:
  void take_opened(const CaseId& subject, const Event& event, const Record& record,
                   std::optional<SealedItemId> item, std::optional<DataClass> class_);
  std::vector<HolderAccount> holders() const;

  const std::optional<AccountId> account_;
  const std::optional<OrganisationId> organisation_;
  const Instant at_;
  const Offices offices_;
  std::map<OrganisationId, Text<120>> names_;
  KnownAccounts accounts_;
  std::map<CaseId, CaseAccess> cases_;
  std::map<SealedItemId, std::pair<CaseId, DataClass>> items_;
  std::vector<HolderOpening> did_;
};
}  // namespace nrm
