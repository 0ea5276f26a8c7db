// Shapes: described types as JSON Schema 2020-12, by the rules of base/codec.hpp, so that a schema
// accepts what the reader accepts (tests/schemas holds both against each other).
//
// Structs, enumerations and scalars with a name become definitions and are referred to; texts,
// numbers and lists stand where they are used.
// INVARIANT: the same types give the same bytes.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/codec.hpp"
#include "common/base/time.hpp"
#include "common/event/codes.hpp"
#include "common/event/stream.hpp"
#include "schemas/generator/tree.hpp"

namespace nrm::schemas {
inline constexpr std::int64_t json_integer_max = (std::int64_t{1} << 53) - 1;  // RFC 7493, 2.2

// "ReportFacts", "CaseId": the type's own name, which is its definition's.
std::string bare_name(std::string_view pretty_function);
template <class T>
std::string name_of() {
  return bare_name(__PRETTY_FUNCTION__);
}

template <DescribedEnum E>
std::vector<std::string> names_of() {
  std::vector<std::string> out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { out.emplace_back(code_name(d.name)); });
  return out;
}

class Shapes {
 public:
  struct Options {
    std::string prefix = "#/$defs/";
    Unknown unknown = Unknown::refuse;
    std::size_t list_items_max = limits::list_items_max;  // asked for by strict readers alone
    std::string suffix = {};                              // behind the names of nested structs
  };
  explicit Shapes(Options options) : options_(std::move(options)) {}

  // Where a value of T stands: a reference when T has a name.
  template <class T>
  Tree of();
  // The struct itself, not a reference.
  template <Described T>
  Tree object();

  // Definitions that of() referred to, by name.
  Tree definitions() const;
  // Every enumeration met, and the closed lists of scalars: name and codes.
  const std::map<std::string, std::vector<std::string>>& lists() const { return lists_; }

 private:
  Tree integer(std::int64_t least, std::int64_t greatest) const;
  Tree text(std::size_t bytes_max, bool newlines) const;
  Tree list(Tree items) const;
  Tree codes(const std::string& name, std::vector<std::string> codes);
  Tree two_letters(const std::string& name, char first,
                   bool (*listed)(std::string_view));  // probes "AA" to "ZZ"
  Tree closed(Tree properties, std::vector<Tree> required) const;
  Tree reference(const std::string& name) const;
  template <class T>
  Tree scalar(const std::string& name);
  template <class T>
  Tree defined();
  template <class F>
  Tree define(const std::string& name, F&& make) {
    // In the map before it is made: what it refers to in turn finds it.
    if (definitions_.try_emplace(name).second) {
      Tree made = make();
      definitions_[name] = std::move(made);
    }
    return reference(name);
  }

  Options options_;
  std::map<std::string, Tree> definitions_;
  std::map<std::string, std::vector<std::string>> lists_;
};

inline constexpr std::string_view uuid_pattern =
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

// A type's own `schema`, made exact where its few words say less than its reader.
template <class T>
Tree Shapes::scalar(const std::string& name) {
  Tree out = Tree::parse(T::schema);
  if constexpr (std::is_base_of_v<Uuid, T>) {  // lower case; "urn:uuid:" is not ours
    out.set("pattern", "^" + std::string(uuid_pattern) + "$");
  } else if constexpr (std::is_same_v<T, Date>) {  // the calendar starts with year 1
    out.set("not", Tree::object({{"pattern", "^0000"}}));
  } else if constexpr (std::is_same_v<T, Instant>) {  // and a day has no leap second
    out.set("format", "date-time").set("not", Tree::object({{"pattern", "^0000|:60\\."}}));
  } else if constexpr (std::is_same_v<T, StreamKey>) {
    std::string kinds;
    for (const std::string& kind : names_of<StreamKind>())
      kinds += (kinds.empty() ? "" : "|") + kind;
    out.set("pattern", "^(" + kinds + ")/" + std::string(uuid_pattern) + "$");
  } else if constexpr (!std::is_same_v<T, Currency>) {  // whose pattern says all
    static_assert(std::is_same_v<T, Country> || std::is_same_v<T, Language>);
    constexpr char first = std::is_same_v<T, Country> ? 'A' : 'a';
    return two_letters(name, first, [](std::string_view code) { return bool(T::parse(code)); });
  }
  return out;
}

template <class T>
Tree Shapes::defined() {
  const std::string name = name_of<T>();
  if constexpr (DescribedEnum<T>) {
    return define(name, [&] { return codes(name, names_of<T>()); });
  } else if constexpr (TextScalar<T>) {
    return define(name, [&] { return scalar<T>(name); });
  } else {
    return define(name + options_.suffix, [&] { return object<T>(); });
  }
}

template <class T>
Tree Shapes::of() {
  if constexpr (std::is_same_v<T, bool>) {
    return Tree::object({{"type", "boolean"}});
  } else if constexpr (std::is_integral_v<T>) {
    using Limits = std::numeric_limits<T>;
    const bool wide = std::cmp_greater(Limits::max(), json_integer_max);
    return integer(
        wide && Limits::is_signed ? -json_integer_max : static_cast<std::int64_t>(Limits::min()),
        wide ? json_integer_max : static_cast<std::int64_t>(Limits::max()));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Tree::object({{"type", "string"}});
  } else if constexpr (IsOptional<T>::value) {
    return of<typename T::value_type>();
  } else if constexpr (IsSensitive<T>::value) {
    return of<std::remove_cvref_t<decltype(T().reveal())>>();
  } else if constexpr (IsList<T>::value) {
    return list(of<typename T::value_type>());
  } else if constexpr (requires { T::bytes_max; }) {
    return text(T::bytes_max, T::parse("a\nb").has_value());
  } else {
    return defined<T>();
  }
}

template <Described T>
Tree Shapes::object() {
  Tree properties = Tree::object();
  std::vector<Tree> required;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) {
        using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
        properties.set(code_name(d.name), of<Member>());
        if constexpr (!IsOptional<Member>::value && !IsList<Member>::value)
          required.emplace_back(code_name(d.name));
      });
  return closed(std::move(properties), std::move(required));
}
}  // namespace nrm::schemas
