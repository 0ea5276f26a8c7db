#include "common/base/json_text.hpp"

namespace nrm::json {
namespace {
void append_children(std::string& out, Value parent) {
  bool first = true;
  for (const Value child : parent) {
    if (!first) out += ',';
    first = false;
    if (parent.kind() == Kind::object) {
      append_string(out, child.key());
      out += ':';
    }
    append_value(out, child);
  }
}
}  // namespace

void append_value(std::string& out, Value value) {
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Kind::integer:
      return append_integer(out, value.integer());
    case Kind::string:
      return append_string(out, value.text());
    case Kind::array:
      out += '[';
      append_children(out, value);
      out += ']';
      return;
    case Kind::object:
      out += '{';
      append_children(out, value);
      out += '}';
      return;
  }
}
}  // namespace nrm::json
