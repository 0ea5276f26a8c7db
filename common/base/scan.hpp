// Straight reading: text exactly as write_json() writes it, into the struct, in one pass and
// without a tree. Members come in the order of description, nothing stands between them, and texts
// are printable ASCII that needs no unescaping. For what this system wrote itself: records, states,
// commands on the bus.
//
// A Scan says "as written here" or "otherwise", and nothing about the data. Otherwise means: read
// it with the tree (codec.hpp), which knows later versions and says what is wrong.
// INVARIANT: what a Scan reads, the tree reads to the same value (tests/unit/event, tests/fuzz).
// OWNERSHIP: borrows the text. THREAD: none of its own.
#pragma once
#include <array>
#include <cstring>

#include "common/base/codec.hpp"

namespace nrm {
class Scan {
 public:
  // `unknown` as the tree would read it: strict reading misses what tolerant reading fills in.
  Scan(std::string_view text, Unknown unknown)
      : at_(text.data()), end_(text.data() + text.size()), strict_(unknown == Unknown::refuse) {}

  bool strict() const { return strict_; }
  bool done() const { return at_ == end_; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  void drop(std::size_t bytes) { at_ += bytes; }  // REQUIRES: there are so many

  template <std::size_t N>
  bool take(const char (&literal)[N]) {
    return take_bytes(literal, N - 1);
  }
  bool take_bytes(const char* bytes, std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size || std::memcmp(at_, bytes, size) != 0)
      return false;
    at_ += size;
    return true;
  }
  bool string(std::string_view& out);  // with its quotes; `out` is what is between them
  bool integer(std::int64_t& out);
  bool skip();  // one value, whatever it is

 private:
  const char* at_;
  const char* end_;
  bool strict_;
};

template <class T>
bool scan_json(Scan& scan, T& out);

template <class T>
bool scan_list(Scan& scan, std::vector<T>& out) {
  if (!scan.take("[")) return false;
  out.clear();
  if (scan.take("]")) return true;
  do {
    if (scan.strict() && out.size() >= limits::list_items_max) return false;
    if (!scan_json(scan, out.emplace_back())) return false;
  } while (scan.take(","));
  return scan.take("]");
}

template <class T>
bool scan_members(Scan& scan, T& out) {
  if (!scan.take("{")) return false;
  bool good = true, first = true;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) {
        if (!good) return;
        using Member = std::remove_reference_t<decltype(out.*d.pointer)>;
        constexpr auto& label = MemberLabel<decltype(d)>::text;  // ,"name":
        if (scan.take_bytes(label.data() + first, label.size() - first)) {
          first = false;
          good = scan_json(scan, out.*d.pointer);
        } else {
          constexpr bool text = requires { Member::bytes_max; };
          good = IsOptional<Member>::value || IsList<Member>::value || (text && !scan.strict());
        }
      });
  return good && scan.take("}");
}

template <class T>
bool scan_json(Scan& scan, T& out) {
  if constexpr (std::is_same_v<T, bool>) {
    out = scan.take("true");
    return out || scan.take("false");
  } else if constexpr (std::is_integral_v<T>) {
    std::int64_t value = 0;
    if (!scan.integer(value) || !std::in_range<T>(value)) return false;
    out = static_cast<T>(value);
    return true;
  } else if constexpr (IsOptional<T>::value) {
    return scan_json(scan, out.emplace());
  } else if constexpr (IsSensitive<T>::value) {
    return false;  // what identifies a person comes from outside
  } else if constexpr (IsList<T>::value) {
    return scan_list(scan, out);
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string_view text;
    if (!scan.string(text)) return false;
    out = text;
    return true;
  } else if constexpr (DescribedEnum<T> || TextScalar<T>) {
    std::string_view text;
    if (!scan.string(text)) return false;
    std::optional<T> value;
    if constexpr (DescribedEnum<T>)
      value = enum_from<T>(text);
    else
      value = T::parse(text);
    if (value) out = std::move(*value);
    return value.has_value();
  } else {
    static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    return scan_members(scan, out);
  }
}
}  // namespace nrm
