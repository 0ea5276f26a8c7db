#include "services/cli/stand_ins.hpp"

#include <memory>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "services/cli/dice.hpp"

namespace nrm::cli {
namespace {
std::string of_case(std::string_view id, std::string_view what) {
  return "/v1/cases/" + std::string(id) + '/' + std::string(what);
}
std::string of_referral(std::string_view id, std::string_view what) {
  return "/v1/referrals/" + std::string(id) + '/' + std::string(what);
}
std::string reason(std::string_view code) { return "{\"reason\":\"" + std::string(code) + "\"}"; }

std::string decision(bool positive) {
  return positive ? R"({"outcome":"positive","ground":"evidence_sufficient"})"
                  : R"({"outcome":"negative","ground":"evidence_insufficient"})";
}
}  // namespace

// Whether `wait` has passed since the item's time. A time that is not told has passed.
bool StandIns::passed(json::Value item, std::string_view since, Milliseconds wait) const {
  const auto at = Instant::parse(text_of(item, since));
  return !at || scene_.now() >= *at + wait;
}

// --- who decides --------------------------------------------------------------------------------

void StandIns::decide() {
  for (const Bench& bench : cast_.benches) {
    const bool first = bench.stage == Stage::first;
    if (!docket_.open(bench.stage, scene_.now())) continue;
    const std::string queue = first ? "/v1/queues/first_stage" : "/v1/queues/second_stage";
    for (const StandIn& voter : bench.voters) {
      const bool last = &voter == &bench.voters.back();
      scene_.walk(voter.token, queue, [this, first, last, &bench, &voter](json::Value item) {
        first ? first_stage(bench, voter.token, item, last) : second_stage(voter.token, item, last);
      });
    }
  }
}

// One in seven adults does not want to deal with the police (Georgia, Latvia).
bool StandIns::declines_authorities(const std::string& id) const {
  return cast_.has_board && Dice({id, "route"}).percent(15);
}

// Most within the target of five working days, some later: then the overdue clock speaks up. All
// members of a committee see the same evidence and say the same.
void StandIns::first_stage(const Bench& bench, const std::string& token, json::Value item,
                           bool last) {
  const json::Value subject = item.find("case");
  const std::string id(text_of(subject, "case"));
  if (bench.route == IdentificationRoute::authority && declines_authorities(id)) {
    scene_.act(cast_.manager.token, of_case(id, "route"), R"({"route":"board"})");
    return;
  }
  const Ruling ruling = docket_.ruling(Stage::first, id);
  Dice dice({id, "first stage"});
  const bool ripe = passed(subject, "reported_at", days(static_cast<int>(dice.below(9))));
  if (!ripe || scene_.now() < ruling.not_before) return;
  const bool positive = ruling.positive.value_or(dice.percent(55));
  scene_.act(token, of_case(id, "first-stage-decision"), decision(positive),
             [this, positive, last] {
               if (!last) return;
               ++tally_.first_stage;
               tally_.positive += positive;
             });
}

void StandIns::second_stage(const std::string& token, json::Value item, bool last) {
  const json::Value subject = item.find("case");
  const std::string id(text_of(subject, "case"));
  const Ruling ruling = docket_.ruling(Stage::second, id);
  Dice dice({id, "second stage"});
  const bool ripe = passed(subject, "reported_at", days(static_cast<int>(38 + dice.below(18))));
  if (!ripe || scene_.now() < ruling.not_before) return;
  const bool positive = ruling.positive.value_or(dice.percent(70));
  scene_.act(token, of_case(id, "second-stage-decision"), decision(positive),
             [this, last] { tally_.second_stage += last; });
}

// --- case managers ------------------------------------------------------------------------------

void StandIns::manage() {
  asked_.clear();
  const std::string& token = cast_.manager.token;
  scene_.walk(token, "/v1/queues/plan", [this](json::Value item) { plan(item); });
  scene_.walk(token, "/v1/queues/review", [this](json::Value item) { review(item); });
  scene_.walk(token, "/v1/queues/move_on", [this](json::Value item) { move_on(item); });
  scene_.walk(token, "/v1/queues/guardian", [this](json::Value item) { guardian(item); });
  scene_.walk(token, "/v1/queues/best_interests", [this](json::Value item) { child(item); });
  scene_.walk(token, "/v1/queues/child_notice", [this](json::Value item) { notice(item); });
  scene_.walk(token, "/v1/queues/follow_up", [this](json::Value item) { follow_up(item); });
  scene_.walk(token, "/v1/queues/awaiting_consent",
              [this](json::Value item) { awaiting_consent(item.find("referral")); });
  scene_.walk(token, "/v1/queues/escalated",
              [this](json::Value item) { escalated(item.find("referral")); });
}

// Agreed some days before it is due, or, by a few, when it is overdue.
void StandIns::plan(json::Value item) {
  const std::string id(text_of(item.find("case"), "case"));
  Dice dice({id, "plan"});
  if (!passed(item, "when", days(2 - static_cast<int>(dice.below(12))))) return;
  scene_.act(cast_.manager.token, of_case(id, "plan"),
             R"({"goals":["safety","health","legal_status"],"agreed_by_person":true})");
}

void StandIns::review(json::Value item) {
  const std::string id(text_of(item.find("case"), "case"));
  Dice dice({id, "review", text_of(item, "when")});
  if (!passed(item, "when", days(1 - static_cast<int>(dice.below(5))))) return;
  scene_.act(cast_.manager.token, of_case(id, "reviews"));
  if (dice.percent(2)) change_mind(id);
}

// Without a transition plan nobody leaves because the goals are met.
void StandIns::move_on(json::Value item) {
  const json::Value matter = item.find("matter");
  if (text_of(matter, "what") != "move_on") return;
  scene_.act(cast_.manager.token,
             "/v1/transitions/" + std::string(text_of(matter, "matter")) + "/plan",
             R"({"steps":["housing","income","health_care"],"agreed_by_person":true})");
}

void StandIns::child(json::Value item) {
  const std::string id(text_of(item.find("matter"), "case"));
  Dice dice({id, "best interests", text_of(item, "when")});
  if (!passed(item, "when", days(2 - static_cast<int>(dice.below(10))))) return;
  scene_.act(cast_.manager.token, of_case(id, "best-interests"),
             R"({"determination":"stay_in_care"})");
}

// Social services name somebody within days; a few are late.
void StandIns::guardian(json::Value item) {
  const std::string id(text_of(item.find("matter"), "case"));
  Dice dice({id, "guardian"});
  if (!passed(item, "when", days(2 - static_cast<int>(dice.below(14))))) return;
  if (!guarded_.insert(id).second) return;
  scene_.ask(cast_.operator_.token, "/v1/accounts",
             R"({"role":"guardian","organisation":")" + cast_.management.text() +
                 R"(","subject":")" + id + "\"}",
             [this, id](json::Value made) {
               scene_.act(cast_.manager.token, of_case(id, "guardians"),
                          R"({"kind":"social_services","account":")" +
                              std::string(text_of(made, "account")) + "\"}");
             });
}

