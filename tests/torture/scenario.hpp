// What all torture scenarios share: their options, their time, what they count and say.
//
// A scenario runs rounds until its time is over. A round begins with a fresh folder and the seed of
// the round alone decides what is done in it; which thread comes first the machine decides, so a
// seed repeats a failure often, not always. What failed is kept: the folder's path is printed.
// THREAD: one.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "tests/torture/disk_model.hpp"
#include "tests/torture/ledger_check.hpp"

namespace nrm::torture {
struct Options {
  std::uint64_t seed = 1;
  std::chrono::seconds time{5};
  std::optional<std::uint64_t> rounds;  // else as many as the time allows
  std::filesystem::path work;           // an empty folder
};

// Also the exit codes of the program, but for 64, wrong usage.
enum class Verdicts : int { held = 0, broken = 1, precondition_failed = 2 };

class Rounds {
 public:
  Rounds(std::string name, const Options& options);

  // The next round's dice; none when the time is over. Says now and then how far it is.
  std::optional<Dice> next();
  void count(const std::string& what, std::uint64_t by = 1) { counts_[what] += by; }
  void took(std::chrono::milliseconds process) { slowest_ = std::max(slowest_, process); }
  bool out_of_time() const;  // within a round; not when a number of rounds was asked for
  // Says what is broken, and how to see it again.
  Verdicts broken(const std::string& what, const std::filesystem::path& kept);
  Verdicts held();
  const std::filesystem::path& work() const { return options_.work; }

 private:
  void say(const std::string& how) const;
  std::string name_;
  const Options& options_;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point said_;
  std::uint64_t round_ = 0;
  std::map<std::string, std::uint64_t> counts_;
  std::chrono::milliseconds slowest_{};
};

// One ledger's folder through the lives of its processes. `image`: a copy, for the check.
struct LedgerFolder {
  LedgerFolder(Rounds& of, Dice begin)
      : rounds(of), dice(begin), store(of.work() / "store"), image(of.work() / "image") {}

  Rounds& rounds;
  Dice dice;
  Told told;
  std::filesystem::path store;
  std::filesystem::path image;
};

// Rounds of a LedgerFolder with `std::string live()`, which says what is broken, or nothing.
// `kept`: the folder that shows it.
template <class Folder>
Verdicts live_rounds(Rounds& rounds, int lives, std::filesystem::path LedgerFolder::*kept) {
  while (const auto dice = rounds.next()) {
    Folder folder(rounds, *dice);
    std::filesystem::remove_all(folder.store);
    for (int life = 0; life < lives && !rounds.out_of_time(); ++life)
      if (const auto fault = folder.live(); !fault.empty())
        return rounds.broken(fault, folder.*kept);
  }
  return rounds.held();
}

// A number from 1 to `most`, each order of magnitude as likely as the next.
std::uint64_t any_magnitude(Dice& dice, std::uint64_t most);
// The command of one ledger process.
std::vector<std::string> ledger_command(const std::filesystem::path& folder, std::uint64_t seed,
                                        std::uint64_t acts);
// Why a process that was not killed did not end well; empty when it did.
std::string how_it_ended(const Ended& ended);

Verdicts power_cut(const Options& options);
Verdicts white_box(const Options& options);
Verdicts failed_calls(const Options& options);
Verdicts disk_full(const Options& options);
Verdicts killed_services(const Options& options);
}  // namespace nrm::torture
