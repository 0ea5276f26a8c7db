// Fuzzes the head check and the target decoding, and Beast as their second opinion. Beast may
// refuse what we let through (a Connection that is no list); it must never measure it otherwise.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"
#include "common/base/text.hpp"
#include "common/http/framing.hpp"
#include "common/http/message.hpp"

namespace {
using namespace nrm;

void check_path(std::string_view path) {
  CHECK(path.starts_with('/'), "a path starts with a slash");
  CHECK(path.find("//") == path.npos, "no segment but the last is empty");
  CHECK(path.find('\\') == path.npos, "no other kind of slash");
  CHECK(is_clean_text(path), "a path is clean UTF-8");
  for (std::string_view rest = path.substr(1); !rest.empty();) {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    CHECK(segment != "." && segment != "..", "no dot segment");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void fuzz_target(std::string_view bytes) {
  const auto target = http::decode_target(bytes);
  if (!target) return;
  CHECK(bytes.size() <= limits::http_target_bytes_max, "a target has a limit");
  CHECK(target->path.size() <= bytes.size(), "decoding makes nothing longer");
  CHECK(target->query.size() <= limits::http_parameters_max, "a query has a limit");
  check_path(target->path);
  for (const auto& [name, value] : target->query)
    CHECK(is_clean_text(name) && is_clean_text(value), "parameters are clean UTF-8");
}

void fuzz_host(std::string_view field) {
  const std::vector<std::string> names = {"a", "[::1]"};
  if (!http::asks_for_one_of(field, names)) return;
  const bool ours = http::same_name(field.substr(0, 1), "a") || field.starts_with("[::1]");
  CHECK(ours, "a host that is ours begins with our name");
  const auto rest = field.substr(field.front() == '[' ? 5 : 1);
  CHECK(rest.empty() || (rest.front() == ':' && rest.size() > 1 &&
                         rest.find_first_not_of("0123456789", 1) == rest.npos),
        "and ends, or goes on with a port");
}

void fuzz_head(std::string_view bytes) {
  constexpr std::size_t body_bytes_max = 1'000;
  const auto framing = http::check_head(bytes, body_bytes_max);
  if (!framing) return;
  const std::size_t head = framing->head_bytes;
  if (head == 0) {
    CHECK(bytes.size() <= limits::http_head_bytes_max, "nobody waits for a head without end");
    CHECK(bytes.find("\r\n\r\n") == bytes.npos, "a whole head is not waited for");
    return;
  }
  CHECK(head <= bytes.size() && head <= limits::http_head_bytes_max, "a head lies in its bytes");
  CHECK(framing->body_bytes <= body_bytes_max, "a body has a limit");
  // However the network cuts the bytes, the answer is the same.
  for (const std::size_t cut : {head / 3, head / 2, head - 1}) {
    const auto part = http::check_head(bytes.substr(0, cut), body_bytes_max);
    CHECK(part && part->head_bytes == 0, "a part of a good head is waited for");
  }
  const auto alone = http::check_head(bytes.substr(0, head), body_bytes_max);
  CHECK(alone && alone->head_bytes == head && alone->body_bytes == framing->body_bytes,
        "what follows a head does not change it");

  const std::string body(framing->body_bytes, 'x');
  const auto request = http::read_request(bytes.substr(0, head), body);
  if (!request) {
    CHECK(request.error().detail != "the request head has two readings", "Beast agrees");
    return;
  }
  check_path(request->path);
  CHECK(request->header("transfer-encoding").empty(), "never chunked");
  CHECK(!request->header("host").empty(), "always a host");
  CHECK(request->header("content-encoding").empty(), "never encoded");
  for (const auto& [name, value] : request->headers)
    CHECK(name.find('_') == name.npos, "no name that a gateway could read as another");
  fuzz_host(request->header("host"));
  CHECK(request->headers.size() <= limits::http_fields_max, "fields have a limit");
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  fuzz_target(input);
  fuzz_head(input);
  return 0;
}
