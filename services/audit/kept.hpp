// Kept: what a long check knows, as bytes to go on from later. Plain and positional: a number is
// eight bytes, a text its length and bytes, a container its size and elements, a described struct
// its members in order. For files of one's own, written and read by one build; who keeps them keeps
// a digest beside them (saved_result.hpp).
//
//   class Checked { template <class Archive> void keep(Archive& archive) { archive(a_, b_); } };
//   KeptWriter out; checked.keep(out);  …  KeptReader in(bytes); checked.keep(in); in.whole();
#pragma once
#include <map>
#include <set>
#include <unordered_map>

#include "common/base/codec.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/event/stream.hpp"

namespace nrm {
template <class T, class Archive>
concept Keeps = requires(T& value, Archive& archive) {
  value.keep(archive);
};
template <class T>
concept KeptList = requires(T& list) {
  list.clear();
  list.insert(list.end(), std::declval<typename T::value_type>());
}
&&!std::is_same_v<T, std::string>;

class KeptWriter {
 public:
  template <class... T>
  void operator()(T&... values) {
    (put(values), ...);
  }
  const std::string& bytes() const { return out_; }

 private:
  void number(std::uint64_t value) { out_.append(reinterpret_cast<const char*>(&value), 8); }
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_base_of_v<Uuid, T>) {
      out_.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
    } else if constexpr (std::is_same_v<T, Instant>) {
      number(static_cast<std::uint64_t>(value.ms));
    } else if constexpr (std::is_same_v<T, std::string>) {
      number(value.size());
      out_ += value;
    } else if constexpr (TextScalar<T>) {
      std::string text;
      value.append_to(text);
      put(text);
    } else if constexpr (IsOptional<T>::value) {
      number(value.has_value());
      if (value) put(*value);
    } else if constexpr (KeptList<T>) {
      number(value.size());
      for (const auto& one : value) put(one);
    } else if constexpr (requires {
                           value.first;
                           value.second;
                         }) {
      put(value.first);
      put(value.second);
    } else if constexpr (Keeps<T, KeptWriter>) {
      const_cast<T&>(value).keep(*this);
    } else {
      boost::mp11::mp_for_each<
          boost::describe::describe_members<T, boost::describe::mod_any_access>>(
          [&](auto member) { put(value.*member.pointer); });
    }
  }
  std::string out_;
};

class KeptReader {
 public:
  explicit KeptReader(std::string_view bytes) : in_(bytes) {}
  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  bool whole() const { return good_ && in_.empty(); }  // all was there, and nothing else
  bool good() const { return good_; }

 private:
  std::string_view take(std::uint64_t size) {
    good_ = good_ && size <= in_.size();
    if (!good_) return {};
    const std::string_view out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    const std::string_view bytes = take(8);
    bytes.copy(reinterpret_cast<char*>(&out), bytes.size());
    return out;
  }
  template <class T>
  void get(T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      value = static_cast<T>(number());
    } else if constexpr (std::is_base_of_v<Uuid, T>) {
      take(16).copy(reinterpret_cast<char*>(value.bytes.data()), 16);
    } else if constexpr (std::is_same_v<T, Instant>) {
      value.ms = static_cast<std::int64_t>(number());
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = take(number());
    } else if constexpr (TextScalar<T>) {
      const std::string_view text = take(number());
      if (const auto parsed = T::parse(text)) value = *parsed;
    } else if constexpr (IsOptional<T>::value) {
      value.reset();
      if (number() != 0 && good_) get(value.emplace());
    } else if constexpr (KeptList<T>) {
      value.clear();
      for (std::uint64_t left = number(); good_ && left > 0; --left) get_element(value);
    } else if constexpr (requires {
                           value.first;
                           value.second;
                         }) {
      get(value.first);
      get(value.second);
    } else if constexpr (Keeps<T, KeptReader>) {
      value.keep(*this);
    } else {
      boost::mp11::mp_for_each<
          boost::describe::describe_members<T, boost::describe::mod_any_access>>(
          [&](auto member) { get(value.*member.pointer); });
    }
  }
  template <class List>
  void get_element(List& list) {
    if constexpr (requires { typename List::mapped_type; }) {
      typename List::key_type key{};
      get(key);
      get(list[std::move(key)]);
    } else {
      typename List::value_type one{};
      get(one);
      list.insert(list.end(), std::move(one));
    }
  }
  std::string_view in_;
  bool good_ = true;
};
}  // namespace nrm
