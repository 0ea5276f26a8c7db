#include "services/cli/figures_query.hpp"

#include <algorithm>
#include <charconv>

#include "common/ledger/merkle.hpp"
#include "services/audit/methods.hpp"
#include "services/audit/microdata.hpp"
#include "services/audit/quarters.hpp"
#include "services/cli/moment.hpp"

namespace nrm::cli {
namespace {
// What anybody may read: figures are made to be published.
constexpr unsigned public_file = 0644;

struct Survey {
  std::vector<LogPosition> known;
  Instant newest;
};

// One log as its records come: where it stood at the moment, and where it stands.
struct Passage {
  const std::optional<Instant>& moment;
  MerkleTree tree{}, then{};
  Instant newest{};
  bool open = true;
  json::Document document{};

  Result<void> take(std::string_view bytes) {
    NRM_TRY(document.parse_trusted(bytes));
    const json::Value text = document.root().find("at");
    const auto at = text ? Instant::parse(text.text()) : std::nullopt;
    if (!at) return Error(Code::corrupt, "", "a record has no time");
    if (open && moment && *at > *moment) {
      then = tree;
      open = false;
    }
    if (open) newest = *at;
    Batch tiles;
    tree.append(leaf_hash(bytes), tiles);
    return {};
  }
  const MerkleTree& at_moment() const { return open ? tree : then; }
};

// All logs as they were at `moment`, or as they are: position, root, and the time of the newest
// record.
Result<Survey> survey(const LogSource& source, const std::optional<Instant>& moment) {
  Survey out;
  NRM_TRY_ASSIGN(const auto heads, heads_of(source));
  for (std::size_t i = 0; i < heads.size(); ++i) {
    LogPosition position = heads[i];
    Passage passage{.moment = moment};
    const LogSource::TakeBytes take = [&passage](std::uint64_t, std::string_view bytes) {
      return passage.take(bytes);
    };
    NRM_TRY(source.read(log_owners[i], position.size, take));
    if (passage.tree.root().hex() != position.root.text())
      return Error(Code::corrupt, "",
                   position.log.text() + ": the records are not those that were signed");
    out.newest = std::max(out.newest, passage.newest);
    position.size = passage.at_moment().size();
    position.root = *Text<64>::parse(passage.at_moment().root().hex());
    out.known.push_back(std::move(position));
  }
  return out;
}

Result<std::vector<Text<32>>> names_in(const std::string& option, const Method& method,
                                       std::string_view list) {
  std::vector<Text<32>> out;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const std::string_view name = list.substr(0, comma);
    const auto text = Text<32>::parse(name);
    if (!text || !has_dimension(method, name))
      return Error(Code::unknown_code, option,
                   "of: " + (method.dimensions.empty() ? "nothing, this report has none"
                                                       : std::string(method.dimensions)));
    out.push_back(*text);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

Result<std::optional<Text<8>>> quarter_in(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<Text<8>>();
  if (!quarter_number(text)) return Error(Code::out_of_range, option, "a quarter, as in 2023Q3");
  return Text<8>::parse(text);
}

Result<void> read_rule(const FiguresQuery& query, const ReleasePolicy& policy, const Method& method,
                       ReleaseTerms& terms) {
  if (query.rule == "exact") {
    terms.rule = ReleaseRule::exact;
    if (method.report == "ctdc" || method.report == "htcds")
      terms.threshold = query.threshold != 0 ? query.threshold : microdata_k;
    return {};
  }
  if (!method.people)
    return Error(Code::out_of_range, "--rule",
                 "a public table counts each person once; this report does not");
  if (terms.rows.empty() || terms.columns.empty())
    return Error(Code::missing_field, "--rows",
                 "a public table has --rows and --columns, of: " + std::string(method.dimensions));
  if (query.rule == "suppressed") {
    terms.rule = ReleaseRule::suppressed;
    terms.threshold = query.threshold != 0 ? query.threshold : policy.threshold;
    terms.rounding = query.rounding != 0 ? query.rounding : policy.rounding;
    return {};
  }
  if (query.rule != "private")
    return Error(Code::unknown_code, "--rule", "exact, suppressed or private");
  terms.rule = ReleaseRule::differentially_private;
  terms.epsilon = read_fraction(query.epsilon);
  if (!terms.epsilon)
    return Error(Code::missing_field, "--epsilon", "what the noise costs: a fraction, as in 1/4");
  return {};
}
}  // namespace

Result<FiguresSource> open_figures(const FiguresQuery& query) {
  FiguresSource out;
  if (!query.exported.empty()) {
    out.logs = open_export_source(query.exported);
    return out;
  }
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(query.dir));
  out.logs = open_folder_source(folder);
  out.policy = folder.policy().release();
  return out;
}

Result<ReleaseTerms> terms_of(const FiguresQuery& query, const FiguresSource& source) {
  const Method* method = method_of(query.report);
  if (method == nullptr) return Error(Code::unknown_code, "report", "reports: " + reports_listed());
  ReleaseTerms terms;
  terms.method = *Text<32>::parse(method->id);
  NRM_TRY_ASSIGN(terms.from, quarter_in("--from", query.from));
  NRM_TRY_ASSIGN(terms.to, quarter_in("--to", query.to));
  NRM_TRY_ASSIGN(terms.rows, names_in("--rows", *method, query.rows));
  NRM_TRY_ASSIGN(terms.columns, names_in("--columns", *method, query.columns));
  NRM_TRY(read_rule(query, source.policy, *method, terms));
  if (query.format == "csv-bom")
    terms.format = ReleaseFormat::csv_bom;
  else if (query.format != "text") {
    const auto format = enum_from<ReleaseFormat>(query.format);
    if (!format) return Error(Code::unknown_code, "--format", "text, csv, csv-bom, json or xlsx");
    terms.format = *format;
  }
  NRM_TRY_ASSIGN(const auto known_at, read_moment("--known-at", query.known_at));
  NRM_TRY_ASSIGN(const auto as_of, read_moment("--as-of", query.as_of));
  NRM_TRY_ASSIGN(auto now, survey(*source.logs, known_at));
  terms.known = std::move(now.known);
  terms.as_of = as_of ? std::min(*as_of, now.newest) : now.newest;
  if (!query.revises.empty()) {
    terms.revises = PublicationId::parse(query.revises);
    if (!terms.revises) return Error(Code::out_of_range, "--revises", "the id of a publication");
  }
  return terms;
}

std::string reports_listed() {
  std::string out;
  for (const Method& one : methods()) {
    if (method_of(one.report) != &one) continue;  // an earlier version of it
    if (!out.empty()) out += ", ";
    (out += one.code) += ' ';
    out += one.report;
  }
  return out;
}

std::optional<Epsilon> read_fraction(std::string_view text) {
  Epsilon out;
  const auto slash = text.find('/');
  const auto read = [](std::string_view digits, std::uint32_t& into) {
    const auto end = digits.data() + digits.size();
    return !digits.empty() && std::from_chars(digits.data(), end, into).ptr == end && into != 0;
  };
  if (!read(text.substr(0, slash), out.numerator)) return std::nullopt;
  if (slash != text.npos && !read(text.substr(slash + 1), out.denominator)) return std::nullopt;
  return out;
}

Result<void> write_release(const std::string& path, const Release& release, ReleaseFormat format) {
  NRM_TRY(write_file(path, release.bytes, public_file));
  if (format == ReleaseFormat::xlsx) return {};  // its second sheet
  NRM_TRY_ASSIGN(
      const std::string book,
      write(release.codebook, format == ReleaseFormat::json ? ReleaseFormat::json : format,
            release.codebook));
  const auto dot = path.rfind('.');
  const std::string stem =
      dot == path.npos || path.find('/', dot) != path.npos ? path : path.substr(0, dot);
  return write_file(stem + ".codebook" + std::string(suffix_of(format)), book, public_file);
}
}  // namespace nrm::cli
