// A JSON value that was read, as text again: compact, members in the order of the document.
// THREAD: any.
#pragma once
#include <string>

#include "common/base/json.hpp"

namespace nrm::json {
// REQUIRES: `value` is one (true). Reading the text again gives an equal value; bytes that were
// escaped in another way than append_string() does are not the same.
void append_value(std::string& out, Value value);
}  // namespace nrm::json
