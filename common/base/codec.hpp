// Described structs <-> JSON. One description (BOOST_DESCRIBE_STRUCT) serves writer, reader and
// schema, so they cannot disagree.
//
//   enum              its enumerator's name (a trailing `_` is dropped: case_ -> "case")
//   Uuid, Instant, …  any type with parse() and append_to(): a string
//   optional, vector  left out when empty; a missing member reads as empty
//   Text<N>           left out when empty (no reader takes ""); strict reading asks for it
//   bool, integer     themselves; struct: an object with its members in the order of description
//
// Reading is strict (an unknown member is an error: what comes from outside) or tolerant (ignored:
// records that a later version wrote). All faults are collected, each with its JSON pointer.
#pragma once
#include <array>
#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/sensitive.hpp"

namespace nrm {
template <class T>
concept TextScalar = requires(const T& value, std::string& out, std::string_view text) {
  { T::parse(text) } -> std::same_as<std::optional<T>>;
  value.append_to(out);
};
template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !TextScalar<T>;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsSensitive : std::false_type {};
template <class T>
struct IsSensitive<Sensitive<T>> : std::true_type {};

// --- enumerations -------------------------------------------------------------------------------

constexpr std::string_view code_name(std::string_view enumerator) {
  return enumerator.ends_with('_') ? enumerator.substr(0, enumerator.size() - 1) : enumerator;
}

template <DescribedEnum E>
constexpr std::string_view to_text(E value) {
  std::string_view name = "?";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) name = code_name(d.name);
  });
  return name;
}

template <DescribedEnum E>
constexpr std::optional<E> enum_from(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (!found && code_name(d.name) == text) found = d.value;
  });
  return found;
}

// `,"name":` of a described member, made when we are compiled.
template <class Descriptor>
struct MemberLabel {
  static constexpr auto text = [] {
    constexpr std::string_view name = code_name(Descriptor::name);
    std::array<char, name.size() + 4> out{};
    char* to = out.data();
    *to++ = ',';
    *to++ = '"';
    for (const char c : name) *to++ = c;
    *to++ = '"';
    *to++ = ':';
    return out;
  }();
};

// --- writing ------------------------------------------------------------------------------------

template <class T>
void write_json(std::string& out, const T& value);

template <class T>
bool is_left_out(const T& value) {
  if constexpr (IsOptional<T>::value)
    return !value.has_value();
  else if constexpr (IsList<T>::value)
    return value.empty();
  else if constexpr (requires { T::bytes_max; })
    return value.text().empty();
  else
    return false;
}

template <class T>
void write_members(std::string& out, const T& value) {
  bool first = true;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) {
        const auto& member = value.*d.pointer;
        if (is_left_out(member)) return;
        constexpr auto& label = MemberLabel<decltype(d)>::text;
        out.append(label.data() + first, label.size() - first);
        first = false;
        write_json(out, member);
      });
}

template <class T>
void write_json(std::string& out, const T& value) {
  static_assert(!IsSensitive<T>::value, "a Sensitive value has no codec: see event/personal.hpp");
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    json::append_integer(out, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    json::append_string(out, value);
  } else if constexpr (DescribedEnum<T>) {
    out += '"';
    out += to_text(value);
    out += '"';
  } else if constexpr (IsOptional<T>::value) {
    write_json(out, *value);
  } else if constexpr (IsList<T>::value) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ',';
      write_json(out, value[i]);
    }
    out += ']';
  } else if constexpr (requires { T::bytes_max; }) {
    json::append_string(out, value.text());
  } else if constexpr (TextScalar<T>) {  // ids, times, codes: nothing in them needs escaping
    out += '"';
    value.append_to(out);
    out += '"';
  } else {
    static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    out += '{';
    write_members(out, value);
    out += '}';
  }
}

template <class T>
std::string to_json(const T& value) {
  std::string out;
  write_json(out, value);
  return out;
}

// --- reading ------------------------------------------------------------------------------------

enum class Unknown : std::uint8_t { refuse, ignore };

// One pass over one document: where it stands and what was wrong.
class Reading {
 public:
  explicit Reading(Unknown unknown, std::size_t list_items = limits::list_items_max)
      : unknown_(unknown), list_items_(list_items) {}

  const std::vector<Error>& faults() const { return faults_; }
  bool strict() const { return unknown_ == Unknown::refuse; }
  std::size_t list_items_max() const { return list_items_; }
  bool fail(Code code, std::string detail) {
    if (faults_.size() < limits::field_errors_max)
      faults_.emplace_back(code, pointer_, std::move(detail));
    return false;
  }
  // Runs `read` one step deeper.
  template <class F>
  bool within(std::string_view token, F&& read) {
    const auto length = pointer_.size();
    json::append_pointer(pointer_, token);
    const bool good = read();
    pointer_.resize(length);
    return good;
  }

