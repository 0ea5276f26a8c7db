// What the figures of `nrm bench` share: rounds, medians, contenders. What each figure means and
// why its contender is fair: tests/bench/README.md.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "services/cli/commands.hpp"

namespace nrm::cli::measure {
struct Spread {
  double median = 0, low = 0, high = 0;
};
Spread spread_of(std::vector<double> values);

// One figure: what was measured in each round, and the same of each contender.
struct Figure {
  std::string name;  // "hops"
  std::string unit;  // "durable hops/s"
  std::vector<double> ours;
  struct Contender {
    std::string name;  // "four raw RocksDB writers"
    std::vector<double> theirs;
    std::vector<double> ratios;  // per round
    double wanted = 0, aim = 0;
    bool at_most = false;  // the ratio is a cost
  };
  std::vector<Contender> contenders;
  std::vector<std::pair<std::string, std::vector<double>>> beside;  // other numbers, by name
};

struct Options {
  std::string dir;  // everything is made in here
  std::size_t rounds = 5;
  double seconds = 3;
};
Result<Figure> measure_hops(const Options& options);
Result<Figure> measure_latency(const Options& options);
Result<Figure> measure_intake(const Options& options);
Result<Figure> measure_replay(const Options& options);
Result<Figure> measure_verify(const Options& options);

// A program in the folder of this one. ERRORS: not_found, with how to build it.
Result<std::string> program_beside(const std::string& name);

// Runs a contender to its end. It prints "name value" lines. ERRORS: not_found, io_failed.
using Numbers = std::map<std::string, double, std::less<>>;
Result<Numbers> run_contender(const std::string& name, const std::vector<std::string>& arguments);

// A port that nobody listens at now.
std::uint16_t free_port();
double seconds_now();  // of a clock that never jumps
}  // namespace nrm::cli::measure
