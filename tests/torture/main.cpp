// torture SCENARIO… [--seed S] [--seconds N] [--rounds N] [--work FOLDER]: see README.md.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "common/diag/diag.hpp"
#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int exit_usage = 64;
constexpr std::uintmax_t gib = 1024 * 1024 * 1024;
using Scenario = Verdicts (*)(const Options&);
const std::map<std::string, Scenario> scenarios = {{"power_cut", power_cut},
                                                   {"white_box", white_box},
                                                   {"failed_calls", failed_calls},
                                                   {"disk_full", disk_full},
                                                   {"services", killed_services}};

int usage() {
  std::fprintf(stderr,
               "usage: torture SCENARIO [--seed S] [--seconds N] [--rounds N] "
               "[--work FOLDER]\nscenarios:");
  for (const auto& [name, scenario] : scenarios) std::fprintf(stderr, " %s", name.c_str());
  std::fprintf(stderr, "\n");
  return exit_usage;
}

int run(int count, char** arguments) {
  const auto scenario = count < 2 ? scenarios.end() : scenarios.find(arguments[1]);
  if (scenario == scenarios.end() || count % 2 != 0) return usage();
  Options options;
  // In memory where there is some: what a cut loses is the model's affair, not the disk's.
  std::filesystem::path below = std::filesystem::temp_directory_path();
  if (std::error_code none; std::filesystem::space("/dev/shm", none).available > gib && !none)
    below = "/dev/shm";
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const std::uint64_t number = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--seed")
      options.seed = number;
    else if (name == "--seconds")
      options.time = std::chrono::seconds(number);
    else if (name == "--rounds")
      options.rounds = number;
    else if (name == "--work")
      below = arguments[i + 1];
    else
      return usage();
  }
  diag::start("torture", diag::Level::error);
  crypto::start();
  std::string work = (std::filesystem::canonical(below) / "nrm_torture_XXXXXX").string();
  CHECK(::mkdtemp(work.data()) != nullptr, "a folder to work in");
  options.work = work;
  const Verdicts verdict = scenario->second(options);
  if (verdict != Verdicts::broken) std::filesystem::remove_all(work);
  return static_cast<int>(verdict);
}
}  // namespace
}  // namespace nrm::torture

int main(int count, char** arguments) { return nrm::torture::run(count, arguments); }
