// Messages as text: requests read by Beast, responses and calls written straight to a string.
//
// THREAD: any; pure functions of their input.
#pragma once
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/http/framing.hpp"
#include "common/http/http.hpp"

namespace nrm::http {
// The second reading of a head that check_head() took: Beast's. REQUIRES: head is complete, body
// has the bytes that check_head() counted.
// ERRORS: bad_request, also when the two readings differ.
Result<Request> read_request(std::string_view head, std::string_view body);

// How a response goes out.
struct Sending {
  bool head_only = false;  // an answer to HEAD
  bool close = false;      // says so to the client
};
// Appends head and body. A stream gets no Content-Length: it lasts as long as the connection.
// A response whose fields are not sendable (a line end in a value) goes out as `internal`.
void write_response(std::string& out, const Response& response, Sending sending);

// Appends head and body. ERRORS: bad_request (a line end in a field, target or method).
Result<void> write_call(std::string& out, const Call& call, std::string_view host);

// Method may be sent again without asking: it is idempotent (RFC 9110, 9.2.2) or carries a key.
bool is_repeatable(const Call& call);
}  // namespace nrm::http
