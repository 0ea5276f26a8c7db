// Examples: one value of a described type with every member present, the same at every call. They
// are the samples of events and the examples of the API's bodies.
#pragma once
#include <string>
#include <string_view>

#include "schemas/generator/shapes.hpp"

namespace nrm::schemas {
// Words for a member of that name: what a reader would expect there.
std::string example_text(std::string_view member, std::size_t bytes_max);
std::string example_uuid(std::string_view member);

template <class T>
Tree example_of(std::string_view member = {}) {
  if constexpr (std::is_same_v<T, bool>) {
    return Tree(true);
  } else if constexpr (std::is_integral_v<T>) {
    return Tree(1);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Tree(example_text(member, 200));
  } else if constexpr (DescribedEnum<T>) {
    return Tree(names_of<T>().front());
  } else if constexpr (IsOptional<T>::value) {
    return example_of<typename T::value_type>(member);
  } else if constexpr (IsSensitive<T>::value) {
    return example_of<std::remove_cvref_t<decltype(T().reveal())>>(member);
  } else if constexpr (IsList<T>::value) {
    return Tree::array({example_of<typename T::value_type>(member)});
  } else if constexpr (requires { T::bytes_max; }) {
    return Tree(example_text(member, T::bytes_max));
  } else if constexpr (std::is_base_of_v<Uuid, T>) {
    return Tree(example_uuid(member));
  } else if constexpr (std::is_same_v<T, Date>) {
    return Tree("2024-02-29");
  } else if constexpr (std::is_same_v<T, Instant>) {
    return Tree("2024-02-29T09:30:00.000Z");
  } else if constexpr (std::is_same_v<T, Currency>) {
    return Tree("EUR");
  } else if constexpr (std::is_same_v<T, Country>) {
    return Tree("RO");
  } else if constexpr (std::is_same_v<T, Language>) {
    return Tree("en");
  } else {
    Tree out = Tree::object();
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto d) {
          using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
          out.set(code_name(d.name), example_of<Member>(code_name(d.name)));
        });
    return out;
  }
}
}  // namespace nrm::schemas
