// nrm case show and nrm case timeline.
#include <cstdio>

#include "common/base/json_text.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"
#include "services/cli/story.hpp"

namespace nrm::cli {
namespace {
Result<void> show(Api& api, const std::string& id, bool as_json) {
  NRM_TRY_ASSIGN(const auto answer, api.get("/v1/cases/" + id));
  if (as_json) {
    std::printf("%s\n", answer.body.c_str());
    return {};
  }
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  for (const json::Value member : read.root()) {
    std::string text;
    if (member.kind() == json::Kind::string)
      text = member.text();
    else
      json::append_value(text, member);
    std::printf("%-22s %s\n", std::string(member.key()).c_str(), text.c_str());
  }
  std::printf("%-22s %s   (for --if-match)\n", "ETag", std::string(answer.header("etag")).c_str());
  return {};
}

Result<void> timeline(Api& api, const std::string& id, bool as_json) {
  NRM_TRY_ASSIGN(const Names names, organisation_names(api));
  std::string items;
  NRM_TRY(each_item(api, "/v1/cases/" + id + "/timeline", [&](json::Value item) {
    if (!as_json) {
      std::printf("%s\n", story_line(item, names).c_str());
      return;
    }
    if (!items.empty()) items += ",\n";
    json::append_value(items, item);
  }));
  if (as_json) std::printf("[%s]\n", items.c_str());
  return {};
}
}  // namespace

int case_(const CaseOptions& options) {
  const auto api = Api::open(options.access, "case-manager");
  if (!api) return fail(api.error());
  const auto id = find_case_id(**api, options.subject);
  if (!id) return fail_at_api(id.error(), options.access.dir);
  const auto told = options.action == "timeline" ? timeline(**api, *id, options.access.json)
                                                 : show(**api, *id, options.access.json);
  return told ? Exit::done : fail_at_api(told.error(), options.access.dir);
}
}  // namespace nrm::cli
