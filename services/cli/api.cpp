#include "services/cli/api.hpp"

#include <algorithm>
#include <thread>

#include "common/base/hex.hpp"
#include "services/cli/outcome.hpp"

namespace nrm::cli {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds retry_first{100}, retry_max{2'000}, retry_within{30'000};
constexpr milliseconds gateway_starts_within{3'000};

Result<Sensitive<std::string>> choose_token(const Access& access,
                                            const std::vector<HeldAccount>& accounts, bool sandbox,
                                            std::string_view default_account) {
  if (!access.token.empty()) return Sensitive<std::string>(access.token);
  if (!sandbox)
    return Error(Code::unauthenticated, "",
                 "say who you are: --token TOKEN, or set NRM_TOKEN (--as is for sandboxes)");
  const std::string_view name = access.as.empty() ? default_account : std::string_view(access.as);
  if (const HeldAccount* account = find_account(accounts, name)) return account->token;
  for (const HeldAccount& account : accounts)
    if (access.as.empty() && to_text(account.role) == name) return account.token;
  std::string known;
  constexpr std::size_t listed_max = 12;
  for (std::size_t i = 0; i < accounts.size() && i < listed_max; ++i)
    known += (i == 0 ? "" : ", ") + accounts[i].name;
  if (accounts.size() > listed_max) known += ", … (sandbox/tokens.json has all)";
  return Error(Code::unauthenticated, "--as",
               "this sandbox has no account \"" + std::string(name) + "\"; it has: " + known);
}
}  // namespace

std::string fresh_key() { return system_entropy()->uuid().text(); }

http::Call post_call(const Post& post, const std::string& token) {
  http::Call call{.method = "POST", .target = post.target, .headers = {}, .body = post.body};
  if (call.body.empty()) call.body = "{}";
  call.headers = {{"Authorization", "Bearer " + token},
                  {"Content-Type", "application/json"},
                  {"Idempotency-Key", post.key}};
  if (!post.if_match.empty()) call.headers.emplace_back("If-Match", post.if_match);
  return call;
}

http::Call get_call(std::string target, const std::string& token) {
  return {.method = "GET",
          .target = std::move(target),
          .headers = {{"Authorization", "Bearer " + token}},
          .body = {}};
}

bool is_worth_retrying(const Result<http::Answer>& answer) {
  if (!answer)
    return answer.error().code == Code::unavailable || answer.error().code == Code::timeout;
  return answer->status == 503 || answer->status == 429 || answer->status == 408;
}

Result<Read> read_answer(const http::Answer& answer) {
  Read out;
  if (!out.document.parse_trusted(answer.body))
    return Error(Code::internal, "", "the gateway's answer is not JSON");
  return out;
}

std::string_view text_of(json::Value object, std::string_view member) {
  if (!object || object.kind() != json::Kind::object) return {};
  const json::Value value = object.find(member);
  return value && value.kind() == json::Kind::string ? value.text() : std::string_view();
}

std::int64_t number_of(json::Value object, std::string_view member) {
  const json::Value value = object.find(member);
  return value && value.kind() == json::Kind::integer ? value.integer() : 0;
}

Error problem_of(const http::Answer& answer) {
  const auto read = read_answer(answer);
  constexpr std::string_view type = "https://nrm.example/problems/";
  const std::string_view named = read ? text_of(read->root(), "type") : std::string_view();
  const auto code = named.starts_with(type) ? code_from(named.substr(type.size())) : std::nullopt;
  if (!code)
    return Error(Code::internal, "", "the gateway answered " + std::to_string(answer.status));
  std::string detail(row_of(*code).title);
  if (const auto more = text_of(read->root(), "detail"); !more.empty())
    detail += ": " + std::string(more);
  if (const json::Value errors = read->root().find("errors"))
    for (const json::Value one : errors) {
      const auto pointer = text_of(one, "pointer");
      if (pointer.empty()) continue;
      const auto fault = code_from(text_of(one, "code"));
      const auto said = text_of(one, "detail");
      detail += "\n  field " + std::string(pointer) + ": ";
      detail += !said.empty() ? std::string(said)
                              : std::string(fault ? row_of(*fault).title : "not accepted");
    }
  return Error(*code, "", std::move(detail));
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += "0123456789ABCDEF"[byte >> 4];
    out += "0123456789ABCDEF"[byte & 15];
  }
  return out;
}

Result<std::unique_ptr<Api>> Api::open(const Access& access, std::string_view default_account,
                                       std::size_t connections) {
  crypto::start();
  NRM_TRY_ASSIGN(Folder folder, Folder::open(access.dir));
  std::unique_ptr<Api> api(new Api(std::move(folder)));
  api->key_ = access.key.empty() ? fresh_key() : access.key;
  api->keyed_ = access.keyed;
  if (api->sandbox()) {
    NRM_TRY_ASSIGN(api->accounts_, read_tokens(api->folder_));
  }
  NRM_TRY_ASSIGN(api->token_,
                 choose_token(access, api->accounts_, api->sandbox(), default_account));
  NRM_TRY_ASSIGN(
      api->client_,
      http::connect({.port = static_cast<std::uint16_t>(api->folder_.mechanism().http_port),
                     .authority_file = api->folder_.file("tls/ca.pem"),
                     .connections = connections}));
  return api;
}

Result<http::Answer> Api::persist(const http::Call& call) {
  const auto began = std::chrono::steady_clock::now(), until = began + retry_within;
  // Nobody listens at all: a person wants to hear that now, not in half a minute. But an act may be
  // done already when its connection breaks; asked again, the gateway knows.
  const auto heard = call.method == "POST" ? began + gateway_starts_within : began;
  milliseconds wait = retry_first;
  for (;;) {
    auto answer = client_->call(call);
    if (!answer && answer.error().code == Code::unavailable &&
        std::chrono::steady_clock::now() >= heard)
      return Error(Code::unavailable, "",
                   "nobody answers on port " + std::to_string(folder_.mechanism().http_port));
    if (is_worth_retrying(answer) && std::chrono::steady_clock::now() + wait < until) {
      std::this_thread::sleep_for(wait);
      wait = std::min(wait * 2, retry_max);
      continue;
    }
    if (!answer) return answer;
    if (answer->status / 100 != 2) return problem_of(*answer);
    return answer;
  }
}

Result<http::Answer> Api::get(const std::string& target, const std::string& token) {
  return persist(get_call(target, token));
}

Result<http::Answer> Api::post(Post post, const std::string& token) {
  ++posts_;
  if (post.key.empty()) post.key = posts_ == 1 ? key_ : key_ + '-' + std::to_string(posts_);
  auto answer = persist(post_call(post, token));
  if (answer || !keyed_) return answer;
  const int code = exit_code(answer.error());
  if (code != Exit::nobody_there && code != Exit::try_again && code != Exit::our_fault)
    return answer;
  const Error& error = answer.error();
  return Error(error.code, error.where,
               (error.detail.empty() ? std::string(row_of(error.code).title) : error.detail) +
                   "\n     it is safe to say it again with --key " + key_);
}
}  // namespace nrm::cli
