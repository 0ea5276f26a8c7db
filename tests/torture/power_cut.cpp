// The process is killed at any boundary of a call, and then the disk forgets what was not synced.
#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int lives_per_round = 6;

// Each kind of loss, and those with the most ways twice.
constexpr Loss losses[] = {Loss::all,     Loss::none,    Loss::tail,  Loss::tail, Loss::zeros,
                           Loss::sectors, Loss::sectors, Loss::pages, Loss::pages};

struct Folder : LedgerFolder {
  using LedgerFolder::LedgerFolder;

  // One process, its kill, the cuts that may follow. What is broken, in words.
  std::string live() {
    std::filesystem::create_directories(store);
    DiskModel disk(store, rounds.work() / "links");
    told.seed = dice();
    const std::uint64_t acts = any_magnitude(dice, 250);
    const std::uint64_t kill_at = any_magnitude(dice, 20 + 16 * acts);
    const Ended ended = run_traced(ledger_command(store, told.seed, acts),
                                   (rounds.work() / "errors").string(), [&](const Boundary& at) {
                                     disk.see(at);
                                     return Verdict{at.number == kill_at, 0};
                                   });
    rounds.count("kills", ended.killed);
    rounds.took(ended.took);
    told.listen(ended.output);
    if (auto fault = how_it_ended(ended); !fault.empty()) return fault;

    const std::size_t goes_on = dice() % std::size(losses);
    std::optional<Dice> kept;
    Place place;
    for (std::size_t i = 0; i < std::size(losses); ++i) {
      const Dice again = dice;
      const std::string lost = disk.cut(image, losses[i], dice);
      const Found found = check(image.string(), told, losses[i] != Loss::none);
      rounds.count("cuts");
      rounds.count("records", found.place.head);
      if (!found.fault.empty()) {
        Dice same = again;
        disk.cut(image, losses[i], same);  // as it was before it was opened
        return found.fault + "\n  loss " + loss_name(losses[i]) + ": " + lost;
      }
      if (i == goes_on) {
        kept = again;
        place = found.place;
      }
    }
    // The next process finds the folder as the cut left it.
    disk.cut(image, losses[goes_on], *kept);
    std::filesystem::remove_all(store);
    std::filesystem::rename(image, store);
    told.begin = place;
    return "";
  }
};
}  // namespace

Verdicts power_cut(const Options& options) {
  Rounds rounds("power_cut", options);
  return live_rounds<Folder>(rounds, lives_per_round, &LedgerFolder::image);
}
}  // namespace nrm::torture
