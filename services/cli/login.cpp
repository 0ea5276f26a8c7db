// The authorization code flow with PKCE on a loopback address (RFC 6749, 7636, 8252).
#include "services/cli/login.hpp"

#include <cstdio>
#include <future>

#include "common/base/hex.hpp"
#include "common/oidc/provider.hpp"
#include "services/cli/api.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/password.hpp"

namespace nrm::cli {
namespace {
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string random_text() {
  unsigned char bytes[32];
  system_entropy()->fill(bytes, sizeof bytes);
  return to_base64url({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

std::string form_of(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (!out.empty()) out += '&';
    out += name + '=' + percent_encoded(value);
  }
  return out;
}

// The provider's side, as identity.json and its discovery document describe it.
struct Site {
  std::string issuer, authority_file, authorization, token;
};

Result<http::Answer> call(const Site& site, const std::string& url, http::Call call) {
  const auto address = oidc::read_address(url);
  if (!address) return Error(Code::corrupt, "", "the provider named no https address: " + url);
  NRM_TRY_ASSIGN(const auto client, http::connect({.host = address->host,
                                                   .port = address->port,
                                                   .authority_file = site.authority_file}));
  call.target = address->path.empty() ? "/" : address->path;
  return client->call(call);
}

Result<Site> find_site(const Folder& folder) {
  NRM_TRY_ASSIGN(const std::string text, read_file(folder.file("identity.json")));
  json::Document document;
  NRM_TRY(document.parse_strict(text, limits::policy_bytes_max));
  Site site;
  site.issuer = text_of(document.root(), "issuer");
  site.authority_file = folder.file(text_of(document.root(), "authority_file"));
  std::string base = site.issuer;
  while (base.ends_with('/')) base.pop_back();
  NRM_TRY_ASSIGN(const auto answer, call(site, base + "/.well-known/openid-configuration", {}));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  if (text_of(read.root(), "issuer") != site.issuer)
    return Error(Code::corrupt, "", "the discovery document is of another issuer");
  site.authorization = text_of(read.root(), "authorization_endpoint");
  site.token = text_of(read.root(), "token_endpoint");
  if (!oidc::read_address(site.authorization))
    return Error(Code::corrupt, "", "the provider names no authorization_endpoint");
  return site;
}

// What the browser brings back, to whoever sent it out with this `state`.
class Callback {
 public:
  static Result<std::unique_ptr<Callback>> listen(const std::string& state,
                                                  const std::string& issuer) {
    std::unique_ptr<Callback> out(new Callback);
    NRM_TRY_ASSIGN(out->server_,
                   http::serve({}, [at = out.get(), state, issuer](const http::Request& request,
                                                                   const http::Reply& reply) {
                     at->take(request, reply, state, issuer);
                   }));
    return out;
  }
  std::string address() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/callback";
  }
  Result<std::string> wait(std::chrono::seconds length) {
    auto code = code_.get_future();
    if (code.wait_for(length) != std::future_status::ready)
      return Error(Code::timeout, "", "nobody signed in");
    return code.get();
  }

 private:
  Callback() = default;
  void take(const http::Request& request, const http::Reply& reply, const std::string& state,
            const std::string& issuer) {
    // RFC 9207: a provider that says who it is must be the one that we asked.
    const auto from = request.parameter("iss");
    if (request.path != "/callback" || request.parameter("state") != state ||
        (!from.empty() && from != issuer) || done_)
      return reply(http::problem(Error(Code::not_found)));
    done_ = true;
    const std::string code(request.parameter("code"));
    reply({.content_type = "text/plain", .body = "You can close this window.\n"});
    if (code.empty())
      code_.set_value(Error(Code::unauthenticated, "", "the provider refused"));
    else
      code_.set_value(code);
  }

  bool done_ = false;  // the server's thread alone
  std::promise<Result<std::string>> code_;
  std::unique_ptr<http::Server> server_;  // last: its thread uses the others
};

Result<std::string> token_in(const http::Answer& answer, std::string_view member) {
  if (answer.status / 100 != 2) return Error(Code::unauthenticated, "", "the code was not taken");
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  std::string token(text_of(read.root(), member));
  if (token.empty()) return Error(Code::corrupt, "", "the answer has no token");
  return token;
}

Result<std::string> from_provider(const LoginOptions& options, const Folder& folder) {
  NRM_TRY_ASSIGN(const Site site, find_site(folder));
  const std::string verifier = random_text(), state = random_text();
  NRM_TRY_ASSIGN(const auto callback, Callback::listen(state, site.issuer));
  const Fields question = {{"response_type", "code"},
                           {"client_id", options.client},
                           {"redirect_uri", callback->address()},
                           {"scope", options.scope},
                           {"resource", options.resource},
                           {"state", state},
                           {"code_challenge", to_base64url(crypto::sha256(verifier).view())},
                           {"code_challenge_method", "S256"}};
  std::printf("Open this address in a browser on this machine:\n%s?%s\n",
              site.authorization.c_str(), form_of(question).c_str());
  std::fflush(stdout);
  NRM_TRY_ASSIGN(const std::string code,
                 callback->wait(std::chrono::seconds(options.wait_seconds)));
  NRM_TRY_ASSIGN(const auto answer,
                 call(site, site.token,
                      {.method = "POST",
                       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                       .body = form_of({{"grant_type", "authorization_code"},
                                        {"code", code},
                                        {"redirect_uri", callback->address()},
                                        {"client_id", options.client},
                                        {"resource", options.resource},
                                        {"code_verifier", verifier}})}));
  return token_in(answer, "access_token");
}
}  // namespace

int login(const LoginOptions& options) {
  crypto::start();
  const auto folder = Folder::open(options.access.dir);
  if (!folder) return fail(folder.error());
  const auto token = options.account.empty() ? from_provider(options, *folder)
                                             : open_session(*folder, options.account);
  if (!token) return fail(token.error());
  if (const auto kept = write_file(options.out, *token + '\n', 0600); !kept)
    return fail(kept.error());
  std::printf("signed in; use it with: export NRM_TOKEN=$(cat %s)\n", options.out.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
