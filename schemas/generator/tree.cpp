#include "schemas/generator/tree.hpp"

#include <algorithm>

#include "common/base/check.hpp"

namespace nrm::schemas {
namespace {
constexpr std::size_t columns = 100;

void new_line(std::string& out, std::size_t indent) {
  out += '\n';
  out.append(indent, ' ');
}
}  // namespace

Tree Tree::object(std::initializer_list<Member> members) {
  Tree out(Kind::object, "");
  for (const auto& [key, value] : members) out.set(key, value);
  return out;
}

Tree Tree::array(std::vector<Tree> items) {
  Tree out(Kind::array, "");
  out.children_ = std::move(items);
  return out;
}

Tree Tree::copy(json::Value value) {
  switch (value.kind()) {
    case json::Kind::null:
      return Tree();
    case json::Kind::boolean:
      return Tree(value.boolean());
    case json::Kind::integer:
      return Tree(value.integer());
    case json::Kind::string:
      return Tree(value.text());
    case json::Kind::array: {
      Tree out = array();
      for (const json::Value item : value) out.add(copy(item));
      return out;
    }
    case json::Kind::object:
      break;
  }
  Tree out = object();
  for (const json::Value member : value) out.set(member.key(), copy(member));
  return out;
}

Tree Tree::parse(std::string_view text) {
  json::Document document;
  CHECK(document.parse_strict(text, limits::policy_bytes_max), "valid JSON");
  return copy(document.root());
}

const Tree* Tree::find(std::string_view key) const {
  const auto found = std::ranges::find(keys_, key);
  return found == keys_.end() ? nullptr
                              : &children_[static_cast<std::size_t>(found - keys_.begin())];
}

Tree& Tree::set(std::string_view key, Tree value) {
  (*this)[key] = std::move(value);
  return *this;
}

Tree& Tree::set_if_any(std::string_view key, Tree value) {
  if (!value.empty()) set(key, std::move(value));
  return *this;
}

Tree& Tree::add(Tree item) {
  CHECK(kind_ == Kind::array, "items are added to an array");
  children_.push_back(std::move(item));
  return *this;
}

void Tree::remove(std::size_t n) {
  const auto at = static_cast<std::ptrdiff_t>(n);
  children_.erase(children_.begin() + at);
  if (kind_ == Kind::object) keys_.erase(keys_.begin() + at);
}

Tree& Tree::operator[](std::string_view key) {
  CHECK(kind_ == Kind::object, "an object has members");
  const auto found = std::ranges::find(keys_, key);
  if (found != keys_.end()) return children_[static_cast<std::size_t>(found - keys_.begin())];
  keys_.emplace_back(key);
  return children_.emplace_back(object());
}

bool Tree::flat() const {
  return std::ranges::all_of(children_, [](const Tree& child) { return child.children_.empty(); });
}

std::string Tree::compact() const {
  std::string out;
  print_compact(out, false);
  return out;
}

std::string Tree::pretty() const {
  std::string out;
  print_pretty(out, 0);
  return out += '\n';
}

void Tree::print_compact(std::string& out, bool spaced) const {
  if (kind_ == Kind::literal) {
    out += text_;
  } else if (kind_ == Kind::text) {
    json::append_string(out, text_);
  } else {
    out += kind_ == Kind::array ? '[' : '{';
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (i != 0) out += spaced ? ", " : ",";
      if (kind_ == Kind::object) {
        json::append_string(out, keys_[i]);
        out += spaced ? ": " : ":";
      }
      children_[i].print_compact(out, spaced);
    }
    out += kind_ == Kind::array ? ']' : '}';
  }
}

void Tree::print_pretty(std::string& out, std::size_t indent) const {
  if (flat()) {
    std::string line;
    print_compact(line, true);
    const std::size_t used = out.size() - (out.rfind('\n') + 1);
    if ((indent != 0 || empty()) && used + line.size() < columns) {
      out += line;
      return;
    }
    if (kind_ == Kind::array) return print_filled(out, indent);
  }
  if (children_.empty()) return print_compact(out, true);
  out += kind_ == Kind::array ? '[' : '{';
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (i != 0) out += ',';
    new_line(out, indent + 2);
    if (kind_ == Kind::object) {
      json::append_string(out, keys_[i]);
      out += ": ";
    }
    children_[i].print_pretty(out, indent + 2);
  }
  new_line(out, indent);
  out += kind_ == Kind::array ? ']' : '}';
}

// A long list of codes: as many as fit into each line.
void Tree::print_filled(std::string& out, std::size_t indent) const {
  out += '[';
  std::size_t used = columns;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    std::string item;
    children_[i].print_compact(item, true);
    if (i + 1 != children_.size()) item += ',';
    if (used + 1 + item.size() >= columns) {
      new_line(out, indent + 2);
      used = indent + 2;
    } else {
      out += ' ';
      ++used;
    }
    out += item;
    used += item.size();
  }
  new_line(out, indent);
  out += ']';
}
}  // namespace nrm::schemas
