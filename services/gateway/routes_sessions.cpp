// Sessions and passwords of local accounts: see sessions.hpp. Here are the two routes that take a
// body from nobody known.
#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/sessions.hpp"

namespace nrm::gateway {
namespace {
// One answer, whatever was wrong: account, password, code, or all of them.
Error not_proven() {
  return Error(Code::unauthenticated, "", "account, password and code do not go together");
}

std::string random_bytes(std::size_t size) {
  std::string out(size, '\0');
  system_entropy()->fill(reinterpret_cast<unsigned char*>(out.data()), size);
  return out;
}

// What the event of that type says, in an answer of the vault; none when it was refused.
template <class E>
std::optional<json::Value> said(const wire::Answer& answer, json::Document& document) {
  if (answer.rejection || !document.parse_trusted(answer.record)) return std::nullopt;
  const auto outline = read_outline(document.root());
  if (!outline) return std::nullopt;
  for (const json::Value one : outline->events)
    if (one.find("type").text() == E::type) return one.find("data");
  return std::nullopt;
}

// The vault's word: until when the session lasts.
std::optional<Instant> opened_until(const wire::Answer& answer) {
  json::Document document;
  const auto opened = said<SessionOpened>(answer, document);
  return opened ? Instant::parse(opened->find("until").text()) : std::nullopt;
}

bool is_changed(const wire::Answer& answer) {
  json::Document document;
  return said<PasswordChanged>(answer, document).has_value();
}

// What travels beside the command. `next`: the verifier of the next password; empty: none.
Sensitive<std::string> proof_of(const Sensitive<std::string>& verifier, std::string_view code,
                                const Sensitive<std::string>& next = {}) {
  std::string proof;
  proof.reserve(512);  // grows nowhere: no pieces stay
  proof += "{\"verifier\":\"";
  append_hex(proof, verifier.reveal());
  proof += "\",\"code\":";
  json::append_string(proof, code);
  if (!next.reveal().empty()) {
    proof += ",\"next\":\"";
    append_hex(proof, next.reveal());
    proof += '"';
  }
  proof += '}';
  return Sensitive<std::string>(std::move(proof));
}

void open_session(Gateway& gateway, const CallPtr& call, const SessionForm& form,
                  const Sensitive<std::string>& verifier) {
  const std::string token = random_bytes(32);
  const auto digest = Text<64>::parse(to_hex(crypto::digest(token, 32)));
  Question question{.service = Service::vault,
                    .key = random_bytes(16),
                    .actor = {form.account, OrganisationId(), Role::person},  // says who it is
                    .expects = std::nullopt,
                    .type = OpenSession::type,
                    .data = to_json(OpenSession{form.account, *digest, false}),
                    .personal = proof_of(verifier, form.code.reveal().text())};
  gateway.parts().ask(std::move(question), [&gateway, call, account = form.account,
                                            token = Sensitive<std::string>(to_hex(token))](
                                               const Result<wire::Answer>& answer) {
    if (!answer) return call->fail(answer.error());
    Attempts& attempts = gateway.sessions().attempts;
    const auto until = opened_until(*answer);
    if (!until) {
      attempts.failed(account, call->request.address, gateway.parts().clock.now());
      return call->fail(not_proven());
    }
    attempts.succeeded(account);
    auto response = item_response(SessionCreated{token.reveal(), *until}, 201);
    gateway.parts().freshness.when_fresh(
        [call, response = std::move(response)] { call->answer(response); });
  });
}

// A change of a password on its way through two stretchings.
struct Change {
  AccountId account;
  std::string key;  // at the vault: of account, Idempotency-Key and body, so that only who has the
                    // old password gets the answer again
  Sensitive<Text<8>> code;
  Sensitive<std::string> password, verifier;  // the next password; what proves the old one
};

Change change_of(Gateway& gateway, const CallPtr& call, const PasswordForm& form) {
  const std::string& secret = gateway.parts().secret.reveal();
  std::string request = "password|" + call->id.text() + '|' + std::string(call->key()) + '|';
  request.reserve(request.size() + call->request.body.size());  // not moved: it is wiped
  request += call->request.body;
  const Sensitive<std::string> whole(std::move(request));
  return {AccountId(call->id),
          crypto::keyed_digest(secret, whole.reveal(), 16),
          form.code,
          derive_password(secret, whole.reveal()),
          {}};
}

// Answered when the rows know: from then on no session of the account opens anything.
void send_change(Gateway& gateway, const CallPtr& call, const Change& change,
                 const Sensitive<std::string>& next) {
  Question question{.service = Service::vault,
                    .key = change.key,
                    .actor = {change.account, OrganisationId(), Role::person},  // says who it is
                    .expects = std::nullopt,
                    .type = ChangePassword::type,
                    .data = to_json(ChangePassword{change.account, false}),
                    .personal = proof_of(change.verifier, change.code.reveal().text(), next)};
  gateway.parts().ask(
      std::move(question), [&gateway, call, account = change.account,
                            password = change.password](const Result<wire::Answer>& answer) {
        if (!answer) return call->fail(answer.error());
        Attempts& attempts = gateway.sessions().attempts;
        if (!is_changed(*answer)) {
          attempts.failed(account, call->request.address, gateway.parts().clock.now());
          return call->fail(not_proven());
        }
        attempts.succeeded(account);
        answer_when_known(gateway, call, answer->seq,
                          item_response(PasswordCreated{password.reveal()}, 201));
      });
}
}  // namespace

void post_session(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<SessionForm>(*call);
  if (!form) return;
  wipe(call->request.body);  // the password is needed no longer
  Sessions& sessions = gateway.sessions();
  const auto allowed =
      sessions.attempts.may_try(form->account, call->request.address, gateway.parts().clock.now());
  if (!allowed) return call->fail(allowed.error());
  sessions.stretcher.stretch(
      Sensitive<std::string>(form->password.reveal().text()),
      salt_of(gateway.parts().secret.reveal(), form->account),
      [&gateway, call, form = *form](const Result<Sensitive<std::string>>& verifier) {
        if (!verifier) return call->fail(verifier.error());
        open_session(gateway, call, form, *verifier);
      });
}

void delete_session(Gateway& gateway, const CallPtr& call) {
  const auto digest =
      Text<64>::parse(shown_token_digest(call->request.header("authorization")).value_or(""));
  if (!digest)
    return call->fail(Error(Code::not_in_state, "",
                            "this is no session: a certificate ends when its account is revoked, "
                            "an identity provider's token at the provider"));
  send(gateway, call,
       {.service = Service::vault,
        .type = EndSession::type,
        .data = to_json(EndSession{call->caller.account, *digest}),
        .step = digest->text()},
       [&gateway](const CallPtr& asked, const Accepted& accepted) {
         answer_when_known(gateway, asked, accepted.answer.seq,
                           item_response(Done{accepted.receipt}));
       });
}

void post_password(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<PasswordForm>(*call);
  if (!form) return;
  Change change = change_of(gateway, call, *form);
  wipe(call->request.body);
  Sessions& sessions = gateway.sessions();
  const auto allowed =
      sessions.attempts.may_try(change.account, call->request.address, gateway.parts().clock.now());
  if (!allowed) return call->fail(allowed.error());
  const std::string salt = salt_of(gateway.parts().secret.reveal(), change.account);
  sessions.stretcher.stretch(
      Sensitive<std::string>(form->password.reveal().text()), salt,
      [&gateway, call, change, salt](const Result<Sensitive<std::string>>& verifier) mutable {
        if (!verifier) return call->fail(verifier.error());
        change.verifier = *verifier;
        gateway.sessions().stretcher.stretch(
            change.password, salt,
            [&gateway, call, change](const Result<Sensitive<std::string>>& next) {
              if (!next) return call->fail(next.error());
              send_change(gateway, call, change, *next);
            });
      });
}
}  // namespace nrm::gateway
