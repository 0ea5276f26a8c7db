#include "tests/torture/scenario.hpp"

#include <sys/wait.h>

#include <cstdio>

namespace nrm::torture {
namespace {
constexpr auto say_every = std::chrono::seconds(10);
double seconds(std::chrono::steady_clock::duration length) {
  return std::chrono::duration<double>(length).count();
}
}  // namespace

Rounds::Rounds(std::string name, const Options& options)
    : name_(std::move(name)), options_(options), begun_(std::chrono::steady_clock::now()) {
  said_ = begun_;
  std::printf("%s: seed %llu\n", name_.c_str(), static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
}

std::optional<Dice> Rounds::next() {
  const auto now = std::chrono::steady_clock::now();
  if (options_.rounds ? round_ == *options_.rounds : now - begun_ >= options_.time)
    return std::nullopt;
  if (now - said_ >= say_every) {
    said_ = now;
    say("so far");
  }
  return Dice(options_.seed + round_++);
}

bool Rounds::out_of_time() const {
  return !options_.rounds && std::chrono::steady_clock::now() - begun_ >= options_.time;
}

void Rounds::say(const std::string& how) const {
  const double took = seconds(std::chrono::steady_clock::now() - begun_);
  std::string text = name_ + ": " + how + " " + std::to_string(round_) + " rounds in " +
                     std::to_string(static_cast<int>(took)) + " s";
  for (const auto& [what, number] : counts_) text += ", " + std::to_string(number) + " " + what;
  if (slowest_.count() > 0) text += ", slowest process " + std::to_string(slowest_.count()) + " ms";
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

Verdicts Rounds::broken(const std::string& what, const std::filesystem::path& kept) {
  say("BROKEN after");
  std::printf(
      "%s: %s\n  kept:   %s\n  repeat: tests/torture/run --only %s --seed %llu --rounds 1\n",
      name_.c_str(), what.c_str(), kept.c_str(), name_.c_str(),
      static_cast<unsigned long long>(options_.seed + round_ - 1));
  std::fflush(stdout);
  return Verdicts::broken;
}

Verdicts Rounds::held() {
  say("held:");
  return Verdicts::held;
}

std::uint64_t any_magnitude(Dice& dice, std::uint64_t most) {
  std::uint64_t bound = most;
  while (bound > 4 && dice() % 2 == 0) bound /= 4;
  return 1 + dice() % bound;
}

std::vector<std::string> ledger_command(const std::filesystem::path& folder, std::uint64_t seed,
                                        std::uint64_t acts) {
  return {NRM_BINARY_FOLDER "/torture_ledger", folder.string(), std::to_string(seed),
          std::to_string(acts)};
}

std::string how_it_ended(const Ended& ended) {
  if (ended.late) return "it hung";
  if (ended.killed || (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0)) return "";
  return WIFEXITED(ended.status) ? "it ended with " + std::to_string(WEXITSTATUS(ended.status))
                                 : "signal " + std::to_string(WTERMSIG(ended.status)) + " ended it";
}
}  // namespace nrm::torture
