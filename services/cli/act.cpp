// nrm refer, nrm decide and nrm act: one act of a provider, a case manager or the competent
// authority; or of anybody, by its path.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "common/base/codec.hpp"
#include "common/event/codes.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
namespace {
struct Action {
  std::string_view name;
  std::string_view path;
  bool by_provider;
  bool needs_reason;
};
constexpr Action actions[] = {
    {"acknowledge", "acknowledgement", true, false}, {"accept", "acceptance", true, false},
    {"waitlist", "waitlisting", true, false},        {"decline", "refusal", true, true},
    {"cancel", "cancellation", false, true},         {"retry", "retry", false, false}};

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
  const auto* action = std::ranges::find(actions, options.action, &Action::name);
  if (action == std::end(actions))
    return fail(Exit::usage, "there is no action \"" + options.action + '"',
                "one of: acknowledge, accept, waitlist, decline, cancel, retry");
  if (action->needs_reason && options.reason.empty())
    return fail(
        Exit::usage, "say why with --reason",
        "one of: " + (action->by_provider ? codes<DeclineReason>() : codes<CancelReason>()));
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
  Post post{.target = "/v1/referrals/" + options.referral + '/' + std::string(action->path),
            .body = {},
            .key = {},
            .if_match = options.if_match};
  if (action->needs_reason) {
    post.body = "{\"reason\":";
    json::append_string(post.body, options.reason);
    post.body += '}';
  }
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
               .key = options.key,
               .if_match = options.if_match},
              target.substr(target.rfind('/') + 1));
}
}  // namespace nrm::cli
