#include "common/http/framing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/base/limits.hpp"
#include "common/base/text.hpp"

namespace nrm::http {
namespace {
using CharacterSet = std::array<bool, 256>;

constexpr CharacterSet set_of(std::string_view others) {
  CharacterSet set{};
  for (int c = 0; c < 128; ++c)
    set[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  for (const char c : others) set[static_cast<unsigned char>(c)] = true;
  return set;
}
constexpr CharacterSet token_characters = set_of("!#$%&'*+-.^_`|~");
constexpr CharacterSet host_characters = set_of("-._~:[]%");
constexpr CharacterSet path_characters = set_of("-._~!$&'()*+,;=:@");  // RFC 3986: pchar
constexpr CharacterSet query_characters = set_of("-._~!$&'()*+,;=:@/?");

bool all_in(const CharacterSet& set, std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return set[static_cast<unsigned char>(c)]; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

Error refused(const char* why) { return Error(Code::bad_request, {}, why); }

// Takes the text up to `end` off the front of `rest`, and `end` with it.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view end) {
  const auto at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at + end.size());
  return taken;
}

// CR and LF only as a pair, and no other control character than the tab. A pair that the end of
// the bytes cuts is not known yet.
const char* line_end_fault(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c >= 0x20 && c < 0x7f) continue;
    if (c == '\t') continue;
    if (c != '\r') return c == '\n' ? "a line feed alone" : "a character that no head may have";
    if (i + 1 == bytes.size()) break;
    if (bytes[++i] != '\n') return "a carriage return alone";
  }
  return nullptr;
}

Result<void> check_request_line(std::string_view line, std::string_view& method) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return refused("the request line is not: method, target, version");
  method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  if (line.substr(last + 1) != "HTTP/1.1")
    return refused("this version of HTTP is not spoken here");
  for (auto rest = allowed_methods; !rest.empty();) {
    const auto end = std::min(rest.find(", "), rest.size());
    if (rest.substr(0, end) == method) {
      if (target.size() > limits::http_target_bytes_max) return refused("the target is too long");
      if (target.empty() || target.front() != '/')
        return refused("the target must start with a slash");
      for (const char c : target)
        if (c <= ' ') return refused("the target has a space");
      return {};
    }
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return Error(Code::method_not_allowed, {}, "this method is not offered here");
}

// Digits in their one spelling: what every reader takes for the same number.
Result<std::size_t> read_length(std::string_view text, std::size_t body_bytes_max) {
  std::size_t length = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || text.front() < '0' || text.front() > '9' || end != text.data() + text.size())
    return refused("Content-Length is not a plain number");
  if (text.front() == '0' && text.size() > 1) return refused("Content-Length has a leading zero");
  if (fault != std::errc() || length > body_bytes_max)
    return Error(Code::too_large, {},
                 "the body may have " + std::to_string(body_bytes_max) + " bytes");
  return length;
}

// Fields that decide something: twice means that two readers may take different ones.
constexpr std::array<std::string_view, 11> once_only = {
    "Host",     "Content-Length", "Authorization", "Idempotency-Key",
    "If-Match", "Content-Type",   "Last-Event-ID", "If-None-Match",
    "Cookie",   "Origin",         "Prefer"};

bool is_once_only(std::string_view name) {
  return std::any_of(once_only.begin(), once_only.end(),
                     [&](std::string_view known) { return same_name(name, known); });
}

// What the fields say, collected line by line.
class FieldReading {
 public:
  FieldReading(Framing& framing, std::size_t body_bytes_max)
      : framing_(framing), body_bytes_max_(body_bytes_max) {}

  Result<void> take(std::string_view line) {
    if (++count_ > limits::http_fields_max)
      return Error(Code::headers_too_large, {}, "too many header fields");
    if (line.front() == ' ' || line.front() == '\t') return refused("a folded header field");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return refused("a header field without a colon");
    const auto name = line.substr(0, colon);
    if (!is_token(name)) return refused("the name of a header field is not a token");
    // A CGI-like gateway hands `Content_Length` on as Content-Length; nginx drops such names.
    if (name.find('_') != std::string_view::npos)
      return refused("the name of a header field has an underscore");
    return take(name, trimmed(line.substr(colon + 1)));
  }
  bool has_host() const { return seen_[0]; }

 private:
  Result<void> take(std::string_view name, std::string_view value) {
    for (std::size_t i = 0; i < once_only.size(); ++i) {
      if (!same_name(name, once_only[i])) continue;
      if (seen_[i]) return refused("a header field that may occur only once");
      seen_[i] = true;
    }
    if (same_name(name, "Host"))
      return value.empty() || !all_in(host_characters, value) ? refused("Host is not a host name")
                                                              : Result<void>();
    if (same_name(name, "Transfer-Encoding"))
      return refused("send Content-Length, not Transfer-Encoding");
    if (same_name(name, "Expect")) return refused("Expect is not supported");
    // Nobody here inflates: a small body must not become a large one (RFC 9110, 8.4).
    if (same_name(name, "Content-Encoding"))
      return Error(Code::unsupported_media_type, {}, "send the body as it is, without an encoding");
    if (same_name(name, "Connection")) return take_connection(value);
    if (!same_name(name, "Content-Length")) return {};
    NRM_TRY_ASSIGN(framing_.body_bytes, read_length(value, body_bytes_max_));
    return {};
  }

