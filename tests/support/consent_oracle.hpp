// ConsentOracle: who may open what of a case, answered by reading everything that happened to it
// again for each question. Written from services/vault/README.md ("Who may open what"), not from
// services/vault/access.cpp: no folded state, no ledger that is kept small, no sets of bits.
//
// THREAD: one. Knows facts in the order in which the vault has them.
#pragma once
#include <map>
#include <vector>

#include "common/event/record.hpp"
#include "common/step/policy.hpp"

namespace nrm::test {
class ConsentOracle {
 public:
  explicit ConsentOracle(const Appointments& offices) : offices_(offices) {}

  // What happened next: an event of the vault, or one that it heard of from another log. What the
  // vault itself concluded about services is passed over: that is what is compared.
  void take(const StreamKey& stream, const Event& event);

  // Whether this opening, by one person alone, gives the class now.
  bool opens(const CaseId& subject, const Actor& actor, OpeningPurpose purpose, DataClass wanted,
             Instant now) const;
  // Whether the case is there for the actor at all: to speak of the person's consents, for one.
  bool is_there(const CaseId& subject, const Actor& actor) const;
  // Whether an entry ends after the one moment and not after the other: time alone changes answers.
  bool ends_between(const CaseId& subject, Instant from, Instant until) const;
  const std::map<CaseId, std::vector<Event>>& histories() const { return histories_; }

 private:
  bool kept(const CaseId& subject) const;
  bool barred(const CaseId& subject, const Actor& actor) const;
  bool related(const CaseId& subject, const Actor& actor) const;
  bool supports(const CaseId& subject, const OrganisationId& organisation) const;
  bool adult(const CaseId& subject) const;
  std::vector<Consent> said(const CaseId& subject) const;
  bool agreed(const CaseId& subject, ConsentPurpose purpose, const OrganisationId& organisation,
              DataClass wanted, Instant now) const;
  bool manager_opens(const CaseId& subject, const OrganisationId& own, OpeningPurpose purpose,
                     DataClass wanted, Instant now) const;

  Appointments offices_;
  std::map<CaseId, std::vector<Event>> histories_;
  std::map<AccountId, AccountIssued> accounts_;
};
}  // namespace nrm::test
