// What belongs at a place of a pack, from the same description that reads it.
#include <algorithm>
#include <limits>

#include "common/step/policy_check.hpp"

namespace nrm {
namespace {
// The first step of a pointer, which loses it; "~1" and "~0" are "/" and "~" (RFC 6901).
std::string next_token(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const auto end = std::min(pointer.find('/'), pointer.size());
  std::string out;
  for (std::size_t i = 0; i < end; ++i) {
    if (pointer[i] == '~' && i + 1 < end)
      out += pointer[++i] == '1' ? '/' : '~';
    else
      out += pointer[i];
  }
  pointer.remove_prefix(end);
  return out;
}

void append_name(std::string& out, std::string_view name) {
  if (!out.empty()) out += ", ";
  out += name;
}

template <class T>
std::string wanted(std::string_view pointer);

template <class T>
std::string wanted_member(std::string_view pointer) {
  std::string out, names;
  bool found = false;
  const std::string name = next_token(pointer);
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) {
        append_name(names, code_name(d.name));
        if (code_name(d.name) != name) return;
        found = true;
        out = wanted<std::remove_cvref_t<decltype(T().*d.pointer)>>(pointer);
      });
  return found ? out : "leave it out; the members here are: " + names;
}

template <class T>
std::string wanted_value() {
  if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (std::is_integral_v<T>) {
    return "a whole number from 0 to " + std::to_string(std::numeric_limits<T>::max());
  } else if constexpr (DescribedEnum<T>) {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { append_name(names, code_name(d.name)); });
    return "one of: " + names;
  } else if constexpr (std::is_same_v<T, Date>) {
    return "a day that the calendar has, as in 2024-02-29";
  } else if constexpr (requires { T::bytes_max; }) {
    return "a text of 1 to " + std::to_string(T::bytes_max) + " bytes without control characters";
  } else if constexpr (TextScalar<T>) {
    return "an id, as in 055bfa60-6da8-4f5e-9f1c-0d0a7ad3b7a5";
  } else {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto d) { append_name(names, code_name(d.name)); });
    return "an object with: " + names;
  }
}

template <class T>
std::string wanted(std::string_view pointer) {
  if constexpr (IsOptional<T>::value) {
    return wanted<typename T::value_type>(pointer);
  } else if constexpr (IsList<T>::value) {
    if (pointer.empty())
      return "a list in [ ] of at most " + std::to_string(limits::policy_list_items_max);
    next_token(pointer);
    return wanted<typename T::value_type>(pointer);
  } else if constexpr (Described<T>) {
    if (!pointer.empty()) return wanted_member<T>(pointer);
    return wanted_value<T>();
  } else {
    return wanted_value<T>();
  }
}
}  // namespace

std::string wanted_in_policy(std::string_view pointer) { return wanted<Policy>(pointer); }
}  // namespace nrm
