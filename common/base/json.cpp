#include "common/base/json.hpp"

#include <simdjson.h>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <deque>

#include "common/base/hex.hpp"
#include "common/base/sensitive.hpp"

namespace nrm::json {
namespace {
constexpr std::int64_t integer_max = (std::int64_t{1} << 53) - 1;  // RFC 7493, section 2.2

// Boost.JSON's SAX events -> the flat tree. A false return stops the parser; fault() says why.
class TreeHandler {
 public:
  static constexpr std::size_t max_object_size = limits::json_members_max;
  static constexpr std::size_t max_array_size = limits::json_nodes_max;
  static constexpr std::size_t max_key_size = 256;
  static constexpr std::size_t max_string_size = limits::body_bytes_max;
  using error_code = boost::system::error_code;

  TreeHandler(std::vector<Node>& nodes, std::deque<std::string>& arena)
      : nodes_(nodes), arena_(arena) {}

  const std::optional<Error>& fault() const { return fault_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return open(Kind::object, ec); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code& ec) { return open(Kind::array, ec); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(std::string_view s, std::size_t, error_code&) { return part(s); }
  bool on_key(std::string_view s, std::size_t, error_code& ec) {
    part(s);
    key_ = keep();
    has_key_ = true;
    for (std::uint32_t i = open_.back() + 1; i < nodes_.size(); i = nodes_[i].end)
      if (nodes_[i].key == key_) return fail(Code::duplicate_key, "this member occurs twice", ec);
    return true;
  }
  bool on_string_part(std::string_view s, std::size_t, error_code&) { return part(s); }
  bool on_string(std::string_view s, std::size_t, error_code& ec) {
    part(s);
    Node node{.text = keep(), .kind = Kind::string};
    return add(node, ec);
  }
  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, std::string_view, error_code& ec) {
    if (value > integer_max || value < -integer_max)
      return fail(Code::out_of_range, "integers go up to 2^53-1", ec);
    return add({.integer = value, .kind = Kind::integer}, ec);
  }
  bool on_uint64(std::uint64_t, std::string_view, error_code& ec) {
    return fail(Code::out_of_range, "integers go up to 2^53-1", ec);
  }
  bool on_double(double, std::string_view, error_code& ec) {
    return fail(Code::wrong_type, "numbers are whole", ec);
  }
  bool on_bool(bool value, error_code& ec) {
    return add({.integer = value, .kind = Kind::boolean}, ec);
  }
  bool on_null(error_code& ec) { return add({}, ec); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }

 private:
  bool part(std::string_view s) {
    partial_ += s;
    return true;
  }
  std::string_view keep() {
    arena_.push_back(std::move(partial_));
    partial_.clear();
    return arena_.back();
  }
  bool add(Node node, error_code& ec) {
    if (nodes_.size() >= limits::json_nodes_max)
      return fail(Code::too_large, "too many members", ec);
    node.key = std::exchange(key_, {});
    has_key_ = false;
    node.end = static_cast<std::uint32_t>(nodes_.size() + 1);
    nodes_.push_back(node);
    return true;
  }
  bool open(Kind kind, error_code& ec) {
    if (!add({.kind = kind}, ec)) return false;
    open_.push_back(static_cast<std::uint32_t>(nodes_.size() - 1));
    nodes_.back().end = 0;
    return true;
  }
  bool close() {
    nodes_[open_.back()].end = static_cast<std::uint32_t>(nodes_.size());
    open_.pop_back();
    return true;
  }
  // Where the parser stands, as a JSON pointer.
  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const bool last = i + 1 == open_.size();
      if (nodes_[open_[i]].kind == Kind::array) {
        std::int64_t index = 0;
        for (std::uint32_t c = open_[i] + 1; c < nodes_.size() && nodes_[c].end != 0;
             c = nodes_[c].end)
          ++index;
        append_pointer(out, std::to_string(index));
      } else if (last) {
        if (has_key_) append_pointer(out, key_);
      } else {
        append_pointer(out, nodes_[open_[i + 1]].key);
      }
    }
    return out;
  }
  bool fail(Code code, std::string detail, error_code& ec) {
    fault_.emplace(code, pointer(), std::move(detail));
    ec = boost::json::error::syntax;
    return false;
  }

