// Differencing guard: what all public tables of one report tell together.
//
// Each shown cell of each release is one statement: "these people, counted then, are so many". From
// statements an attacker makes others by adding and subtracting. The guard looks whether, over all
// releases, that gives
//
//   a small count   1 to k-1 people in a cell that a release hides
//   a small change  1 to k-1 people more or fewer in the same cell between two releases: who came
//                   in between, or was taken out
//
// and names cells of the newest release to hide until it does not. Exact for what follows by adding
// and subtracting (whether a statement is in the span of the others, over a prime field of 61 bits:
// a wrong "no" has a chance of about 2^-60 per look); that counts are never negative is used by
// disclosure_control.hpp within one release, not here across releases.
// Assumes the worst: that the attacker knows which counts did not change between two releases.
// THREAD: one.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/audit/disclosure_control.hpp"

namespace nrm {
// A release as the guard sees it: the whole report at its time, and what of it was shown.
struct ReleasedTable {
  Figures figures;  // unprotected, over the release's period: it never leaves
  PublicTable table;
};

class DifferencingGuard {
 public:
  explicit DifferencingGuard(std::uint32_t threshold) : threshold_(threshold) {}

  // An earlier release, in the order of their publication.
  void add(const ReleasedTable& release);
  // Cells of this newest one that must be hidden besides; empty: it may go out as it is.
  std::set<CellPlace> must_hide(const ReleasedTable& newest) const;

 private:
  // Variables: (label of the finest cell) in the first release, and its change in each later one
  // where it changed.
  using Variable = std::uint32_t;
  using Statement = std::map<Variable, std::uint64_t>;    // coefficients modulo the prime
  using Basis = std::unordered_map<Variable, Statement>;  // by leading variable
  struct Cell {
    CellPlace place;
    std::string who;  // which people, in words of the dimensions: the same in every release
    Statement statement;
    std::int64_t value = 0;
    bool shown = false;
  };
  struct Known {  // what was shown of the same people before
    Statement statement;
    std::int64_t value = 0;
  };
  struct Counted {
    std::int64_t value = 0;
    Statement sum;
  };
  struct State {
    std::map<std::vector<std::string>, Counted> finest;
    Variable next = 0;
    Basis basis;
    std::map<std::string, std::vector<Known>> shown;
    std::vector<Statement> small;  // that no later release may give away
  };
  static std::vector<Cell> cells_of(State& state, const ReleasedTable& release);
  static Statement reduced(const Basis& basis, Statement statement);
  static Statement normal(const Basis& basis, Statement statement);
  static void learn(Basis& basis, Statement statement);
  std::vector<Statement> secrets(const State& state, const std::vector<Cell>& cells) const;

  const std::uint32_t threshold_;
  State state_;
};
}  // namespace nrm
