// The n-th call that changes the disk fails, once or from then on, with EIO or ENOSPC. The process
// ends by itself and answers nothing more; what it answered survives a power cut.
#include <sys/wait.h>

#include <cerrno>

#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int lives_per_round = 6;
constexpr int exit_failed = 70;  // as services/: a write failed
constexpr int exit_refused = 65;

struct Folder : LedgerFolder {
  using LedgerFolder::LedgerFolder;

  std::string live() {
    std::filesystem::create_directories(store);
    DiskModel disk(store, rounds.work() / "links");
    told.seed = dice();
    const std::uint64_t acts = any_magnitude(dice, 120);
    const std::uint64_t fail_at = any_magnitude(dice, 20 + 6 * acts);
    const bool for_ever = dice() % 2 == 0;
    const int error = dice() % 2 == 0 ? EIO : ENOSPC;
    std::uint64_t calls = 0;
    std::string which = "none";
    const auto watch = [&](const Boundary& at) {
      disk.see(at);
      if (at.after || !at.path.starts_with(store.string())) return Verdict{};
      ++calls;
      if (calls < fail_at || (calls > fail_at && !for_ever)) return Verdict{};
      if (calls == fail_at) which = call_name(at.call);
      return Verdict{false, error};
    };
    const Ended ended = run_traced(ledger_command(store, told.seed, acts),
                                   (rounds.work() / "errors").string(), watch);
    rounds.took(ended.took);
    told.listen(ended.output);
    const std::string about = "\n  " + which + " failed with " + (error == EIO ? "EIO" : "ENOSPC") +
                              (for_ever ? " for ever" : "");
    if (auto fault = how_it_ended(ended); !fault.empty()) {
      const bool said_so = WIFEXITED(ended.status) && (WEXITSTATUS(ended.status) == exit_failed ||
                                                       WEXITSTATUS(ended.status) == exit_refused);
      if (!said_so) return fault + about;
      rounds.count("failures that ended it");
      rounds.count("at " + which);
    }
    for (const Loss loss : {Loss::all, Loss::tail, Loss::none}) {
      const Dice again = dice;
      const auto lost = disk.cut(image, loss, dice);
      const Found found = check(image.string(), told, true);
      rounds.count("checks");
      if (!found.fault.empty()) {
        Dice same = again;
        disk.cut(image, loss, same);
        return found.fault + about + "\n  loss " + loss_name(loss) + ": " + lost;
      }
      told.begin = loss == Loss::none ? found.place : told.begin;
    }
    return "";
  }
};
}  // namespace

Verdicts failed_calls(const Options& options) {
  Rounds rounds("failed_calls", options);
  return live_rounds<Folder>(rounds, lives_per_round, &LedgerFolder::image);
}
}  // namespace nrm::torture
