#include "services/audit/differencing.hpp"

#include <algorithm>

namespace nrm {
namespace {
// 2^61 - 1, a Mersenne prime.
constexpr std::uint64_t prime = (std::uint64_t{1} << 61) - 1;
__extension__ using Wide = unsigned __int128;

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % prime);
}
std::uint64_t inverse(std::uint64_t a) {  // a^(p-2), Fermat
  std::uint64_t out = 1;
  for (std::uint64_t power = prime - 2; power != 0; power >>= 1, a = times(a, a))
    if (power & 1) out = times(out, a);
  return out;
}

void add_to(std::map<std::uint32_t, std::uint64_t>& into,
            const std::map<std::uint32_t, std::uint64_t>& what, std::uint64_t factor) {
  for (const auto& [variable, coefficient] : what) {
    const auto [place, fresh] = into.try_emplace(variable, 0);
    place->second = (place->second + times(coefficient, factor)) % prime;
    if (place->second == 0) into.erase(place);
  }
}

std::vector<std::size_t> places_of(const Figures& figures, const std::vector<std::string>& names) {
  std::vector<std::size_t> out;
  for (const std::string& name : names)
    if (const auto found = std::ranges::find(figures.dimensions, name);
        found != figures.dimensions.end())
      out.push_back(static_cast<std::size_t>(found - figures.dimensions.begin()));
  return out;
}

std::string joined(const std::vector<std::string>& labels, const std::vector<std::size_t>& which) {
  std::string out;
  for (const std::size_t i : which) {
    if (!out.empty()) out += " | ";
    out += labels[i];
  }
  return out;
}

// The people of a cell in words: "age=Child (17 or under); outcome=positive", whatever the shape of
// the table that it is in. A total leaves its dimensions out.
std::string people_of(const CrossTable& table, std::size_t row, std::size_t column) {
  std::string out;
  const auto say = [&out](const std::vector<std::string>& names, const std::string& label) {
    for (const std::string& name : names) (out += name) += ' ';
    (out += "= " + label) += "; ";
  };
  const bool rows_first = table.row_names < table.column_names;
  for (const bool rows : {rows_first, !rows_first}) {
    if (rows && row < table.rows.size()) say(table.row_names, table.rows[row]);
    if (!rows && column < table.columns.size()) say(table.column_names, table.columns[column]);
  }
  return out;
}
}  // namespace

// The cells of a release over the variables. A count that changed since the last release gets a
// variable for the change.
std::vector<DifferencingGuard::Cell> DifferencingGuard::cells_of(State& state,
                                                                 const ReleasedTable& release) {
  const Figures& figures = release.figures;
  const PublicTable& table = release.table;
  const auto down = places_of(figures, table.table.row_names);
  const auto across = places_of(figures, table.table.column_names);
  std::map<std::string, std::size_t> row_places, column_places;
  for (std::size_t r = 0; r < table.table.rows.size(); ++r) row_places[table.table.rows[r]] = r;
  for (std::size_t c = 0; c < table.table.columns.size(); ++c)
    column_places[table.table.columns[c]] = c;
  std::vector<Cell> cells(table.rows() * table.columns());
  const auto cell = [&](std::size_t r, std::size_t c) -> Cell& {
    return cells[r * table.columns() + c];
  };
  for (const FigureRow& row : figures.rows) {
    const std::int64_t value = row.values.empty() ? 0 : row.values[0].value_or(0);
    const auto [place, fresh] = state.finest.try_emplace(row.labels);
    Counted& counted = place->second;
    if (fresh || counted.value != value) counted.sum[state.next++] = 1;
    counted.value = value;
    const std::size_t r = row_places.at(joined(row.labels, down));
    const std::size_t c = column_places.at(joined(row.labels, across));
    for (const std::size_t at_row : {r, table.rows() - 1})
      for (const std::size_t at_column : {c, table.columns() - 1})
        add_to(cell(at_row, at_column).statement, counted.sum, 1);
  }
  for (std::size_t r = 0; r < table.rows(); ++r)
    for (std::size_t c = 0; c < table.columns(); ++c) {
      Cell& one = cell(r, c);
      one.place = {r, c};
      one.who = people_of(table.table, r, c);
      one.value = table.values[r][c];
      one.shown = table.shown[r][c] == Shown::yes;
    }
  return cells;
}

