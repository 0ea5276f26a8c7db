#include "services/cli/password.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "services/cli/api.hpp"
#include "services/cli/login.hpp"
#include "services/cli/outcome.hpp"

namespace nrm::cli {
namespace {
// One line, not shown while it is typed.
Sensitive<std::string> ask_secretly(const char* what) {
  termios before{};
  const bool terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (terminal) {
    std::fprintf(stderr, "%s: ", what);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  std::getline(std::cin, line);
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputc('\n', stderr);
  }
  return Sensitive<std::string>(std::move(line));
}

// "password" and "code" as members of a form.
std::string ask_proof() {
  std::string out = "\"password\":";
  json::append_string(out, ask_secretly("password").reveal());
  out += ",\"code\":";
  json::append_string(out, ask_secretly("code").reveal());
  return out;
}

// Asks as nobody known, or with `token`. An answer that is no success is an error.
Result<http::Answer> call(const Folder& folder, http::Call call) {
  NRM_TRY_ASSIGN(const auto client,
                 http::connect({.port = static_cast<std::uint16_t>(folder.mechanism().http_port),
                                .authority_file = folder.file("tls/ca.pem")}));
  NRM_TRY_ASSIGN(auto answer, client->call(call));
  if (answer.status / 100 != 2) return problem_of(answer);
  return answer;
}

Result<std::string> member_of(const http::Answer& answer, std::string_view member) {
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  std::string text(text_of(read.root(), member));
  if (text.empty()) return Error(Code::corrupt, "", "the answer has no " + std::string(member));
  return text;
}

Result<std::string> change_password(const Folder& folder, const PasswordOptions& options) {
  const std::string key = options.key.empty() ? fresh_key() : options.key;
  const std::string proof = ask_proof();
  // Said before it is asked: without the answer nobody would know the new password.
  std::fprintf(stderr,
               "asking with key %s; should no answer come, say the same password and code again "
               "with --key %s\n",
               key.c_str(), key.c_str());
  NRM_TRY_ASSIGN(
      const auto answer,
      call(folder, {.method = "POST",
                    .target = "/v1/accounts/" + options.account + "/password",
                    .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                    .body = '{' + proof + '}'}));
  return member_of(answer, "password");
}
}  // namespace

Result<std::string> open_session(const Folder& folder, const std::string& account) {
  std::string body = "{\"account\":";
  json::append_string(body, account);
  NRM_TRY_ASSIGN(const auto answer, call(folder, {.method = "POST",
                                                  .target = "/v1/sessions",
                                                  .headers = {{"Content-Type", "application/json"}},
                                                  .body = body + ',' + ask_proof() + '}'}));
  return member_of(answer, "token");
}

int logout(const LogoutOptions& options) {
  crypto::start();
  const auto folder = Folder::open(options.dir);
  if (!folder) return fail(folder.error());
  const auto text = read_file(options.token_file, 16 * 1024);
  if (!text) return fail(text.error(), "nobody is signed in here: nrm login");
  const std::string token = text->substr(0, text->find('\n'));
  const auto ended = call(*folder, {.method = "DELETE",
                                    .target = "/v1/sessions/current",
                                    .headers = {{"Authorization", "Bearer " + token}},
                                    .body = {}});
  // What opens nothing any more is over, too. Of a provider's token only the provider knows that.
  const bool ours = token.find('.') == token.npos;
  if (!ended && (!ours || ended.error().code != Code::unauthenticated)) return fail(ended.error());
  std::error_code fault;
  std::filesystem::remove(options.token_file, fault);
  if (fault) return fail(Exit::our_fault, options.token_file + ": " + fault.message());
  std::puts("signed out; the token opens nothing any more");
  return Exit::done;
}

int accounts_password(const PasswordOptions& options) {
  crypto::start();
  if (!AccountId::parse(options.account))
    return fail(Exit::usage, "an account is named by its id, 36 characters");
  const auto folder = Folder::open(options.dir);
  if (!folder) return fail(folder.error());
  const auto password = change_password(*folder, options);
  if (!password) return fail(password.error());
  std::printf("all sessions have ended. The password from now on, shown this once:\n%s\n",
              password->c_str());
  return Exit::done;
}
}  // namespace nrm::cli
