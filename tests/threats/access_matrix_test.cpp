// Threat 1: somebody with a valid login tries ids. Every route of the table, as every role, without
// a token and with a revoked one, on what is theirs, somebody else's and nobody's. What is somebody
// else's must look exactly like what does not exist: status, header fields, body, and time.
//
// The expected answers are the table below, written from services/gateway/README.md. A route that
// is not in it fails the test: decide who may see what, then add its row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "services/gateway/route_table.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
// One letter for each of R A M P U O, person, guardian and W (services/gateway/README.md):
//   -  the role has no business here: 403, whatever the id
//   y  one's own is there; somebody else's is not
//   a  an office: all there are; only what does not exist is not
//   l  no id: a list or an act of one's own, answered
//   n  never: the role may ask, but nothing here is its own
//   o  an office, whose cases all are, of which none has what is asked for: the versions of a case
//      are no secret from it
// Answered ("there"): 2xx, or a refusal that says why: 409, 412, 422, or names a member of the
// body.
struct Row {
  std::string_view route;
  std::string_view letters;
  std::string_view body = "{}";  // {referral}: of the same case; {account}, {fingerprint}
};
constexpr Row table[] = {
    {"POST /v1/reports", "l--------", "{report}"},
    {"GET /v1/cases", "yaay-ayy-"},
    {"GET /v1/cases/{id}", "yaay-ayy-"},
    {"GET /v1/cases/{id}/receipt", "yaa------"},
    {"GET /v1/cases/{id}/timeline", "yaay-ayy-"},
    {"GET /v1/cases/{id}/referrals", "yaay-ayy-"},
    {"POST /v1/cases/{id}/openings", "yaay-----", R"({"purpose":"safety","classes":["identity"]})"},
    {"POST /v1/cases/{id}/consents", "yaay--yy-",
     R"({"purpose":"research","given":false,"by":"individual","language":"en"})"},
    {"POST /v1/cases/{id}/opening-proposals", "-aa------",
     R"({"purpose":"own_request","classes":["identity"]})"},
    {"POST /v1/proposals/{id}/approval", "-nn------"},
    {"POST /v1/cases/{id}/broken-glass", "yaay-----", R"({"ground":"threat_to_life"})"},
    {"POST /v1/emergencies/{id}/review", "----n----", R"({"outcome":"justified"})"},
    {"POST /v1/cases/{id}/guardians", "--a------", R"({"account":"no id","kind":"parent"})"},
    {"POST /v1/cases/{id}/guardianship-ends", "--a------",
     R"({"account":"no id","reason":"replaced"})"},
    {"POST /v1/cases/{id}/conflicts", "yaay---y-", R"({"ground":"not done"})"},
    {"POST /v1/cases/{id}/denials", "--a------", R"({"ground":"not done"})"},
    {"POST /v1/cases/{id}/denial-ends", "--a------"},
    {"GET /v1/withdrawals", "llll-----"},
    {"POST /v1/withdrawals/{id}/acknowledgement", "nnnn-----", R"({"outcome":"stopped"})"},
    {"GET /v1/notices/stream", "lllll----"},
    {"POST /v1/cases/{id}/erasure-request", "--a------", R"({"ground":"not done"})"},
    {"POST /v1/cases/{id}/erasure-confirmation", "-aa------"},
    {"POST /v1/cases/{id}/erasure-cancellation", "-aa------"},
    {"GET /v1/cases/{id}/erasure", "--a------"},  // none was asked for: it says so
    {"POST /v1/cases/{id}/subject-access", "--a------", R"({"language":"no code"})"},
    {"POST /v1/cases/{id}/first-stage-decision", "-a-------",
     R"({"outcome":"positive","ground":"evidence_sufficient"})"},
    {"POST /v1/cases/{id}/second-stage-decision", "-a-------",
     R"({"outcome":"positive","ground":"evidence_sufficient"})"},
    {"POST /v1/signals", "l--------", R"({"region":"no region"})"},
    {"POST /v1/cases/{id}/signal-resolution", "y-a------", R"({"outcome":"nobody_found"})"},
    {"POST /v1/group-events", "l--------",
     R"({"kind":"raid","region":"no region","on":"2023-07-01","people":3})"},
    {"POST /v1/group-events/{id}/closing", "y-a------"},
    {"POST /v1/cases/{id}/screenings", "yaa------", R"({"evidence":[]})"},
    {"POST /v1/cases/{id}/age-assessments", "yaa------",
     R"({"moment":"today","band":"adult","precision":"exact","assessor":"self_stated"})"},
    {"POST /v1/cases/{id}/information-request", "-a-------", R"({"topics":[]})"},
    {"POST /v1/cases/{id}/information-answer", "y--------", R"({"topics":[]})"},
    {"POST /v1/cases/{id}/recusal", "-a-------", R"({"ground":"not done"})"},
    {"POST /v1/cases/{id}/route", "y-a---yy-", R"({"route":"board"})"},
    {"POST /v1/cases/{id}/recovery-request", "y-ay--yy-"},
    {"POST /v1/cases/{id}/recovery-extension", "-aa------", R"({"days":0,"reason":"health"})"},
    {"POST /v1/cases/{id}/cooperation", "-aa------"},
    {"POST /v1/cases/{id}/reconsideration-request", "y-ay--yy-", R"({"ground":"both"})"},
    {"POST /v1/cases/{id}/reconsideration-decision", "-a-------",
     R"({"admitted":false,"outcome":"negative","ground":"evidence_insufficient"})"},
    {"POST /v1/cases/{id}/disqualification", "-a-------", R"({"ground":"not done"})"},
    {"POST /v1/cases/{id}/episodes", "y-a------", R"({"exploitation":[]})"},
    {"POST /v1/cases/{id}/identification-withdrawal", "y-ay--yy-", R"({"not":"done"})"},
    {"POST /v1/cases/{id}/contact-attempts", "yaay-----", R"({"channel":"not done"})"},
    {"POST /v1/cases/{id}/contact-loss", "yaa------"},
    {"POST /v1/cases/{id}/contact-regained", "yaay-----"},
    {"POST /v1/cases/{id}/death", "-aa------", R"({"not":"done"})"},
    {"POST /v1/cases/{id}/opened-in-error", "-aa------", R"({"ground":"not done"})"},
    {"POST /v1/duplicates/{id}/merge-proposal", "--n------", R"({"kept":"{absent}"})"},
    {"POST /v1/duplicates/{id}/merge-approval", "--n------"},
    {"POST /v1/duplicates/{id}/dismissal", "--n------"},
    {"POST /v1/duplicates/{id}/merge-reversal", "--n------"},
    {"POST /v1/cases/{id}/referrals", "--a------",
     R"({"service":"interpretation","urgency":"routine"})"},
    {"POST /v1/cases/{id}/plan", "--ay-----", R"({"goals":["safety"],"agreed_by_person":true})"},
    {"POST /v1/cases/{id}/services", "---y-----",
     R"({"referral":"{referral}","on":"2023-07-03","units":1})"},
    {"POST /v1/cases/{id}/reviews", "--ay-----"},
    {"POST /v1/cases/{id}/service-ends", "--ay-----",
     R"({"referral":"{absent}","reason":"goals_met"})"},
    {"POST /v1/cases/{id}/information", "--a------", R"({"channel":"in_person"})"},
    {"POST /v1/cases/{id}/closure-request", "--a------", R"({"reason":"plan_completed"})"},
    {"POST /v1/cases/{id}/closure-approval", "-aa------"},
    {"POST /v1/cases/{id}/closure-refusal", "-aa------"},
    {"GET /v1/cases/{id}/matters", "--ay-----"},
    {"POST /v1/cases/{id}/contacts", "--ay-----", R"({"channel":"in_person"})"},
    {"POST /v1/cases/{id}/risk-assessments", "--ay-----", R"({"level":"low"})"},
    {"POST /v1/cases/{id}/needs-assessments", "--ay-----", R"({"needs":[]})"},
    {"POST /v1/cases/{id}/preferences", "--ay-----",
     R"({"same_interpreter":true,"no_telephone_interpreter":false})"},
    {"POST /v1/cases/{id}/contact-rules", "--ay-----",
     R"({"allowed":[{"channel":"safe_phone","from":1,"until":1}],"code_word":true,"no_contact":false})"},
    {"POST /v1/cases/{id}/procedures", "--ay-----",
     R"({"kind":"residence_permit","date":"2001-01-01"})"},
    {"POST /v1/procedures/{id}/steps", "--nn-----", R"({"step":"filed"})"},
    {"POST /v1/procedures/{id}/end", "--nn-----", R"({"end":"granted"})"},
    {"POST /v1/cases/{id}/alarms", "--ay-----", R"({"ground":"unreachable"})"},
    {"POST /v1/alarms/{id}/end", "--nn-----", R"({"end":"found_safe"})"},
    {"POST /v1/cases/{id}/incidents", "--ay-----",
     R"({"kind":"threat","severity":"minor","on":"2099-01-01"})"},
    {"POST /v1/incidents/{id}/closing", "--n------", R"({"outcome":"resolved"})"},
    {"POST /v1/cases/{id}/move-on", "--a------"},
    {"POST /v1/transitions/{id}/extension", "--n------", R"({"ground":"housing","days":1})"},
    {"POST /v1/transitions/{id}/plan", "--nn-----",
     R"({"steps":["housing"],"agreed_by_person":true})"},
    {"POST /v1/transitions/{id}/reach-in", "--n------",
     R"({"channel":"in_person","wellbeing":"well"})"},
    {"POST /v1/cases/{id}/best-interests", "--o------", R"({"determination":"foster_care"})"},
    {"POST /v1/cases/{id}/education", "--on-----", R"({"education":"enrolled"})"},
    {"POST /v1/cases/{id}/child-pathway-end", "--o------"},
    {"POST /v1/child-notices/{id}/acknowledgement", "--n------"},
    {"POST /v1/cases/{id}/reopening", "--a------", R"({"cause":"came_back"})"},
    {"POST /v1/follow-ups/{id}/record", "--n------",
     R"({"channel":"in_person","wellbeing":"well"})"},
    {"POST /v1/follow-ups/{id}/refusal", "--n------"},
    {"GET /v1/queues/{name}", "-ll--l---"},
    {"GET /v1/inbox", "---l-----"},
    {"GET /v1/inbox/stream", "---l-----"},
    {"GET /v1/referrals/{id}", "yaay-----"},
    {"POST /v1/referrals/{id}/acknowledgement", "---y-----"},
    {"POST /v1/referrals/{id}/acceptance", "---y-----"},
    {"POST /v1/referrals/{id}/waitlisting", "---y-----"},
    {"POST /v1/referrals/{id}/refusal", "---y-----", R"({"reason":"no_capacity"})"},
    {"POST /v1/referrals/{id}/cancellation", "--a------", R"({"reason":"nothing"})"},
    {"POST /v1/referrals/{id}/retry", "--a------"},
    {"POST /v1/referrals/{id}/sending", "--a------"},
    {"POST /v1/referrals/{id}/revocation", "--a------", R"({"reason":"nothing","then":"end"})"},
    {"POST /v1/referrals/{id}/delivery", "--a------", R"({"channel":"nothing"})"},
    {"POST /v1/referrals/{id}/outcome", "--a------",
     R"({"channel":"nothing","outcome":"accepted"})"},
    {"POST /v1/referrals/{id}/consent-override", "--a------", R"({"ground":"nothing"})"},
    {"POST /v1/referrals/{id}/rerouting", "--a------"},
    {"POST /v1/referrals/{id}/keeping", "--a------"},
    {"POST /v1/referrals/{id}/start", "--ay-----", R"({"on":"no date"})"},
    {"POST /v1/referrals/{id}/hold", "--ay-----", R"({"reason":"nothing"})"},
    {"POST /v1/referrals/{id}/resumption", "--ay-----"},
    {"POST /v1/referrals/{id}/failure", "--ay-----", R"({"reason":"nothing"})"},
    {"POST /v1/cases/{id}/matching-facts", "--a------"},
    {"POST /v1/cases/{id}/handover", "--a------", R"({"to":"no id","reason":"workload"})"},
    {"POST /v1/cases/{id}/handover-revocation", "--a------"},
    {"GET /v1/handovers", "--l------"},
    {"POST /v1/handovers/{id}/acceptance", "--n------"},
    {"POST /v1/handovers/{id}/refusal", "--n------", R"({"reason":"no_capacity"})"},
    {"POST /v1/cases/{id}/protection", "--a------", R"({"asked":false})"},
    {"POST /v1/focal-points", "--l--l---", R"({"organisation":"no id","country":"DE"})"},
    {"POST /v1/cases/{id}/transnational-referrals", "--a------",
     R"({"focal_point":"no id","item":"no id"})"},
    {"GET /v1/cases/{id}/transnational-referrals", "--a------"},
    {"POST /v1/transnational-referrals/{id}/answer", "--n------", R"({"outcome":"accepted"})"},
    {"POST /v1/transnational-referrals/{id}/revocation", "--n------", R"({"reason":"other"})"},
    {"POST /v1/organisations", "-----l---", R"({"name":"","kind":"ngo"})"},
    {"GET /v1/organisations", "llllll---"},
    {"POST /v1/accounts", "-----l---", R"({"role":"ngo"})"},
    {"POST /v1/accounts/{id}/revocation", "-----a---"},
    {"POST /v1/accounts/{id}/anomaly-review", "----n----", R"({"outcome":"justified"})"},
    {"POST /v1/sessions", "*"},
    {"DELETE /v1/sessions/current", "lllllllll"},  // of no session: it says so
    {"POST /v1/accounts/{id}/password", "*"},
    {"POST /v1/providers", "--ll-l---", R"({"service":"medical","places":1000000})"},
    {"GET /v1/providers", "-lll-l---"},
    {"POST /v1/providers/{id}/capacity", "--ay-----", R"({"places":100000})"},
    {"POST /v1/providers/{id}/offering", "--ay-a---",
     R"({"organisation":"no id","service":"medical","places":1})"},
    {"POST /v1/providers/{id}/suspension", "--ay-a---", R"({"reason":"nothing"})"},
    {"POST /v1/providers/{id}/reinstatement", "--a--a---"},
    {"GET /v1/capacity", "llll-----"},
    {"POST /v1/organisations/{id}/keys", "yyyy-----", "{key}"},
    {"GET /v1/organisations/{id}/keys", "llllll---"},  // public, empty for who has none
    {"POST /v1/organisation-keys/{id}/approval", "----aa---", R"({"fingerprint":"{fingerprint}"})"},
    {"POST /v1/organisation-keys/{id}/revocation", "nnnyna---", R"({"reason":"replaced"})"},
    {"POST /v1/cases/{id}/sealed-items", "--ay-----",
     R"({"class":"shelter_location","version":9,"boxes":[]})"},
    {"GET /v1/cases/{id}/sealed-items", "yaay-----"},
    {"POST /v1/sealed-items/{id}/requests", "nnay-----"},
    {"POST /v1/sealed-items/{id}/approval", "nnay-----", R"({"account":"{account}"})"},
    {"POST /v1/sealed-items/{id}/openings", "nnay-----", R"({"purpose":"support"})"},
    {"GET /v1/status", "----ll---"},
    {"GET /v1/logs", "----ll--l"},
    {"GET /v1/logs/{name}/checkpoint", "----ll--l"},
    {"GET /v1/logs/{name}/tile/entries/{rest}", "----l----"},
    {"GET /v1/logs/{name}/tile/{rest}", "----l---l"},
    {"GET /v1/logs/{name}/consistency", "llllll--l"},      // hashes: they say nothing of anybody
    {"GET /v1/logs/{name}/receipts/{rest}", "nnnnln---"},  // record 0 is nobody's
    {"GET /v1/logs/feed", "----l----"},
    {"POST /v1/publications", "-l--l----"},
    {"POST /v1/publications/{id}/approval", "-n--n----", R"({"digest":"{fingerprint}"})"},
    {"POST /v1/publications/{id}/refusal", "-n--n----", R"({"reason":"not_due"})"},
    {"GET /v1/publications", "-l--l----"},
    {"POST /v1/complaints", "l-ll--ll-", R"({"about":"{absent}","matter":"delay"})"},
    {"GET /v1/complaints", "lllll-ll-"},
    {"GET /v1/complaints/{id}", "yaana-nn-"},  // it is about the house
    {"POST /v1/complaints/{id}/record", "-aa-a----"},
    {"POST /v1/complaints/{id}/assignment", "-aa-a----", R"({"to":"{absent}"})"},
    {"POST /v1/complaints/{id}/rejection", "-aa-a----", R"({"reason":"not done"})"},
    {"POST /v1/complaints/{id}/answer", "-aa-a----", R"({"finding":"upheld","remedy":"apology"})"},
    {"POST /v1/complaints/{id}/satisfaction", "y-nn--nn-"},
    {"POST /v1/complaints/{id}/escalation", "y-nn--nn-"},
    {"POST /v1/complaints/{id}/conclusion", "----a----",
     R"({"finding":"upheld","remedy":"apology"})"},
    {"POST /v1/complaints/{id}/withdrawal", "y-nn--nn-"},
    {"POST /v1/cases/{id}/feedback", "--a---yy-", R"({"answers":[]})"},
    {"GET /v1/warnings", "-l--ll---"},
    {"POST /v1/warnings/{id}/acknowledgement", "-n--nn---", R"({"response":"explained"})"},
    {"GET /v1/sandbox/clock", "-----l---"},
    {"POST /v1/sandbox/clock", "-----l---", R"({"advance":"0s"})"},
    {"GET /livez", "*"},
    {"GET /readyz", "*"},
    {"GET /metrics", "-----l---"},
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// Of what there is none, these say so in words that only who may see the case reads.
bool says_in_its_body(std::string_view pattern) {
  return pattern == "/v1/cases" || pattern == "/v1/cases/{id}/erasure";
}

bool is_there(const http::Answer& answer) {
  return answer.status / 100 == 2 || answer.status == 409 || answer.status == 422 ||
         answer.status == 412 || !member(answer, "errors/0/pointer").empty();
}

// One case with everything that hangs on it, and an operation of who reported it.
struct Things {
  std::string subject, reference, referral, provider, account, organisation, key, item, group,
      complaint;
};

class Threat01_EnumeratingIds : public ::testing::Test {
 protected:
  // Two cases with a police force, a safe house and a key each: who is of the first knows nothing
  // of the second. Over the bus in memory: turns of the loops are counted, in thousands of
  // requests.
  struct World {
    Town town{Wires::memory};
    Party police[2], house[2], authority, manager, second, auditor, operator_, person, guardian,
        witness;
    Party authority_elsewhere, manager_elsewhere, revoked, nobody;
    Keys house_keys[2], manager_keys;
    Things things[2], absent;
    World();
    void furnish(int i);
  };
  static void SetUpTestSuite() { world_ = new World; }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }
  World& world() { return *world_; }

  struct Ask {
    const gateway::Route& route;
    const Row& row;
  };
  http::Answer ask(const Ask& what, const Party& who, const Things& on, http::Headers headers = {});
  // "" or what differs.
  static std::string difference(const http::Answer& a, const http::Answer& b);
  const Row* row_of(const gateway::Route& route);

  static World* world_;
};
Threat01_EnumeratingIds::World* Threat01_EnumeratingIds::world_ = nullptr;

