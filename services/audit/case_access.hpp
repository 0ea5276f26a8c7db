// CaseAccess: who has a way into one case, and what the person agreed to, from the vault's events.
//
// Written from the vault's README ("Who may open what"), not from its code, like the conservation
// rule: what a decider got wrong shows. access.hpp shows it for one case; openings.hpp asks it for
// every opening that was recorded.
// THREAD: one. OWNERSHIP: ids and codes of one case.
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

// What the vault's log says of an account.
struct KnownAccount {
  OrganisationId organisation;
  Role role{};
  bool revoked = false;
  std::optional<CaseId> subject;
  Instant since;
  std::optional<Instant> expires{};
  bool in_force(Instant at) const { return !revoked && (!expires || at < *expires); }
};
BOOST_DESCRIBE_STRUCT(KnownAccount, (), (organisation, role, revoked, subject, since, expires))
using KnownAccounts = std::map<AccountId, KnownAccount>;
void take_account(KnownAccounts& accounts, const AccountId& id, const Event& event, Instant at);

// The offices are the adopted pack's; everything else is in the log.
struct Offices {
  OrganisationId authority, management;
};

class CaseAccess {
 public:
  // An event of the case's own stream. REQUIRES: in order.
  void take(const Event& event, Instant at);

  bool known() const { return sealed_.has_value(); }
  // A child, or who may be one: identified and made known without consent (Council of Europe
  // Convention, art. 10(3)).
  bool safeguarded() const { return safeguarded_; }
  const std::vector<Consent>& consents() const { return consents_; }

  std::vector<CouldSee> ways(const CaseId& subject, Instant now, const Offices& offices,
                             const KnownAccounts& accounts) const;
  bool barred(const CouldSee& way) const;
  bool barred(const Actor& actor) const;
  // A relation comes before the glass, which serves where there is none.
  std::optional<AccessGround> relation_of(const CaseId& subject, const Actor& actor, Instant now,
                                          const Offices& offices,
                                          const KnownAccounts& accounts) const;
  std::uint32_t accounts_with(const CouldSee& way, Instant now,
                              const KnownAccounts& accounts) const;
  // The ground of this emergency, while this account's glass is open.
  std::optional<EmergencyGround> open_glass(const Actor& actor, const EmergencyId& emergency,
                                            Instant now) const;

  // Everything, to keep it and go on from it later (kept.hpp).
  template <class Archive>
  void keep(Archive& archive) {
    archive(sealed_, safeguarded_, reporter_, decider_, owner_, owner_since_, services_, ended_,
            guardians_, glass_, out_, out_of_, consents_, closed_);
  }

 private:
  struct Service {
    OrganisationId organisation;
    Instant since;
  };
  BOOST_DESCRIBE_CLASS(Service, (), (organisation, since), (), ())
  struct Glass {
    EmergencyId emergency;
    EmergencyGround ground{};
    Actor by;
    Instant since, until;
  };
  BOOST_DESCRIBE_CLASS(Glass, (), (emergency, ground, by, since, until), (), ())
  void take_service(const SupportRelationNoted& noted, Instant at);

  std::optional<Instant> sealed_;
  bool safeguarded_ = false;
  OrganisationId reporter_;
  std::optional<OrganisationId> decider_;  // none: the pack's competent authority
  std::optional<OrganisationId> owner_;    // since a hand-over
  Instant owner_since_;
  std::vector<Service> services_;      // that began and have not ended, one entry per service
  std::vector<OrganisationId> ended_;  // whose beginning is still to come, likewise
  std::map<AccountId, Instant> guardians_;
  std::vector<Glass> glass_;
  std::vector<AccountId> out_;  // accounts, and organisations, that are barred
  std::vector<OrganisationId> out_of_;
  std::vector<Consent> consents_;
  bool closed_ = false;  // no service counts as long as the case is
};
}  // namespace nrm
