// The codes of a list, as usage errors name them.
#pragma once
#include <string>

#include "common/base/codec.hpp"

namespace nrm::cli {
template <DescribedEnum E>
std::string codes() {
  std::string out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (!out.empty()) out += ", ";
    out += code_name(d.name);
  });
  return out;
}
}  // namespace nrm::cli
