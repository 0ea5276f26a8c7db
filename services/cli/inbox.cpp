// nrm inbox: a provider's offers, waiting list and running referrals; --follow prints news.
#include <chrono>
#include <cstdio>
#include <thread>

#include "common/base/json_text.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
// The supervisor's longest back-off, several times.
constexpr std::chrono::seconds gateway_back_within{60};
constexpr std::chrono::milliseconds look_each{200};

Result<void> list(Api& api, bool json) {
  Table table({"referral", "service", "status", "urgency", "due", "case"});
  std::size_t count = 0;
  std::string items;
  NRM_TRY(each_item(api, "/v1/inbox", [&](json::Value item) {
    ++count;
    table.add({std::string(text_of(item, "referral")), std::string(text_of(item, "service")),
               std::string(text_of(item, "status")), std::string(text_of(item, "urgency")),
               std::string(text_of(item, "due")), std::string(text_of(item, "case"))});
    if (!items.empty()) items += ",\n";
    json::append_value(items, item);
  }));
  if (json)
    std::printf("[%s]\n", items.c_str());
  else if (count == 0)
    std::puts("The inbox is empty.");
  else
    std::fputs(table.text().c_str(), stdout);
  return {};
}

// Where the news begin that are not in a list read after this: without it, what comes before the
// stream is open, or opened again, would be missed.
Result<std::string> position_of(Api& api) {
  NRM_TRY_ASSIGN(const auto answer, api.get("/v1/inbox?limit=1"));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  return std::string(text_of(read.root(), "position"));
}

// Waits while the gateway starts again, and while what is behind it does.
Result<void> come_back(Api& api) {
  const auto until = std::chrono::steady_clock::now() + gateway_back_within;
  for (;;) {
    const auto ready = api.get("/readyz");
    if (ready) return {};
    if (ready.error().code != Code::unavailable || std::chrono::steady_clock::now() >= until)
      return ready.error();
    std::this_thread::sleep_for(look_each);
  }
}

// Goes on after the connection breaks, where it stopped: the stream resumes by Last-Event-ID.
Result<void> follow(Api& api, bool json, std::string position) {
  for (;;) {
    http::Call call = get_call("/v1/inbox/stream", api.token());
    if (!position.empty()) call.headers.emplace_back("Last-Event-ID", position);
    const auto end = api.client().follow(call, [&](std::string_view id, std::string_view data) {
      position = id;
      const std::string text(data);
      json::Document event;
      if (json || !event.parse_trusted(text)) {
        std::printf("%s\n", text.c_str());
      } else {
        const json::Value news = event.root();
        std::printf("%s  %-32s %s\n", std::string(text_of(news, "time")).c_str(),
                    std::string(text_of(news, "type")).c_str(),
                    std::string(text_of(news, "subject")).c_str());
      }
      std::fflush(stdout);
      return true;
    });
    if (!end && end.error().code == Code::window_closed)
      return Error(Code::window_closed, "",
                   "news after " + position + " are kept no longer; read the inbox again");
    if (!end && end.error().code != Code::unavailable && end.error().code != Code::timeout)
      return end;
    NRM_TRY(come_back(api));
  }
}
}  // namespace

int inbox(const InboxOptions& options) {
  const auto api = Api::open(options.access, "service_provider");
  if (!api)
    return fail(api.error(),
                "providers of a sandbox are made by nrm rehearse, or by nrm accounts add");
  const auto position = options.follow ? position_of(**api) : Result<std::string>(std::string());
  if (!position) return fail_at_api(position.error(), options.access.dir);
  const auto shown = list(**api, options.access.json);
  if (!shown) return fail_at_api(shown.error(), options.access.dir);
  if (!options.follow) return Exit::done;
  const auto followed = follow(**api, options.access.json, *position);
  return followed ? Exit::done : fail_at_api(followed.error(), options.access.dir);
}
}  // namespace nrm::cli
