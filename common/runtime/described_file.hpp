// A file of a data folder that holds one described struct, read strictly: nobody but us writes it.
#pragma once
#include <string>

#include "common/base/codec.hpp"

namespace nrm {
// `text` is what stands in `path`; no list in it has more than `items_max`. ERRORS: corrupt.
template <class T>
Result<T> read_described(const std::string& path, const std::string& text, std::size_t items_max) {
  json::Document document;
  Reading reading(Unknown::refuse, items_max);
  T out;
  // As long as it is: a limit for what strangers send would one day lock us out of our own file.
  if (!document.parse_strict(text, text.size()) || !read_json(document.root(), out, reading))
    return Error(Code::corrupt, "", path + " does not check out");
  return out;
}
}  // namespace nrm
