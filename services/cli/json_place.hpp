// Where in a JSON text a JSON pointer (RFC 6901) leads, for messages: "line 12, column 5".
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace nrm::cli {
struct TextPlace {
  std::size_t line = 1, column = 1;  // both from 1; columns count bytes
  bool operator==(const TextPlace&) const = default;
};
// Of the value; of an array or object above it when the pointer leads to nothing that is there; of
// the second of two members with one name. The text need not be whole: what follows a mistake is
// not looked at.
TextPlace place_of(std::string_view json, std::string_view pointer);
// Of the first byte that no JSON text can have there (RFC 8259); none in a whole text.
std::optional<TextPlace> first_fault(std::string_view json);
}  // namespace nrm::cli
