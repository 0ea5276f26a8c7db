#include "services/gateway/call.hpp"

#include <algorithm>

#include "common/crypto/crypto.hpp"
#include "common/event/record_reader.hpp"
#include "common/http/framing.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/tags.hpp"

namespace nrm::gateway {
namespace {
// application/json, with any parameters: JSON is UTF-8 whatever a charset says (RFC 8259, 8.1).
bool is_json(std::string_view media_type) {
  constexpr std::string_view json = "application/json";
  if (!http::same_name(media_type.substr(0, json.size()), json)) return false;
  return media_type.size() == json.size() || media_type[json.size()] == ';' ||
         media_type[json.size()] == ' ';
}

Receipt receipt_of(const Call& call, Service service, const wire::Answer& answer) {
  Receipt receipt{.log = log_name(service),
                  .seq = answer.seq,
                  .leaf = answer.leaf.hex(),
                  .checkpoint = std::string(answer.checkpoint),
                  .record = std::nullopt};
  // The whole record, other parties' events too, only to whom all of it is for.
  if (call.request.header("prefer") == "return=representation" &&
      may_see_record(call.caller, answer.record))
    receipt.record = std::string(answer.record);
  return receipt;
}

// Every service has its own words for it; absent, forbidden and barred are one answer.
bool is_absent(const Error& error) { return error.code == Code::not_found && error.where.empty(); }

// Whatever a service says about a thing that this caller cannot see (forbidden, too early, another
// version): for them it is not there, in the words for what never was. Who broke the glass of a
// case knows that it is there.
Error conceal(const Gateway& gateway, const Call& call, Error error) {
  const auto& parts = gateway.parts();
  bool seen = true;
  if (call.route->about() == About::a_case)
    seen = find_case(parts.store, parts.offices, call.caller, call.id).has_value() ||
           has_broken_glass(parts.store, call.caller, call.id);
  if (call.route->about() == About::a_referral)
    seen = find_referral(parts.store, parts.offices, call.caller, call.id).has_value();
  if (call.route->about() == About::a_matter) {
    const auto matter = find_matter(parts.store, {*call.route->matter(), call.id});
    seen = matter && find_case(parts.store, parts.offices, call.caller, matter->case_).has_value();
  }
  return seen && !is_absent(error) ? error : nothing_here();
}

// The case that the path's id leads to, whatever it is the id of.
std::optional<Uuid> subject_of(const Store& store, const Call& call) {
  const About about = call.route->about();
  const std::string_view pattern = call.route->pattern;
  if (about == About::a_case || pattern.starts_with("/v1/handovers/{id}")) return call.id;
  if (about == About::a_matter) {
    const auto matter = find_matter(store, {*call.route->matter(), call.id});
    return matter ? std::optional<Uuid>(matter->case_) : std::nullopt;
  }
  if (about == About::a_referral) {
    const auto referral = find_view<ReferralView>(store, call.id);
    return referral ? std::optional<Uuid>(referral->view.subject) : std::nullopt;
  }
  if (!pattern.starts_with("/v1/transnational-referrals/{id}")) return std::nullopt;
  const auto package = find_view<TransnationalView>(store, call.id);
  return package ? std::optional<Uuid>(package->view.subject) : std::nullopt;
}

// A case that is barred to the caller does not exist for it.
bool is_barred(const Gateway& gateway, const Call& call) {
  const Store& store = gateway.parts().store;
  const auto subject = subject_of(store, call);
  return subject && Bars(store, call.caller).cover(*subject);
}

// Nothing is asked of what is barred, and the service is asked all the same, of an id that never
// was: answer, time and silence are those for a case that is not there. The key is another one, for
// the bar may be lifted.
void disguise(const Gateway& gateway, const Call& call, Question& question) {
  const std::string_view bytes(reinterpret_cast<const char*>(call.id.bytes.data()),
                               call.id.bytes.size());
  const std::string other = crypto::keyed_digest(gateway.parts().secret.reveal(), bytes, 16);
  Uuid never;
  std::ranges::copy(other, never.bytes.begin());
  never.bytes[6] = call.id.bytes[6];  // version and variant (RFC 9562, 4)
  never.bytes[8] = call.id.bytes[8];
  const std::string was = call.id.text(), is = never.text();
  for (auto at = question.data.find(was); at != std::string::npos; at = question.data.find(was, at))
    question.data.replace(at, was.size(), is);
  if (question.expects) question.expects->stream.id = never;
  question.key = crypto::digest(question.key + "barred", 16);
}

// Absent and unseen take the same way and time, so both wait for the rows and look.
void refuse(Gateway& gateway, const CallPtr& call, Error error) {
  if (call->route->about() == About::nothing)
    return call->fail(is_absent(error) ? nothing_here() : error);
  gateway.parts().freshness.when_fresh(
      [&gateway, call, error = std::move(error)] { call->fail(conceal(gateway, *call, error)); });
}

// ERRORS: bad_request (not an ETag of ours).
Result<std::optional<Expectation>> expectation(const Store& store, const Call& call,
                                               Service service) {
  const std::string_view field = call.request.header("if-match");
  if (field.empty()) return std::optional<Expectation>();
  if (call.route->about() == About::a_referral) {
    NRM_TRY_ASSIGN(const std::uint64_t version, read_referral_tag(field));
    return std::optional(Expectation{referral_stream(call.id), version});
  }
  NRM_TRY_ASSIGN(const std::uint64_t version, read_case_tag(field, service));
  // What is not shown is not compared.
  const bool shown = service == Service::vault || service == Service::identification;
  if (!shown && behind_firewall(store, call.caller)) return std::optional<Expectation>();
  return std::optional(Expectation{case_stream(call.id), version});
}
}  // namespace

void Call::fail(const Error& error) const { finish(http::problem(error)); }
void Call::fail(const std::vector<Error>& errors) const { finish(http::problem(errors)); }

void Call::finish(http::Response response) const {
  response.known_caller = !caller.account.nil();
  if (wait.count() > 0)
    for (auto& [name_, value] : response.headers)
      if (name_ == "Retry-After")
        value = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
  reply(std::move(response));
}

void Call::answer(http::Response response, std::string etag) const {
  // What never changes says so itself.
  if (std::ranges::none_of(response.headers,
                           [](const auto& one) { return one.first == "Cache-Control"; }))
    response.headers.emplace_back("Cache-Control", "no-store");
  if (!etag.empty()) {
    if (request.header("if-none-match") == etag) {
      response.status = 304;
      response.body.clear();
    }
    response.headers.emplace_back("ETag", std::move(etag));
  }
  finish(std::move(response));
}

std::string wire_key(const Call& call, std::string_view step) {
  const bool reports = scope_of(*call.route) == Scope::report;
  const Uuid& by = reports ? Uuid(call.caller.organisation) : Uuid(call.caller.account);
  std::string bytes(by.bytes.begin(), by.bytes.end());
  for (const std::string_view part : {call.route->pattern, call.key(), step}) {
    bytes += '\n';
    bytes += part;
  }
  return crypto::digest(bytes, 16);
}

Result<json::Value> read_body(const Call& call) {
  // A form without members may be left out altogether.
  const std::string_view body =
      call.request.body.empty() ? "{}" : std::string_view(call.request.body);
  if (!call.request.body.empty() && !is_json(call.request.header("content-type")))
    return Error(Code::unsupported_media_type, "", "send application/json");
  json::Document& document = scratch();
  NRM_TRY(document.parse_strict(body));
  return document.root();
}

void forget_scratch() { CHECK(scratch().parse_strict("{}"), "an empty object is JSON"); }

Result<Accepted::Emitted<Event>> Accepted::find(std::string_view type) const {
  thread_local RecordReader record;
  const auto read = [&]() -> Result<Emitted<Event>> {
    NRM_TRY(record.open(answer.record));
    for (;;) {
      NRM_TRY_ASSIGN(const bool more, record.next());
      CHECK(more, "an accepted command emits its event");
      if (record.type() != type) continue;
      NRM_TRY_ASSIGN(Event event, record.event());
      return Emitted<Event>{record.stream().id, std::move(event)};
    }
  };
  auto found = read();
  if (!found) return Error(Code::internal);
  return found;
}

void send(Gateway& gateway, const CallPtr& call, Sending sending, OnAccepted then) {
  // First what depends on the request alone: it must not tell a barred case from an absent one.
  auto expects = expectation(gateway.parts().store, *call, sending.service);
  if (!expects) return call->fail(expects.error());
  const bool barred = is_barred(gateway, *call);
  Question question{.service = sending.service,
                    .key = wire_key(*call, sending.step),
                    .actor = call->caller,
                    .expects = std::move(*expects),
                    .type = sending.type,
                    .data = std::move(sending.data),
                    .personal = std::move(sending.personal),
                    .urgent = call->urgent};
  if (barred) disguise(gateway, *call, question);
  gateway.parts().ask(
      std::move(question),
      [&gateway, call, barred, service = sending.service, place = std::move(sending.place),
       then = std::move(then)](const Result<wire::Answer>& answer) {
        if (!answer) return call->fail(answer.error());
        if (answer->rejection) {
          Error error = *answer->rejection;
          error.where = place ? place(error.where) : std::string();
          return refuse(gateway, call, std::move(error));
        }
        if (barred) return call->fail(nothing_here());
        then(call, {*answer, receipt_of(*call, service, *answer)});
      });
}

void answer_when_known(Gateway& gateway, const CallPtr& call, std::uint64_t seq,
                       http::Response response) {
  Freshness& freshness = gateway.parts().freshness;
  freshness.when_fresh([&freshness, call, seq, response = std::move(response)] {
    if (freshness.projected(Service::vault) > seq) return call->answer(response);
    call->fail(
        Error(Code::unavailable, "",
              "it is recorded, and this gateway does not know it yet: what it ends may still "
              "open something here; send the same again until it is answered as done"));
  });
}

void answer_done(const CallPtr& call, const Accepted& accepted) {
  http::Response response;
  response.status = call->route->status;
  write_json(response.body, Done{accepted.receipt});
  call->answer(std::move(response));
}
}  // namespace nrm::gateway
