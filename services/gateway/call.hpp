// Call: one request on its way through the gateway, and the ways to answer it.
// THREAD: one at a time; a call that waited for a service goes on on the ask thread, one that
// waited for the projection on the feed thread. INVARIANT: answered exactly once.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/base/sensitive.hpp"
#include "common/http/http.hpp"
#include "services/gateway/admission.hpp"
#include "services/gateway/disclosure.hpp"
#include "services/gateway/question.hpp"
#include "services/gateway/route_table.hpp"

namespace nrm::gateway {
struct Call {
  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  // What was refused can hold a person, too, where it should not.
  ~Call() { wipe(request.body); }

  http::Request request;
  http::Reply reply;  // counts, and sets what every answer has
  const Route* route = nullptr;
  Uuid id;           // of the path
  std::string name;  // of the path
  std::string rest;  // of the path: all that {rest} stands for
  Actor caller;      // nil account: nobody we know, or nobody was asked for
  bool urgent = false;
  std::chrono::milliseconds wait{0};  // told with a 429
  Admission::Place place;             // among the calls under way

  std::string_view key() const { return request.header("idempotency-key"); }
  void fail(const Error& error) const;
  void fail(const std::vector<Error>& errors) const;
  // 304 when the client has this version already.
  void answer(http::Response response, std::string etag = {}) const;

 private:
  void finish(http::Response response) const;
};

// What identifies this request for ever at a service: BLAKE2b-128 of who asks, route and key. Who
// asks is the account: two members of a committee may choose the same key and say the same, and
// each has a vote. Of what is reported it is the organisation: a colleague, or the account that
// follows an expired one, sends again what may not have arrived, and no person is reported twice.
std::string wire_key(const Call& call, std::string_view step = {});

// The body as JSON. ERRORS: unsupported_media_type, malformed_json, duplicate_key, …
// The value is in scratch(): valid until the next use of it.
Result<json::Value> read_body(const Call& call);

// Wipes what was parsed there: it may have been about a person.
void forget_scratch();

// The body as a form; otherwise the call has been answered with all its faults.
template <class Form>
std::optional<Form> read_form(const Call& call) {
  const auto body = read_body(call);
  if (!body) {
    call.fail(body.error());
    return std::nullopt;
  }
  Form form{};
  Reading reading(Unknown::refuse);
  const bool good = read_json(*body, form, reading);
  forget_scratch();
  if (good) return form;
  call.fail(reading.faults());
  return std::nullopt;
}

// --- commands -----------------------------------------------------------------------------------

// A command that was accepted. Borrows from the service's answer.
struct Accepted {
  const wire::Answer& answer;
  Receipt receipt;

  template <class E>
  struct Emitted {
    Uuid id;  // of its stream
    E event;
  };
  // The first event of that type. REQUIRES: this command emits one.
  // ERRORS: internal (the record cannot be read).
  template <class E>
  Result<Emitted<E>> event() const {
    NRM_TRY_ASSIGN(auto found, find(E::type));
    auto* event = get_if<E>(&found.event);
    CHECK(event != nullptr, "an event is decoded as its type says");
    return Emitted<E>{found.id, std::move(*event)};
  }

 private:
  Result<Emitted<Event>> find(std::string_view type) const;
};
using OnAccepted = std::function<void(const CallPtr&, const Accepted&)>;

struct Sending {
  Service service{};
  std::string_view type;
  std::string data;
  std::string step;  // of several commands of one call; see wire_key()
  Sensitive<std::string> personal;
  std::function<std::string(std::string_view where)>
      place;  // a pointer of the command, in the body
};
// Asks the service and goes on with `then`; a rejection is answered here.
void send(Gateway& gateway, const CallPtr& call, Sending sending, OnAccepted then);

// A pointer into a command as one into the body that it was made from.
template <class Form>
std::string place_in(std::string_view where) {
  if (!Form::nested.empty() && where.starts_with(Form::nested))
    where.remove_prefix(Form::nested.size());
  const std::string_view first = where.substr(0, where.find('/', 1));
  bool known = false;
  boost::mp11::mp_for_each<boost::describe::describe_members<Form, boost::describe::mod_public>>(
      [&](auto d) { known |= first.size() > 1 && first.substr(1) == code_name(d.name); });
  return known ? std::string(where) : std::string();  // what the path or the token said
}

template <class Form>
void send_form(Gateway& gateway, const CallPtr& call, OnAccepted then) {
  const auto form = read_form<Form>(*call);
  if (!form) return;
  send(gateway, call,
       {.service = Form::Sends::target,
        .type = Form::Sends::type,
        .data = to_json(form->command(call->id, call->caller)),
        .place = place_in<Form>},
       std::move(then));
}

// Answers when the rows hold that record of the vault's log: what it ends opens nothing any more.
// They may lag, or be stopped over a fault: then 503, and whoever asks again with the same key is
// told the same until it is so.
void answer_when_known(Gateway& gateway, const CallPtr& call, std::uint64_t seq,
                       http::Response response);

// The handler of a form whose answer is its receipt.
void answer_done(const CallPtr& call, const Accepted& accepted);
template <class Form>
void submit(Gateway& gateway, const CallPtr& call) {
  send_form<Form>(gateway, call, answer_done);
}

// {id} of the first event of `Created`'s type, as the first member of `Answer`.
template <class Form, class Created, class Answer>
void create(Gateway& gateway, const CallPtr& call) {
  send_form<Form>(gateway, call, [](const CallPtr& asked, const Accepted& accepted) {
    const auto created = accepted.event<Created>();
    if (!created) return asked->fail(created.error());
    Answer answer{{}, accepted.receipt};
    auto& [id, receipt] = answer;
    id = std::remove_reference_t<decltype(id)>(created->id);
    http::Response response;
    response.status = asked->route->status;
    if constexpr (Created::stream == StreamKind::referral)
      response.headers.emplace_back("Location", "/v1/referrals/" + created->id.text());
    write_json(response.body, answer);
    asked->answer(std::move(response));
  });
}
}  // namespace nrm::gateway
