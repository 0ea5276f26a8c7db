// nrm audit verify: runs services/audit/verification.hpp and shows what it found.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "services/audit/evidence.hpp"
#include "services/audit/verification.hpp"
#include "services/cli/audit_verify.hpp"
#include "services/cli/cosigned.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/scratch.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
struct FaultReport {
  std::string layer, log;
  std::optional<std::uint64_t> seq;
  std::string file, text;
};
BOOST_DESCRIBE_STRUCT(FaultReport, (), (layer, log, seq, file, text))

struct CountReport {
  std::string of;
  std::uint64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(CountReport, (), (of, number))

struct LayerReport {
  std::string layer;
  std::string verdict;  // ok, fault, not_checked
  std::uint64_t checked = 0;
  std::string unit;
  std::uint64_t faults = 0;
  std::string remark;
  std::vector<CountReport> counts;
};
BOOST_DESCRIBE_STRUCT(LayerReport, (), (layer, verdict, checked, unit, faults, remark, counts))

struct Report {
  bool holds = true;     // every layer that was checked
  bool complete = true;  // and none was left out for want of something that could be given
  int exit_code = 0;
  bool live = false;
  std::string since, saved;
  std::vector<LayerReport> layers;
  std::vector<FaultReport> faults;
};
BOOST_DESCRIBE_STRUCT(Report, (), (holds, complete, exit_code, live, since, saved, layers, faults))

const char* verdict_of(const Layer& layer) {
  if (!layer.holds()) return "fault";
  return layer.done ? "ok" : "not_checked";
}

Report report_of(const std::vector<Layer>& layers) {
  Report out;
  out.exit_code = exit_code_of(layers);
  for (const Layer& layer : layers) {
    const std::string name = layer_text(layer.name);
    LayerReport& one = out.layers.emplace_back(LayerReport{
        name, verdict_of(layer), layer.checked, layer.unit, layer.fault_count, layer.remark, {}});
    for (const Count& count : layer.counts) one.counts.push_back({count.of, count.number});
    for (const Fault& fault : layer.faults)
      out.faults.push_back({name, fault.log, fault.seq, fault.file, fault.text});
    out.holds &= layer.holds();
    out.complete &= !layer.wanting;
  }
  return out;
}

// "clock first_stage met", "… breached", "… running" become one row for each clock.
class ClockTable {
 public:
  bool take(const CountReport& count) {
    if (!count.of.starts_with("clock ")) return false;
    const auto end = count.of.find(' ', 6);
    const std::string name = count.of.substr(6, end - 6), fate = count.of.substr(end + 1);
    if (rows_.empty() || rows_.back()[0] != words(name))
      rows_.push_back({words(name), "0", "", "", "", ""});
    static const std::vector<std::string> fates{"met", "breached", "ended", "running"};
    const auto column = std::ranges::find(fates, fate);
    std::string& cell =
        rows_.back()[column == fates.end() ? 5
                                           : 1 + static_cast<std::size_t>(column - fates.begin())];
    cell = column == fates.end() ? cell + with_commas(count.number) + ' ' + fate + ' '
                                 : with_commas(count.number);
    return true;
  }
  void print() const {
    if (rows_.empty()) return;
    Table table({"    clock", "met", "breached", "ended", "running", ""});
    for (auto row : rows_) {
      row[0].insert(0, "    ");
      table.add(row);
    }
    std::fputs(table.text().c_str(), stdout);
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

void show_counts(const LayerReport& layer) {
  ClockTable clocks;
  std::string line;
  for (const CountReport& count : layer.counts) {
    if (clocks.take(count) || count.number == 0) continue;
    line += (line.empty() ? "" : ", ") + with_commas(count.number) + ' ' + words(count.of);
  }
  if (!line.empty()) std::printf("    %s\n", line.c_str());
  clocks.print();
}

void show_layers(const Report& report) {
  for (const LayerReport& layer : report.layers) {
    const char* verdict = layer.verdict == "fault" ? "FAULT"
                          : layer.verdict == "ok"  ? "ok"
                                                   : "not checked";
    std::printf("%-13s %9llu %-9s %s\n", layer.layer.c_str(),
                static_cast<unsigned long long>(layer.checked), layer.unit.c_str(), verdict);
    if (!layer.remark.empty()) std::printf("    (%s)\n", layer.remark.c_str());
    for (const FaultReport& fault : report.faults)
      if (fault.layer == layer.layer) std::printf("    %s\n", fault.text.c_str());
    show_counts(layer);
  }
}

void show(const Report& report) {
  show_layers(report);
  const char* end = "Everything checks out.";
  if (!report.holds)
    end =
        "Something does not check out: keep this folder as it is and compare with the archive "
        "and with checkpoints kept outside.";
  else if (!report.complete)
    end = "What was checked checks out, but not everything could be: see what is asked for above.";
  std::printf("%s\n", end);
  if (!report.saved.empty())
    std::printf("Go on from here with: --since %s\n", report.saved.c_str());
}

void show_progress(const std::string& what, std::uint64_t done, std::uint64_t of) {
  const std::string total = of ? " of " + with_commas(of) : "";
  std::fprintf(stderr, "\r\033[K%s %s%s", what.c_str(), with_commas(done).c_str(), total.c_str());
}

Result<std::vector<Layer>> run(const VerifyOrder& options, Report& about) {
  std::error_code error;
  const std::string& place = options.place.empty() ? options.dir : options.place;
  const bool data_folder = std::filesystem::exists(place + "/mechanism.json", error);
  const bool terminal = ::isatty(STDERR_FILENO) != 0 && !options.json;
  VerifyOptions how{.live = false,
                    .scratch = {},
                    .progress = terminal ? show_progress : decltype(VerifyOptions::progress)(),
                    .policy_dir = options.policy_dir,
                    .since = options.since,
                    .quorum = options.quorum,
                    .save_result = options.save_result};
  about.since = options.since;
  if (data_folder || options.place.empty()) {
    NRM_TRY_ASSIGN(const Folder folder, Folder::open(place));
    NRM_TRY_ASSIGN(const Scratch scratch, Scratch::make(folder.file("run")));
    how.live = about.live = in_use(folder);
    if (!options.quorum.empty()) {
      NRM_TRY_ASSIGN(how.cosigned, cosigned_notes(folder));
    }
    how.scratch = scratch.path();
    return verify_folder(folder, how);
  }
  NRM_TRY_ASSIGN(const LogEvidence evidence, evidence_of_export(place, options.policy_dir));
  NRM_TRY_ASSIGN(const Scratch scratch, Scratch::make());
  how.scratch = scratch.path();
  return verify(evidence, how);
}

// What an installation serves is brought here first, and is then an export like any other.
int verify_served(VerifyOrder order) {
  const auto scratch = Scratch::make();
  if (!scratch) return fail(scratch.error());
  AuditFetchOptions fetch;
  fetch.access = {.dir = order.dir, .token = order.token, .as = {}, .json = order.json};
  fetch.url = order.place;
  fetch.out = order.keep.empty() ? scratch->path() + "/mirror" : order.keep;
  fetch.authority = order.authority;
  fetch.keys = order.keys;
  fetch.quiet = true;
  if (const int code = audit_fetch(fetch); code != Exit::done) return code;
  order.place = fetch.out;
  return audit_verify(order);
}
}  // namespace

int audit_verify(const VerifyOrder& options) {
  if (options.place.starts_with("https://")) return verify_served(options);
  crypto::start();
  Report about;
  const auto layers = run(options, about);
  if (::isatty(STDERR_FILENO) != 0 && !options.json) std::fprintf(stderr, "\r\033[K");
  if (!layers) {
    const Error& error = layers.error();
    const bool named_wrongly = error.code == Code::not_found ||
                               error.code == Code::already_exists ||
                               error.code == Code::not_in_state;  // of another version
    return fail(named_wrongly ? Exit::usage : Exit::corrupt,
                "audit verify: " + error.where + (error.where.empty() ? "" : ": ") + error.detail);
  }
  Report report = report_of(*layers);
  report.live = about.live;
  report.since = about.since;
  std::error_code error;
  if (!options.save_result.empty() &&
      std::filesystem::exists(options.save_result + "/result.json", error))
    report.saved = options.save_result;
  if (options.json)
    std::printf("%s\n", to_json(report).c_str());
  else
    show(report);
  return report.exit_code;
}
}  // namespace nrm::cli
