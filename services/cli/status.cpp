// nrm status: what every service has, how far the gateway follows, and whether all is ready.
#include <cstdio>
#include <thread>

#include "services/cli/api.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/remote_logs.hpp"
#include "services/cli/seen.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
using Ticks = std::chrono::steady_clock;

bool is_ready(json::Value status) {
  const json::Value ready = status.find("ready");
  return ready && ready.kind() == json::Kind::boolean && ready.boolean();
}

// Without a quorum the system goes on; that is said, and since when.
std::string witnessed_of(json::Value log) {
  const std::string_view since = text_of(log, "unwitnessed_since");
  return since.empty() ? "cosigned" : "unwitnessed since " + std::string(since);
}

void print(json::Value status) {
  const bool sandbox = status.find("sandbox") && status.find("sandbox").boolean();
  std::printf("%s, %s time %s\n", is_ready(status) ? "ready" : "not ready",
              sandbox ? "sandbox" : "production", std::string(text_of(status, "now")).c_str());
  std::string why;
  Table table({"log", "records", "followed", "behind", "state", "witnesses"});
  for (const json::Value log : status.find("logs")) {
    const json::Value connected = log.find("connected");
    const std::string_view stopped = text_of(log, "stopped");
    std::string state = connected && connected.boolean() ? "connected" : "silent";
    if (!stopped.empty()) state = "STOPPED: " + std::string(stopped);
    table.add({std::string(text_of(log, "log")),
               with_commas(static_cast<std::uint64_t>(number_of(log, "head"))),
               with_commas(static_cast<std::uint64_t>(number_of(log, "next"))),
               with_commas(static_cast<std::uint64_t>(number_of(log, "behind"))), state,
               witnessed_of(log)});
    const std::string_view said = text_of(log, "witnesses");
    if (!said.empty() && log.find("unwitnessed_since"))
      why += "  " + std::string(text_of(log, "log")) + ": " + std::string(said) + '\n';
  }
  std::fputs(table.text().c_str(), stdout);
  if (!why.empty()) std::printf("Why unwitnessed:\n%s", why.c_str());
}

// Once per call, and only what has grown is asked for. Who cannot be asked now is asked next time:
// only a history that differs makes this fail.
Result<void> is_the_history_seen_before(Api& api) {
  const auto logs = served_logs(api.client(), api.token());
  if (!logs) return {};
  std::vector<KnownLog> known;
  for (const ServedLog& log : *logs) known.push_back({log.log, log.key});
  const auto same = look_again(api, known);
  const bool alarm =
      !same && (same.error().code == Code::diverged || same.error().code == Code::corrupt);
  return alarm ? same : Result<void>();
}
}  // namespace

int status(const StatusOptions& options) {
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const auto until = Ticks::now() + std::chrono::seconds(options.wait_seconds);
  for (;;) {
    const auto answer = (*api)->get("/v1/status");
    auto read = answer ? read_answer(*answer) : Result<Read>(answer.error());
    if (read && (is_ready(read->root()) || Ticks::now() >= until)) {
      const auto same = is_ready(read->root()) ? is_the_history_seen_before(**api) : Result<void>();
      if (!same)
        return fail(same.error(), "keep your checkpoints (" + state_folder() +
                                      "): they are the evidence; tell the auditor");
      if (options.access.json)
        std::printf("%s\n", answer->body.c_str());
      else
        print(read->root());
      return is_ready(read->root()) ? Exit::done : Exit::refused;
    }
    if (!read && Ticks::now() >= until) return fail_at_api(read.error(), options.access.dir);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}
}  // namespace nrm::cli
