// nrm audit complaints: the anonymised register, from the logs alone.
#include <cstdio>

#include "services/audit/complaint_register.hpp"
#include "services/audit/disclosure_control.hpp"
#include "services/audit/quarters.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/figures_query.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
std::string as_text(const std::vector<RegisterRow>& rows, std::uint32_t threshold) {
  if (rows.empty()) return "no complaints\n";
  Table table({"quarter", "by", "value", "complaints"});
  for (const RegisterRow& row : rows)
    table.add({row.quarter, row.by, words(row.value),
               row.count ? with_commas(*row.count) : std::string(hidden_mark)});
  return table.text() + "c: not shown, because fewer than " + std::to_string(threshold) +
         " would follow from it\n";
}

Result<ComplaintRegister> read_register(const LogSource& logs, Instant as_of) {
  ComplaintRegister out(as_of);
  for (const Service service : {Service::vault, Service::audit}) {
    NRM_TRY_ASSIGN(const LogPosition head, logs.head(service));
    NRM_TRY(read_until(logs, head, [&](const Record& record) { out.take(record); }));
  }
  return out;
}
}  // namespace

int audit_complaints(const AuditComplaintsOptions& options) {
  crypto::start();
  FiguresQuery query;
  query.dir = options.dir;
  query.exported = options.exported;
  const auto source = open_figures(query);
  if (!source) return fail(source.error());
  const auto as_of = read_moment("--as-of", options.as_of);
  if (!as_of) return fail(as_of.error());
  const auto complaints = read_register(*source->logs, as_of->value_or(Instant{INT64_MAX}));
  if (!complaints) return fail(complaints.error());
  const std::uint32_t threshold = source->policy.threshold;
  const auto rows = complaints->rows(threshold);
  const std::string out = options.format == "csv"    ? csv_of(rows)
                          : options.format == "json" ? json_of(rows)
                                                     : as_text(rows, threshold);
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size() ? Exit::done
                                                                      : Exit::our_fault;
}
}  // namespace nrm::cli
