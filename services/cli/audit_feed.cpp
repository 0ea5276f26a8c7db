// nrm audit feed: the records of all logs over the API, from any position: page by page until there
// is nothing more, then live. What breaks is resumed behind the last event that was printed.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "common/runtime/run.hpp"
#include "services/cli/api.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"

namespace nrm::cli {
namespace {
constexpr std::chrono::milliseconds pause{500};
// A restart of a service takes a second or two; who does not follow gives up after a minute.
constexpr int tries_max = 120;

class Feed {
 public:
  Feed(Api& api, const AuditFeedOptions& options) : api_(api), options_(options) {
    for (const auto& [name, value] : {std::pair{"service", &options.service},
                                      {"type", &options.type},
                                      {"case", &options.subject}})
      if (!value->empty()) filter_ += std::string("&") + name + '=' + percent_encoded(*value);
    cursor_ = options.after.empty() ? "0" : options.after;
  }

  Result<void> run() {
    NRM_TRY(pages());
    while (options_.follow) {
      NRM_TRY(follow());
      std::this_thread::sleep_for(pause);
      NRM_TRY(pages());
    }
    return {};
  }
  // For another thread: nothing is printed after this, and where to go on is said.
  void end() {
    mutex_.lock();
    std::fflush(stdout);
    std::fprintf(stderr, "to go on: nrm audit feed --after %s\n", cursor_.c_str());
  }

 private:
  std::string target(const std::string& after) const {
    return "/v1/logs/feed?after=" + percent_encoded(after) + filter_;
  }
  static bool is_over(const Error& error) {
    return error.code != Code::unavailable && error.code != Code::timeout;
  }

  Result<void> pages() {
    for (int tries = 0;;) {
      http::Call call = get_call(target(cursor_), api_.token());
      call.headers.emplace_back("Accept", "application/x-ndjson");
      const auto answer = api_.client().call(call);
      if (is_worth_retrying(answer) || (answer && answer->status == 429)) {
        if (!options_.follow && ++tries >= tries_max)
          return answer ? problem_of(*answer) : answer.error();
        std::this_thread::sleep_for(pause);
        continue;
      }
      tries = 0;
      if (answer->status != 200) return problem_of(*answer);
      std::string_view lines = answer->body;
      const bool nothing = lines.find('\n') + 1 >= lines.size();  // but a bookmark
      while (!lines.empty()) {
        const auto end = lines.find('\n');
        NRM_TRY_ASSIGN(const bool more, take(lines.substr(0, end)));
        if (!more) return {};
        lines.remove_prefix(std::min(lines.size(), end + 1));
      }
      if (nothing) std::this_thread::sleep_for(pause);  // the archive is a little behind
    }
  }
  Result<void> follow() {
    Result<void> good;
    const auto end = api_.client().follow(get_call(target(cursor_), api_.token()),
                                          [&](std::string_view, std::string_view data) {
                                            const auto taken = take(data);
                                            if (!taken) good = taken.error();
                                            return taken.has_value();
                                          });
    NRM_TRY(good);
    return end || !is_over(end.error()) ? Result<void>() : end;
  }

  // False: there is nothing more now. Bookmarks move the cursor, and are printed with --bookmarks.
  Result<bool> take(std::string_view line) {
    if (!document_.parse_trusted(line))
      return Error(Code::internal, "", "the gateway sent something that is no event");
    const json::Value event = document_.root();
    const bool bookmark = text_of(event, "type") == "nrm.feed.bookmark.v1";
    const std::scoped_lock lock(mutex_);
    cursor_ = text_of(event, "cursor");
    if (!bookmark || options_.bookmarks) {
      std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
      if (options_.follow) std::fflush(stdout);
    }
    const json::Value caught_up = bookmark ? event.find("data").find("caught_up") : json::Value();
    return !caught_up || !caught_up.boolean();
  }

  Api& api_;
  const AuditFeedOptions& options_;
  std::string filter_;
  std::mutex mutex_;  // of what is printed
  std::string cursor_;
  json::Document document_;
};
}  // namespace

int audit_feed(const AuditFeedOptions& options) {
  const auto api = Api::open(options.access, "auditor");
  if (!api) return fail(api.error());
  Feed feed(**api, options);
  stop_on_signals();
  // The way to the gateway blocks; this ends it at once, between two lines.
  std::thread([&feed] {
    while (!stop_wanted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    feed.end();
    std::_Exit(Exit::done);
  }).detach();
  const auto done = feed.run();
  if (!done) return fail_at_api(done.error(), options.access.dir);
  return Exit::done;
}
}  // namespace nrm::cli
