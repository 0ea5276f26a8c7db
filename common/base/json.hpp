// JSON (RFC 8259) as the system uses it: integers, strings, booleans, arrays, objects, null.
//
// Two readers make the same flat tree. parse_strict() is for what comes from outside: it refuses
// duplicate members (RFC 7493), depth and size beyond limits.hpp, floating point, integers beyond
// 2^53-1, invalid UTF-8. parse_trusted() is for records of our own whose hash was checked: fast,
// same tree. Text is written straight to a string; no tree is built for writing.
//
// OWNERSHIP: a Value borrows from its Document; a Document is reused to save allocations.
// THREAD: a Document belongs to one thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/limits.hpp"
#include "common/base/result.hpp"

namespace nrm::json {
enum class Kind : std::uint8_t { null, boolean, integer, string, array, object };

// One node of the flat tree, in document order.
struct Node {
  std::string_view key{};   // of an object's member, unescaped
  std::string_view text{};  // of a string, unescaped
  std::int64_t integer = 0;
  std::uint32_t end = 0;  // index after the last node of this subtree
  Kind kind = Kind::null;
};

class Value {
 public:
  Value() = default;
  Value(const Node* nodes, std::uint32_t at) : nodes_(nodes), at_(at) {}

  explicit operator bool() const { return nodes_ != nullptr; }
  Kind kind() const { return node().kind; }
  std::string_view key() const { return node().key; }
  std::string_view text() const { return node().text; }
  std::int64_t integer() const { return node().integer; }
  bool boolean() const { return node().integer != 0; }

  // The member of that name, or a Value that is false.
  Value find(std::string_view key) const {
    for (Value child : *this)
      if (child.key() == key) return child;
    return {};
  }

  // Children of an array or object, in order.
  class Iterator {
   public:
    Iterator(const Node* nodes, std::uint32_t at) : nodes_(nodes), at_(at) {}
    Value operator*() const { return {nodes_, at_}; }
    Iterator& operator++() {
      at_ = nodes_[at_].end;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Node* nodes_;
    std::uint32_t at_;
  };
  Iterator begin() const { return {nodes_, nodes_ ? at_ + 1 : 0}; }
  Iterator end() const { return {nodes_, nodes_ ? node().end : 0}; }

 private:
  const Node& node() const { return nodes_[at_]; }
  const Node* nodes_ = nullptr;
  std::uint32_t at_ = 0;
};

class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // ERRORS: malformed_json, duplicate_key, wrong_type (a float), out_of_range, too_large.
  Result<void> parse_strict(std::string_view bytes, std::size_t bytes_max = limits::body_bytes_max);
  // ERRORS: corrupt. The bytes need not outlive the call.
  Result<void> parse_trusted(std::string_view bytes);

  // A Value that is false when nothing was parsed.
  Value root() const { return nodes_.empty() ? Value() : Value(nodes_.data(), 0); }
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  struct Parsers;
  std::vector<Node> nodes_;
  std::unique_ptr<Parsers> parsers_;
};

void append_string(std::string& out, std::string_view text);  // quoted and escaped
void append_integer(std::string& out, std::int64_t value);
// One more step of a JSON pointer (RFC 6901): "/" and the escaped token.
void append_pointer(std::string& pointer, std::string_view token);
}  // namespace nrm::json
