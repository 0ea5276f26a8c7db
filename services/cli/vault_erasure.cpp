// nrm vault erase, erasure and access: the end of a person's data, its receipt, and what the person
// is told of it.
#include <cstdio>

#include "common/base/codec.hpp"
#include "common/event/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
Result<void> show_receipt(Api& api, const std::string& id, bool as_json) {
  NRM_TRY_ASSIGN(const auto answer, api.get("/v1/cases/" + id + "/erasure"));
  if (as_json) {
    std::printf("%s\n", answer.body.c_str());
    return {};
  }
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  NRM_TRY_ASSIGN(const auto names, organisation_names(api));
  const json::Value item = read.root();
  const auto day = [](std::string_view at) { return std::string(at.substr(0, 16)); };
  std::printf("%s: %s (%s), asked for %s\n", std::string(text_of(item, "reference")).c_str(),
              words(text_of(item, "status")).c_str(), words(text_of(item, "ground")).c_str(),
              day(text_of(item, "asked_at")).c_str());
  if (const auto at = text_of(item, "erase_at"); !at.empty())
    std::printf("  to be erased   %s\n", day(at).c_str());
  if (const auto at = text_of(item, "erased_at"); !at.empty())
    std::printf("  erased         %s\n", day(at).c_str());
  for (const json::Value place : item.find("places")) {
    std::string where = words(text_of(place, "place"));
    if (const auto found = names.find(std::string(text_of(place, "organisation")));
        found != names.end())
      where = found->second;
    std::printf("  %-24s %s %s\n", where.c_str(), words(text_of(place, "state")).c_str(),
                day(text_of(place, "at")).c_str());
  }
  return {};
}

Post erasure_post(const VaultEraseOptions& options, const std::string& id) {
  const std::string of_case = "/v1/cases/" + id + "/erasure-";
  if (options.confirm) return {.target = of_case + "confirmation", .body = {}, .key = {}};
  if (options.cancel) return {.target = of_case + "cancellation", .body = {}, .key = {}};
  return {.target = of_case + "request",
          .body = "{\"ground\":\"" + options.ground +
                  "\",\"emergency\":" + (options.emergency ? "true}" : "false}"),
          .key = {}};
}
}  // namespace

int vault_erase(const VaultEraseOptions& options) {
  const bool asks = !options.confirm && !options.cancel;
  if (asks && !enum_from<ErasureGround>(options.ground))
    return fail(Exit::usage, "say why with --ground",
                "one of: person_asked, unlawful, danger_to_life");
  // In a sandbox the person at the keyboard plays both.
  const auto api = Api::open(options.access, asks ? "case-manager" : "case-manager-2");
  if (!api) return fail(api.error());
  const auto id = find_case_id(**api, options.subject);
  if (!id) return fail_at_api(id.error(), options.access.dir);
  const auto answer = (*api)->post(erasure_post(options, *id));
  if (!answer) return fail_at_api(answer.error(), options.access.dir);
  const auto shown = show_receipt(**api, *id, options.access.json);
  return shown ? Exit::done : fail_at_api(shown.error(), options.access.dir);
}

int vault_erasure(const VaultErasureOptions& options) {
  const auto api = Api::open(options.access, "case-manager");
  if (!api) return fail(api.error());
  const auto id = find_case_id(**api, options.subject);
  if (!id) return fail_at_api(id.error(), options.access.dir);
  const auto shown = show_receipt(**api, *id, options.access.json);
  return shown ? Exit::done : fail_at_api(shown.error(), options.access.dir);
}

// Everything at once takes two people: one asks, another approves, then it may be opened once.
constexpr const char* everything =
    R"({"purpose":"own_request","classes":["identity","contact","safe_contact","narrative",)"
    R"("medical","family"]})";

namespace {
Result<std::string> access_step(Api& api, const VaultAccessOptions& options) {
  if (options.approve) {
    NRM_TRY(api.post(
        {.target = "/v1/proposals/" + options.subject + "/approval", .body = {}, .key = {}}));
    return std::string("approved: it may be opened once, within the hour");
  }
  NRM_TRY_ASSIGN(const std::string id, find_case_id(api, options.subject));
  if (options.proposal.empty()) {
    NRM_TRY_ASSIGN(const auto answer, api.post({.target = "/v1/cases/" + id + "/opening-proposals",
                                                .body = everything,
                                                .key = {}}));
    if (options.access.json) return answer.body;
    NRM_TRY_ASSIGN(const Read read, read_answer(answer));
    const std::string proposal(text_of(read.root(), "proposal"));
    return "a second person must want it: nrm vault access " + proposal +
           " --approve --as …\nthen: nrm vault access " + options.subject + " --proposal " +
           proposal + " --language " + options.language;
  }
  NRM_TRY_ASSIGN(const auto answer,
                 api.post({.target = "/v1/cases/" + id + "/subject-access",
                           .body = "{\"language\":\"" + options.language + "\",\"proposal\":\"" +
                                   options.proposal + "\"}",
                           .key = {}}));
  return answer.body;
}
}  // namespace

// Printed as it comes: it is for the person, on paper or a safe device.
int vault_access(const VaultAccessOptions& options) {
  if (!Language::parse(options.language))
    return fail(Exit::usage, "--language is a code of two letters, as in ro");
  if (!options.proposal.empty() && !Uuid::parse(options.proposal))
    return fail(Exit::usage, "--proposal is an id, as nrm vault access prints it");
  const auto api = Api::open(options.access, options.approve ? "case-manager-2" : "case-manager");
  if (!api) return fail(api.error());
  const auto text = access_step(**api, options);
  if (!text) return fail_at_api(text.error(), options.access.dir);
  std::printf("%s\n", text->c_str());
  return Exit::done;
}
}  // namespace nrm::cli