  std::vector<Node>& nodes_;
  std::deque<std::string>& arena_;  // a deque: views into it stay valid
  std::vector<std::uint32_t> open_;
  std::string partial_;
  std::string_view key_;  // of the value that comes next; "" is a name too
  bool has_key_ = false;
  std::optional<Error> fault_;
};

Error fault_of(const boost::system::error_code& error, std::size_t at) {
  using Fault = boost::json::error;
  if (error == Fault::too_deep) return Error(Code::malformed_json, "", "nested too deeply");
  if (error == Fault::object_too_large) return Error(Code::too_large, "", "too many members");
  if (error == Fault::key_too_large) return Error(Code::too_large, "", "a name is too long");
  return Error(Code::malformed_json, "", "not valid JSON at byte " + std::to_string(at));
}

bool add_trusted(std::vector<Node>& nodes, std::string_view key, simdjson::dom::element element) {
  using simdjson::dom::element_type;
  const auto at = nodes.size();
  nodes.push_back({.key = key});
  switch (element.type()) {
    case element_type::OBJECT:
      nodes[at].kind = Kind::object;
      for (auto member : simdjson::dom::object(element))
        if (!add_trusted(nodes, member.key, member.value)) return false;
      break;
    case element_type::ARRAY:
      nodes[at].kind = Kind::array;
      for (auto item : simdjson::dom::array(element))
        if (!add_trusted(nodes, {}, item)) return false;
      break;
    case element_type::STRING:
      nodes[at].kind = Kind::string;
      nodes[at].text = std::string_view(element);
      break;
    case element_type::INT64:
      nodes[at].kind = Kind::integer;
      nodes[at].integer = std::int64_t(element);
      break;
    case element_type::BOOL:
      nodes[at].kind = Kind::boolean;
      nodes[at].integer = bool(element);
      break;
    case element_type::NULL_VALUE:
      break;
    default:
      return false;  // no record holds a float or an unsigned 64-bit number
  }
  nodes[at].end = static_cast<std::uint32_t>(nodes.size());
  return true;
}
}  // namespace

struct Document::Parsers {
  std::deque<std::string> arena;
  simdjson::dom::parser fast;

  // What somebody sent may be about a person.
  void forget() {
    for (std::string& text : arena) wipe(text);
    arena.clear();
  }
  ~Parsers() { forget(); }
};

Document::Document() : parsers_(std::make_unique<Parsers>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

Result<void> Document::parse_strict(std::string_view bytes, std::size_t bytes_max) {
  nodes_.clear();
  parsers_->forget();
  if (bytes.size() > bytes_max) return Error(Code::too_large, "", "the document is too large");
  boost::json::parse_options options;
  options.max_depth = limits::json_depth_max;
  boost::json::basic_parser<TreeHandler> parser(options, nodes_, parsers_->arena);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(false, bytes.data(), bytes.size(), error);
  if (parser.handler().fault()) {
    const Error fault = *parser.handler().fault();
    nodes_.clear();
    return fault;
  }
  if (error || used != bytes.size() || nodes_.empty()) {
    nodes_.clear();
    return fault_of(error, used);
  }
  return {};
}

Result<void> Document::parse_trusted(std::string_view bytes) {
  nodes_.clear();
  simdjson::dom::element root;
  if (parsers_->fast.parse(bytes.data(), bytes.size()).get(root) != simdjson::SUCCESS ||
      !add_trusted(nodes_, {}, root)) {
    nodes_.clear();
    return Error(Code::corrupt, "", "stored bytes are not JSON of ours");
  }
  return {};
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else {
      out += "\\u00";
      out += hex_digits[c >> 4];
      out += hex_digits[c & 15];
    }
  }
  out.append(text, clean);
  out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_pointer(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}
}  // namespace nrm::json