Threat01_EnumeratingIds::World::World()
    : authority(town.office("competent-authority")),
      manager(town.office("case-manager")),
      second(town.office("case-manager-2")),
      auditor(town.office("auditor")),
      operator_(town.office("operator")) {
  authority_elsewhere = town.join("Authority elsewhere", OrganisationKind::competent_authority,
                                  Role::competent_authority);
  manager_elsewhere =
      town.join("Managers elsewhere", OrganisationKind::case_management, Role::case_manager);
  revoked = town.join("Gone", OrganisationKind::police, Role::first_responder);
  EXPECT_EQ(
      town.post(operator_, "/v1/accounts/" + revoked.account.text() + "/revocation", "{}").status,
      200);
  town.enrol(manager, manager_keys);
  furnish(0);
  person = town.join("A person", OrganisationKind::ngo, Role::person, things[0].subject);
  guardian = town.join("A guardian", OrganisationKind::ngo, Role::guardian, things[0].subject);
  EXPECT_EQ(town.post(manager, "/v1/cases/" + things[0].subject + "/guardians",
                      R"({"account":")" + guardian.account.text() + R"(","kind":"parent"})")
                .status,
            200);
  witness = town.join("A witness", OrganisationKind::witness, Role::witness);
  // The first safe house takes nobody any more, so that the second gets the second case.
  EXPECT_EQ(
      town.post(house[0], "/v1/providers/" + things[0].provider + "/capacity", R"({"places":1})")
          .status,
      200);
  furnish(1);
  absent = {fresh_id(), "00000-00000-0", fresh_id(), fresh_id(), fresh_id(),
            fresh_id(), fresh_id(),      fresh_id(), fresh_id(), fresh_id()};
}

