// Members: the members of one JSON object, from its text and without a tree.
//
// REQUIRES: the text is an object as write_json() and json::append_value() write one: JSON that was
// read before, with nothing between its tokens.
// OWNERSHIP: borrows the text. THREAD: none of its own.
#pragma once
#include <string_view>

namespace nrm {
class Members {
 public:
  explicit Members(std::string_view object);

  bool next();  // to the first, then the next one; false after the last
  std::string_view name() const { return name_; }    // as it stands, without its quotes
  std::string_view value() const { return value_; }  // as it stands, a text with its quotes

 private:
  std::string_view take_value();

  std::string_view rest_;
  std::string_view name_, value_;
};

// The value of that member; empty: there is none.
std::string_view member_of(std::string_view object, std::string_view name);
// A text that needs no unescaping (an id, a code) without its quotes; empty: there is none.
std::string_view word_of(std::string_view object, std::string_view name);
}  // namespace nrm
