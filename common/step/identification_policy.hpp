// What a pack says about identification: who decides, on which route, what the recovery period is,
// and when an anonymous notification would tell too much (domain.md, b3 to b6).
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/event/codes.hpp"

namespace nrm {
// One person of the office decides, or its members vote.
BOOST_DEFINE_ENUM_CLASS(DeciderKind, authority, committee)
BOOST_DEFINE_ENUM_CLASS(DecidingOffice, competent_authority, board)
struct DeciderRule {
  Stage stage{};
  IdentificationRoute route{};
  DecidingOffice office{};
  DeciderKind kind{};
  // Of a committee: votes that must be there. It has decided when one outcome then has more than
  // half of the votes given.
  std::uint32_t quorum = 0;
  // A report may name one of these organisations instead of the office (Ireland).
  bool trusted_partners = false;
  Text<200> source;
  std::optional<std::uint32_t> members = std::nullopt;  // of a committee: how many it has
};
BOOST_DESCRIBE_STRUCT(DeciderRule, (),
                      (stage, route, office, kind, quorum, trusted_partners, source, members))

BOOST_DEFINE_ENUM_CLASS(RecoveryGrant, automatic, on_request)
struct RecoveryRule {
  RecoveryGrant grant{};
  bool children = true;                  // false: a child-protection measure instead (Bulgaria)
  bool ends_on_cooperation = false;      // when the person decides to cooperate (Bulgaria)
  std::uint32_t extension_days_max = 0;  // of one extension; 0: none
  Text<200> source;
};
BOOST_DESCRIBE_STRUCT(RecoveryRule, (),
                      (grant, children, ends_on_cooperation, extension_days_max, source))

// What a notification may not tell about a person (Modern Slavery Act 2015, s.52(3)).
BOOST_DEFINE_ENUM_CLASS(TooFew, coarsen, refuse)
struct AnonymityRule {
  // So many people on record, the new one included, must share each combination.
  std::uint32_t k = 0;
  std::vector<std::vector<FactField>> combinations;
  TooFew otherwise{};  // leave the combination's last field out, or ask for a coarser report
  Text<200> source;
};
BOOST_DESCRIBE_STRUCT(AnonymityRule, (), (k, combinations, otherwise, source))

struct IdentificationPolicy {
  std::vector<DeciderRule> deciders;
  bool second_stage = true;  // false: a positive first decision confirms
  RecoveryRule recovery;
  std::optional<AnonymityRule> anonymity;  // none: no anonymous route
  // Who may report; none: every kind that has first responders.
  std::vector<OrganisationKind> first_responders;
  std::uint32_t contact_attempts_min = 0;  // before somebody counts as lost
  bool new_recovery_on_new_episode = false;
  std::uint32_t episodes_max = 0;

  // The rule for a stage on a route; nullptr: nobody decides it there.
  const DeciderRule* decider(Stage stage, IdentificationRoute route) const {
    for (const DeciderRule& rule : deciders)
      if (rule.stage == stage && rule.route == route) return &rule;
    return nullptr;
  }
};
BOOST_DESCRIBE_STRUCT(IdentificationPolicy, (),
                      (deciders, second_stage, recovery, anonymity, first_responders,
                       contact_attempts_min, new_recovery_on_new_episode, episodes_max))
}  // namespace nrm
