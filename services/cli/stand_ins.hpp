// Stand-ins: what the competent authority, the case managers and the providers of a rehearsal do
// when they look at their queues and inboxes. Each choice is a function of what it is about (Dice),
// never of chance or of the order in which answers come.
//
// Rates are invented, near what the UK publishes for its decisions (55 % positive at the first
// stage); what matters is that every way through the mechanism is walked.
#pragma once
#include <map>
#include <set>

#include "services/cli/cast.hpp"
#include "services/cli/docket.hpp"
#include "services/cli/scene.hpp"

namespace nrm::cli {
struct Tally {
  std::uint64_t first_stage = 0, positive = 0, second_stage = 0;
  std::uint64_t offers_answered = 0, services_ended = 0, closed = 0;
  std::uint64_t closures_open = 0;  // files seen when the closure queues were last walked
};

class StandIns {
 public:
  StandIns(Scene& scene, const Cast& cast, const Docket& docket, Tally& tally)
      : scene_(scene), cast_(cast), docket_(docket), tally_(tally) {}

  // Each asks and acts; land() the scene afterwards.
  void decide();  // competent authority, committees, board: every bench of the pack
  // Case managers: consents, escalations, plans, reviews, transitions, children, visits.
  void manage();
  void provide();  // providers: offers, waiting lists, services, withdrawals
  void close();    // case managers: information, requests, approvals

 private:
  // `last`: of those who vote on it; the stage is counted once.
  void first_stage(const Bench& bench, const std::string& token, json::Value item, bool last);
  void second_stage(const std::string& token, json::Value item, bool last);
  bool declines_authorities(const std::string& id) const;
  void plan(json::Value item);
  void review(json::Value item);
  void move_on(json::Value item);
  void child(json::Value item);
  void guardian(json::Value item);
  void notice(json::Value item);
  void follow_up(json::Value item);
  void change_mind(const std::string& id);
  void awaiting_consent(json::Value referral);
  void escalated(json::Value referral);
  void ask_consent(json::Value referral);
  void obey(const StandIn& provider);
  void answer(const StandIn& provider, json::Value item, std::int64_t& free);
  void offered(const StandIn& provider, json::Value item, std::int64_t& free);
  void accept(const StandIn& provider, const std::string& referral, bool waitlisted,
              std::int64_t& free);
  void accepted(const StandIn& provider, json::Value item);
  void checklist(json::Value item);
  void request_closure(const std::string& id, std::string reason);
  void approval(json::Value item);
  bool passed(json::Value item, std::string_view since, Milliseconds wait) const;

  Scene& scene_;
  const Cast& cast_;
  const Docket& docket_;
  Tally& tally_;
  std::set<std::string> asked_;          // cases whose person was asked for consent in this round
  std::set<std::string> recorded_;       // services recorded already in this run
  std::map<std::string, Instant> held_;  // services that may not end before then
  std::set<std::string> guarded_;        // cases for which a guardian was asked for
  std::set<std::string> sent_back_;      // cases whose closure was refused
};
}  // namespace nrm::cli
