// Figures: one computed table as data, before anybody decides how it is shown or protected.
//
// Long form: one row per combination of labels, one number per measure. A blank is not a 0: 0 is
// known to be none, blank is not known or not recorded (Eurostat's rule, domain.md R11). "Unknown",
// "not asked", "refused" and "no" are labels of their own and never merged.
// INVARIANT: integers only; a measure with `decimals` holds its value times 10^decimals.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nrm {
using Figure = std::optional<std::int64_t>;  // none: blank

struct Measure {
  std::string name;
  unsigned decimals = 0;
};

struct FigureRow {
  std::vector<std::string> labels;  // as many as dimensions
  std::vector<Figure> values;       // as many as measures
  bool operator==(const FigureRow&) const = default;
};

struct Figures {
  std::string method{};  // "first_stage@1"
  std::string title{};
  std::vector<std::string> dimensions{};
  std::vector<Measure> measures{};
  std::vector<FigureRow> rows{};
  std::vector<std::string> notes{};  // what is blank, and why
};

std::string figure_text(Figure value, unsigned decimals);  // "", "17", "5.50"
std::string csv_of(const Figures& figures);                // RFC 4180, CR LF
std::string json_of(const Figures& figures);               // an object; blank: null

// How often each number of days, hours … came: what exact medians and means follow from.
class Spread {
 public:
  void add(std::int64_t value) { ++counts_[value]; }
  std::uint64_t count() const;
  std::int64_t total() const;
  // Times two, so that the mean of two middle ones is exact; none: nothing was counted.
  std::optional<std::int64_t> twice_median() const;
  // The mean times 10^decimals, half up; none: nothing was counted.
  std::optional<std::int64_t> mean(unsigned decimals) const;

 private:
  std::map<std::int64_t, std::uint64_t> counts_;
};

// One table with rows and columns and their totals: what disclosure control protects.
struct CrossTable {
  std::vector<std::string> row_names, column_names;  // of the dimensions
  std::vector<std::string> rows, columns;            // labels, joined with " | "
  std::vector<std::vector<std::int64_t>> cells;      // [row][column], without totals
};
// ERRORS: nothing; a dimension that is not there counts as one label. Blank cells count as 0 people
// and are named in `notes` of the figures.
CrossTable cross(const Figures& figures, const std::vector<std::string>& rows,
                 const std::vector<std::string>& columns);
}  // namespace nrm
