#include "common/oidc/provider.hpp"

#include <charconv>

#include "common/diag/diag.hpp"
#include "common/http/http.hpp"

namespace nrm::oidc {
namespace {
using std::chrono::milliseconds;
// After a fetch that failed: soon enough for a provider that is being started.
constexpr milliseconds retry_after{5'000};
constexpr std::size_t url_bytes_max = 1'024;

bool is_host(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                              "XYZ0123456789.-") == text.npos;
}

bool is_path(std::string_view text) {
  for (const char c : text)
    if (c <= ' ' || c >= 127 || c == '?' || c == '#' || c == '\\') return false;
  return true;
}

Result<std::string> text_in(const std::string& document, std::string_view member) {
  json::Document read;
  NRM_TRY(read.parse_strict(document, limits::identity_document_bytes_max));
  const json::Value root = read.root();
  const json::Value value = root.kind() == json::Kind::object ? root.find(member) : json::Value();
  if (!value || value.kind() != json::Kind::string)
    return Error(Code::missing_field, "/" + std::string(member), "the discovery document has none");
  return std::string(value.text());
}
}  // namespace

std::optional<Address> read_address(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (url.size() > url_bytes_max || !url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  const auto slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  Address out;
  out.path = url.substr(slash);
  if (const auto colon = authority.find(':'); colon != authority.npos) {
    const std::string_view port = authority.substr(colon + 1);
    const char* const end = port.data() + port.size();
    const auto [at, fault] = std::from_chars(port.data(), end, out.port);
    if (fault != std::errc() || at != end || out.port == 0) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  out.host = authority;
  if (!is_host(out.host) || !is_path(out.path)) return std::nullopt;
  return out;
}

Provider::Provider(Options options, const Clock& ticks)
    : options_(std::move(options)), ticks_(ticks) {
  CHECK(read_address(options_.rules.issuer), "an issuer is an https address");
  thread_ = std::thread([this] { run(); });
}

Provider::~Provider() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Provider::is_trusted() const {
  const std::lock_guard lock(mutex_);
  return keys_ && ticks_.now() - *fetched_ <= options_.keys_kept_max;
}

Result<Claims> Provider::verify(std::string_view token, Instant now) const {
  std::shared_ptr<const KeySet> keys;
  {
    const std::lock_guard lock(mutex_);
    if (!keys_) return Error(Code::not_found, "", "the provider's keys are not here yet");
    if (ticks_.now() - *fetched_ > options_.keys_kept_max)
      return Error(Code::not_found, "", "the provider's keys are too old to be trusted");
    keys = keys_;
  }
  return verify_access_token(token, *keys, options_.rules, now);
}

void Provider::refresh(std::function<void()> then) {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    const bool soon = tried_ && ticks_.now() - *tried_ < options_.refetch_after;
    waits = !stopping_ && waiting_.size() < limits::identity_waiting_max && (fetching_ || !soon);
    if (waits) {
      waiting_.push_back(std::move(then));
      wanted_ = true;
    }
  }
  if (!waits) return then();
  changed_.notify_all();
}

void Provider::run() {
  for (;;) {
    std::vector<std::function<void()>> ready;
    bool stop = false;
    {
      std::unique_lock lock(mutex_);
      const milliseconds pause = !tried_              ? milliseconds(0)
                                 : fetched_ == tried_ ? options_.refresh
                                                      : std::min(retry_after, options_.refresh);
      changed_.wait_for(lock, pause, [this] { return wanted_ || stopping_; });
      stop = stopping_;
      if (!stop) {
        wanted_ = false;
        fetching_ = true;
        tried_ = ticks_.now();
      }
    }
    if (!stop) fetch();
    {
      const std::lock_guard lock(mutex_);
      fetching_ = false;
      // Who came while we fetched is answered by it too: what they lack was there before they came,
      // or is found by the next one.
      ready.swap(waiting_);
      wanted_ = false;
    }
    for (const auto& then : ready) then();
    if (stop) return;
  }
}

// A new connection for each: it is made a few times an hour, and its authority's file is read anew.
Result<std::string> Provider::get(const std::string& url) const {
  const auto address = read_address(url);
  if (!address) return Error(Code::bad_request, "", "not an https address");
  NRM_TRY_ASSIGN(const auto client, http::connect({.host = address->host,
                                                   .port = address->port,
                                                   .authority_file = options_.authority_file,
                                                   .connections = 1,
                                                   .deadline = options_.deadline}));
  NRM_TRY_ASSIGN(auto answer, client->call({.target = address->path.empty() ? "/" : address->path,
                                            .headers = {{"Accept", "application/json"}}}));
  if (answer.status != 200) return Error(Code::unavailable, "", "it did not answer with 200");
  if (answer.body.size() > limits::identity_document_bytes_max)
    return Error(Code::too_large, "", "its document is too large");
  return std::move(answer.body);
}

// Discovery, section 4.3: the document must say the very issuer that it was asked of.
Result<std::string> Provider::keys_address() const {
  std::string base = options_.rules.issuer;
  while (base.ends_with('/')) base.pop_back();
  NRM_TRY_ASSIGN(const std::string document, get(base + "/.well-known/openid-configuration"));
  NRM_TRY_ASSIGN(const std::string issuer, text_in(document, "issuer"));
  if (issuer != options_.rules.issuer)
    return Error(Code::corrupt, "/issuer", "the discovery document is of another issuer");
  return text_in(document, "jwks_uri");
}

void Provider::fetch() {
  const auto read = [this]() -> Result<std::pair<std::string, KeySet>> {
    NRM_TRY_ASSIGN(const std::string url, keys_address());
    NRM_TRY_ASSIGN(std::string document, get(url));
    NRM_TRY_ASSIGN(KeySet keys, KeySet::read(document));
    return std::pair(std::move(document), std::move(keys));
  };
  auto result = read();
  if (!result) {
    diag::count("identity_keys_not_fetched_total");
    return diag::warning("identity_keys_not_fetched", {{"code", row_of(result.error().code).name}});
  }
  diag::count("identity_keys_fetched_total");
  const std::lock_guard lock(mutex_);
  fetched_ = tried_;
  if (keys_ && document_ == result->first) return;
  document_ = std::move(result->first);
  keys_ = std::make_shared<const KeySet>(std::move(result->second));
  ++generation_;
  diag::info("identity_keys_changed", {{"keys", keys_->size()}});
}
}  // namespace nrm::oidc
