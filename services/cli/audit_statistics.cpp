// nrm audit statistics: reports of domain.md, section d, computed from the logs alone.
#include <unistd.h>

#include <cstdio>

#include "services/audit/methods.hpp"
#include "services/audit/referral_table.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/figures_page.hpp"
#include "services/cli/figures_query.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
Result<ReferralTable> referral_table(const Folder& folder, Instant from, Instant to) {
  ReferralTable table;
  for (const Service service : {Service::vault, Service::identification})
    NRM_TRY(read_log(folder, service, [&](const Record& record) {
      // Who is registered counts whenever it was.
      if (service == Service::vault || (record.at >= from && record.at <= to)) table.apply(record);
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

// Bars are for eyes: in a terminal, or where they are asked for.
bool is_drawn(const FiguresQuery& query) { return query.chart || ::isatty(STDOUT_FILENO) == 1; }

std::string as_text(const ReferralTable& table, bool drawn) {
  Table out({"first responder type", "first responder", "exploitation", "age", "gender",
             "nationality", "people"});
  for (const ReferralCell& cell : table.cells())
    out.add({cell.first_responder_type, cell.first_responder, cell.exploitation,
             cell.age_at_exploitation, cell.gender, cell.nationality, with_commas(cell.people)});
  return out.text() + with_commas(table.people()) + " people\n" +
         (drawn ? chart_of(table.cells()) : std::string());
}

int put(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? Exit::done
                                                                         : Exit::our_fault;
}

// The whole table of everything that is recorded, as it always was: up to the last record, without
// positions or terms.
bool is_plain_referrals(const FiguresQuery& query) {
  return query.report == "referrals" && query.exported.empty() && query.as_of.empty() &&
         query.known_at.empty() && query.from.empty() && query.to.empty() && query.rows.empty() &&
         query.out.empty() && query.rule == "exact" &&
         (query.format == "text" || query.format == "csv" || query.format == "json");
}

int plain_referrals(const FiguresQuery& query) {
  const auto folder = Folder::open(query.dir);
  if (!folder) return fail(folder.error());
  const auto table = referral_table(*folder);
  if (!table) return fail(table.error());
  return put(query.format == "csv"    ? table->csv()
             : query.format == "json" ? as_json(table->cells())
                                      : as_text(*table, is_drawn(query)));
}

int list_reports() {
  Table table({"report", "name", "what", "dimensions"});
  for (const Method& one : methods())
    if (method_of(one.report) == &one)
      table.add({std::string(one.code), std::string(one.report), std::string(one.title),
                 std::string(one.dimensions)});
  std::string out = table.text();
  for (const Unfed& one : unfed_reports())
    out += "not here: " + std::string(one.code) + ' ' + std::string(one.title) + ": " +
           std::string(one.why) + '\n';
  return put(out);
}

Result<std::string> text_page(const FiguresSource& source, const ReleaseTerms& terms,
                              const Release& release, bool drawn) {
  if (terms.rule != ReleaseRule::exact || release.left_out) return page_of(release, terms, drawn);
  NRM_TRY_ASSIGN(const Figures figures, figures_of(*source.logs, terms));
  return page_of(figures, terms, drawn);
}
}  // namespace

int audit_statistics(const FiguresQuery& query) {
  crypto::start();
  if (query.report == "list") return list_reports();
  if (query.chart && (query.format != "text" || !query.out.empty()))
    return fail(Exit::usage, "--chart is drawn in text alone", "leave --format and --out out");
  if (is_plain_referrals(query)) return plain_referrals(query);
  const auto source = open_figures(query);
  if (!source) return fail(source.error());
  const auto terms = terms_of(query, *source);
  if (!terms) return fail(terms.error(), "nrm audit statistics list says what each report has");
  if (terms->rule == ReleaseRule::differentially_private)
    return fail(Exit::usage, "noise is spent from a budget and made once, for a publication",
                "nrm audit publish " + query.report + " --rule private …");
  const auto all = publications_of(*source->logs, terms->known.back());
  if (!all) return fail(all.error());
  const auto release = make_release(*source->logs, *terms,
                                    published_before(*all, terms->known.back().size), nullptr);
  if (!release) return fail(release.error());
  if (!query.out.empty()) {
    if (query.format == "text")
      return fail(Exit::usage, "a file has a --format", "csv, csv-bom, json or xlsx");
    if (const auto good = write_release(query.out, *release, terms->format); !good)
      return fail(good.error());
    std::fprintf(stderr, "%s: %s, SHA-256 %s, with its code book\n", query.out.c_str(),
                 basis_of(*terms).c_str(), release->digest.c_str());
    return Exit::done;
  }
  if (query.format != "text") return put(release->bytes);
  const auto page = text_page(*source, *terms, *release, is_drawn(query));
  return page ? put(*page) : fail(page.error());
}
}  // namespace nrm::cli
