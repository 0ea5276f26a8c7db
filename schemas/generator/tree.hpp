// Tree: a JSON value that is built and printed, members in the order in which they were set.
//
// Printing is deterministic: two blanks per level, what fits into one line is in one line. The
// services write JSON straight to text (base/codec.hpp); only tools need a tree.
// THREAD: a value.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/json.hpp"

namespace nrm::schemas {
class Tree {
 public:
  enum class Kind : std::uint8_t { literal, text, array, object };
  using Member = std::pair<std::string_view, Tree>;

  Tree() : Tree(Kind::literal, "null") {}
  Tree(std::string_view text) : Tree(Kind::text, std::string(text)) {}
  Tree(const std::string& text) : Tree(Kind::text, text) {}
  Tree(const char* text) : Tree(Kind::text, text) {}
  Tree(bool value) : Tree(Kind::literal, value ? "true" : "false") {}
  template <std::integral T>
  Tree(T value) : Tree(Kind::literal, std::to_string(value)) {}

  static Tree object(std::initializer_list<Member> members = {});
  static Tree array(std::vector<Tree> items = {});
  static Tree literal(std::string_view token) { return Tree(Kind::literal, std::string(token)); }
  static Tree copy(json::Value value);
  // REQUIRES: valid JSON, as the `schema` constants of our scalar types are.
  static Tree parse(std::string_view text);

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }  // of a literal or text
  bool empty() const { return children_.empty(); }
  std::size_t size() const { return children_.size(); }
  const std::string& key(std::size_t n) const { return keys_[n]; }
  Tree& child(std::size_t n) { return children_[n]; }
  const Tree& child(std::size_t n) const { return children_[n]; }
  const Tree* find(std::string_view key) const;

  // A member of that name is replaced where it stands.
  Tree& set(std::string_view key, Tree value);
  Tree& set_if_any(std::string_view key, Tree value);  // not when it is empty
  Tree& add(Tree item);
  void remove(std::size_t n);
  Tree& operator[](std::string_view key);  // made as an object when it is not there

  std::string compact() const;
  std::string pretty() const;  // ends in a newline

 private:
  Tree(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}
  bool flat() const;  // nothing nested deeper than one level
  void print_compact(std::string& out, bool spaced) const;
  void print_pretty(std::string& out, std::size_t indent) const;
  void print_filled(std::string& out, std::size_t indent) const;

  Kind kind_;
  std::string text_;
  std::vector<std::string> keys_;  // of an object, beside children_
  std::vector<Tree> children_;
};
}  // namespace nrm::schemas
