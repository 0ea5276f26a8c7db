// The process is killed at any boundary of a call, and then the disk forgets what was not synced.
#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int lives_per_round = 6;

// Each kind of loss, and those with the most ways twice.
constexpr Loss losses[] = {Loss::all,     Loss::none,    Loss::tail,  Loss::tail, Loss::zeros,
                           Loss::sectors, Loss::sectors, Loss::pages, Loss::pages};

class Folder {
 public:
  Folder(Rounds& rounds, Dice dice)
      : rounds_(rounds),
        dice_(dice),
        store_(rounds.work() / "store"),
        image_(rounds.work() / "image") {
    std::filesystem::remove_all(store_);
    std::filesystem::create_directories(store_);
  }

  // One process, its kill, the cuts that may follow. What is broken, in words.
  std::string live() {
    DiskModel disk(store_, rounds_.work() / "links");
    told_.seed = dice_();
    const std::uint64_t acts = any_magnitude(dice_, 250);
    const std::uint64_t kill_at = any_magnitude(dice_, 20 + 16 * acts);
    const Ended ended = run_traced(ledger_command(store_, told_.seed, acts),
                                   (rounds_.work() / "errors").string(), [&](const Boundary& at) {
                                     disk.see(at);
                                     return Verdict{at.number == kill_at, 0};
                                   });
    rounds_.count("kills", ended.killed);
    rounds_.took(ended.took);
    told_.listen(ended.output);
    if (auto fault = how_it_ended(ended); !fault.empty()) return fault;

    const std::size_t goes_on = dice_() % std::size(losses);
    std::optional<Dice> kept;
    Place place;
    for (std::size_t i = 0; i < std::size(losses); ++i) {
      const Dice again = dice_;
      const std::string lost = disk.cut(image_, losses[i], dice_);
      const Found found = check(image_.string(), told_, losses[i] != Loss::none);
      rounds_.count("cuts");
      rounds_.count("records", found.place.head);
      if (!found.fault.empty()) {
        Dice same = again;
        disk.cut(image_, losses[i], same);  // as it was before it was opened
        return found.fault + "\n  loss " + loss_name(losses[i]) + ": " + lost;
      }
      if (i == goes_on) {
        kept = again;
        place = found.place;
      }
    }
    // The next process finds the folder as the cut left it.
    disk.cut(image_, losses[goes_on], *kept);
    std::filesystem::remove_all(store_);
    std::filesystem::rename(image_, store_);
    told_.begin = place;
    return "";
  }
  const std::filesystem::path& image() const { return image_; }

 private:
  Rounds& rounds_;
  Dice dice_;
  std::filesystem::path store_;
  std::filesystem::path image_;
  Told told_;
};
}  // namespace

Verdicts power_cut(const Options& options) {
  Rounds rounds("power_cut", options);
  while (const auto dice = rounds.next()) {
    Folder folder(rounds, *dice);
    for (int life = 0; life < lives_per_round && !rounds.out_of_time(); ++life)
      if (const auto fault = folder.live(); !fault.empty())
        return rounds.broken(fault, folder.image());
  }
  return rounds.held();
}
}  // namespace nrm::torture
