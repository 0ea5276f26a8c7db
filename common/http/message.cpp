#include "common/http/message.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>

#include "common/base/limits.hpp"

namespace nrm::http {
namespace {
namespace beast = boost::beast;
using beast::error_code;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Takes what Beast reads straight into our Request: no container of Beast's in between.
class RequestReader : public beast::http::basic_parser<true> {
 public:
  RequestReader(Request& request, std::string& target) : request_(request), target_(target) {
    header_limit(static_cast<std::uint32_t>(limits::http_head_bytes_max));
    body_limit(boost::none);  // check_head() has counted
  }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int,
                       error_code&) override {
    request_.method = view(method);
    target_ = view(target);
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    auto& [key, text] = request_.headers.emplace_back(view(name), view(value));
    for (char& c : key)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override {
    return 0;
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::string& target_;
};

std::string_view find(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

void append_number(std::string& out, std::size_t number) { out += std::to_string(number); }

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

// On every answer, unless the handler says otherwise. Personal data must not stay in a cache, and
// an answer that is shown as a page must run nothing.
struct Standing {
  std::string_view name, value;
};
constexpr std::array<Standing, 5> standing_fields = {{
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Strict-Transport-Security", "max-age=63072000"},
    {"Referrer-Policy", "no-referrer"},
}};
constexpr std::array<std::string_view, 5> framing_fields = {
    "Content-Length", "Transfer-Encoding", "Connection", "Content-Type", "Upgrade"};

bool is_sendable(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (!is_token(name) || !is_field_value(value)) return false;
    for (const auto taken : framing_fields)
      CHECK(!same_name(name, taken), "framing fields of an answer are the server's own");
  }
  return is_field_value(response.content_type);
}

bool is_bodiless(int status) { return status == 204 || status == 304; }

void write_sendable(std::string& out, const Response& response, Sending sending) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  const auto reason = static_cast<beast::http::status>(response.status);
  out += view(beast::http::obsolete_reason(reason));
  out += "\r\n";
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  for (const auto& field : standing_fields)
    if (find(response.headers, field.name).empty()) append_field(out, field.name, field.value);
  if (response.stream) {
    append_field(out, "Content-Type", "text/event-stream");
    append_field(out, "X-Accel-Buffering", "no");  // a proxy must hand each event on at once
  } else if (!is_bodiless(response.status)) {
    append_field(out, "Content-Type", response.content_type);
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (sending.close || response.stream) out += "Connection: close\r\n";
  out += "\r\n";
  if (!sending.head_only && !response.stream && !is_bodiless(response.status)) out += response.body;
}
}  // namespace

std::string_view Request::header(std::string_view name) const { return find(headers, name); }
std::string_view Answer::header(std::string_view name) const { return find(headers, name); }

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

Result<Request> read_request(std::string_view head, std::string_view body) {
  Request request;
  std::string target;
  request.headers.reserve(16);
  RequestReader reader(request, target);
  error_code fault;
  const auto taken = reader.put(boost::asio::buffer(head.data(), head.size()), fault);
  if (fault) return Error(Code::bad_request, {}, "the request head is malformed");
  const bool agrees = taken == head.size() && reader.is_header_done() && !reader.chunked() &&
                      reader.content_length().value_or(0) == body.size();
  if (!agrees) return Error(Code::bad_request, {}, "the request head has two readings");
  NRM_TRY_ASSIGN(auto decoded, decode_target(target));
  request.path = std::move(decoded.path);
  request.query = std::move(decoded.query);
  request.body = body;
  return request;
}

void write_response(std::string& out, const Response& response, Sending sending) {
  out.reserve(out.size() + 512 + response.body.size());
  if (is_sendable(response)) return write_sendable(out, response, sending);
  write_sendable(out, problem(Error(Code::internal)), sending);
}

Result<void> write_call(std::string& out, const Call& call, std::string_view host) {
  const bool good_target =
      call.target.starts_with('/') && std::all_of(call.target.begin(), call.target.end(),
                                                  [](char c) { return c > ' ' && c < 127; });
  if (!is_token(call.method) || !good_target)
    return Error(Code::bad_request, {}, "the method or target of a call cannot be sent");
  out.reserve(out.size() + 512 + call.body.size());
  out += call.method;
  out += ' ';
  out += call.target;
  out += " HTTP/1.1\r\n";
  append_field(out, "Host", host);
  for (const auto& [name, value] : call.headers) {
    if (!is_token(name) || !is_field_value(value))
      return Error(Code::bad_request, {}, "a header field of a call cannot be sent");
    append_field(out, name, value);
  }
  if (!call.body.empty() || call.method.starts_with('P')) {  // POST, PUT, PATCH
    if (find(call.headers, "Content-Type").empty())
      append_field(out, "Content-Type", "application/json");
    out += "Content-Length: ";
    append_number(out, call.body.size());
    out += "\r\n";
  }
  out += "\r\n";
  out += call.body;
  return {};
}

bool is_repeatable(const Call& call) {
  return (call.method != "POST" && call.method != "PATCH") ||
         !find(call.headers, "Idempotency-Key").empty();
}
}  // namespace nrm::http
