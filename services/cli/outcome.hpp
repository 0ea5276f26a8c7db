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
  diverged = 76,  // two copies of one history differ
  // nrm audit verify alone (services/audit/findings.hpp): 19 nothing is wrong, but a layer was not
  // checked for want of something that could be given; 20 to 29 the lowest layer with a fault.
  unchecked = 19,
  fault_in_files = 20,
  fault_in_tiles = 21,
  fault_in_checkpoints = 22,
  fault_in_records = 23,
  fault_in_cross_log = 24,
  fault_in_archive = 25,
  fault_in_refold = 26,
  fault_in_decisions = 27,
  fault_in_conservation = 28,
  fault_in_openings = 29,
};

int exit_code(const Error& error);

// "nrm: WHERE: WHAT", and on a line of its own what to do next, when that is known.
int fail(const Error& error, std::string_view what_next = {});
// Of the public API: adds what to do next to what is known.
int fail_at_api(const Error& error, std::string_view dir);
int fail(Exit code, std::string_view what, std::string_view what_next = {});
}  // namespace nrm::cli
