// The process is killed at any boundary of a call; whatever it had written is there (SIGKILL loses
// no page). The next process finds the folder just so: recovery is killed too.
#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int lives_per_round = 20;

struct Folder : LedgerFolder {
  using LedgerFolder::LedgerFolder;

  std::string live() {
    told.seed = dice();
    const std::uint64_t acts = any_magnitude(dice, 150);
    const std::uint64_t kill_at = any_magnitude(dice, 20 + 16 * acts);
    std::string last = "no call";
    const Ended ended = run_traced(ledger_command(store, told.seed, acts),
                                   (rounds.work() / "errors").string(), [&](const Boundary& at) {
                                     if (at.number == kill_at) {
                                       last = call_name(at.call);
                                       rounds.count((at.after ? "after " : "before ") + last);
                                     }
                                     return Verdict{at.number == kill_at, 0};
                                   });
    rounds.count("kills", ended.killed);
    rounds.took(ended.took);
    told.listen(ended.output);
    if (auto fault = how_it_ended(ended); !fault.empty()) return fault;
    if (!std::filesystem::exists(store)) return "";  // before it was made
    std::filesystem::remove_all(image);
    std::filesystem::copy(store, image);
    const Found found = check(image.string(), told, false);
    rounds.count("records", found.place.head);
    told.begin = found.place;
    return found.fault.empty() ? "" : found.fault + "\n  killed at a " + last;
  }
};
}  // namespace

Verdicts white_box(const Options& options) {
  Rounds rounds("white_box", options);
  return live_rounds<Folder>(rounds, lives_per_round, &LedgerFolder::store);
}
}  // namespace nrm::torture
