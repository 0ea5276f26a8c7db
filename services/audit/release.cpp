#include "services/audit/release.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "common/base/check.hpp"
#include "common/base/csv.hpp"
#include "common/base/hex.hpp"
#include "services/audit/closed_labels.hpp"
#include "services/audit/codebook.hpp"
#include "services/audit/differencing.hpp"
#include "services/audit/microdata.hpp"
#include "services/audit/noise.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/referral_table.hpp"
#include "services/audit/reports.hpp"

namespace nrm {
namespace {
ReportPeriod period_of(const ReleaseTerms& terms) {
  ReportPeriod out;
  if (terms.from) out.from = quarter_number(terms.from->text());
  if (terms.to) out.to = quarter_number(terms.to->text());
  return out;
}

std::vector<std::string> names_of(const std::vector<Text<32>>& names) {
  std::vector<std::string> out;
  for (const auto& name : names) out.push_back(name.text());
  return out;
}

Result<const Method*> method_in(const ReleaseTerms& terms) {
  const Method* method = find_method(terms.method.text());
  if (method == nullptr)
    return Error(Code::unknown_version, "",
                 terms.method.text() + " is no method of this version of the program");
  return method;
}

Figures referrals_of(const ReferralTable& table, const Method& method) {
  Figures out{.method = std::string(method.id),
              .title = std::string(method.title),
              .dimensions = {},
              .measures = {{"people", 0}},
              .rows = {},
              .notes = {}};
  for (std::size_t i = 0; i + 1 < referral_table_columns.size(); ++i)
    out.dimensions.emplace_back(referral_table_columns[i]);
  for (const ReferralCell& cell : table.cells())
    out.rows.push_back({{cell.first_responder_type, cell.first_responder, cell.exploitation,
                         cell.age_at_exploitation, cell.gender, cell.nationality},
                        {static_cast<std::int64_t>(cell.people)}});
  return out;
}

Result<CaseBook> book_of(const LogSource& source, const ReleaseTerms& terms) {
  CaseBook book(terms.as_of);
  for (const LogPosition& position : terms.known)
    NRM_TRY(read_until(source, position, [&](const Record& record) { book.take(record); }));
  return book;
}

Result<Figures> referral_figures(const LogSource& source, const ReleaseTerms& terms,
                                 const Method& method) {
  ReferralTable table;
  const ReportPeriod period = period_of(terms);
  for (const LogPosition& position : terms.known) {
    NRM_TRY(read_until(source, position, [&](const Record& record) {
      if (record.at > terms.as_of) return;
      for (const Emit& emit : record.events)
        if (!holds<ReportReceived>(emit.event) || period.has(record.at))
          table.apply(emit.stream, emit.event);
    }));
  }
  return referrals_of(table, method);
}

bool is_microdata(const Method& method) {
  return method.report == "ctdc" || method.report == "htcds";
}

struct Protected {
  ReleasedTable released;
  DisclosureRule rule;
};

// The table of these terms, with nothing in it that it and the releases before give away together.
Result<Protected> protect_beside(const LogSource& source, const ReleaseTerms& terms,
                                 const DifferencingGuard& guard) {
  NRM_TRY_ASSIGN(Figures figures, figures_of(source, terms));
  const CrossTable table = cross(figures, names_of(terms.rows), names_of(terms.columns));
  Protected out{{std::move(figures), {}}, {terms.threshold, terms.rounding}};
  for (std::set<CellPlace> guarded;;) {
    NRM_TRY_ASSIGN(out.released.table, protect(table, out.rule, guarded));
    const auto more = guard.must_hide(out.released);
    if (more.empty()) return out;
    guarded.insert(more.begin(), more.end());
  }
}

Result<void> make_suppressed(const LogSource& source, const ReleaseTerms& terms,
                             const std::vector<Publicised>& earlier, Release& out) {
  // Each is made again as it was published: with its own threshold, beside those before it. Of all
  // versions of a report, for they count the same people.
  std::vector<Protected> published;
  const auto beside = [&published](std::uint32_t threshold) {
    DifferencingGuard guard(threshold);
    for (const Protected& one : published) guard.add(one.released);
    return guard;
  };
  for (const Publicised& one : earlier) {
    const ReleaseTerms& before = one.proposed.terms;
    if (before.rule != ReleaseRule::suppressed ||
        report_of(before.method.text()) != report_of(terms.method.text()))
      continue;
    NRM_TRY_ASSIGN(Protected released, protect_beside(source, before, beside(before.threshold)));
    published.push_back(std::move(released));
  }
  const DifferencingGuard guard = beside(terms.threshold);
  NRM_TRY_ASSIGN(const Protected made, protect_beside(source, terms, guard));
  const PublicTable& table = made.released.table;
  out.table = print(table, made.rule, made.released.figures.title);
  out.table.notes = made.released.figures.notes;
  out.left_out = Suppression{static_cast<std::uint32_t>(table.rows() * table.columns()),
                             table.count(Shown::small), table.count(Shown::secondary),
                             table.count(Shown::guarded)};
  return {};
}

// Far above any count of people, and far below what a sum of them could not hold.
constexpr std::int64_t counts_believed_max = 1'000'000'000'000;

Printed print_noisy(const CrossTable& noisy, const Printed& like) {
  Printed out = print(with_totals(noisy), {.threshold = 0, .rounding = 1}, like.title);
  out.notes = like.notes;
  return out;
}

Result<void> make_noisy(const LogSource& source, const ReleaseTerms& terms, const Method& method,
                        Entropy* entropy, Release& out) {
  NRM_TRY_ASSIGN(const Figures figures, figures_of(source, terms));
  NRM_TRY_ASSIGN(out.exact, cross_closed(figures, terms));
  CrossTable noisy = *out.exact;
  const Epsilon epsilon = terms.epsilon.value_or(Epsilon{});
  constexpr std::uint32_t finest = 1U << 20;
  if (epsilon.numerator == 0 || epsilon.denominator == 0 || epsilon.numerator > finest ||
      epsilon.denominator > finest)
    return Error(Code::out_of_range, "/terms/epsilon", "a fraction of numbers from 1 to 2^20");
  if (entropy != nullptr) {
    DiscreteLaplace noise(epsilon, method.most_of_one, *entropy);
    for (auto& line : noisy.cells)
      for (std::int64_t& cell : line) cell += noise.draw();
  }
  out.most_of_one = method.most_of_one;
  out.table.title = figures.title;
  out.table.notes = figures.notes;
  out.table = print_noisy(noisy, out.table);
  return {};
}

Result<void> make_exact(const LogSource& source, const ReleaseTerms& terms, const Method& method,
                        Release& out) {
  if (is_microdata(method)) {
    NRM_TRY_ASSIGN(const CaseBook book, book_of(source, terms));
    const Anonymised made = microdata(book, period_of(terms),
                                      method.report == "ctdc" ? CodeBook::ctdc : CodeBook::htcds,
                                      std::max(terms.threshold, 1U));
    out.table = made.table;
    out.left_out = Suppression{static_cast<std::uint32_t>(made.people), 0,
                               static_cast<std::uint32_t>(made.values_left_out),
                               static_cast<std::uint32_t>(made.lines_left_out)};
    return {};
  }
  NRM_TRY_ASSIGN(const Figures figures, figures_of(source, terms));
  out.table = print(figures);
  return {};
}
}  // namespace

Result<Figures> figures_of(const LogSource& source, const ReleaseTerms& terms) {
  NRM_TRY_ASSIGN(const Method* method, method_in(terms));
  if (method->report == "referrals") return referral_figures(source, terms, *method);
  NRM_TRY_ASSIGN(const CaseBook book, book_of(source, terms));
  return compute(*method, book, period_of(terms));
}

Result<Release> make_release(const LogSource& source, const ReleaseTerms& terms,
                             const std::vector<Publicised>& earlier, Entropy* entropy) {
  NRM_TRY_ASSIGN(const Method* method, method_in(terms));
  Release out;
  switch (terms.rule) {
    case ReleaseRule::exact:
      NRM_TRY(make_exact(source, terms, *method, out));
      break;
    case ReleaseRule::suppressed:
      NRM_TRY(make_suppressed(source, terms, earlier, out));
      break;
    case ReleaseRule::differentially_private:
      NRM_TRY(make_noisy(source, terms, *method, entropy, out));
      break;
  }
  std::vector<std::string> columns = out.table.header;
  if (terms.rule != ReleaseRule::exact) {  // its columns are labels: their dimensions are explained
    columns = names_of(terms.rows);
    for (const auto& name : terms.columns) columns.push_back(name.text());
    columns.emplace_back("people");
  }
  out.codebook = codebook_of(*method, columns);
  NRM_TRY_ASSIGN(out.bytes, write(out.table, terms.format, out.codebook));
  out.digest = crypto::sha256(out.bytes).hex();
  return out;
}

std::vector<Publicised> published_before(const std::vector<Publicised>& all, std::uint64_t record) {
  std::vector<Publicised> out;
  for (const Publicised& one : all)
    if (one.published_in && *one.published_in < record) out.push_back(one);
  std::ranges::sort(out, {}, [](const Publicised& one) { return *one.published_in; });
  return out;
}

Result<std::vector<Publicised>> publications_of(const LogSource& source, const LogPosition& audit) {
  std::vector<Publicised> out;
  const auto find = [&](const StreamKey& stream) -> Publicised* {
    const auto found = std::ranges::find(out, PublicationId(stream.id), &Publicised::id);
    return found == out.end() ? nullptr : &*found;
  };
  NRM_TRY(read_until(source, audit, [&](const Record& record) {
    for (const Emit& emit : record.events) {
      if (const auto* proposed = get_if<PublicationProposed>(&emit.event)) {
        out.push_back({.id = PublicationId(emit.stream.id),
                       .proposed = *proposed,
                       .proposed_in = record.seq,
                       .published_in = {},
                       .proposed_at = record.at,
                       .published_at = {},
                       .status = PublicationStatus::proposed,
                       .revised_by = {}});
        continue;
      }
      Publicised* one = find(emit.stream);
      if (one == nullptr) continue;
      if (holds<FiguresPublished>(emit.event)) {
        one->status = PublicationStatus::published;
        one->published_in = record.seq;
        one->published_at = record.at;
      } else if (holds<PublicationRefused>(emit.event)) {
        one->status = PublicationStatus::refused;
      } else if (holds<PublicationLapsed>(emit.event)) {
        one->status = PublicationStatus::lapsed;
      } else if (const auto* revised = get_if<PublicationRevised>(&emit.event)) {
        one->status = PublicationStatus::revised;
        one->revised_by = revised->by;
      }
    }
  }));
  return out;
}

Result<std::vector<std::int64_t>> noise_in(std::string_view bytes, ReleaseFormat format,
                                           const Release& made) {
  CHECK(made.exact, "a release with noise has its exact counts");
  const CrossTable& exact = *made.exact;
  const Error other(Code::corrupt, "", "these bytes are no such table");
  std::string_view text = bytes;
  if (format == ReleaseFormat::csv_bom) text.remove_prefix(std::min<std::size_t>(text.size(), 3));
  NRM_TRY_ASSIGN(const auto rows, csv::read(text));
  if (rows.size() != exact.rows.size() + 2) return other;
  CrossTable noisy = exact;
  std::vector<std::int64_t> out;
  for (std::size_t r = 0; r < exact.rows.size(); ++r) {
    const auto& cells = rows[r + 1].cells;
    if (cells.size() != exact.columns.size() + 2) return other;
    for (std::size_t c = 0; c < exact.columns.size(); ++c) {
      const std::string& count = cells[c + 1];
      const auto [end, fault] =
          std::from_chars(count.data(), count.data() + count.size(), noisy.cells[r][c]);
      if (fault != std::errc() || end != count.data() + count.size() ||
          std::abs(noisy.cells[r][c]) > counts_believed_max)
        return other;
      out.push_back(noisy.cells[r][c] - exact.cells[r][c]);
    }
  }
  // The counts were read; that nothing else differs is seen by writing them again.
  NRM_TRY_ASSIGN(const std::string again,
                 write(print_noisy(noisy, made.table), format, made.codebook));
  if (again != bytes)
    return Error(Code::corrupt, "",
                 "a label, a total or something beside the table is not what follows from the "
                 "records and these counts");
  return out;
}
}  // namespace nrm
