// Result<T>: a value, or an Error that the world caused. It must be looked at.
//
// Two kinds of failure: Result for what the world does, CHECK for what we did wrong. No exception
// crosses an adapter. g++ 12 has no std::expected in C++20 mode, hence Boost.System's result.
#pragma once
#include <boost/system/result.hpp>
#include <string>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/codes.hpp"

namespace nrm {
// INVARIANT: `where` and `detail` never hold personal data; they go to clients and logs.
struct [[nodiscard]] Error {
  Code code = Code::internal;
  std::string where;   // JSON pointer (RFC 6901) into the body, "" = the whole of it
  std::string detail;  // one sentence for a person

  Error() = default;
  explicit Error(Code c, std::string w = {}, std::string d = {})
      : code(c), where(std::move(w)), detail(std::move(d)) {}
  bool operator==(const Error&) const = default;
};

[[noreturn]] inline void throw_exception_from_error(const Error&, const boost::source_location&) {
  check_failed("result.hpp", 0, "value() of a Result that holds an Error");
}

template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};
}  // namespace nrm

// NRM_TRY(expr): returns the error of `expr` to the caller, if it has one.
#define NRM_TRY(expr) \
  if (auto nrm_try_result = (expr); !nrm_try_result) return std::move(nrm_try_result).error()

// NRM_TRY_ASSIGN(auto x, expr): declares x from the value of `expr`, or returns its error.
#define NRM_TRY_ASSIGN(declaration, expr) \
  NRM_TRY_ASSIGN_(NRM_CONCAT(nrm_result_, __LINE__), declaration, expr)
#define NRM_TRY_ASSIGN_(name, declaration, expr) \
  auto name = (expr);                            \
  if (!name) return std::move(name).error();     \
  declaration = std::move(name).value()
#define NRM_CONCAT(a, b) NRM_CONCAT_(a, b)
#define NRM_CONCAT_(a, b) a##b
