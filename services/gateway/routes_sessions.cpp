// Sessions of local accounts: see sessions.hpp. The one route that takes a body from nobody known.
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

// The vault's word: until when the session lasts; none when it was refused.
std::optional<Instant> opened_until(const wire::Answer& answer) {
  json::Document document;
  if (answer.rejection || !document.parse_trusted(answer.record)) return std::nullopt;
  const auto outline = read_outline(document.root());
  if (!outline) return std::nullopt;
  for (const json::Value one : outline->events)
    if (one.find("type").text() == SessionOpened::type)
      return Instant::parse(one.find("data").find("until").text());
  return std::nullopt;
}

void open_session(Gateway& gateway, const CallPtr& call, const SessionForm& form,
                  const Sensitive<std::string>& verifier) {
  const std::string token = random_bytes(32);
  const auto digest = Text<64>::parse(to_hex(crypto::digest(token, 32)));
  std::string proof = "{\"verifier\":\"" + to_hex(verifier.reveal()) + "\",\"code\":";
  json::append_string(proof, form.code.reveal().text());
  proof += '}';
  Question question{.service = Service::vault,
                    .key = random_bytes(16),
                    .actor = {form.account, OrganisationId(), Role::person},  // says who it is
                    .expects = std::nullopt,
                    .type = OpenSession::type,
                    .data = to_json(OpenSession{form.account, *digest, false}),
                    .personal = Sensitive<std::string>(std::move(proof))};
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
}  // namespace nrm::gateway
