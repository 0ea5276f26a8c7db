#include <algorithm>

#include "common/base/json.hpp"
#include "common/http/http.hpp"

namespace nrm::http {
namespace {
void append_member(std::string& out, std::string_view name, std::string_view text) {
  json::append_string(out, name);
  out += ':';
  json::append_string(out, text);
}

void append_errors(std::string& out, const std::vector<Error>& errors) {
  out += ",\"errors\":[";
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (i != 0) out += ',';
    out += '{';
    append_member(out, "pointer", errors[i].where);
    out += ',';
    append_member(out, "code", row_of(errors[i].code).name);
    if (!errors[i].detail.empty()) {
      out += ',';
      append_member(out, "detail", errors[i].detail);
    }
    out += '}';
  }
  out += ']';
}
}  // namespace

Response problem(const Error& error) { return problem(std::vector<Error>{error}); }

Response problem(const std::vector<Error>& errors) {
  CHECK(!errors.empty(), "a problem has at least one error");
  const Error& first = *std::min_element(
      errors.begin(), errors.end(), [](const Error& a, const Error& b) { return a.code < b.code; });
  const CodeRow& row = row_of(first.code);
  Response response;
  response.status = row.status;
  response.content_type = "application/problem+json";
  // The inbox drains in far less than a second; the client retries with the same key.
  // A quota frees itself in steps of five minutes.
  if (row.status == 503 || row.status == 429)
    response.headers.emplace_back("Retry-After",
                                  first.code == Code::quota_exceeded
                                      ? std::to_string(limits::quota_step_minutes * 60)
                                      : std::string("1"));
  if (first.code == Code::method_not_allowed)
    response.headers.emplace_back("Allow", "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");

  std::string& out = response.body;
  out += '{';
  append_member(out, "type", "https://nrm.example/problems/" + std::string(row.name));
  out += ',';
  append_member(out, "title", row.title);
  out += ",\"status\":";
  json::append_integer(out, row.status);
  // A store's error has file names in it, a decoder's has bytes.
  if (row.status == 500) {
    out += '}';
    return response;
  }
  if (!first.detail.empty()) {
    out += ',';
    append_member(out, "detail", first.detail);
  }
  if (errors.size() > 1 || !first.where.empty()) append_errors(out, errors);
  out += '}';
  return response;
}
}  // namespace nrm::http
