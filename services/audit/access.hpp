// Access: who could see a case at a moment, on what ground, and who did; from the vault's log
// alone.
//
// Written from the vault's README, not from its code, like the conservation rule: what a decider
// got wrong shows as an opening by somebody who could not.
// THREAD: one. OWNERSHIP: keeps ids and codes of one case, and every account's organisation.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "services/audit/case_access.hpp"

namespace nrm {
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

// Asked for, and refused: a refusal is a record too.
struct WasRefused {
  Instant at;
  std::uint64_t seq = 0;  // of the vault's log
  Actor by;
  std::string command, code;
};
BOOST_DESCRIBE_STRUCT(WasRefused, (), (at, seq, by, command, code))

struct AccessReport {
  CaseId subject;
  Instant at;
  std::vector<CouldSee> could;
  std::vector<DidSee> did;  // until then, in order
  std::vector<Consent> consents;
  std::vector<WasRefused> refused;  // until then, in order
};
BOOST_DESCRIBE_STRUCT(AccessReport, (), (subject, at, could, did, consents, refused))

class AccessHistory {
 public:
  // The offices are the adopted pack's; everything else is in the log.
  AccessHistory(const CaseId& subject, Instant at, OrganisationId authority,
                OrganisationId management)
      : subject_(subject), at_(at), offices_{authority, management} {}

  // A record of the vault's log. REQUIRES: in order. False: all that matters has been taken.
  bool take(const Record& record);
  AccessReport report() const;
  const std::map<OrganisationId, Text<120>>& names() const { return names_; }

 private:
  void take_case(const Event& event, const Record& record);
  void take_refusal(const Record& record);
  void take_item(const SealedItemId& id, const Event& event, const Record& record);
  std::optional<AccessGround> relation_of(const Actor& actor, Instant now) const {
    return case_.relation_of(subject_, actor, now, offices_, accounts_);
  }

  const CaseId subject_;
  const Instant at_;
  const Offices offices_;
  std::map<OrganisationId, Text<120>> names_;
  KnownAccounts accounts_;
  CaseAccess case_;
  std::vector<DidSee> did_;
  std::vector<WasRefused> refused_;
  std::map<SealedItemId, DataClass> items_;  // of this case
};
}  // namespace nrm