void Threat01_EnumeratingIds::World::furnish(int i) {
  const std::string number = std::to_string(i + 1);
  police[i] = town.join("Police " + number, OrganisationKind::police, Role::first_responder);
  house[i] = town.provider("Safe house " + number, "safe_accommodation");
  town.enrol(house[i], house_keys[i]);
  Things& on = things[i];
  on.subject = town.report(police[i]);
  on.referral = town.accept(house[i], on.subject);
  on.reference = member(town.get(house[i], "/v1/cases/" + on.subject), "reference");
  on.provider = members(town.get(house[i], "/v1/providers"), "provider").at(0);
  on.account = town.colleague(police[i], Role::first_responder).account.text();
  on.organisation = house[i].organisation.text();
  on.key = house_keys[i].id.text();
  const auto stored = town.post(manager, "/v1/cases/" + on.subject + "/sealed-items",
                                town.sealed_body(on.subject, 1, manager_keys,
                                                 {&house_keys[i], &manager_keys}, "1 Safe Road"));
  EXPECT_EQ(stored.status, 201) << stored.body;
  on.item = member(stored, "item");
  const auto found = town.post(police[i], "/v1/group-events",
                               R"({"kind":"raid","region":"XX-N","on":"2023-07-01","people":3})");
  EXPECT_EQ(found.status, 201) << found.body;
  on.group = member(found, "group");
  const auto complained = town.post(police[i], "/v1/complaints",
                                    R"({"about":")" + on.organisation +
                                        R"(","matter":"delay","subject":")" + on.subject + R"("})");
  EXPECT_EQ(complained.status, 201) << complained.body;
  on.complaint = member(complained, "complaint");
}

