#include "services/cli/json_place.hpp"

#include <string>

#include "common/base/json.hpp"
#include "common/base/limits.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t depth_max = 64;  // deeper than any reader of ours goes

// Walks a text once; remembers where the deepest part of the wanted pointer begins.
class Walk {
 public:
  Walk(std::string_view text, std::string_view wanted) : text_(text), wanted_(wanted) {}

  // False at the first byte that cannot be there.
  bool all() {
    skip();
    if (!value("", 0)) return false;
    skip();
    return at_ == text_.size();
  }
  std::size_t at() const { return at_; }
  std::size_t found() const { return found_; }

 private:
  bool is_above(std::string_view pointer) const {
    return wanted_.starts_with(pointer) &&
           (pointer.size() == wanted_.size() || wanted_[pointer.size()] == '/');
  }
  void skip() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool next(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view expected) {
    for (const char c : expected)
      if (!next(c)) return false;
    return true;
  }
  bool value(const std::string& pointer, std::size_t depth) {
    if (at_ >= text_.size() || depth > depth_max) return false;
    if (is_above(pointer) && pointer.size() >= deepest_) {
      deepest_ = pointer.size();
      found_ = at_;
    }
    switch (text_[at_]) {
      case '{':
        return members(pointer, depth, '}');
      case '[':
        return members(pointer, depth, ']');
      case '"':
        return string(nullptr);
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool members(const std::string& pointer, std::size_t depth, char end) {
    ++at_;
    skip();
    if (next(end)) return true;
    for (std::size_t index = 0;; ++index) {
      std::string below = pointer, name = std::to_string(index);
      skip();
      if (end == '}') {
        name.clear();
        if (!string(&name)) return false;
        skip();
        if (!next(':')) return false;
        skip();
      }
      json::append_pointer(below, name);
      if (!value(below, depth + 1)) return false;
      skip();
      if (next(end)) return true;
      if (!next(',')) return false;
    }
  }
  // Names of ours have no escapes; one with them is taken as it is written.
  bool string(std::string* out) {
    if (!next('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return next('"');
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (out != nullptr) *out += c;
      if (c != '\\') continue;
      if (++at_ >= text_.size() ||
          std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string_view::npos)
        return false;
    }
    return false;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  }
  bool number() {
    next('-');
    if (!next('0') && !digits()) return false;
    if (next('.') && !digits()) return false;
    if (next('e') || next('E')) {
      if (!next('+')) next('-');
      return digits();
    }
    return true;
  }

  std::string_view text_, wanted_;
  std::size_t at_ = 0, found_ = 0, deepest_ = 0;
};

TextPlace place(std::string_view text, std::size_t at) {
  TextPlace out;
  for (const char c : text.substr(0, at)) {
    ++out.column;
    if (c == '\n') out = {out.line + 1, 1};
  }
  return out;
}
}  // namespace

TextPlace place_of(std::string_view json, std::string_view pointer) {
  Walk walk(json, pointer);
  walk.all();
  return place(json, walk.found());
}

std::optional<TextPlace> first_fault(std::string_view json) {
  Walk walk(json, "");
  if (walk.all()) return std::nullopt;
  return place(json, walk.at());
}
}  // namespace nrm::cli
