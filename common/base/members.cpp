#include "common/base/members.hpp"

#include "common/base/check.hpp"

namespace nrm {
namespace {
// Behind the text that begins at `at`.
std::size_t end_of_text(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
  CHECK(at < text.size(), "a text has its end");
  return at + 1;
}
}  // namespace

Members::Members(std::string_view object) : rest_(object) {
  CHECK(object.size() >= 2 && object.front() == '{' && object.back() == '}', "an object");
  rest_.remove_prefix(1);
}

bool Members::next() {
  if (rest_.front() == ',') rest_.remove_prefix(1);
  if (rest_.front() == '}') return false;
  const std::size_t end = end_of_text(rest_, 0);
  name_ = rest_.substr(1, end - 2);
  CHECK(end < rest_.size() && rest_[end] == ':', "a name has a value");
  rest_.remove_prefix(end + 1);
  value_ = take_value();
  CHECK(!rest_.empty(), "an object has its end");
  return true;
}

std::string_view Members::take_value() {
  std::size_t depth = 0, at = 0;
  while (at < rest_.size()) {
    const char c = rest_[at];
    if (c == '"') {
      at = end_of_text(rest_, at);
      if (depth == 0) break;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) break;  // behind a number, true, false, null
      if (--depth == 0) {
        ++at;
        break;
      }
    }
    if (c == ',' && depth == 0) break;
    ++at;
  }
  const std::string_view out = rest_.substr(0, at);
  rest_.remove_prefix(at);
  return out;
}

std::string_view member_of(std::string_view object, std::string_view name) {
  for (Members members(object); members.next();)
    if (members.name() == name) return members.value();
  return {};
}

std::string_view word_of(std::string_view object, std::string_view name) {
  const std::string_view value = member_of(object, name);
  return value.size() < 2 || value.front() != '"' ? std::string_view()
                                                  : value.substr(1, value.size() - 2);
}
}  // namespace nrm
