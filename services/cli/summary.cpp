#include "services/cli/summary.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "common/event/codec.hpp"
#include "services/cli/load_figures.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/published_figures.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"
#include "services/cli/tokens.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t differences_listed_max = 10;

// The turns that a case can take, by the events that tell of them.
struct Turn {
  std::string_view what;
  std::string_view type;
  std::optional<Outcome> outcome;
};
constexpr Turn turns[] = {
    {"people reported", ReportReceived::type, {}},
    {"first stage overdue", FirstStageOverdue::type, {}},
    {"first stage positive", FirstStageDecided::type, Outcome::positive},
    {"first stage negative", FirstStageDecided::type, Outcome::negative},
    {"second stage positive", SecondStageDecided::type, Outcome::positive},
    {"second stage negative", SecondStageDecided::type, Outcome::negative},
    {"offers to providers", ReferralOffered::type, {}},
    {"accepted", ReferralAccepted::type, {}},
    {"put on a waiting list", ReferralWaitlisted::type, {}},
    {"declined", ReferralDeclined::type, {}},
    {"not answered in time", ReferralExpired::type, {}},
    {"escalated to the case manager", ReferralEscalated::type, {}},
    {"plans agreed", PlanAgreed::type, {}},
    {"plans overdue", PlanOverdue::type, {}},
    {"services given", ServiceGiven::type, {}},
    {"reviews held", ReviewHeld::type, {}},
    {"closures sent back", ClosureRefused::type, {}},
    {"cases closed", CaseClosed::type, {}},
};
using Turns = std::array<std::uint64_t, std::size(turns)>;

std::optional<Outcome> outcome_of(const Event& event) {
  if (const auto* first = get_if<FirstStageDecided>(&event)) return first->outcome;
  if (const auto* second = get_if<SecondStageDecided>(&event)) return second->outcome;
  return std::nullopt;
}

Result<Turns> count_turns(const Folder& folder) {
  Turns out{};
  for (const Service service : log_owners)
    NRM_TRY(read_log(folder, service, [&](const Record& record) {
      for (const Emit& emit : record.events)
        for (std::size_t i = 0; i < out.size(); ++i)
          out[i] += turns[i].type == type_of(emit.event) &&
                    (!turns[i].outcome || turns[i].outcome == outcome_of(emit.event));
      return true;
    }));
  return out;
}

struct Summary {
  Turns turns{};
  std::vector<StateCount> states;
  std::uint64_t people = 0, cells = 0;
  std::optional<std::vector<std::string>> differences;  // none: no table to compare with
  std::vector<PublishedCell> published;                 // of the quarter that was followed
  std::uint64_t open_cases = 0;
  std::optional<LoadFigures> load;
  std::string reference;  // of some case, to look at
};

Result<std::string> some_reference(const Folder& folder) {
  std::string out;
  NRM_TRY(read_log(folder, Service::identification, [&](const Record& record) {
    for (const Emit& emit : record.events)
      if (const auto* report = get_if<ReportReceived>(&emit.event)) out = report->reference.text();
    return out.empty();
  }));
  return out;
}

Result<Summary> summarise(const Folder& folder, const std::string& compare,
                          const PublishedPlan* followed) {
  Summary out;
  for (const Service service :
       {Service::identification, Service::referral, Service::assistance, Service::closure}) {
    NRM_TRY_ASSIGN(const auto counts, count_states(folder, service));
    for (const StateCount& one : counts) {
      out.states.push_back(one);
      const auto status = enum_from<ClosureStatus>(one.status);
      if (service == Service::closure && one.kind == StreamKind::case_ &&
          (status == ClosureStatus::open || status == ClosureStatus::requested))
        out.open_cases += one.streams;
    }
  }
  NRM_TRY_ASSIGN(const ReferralTable table,
                 followed ? referral_table(folder, followed->begin(), followed->end())
                          : referral_table(folder));
  out.people = table.people();
  out.cells = table.cells().size();
  if (!compare.empty()) {
    NRM_TRY_ASSIGN(out.differences, differences(compare, table));
  }
  if (followed) {
    NRM_TRY_ASSIGN(const CaseBook book, read_decisions(folder));
    out.published = compare_published(*followed, book);
  }
  NRM_TRY_ASSIGN(out.turns, count_turns(folder));
  out.load = last_figures(folder);
  NRM_TRY_ASSIGN(out.reference, some_reference(folder));
  return out;
}