const Row* Threat01_EnumeratingIds::row_of(const gateway::Route& route) {
  const std::string name = std::string(route.method) + ' ' + std::string(route.pattern);
  const auto* found = std::ranges::find(table, name, &Row::route);
  return found == std::end(table) ? nullptr : found;
}

http::Answer Threat01_EnumeratingIds::ask(const Ask& what, const Party& who, const Things& on,
                                          http::Headers headers) {
  std::string target(what.route.pattern);
  const bool of_organisation = target.starts_with("/v1/organisations/");
  // One's own organisation is one's own, whoever one is.
  const std::string organisation = on.organisation == world().absent.organisation ? on.organisation
                                   : &on == &world().things[0] && of_organisation
                                       ? who.organisation.text()
                                       : on.organisation;
  for (const auto& [prefix, id] :
       {std::pair<std::string_view, const std::string&>{"/v1/cases/{id}", on.subject},
        {"/v1/referrals/{id}", on.referral},
        {"/v1/providers/{id}", on.provider},
        {"/v1/accounts/{id}", on.account},
        {"/v1/organisations/{id}", organisation},
        {"/v1/organisation-keys/{id}", on.key},
        {"/v1/sealed-items/{id}", on.item},
        {"/v1/group-events/{id}", on.group},
        {"/v1/duplicates/{id}", on.item},
        {"/v1/complaints/{id}", on.complaint},
        {"/v1/warnings/{id}", on.item},
        {"/v1/publications/{id}", on.item},
        {"/v1/proposals/{id}", on.item},  // ids that are there, as something else
        {"/v1/emergencies/{id}", on.item},
        {"/v1/withdrawals/{id}", on.item},
        {"/v1/procedures/{id}", on.item},
        {"/v1/alarms/{id}", on.item},
        {"/v1/incidents/{id}", on.item},
        {"/v1/transitions/{id}", on.item},
        {"/v1/child-notices/{id}", on.item},
        {"/v1/follow-ups/{id}", on.item},
        {"/v1/handovers/{id}", on.subject},
        {"/v1/transnational-referrals/{id}", on.item}})
    if (target.starts_with(prefix)) target = replaced(target, "{id}", id);
  const bool of_log = target.starts_with("/v1/logs/");
  target = replaced(target, "{name}", of_log ? "identification-0" : "closure_approval");
  if (target.find("/tile/{rest}") != target.npos) target = replaced(target, "{rest}", "0/000.p/1");
  target =
      replaced(target, "{rest}", of_log && target.ends_with("receipts/{rest}") ? "0" : "000.p/1");
  if (target.ends_with("/consistency")) target += "?from=1";
  if (target == "/v1/cases") target += "?reference=" + on.reference;
  if (what.route.method == "GET") return world().town.get(who, target, std::move(headers));
  if (what.route.method == "DELETE") return world().town.erase(who, target, std::move(headers));
  std::string body(what.row.body);
  body = replaced(body, "{report}", "{}");
  body = replaced(body, "{key}", R"({"box_key":"00","sign_key":"00","proof":"00"})");
  body = replaced(body, "{referral}", on.referral);
  body = replaced(body, "{absent}", world().absent.referral);
  body = replaced(body, "{account}", world().absent.account);
  body = replaced(body, "{fingerprint}", std::string(64, '0'));
  return world().town.post(who, target, body, std::move(headers));
}

