// Findings: what `nrm audit verify` found, layer by layer in a fixed order: what a lower layer
// checks, a higher one relies on. So the lowest layer that is broken is the one to look at first.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/codec.hpp"

namespace nrm {
// files         every byte of every SST, WAL, tile and bundle is there and checks out
// tiles         the stored hash tiles are those of the records
// checkpoints   signed by the log's key, over exactly these records; cosigned by the quorum
// records       numbers are dense; each record is one
// cross_log     each received event is in its owner's log, with that hash; nobody is ahead
// archive       the audit's copy is byte by byte what the owners have
// refold        folding each log again gives the stored states, rows and clocks
// decisions     each decision made again from its input, the states then and the pack named gives
//               what was recorded: every refusal, every opening of personal data, every clock
// conservation  every person in one place, with one owner and a clock or a queue
// openings      every opening of personal data had a ground at that moment
BOOST_DEFINE_ENUM_CLASS(LayerName, files, tiles, checkpoints, records, cross_log, archive, refold,
                        decisions, conservation, openings)
inline constexpr std::size_t layer_count = 10;
std::string layer_text(LayerName name);  // "cross-log"

struct Fault {
  std::string log;                   // "referral/0"; empty: of no one log
  std::optional<std::uint64_t> seq;  // the record
  std::string file;                  // below the folder; empty: of no file
  std::string text;                  // a sentence with the place in it, and nothing personal
};

struct Count {
  std::string of;
  std::uint64_t number = 0;
};

struct Layer {
  LayerName name{};
  std::string unit;  // of `checked`: "files", "records", …
  std::uint64_t checked = 0;
  std::vector<Fault> faults;  // the first ones
  std::uint64_t fault_count = 0;
  bool done = true;      // else it was not checked, and has not passed
  bool wanting = false;  // not checked for want of something that who asked can give
  std::string remark;    // what could not be checked, and why; empty: nothing
  std::vector<Count> counts;

  bool holds() const { return fault_count == 0; }
};

class Findings {
 public:
  Findings();
  Layer& at(LayerName name) { return layers_[static_cast<std::size_t>(name)]; }
  void fault(LayerName layer, Fault fault);
  void remark(LayerName layer, const std::string& what);
  // It was not checked; `wanting`: for want of something that could be given.
  void skip(LayerName layer, const std::string& why, bool wanting = false);
  std::vector<Layer> take();

 private:
  std::array<Layer, layer_count> layers_;
};

// What a program is told: 0, or of the lowest layer with a fault 20 + its number, or 19 when
// nothing was wrong but a layer was not checked for want of something that could be given.
int exit_code_of(const std::vector<Layer>& layers);
}  // namespace nrm
