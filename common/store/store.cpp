#include "common/store/store.hpp"

namespace nrm {
std::string_view family_name(Family family) {
  switch (family) {
    case Family::meta:
      return "meta";
    case Family::log:
      return "log";
    case Family::state:
      return "state";
    case Family::rows:
      return "rows";
    case Family::due:
      return "due";
    case Family::idempotency:
      return "idempotency";
    case Family::merkle:
      return "merkle";
    case Family::sealed:
      return "sealed";
    case Family::archive:
      return "archive";
    case Family::parked:
      return "parked";
  }
  check_failed(__FILE__, __LINE__, "a family of the list");
}

Range prefixed(std::string_view prefix) {
  // The end is the prefix plus one; a last byte of 0xff carries. All 0xff: there is no end.
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return {std::string(prefix), std::move(end)};
}
}  // namespace nrm
