// What operators and machines ask: status, the sandbox's clock, liveness, readiness, metrics.
#include <algorithm>

#include "common/crypto/crypto.hpp"
#include "common/diag/diag.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
// Keys of clock moves that are remembered; a sandbox moves its clock a few hundred times.
constexpr std::size_t clock_moves_max = 4'096;

bool is_ready(const std::vector<FeedSide::LogStatus>& logs) {
  return !logs.empty() && std::ranges::all_of(logs, [](const FeedSide::LogStatus& log) {
    return log.heard && log.stopped.empty();
  });
}

// By the world's time, which is what witnesses sign, also in a sandbox.
std::optional<Instant> unwitnessed_since(Gateway& gateway, const std::string& log) {
  const Gateway::Parts& parts = gateway.parts();
  if (parts.witnessed == nullptr) return std::nullopt;
  return parts.witnessed->unwitnessed_since(log, (parts.world ? *parts.world : parts.clock).now());
}

std::optional<std::string> said_of(Gateway& gateway, const std::string& log) {
  const auto* witnessed = gateway.parts().witnessed;
  std::string said = witnessed == nullptr ? std::string() : witnessed->said(log);
  return said.empty() ? std::nullopt : std::optional(std::move(said));
}

void answer_health(const CallPtr& call, bool good) {
  http::Response response;
  response.status = good ? 200 : 503;
  response.content_type = "application/health+json";
  response.body = good ? R"({"status":"pass"})" : R"({"status":"fail"})";
  if (!good) response.headers.emplace_back("Retry-After", "1");
  call->answer(std::move(response));
}
}  // namespace

void get_status(Gateway& gateway, const CallPtr& call) {
  const auto logs = gateway.parts().status();
  StatusItem item{.now = gateway.parts().clock.now(),
                  .sandbox = gateway.parts().sandbox != nullptr,
                  .ready = is_ready(logs)};
  for (const FeedSide::LogStatus& log : logs)
    item.logs.push_back({.log = log.log,
                         .head = log.head,
                         .next = log.next,
                         .behind = log.head - log.next,
                         .connected = log.heard,
                         .stopped = log.stopped.empty() ? std::nullopt : std::optional(log.stopped),
                         .unwitnessed_since = unwitnessed_since(gateway, log.log),
                         .witnesses = said_of(gateway, log.log)});
  call->answer(item_response(item));
}

void get_logs(Gateway& gateway, const CallPtr& call) {
  LogHeads heads;
  const auto* witnessed = gateway.parts().witnessed;
  for (const FeedSide::LogStatus& log : gateway.parts().status()) {
    LogHead head{.log = log.log, .verifier_key = log.verifier_key};
    if (!log.checkpoint.empty()) head.checkpoint = log.checkpoint;
    if (const auto latest = witnessed ? witnessed->latest(log.log) : std::nullopt) {
      head.cosigned_checkpoint = latest->note;
      head.witnessed_at = latest->at;
    }
    head.unwitnessed_since = unwitnessed_since(gateway, log.log);
    heads.logs.push_back(std::move(head));
  }
  call->answer(item_response(heads));
}

void get_clock(Gateway& gateway, const CallPtr& call) {
  if (gateway.parts().sandbox == nullptr) return call->fail(Error(Code::clock_not_movable));
  call->answer(item_response(ClockItem{gateway.parts().sandbox->now()}));
}

void post_clock(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<AdvanceForm>(*call);
  if (!form) return;
  if (gateway.parts().sandbox == nullptr) return call->fail(Error(Code::clock_not_movable));
  const auto by = parse_duration(form->advance.text());
  if (!by || by->count() < 0)
    return call->fail(Error(Code::out_of_range, "/advance", "a duration, as in 35d or 12h"));
  const std::lock_guard lock(gateway.clock_moves_mutex());
  auto& moves = gateway.clock_moves();
  const std::string key = wire_key(*call);
  if (const auto before = moves.find(key); before != moves.end()) {
    if (before->second.first != form->advance.text()) return call->fail(Error(Code::key_reused));
    return call->answer(item_response(ClockItem{before->second.second}));
  }
  if (moves.size() >= clock_moves_max) moves.erase(moves.begin());
  const Instant now = gateway.parts().sandbox->advance(*by);
  moves.emplace(key, std::pair(form->advance.text(), now));
  call->answer(item_response(ClockItem{now}));
}

void get_livez(Gateway&, const CallPtr& call) { answer_health(call, true); }

// Every service was heard of lately, and nobody's history differs. A store that cannot be written
// ends the process.
void get_readyz(Gateway& gateway, const CallPtr& call) {
  answer_health(call, is_ready(gateway.parts().status()));
}

void get_metrics(Gateway& gateway, const CallPtr& call) {
  for (const auto& log : gateway.parts().status()) {
    const std::string name = log.log.substr(0, log.log.find('/'));
    diag::gauge("gateway_" + name + "_behind_records",
                static_cast<std::int64_t>(log.head - log.next));
    if (gateway.parts().witnessed == nullptr) continue;
    const auto since = unwitnessed_since(gateway, log.log);
    const Instant now =
        (gateway.parts().world ? *gateway.parts().world : gateway.parts().clock).now();
    diag::gauge("gateway_" + name + "_unwitnessed_seconds",
                since ? (now - *since).count() / 1'000 : 0);
  }
  diag::gauge("gateway_reads_parked",
              static_cast<std::int64_t>(gateway.parts().freshness.parked()));
  diag::gauge("gateway_streams_open", static_cast<std::int64_t>(gateway.streams()));
  http::Response response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = diag::metrics_text() + gateway.metrics().text();
  call->answer(std::move(response));
}
}  // namespace nrm::gateway
