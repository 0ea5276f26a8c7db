// The strict check of a request's raw head, before Beast sees a byte of it (reliability.md, 1.6).
//
// Two parsers that read one request differently are what request smuggling lives on. So whatever
// has a second reading is refused here, by a list of what is allowed: methods, line ends, one
// Host, one Content-Length in its one spelling, no Transfer-Encoding and no Content-Encoding.
//
// THREAD: any; pure functions of their input. OWNERSHIP: nothing outlives the call.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

namespace nrm::http {
struct Framing {
  std::size_t head_bytes = 0;  // with the empty line; 0 = the head is not complete yet
  std::size_t body_bytes = 0;
  bool close = false;  // the client asked for `Connection: close`
};

// Looks at the bytes that have arrived, from the first byte of a request.
// ERRORS: bad_request, method_not_allowed, headers_too_large, too_large, unsupported_media_type.
// After any of them the stream has no known next request: answer and close.
// INVARIANT: head_bytes <= bytes.size(); body_bytes <= body_bytes_max.
Result<Framing> check_head(std::string_view bytes, std::size_t body_bytes_max);

inline constexpr std::string_view allowed_methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD";

struct Target {
  std::string path;  // "/v1/cases"; a '/' at the end stays
  std::vector<std::pair<std::string, std::string>> query;
};

// Decodes an origin-form target (RFC 9112, 3.2.1) once. The path is taken segment by segment, so
// that "%2e%2e" is refused like ".."; the query is application/x-www-form-urlencoded.
// ERRORS: bad_request: a path that another reader could resolve to another place ("." or "..",
// "//", an encoded slash), control characters, and what is not UTF-8.
// INVARIANT: the path starts with '/'; all texts are clean UTF-8 (base/text.hpp).
Result<Target> decode_target(std::string_view target);

// Whether a Host field asks for one of `names`, with or without a port (RFC 3986, 3.2.2: case does
// not matter). Any port: it may have been mapped on the way.
bool asks_for_one_of(std::string_view host_field, const std::vector<std::string>& names);

bool is_token(std::string_view text);                    // RFC 9110, 5.6.2
bool same_name(std::string_view a, std::string_view b);  // ASCII, upper and lower case alike
// Visible ASCII, spaces and tabs: what a field value may hold. It keeps answers from being split.
bool is_field_value(std::string_view text);
}  // namespace nrm::http