void StandIns::notice(json::Value item) {
  scene_.act(cast_.manager.token, "/v1/child-notices/" +
                                      std::string(text_of(item.find("matter"), "matter")) +
                                      "/acknowledgement");
}

void StandIns::follow_up(json::Value item) {
  if (!passed(item, "when", hours(0))) return;
  const std::string id(text_of(item.find("matter"), "matter"));
  Dice dice({id, "visit"});
  if (dice.percent(10))
    scene_.act(cast_.manager.token, "/v1/follow-ups/" + id + "/refusal");
  else
    scene_.act(cast_.manager.token, "/v1/follow-ups/" + id + "/record",
               R"({"channel":"in_person","wellbeing":"well"})");
}

// The person lets data be shared, and thinks better of it: everybody who had it is told.
void StandIns::change_mind(const std::string& id) {
  const auto entry = [](bool given) {
    return std::string(R"({"purpose":"data_sharing","by":"individual","language":"en","given":)") +
           (given ? "true}" : "false}");
  };
  scene_.act(cast_.manager.token, of_case(id, "consents"), entry(true), [this, id, entry] {
    scene_.act(cast_.manager.token, of_case(id, "consents"), entry(false));
  });
}

void StandIns::awaiting_consent(json::Value referral) {
  if (!text_of(referral, "proposed").empty()) return ask_consent(referral);
  Dice dice({text_of(referral, "case"), "consent"});
  const bool agrees = dice.percent(75);
  if (agrees && passed(referral, "since", days(static_cast<int>(1 + dice.below(16)))))
    ask_consent(referral);
}

