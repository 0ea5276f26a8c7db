// Api: the public HTTPS API as the subcommands use it: finds port, CA and token, makes
// Idempotency-Keys, tries again what was not taken in, and says problems in words.
//
// THREAD: one. ERRORS: of an answer that is a problem: its code and title, with the fields at fault
// in the detail, one a line; of the way there: unavailable, timeout.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/json.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/tokens.hpp"

namespace nrm::cli {
struct Post {
  std::string target;
  std::string body;  // JSON; empty for a form without members
  std::string key;   // Idempotency-Key; made from the command's own when empty
  std::string if_match;
};

std::string fresh_key();
http::Call post_call(const Post& post, const std::string& token);
http::Call get_call(std::string target, const std::string& token);
// Not taken in, or not known to be: safe to send again with the same key.
bool is_worth_retrying(const Result<http::Answer>& answer);
// Of an answer that is not 2xx.
Error problem_of(const http::Answer& answer);
std::string percent_encoded(std::string_view text);  // for a query's value

class Api {
 public:
  // `default_account`: whose token is used when neither --token nor --as says so; an account's
  // name, or a role: the first account that has it.
  static Result<std::unique_ptr<Api>> open(const Access& access, std::string_view default_account,
                                           std::size_t connections = 1);

  // The answer of a 2xx; asks again while the service is busy, for half a minute, and what may have
  // been sent also while a gateway starts again.
  Result<http::Answer> get(const std::string& target) { return get(target, token()); }
  Result<http::Answer> get(const std::string& target, const std::string& token);
  Result<http::Answer> post(Post post) { return this->post(std::move(post), token()); }
  Result<http::Answer> post(Post post, const std::string& token);

  // The Idempotency-Key of this run of the command: --key, or a fresh one. It is in the detail of
  // an Error after which the same may be said again, where the command has --key.
  const std::string& key() const { return key_; }
  const std::string& token() const { return token_.reveal(); }
  http::Client& client() { return *client_; }
  const Folder& folder() const { return folder_; }
  bool sandbox() const { return folder_.mechanism().sandbox; }
  // The accounts of a sandbox; empty in production.
  const std::vector<HeldAccount>& accounts() const { return accounts_; }

 private:
  explicit Api(Folder folder) : folder_(std::move(folder)) {}
  Result<http::Answer> persist(const http::Call& call);

  Folder folder_;
  std::string key_;
  bool keyed_ = false;
  std::size_t posts_ = 0;
  std::vector<HeldAccount> accounts_;
  Sensitive<std::string> token_;
  std::unique_ptr<http::Client> client_;
};

// A JSON text of the API that was read: the document and its root.
struct Read {
  json::Document document;
  json::Value root() const { return document.root(); }
};
Result<Read> read_answer(const http::Answer& answer);
// "" when the member is not there or not a string.
std::string_view text_of(json::Value object, std::string_view member);
std::int64_t number_of(json::Value object, std::string_view member);
}  // namespace nrm::cli
