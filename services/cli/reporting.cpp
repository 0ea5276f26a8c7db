#include "services/cli/reporting.hpp"

#include <chrono>
#include <cstdio>

#include "common/event/record.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t failures_listed_max = 20;

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
}  // namespace

Result<Responders> Responders::register_all(Api& api, const Intake& intake, bool quiet) {
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

Result<Reported> report_people(Api& api, const std::vector<IntakeRow>& rows,
                               const Responders& responders, const ReportingTerms& terms,
                               const TakeCase& taken) {
  using Ticks = std::chrono::steady_clock;
  NRM_TRY_ASSIGN(const std::int64_t end, end_of_log(api));
  Reported out;
  LoadFigures& figures = out.figures;
  figures.people = people_of(rows);
  Flight flight(api.client(), terms.connections);
  Progress progress(terms.phase, figures.people, terms.quiet);
  const auto began = Ticks::now();
  for (const IntakeRow& row : rows) {
    for (std::uint32_t number = 0; number < row.people; ++number) {
      auto report = terms.make(row, number, terms.digest, api.folder().policy());
      flight.send(post_call({.target = "/v1/reports",
                             .body = std::move(report.body),
                             .key = std::move(report.key),
                             .if_match = {}},
                            responders.token(row)),
                  [&, number](const Result<http::Answer>& answer) {
                    progress.add();
                    const auto read = answer && answer->status == 201
                                          ? read_answer(*answer)
                                          : Result<Read>(Error(Code::internal));
                    if (!read) {
                      out.failed.push_back({row.line, reason(answer)});
                      return;
                    }
                    ++figures.taken_in;
                    figures.fresh += number_of(read->root().find("receipt"), "seq") >= end;
                    if (taken) taken(row, number, text_of(read->root(), "case"));
                  });
    }
  }
  flight.land();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Ticks::now() - began);
  auto times = flight.times();
  figures.p50_us = static_cast<std::uint64_t>(percentile(times, 0.50).count());
  figures.p99_us = static_cast<std::uint64_t>(percentile(times, 0.99).count());
  figures.took_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 1));
  return out;
}

void show_failures(const std::vector<NotTakenIn>& failed) {
  if (failed.empty()) return;
  std::printf("%s people were NOT taken in; run the same command again, nobody is loaded twice:\n",
              with_commas(failed.size()).c_str());
  for (std::size_t i = 0; i < failed.size() && i < failures_listed_max; ++i)
    std::printf("  line %zu: %s\n", failed[i].line, failed[i].why.c_str());
}
}  // namespace nrm::cli