std::string Threat01_EnumeratingIds::difference(const http::Answer& a, const http::Answer& b) {
  if (a.status != b.status)
    return "status " + std::to_string(a.status) + " and " + std::to_string(b.status);
  if (a.body != b.body) return "body\n" + a.body + "\nand\n" + b.body;
  const auto fields = [](const http::Answer& answer) {
    std::string out;
    for (const auto& [name, value] : answer.headers)
      if (name != "Date" && name != "date") out += name + ": " + value + '\n';
    return out;
  };
  if (fields(a) != fields(b)) return "fields\n" + fields(a) + "and\n" + fields(b);
  return {};
}

TEST_F(Threat01_EnumeratingIds, EveryRouteHasItsRowAndEveryRowItsRoute) {
  for (const gateway::Route& route : gateway::routes())
    EXPECT_NE(row_of(route), nullptr)
        << route.method << ' ' << route.pattern << ": who may see what of it? Add its row";
  EXPECT_EQ(std::size(table), gateway::routes().size());
}

TEST_F(Threat01_EnumeratingIds, WithoutATokenNothingIsThere) {
  for (const gateway::Route& route : gateway::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr || row->letters == "*" || route.answer == "text/event-stream") continue;
    SCOPED_TRACE(std::string(row->route));
    for (const Party* who : {&world().nobody, &world().revoked})
      for (const Things* on : {&world().things[0], &world().things[1], &world().absent}) {
        const auto answer = ask({route, *row}, *who, *on);
        EXPECT_EQ(answer.status, 401) << answer.body;
        EXPECT_EQ(difference(answer, ask({route, *row}, *who, world().absent)), "");
      }
  }
}

