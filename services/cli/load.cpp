// nrm load: every person behind a published table is reported over HTTPS by who reported them.
#include <cstdio>

#include "common/base/hex.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/reporting.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
void show(const Intake& intake, const Reported& reported) {
  std::printf("%s\n", describe(reported.figures).c_str());
  std::puts(
      "Made up, as the table does not say it: the personal part (fictitious), consents, needs,\n"
      "urgency, languages, region, indicators; always the same for the same file.");
  if (!intake.unknown_nationalities.empty()) {
    std::puts("Nationalities that nobody listed, kept as \"unknown nationality: …\":");
    for (const auto& [name, people] : intake.unknown_nationalities)
      std::printf("  %s: %s\n", name.c_str(), with_commas(people).c_str());
  }
  show_failures(reported.failed);
}
}  // namespace

// The file, whole and right, or an exit code.
Result<Intake> read_whole_intake(const std::string& file, std::string& digest) {
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

int load(const LoadOptions& options) {
  crypto::start();
  std::string digest;
  const auto intake = read_whole_intake(options.file, digest);
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
  const auto reported = report_people(**api, intake->rows, *responders,
                                      {.phase = "Reporting people",
                                       .digest = digest,
                                       .connections = options.connections,
                                       .quiet = options.access.json});
  if (!reported) return fail_at_api(reported.error(), options.access.dir);
  const LoadFigures& figures = reported->figures;
  // Stored answers come faster than new ones: they are no measure of anything.
  if (figures.fresh == figures.taken_in)
    if (const auto kept = keep_figures((*api)->folder(), figures); !kept) return fail(kept.error());
  if (options.access.json)
    std::printf("%s\n", to_json(figures).c_str());
  else
    show(*intake, *reported);
  return reported->failed.empty() ? Exit::done : Exit::refused;
}
}  // namespace nrm::cli
