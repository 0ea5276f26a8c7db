// nrm refer, nrm decide and nrm act: one act of a provider, a case manager or the competent
// authority; or of anybody, by its path.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/codes.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
namespace {
// What an act says besides which referral: members of its form, each from the option of its name.
struct Member {
  std::string_view name;
  std::string (*known)();  // the codes that it takes; nullptr: not a code
  bool required = true;
};
struct Action {
  std::string_view name;
  std::string_view path;
  bool by_provider;
  std::vector<Member> members = {};
};
const std::vector<Action>& actions() {
  static const std::vector<Action> all = {
      {"acknowledge", "acknowledgement", true},
      {"accept", "acceptance", true},
      {"waitlist", "waitlisting", true},
      {"decline", "refusal", true, {{"reason", codes<DeclineReason>}}},
      {"start", "start", true, {{"on", nullptr}}},
      {"hold", "hold", true, {{"reason", codes<HoldReason>}}},
      {"resume", "resumption", true},
      {"fail", "failure", true, {{"reason", codes<FailReason>}}},
      {"cancel", "cancellation", false, {{"reason", codes<CancelReason>}}},
      {"retry", "retry", false},
      {"send", "sending", false},
      {"revoke",
       "revocation",
       false,
       {{"reason", codes<RevokeReason>}, {"then", codes<AfterRevocation>}}},
      {"deliver", "delivery", false, {{"channel", codes<DeliveryChannel>}}},
      {"outcome",
       "outcome",
       false,
       {{"channel", codes<DeliveryChannel>},
        {"outcome", codes<HandOutcome>},
        {"reason", codes<DeclineReason>, false}}},
      {"override", "consent-override", false, {{"ground", codes<EmergencyGround>}}},
      {"reroute", "rerouting", false},
      {"keep", "keeping", false}};
  return all;
}

std::string names() {
  std::string out;
  for (const Action& one : actions()) out.append(out.empty() ? "" : ", ").append(one.name);
  return out;
}

// The option that gives a member; an override's ground is said with --reason.
const std::string& option_of(const ReferOptions& options, std::string_view member) {
  if (member == "then") return options.then;
  if (member == "channel") return options.channel;
  if (member == "outcome") return options.outcome;
  if (member == "on") return options.on;
  return options.reason;
}

// The body of the form. ERRORS: missing_field, saying what the option takes.
Result<std::string> body_of(const Action& action, const ReferOptions& options) {
  std::string out;
  for (const Member& one : action.members) {
    const std::string& value = option_of(options, one.name);
    const std::string option = one.name == "ground" ? "reason" : std::string(one.name);
    if (value.empty() && one.required)
      return Error(Code::missing_field, "--" + option,
                   one.known != nullptr ? "one of: " + one.known() : "a date, as 2024-03-04");
    if (value.empty()) continue;
    out += out.empty() ? "{\"" : ",\"";
    out += one.name;
    out += "\":";
    json::append_string(out, value);
  }
  if (!out.empty()) out += '}';
  return out;
}

// In a sandbox, whoever holds the offer: the person at the keyboard plays all parts.
Result<std::string> holder_of(Api& api, const std::string& referral) {
  const HeldAccount* manager = find_account(api.accounts(), "case-manager");
  if (manager == nullptr) return std::string();
  NRM_TRY_ASSIGN(const auto answer, api.get("/v1/referrals/" + referral, manager->token.reveal()));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  const auto holder = text_of(read.root(), "organisation");
  for (const HeldAccount& account : api.accounts())
    if (account.role == Role::service_provider && account.organisation.text() == holder)
      return account.name;
  return std::string();
}

int send(Api& api, const Access& access, const Post& post, std::string_view said) {
  const auto answer = api.post(post);
  if (!answer) return fail_at_api(answer.error(), access.dir);
  if (access.json) {
    std::printf("%s\n", answer->body.c_str());
    return Exit::done;
  }
  const auto read = read_answer(*answer);
  const json::Value receipt = read ? read->root().find("receipt") : json::Value();
  std::printf("%s: %s record %lld\n", std::string(said).c_str(),
              std::string(text_of(receipt, "log")).c_str(),
              static_cast<long long>(number_of(receipt, "seq")));
  return Exit::done;
}
}  // namespace

int refer(const ReferOptions& options) {
  const auto action = std::ranges::find(actions(), options.action, &Action::name);
  if (action == actions().end())
    return fail(Exit::usage, "there is no action \"" + options.action + '"', "one of: " + names());
  const auto body = body_of(*action, options);
  if (!body) return fail(Exit::usage, "say it with " + body.error().where, body.error().detail);
  if (!ReferralId::parse(options.referral))
    return fail(Exit::usage, "a referral is named by its id",
                "ids are in the first column of: nrm inbox");
  const std::string_view part = action->by_provider ? "service_provider" : "case-manager";
  auto api = Api::open(options.access, part);
  if (!api) return fail(api.error());
  if (action->by_provider && options.access.as.empty() && options.access.token.empty()) {
    const auto holder = holder_of(**api, options.referral);
    if (!holder) return fail_at_api(holder.error(), options.access.dir);
    if (!holder->empty()) api = Api::open(options.access, *holder);
    if (!api) return fail(api.error());
  }
  const Post post{.target = "/v1/referrals/" + options.referral + '/' + std::string(action->path),
                  .body = *body,
                  .key = {},
                  .if_match = options.if_match};
  return send(**api, options.access, post, action->path);
}

int decide(const DecideOptions& options) {
  if (options.stage != "first" && options.stage != "second")
    return fail(Exit::usage, "the stage is \"first\" or \"second\"");
  const auto outcome = enum_from<Outcome>(options.outcome);
  if (!outcome) return fail(Exit::usage, "the outcome is \"positive\" or \"negative\"");
  std::string ground = options.ground;
  if (ground.empty())
    ground = to_text(*outcome == Outcome::positive ? DecisionGround::evidence_sufficient
                                                   : DecisionGround::evidence_insufficient);
  if (!enum_from<DecisionGround>(ground))
    return fail(Exit::usage, "--ground is one of: " + codes<DecisionGround>());
  const auto api = Api::open(options.access, "competent-authority");
  if (!api) return fail(api.error());
  const auto id = find_case_id(**api, options.subject);
  if (!id) return fail_at_api(id.error(), options.access.dir);
  return send(**api, options.access,
              {.target = "/v1/cases/" + *id + '/' + options.stage + "-stage-decision",
               .body = "{\"outcome\":\"" + options.outcome + "\",\"ground\":\"" + ground + "\"}",
               .key = {},
               .if_match = options.if_match},
              "decided");
}

int act(const ActOptions& options) {
  const std::string& target = options.target;
  const auto api = Api::open(options.access, "case-manager");
  if (!api) return fail(api.error());
  // A case may be named by its reference, as people write it down.
  std::string path = target;
  constexpr std::string_view cases = "cases/";
  if (const auto end = target.find('/', cases.size());
      target.starts_with(cases) && end != target.npos) {
    const auto id = find_case_id(**api, target.substr(cases.size(), end - cases.size()));
    if (!id) return fail_at_api(id.error(), options.access.dir);
    path = std::string(cases) + *id + target.substr(end);
  }
  const bool from_input = options.body == "-";
  return send(**api, options.access,
              {.target = "/v1/" + path,
               .body = from_input ? std::string(std::istreambuf_iterator<char>(std::cin),
                                                std::istreambuf_iterator<char>())
                                  : options.body,
               .key = {},
               .if_match = options.if_match},
              target.substr(target.rfind('/') + 1));
}
}  // namespace nrm::cli
