#include "services/cli/intake_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "common/base/csv.hpp"
#include "common/base/limits.hpp"
#include "common/event/demonyms.hpp"
#include "common/event/labels.hpp"

namespace nrm {
namespace {
enum Column { type, responder, exploitation, age, gender, nationality, people };
constexpr std::array<std::string_view, 7> columns{
    "first_responder_type", "first_responder", "exploitation", "age_at_exploitation", "gender",
    "nationality",          "people"};
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

class Faults {
 public:
  void add(Code code, std::size_t line, Column column, std::string detail) {
    add(Error(code, "line " + std::to_string(line) + ", column " + std::string(columns[column]),
              std::move(detail)));
  }
  void add(Error fault) {
    if (++count_ <= limits::field_errors_max) listed_.push_back(std::move(fault));
  }
  bool none() const { return count_ == 0; }

  // REQUIRES: !none()
  Error merged() const {
    Error all = listed_.front();
    for (std::size_t i = 1; i < listed_.size(); ++i)
      all.detail += "\n" + listed_[i].where + ": " + listed_[i].detail;
    if (count_ > listed_.size())
      all.detail += "\nand " + std::to_string(count_ - listed_.size()) + " more";
    return all;
  }

 private:
  std::vector<Error> listed_;
  std::size_t count_ = 0;
};

Result<void> check_header(const csv::Row& header) {
  std::string expected;
  for (const auto column : columns) {
    if (!expected.empty()) expected += ',';
    expected += column;
  }
  const auto fault = [&](Code code, std::string what) {
    return Error(code, "line 1", std::move(what) + "; expected exactly " + quoted(expected));
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& cells = header.cells;
    if (std::find(cells.begin(), cells.end(), columns[i]) == cells.end())
      return fault(Code::missing_field, "column " + std::string(columns[i]) + " is missing");
  }
  if (header.cells.size() > columns.size())
    return fault(Code::unknown_field, "there are columns too many");
  if (!std::equal(columns.begin(), columns.end(), header.cells.begin()))
    return fault(Code::bad_request, "the columns are in another order");
  return {};
}

// One cell by its reader; `expected` says in the error what it could have been.
template <class T>
T take(std::optional<T> value, const csv::Row& row, Column column, std::string (*expected)(),
       Faults& faults) {
  if (value) return std::move(*value);
  faults.add(Code::unknown_code, row.line, column,
             quoted(row.cells[column]) + " is not one of: " + expected());
  return {};
}

Text<120> take_name(const csv::Row& row, Faults& faults) {
  const std::string& name = row.cells[responder];
  if (const auto text = Text<120>::parse(name)) return *text;
  if (name.empty())
    faults.add(Code::missing_field, row.line, responder, "a name is expected");
  else if (name.size() > Text<120>::bytes_max)
    faults.add(Code::too_long, row.line, responder, "at most 120 bytes are expected");
  else
    faults.add(Code::invalid_text, row.line, responder, "a name in one line is expected");
  return {};
}

std::vector<Nationality> take_nationalities(const csv::Row& row, Faults& faults) {
  auto read = read_nationalities(row.cells[nationality]);
  if (read) return std::move(read).value();
  faults.add(read.error().code, row.line, nationality,
             quoted(row.cells[nationality]) + " cannot be kept: " + read.error().detail);
  return {};
}

std::uint32_t take_people(const csv::Row& row, Faults& faults) {
  const std::string& text = row.cells[people];
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // One spelling per number: "007" would come back as "7".
  if (error == std::errc{} && end == text.data() + text.size() && text.front() != '0' &&
      number <= limits::intake_people_per_row_max)
    return number;
  faults.add(Code::out_of_range, row.line, people,
             quoted(text) + " is not a whole number from 1 to " +
                 std::to_string(limits::intake_people_per_row_max));
  return 0;
}

IntakeRow read_row(const csv::Row& row, Faults& faults) {
  IntakeRow out;
  out.line = row.line;
  out.kind = take(read_responder_type(row.cells[type]), row, type, expected_responder_type, faults);
  out.organisation = take_name(row, faults);
  auto set = take(read_exploitation(row.cells[exploitation]), row, exploitation,
                  expected_exploitation, faults);
  out.facts.exploitation = std::move(set.types);
  out.facts.label_style = set.style;
  out.facts.age_at_exploitation = take(read_age(row.cells[age]), row, age, expected_age, faults);
  if (out.facts.age_at_exploitation == AgeBand::adult) out.facts.age_now = AgeBand::adult;
  out.facts.gender = take(read_gender(row.cells[gender]), row, gender, expected_gender, faults);
  out.facts.nationalities = take_nationalities(row, faults);
  out.people = take_people(row, faults);
  return out;
}

void summarise(Intake& intake) {
  std::set<Responder> responders;
  std::map<std::string, std::uint64_t> unknown;
  for (const IntakeRow& row : intake.rows) {
    responders.insert({row.kind, row.organisation});
    intake.people += row.people;
    for (const Nationality& one : row.facts.nationalities)
      if (one.term && one.term->text().starts_with(unknown_nationality_prefix))
        unknown[one.term->text().substr(unknown_nationality_prefix.size())] += row.people;
  }
  intake.responders.assign(responders.begin(), responders.end());
  intake.unknown_nationalities.assign(unknown.begin(), unknown.end());
  std::stable_sort(intake.unknown_nationalities.begin(), intake.unknown_nationalities.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}
}  // namespace

std::uint64_t people_of(const std::vector<IntakeRow>& rows) {
  std::uint64_t out = 0;
  for (const IntakeRow& row : rows) out += row.people;
  return out;
}

Result<Intake> read_intake(std::string_view text) {
  if (text.size() > limits::intake_file_bytes_max)
    return Error(Code::too_large, "", "the file is too large");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  NRM_TRY_ASSIGN(const auto rows, csv::read(text));
  if (rows.empty()) return Error(Code::missing_field, "line 1", "the file is empty");
  NRM_TRY(check_header(rows.front()));

  Intake intake;
  Faults faults;
  for (std::size_t i = 1; i < rows.size(); ++i) intake.rows.push_back(read_row(rows[i], faults));
  if (!faults.none()) return faults.merged();
  summarise(intake);
  if (intake.people > limits::intake_people_max)
    return Error(Code::too_large, "column people",
                 std::to_string(intake.people) + " people in all, at most " +
                     std::to_string(limits::intake_people_max) + " are taken");
  return intake;
}
}  // namespace nrm
