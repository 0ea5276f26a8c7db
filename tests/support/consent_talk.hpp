// ConsentTalk: what the people of the seeded world say about consents, and whom they let near a
// case: entries of all kinds, withdrawals, guardians, conflicts, denials, and openings by whoever
// comes by. Mostly sensible; what is not, the vault must refuse.
//
// THREAD: one. Deterministic: all choices come from the generator that is given.
#pragma once
#include <map>
#include <optional>
#include <vector>

#include "tests/support/people.hpp"

namespace nrm::test {
// Of each case one account: the person's own, and a guardian's.
Actor person_of(const Cast& cast, const CaseId& subject);
Actor guardian_of(const Cast& cast, const CaseId& subject);
// Everybody who may come to the vault about this case, with or without a right to.
std::vector<Actor> visitors_of(const Cast& cast, const CaseId& subject);

inline constexpr DataClass all_classes[] = {DataClass::identity,         DataClass::contact,
                                            DataClass::safe_contact,     DataClass::narrative,
                                            DataClass::medical,          DataClass::family,
                                            DataClass::shelter_location, DataClass::staff_identity};
inline constexpr OpeningPurpose all_purposes[] = {
    OpeningPurpose::decision, OpeningPurpose::support, OpeningPurpose::safety,
    OpeningPurpose::statutory_notice, OpeningPurpose::own_request};
// One class alone, with all that such an opening must say.
OpenDossier opening_of(const CaseId& subject, OpeningPurpose purpose, DataClass wanted);

class ConsentTalk {
 public:
  explicit ConsentTalk(Cast cast) : cast_(std::move(cast)) {}

  void see(const StreamKey& stream, const Event& event);
  std::optional<Wish> wish(Dice& dice, Instant now);

 private:
  struct Known {
    bool asked_for_guardian = false, asked_for_person = false, guarded = false;
    std::vector<LiftDenial> to_lift;
  };
  Wish register_next();
  Wish consent(Dice& dice, const CaseId& subject, Instant now) const;
  Wish denial(Dice& dice, const CaseId& subject, const Known& known) const;
  Wish guardian(Dice& dice, const CaseId& subject, Known& known) const;
  const Actor& any(Dice& dice, std::initializer_list<const Actor*> actors) const;
  std::vector<Actor> organisations() const;

  Cast cast_;
  std::size_t registered_ = 0;
  std::map<CaseId, Known> cases_;
};
}  // namespace nrm::test
