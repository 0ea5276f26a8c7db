// A value of one of a closed list of types. What std::variant is to ten alternatives, this is to
// hundreds: libstdc++ compiles a variant of n types in n^2 steps, and every std::visit of one again
// (11 s for each file that looks into an event; copying events alone took 106 s, now 3 s).
//
//   struct Event;
//   template <> struct AlternativesOf<Event> { using type = boost::mp11::mp_list<…>; };
//   struct Event : OneOf<Event> { using OneOf::OneOf; };
//   extern template class OneOf<Event>;   // and `template class OneOf<Event>;` in one source
//
// visit(), get(), get_if() and holds() do what those of std::variant do. There is no valueless
// state: every alternative moves without throwing.
// THREAD: as a struct.
#pragma once
#include <algorithm>
#include <array>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "common/base/check.hpp"

namespace nrm {
template <class Self>
struct AlternativesOf;  // type: an mp_list

namespace one_of {
template <class List>
struct Storage;
template <class... T>
struct Storage<boost::mp11::mp_list<T...>> {
  static_assert((std::is_nothrow_move_constructible_v<T> && ...));
  static constexpr std::size_t size = std::max({sizeof(T)...});
  static constexpr std::size_t alignment = std::max({alignof(T)...});
};

// How values of a type are kept, by its number.
struct Keeping {
  void (*copy)(void* to, const void* from);
  void (*move)(void* to, void* from);
  void (*destroy)(void* value);
};
template <class T>
constexpr Keeping keeping_of = {
    [](void* to, const void* from) { ::new (to) T(*static_cast<const T*>(from)); },
    [](void* to, void* from) { ::new (to) T(std::move(*static_cast<T*>(from))); },
    [](void* value) { static_cast<T*>(value)->~T(); },
};
template <class List>
struct KeepingTable;
template <class... T>
struct KeepingTable<boost::mp11::mp_list<T...>> {
  static constexpr std::array<Keeping, sizeof...(T)> rows{keeping_of<T>...};
};

template <class R, class F, class Void, class T>
R call(F& f, Void* value) {
  return f(*static_cast<T*>(value));
}
template <class R, class F, class List>
struct CallTable;
template <class R, class F, class... T>
struct CallTable<R, F, boost::mp11::mp_list<T...>> {
  static constexpr R (*of_const[])(F&, const void*) = {&call<R, F, const void, const T>...};
  static constexpr R (*of_mutable[])(F&, void*) = {&call<R, F, void, T>...};
};
}  // namespace one_of

template <class Self>
class OneOf {
 public:
  using Alternatives = typename AlternativesOf<Self>::type;
  static constexpr std::size_t count = boost::mp11::mp_size<Alternatives>::value;
  template <class T>
  static constexpr bool has = boost::mp11::mp_contains<Alternatives, T>::value;
  template <class T>
  requires has<T>
  static constexpr std::uint16_t index_of = boost::mp11::mp_find<Alternatives, T>::value;

  OneOf();  // the first alternative
  OneOf(const OneOf& other);
  OneOf(OneOf&& other) noexcept;
  OneOf& operator=(const OneOf& other);
  OneOf& operator=(OneOf&& other) noexcept;
  ~OneOf();

  template <class T>
  requires has<T> OneOf(T value) : index_(index_of<T>) {  // implicit, as a variant's
    ::new (bytes_) T(std::move(value));
  }

  // A new T in the place of what was there.
  template <class T>
  requires has<T> T& emplace() {
    reset();
    index_ = index_of<T>;
    return *::new (bytes_) T();
  }

  std::size_t index() const { return index_; }
  void* address() { return bytes_; }
  const void* address() const { return bytes_; }

 private:
  void reset();  // leaves no value: one must follow

  alignas(one_of::Storage<Alternatives>::alignment)
      std::byte bytes_[one_of::Storage<Alternatives>::size];
  std::uint16_t index_;
};

template <class Self>
OneOf<Self>::OneOf() : index_(0) {
  ::new (bytes_) boost::mp11::mp_first<Alternatives>();
}
template <class Self>
OneOf<Self>::OneOf(const OneOf& other) : index_(other.index_) {
  one_of::KeepingTable<Alternatives>::rows[index_].copy(bytes_, other.bytes_);
}
template <class Self>
OneOf<Self>::OneOf(OneOf&& other) noexcept : index_(other.index_) {
  one_of::KeepingTable<Alternatives>::rows[index_].move(bytes_, other.bytes_);
}
template <class Self>
OneOf<Self>& OneOf<Self>::operator=(const OneOf& other) {
  if (this != &other) *this = OneOf(other);
  return *this;
}
template <class Self>
OneOf<Self>& OneOf<Self>::operator=(OneOf&& other) noexcept {
  if (this == &other) return *this;
  reset();
  index_ = other.index_;
  one_of::KeepingTable<Alternatives>::rows[index_].move(bytes_, other.bytes_);
  return *this;
}
template <class Self>
OneOf<Self>::~OneOf() {
  reset();
}
template <class Self>
void OneOf<Self>::reset() {
  one_of::KeepingTable<Alternatives>::rows[index_].destroy(bytes_);
}

template <class T, class Self>
bool holds(const OneOf<Self>& value) {
  return value.index() == OneOf<Self>::template index_of<T>;
}
template <class T, class Self>
T* get_if(OneOf<Self>* value) {
  return holds<T>(*value) ? static_cast<T*>(value->address()) : nullptr;
}
template <class T, class Self>
const T* get_if(const OneOf<Self>* value) {
  return holds<T>(*value) ? static_cast<const T*>(value->address()) : nullptr;
}
// REQUIRES: holds<T>().
template <class T, class Self>
T& get(OneOf<Self>& value) {
  CHECK(holds<T>(value), "another alternative is there");
  return *static_cast<T*>(value.address());
}
template <class T, class Self>
const T& get(const OneOf<Self>& value) {
  CHECK(holds<T>(value), "another alternative is there");
  return *static_cast<const T*>(value.address());
}
template <class T, class Self>
T&& get(OneOf<Self>&& value) {
  return std::move(get<T>(value));
}

// Calls `f` with the alternative that is there; what it returns for the first one is what it
// returns for all.
template <class F, class Self>
decltype(auto) visit(F&& f, const OneOf<Self>& value) {
  using Alternatives = typename OneOf<Self>::Alternatives;
  using Function = std::remove_reference_t<F>;
  using R = std::invoke_result_t<Function&, const boost::mp11::mp_first<Alternatives>&>;
  return one_of::CallTable<R, Function, Alternatives>::of_const[value.index()](f, value.address());
}
template <class F, class Self>
decltype(auto) visit(F&& f, OneOf<Self>& value) {
  using Alternatives = typename OneOf<Self>::Alternatives;
  using Function = std::remove_reference_t<F>;
  using R = std::invoke_result_t<Function&, boost::mp11::mp_first<Alternatives>&>;
  return one_of::CallTable<R, Function, Alternatives>::of_mutable[value.index()](f,
                                                                                 value.address());
}
}  // namespace nrm