  // A proxy takes the fields that are named here off the request: an end-to-end one among them
  // means that it saw another request than we do (RFC 9110, 7.6.1).
  Result<void> take_connection(std::string_view list) {
    while (!list.empty()) {
      const auto end = std::min(list.find(','), list.size());
      const auto option = trimmed(list.substr(0, end));
      framing_.close |= same_name(option, "close");
      if (is_once_only(option)) return refused("Connection names a field that is not its own");
      list.remove_prefix(std::min(end + 1, list.size()));
    }
    return {};
  }

  Framing& framing_;
  std::size_t body_bytes_max_;
  std::size_t count_ = 0;
  std::array<bool, once_only.size()> seen_{};
};

// Appends what `text` means after one percent-decoding; false when it is not decodable.
bool decode_into(std::string& out, std::string_view text, bool plus_is_space) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return false;
      const int high = digit(text[i + 1]), low = digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return true;
}

const char* segment_fault(std::string_view raw, std::string& path) {
  for (const char c : raw)
    if (c != '%' && !path_characters[static_cast<unsigned char>(c)])
      return "the path has a character that must be percent-encoded";
  const auto start = path.size();
  if (!decode_into(path, raw, false)) return "a percent sign without two hexadecimal digits";
  const auto segment = std::string_view(path).substr(start);
  if (segment == "." || segment == "..") return "the path has a dot segment";
  if (segment.find_first_of("/\\") != std::string_view::npos)
    return "the path has an encoded slash";
  return is_clean_text(segment) ? nullptr : "the path is not clean UTF-8";
}

const char* query_fault(std::string_view raw, Target& target) {
  while (!raw.empty()) {
    const auto end = std::min(raw.find('&'), raw.size());
    const auto piece = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (piece.empty()) continue;
    if (target.query.size() == limits::http_parameters_max) return "too many parameters";
    for (const char c : piece)
      if (c != '%' && !query_characters[static_cast<unsigned char>(c)])
        return "the query has a character that must be percent-encoded";
    const auto equals = std::min(piece.find('='), piece.size());
    auto& [name, value] = target.query.emplace_back();
    if (!decode_into(name, piece.substr(0, equals), true) ||
        !decode_into(value, piece.substr(std::min(equals + 1, piece.size())), true))
      return "a percent sign without two hexadecimal digits";
    if (!is_clean_text(name) || !is_clean_text(value)) return "the query is not clean UTF-8";
  }
  return nullptr;
}
}  // namespace

bool asks_for_one_of(std::string_view host_field, const std::vector<std::string>& names) {
  // A colon within brackets belongs to an IPv6 address.
  const auto bracket = host_field.rfind(']');
  const auto colon = host_field.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    unsigned port = 0;
    const auto text = host_field.substr(colon + 1);
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (fault != std::errc() || end != text.data() + text.size() || port == 0 || port > 65'535)
      return false;
    host_field = host_field.substr(0, colon);
  }
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return same_name(host_field, name); });
}

bool is_token(std::string_view text) { return !text.empty() && all_in(token_characters, text); }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= ' ' && c < 0x7f) || c == '\t'; });
}

Result<Framing> check_head(std::string_view bytes, std::size_t body_bytes_max) {
  const auto end = bytes.find("\r\n\r\n");
  const bool complete = end != std::string_view::npos;
  const auto head = bytes.substr(0, complete ? end + 4 : limits::http_head_bytes_max + 1);
  if (head.size() > limits::http_head_bytes_max)
    return Error(Code::headers_too_large, {}, "the head is too large");
  // Also of a head that is not complete: a bare line feed would let a client wait for ever.
  if (const char* fault = line_end_fault(head)) return refused(fault);
  if (!complete) return Framing{};

  Framing framing;
  framing.head_bytes = head.size();
  auto rest = head.substr(0, head.size() - 2);  // every line of it ends in CRLF
  const auto request_line = take_until(rest, "\r\n");
  std::string_view method;
  NRM_TRY(check_request_line(*request_line, method));
  if (rest.size() > limits::http_fields_bytes_max)
    return Error(Code::headers_too_large, {}, "the header fields are too large");
  FieldReading fields(framing, body_bytes_max);
  while (const auto line = take_until(rest, "\r\n")) NRM_TRY(fields.take(*line));
  if (!fields.has_host()) return refused("Host is missing");
  // Content of these means nothing (RFC 9110, 9.3.1), which readers take in different ways.
  const bool without_body = method == "GET" || method == "HEAD" || method == "OPTIONS";
  if (without_body && framing.body_bytes > 0) return refused("this method takes no body");
  return framing;
}

Result<Target> decode_target(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return refused("the target must start with a slash");
  if (raw.size() > limits::http_target_bytes_max) return refused("the target is too long");
  const auto question = std::min(raw.find('?'), raw.size());
  auto path = raw.substr(1, question - 1);
  Target target;
  target.path.reserve(raw.size());
  for (bool last = false; !last;) {
    const auto slash = std::min(path.find('/'), path.size());
    last = slash == path.size();
    target.path += '/';
    if (slash == 0 && !last) return refused("the path has an empty segment");
    if (const char* fault = segment_fault(path.substr(0, slash), target.path))
      return refused(fault);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  const char* fault = query_fault(raw.substr(std::min(question + 1, raw.size())), target);
  if (fault != nullptr) return refused(fault);
  return target;
}
}  // namespace nrm::http
