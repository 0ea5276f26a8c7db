// nrm audit timeline: one case across all services, as a story, JSON, CloudEvents or a page.
#include <cstdio>

#include "common/runtime/run.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/timeline.hpp"

namespace nrm::cli {
namespace {
Result<std::vector<std::shared_ptr<const Policy>>> packs_of(const AuditTimelineOptions& options) {
  std::vector<std::shared_ptr<const Policy>> out;
  if (!options.policy.empty()) {
    const auto bytes = read_pack(options.policy);
    if (!bytes) return Error(bytes.error().code, "--policy", bytes.error().detail);
    NRM_TRY_ASSIGN(Policy pack, read_policy(*bytes));
    out.push_back(std::make_shared<const Policy>(std::move(pack)));
  } else if (const auto folder = Folder::open(options.dir)) {  // an export may stand alone
    out.push_back(std::make_shared<const Policy>(folder->policy()));
    for (const AdoptedPolicy& later : folder->adopted()) out.push_back(later.policy);
  }
  return out;
}

Result<CaseStory> read_story(Logs& logs, const AuditTimelineOptions& options) {
  NRM_TRY_ASSIGN(const auto until, read_moment("--until", options.until));
  NRM_TRY_ASSIGN(const Uuid subject, find_subject(logs, options.subject));
  std::uint64_t all = 0;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(const std::uint64_t head, logs.head(service));
    all += head;
  }
  CaseHistory history(subject, until);
  Progress progress("Reading the logs", all, all < 50'000);
  for (const Service service : log_owners) {
    Result<void> good;
    NRM_TRY(logs.read(service, 0, [&](std::uint64_t, std::string_view bytes) {
      const auto more = history.take(log_name(service), bytes);
      if (!more) good = more.error();
      progress.add();
      return more && *more && !stop_wanted();
    }));
    NRM_TRY(good);
  }
  if (stop_wanted()) return Error(Code::unavailable, "", "stopped before the end");
  CaseStory story = history.story();
  if (story.entries.empty())
    return Error(Code::not_found, "--case",
                 "no record is about this case" + std::string(until ? " until then" : ""));
  return story;
}

Result<void> timeline(const AuditTimelineOptions& options) {
  const bool json = options.json || options.format == "json";
  const bool cloudevents = options.cloudevents || options.format == "cloudevents";
  if (int(json) + int(cloudevents) + int(!options.html.empty()) > 1)
    return Error(Code::bad_request, "--html", "one of --format, --json, --cloudevents and --html");
  NRM_TRY_ASSIGN(auto packs, packs_of(options));
  NRM_TRY_ASSIGN(const auto logs, open_logs(options.from, options.dir));
  NRM_TRY_ASSIGN(const CaseStory story, read_story(*logs, options));
  const Telling telling{story, std::move(packs)};
  if (!options.html.empty()) {
    const auto written = write_file(options.html, timeline_page(telling), 0600);
    if (!written) return Error(written.error().code, "--html", written.error().detail);
    std::fprintf(stderr, "%s: open it in a browser, or print it\n", options.html.c_str());
    return {};
  }
  const std::string text = json          ? timeline_json(telling)
                           : cloudevents ? timeline_cloudevents(telling)
                                         : timeline_text(telling);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}
}  // namespace

int audit_timeline(const AuditTimelineOptions& options) {
  crypto::start();
  stop_on_signals();
  const auto done = timeline(options);
  if (!done && stop_wanted()) return fail(Exit::try_again, "stopped before the end");
  return done ? Exit::done : fail(done.error());
}
}  // namespace nrm::cli
