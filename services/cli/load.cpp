// nrm load: every person behind a published table is reported over HTTPS by who reported them.
#include <chrono>
#include <cstdio>
#include <map>

#include "common/base/hex.hpp"
#include "common/event/record.hpp"
#include "services/cli/flight.hpp"
#include "services/cli/intake_file.hpp"
#include "services/cli/load_figures.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/registry.hpp"
#include "services/cli/synthetic.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t failures_listed_max = 20;

struct Failed {
  std::size_t line = 0;
  std::string why;
};

// Accounts of the first responders of the file, made when they are new.
class Responders {
 public:
  static Result<Responders> register_all(Api& api, const Intake& intake, bool quiet) {
    Responders out;
    Progress progress("Registering responders", intake.responders.size(), quiet);
    std::vector<HeldAccount> accounts;
    for (const Responder& responder : intake.responders) {
      NRM_TRY_ASSIGN(const auto id,
                     register_organisation(api, responder.name.text(), responder.kind));
      NRM_TRY_ASSIGN(const auto account,
                     issue_account(api, responder.name.text(), id, Role::first_responder, "load"));
      out.tokens_.emplace(responder, account.token);
      accounts.push_back(account);
      progress.add();
    }
    if (api.sandbox()) NRM_TRY(keep_tokens(api.folder().path(), accounts));
    return out;
  }
  const std::string& token(const IntakeRow& row) const {
    return tokens_.at({row.kind, row.organisation}).reveal();
  }

 private:
  std::map<Responder, Sensitive<std::string>> tokens_;
};

std::string reason(const Result<http::Answer>& answer) {
  return answer ? problem_of(*answer).detail : answer.error().detail;
}

// Where identification's log ends; receipts beyond it are of people who were not there before.
Result<std::int64_t> end_of_log(Api& api) {
  NRM_TRY_ASSIGN(const auto answer, api.get("/v1/status"));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  for (const json::Value log : read.root().find("logs"))
    if (text_of(log, "log") == log_name(Service::identification)) return number_of(log, "head");
  return Error(Code::internal, "", "the gateway does not follow identification");
}

bool is_fresh(const http::Answer& answer, std::int64_t end) {
  const auto read = read_answer(answer);
  return read && number_of(read->root().find("receipt"), "seq") >= end;
}

LoadFigures submit(Api& api, const Intake& intake, const Responders& responders,
                   std::string_view digest, const LoadOptions& options, std::int64_t end,
                   std::vector<Failed>& failed) {
  using Ticks = std::chrono::steady_clock;
  Flight flight(api.client(), options.connections);
  Progress progress("Reporting people", intake.people, options.access.json);
  LoadFigures figures{.people = intake.people};
  const auto began = Ticks::now();
  for (const IntakeRow& row : intake.rows) {
    for (std::uint32_t number = 0; number < row.people; ++number) {
      auto report = make_report(row, number, digest, api.folder().policy());
      flight.send(post_call({.target = "/v1/reports",
                             .body = std::move(report.body),
                             .key = std::move(report.key),
                             .if_match = {}},
                            responders.token(row)),
                  [&, line = row.line](const Result<http::Answer>& answer) {
                    progress.add();
                    if (!answer || answer->status != 201)
                      return failed.push_back({line, reason(answer)});
                    ++figures.taken_in;
                    figures.fresh += is_fresh(*answer, end);
                  });
    }
  }
  flight.land();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Ticks::now() - began);
  auto times = flight.times();
  figures.p50_us = static_cast<std::uint64_t>(percentile(times, 0.50).count());
  figures.p99_us = static_cast<std::uint64_t>(percentile(times, 0.99).count());
  figures.took_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 1));
  return figures;
}

void show(const Intake& intake, const LoadFigures& figures, const std::vector<Failed>& failed) {
  std::printf("%s\n", describe(figures).c_str());
  std::puts(
      "Made up, as the table does not say it: the personal part (fictitious), consents, needs,\n"
      "urgency, languages, region, indicators; always the same for the same file.");
  if (!intake.unknown_nationalities.empty()) {
    std::puts("Nationalities that nobody listed, kept as \"unknown nationality: …\":");
    for (const auto& [name, people] : intake.unknown_nationalities)
      std::printf("  %s: %s\n", name.c_str(), with_commas(people).c_str());
  }
  if (failed.empty()) return;
  std::printf("%s people were NOT taken in; run the same command again, nobody is loaded twice:\n",
              with_commas(failed.size()).c_str());
  for (std::size_t i = 0; i < failed.size() && i < failures_listed_max; ++i)
    std::printf("  line %zu: %s\n", failed[i].line, failed[i].why.c_str());
}

// The file, whole and right, or an exit code.
Result<Intake> read_whole(const std::string& file, std::string& digest) {
  NRM_TRY_ASSIGN(const std::string text, read_file(file, limits::intake_file_bytes_max));
  digest = to_hex(crypto::digest(text, 16));
  auto intake = read_intake(text);
  if (!intake) {
    Error fault = intake.error();
    fault.where = file + ", " + fault.where;
    return fault;
  }
  return intake;
}
}  // namespace

int load(const LoadOptions& options) {
  crypto::start();
  std::string digest;
  const auto intake = read_whole(options.file, digest);
  if (!intake) {
    fail(intake.error(), "nothing was submitted; the columns are described in deploy/README.md");
    return Exit::usage;
  }
  if (options.check_only) {
    std::printf("%s: %s people in %s rows, %s responders\n", options.file.c_str(),
                with_commas(intake->people).c_str(), with_commas(intake->rows.size()).c_str(),
                with_commas(intake->responders.size()).c_str());
    return Exit::done;
  }
  const auto api = Api::open(options.access, "operator", options.connections);
  if (!api) return fail(api.error());
  const auto responders = Responders::register_all(**api, *intake, options.access.json);
  if (!responders) return fail_at_api(responders.error(), options.access.dir);
  std::vector<Failed> failed;
  const auto end = end_of_log(**api);
  if (!end) return fail_at_api(end.error(), options.access.dir);
  const LoadFigures figures = submit(**api, *intake, *responders, digest, options, *end, failed);
  // Stored answers come faster than new ones: they are no measure of anything.
  if (figures.fresh == figures.taken_in)
    if (const auto kept = keep_figures((*api)->folder(), figures); !kept) return fail(kept.error());
  if (options.access.json)
    std::printf("%s\n", to_json(figures).c_str());
  else
    show(*intake, figures, failed);
  return failed.empty() ? Exit::done : Exit::refused;
}
}  // namespace nrm::cli