DifferencingGuard::Statement DifferencingGuard::reduced(const Basis& basis, Statement statement) {
  Statement out;
  while (!statement.empty()) {
    const auto [variable, coefficient] = *statement.begin();
    const auto known = basis.find(variable);
    if (known == basis.end()) {
      out.insert(*statement.begin());
      statement.erase(statement.begin());
    } else {
      add_to(statement, known->second, prime - coefficient);
    }
  }
  return out;
}

// One spelling for all statements that say the same beside what is known: two of them follow from
// each other exactly when these are equal.
DifferencingGuard::Statement DifferencingGuard::normal(const Basis& basis, Statement statement) {
  Statement rest = reduced(basis, std::move(statement));
  if (rest.empty()) return rest;
  const std::uint64_t factor = inverse(rest.begin()->second);
  for (auto& [variable, coefficient] : rest) coefficient = times(coefficient, factor);
  return rest;
}

void DifferencingGuard::learn(Basis& basis, Statement statement) {
  Statement rest = normal(basis, std::move(statement));
  if (!rest.empty()) basis.emplace(rest.begin()->first, std::move(rest));
}

// What must not follow: small counts of this release, and small changes of what was shown before.
std::vector<DifferencingGuard::Statement> DifferencingGuard::secrets(
    const State& state, const std::vector<Cell>& cells) const {
  std::vector<Statement> out = state.small;
  const auto small = [&](std::int64_t value) {
    const std::int64_t size = value < 0 ? -value : value;
    return size != 0 && size < static_cast<std::int64_t>(threshold_);
  };
  for (const Cell& cell : cells) {
    if (small(cell.value)) out.push_back(cell.statement);
    const auto before = state.shown.find(cell.who);
    if (before == state.shown.end()) continue;
    for (const Known& known : before->second) {
      if (!small(cell.value - known.value)) continue;
      Statement change = cell.statement;
      add_to(change, known.statement, prime - 1);
      out.push_back(std::move(change));
    }
  }
  return out;
}

void DifferencingGuard::add(const ReleasedTable& release) {
  const auto cells = cells_of(state_, release);
  state_.small = secrets(state_, cells);
  for (const Cell& cell : cells) {
    if (!cell.shown) continue;
    learn(state_.basis, cell.statement);
    state_.shown[cell.who].push_back({cell.statement, cell.value});
  }
}

std::set<CellPlace> DifferencingGuard::must_hide(const ReleasedTable& newest) const {
  State state = state_;
  const auto cells = cells_of(state, newest);
  // What follows from earlier releases alone cannot be taken back.
  std::set<Statement> kept;
  for (Statement& one : secrets(state, cells))
    if (Statement rest = normal(state.basis, std::move(one)); !rest.empty())
      kept.insert(std::move(rest));
  std::vector<const Cell*> open;
  for (const Cell& cell : cells)
    if (cell.shown) open.push_back(&cell);
  // Cells go out one by one, the largest first; one that would give something away stays.
  std::ranges::stable_sort(open, std::greater<>(), &Cell::value);
  std::set<CellPlace> out;
  for (const Cell* cell : open) {
    Statement rest = normal(state.basis, cell->statement);
    if (rest.empty()) continue;  // says nothing new
    if (kept.contains(rest)) {
      out.insert(cell->place);
      continue;
    }
    const Variable leading = rest.begin()->first;
    state.basis.emplace(leading, std::move(rest));
    std::vector<Statement> touched;
    for (auto one = kept.begin(); one != kept.end();) {
      if (one->contains(leading)) {
        touched.push_back(normal(state.basis, *one));
        one = kept.erase(one);
      } else {
        ++one;
      }
    }
    for (Statement& one : touched)
      if (!one.empty()) kept.insert(std::move(one));
  }
  return out;
}
}  // namespace nrm