// What is asked on top of the plain request: versions and names of the last answer must not tell
// the two apart either.
const std::vector<http::Headers> variants = {{},
                                             {{"If-Match", "\"1.1.1.1.0\""}},
                                             {{"If-Match", "\"0.0.0.0.0\""}},
                                             {{"If-Match", "\"3\""}},
                                             {{"If-None-Match", "\"3.1.1.2.1\""}},
                                             {{"Prefer", "return=representation"}}};

TEST_F(Threat01_EnumeratingIds, WhatIsNotOursLooksLikeWhatIsNot) {
  World& w = world();
  w.town.settle();  // a receipt needs a checkpoint over its record
  const Party* callers[] = {&w.police[0], &w.authority, &w.manager,  &w.house[0], &w.auditor,
                            &w.operator_, &w.person,    &w.guardian, &w.witness};
  std::size_t asked = 0, compared = 0;
  for (const gateway::Route& route : gateway::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr || row->letters == "*" || route.answer == "text/event-stream") continue;
    const Ask what{route, *row};
    for (std::size_t role = 0; role < std::size(callers); ++role) {
      SCOPED_TRACE(std::string(row->route) + " as " + callers[role]->name);
      const char letter = row->letters.at(role);
      for (const http::Headers& headers : variants) {
        const bool plain = headers.empty();
        const auto none = ask(what, *callers[role], w.absent, headers);
        const auto theirs = ask(what, *callers[role], w.things[1], headers);
        asked += 2;
        if (letter == '-' && plain) {
          EXPECT_EQ(none.status, 403) << none.body;
        }
        if (letter == '-' || letter == 'y' || letter == 'n' || (letter == 'o' && plain)) {
          EXPECT_EQ(difference(theirs, none), "") << (plain ? "" : headers[0].second);
          ++compared;
        }
        if (letter == 'a' && plain) {
          const bool found =
              says_in_its_body(route.pattern) ? theirs.body != none.body : is_there(theirs);
          EXPECT_TRUE(found) << theirs.status << theirs.body;
        }
        if ((letter == 'y' || letter == 'a' || letter == 'n' || letter == 'o') && plain &&
            !says_in_its_body(route.pattern)) {
          EXPECT_TRUE(none.status == 404 || none.status == 422) << none.status << none.body;
        }
        if ((letter == 'y' || letter == 'a') && plain && !says_in_its_body(route.pattern)) {
          const auto own = ask(what, *callers[role], w.things[0]);
          EXPECT_TRUE(is_there(own)) << own.status << own.body;
        }
        if (letter == 'l' && plain) {
          EXPECT_TRUE(is_there(none)) << none.status << none.body;
        }
      }
    }
  }
  std::printf("%zu requests, %zu pairs of somebody else's and nobody's compared\n", asked,
              compared);
}