 private:
  Unknown unknown_;
  std::size_t list_items_;
  std::string pointer_;
  std::vector<Error> faults_;
};

template <class T>
bool read_json(json::Value in, T& out, Reading& reading);

template <class T>
bool read_scalar(json::Value in, T& out, Reading& reading) {
  if (in.kind() != json::Kind::string) return reading.fail(Code::wrong_type, "expected a string");
  if (auto value = T::parse(in.text())) {
    out = std::move(*value);
    return true;
  }
  if constexpr (requires { T::bytes_max; })
    return in.text().size() > T::bytes_max
               ? reading.fail(Code::too_long,
                              "at most " + std::to_string(T::bytes_max) + " bytes of UTF-8")
               : reading.fail(Code::invalid_text, "empty, or has control characters");
  else if constexpr (requires { value_fault(T{}); })
    return reading.fail(value_fault(T{}), "not a value of this type, or not in its list");
  else
    return reading.fail(Code::invalid_text, "not a valid value of this type");
}

template <class T>
bool read_list(json::Value in, std::vector<T>& out, Reading& reading) {
  if (in.kind() != json::Kind::array) return reading.fail(Code::wrong_type, "expected an array");
  out.clear();
  bool good = true;
  std::size_t index = 0;
  for (json::Value item : in) {
    if (reading.strict() && index >= reading.list_items_max())
      return reading.fail(Code::too_long,
                          "at most " + std::to_string(reading.list_items_max()) + " items");
    good &= reading.within(std::to_string(index++),
                           [&] { return read_json(item, out.emplace_back(), reading); });
  }
  return good;
}

template <class T>
bool read_members(json::Value in, T& out, Reading& reading) {
  if (in.kind() != json::Kind::object) return reading.fail(Code::wrong_type, "expected an object");
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  bool good = true;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    auto& member = out.*d.pointer;
    using Member = std::remove_reference_t<decltype(member)>;
    const json::Value value = in.find(code_name(d.name));
    good &= reading.within(code_name(d.name), [&] {
      if (value) return read_json(value, member, reading);
      if constexpr (IsOptional<Member>::value || IsList<Member>::value)
        return true;
      else
        return reading.strict() ? reading.fail(Code::missing_field, "this member is required")
                                : true;
    });
  });
  if (!reading.strict()) return good;
  for (json::Value member : in) {
    bool known = false;
    boost::mp11::mp_for_each<Members>([&](auto d) { known |= code_name(d.name) == member.key(); });
    if (!known)
      good = reading.within(member.key(), [&] {
        return reading.fail(Code::unknown_field, "this member is not known here");
      });
  }
  return good;
}

template <class T>
bool read_json(json::Value in, T& out, Reading& reading) {
  if constexpr (std::is_same_v<T, bool>) {
    if (in.kind() != json::Kind::boolean)
      return reading.fail(Code::wrong_type, "expected true or false");
    out = in.boolean();
    return true;
  } else if constexpr (std::is_integral_v<T>) {
    if (in.kind() != json::Kind::integer)
      return reading.fail(Code::wrong_type, "expected a number");
    if (!std::in_range<T>(in.integer())) return reading.fail(Code::out_of_range, "out of range");
    out = static_cast<T>(in.integer());
    return true;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (in.kind() != json::Kind::string) return reading.fail(Code::wrong_type, "expected a string");
    out = in.text();
    return true;
  } else if constexpr (DescribedEnum<T>) {
    if (in.kind() != json::Kind::string) return reading.fail(Code::wrong_type, "expected a code");
    const auto value = enum_from<T>(in.text());
    if (!value) return reading.fail(Code::unknown_code, "not in the list of codes");
    out = *value;
    return true;
  } else if constexpr (IsOptional<T>::value) {
    return read_json(in, out.emplace(), reading);
  } else if constexpr (IsSensitive<T>::value) {
    std::remove_cvref_t<decltype(out.reveal())> value{};
    if (!read_json(in, value, reading)) return false;
    out = T(std::move(value));
    return true;
  } else if constexpr (IsList<T>::value) {
    return read_list(in, out, reading);
  } else if constexpr (TextScalar<T>) {
    return read_scalar(in, out, reading);
  } else {
    static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    return read_members(in, out, reading);
  }
}

// The whole value, or its first fault (records and states of our own: a fault is corruption).
template <class T>
Result<T> from_json(json::Value in, Unknown unknown) {
  T out{};
  Reading reading(unknown);
  if (!read_json(in, out, reading)) return reading.faults().front();
  return out;
}
}  // namespace nrm
