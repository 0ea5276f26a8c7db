// Early warnings rest on counts that the process asked itself to judge (ObserveIndicators). Whoever
// verifies counts again: from exactly the records that were dated before that day, with the root
// that the command names.
#include "common/event/codec.hpp"
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "services/audit/audit.hpp"
#include "services/audit/indicators.hpp"
#include "services/audit/layers.hpp"

namespace nrm {
namespace {
constexpr LayerName layer = LayerName::decisions;

class Recount {
 public:
  explicit Recount(const Check& check) {
    for (const Service service : observed_logs) logs_.push_back({check.find(service), 0, {}});
  }
  bool readable() const {
    return std::ranges::all_of(
        logs_, [](const Reading& one) { return one.log != nullptr && one.log->readable; });
  }

  // What is wrong with it; empty: nothing. `beyond`: it rests on more than there is.
  std::string differs(const ObserveIndicators& said, bool& beyond) {
    const Date until = said.indicators.until;
    if (said.known.size() != logs_.size()) return "it does not say what of each log it knew";
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      beyond = said.known[i].size > logs_[i].log->leaves.size();
      if (beyond) return "it rests on records that are not there";
      if (std::string why = advance(logs_[i], said.known[i], start_of(until)); !why.empty())
        return logs_[i].log->name + ": " + why;
    }
    book_.forget_before(until.plus(-IndicatorBook::days_kept));
    return book_.at(until) == said.indicators ? "" : "the records give other counts";
  }

 private:
  struct Reading {
    const CheckedLog* log;
    std::uint64_t next;
    MerkleTree tree;
  };

  std::string advance(Reading& reading, const LogPosition& known, Instant until) {
    const CheckedLog& log = *reading.log;
    if (known.size < reading.next) return "it knew less than the day before";
    RecordReader head;
    Instant last{};
    std::optional<Instant> next;
    Result<void> good;
    const auto read = read_log(*log.store, reading.next, [&](std::uint64_t seq, auto bytes) {
      good = head.open(bytes);
      if (good && seq == known.size) next = head.at();
      if (!good || seq >= known.size) return false;
      last = head.at();
      good = book_.take(bytes);
      return good.has_value();
    });
    if (!read || !good) return "its records cannot be read";
    for (; reading.next < known.size; ++reading.next) {
      Batch tiles;  // nobody asks for them
      reading.tree.append(log.leaves.at(reading.next), tiles);
    }
    if (reading.tree.root().hex() != known.root.text()) return "it names another root";
    if (last >= until || (next && *next < until)) return "it is not of the records before that day";
    return {};
  }

  std::vector<Reading> logs_;
  IndicatorBook book_;
};

struct Found {
  std::uint64_t days = 0, beyond = 0;
  std::vector<Fault> faults;
  bool unreadable = false;
};

void recount(const Check& check, const CheckedLog& audit, Found& out) {
  Recount counts(check);
  out.unreadable = !counts.readable();
  if (out.unreadable) return;
  json::Document document;
  (void)read_log(*audit.store, audit.from, [&](std::uint64_t seq, std::string_view bytes) {
    if (bytes.find(ObserveIndicators::type) == bytes.npos) return true;
    if (!document.parse_trusted(bytes)) return true;  // said elsewhere
    const auto record = read_record(document.root());
    const auto* note = record ? std::get_if<CommandNote>(&record->input) : nullptr;
    const auto* said = note != nullptr ? get_if<ObserveIndicators>(&note->command) : nullptr;
    if (said == nullptr || record->rejection) return true;
    bool beyond = false;
    ++out.days;
    const std::string why = counts.differs(*said, beyond);
    if (beyond && check.exported())
      ++out.beyond;
    else if (!why.empty())
      out.faults.push_back(
          audit.at(seq, "what was observed until " + said->indicators.until.text() + ": " + why));
    return out.faults.empty() && !beyond;  // what follows rests on it
  });
}
}  // namespace

void check_observations(Check& check, std::vector<std::function<void()>>& tasks,
                        std::vector<std::function<void()>>& afterwards) {
  const CheckedLog* audit = check.find(Service::audit);
  if (audit == nullptr || !audit->readable) return;  // said by the layer of records
  auto found = std::make_shared<Found>();
  tasks.push_back([found, audit, &check] { recount(check, *audit, *found); });
  afterwards.push_back([found, &check] {
    for (Fault& fault : found->faults) check.findings.fault(layer, std::move(fault));
    if (found->unreadable)
      check.findings.remark(layer, "early warnings not counted again: a log cannot be read");
    if (found->beyond > 0)
      check.findings.remark(layer,
                            "early warnings not counted again: they rest on what is past "
                            "the end of the export");
    check.findings.at(layer).counts.push_back(
        {"days of early warnings counted again", found->days - found->beyond});
  });
}
}  // namespace nrm