// An office's role in an organisation that does not hold the office sees nothing at all.
TEST_F(Threat01_EnumeratingIds, ARoleWithoutTheOfficeSeesNothing) {
  World& w = world();
  for (const gateway::Route& route : gateway::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr || row->letters == "*" || route.pattern.find("{id}") == route.pattern.npos)
      continue;
    for (const Party* who : {&w.authority_elsewhere, &w.manager_elsewhere}) {
      const char letter = row->letters.at(who == &w.authority_elsewhere ? 1 : 2);
      if (letter == 'l' || row->letters.substr(4, 2) == "aa" ||
          route.pattern.starts_with("/v1/providers/"))  // a registry: any manager keeps it
        continue;
      SCOPED_TRACE(std::string(row->route) + " as " + who->name);
      const auto none = ask({route, *row}, *who, w.absent);
      EXPECT_FALSE(none.status / 100 == 2) << none.body;
      if (route.pattern.starts_with("/v1/organisations/")) continue;
      for (const Things* on : {&w.things[0], &w.things[1]})
        EXPECT_EQ(difference(ask({route, *row}, *who, *on), none), "");
    }
  }
}

// Of a case of one's own, a part that belongs to another one.
TEST_F(Threat01_EnumeratingIds, PartsOfOthersAreNotThereEither) {
  World& w = world();
  const Things &own = w.things[0], &other = w.things[1];
  struct Part {
    const Party& who;
    std::string target, body;  // {part}: the foreign or absent id
    std::string foreign;
  };
  const Part parts[] = {
      {w.house[0], "/v1/cases/" + own.subject + "/services",
       R"({"referral":"{part}","on":"2023-07-03","units":1})", other.referral},
      {w.house[0], "/v1/cases/" + own.subject + "/service-ends",
       R"({"referral":"{part}","reason":"goals_met"})", other.referral},
      {w.manager, "/v1/cases/" + own.subject + "/service-ends",
       R"({"referral":"{part}","reason":"goals_met"})", other.referral},
      {w.house[0], "/v1/organisations/" + w.house[0].organisation.text() + "/keys",
       R"({"box_key":"00","sign_key":"00","proof":"00","replaces":"{part}"})", other.key},
      {w.house[0], "/v1/sealed-items/" + own.item + "/approval", R"({"account":"{part}"})",
       other.account},
      {w.house[0], "/v1/sealed-items/{part}/openings", R"({"purpose":"support"})", other.item},
      {w.house[0], "/v1/referrals/{part}/acceptance", "{}", other.referral}};
  for (const Part& part : parts) {
    SCOPED_TRACE(part.target);
    const auto say = [&](const std::string& id) {
      return w.town.post(part.who, replaced(part.target, "{part}", id),
                         replaced(part.body, "{part}", id));
    };
    EXPECT_EQ(difference(say(part.foreign), say(fresh_id())), "");
  }
  // A cursor of one's own list opens no other list, and no other reader's.
  const auto page = w.town.get(w.manager, "/v1/cases?limit=1");
  const std::string cursor = member(page, "next");
  ASSERT_NE(cursor, "") << page.body;
  EXPECT_EQ(w.town.get(w.manager, "/v1/cases?limit=1&cursor=" + cursor).status, 200);
  EXPECT_EQ(w.town.get(w.second, "/v1/cases?limit=1&cursor=" + cursor).status, 400);
  EXPECT_EQ(w.town.get(w.manager, "/v1/cases/" + own.subject + "/timeline?cursor=" + cursor).status,
            400);
}

