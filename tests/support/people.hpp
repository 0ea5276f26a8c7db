// People: the actors of the seeded world. They see what the mirror sees, do mostly what their role
// would do next, sometimes something wrong, late or twice.
//
// THREAD: one. Deterministic: all choices come from the generator that is given.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/event/record.hpp"

namespace nrm::test {
using Dice = std::mt19937_64;
inline bool chance(Dice& dice, int percent) { return static_cast<int>(dice() % 100) < percent; }
inline std::size_t pick(Dice& dice, std::size_t size) { return dice() % size; }

// Organisations of the world; the appointments of its policy are three of them.
struct Cast {
  Actor police, ngo, authority, board, manager, second_manager, operator_;
  std::vector<Actor> providers;
  static Cast make();
};

struct Wish {
  Actor actor;
  Command command;
  std::string personal;  // with SealDossier alone
};

class People {
 public:
  // `regions`: of the pack. `board`: it has one, beside the authority.
  People(Cast cast, int people, std::vector<Region> regions, bool board)
      : cast_(std::move(cast)),
        regions_(std::move(regions)),
        has_board_(board),
        to_report_(people) {}

  // An event that the mirror saw.
  void see(const StreamKey& stream, const Event& event);
  // What somebody wants to do now; none when everybody is content. `honest`: only sensible things.
  std::optional<Wish> wish(Dice& dice, bool honest);
  // A dossier was sealed for a report that is to be submitted now.
  void sealed(const CaseId& subject, const DossierSealed& event, const ReportFacts& facts);
  ReportFacts facts(Dice& dice) const;
  bool all_reported() const { return to_report_ == 0 && sealed_.empty(); }
  std::size_t closed() const { return closed_; }

 private:
  struct Person {
    IdentificationStatus status = IdentificationStatus::reported;
    OrganisationId decider;
    std::set<ReferralId> referrals;                 // not ended
    std::map<ReferralId, OrganisationId> services;  // running
    bool plan = false, informed = false, requested = false, closed = false, settled = false;
    bool erasing = false, erased = false;
  };
  struct Offer {
    CaseId subject;
    OrganisationId organisation;
    bool escalated = false;
  };
  struct Sealed {
    CaseId subject;
    Text<64> digest;
    std::optional<Instant> report_by;
    ReportFacts facts;
  };
  std::optional<Wish> wish_for(Dice& dice, const CaseId& id, const Person& person);
  std::optional<Wish> wish_for(Dice& dice, const ReferralId& id, const Offer& offer);
  Wish wish_for(Dice& dice, const StreamKey& matter) const;
  Wish happening(Dice& dice, const CaseId& id) const;
  std::optional<Wish> wish_of_identification(Dice& dice, const CaseId& id,
                                             const Person& person) const;
  bool see_identification(const StreamKey& stream, const Event& event);
  void see_matter(const StreamKey& stream, const Event& event);
  std::optional<Wish> mischief(Dice& dice);
  const Actor* provider(const OrganisationId& organisation) const;
  template <class M>
  typename M::const_iterator any(Dice& dice, const M& map) const;

  Cast cast_;
  std::vector<Region> regions_;
  bool has_board_;
  int to_report_;
  std::size_t registered_ = 0;
  bool police_known_ = false;  // some packs ask of which kind it is before it may report
  std::deque<Sealed> sealed_;
  std::map<CaseId, Person> persons_;
  std::map<ReferralId, Offer> offers_;
  std::vector<ProviderId> directory_;
  std::map<WithdrawalId, OrganisationId> withdrawals_;  // to be acknowledged, by whom
  std::set<StreamKey> matters_;  // procedures, alarms, incidents, notices, transitions, visits
  std::size_t closed_ = 0;
};
}  // namespace nrm::test
