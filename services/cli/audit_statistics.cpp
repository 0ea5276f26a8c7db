// nrm audit statistics: published tables, computed from the logs alone.
#include <cstdio>

#include "services/audit/referral_table.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
Result<ReferralTable> referral_table(const Folder& folder) {
  ReferralTable table;
  for (const Service service : {Service::vault, Service::identification})
    NRM_TRY(read_log(folder, service, [&](const Record& record) {
      table.apply(record);
      return true;
    }));
  return table;
}

namespace {
std::string as_json(const std::vector<ReferralCell>& cells) {
  std::string out = "[";
  for (const ReferralCell& cell : cells) {
    const std::string* texts[] = {
        &cell.first_responder_type, &cell.first_responder, &cell.exploitation,
        &cell.age_at_exploitation,  &cell.gender,          &cell.nationality};
    out += out.size() > 1 ? ",\n{" : "\n{";
    for (std::size_t i = 0; i < std::size(texts); ++i) {
      json::append_string(out, referral_table_columns[i]);
      out += ':';
      json::append_string(out, *texts[i]);
      out += ',';
    }
    out += "\"people\":" + std::to_string(cell.people) + '}';
  }
  return out + "\n]\n";
}

std::string as_text(const ReferralTable& table) {
  Table out({"first responder type", "first responder", "exploitation", "age", "gender",
             "nationality", "people"});
  for (const ReferralCell& cell : table.cells())
    out.add({cell.first_responder_type, cell.first_responder, cell.exploitation,
             cell.age_at_exploitation, cell.gender, cell.nationality, with_commas(cell.people)});
  return out.text() + with_commas(table.people()) + " people\n";
}
}  // namespace

int audit_statistics(const AuditStatisticsOptions& options) {
  if (options.table != "referrals")
    return fail(Exit::usage, "there is no table \"" + options.table + '"', "tables: referrals");
  if (options.format != "text" && options.format != "csv" && options.format != "json")
    return fail(Exit::usage, "--format is text, csv or json");
  crypto::start();
  const auto folder = Folder::open(options.dir);
  if (!folder) return fail(folder.error());
  const auto table = referral_table(*folder);
  if (!table) return fail(table.error());
  const std::string text = options.format == "csv"    ? table->csv()
                           : options.format == "json" ? as_json(table->cells())
                                                      : as_text(*table);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
