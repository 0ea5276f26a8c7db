// What the killed process said, and whether the folder that is left keeps it.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "tests/torture/ledger.hpp"

namespace nrm::torture {
// All that one folder's processes ever said.
struct Told {
  Place begin;               // of the last process, or what was found after the one before
  bool opened = false;       // the last process said where it stands
  std::uint64_t seed = 0;    // of the last process
  std::uint64_t done = 0;    // acts of the last process that it said are committed
  std::uint64_t synced = 0;  // the last of them that was synced, counted from 1
  bool failed = false;       // it said that a commit failed
  bool spoke_after_failure = false;
  std::map<std::uint64_t, std::string> leaves;  // record -> leaf; of all processes

  // Takes the output of a process; the last line may be cut off.
  void listen(const std::string& output);
};

struct Found {
  std::string fault;  // the promise that is broken, in words; empty: all hold
  Place place;
};
// Opens the folder as the service does, and checks: it opens; every record that was answered is
// there with the same hash; head and cursor are those after some act, and not before the last one
// said (`power_cut`: the last synced one); every batch is whole; keys and records match one to one;
// asking again gives the same answer; folding again gives the stored state, rows and clocks; the
// hash tree is that of the records. Adds nothing to the log.
Found check(const std::string& folder, const Told& told, bool power_cut);
}  // namespace nrm::torture
