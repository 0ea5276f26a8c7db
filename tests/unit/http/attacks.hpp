// Requests that must be refused: the smuggling and framing corpus (reliability.md, 1.6). Each one
// would reach a handler, or desynchronise the stream, in a server that is less strict.
#pragma once
#include <string>
#include <vector>

namespace nrm::http::test {
struct Attack {
  const char* name;
  std::string bytes;
  int status;
};

// What an attacker wants to be taken for a request of its own.
inline const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string post(const std::string& fields, const std::string& body = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
inline std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
inline std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

inline std::vector<Attack> attacks() {
  const std::string chunks = "0\r\n\r\n" + smuggled;
  const std::string nul(1, '\0');
  return {
      // Transfer-Encoding: never.
      {"te_chunked", post("Transfer-Encoding: chunked\r\n", chunks), 400},
      {"cl_te", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
      {"te_cl", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunks), 400},
      {"te_twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", chunks), 400},
      {"te_gzip", post("Transfer-Encoding: gzip\r\n", smuggled), 400},
      {"te_identity", post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), 400},
      {"te_xchunked", post("Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n", "abc"), 400},
      {"te_list", post("Transfer-Encoding: chunked, gzip\r\n", chunks), 400},
      {"te_empty", post("Transfer-Encoding:\r\n", chunks), 400},
      {"te_upper", post("TRANSFER-ENCODING: CHUNKED\r\n", chunks), 400},
      {"te_tab", post("Transfer-Encoding:\tchunked\r\n", chunks), 400},
      {"te_space_before_colon", post("Transfer-Encoding : chunked\r\n", chunks), 400},
      {"te_vertical_tab", post("Transfer-Encoding:\x0b chunked\r\n", chunks), 400},
      {"te_folded", post("Transfer-Encoding:\r\n chunked\r\n", chunks), 400},
      {"te_after_bare_lf", post("X: y\nTransfer-Encoding: chunked\r\n", chunks), 400},
      {"te_after_bare_cr", post("X: y\rTransfer-Encoding: chunked\r\n", chunks), 400},
      {"te_quoted", post("Transfer-Encoding: \"chunked\"\r\n", chunks), 400},
      {"te_on_get", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
       400},
      // Content-Length: digits, once.
      {"cl_twice_equal", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"cl_twice_other", post("Content-Length: 3\r\nContent-Length: 0\r\n", "abc"), 400},
      {"cl_list", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"cl_plus", post("Content-Length: +3\r\n", "abc"), 400},
      {"cl_minus", post("Content-Length: -1\r\n", "abc"), 400},
      {"cl_hex", post("Content-Length: 0x3\r\n", "abc"), 400},
      {"cl_leading_zero", post("Content-Length: 03\r\n", "abc"), 400},
      {"cl_double_zero", post("Content-Length: 00\r\n", "abc"), 400},
      {"cl_empty", post("Content-Length:\r\n", "abc"), 400},
      {"cl_space_inside", post("Content-Length: 1 0\r\n", "abc"), 400},
      {"cl_letters", post("Content-Length: three\r\n", "abc"), 400},
      {"cl_decimal", post("Content-Length: 3.0\r\n", "abc"), 400},
      {"cl_exponent", post("Content-Length: 1e1\r\n", "abc"), 400},
      {"cl_quoted", post("Content-Length: \"3\"\r\n", "abc"), 400},
      {"cl_2_to_64", post("Content-Length: 18446744073709551616\r\n", "abc"), 413},
      {"cl_2_to_64_plus_3", post("Content-Length: 18446744073709551619\r\n", "abc"), 413},
      {"cl_beyond_limit", post("Content-Length: 1048577\r\n", "abc"), 413},
      {"cl_space_before_colon", post("Content-Length : 3\r\n", "abc"), 400},
      {"cl_and_body_on_get", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\n" + smuggled,
       400},
      {"cl_and_body_on_head", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400},
      // Lines and fields.
      {"bare_lf_everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare_lf_request_line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"bare_lf_at_end", "GET / HTTP/1.1\r\nHost: a\r\n\n" + smuggled, 400},
      {"bare_cr_in_value", post("X: a\rb\r\n"), 400},
      {"cr_cr_lf", post("X: a\r\r\n"), 400},
      {"nul_in_value", post("X: a" + nul + "b\r\n"), 400},
      {"nul_in_name", post("X" + nul + ": b\r\n"), 400},
      {"bell_in_value", post("X: \x07\r\n"), 400},
      {"delete_in_value", post("X: \x7f\r\n"), 400},
      {"non_ascii_name", post("X\xc3\xa9: b\r\n"), 400},
      {"non_ascii_value", post("X: \xc3\xa9\r\n"), 400},
      {"folded_space", post("X: a\r\n b\r\n"), 400},
      {"folded_tab", post("X: a\r\n\tb\r\n"), 400},
      {"folded_first_field", "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n", 400},
      {"no_colon", post("Nonsense\r\n"), 400},
      {"empty_name", post(": b\r\n"), 400},
      {"space_in_name", post("X Y: b\r\n"), 400},
      {"name_in_brackets", post("(X): b\r\n"), 400},
      {"sixty_five_fields", post(repeat("X: y\r\n", 64)), 431},
      {"large_field", post("X: " + std::string(9'000, 'y') + "\r\n"), 431},
      {"endless_field", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(12'000, 'y'), 431},
      {"endless_target", "GET /" + std::string(12'000, 'y'), 431},
      // What may occur once.
      {"no_host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two_hosts", post("Host: b\r\n"), 400},
      {"two_hosts_equal", post("hOST: a\r\n"), 400},
      {"empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"host_with_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"host_with_user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"two_authorizations", post("Authorization: x\r\nAuthorization: y\r\n"), 400},
      {"two_idempotency_keys", post("Idempotency-Key: x\r\nIdempotency-Key: y\r\n"), 400},
      {"two_if_matches", post("If-Match: \"1\"\r\nIf-Match: \"2\"\r\n"), 400},
      {"two_content_types", post("Content-Type: a/b\r\nContent-Type: a/c\r\n"), 400},
      {"two_last_event_ids", post("Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n"), 400},
      {"expect", post("Expect: 100-continue\r\nContent-Length: 3\r\n"), 400},
      // Request lines.
      {"http_1_0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 400},
      {"http_1_2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
      {"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"http_0_9", "GET /\r\n\r\n", 400},
      {"lower_case_version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"leading_empty_line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"only_empty_lines", "\r\n\r\n", 400},
      {"leading_space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"two_spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab_in_request_line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"lower_case_method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"unknown_method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"method_with_comma", "GET, / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"tls_on_any_port", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
      // Targets.
      {"absolute_form", get("http://b/v1/x"), 400},
      {"asterisk_form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no_slash", get("v1/x"), 400},
      {"long_target", get("/" + std::string(1'024, 'a')), 400},
      {"encoded_nul", get("/v1/%00"), 400},
      {"encoded_line_end", get("/v1/%0d%0aX:%20y"), 400},
      {"encoded_slash", get("/v1%2fx"), 400},
      {"encoded_backslash", get("/v1%5cx"), 400},
      {"backslash", get("/v1\\x"), 400},
      {"dot_dot", get("/v1/../x"), 400},
      {"dot_dot_encoded", get("/v1/%2e%2E/x"), 400},
      {"dot_dot_half_encoded", get("/v1/.%2e/x"), 400},
      {"dot_dot_at_end", get("/v1/.."), 400},
      {"dot", get("/v1/./x"), 400},
      {"double_slash", get("/v1//x"), 400},
      {"double_slash_first", get("//b/v1/x"), 400},
      {"percent_alone", get("/v1/%"), 400},
      {"percent_not_hex", get("/v1/%zz"), 400},
      {"percent_u", get("/v1/%u002e"), 400},
      {"overlong_dot", get("/v1/%c0%ae"), 400},
      {"not_utf8", get("/v1/%ff"), 400},
      {"surrogate", get("/v1/%ed%a0%80"), 400},
      {"fragment", get("/v1/x#y"), 400},
      {"quote_in_path", get("/v1/\"x\""), 400},
      {"angle_in_query", get("/v1/x?a=<script>"), 400},
      {"nul_in_query", get("/v1/x?a=%00"), 400},
      {"not_utf8_in_query", get("/v1/x?a=%fe"), 400},
      {"thirty_three_parameters", get("/v1/x?" + repeat("a&", 33)), 400},
  };
}
}  // namespace nrm::http::test
