// How a command of `nrm` ends: its exit code, and what it says on standard error.
#pragma once
#include <string_view>

#include "common/base/result.hpp"

namespace nrm::cli {
enum Exit : int {
  done = 0,
  refused = 1,   // the answer is "no"
  usage = 64,    // wrong usage or input
  corrupt = 65,  // a data folder or file does not check out
  nobody_there = 69,
  our_fault = 70,
  try_again = 75,
  diverged = 76,  // two copies differ. nrm audit verify: 19 to 29 (services/audit/findings.hpp)
};

int exit_code(const Error& error);

// "nrm: WHERE: WHAT", and on a line of its own what to do next, when that is known.
int fail(const Error& error, std::string_view what_next = {});
// Of the public API: adds what to do next to what is known.
int fail_at_api(const Error& error, std::string_view dir);
int fail(Exit code, std::string_view what, std::string_view what_next = {});
}  // namespace nrm::cli