std::string as_json(const Summary& summary, const PublishedPlan* followed) {
  std::string out = "{\"people\":" + std::to_string(summary.people) +
                    ",\"cells\":" + std::to_string(summary.cells) +
                    ",\"open_cases\":" + std::to_string(summary.open_cases) + ",\"states\":[";
  for (const StateCount& one : summary.states) {
    if (out.back() != '[') out += ',';
    out += "{\"service\":\"" + std::string(to_text(one.service)) + "\",\"kind\":\"" +
           std::string(to_text(one.kind)) + "\",\"status\":\"" + one.status +
           "\",\"streams\":" + std::to_string(one.streams) + '}';
  }
  out += "],\"turns\":{";
  for (std::size_t i = 0; i < summary.turns.size(); ++i)
    out += (i == 0 ? "\"" : ",\"") + std::string(turns[i].what) +
           "\":" + std::to_string(summary.turns[i]);
  out += '}';
  if (summary.differences)
    out += ",\"different_cells\":" + std::to_string(summary.differences->size());
  if (followed) out += ",\"published\":" + published_json(*followed, summary.published);
  if (summary.load) out += ",\"load\":" + to_json(*summary.load);
  return out + '}';
}

void print_states(const Summary& summary) {
  Table table({"service", "of", "state", "count"});
  for (const StateCount& one : summary.states)
    table.add({std::string(to_text(one.service)), std::string(to_text(one.kind)), one.status,
               with_commas(one.streams)});
  Table happened({"what happened", "times"});
  for (std::size_t i = 0; i < summary.turns.size(); ++i)
    happened.add({std::string(turns[i].what), with_commas(summary.turns[i])});
  std::printf("\nFrom the logs:\n%s\nWho is in which state, folded from the logs:\n%s",
              happened.text().c_str(), table.text().c_str());
}

void print_comparison(const Summary& summary, const std::string& file) {
  if (!summary.differences) return;
  if (summary.differences->empty()) {
    std::printf(
        "\nPublished table and the one computed from the logs: EQUAL, cell by cell\n"
        "  %s: %s people in %s cells\n",
        file.c_str(), with_commas(summary.people).c_str(), with_commas(summary.cells).c_str());
    return;
  }
  std::printf("\nPublished table and the one computed from the logs DIFFER in %s cells:\n",
              with_commas(summary.differences->size()).c_str());
  for (std::size_t i = 0; i < summary.differences->size() && i < differences_listed_max; ++i)
    std::printf("  %s\n", (*summary.differences)[i].c_str());
}

// "nrm" where the shell finds this program by that name, its path otherwise.
std::string program_name() {
  const std::string self = program_folder();
  const char* path = std::getenv("PATH");
  const std::string folders = ':' + std::string(path == nullptr ? "" : path) + ':';
  return folders.find(':' + self + ':') != folders.npos ? "nrm" : self + "/nrm";
}

void print_next(const Summary& summary, const std::string& dir) {
  const char* at = dir.c_str();
  const std::string program = program_name();
  const char* nrm = program.c_str();
  std::puts("\nThree commands to try next:");
  std::printf("  %s case timeline '%s' --dir %s\n", nrm, summary.reference.c_str(), at);
  std::printf("  %s inbox --as \"Safe house 1\" --dir %s\n", nrm, at);
  std::printf("  %s audit verify --dir %s\n", nrm, at);
}
}  // namespace

Result<std::uint64_t> count_reported(const Folder& folder) {
  NRM_TRY_ASSIGN(const ReferralTable table, referral_table(folder));
  return table.people();
}

int print_summary(const Folder& folder, const RehearseOptions& options,
                  const PublishedPlan* followed) {
  const auto summary = summarise(folder, options.compare, followed);
  if (!summary) return fail(summary.error());
  const bool equal = (!summary->differences || summary->differences->empty()) &&
                     std::ranges::all_of(summary->published, &PublishedCell::equal);
  if (options.access.json) {
    std::printf("%s\n", as_json(*summary, followed).c_str());
  } else {
    print_states(*summary);
    print_comparison(*summary, options.compare);
    if (followed) std::fputs(published_text(*followed, summary->published).c_str(), stdout);
    if (summary->load) std::printf("\nSubmitted: %s\n", describe(*summary->load).c_str());
    if (summary->open_cases != 0)
      std::printf("\n%s cases are still open: %s takes them on from here\n",
                  with_commas(summary->open_cases).c_str(),
                  followed ? "the same command" : "nrm rehearse");
    print_next(*summary, folder.path());
  }
  const bool closed = summary->open_cases == 0 || !options.until.empty();
  return equal && closed ? Exit::done : Exit::refused;
}
}  // namespace nrm::cli