// One consent serves all referrals of the case; where the pack asks for a word before each contact,
// one for each organisation. One in thirty would rather not go there.
void StandIns::ask_consent(json::Value referral) {
  const std::string id(text_of(referral, "case")), about(text_of(referral, "proposed"));
  if (!asked_.insert(id + about).second) return;
  const bool adult = text_of(referral.find("profile"), "age_now") == "adult";
  const bool agrees = about.empty() || !Dice({id, about, "contact"}).percent(3);
  scene_.act(cast_.manager.token, of_case(id, "consents"),
             std::string(R"({"purpose":"support","language":"en","given":)") +
                 (agrees ? "true" : "false") + R"(,"by":")" + (adult ? "individual" : "guardian") +
                 '"' + (about.empty() ? std::string() : R"(,"recipients":[")" + about + "\"]") +
                 '}');
}

void StandIns::escalated(json::Value referral) {
  const std::string id(text_of(referral, "referral"));
  Dice dice({id, "escalated", text_of(referral, "since")});
  if (!passed(referral, "since", days(static_cast<int>(dice.below(4))))) return;
  if (text_of(referral, "escalation") == "awaiting_consent_too_long") {
    if (dice.percent(40)) return ask_consent(referral);
    scene_.act(cast_.manager.token, of_referral(id, "cancellation"), reason("person_declined"));
  } else if (dice.percent(65)) {
    scene_.act(cast_.manager.token, of_referral(id, "retry"));
  } else {
    scene_.act(cast_.manager.token, of_referral(id, "cancellation"), reason("need_met_otherwise"));
  }
}

// --- providers ----------------------------------------------------------------------------------

void StandIns::provide() {
  for (const StandIn& provider : cast_.providers) obey(provider);
  for (const StandIn& provider : cast_.providers)
    scene_.look(provider.token, "/v1/providers", [this, &provider](json::Value page) {
      const auto free = std::make_shared<std::int64_t>(0);
      for (const json::Value one : page.find("items"))
        *free += number_of(one.find("offering"), "places") - number_of(one, "reserved");
      scene_.walk(provider.token, "/v1/inbox",
                  [this, &provider, free](json::Value item) { answer(provider, item, *free); });
    });
}

// Most stop and purge at once; some must keep what the law asks of them.
void StandIns::obey(const StandIn& provider) {
  static constexpr std::string_view outcomes[] = {"purged", "purged", "stopped",
                                                  "kept_legal_ground"};
  scene_.walk(provider.token, "/v1/withdrawals", [this, &provider](json::Value item) {
    const std::string id(text_of(item, "withdrawal"));
    Dice dice({id, "withdrawal"});
    scene_.act(provider.token, "/v1/withdrawals/" + id + "/acknowledgement",
               "{\"outcome\":\"" + std::string(dice.one_of(outcomes)) + "\"}");
  });
}

// `free`: places that this provider has left today.
void StandIns::answer(const StandIn& provider, json::Value item, std::int64_t& free) {
  const auto status = text_of(item, "status");
  if (status == "offered") return offered(provider, item, free);
  if (status == "accepted") return accepted(provider, item);
  const std::string id(text_of(item, "referral"));
  Dice dice({id, status, text_of(item, "since")});
  const Milliseconds wait =
      status == "waitlisted" ? days(static_cast<int>(2 + dice.below(8))) : hours(20);
  if (passed(item, "since", wait)) accept(provider, id, status == "waitlisted", free);
}

void StandIns::offered(const StandIn& provider, json::Value item, std::int64_t& free) {
  constexpr std::string_view declines[] = {"outside_mandate", "age_or_sex_mix",
                                           "language_not_available", "safety_conflict"};
  const std::string id(text_of(item, "referral"));
  Dice dice({id, provider.name, text_of(item, "since")});
  const auto roll = dice.below(100);
  const auto count = [this] { ++tally_.offers_answered; };
  // A routine offer may be slept on: it has 48 hours.
  if (roll < 10 && text_of(item, "urgency") == "routine")
    scene_.act(provider.token, of_referral(id, "acknowledgement"), {}, count);
  else if (roll < 14)
    scene_.act(provider.token, of_referral(id, "waitlisting"), {}, count);
  else if (roll < 22)
    scene_.act(provider.token, of_referral(id, "refusal"), reason(dice.one_of(declines)), count);
  else if (roll >= 25)  // 22 to 24: silence
    accept(provider, id, false, free);
}

