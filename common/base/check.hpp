// CHECK(condition, "what was expected"): aborts the process when our own code is wrong.
//
// For what the world does (bad input, a full disk) use Result<T>. CHECK stays on in release: a
// service that is wrong about itself must stop before it writes, not after.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace nrm {
[[noreturn]] inline void check_failed(const char* file, int line, const char* what) {
  std::fprintf(stderr, "CHECK failed at %s:%d: %s\n", file, line, what);
  std::abort();
}
}  // namespace nrm

#define CHECK(condition, what) \
  ((condition) ? static_cast<void>(0) : ::nrm::check_failed(__FILE__, __LINE__, what))
