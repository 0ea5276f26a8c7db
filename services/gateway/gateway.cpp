#include "services/gateway/gateway.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

bool offers_parameter(std::string_view offered, std::string_view name) {
  for (std::size_t at = 0; at < offered.size();) {
    const std::size_t end = std::min(offered.find(' ', at), offered.size());
    if (offered.substr(at, end - at) == name) return true;
    at = end + 1;
  }
  return false;
}

Result<void> check_query(const Call& call) {
  for (std::size_t i = 0; i < call.request.query.size(); ++i) {
    const std::string& name = call.request.query[i].first;
    if (!offers_parameter(call.route->parameters, name))
      return Error(Code::bad_request, "",
                   "parameters here: " + (call.route->parameters.empty()
                                              ? std::string("none")
                                              : std::string(call.route->parameters)));
    for (std::size_t j = 0; j < i; ++j)
      if (call.request.query[j].first == name)
        return Error(Code::bad_request, "", "a parameter occurs twice");
  }
  return {};
}

Result<void> check_key(const Call& call) {
  if (call.key().empty())
    return Error(Code::idempotency_key_missing, "", "send an Idempotency-Key, new for each act");
  if (call.key().size() > limits::idempotency_key_bytes_max || !is_visible_ascii(call.key()))
    return Error(Code::bad_request, "", "Idempotency-Key is 1 to 128 visible ASCII characters");
  return {};
}

http::Response not_offered(const std::string& allowed) {
  if (allowed.empty()) return http::problem(Error(Code::not_found));
  auto response = http::problem(Error(Code::method_not_allowed));
  for (auto& [name, value] : response.headers)
    if (name == "Allow") value = allowed;
  return response;
}
}  // namespace

Gateway::Gateway(Parts parts)
    : parts_(std::move(parts)),
      cursors_(parts_.secret.reveal()),
      authentication_(parts_.store, parts_.freshness, parts_.expiry ? *parts_.expiry : parts_.clock,
                      parts_.world ? *parts_.world : parts_.clock, parts_.identity),
      admission_(parts_.rates),
      listing_(parts_.listed_per_hour),
      metrics_(routes().size()) {}

http::Reply Gateway::counted(std::size_t route, http::Reply reply) {
  metrics_.began();
  return [this, route, began = std::chrono::steady_clock::now(),
          reply = std::move(reply)](http::Response response) {
    metrics_.ended(route, response.status, std::chrono::steady_clock::now() - began);
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    reply(std::move(response));
  };
}

Result<void> Gateway::admit(Call& call) {
  NRM_TRY(check_query(call));
  if (call.route->roles.empty())
    return call.route->handle == post_password ? check_key(call) : Result<void>();
  NRM_TRY_ASSIGN(const Caller caller, authentication_.caller(evidence_of(call.request)));
  call.caller = caller.actor;
  if (!call.route->roles.has(call.caller.role)) return Error(Code::forbidden);
  if (!may_use(caller.scopes, *call.route))
    return Error(Code::forbidden, "", "this credential's scopes do not cover this");
  if (call.route->method == "GET") return let_in(call, Admission::Kind::read);
  // A session ends once, however often that is asked (RFC 9110, 9.2.2): DELETE needs no key.
  if (call.route->method == "POST") NRM_TRY(check_key(call));
  const About about = call.route->about();
  if ((about == About::nothing || about == About::a_matter) &&
      !call.request.header("if-match").empty())
    return Error(Code::bad_request, "", "If-Match is for cases and referrals");
  if (call.route->handle == post_report) return {};  // it lets in itself: urgency is in the body
  const bool opens =
      call.route->handle == post_opening || call.route->handle == post_sealed_opening;
  return let_in(call, opens ? Admission::Kind::opening : Admission::Kind::act);
}

Result<void> Gateway::let_in(Call& call, Admission::Kind kind) {
  call.urgent = kind == Admission::Kind::urgent_report;
  call.wait = admission_.take(call.caller.account, kind, std::chrono::steady_clock::now());
  if (call.wait.count() > 0) {
    diag::count("gateway_calls_throttled_total");
    return Error(Code::too_many_requests, "",
                 "this account asks for too much; wait as Retry-After says, and repeat with the "
                 "same key. Urgent and emergency reports are counted apart");
  }
  if (kind == Admission::Kind::read) return {};
  call.place = admission_.enter(kind);
  if (call.place) return {};
  diag::count("gateway_calls_refused_total");
  return Error(Code::unavailable, "", "too many calls are under way; urgent reports are taken");
}

void Gateway::handle(http::Request request, http::Reply reply) {
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const Match match = find_route(method, request.path);
  const auto table = routes();
  const std::size_t place =
      match.route ? static_cast<std::size_t>(match.route - table.data()) : table.size();
  const auto call = std::make_shared<Call>();
  call->reply = counted(place, std::move(reply));
  if (match.route == nullptr) return call->reply(not_offered(match.allowed));
  call->route = match.route;
  call->id = match.id;
  call->name = match.name;
  call->rest = match.rest;
  call->request = std::move(request);  // `method` is gone with it
  if (match.route->roles.empty()) return go_on(call);
  authentication_.prepare(evidence_of(call->request), [this, call] { go_on(call); });
}

void Gateway::go_on(const CallPtr& call) {
  if (const auto admitted = admit(*call); !admitted) return call->fail(admitted.error());
  // What reads rows waits for them; a command does not.
  const bool reads = call->route->method == "GET" && !call->route->roles.empty();
  if (!reads) return call->route->handle(*this, call);
  parts_.freshness.when_fresh([this, call] { call->route->handle(*this, call); });
}
}  // namespace nrm::gateway
