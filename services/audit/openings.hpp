// Openings: had every opening of personal data a ground at that moment? From the vault's log alone,
// each DossierOpened and SealedItemOpened looked at with what was known when it was recorded.
//
// Independent of the vault's deciders (and of the layer `decisions`, which runs them again): the
// rules are those of its README, "Who may open what", written down once more. Limits on how much an
// hour may see are not looked at here: they are no ground.
// THREAD: one. OWNERSHIP: ids and codes, about 0.5 KiB for each case, 0.1 KiB for each account;
// cases not used for a while are in a scratch store, if it is given one.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/audit/case_access.hpp"
#include "services/audit/spilled.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(OpeningGround, consent, law, safety, broken_glass, own_request, sealed_key)

struct Groundless {
  std::uint64_t seq = 0;  // of the vault's log
  StreamKey stream;
  std::string why;
};

class Openings {
 public:
  struct Rules {
    Offices offices;
    std::set<SealedClass> two_people;  // classes whose reading takes two, as the pack says
  };

  // As Conservation::spill_to().
  void spill_to(Store& scratch) {
    cases_.use(scratch, "access/");
    items_.use(scratch, "item/");
  }

  // A record of the vault's log. `rules`: of its time. REQUIRES: in order.
  void take(const Record& record, const Rules& rules);

  std::uint64_t openings() const { return openings_; }
  const std::map<OpeningGround, std::uint64_t>& by_ground() const { return by_ground_; }
  std::uint64_t by_two() const { return by_two_; }
  std::uint64_t groundless_count() const { return groundless_count_; }
  const std::vector<Groundless>& groundless() const { return groundless_; }  // the first ones

  // Everything but the faults, to keep it and go on from it later (kept.hpp).
  template <class Archive>
  void keep(Archive& archive) {
    archive(accounts_, cases_, proposals_, items_, openings_, by_ground_, by_two_);
  }

 private:
  struct Proposal {
    CaseId subject;
    Actor by;
    OpeningPurpose purpose{};
    std::vector<DataClass> classes;
    std::optional<AccountId> approved_by;
    Instant until;
  };
  BOOST_DESCRIBE_CLASS(Proposal, (), (subject, by, purpose, classes, approved_by, until), (), ())
  struct Request {
    Actor by;
    Instant until;
    std::optional<AccountId> approved_by;
  };
  BOOST_DESCRIBE_CLASS(Request, (), (by, until, approved_by), (), ())
  struct Item {
    CaseId subject;
    SealedClass class_{};
    std::vector<OrganisationId> readers;
    std::vector<Request> requests;
  };
  BOOST_DESCRIBE_CLASS(Item, (), (subject, class_, readers, requests), (), ())

  void take_event(const Emit& emit, const Record& record, const Rules& rules);
  void take_proposal(const Uuid& id, const Event& event);
  void take_item(const SealedItemId& id, const Emit& emit, const Record& record,
                 const Rules& rules);
  // Empty: it had a ground, which is in `ground`.
  std::string fault_of(const CaseId& subject, const DossierOpened& opened, const Record& record,
                       const Rules& rules, OpeningGround& ground);
  std::string fault_of(Item& item, const SealedItemOpened& opened, const Record& record,
                       const Rules& rules);
  std::string fault_of_actor(const Actor& by, const Record& record) const;
  std::string fault_of_two(const CaseId& subject, const DossierOpened& opened, Instant now);
  void count(const std::string& fault, OpeningGround ground, const Emit& emit, std::uint64_t seq);

  KnownAccounts accounts_;
  Spilled<Uuid, CaseAccess> cases_;
  std::map<Uuid, Proposal> proposals_;  // that may still be used
  Spilled<Uuid, Item> items_;
  std::uint64_t openings_ = 0, by_two_ = 0, groundless_count_ = 0;
  std::map<OpeningGround, std::uint64_t> by_ground_;
  std::vector<Groundless> groundless_;
};
}  // namespace nrm
