// Access: who could see a case at a moment, on what ground, and who did; from the vault's log
// alone.
//
// Written from the vault's README, not from its code, like the conservation rule: what a decider
// got wrong shows as an opening by somebody who could not.
// THREAD: one. OWNERSHIP: keeps ids and codes of one case, and every account's organisation.
#pragma once
#include <map>
#include <vector>

#include "common/event/consents.hpp"
#include "common/event/record.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(AccessGround, reporter, competent_authority, case_management,
                        service_in_force, the_person, guardian, break_glass, handed_over)

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

class AccessHistory {
 public:
  // The offices are the adopted pack's; everything else is in the log.
  AccessHistory(const CaseId& subject, Instant at, OrganisationId authority,
                OrganisationId management)
      : subject_(subject), at_(at), authority_(authority), management_(management) {}

  // A record of the vault's log. REQUIRES: in order. False: all that matters has been taken.
  bool take(const Record& record);
  AccessReport report() const;
  const std::map<OrganisationId, Text<120>>& names() const { return names_; }

 private:
  struct Account {
    OrganisationId organisation;
    Role role{};
    bool revoked = false;
    std::optional<CaseId> subject;
    Instant since;
  };
  void take_case(const Event& event, const Record& record);
  void take_service(const SupportRelationNoted& noted, Instant at);
  void take_item(const SealedItemId& id, const Event& event, const Record& record);
  void take_account(const AccountId& id, const Event& event, Instant at);
  std::vector<CouldSee> ways(Instant now) const;
  bool barred(const CouldSee& way) const;
  std::uint32_t accounts_with(const CouldSee& way) const;
  std::optional<AccessGround> relation_of(const Actor& actor, Instant now) const;
  bool known() const { return sealed_.has_value(); }

  const CaseId subject_;
  const Instant at_;
  const OrganisationId authority_, management_;
  std::map<OrganisationId, Text<120>> names_;
  std::map<AccountId, Account> accounts_;
  std::optional<Instant> sealed_;
  OrganisationId reporter_;
  std::optional<std::pair<OrganisationId, Instant>> owner_;   // since a hand-over
  std::vector<std::pair<OrganisationId, Instant>> services_;  // in force, one entry per service
  std::vector<OrganisationId> ended_;  // whose beginning is still to come, likewise
  std::map<AccountId, Instant> guardians_;
  std::vector<CouldSee> glass_;
  std::vector<AccountId> out_;  // accounts, and organisations, that are barred
  std::vector<OrganisationId> out_of_;
  std::vector<Consent> consents_;
  std::vector<DidSee> did_;
  std::map<SealedItemId, DataClass> items_;  // of this case
};
}  // namespace nrm
