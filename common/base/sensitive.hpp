// Sensitive<T>: a value that identifies a person or opens something (name, token, key).
//
// It has no formatter, no stream operator and no JSON codec, so it cannot slip into a log, a
// record or an error text. reveal() is the one way out; every call of it is looked at in review.
// INVARIANT: its memory is zeroed when it ends or is moved from, so that no freed memory holds it.
#pragma once
#include <string.h>

#include <string>
#include <type_traits>
#include <utility>

namespace nrm {
// Zeroes the whole buffer, also what a longer text left behind the end. The compiler may not leave
// explicit_bzero out, as it may a memset before free.
inline void wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

template <class T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) { erase(value); }
  Sensitive(const Sensitive&) = default;
  Sensitive(Sensitive&& other) noexcept : value_(std::move(other.value_)) { erase(other.value_); }
  Sensitive& operator=(Sensitive other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Sensitive() { erase(value_); }
  const T& reveal() const { return value_; }
  bool operator==(const Sensitive&) const = default;

 private:
  static void erase(T& value) {
    if constexpr (std::is_same_v<T, std::string>)
      wipe(value);
    else if constexpr (requires { value.wipe(); })
      value.wipe();
    else
      value = T{};
  }
  T value_{};
};
}  // namespace nrm
