// Owned<T, release>: what a C library gave out, given back to it by its own function.
//
//   using Certificate = Owned<X509, X509_free>;
#pragma once
#include <memory>

namespace nrm {
template <auto release>
struct GiveBack {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};

template <class T, auto release>
using Owned = std::unique_ptr<T, GiveBack<release>>;
}  // namespace nrm
