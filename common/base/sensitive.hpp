// Sensitive<T>: a value that identifies a person or opens something (name, token, key).
//
// It has no formatter, no stream operator and no JSON codec, so it cannot slip into a log, a
// record or an error text. reveal() is the one way out; every call of it is looked at in review.
#pragma once
#include <utility>

namespace nrm {
template <class T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}
  const T& reveal() const { return value_; }
  bool operator==(const Sensitive&) const = default;

 private:
  T value_{};
};
}  // namespace nrm