// How long "not there" takes must not tell whether it is there. Interleaved, so that what else the
// machine does meets both.
TEST_F(Threat01_EnumeratingIds, TheTimeTellsNothing) {
  constexpr int rounds = 25;
  World& w = world();
  const std::pair<const Party*, std::size_t> callers[] = {{&w.police[0], 0}, {&w.house[0], 3}};
  double worst = 1;
  std::printf("%-46s %-12s %10s %10s\n", "not there", "as", "theirs us", "nobody's us");
  for (const gateway::Route& route : gateway::routes()) {
    const Row* row = row_of(route);
    if (row == nullptr || row->letters == "*" || route.pattern.find("{id}") == route.pattern.npos)
      continue;
    for (const auto& [who, role] : callers) {
      if (row->letters.at(role) != 'y' && row->letters.at(role) != 'n') continue;
      std::vector<std::int64_t> theirs, none;
      int turns[2] = {0, 0};
      for (int i = 0; i < rounds; ++i) {
        theirs.push_back(ask({route, *row}, *who, w.things[1]).took.count());
        turns[0] += w.town.last_turns();
        none.push_back(ask({route, *row}, *who, w.absent).took.count());
        turns[1] += w.town.last_turns();
      }
      std::ranges::sort(theirs);
      std::ranges::sort(none);
      const auto a = static_cast<double>(theirs[rounds / 2]),
                 b = static_cast<double>(none[rounds / 2]);
      std::printf("%-46s %-12s %10.0f %10.0f\n", std::string(row->route).c_str(), who->name.c_str(),
                  a, b);
      // What a busy machine does not do by itself.
      EXPECT_TRUE(std::max(a, b) < 2 * std::min(a, b) || std::abs(a - b) < 300)
          << row->route << " as " << who->name << ": " << a << " and " << b << " us";
      // Waiting is the larger part on a real machine: for rows, for a commit.
      EXPECT_LE(std::abs(turns[0] - turns[1]), rounds)
          << row->route << " as " << who->name << ": waits " << turns[0] << " and " << turns[1];
      worst = std::max(worst, std::max(a, b) / std::min(a, b));
    }
  }
  std::printf("largest ratio of medians: %.2f\n", worst);
}

// Whatever everybody tried above: what was decided on it is what the rules give.
TEST_F(Threat01_EnumeratingIds, AllOfItIsDecidedTheSameAgain) {
  EXPECT_EQ(world().town.faults(), std::vector<std::string>());
}
}  // namespace
}  // namespace nrm::test