// Without a free place the person goes on the waiting list, or stays there.
void StandIns::accept(const StandIn& provider, const std::string& referral, bool waitlisted,
                      std::int64_t& free) {
  if (free <= 0 && waitlisted) return;
  const bool takes = free-- > 0;
  scene_.act(provider.token, of_referral(referral, takes ? "acceptance" : "waitlisting"), {},
             [this] { ++tally_.offers_answered; });
}

// Something is given every other week; after some weeks the service ends.
void StandIns::accepted(const StandIn& provider, json::Value item) {
  constexpr std::string_view ends[] = {"goals_met",   "goals_met",   "goals_met",
                                       "goals_met",   "goals_met",   "other",
                                       "person_left", "transferred", "contact_lost"};
  const std::string id(text_of(item, "referral")), subject(text_of(item, "case"));
  const auto since = Instant::parse(text_of(item, "since"));
  if (!since) return;
  Dice dice({id, "service"});
  const int length = static_cast<int>(15 + dice.below(46));
  if (passed(item, "since", days(length))) {
    if (const auto held = held_.find(id); held != held_.end() && scene_.now() < held->second)
      return;
    scene_.act(
        provider.token, of_case(subject, "service-ends"),
        "{\"referral\":\"" + id + "\",\"reason\":\"" + std::string(dice.one_of(ends)) + "\"}",
        [this] { ++tally_.services_ended; },
        // The person is moving on: nobody is put out before that is over.
        [this, id](Code) { held_[id] = scene_.now() + days(7); });
    return;
  }
  const int fortnight = (scene_.now().date().days - since->date().days - 1) / 14;
  const Date on = since->date().plus(1 + 14 * fortnight);
  if (on > scene_.now().date()) return;
  const std::string key = to_hex(crypto::digest(id + '/' + on.text(), 16));
  if (!recorded_.insert(key).second) return;
  scene_.act_once(provider.token, key, of_case(subject, "services"),
                  "{\"referral\":\"" + id + "\",\"on\":\"" + on.text() +
                      "\",\"units\":" + std::to_string(1 + dice.below(10)) + '}');
}

// --- closing ------------------------------------------------------------------------------------

void StandIns::close() {
  tally_.closures_open = 0;
  scene_.walk(cast_.manager.token, "/v1/queues/closure_checklist", [this](json::Value item) {
    ++tally_.closures_open;
    checklist(item.find("case"));
  });
  scene_.walk(cast_.second_manager.token, "/v1/queues/closure_approval", [this](json::Value item) {
    ++tally_.closures_open;
    approval(item);
  });
}

// The list tells who may be ready; what is still owed is in the case itself.
void StandIns::checklist(json::Value item) {
  const auto status = text_of(item, "identification_status");
  const auto support = text_of(item, "support_status");
  const bool settled =
      status == "confirmed" ||
      ((status == "negative_first_stage" || status == "not_confirmed") && !item.find("due"));
  if (!settled || (support != "none" && support != "ended")) return;
  const std::string id(text_of(item, "case"));
  const std::string why = status == "confirmed" ? "plan_completed" : "not_a_victim";
  scene_.look(cast_.manager.token, "/v1/cases/" + id, [this, id, why](json::Value full) {
    bool uninformed = false, other = false;
    if (const json::Value owed = full.find("open_obligations"))
      for (const json::Value one : owed)
        (one.text() == "person_not_informed" ? uninformed : other) = true;
    if (other) return;
    if (!uninformed) return request_closure(id, why);
    scene_.act(cast_.manager.token, of_case(id, "information"), R"({"channel":"in_person"})",
               [this, id, why] { request_closure(id, why); });
  });
}

void StandIns::request_closure(const std::string& id, std::string why) {
  scene_.act(cast_.manager.token, of_case(id, "closure-request"),
             "{\"reason\":\"" + why +
                 R"(","evidence":{"handed_over":true,"needs_reviewed":true,"unmet_needs":[]}})");
}

// Somebody else looks at it, and sends a few back, once.
void StandIns::approval(json::Value item) {
  const std::string id(text_of(item.find("case"), "case"));
  Dice dice({id, "approval"});
  if (dice.percent(3) && sent_back_.insert(id).second)
    scene_.act(cast_.second_manager.token, of_case(id, "closure-refusal"));
  else
    scene_.act(cast_.second_manager.token, of_case(id, "closure-approval"), {},
               [this] { ++tally_.closed; });
}
}  // namespace nrm::cli
