// Access: who could see a case at a moment, on what ground, and who did; and the same asked the
// other way, what one account or organisation could see then and did. From the vault's log alone.
//
// Written from the vault's README, not from its code, like the conservation rule: what a decider
// got wrong shows as an opening by somebody who could not.
// THREAD: one. OWNERSHIP: keeps ids and codes: of one case, or (AccessOfHolder) of all cases, and
// every account's organisation. MEMORY: of AccessOfHolder a kilobyte or so for each case.
#pragma once
#include <map>
#include <vector>

#include "common/event/consents.hpp"
#include "common/event/record.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(AccessGround, reporter, competent_authority, case_management,
                        service_in_force, the_person, guardian, break_glass)

// A way in. Of an organisation it holds for each of its accounts with the role.
struct CouldSee {
  AccessGround ground{};
  OrganisationId organisation;
  std::optional<AccountId> account;  // none: all accounts of the organisation with this role
  Role role{};
  Instant since;
  std::optional<Instant> until;  // of a broken glass
  std::uint32_t accounts = 0;    // that had this way in
  bool barred = false;           // denied, or a declared conflict: there was no way in after all
};
BOOST_DESCRIBE_STRUCT(CouldSee, (),
                      (ground, organisation, account, role, since, until, accounts, barred))

struct DidSee {
  Instant at;
  std::uint64_t seq = 0;  // of the vault's log: the proof
  Actor by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  std::optional<AccessGround> relation;  // that the actor had then; none: there was none
  std::optional<EmergencyGround> ground;
  std::optional<EmergencyId> emergency;
  std::optional<ProposalId> proposal;
  // A reading of something that was sealed to the organisation's key, and who approved it.
  std::optional<SealedItemId> item;
  std::optional<AccountId> approved_by;
};
BOOST_DESCRIBE_STRUCT(DidSee, (),
                      (at, seq, by, purpose, classes, relation, ground, emergency, proposal, item,
                       approved_by))

struct AccessReport {
  CaseId subject;
  Instant at;
  std::vector<CouldSee> could;
  std::vector<DidSee> did;  // until then, in order
  std::vector<Consent> consents;
};
BOOST_DESCRIBE_STRUCT(AccessReport, (), (subject, at, could, did, consents))

// Everything that one account, or all accounts of an organisation, could see at a moment and had
// seen by then.
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
  bool in_force = false;  // then: not revoked, not expired
};
BOOST_DESCRIBE_STRUCT(HolderAccount, (), (account, organisation, role, since, expires, in_force))
struct HolderReport {
  Instant at;
  std::vector<HolderAccount> accounts;
  std::vector<HolderCase> could;   // in the order of the cases' ids; barred ways too, marked
  std::vector<HolderOpening> did;  // in the order of the log
};
BOOST_DESCRIBE_STRUCT(HolderReport, (), (at, accounts, could, did))

struct AccessOffices {  // the adopted pack's; everything else is in the log
  OrganisationId authority, management;
};

// Accounts and organisations as of the last record.
class AccessAccounts {
 public:
  struct Account {
    OrganisationId organisation;
    Role role{};
    bool revoked = false;
    std::optional<CaseId> subject;
    Instant since;
    std::optional<Instant> expires;
    bool in_force(Instant at) const { return !revoked && (!expires || at < *expires); }
  };
  void take(const Emit& emit, Instant at);
  const std::map<AccountId, Account>& all() const { return accounts_; }
  const std::map<OrganisationId, Text<120>>& names() const { return names_; }

 private:
  std::map<OrganisationId, Text<120>> names_;
  std::map<AccountId, Account> accounts_;
};

// One case.
class CaseAccess {
 public:
  explicit CaseAccess(const AccessOffices& offices) : offices_(offices) {}

  // An event of the case's stream; an opening of an item that was sealed for it.
  void take(const CaseId& subject, const Event& event, const Record& record,
            const AccessAccounts& accounts);
  void take(const CaseId& subject, const SealedItemId& item, DataClass class_,
            const SealedItemOpened& opened, const Record& record, const AccessAccounts& accounts);
  // The ways in, with the number of accounts that had each, barred ones marked.
  std::vector<CouldSee> could(const CaseId& subject, Instant at,
                              const AccessAccounts& accounts) const;
  // Whether this account is barred whatever its organisation may.
  bool bars(const AccountId& account) const;
  const std::vector<DidSee>& did() const { return did_; }
  const std::vector<Consent>& consents() const { return consents_; }

 private:
  void take_service(const SupportRelationNoted& noted, Instant at);
  std::vector<CouldSee> ways(const CaseId& subject, Instant now,
                             const AccessAccounts& accounts) const;
  bool barred(const CouldSee& way) const;
  std::optional<AccessGround> relation_of(const CaseId& subject, const Actor& actor, Instant now,
                                          const AccessAccounts& accounts) const;

  const AccessOffices offices_;
  std::optional<Instant> sealed_;
  OrganisationId reporter_;
  std::vector<std::pair<OrganisationId, Instant>> services_;  // in force, one entry per service
  std::vector<OrganisationId> ended_;  // whose beginning is still to come, likewise
  std::map<AccountId, Instant> guardians_;
  std::vector<CouldSee> glass_;
  std::vector<AccountId> out_;  // accounts, and organisations, that are barred
  std::vector<OrganisationId> out_of_;
  std::vector<Consent> consents_;
  std::vector<DidSee> did_;
};

class AccessHistory {
 public:
  AccessHistory(const CaseId& subject, Instant at, OrganisationId authority,
                OrganisationId management)
      : subject_(subject), at_(at), case_({authority, management}) {}

  // A record of the vault's log. REQUIRES: in order. False: all that matters has been taken.
  bool take(const Record& record);
  AccessReport report() const;
  const std::map<OrganisationId, Text<120>>& names() const { return accounts_.names(); }

 private:
  const CaseId subject_;
  const Instant at_;
  AccessAccounts accounts_;
  CaseAccess case_;
  std::map<SealedItemId, DataClass> items_;  // of this case
};

// Of an account, or of all of an organisation.
class AccessOfHolder {
 public:
  AccessOfHolder(std::optional<AccountId> account, std::optional<OrganisationId> organisation,
                 Instant at, const AccessOffices& offices)
      : account_(account), organisation_(organisation), at_(at), offices_(offices) {}

  bool take(const Record& record);  // as AccessHistory's
  HolderReport report() const;
  const std::map<OrganisationId, Text<120>>& names() const { return accounts_.names(); }

 private:
  bool holds(const AccountId& id, const AccessAccounts::Account& account) const;
  CaseAccess& case_of(const CaseId& subject);

  const std::optional<AccountId> account_;
  const std::optional<OrganisationId> organisation_;
  const Instant at_;
  const AccessOffices offices_;
  AccessAccounts accounts_;
  std::map<CaseId, CaseAccess> cases_;
  std::map<SealedItemId, std::pair<CaseId, DataClass>> items_;
};
}  // namespace nrm
