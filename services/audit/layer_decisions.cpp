// One pass over each log gives both layers: refold and decisions. Logs are independent of each
// other here, so two are taken at a time.
#include <filesystem>

#include "common/store/rocksdb_store.hpp"
#include "services/audit/decided_log.hpp"
#include "services/audit/layers.hpp"

namespace nrm {
namespace {
struct Pass {
  CheckedLog& log;
  std::unique_ptr<DecidedLog> decided;
  std::string fault;  // of the scratch folder

  void run(Check& check) {
    const std::string scratch = check.options.scratch + '/' + states_folder(log.name);
    std::error_code error;
    std::filesystem::remove_all(scratch, error);
    std::filesystem::create_directories(std::filesystem::path(scratch).parent_path(), error);
    if (log.from > 0)
      std::filesystem::copy(check.before->file(states_folder(log.name)), scratch, error);
    const auto states = open_rocksdb({.folder = scratch, .footprint = Footprint::small});
    if (!states || error) {
      fault = error ? error.message() : states.error().detail;
      return;
    }
    decided->check(**states, [&](std::uint64_t done, std::uint64_t of) {
      check.tell("decisions of " + log.name, done, of);
    });
    if (!check.options.save_result.empty()) (void)(*states)->flush();
  }
};

std::unique_ptr<DecidedLog> again(Check& check, CheckedLog& log) {
  const auto store_of = [&check](const std::string& name) -> const Store* {
    const CheckedLog* found = check.find(name);
    return found != nullptr && found->readable ? found->store : nullptr;
  };
  DecidedLog::Parts parts{.service = log.service,
                          .log = *log.store,
                          .pack = check.pack_of(log),
                          .owner = store_of,
                          .stored_states = !check.exported(),
                          .from = log.from,
                          .start = {},
                          .keep = !check.options.save_result.empty()};
  if (log.from > 0) {
    const SavedLog& before = *check.before->find(log.name);
    parts.start = {.at = {static_cast<std::int64_t>(before.at)},
                   .engine = before.engine,
                   .stored = Fold::Stored::something};
  }
  return std::make_unique<DecidedLog>(std::move(parts));
}

void tell(Check& check, Pass& pass, Recompute::Counts& all) {
  CheckedLog& log = pass.log;
  Findings& findings = check.findings;
  if (!pass.fault.empty())
    return findings.fault(LayerName::decisions,
                          log.fault(log.name + ": scratch folder: " + pass.fault));
  const DecidedLog& decided = *pass.decided;
  const Recompute::Counts& counts = decided.counts();
  if (decided.refolded())
    findings.at(LayerName::refold).checked += *decided.refolded();
  else if (!check.exported() && decided.fold_faults().empty())
    findings.remark(LayerName::refold, log.name +
                                           ": not compared: a decision is at fault, or the stored "
                                           "states end before what was read");
  for (const RecordFault& one : decided.fold_faults())
    findings.fault(LayerName::refold, log.fault(one.text, one.seq));
  for (const RecordFault& one : decided.decision_faults())
    findings.fault(LayerName::decisions, log.fault(one.text, one.seq));
  findings.at(LayerName::decisions).checked += counts.decided;
  log.adopted = decided.adopted();
  log.last_at = decided.last_at();
  log.last_engine = decided.last_engine();
  all.by_older_rules += counts.by_older_rules;
  all.by_golden_rules += counts.by_golden_rules;
  all.refused_first += counts.refused_first;
  if (counts.after_fault > 0)
    findings.fault(LayerName::decisions,
                   log.fault("not checked: the " + std::to_string(counts.after_fault) +
                             " records of " + log.name + " after that one"));
  if (counts.cause_unread == 0) return;
  const std::string what = std::to_string(counts.cause_unread) + " of " + log.name;
  if (check.exported())
    findings.remark(LayerName::decisions,
                    "not decided again: " + what + ", on what is past the end of the export");
  else
    findings.fault(LayerName::decisions,
                   log.fault("not checked: " + what + ", on what a log says that cannot be read"));
}

void sum_up(Check& check, const Recompute::Counts& all) {
  Layer& layer = check.findings.at(LayerName::decisions);
  if (all.refused_first > 0)
    check.findings.remark(LayerName::decisions,
                          "not decided again: " + std::to_string(all.refused_first) +
                              " refused first, for what no log holds");
  if (all.by_older_rules > 0)
    check.findings.remark(LayerName::decisions,
                          std::to_string(all.by_older_rules) +
                              " by an older engine: chain verified, decision not recomputed");
  layer.counts.push_back({"refused first, not decided again", all.refused_first});
  layer.counts.push_back({"by an older engine, by rules kept for it", all.by_golden_rules});
  layer.counts.push_back(
      {"by an older engine, chain verified, decision not recomputed", all.by_older_rules});
  if (check.exported())
    check.findings.skip(LayerName::refold, "stored states are not in an export");
}
}  // namespace

void check_decisions(Check& check, std::vector<std::function<void()>>& tasks,
                     std::vector<std::function<void()>>& afterwards) {
  auto passes = std::make_shared<std::vector<std::unique_ptr<Pass>>>();
  for (CheckedLog& log : check.logs) {
    if (!log.readable) continue;
    if (log.pack == nullptr) {
      check.findings.skip(
          LayerName::decisions,
          log.name + ": " +
              (log.opened ? Packs::wanted(*log.opened) : "its first record names no rules"),
          true);
      continue;
    }
    Pass& pass = *passes->emplace_back(std::make_unique<Pass>(Pass{log, again(check, log), {}}));
    tasks.push_back([&pass, &check] { pass.run(check); });
  }
  afterwards.push_back([passes, &check] {
    Recompute::Counts all;
    for (const auto& pass : *passes) tell(check, *pass, all);
    sum_up(check, all);
  });
}
}  // namespace nrm
