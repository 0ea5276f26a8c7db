#include "services/gateway/paging.hpp"

#include <charconv>

#include "common/base/hex.hpp"
#include "common/base/json.hpp"
#include "common/base/limits.hpp"
#include "common/crypto/crypto.hpp"

namespace nrm::gateway {
namespace {
// RFC 3986, 2.3: everything but unreserved characters.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::string bound_to(const AccountId& reader, std::string_view prefix) {
  return "nrm-cursor-2/" + reader.text() + '/' + std::string(prefix);
}

Result<std::size_t> read_limit(const http::Request& request) {
  const std::string_view text = request.parameter("limit");
  if (text.empty()) return limits::page_items_default;
  std::size_t limit = 0;
  const auto end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, limit);
  if (fault != std::errc() || at != end || limit == 0 || limit > limits::page_items_max)
    return Error(Code::out_of_range, "", "limit is 1 to " + std::to_string(limits::page_items_max));
  return limit;
}
}  // namespace

Cursors::Cursors(std::string_view secret)
    : key_(crypto::SecretKey::from(crypto::keyed_digest(secret, "nrm gateway cursors", 32))
               .value()) {}

std::string Cursors::seal(const AccountId& reader, std::string_view prefix,
                          std::string_view key) const {
  return to_base64url(crypto::seal(key_, bound_to(reader, prefix), key.substr(prefix.size())));
}

Result<std::string> Cursors::open(const AccountId& reader, std::string_view prefix,
                                  std::string_view cursor) const {
  if (const auto bytes = from_base64url(cursor))
    if (const auto rest = crypto::open(key_, bound_to(reader, prefix), *bytes))
      return std::string(prefix).append(rest->reveal());
  return Error(Code::bad_request, "", "this cursor is not one of this list");
}

Result<Page> read_page(const Store& store, const Cursors& cursors, const Reader& reader,
                       std::string_view prefix, Order order, const Store::Take& take) {
  NRM_TRY_ASSIGN(const std::size_t limit, read_limit(reader.request));
  Range range = prefixed(prefix);
  if (const auto cursor = reader.request.parameter("cursor"); !cursor.empty()) {
    NRM_TRY_ASSIGN(const std::string last, cursors.open(reader.account, prefix, cursor));
    (order == Order::ascending ? range.from : range.to) =
        order == Order::ascending ? last + '\0' : last;
  }
  Page page;
  std::string last;
  std::size_t looked_at = 0;
  bool more = false;
  NRM_TRY(store.scan(
      Family::rows, range,
      [&](std::string_view key, std::string_view value) {
        more = looked_at == limits::gateway_rows_per_page_max;
        if (more) return false;
        ++looked_at;
        const bool taken = !take || take(key, value);
        more = taken && page.rows.size() == limit;
        if (more) return false;
        last = key;
        if (taken) page.rows.emplace_back(key, value);
        return true;
      },
      order == Order::descending));
  if (more) page.next = cursors.seal(reader.account, prefix, last);
  return page;
}

http::Response page_response(const http::Request& request, const std::vector<std::string>& items,
                             std::string_view next, std::string_view position) {
  http::Response response;
  std::string& out = response.body;
  out = "{\"items\":[";
  for (const std::string& item : items) {
    if (out.back() != '[') out += ',';
    out += item;
  }
  out += ']';
  if (!next.empty()) {
    out += ",\"next\":";
    json::append_string(out, next);
    std::string link = '<' + request.path + '?';
    for (const auto& [name, value] : request.query)
      if (name != "cursor") link += name + '=' + percent_encoded(value) + '&';
    response.headers.emplace_back("Link", link + "cursor=" + std::string(next) + ">; rel=\"next\"");
  }
  if (!position.empty()) {
    out += ",\"position\":";
    json::append_string(out, position);
  }
  out += '}';
  return response;
}
}  // namespace nrm::gateway
