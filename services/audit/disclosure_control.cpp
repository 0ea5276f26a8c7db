#include "services/audit/disclosure_control.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace nrm {
namespace {
constexpr std::int64_t no_bound = std::int64_t{1} << 50;
// A total is worth more to a reader than any one cell.
constexpr std::int64_t total_weight = 1'000'000;

// In signed values (totals negative, the grand total positive again) every row and every column
// adds up to zero, totals included. How far a hidden cell's signed value may go up and down:
struct Room {
  std::int64_t up = 0, down = 0;
};

class Flow {
 public:
  explicit Flow(const PublicTable& table) : table_(table) {}

  bool total_row(std::size_t r) const { return r + 1 == table_.rows(); }
  bool total_column(std::size_t c) const { return c + 1 == table_.columns(); }
  bool negative(CellPlace at) const { return total_row(at.first) != total_column(at.second); }

  // Of a cell alone: a count is never below zero.
  Room room(CellPlace at) const {
    const std::int64_t value = table_.values[at.first][at.second];
    return negative(at) ? Room{value, no_bound} : Room{no_bound, value};
  }

  // Of a cell together with all other hidden ones.
  Room room_with_others(CellPlace at, std::int64_t enough) {
    const Room alone = room(at);
    Room out;
    out.up = std::min(alone.up, max_flow(at, true, std::min(alone.up, enough)));
    out.down = std::min(alone.down, max_flow(at, false, std::min(alone.down, enough)));
    return out;
  }

 private:
  // Nodes: rows, then columns. From a row to a column goes what the cell may go down, back what it
  // may go up. `up`: from the cell's row to its column, without the cell itself.
  std::int64_t max_flow(CellPlace at, bool up, std::int64_t enough) {
    rooms_.assign(table_.rows(), std::vector<Room>(table_.columns()));
    for (std::size_t r = 0; r < table_.rows(); ++r)
      for (std::size_t c = 0; c < table_.columns(); ++c)
        if (table_.shown[r][c] != Shown::yes && CellPlace(r, c) != at) rooms_[r][c] = room({r, c});
    const std::size_t row = at.first, column = table_.rows() + at.second;
    std::int64_t flow = 0;
    while (flow < enough) {
      const std::int64_t more =
          augment(up ? row : column, up ? column : row, std::min(enough - flow, no_bound));
      if (more == 0) break;
      flow += more;
    }
    return flow;
  }

  std::int64_t capacity(std::size_t from, std::size_t to) const {
    const std::size_t rows = table_.rows();
    return from < rows ? rooms_[from][to - rows].down : rooms_[to][from - rows].up;
  }
  void push(std::size_t from, std::size_t to, std::int64_t amount) {
    const std::size_t rows = table_.rows();
    Room& cell = from < rows ? rooms_[from][to - rows] : rooms_[to][from - rows];
    const std::int64_t sign = from < rows ? 1 : -1;  // going down makes room to go up
    cell.down -= sign * amount;
    cell.up += sign * amount;
  }

  // One shortest path with room, used as far as it goes (Edmonds and Karp).
  std::int64_t augment(std::size_t source, std::size_t sink, std::int64_t most) {
    const std::size_t rows = table_.rows(), nodes = rows + table_.columns();
    std::vector<std::size_t> before(nodes, nodes);
    std::deque<std::size_t> open{source};
    before[source] = source;
    while (!open.empty() && before[sink] == nodes) {
      const std::size_t node = open.front();
      open.pop_front();
      const std::size_t first = node < rows ? rows : 0, last = node < rows ? nodes : rows;
      for (std::size_t next = first; next < last; ++next) {
        if (before[next] != nodes || capacity(node, next) <= 0) continue;
        before[next] = node;
        open.push_back(next);
      }
    }
    if (before[sink] == nodes) return 0;
    std::int64_t amount = most;
    for (std::size_t node = sink; node != source; node = before[node])
      amount = std::min(amount, capacity(before[node], node));
    for (std::size_t node = sink; node != source; node = before[node])
      push(before[node], node, amount);
    return amount;
  }

  const PublicTable& table_;
  std::vector<std::vector<Room>> rooms_;
};

std::int64_t width(const PublicTable& table, CellPlace at, std::int64_t enough) {
  const Room room = Flow(table).room_with_others(at, enough);
  return std::min(enough, room.up + room.down);
}

// Three corners that complete a rectangle with a cell: what hiding them costs and gives.
struct Rectangle {
  std::size_t row = 0, column = 0;
  std::int64_t cost = std::numeric_limits<std::int64_t>::max(), gain = -1;
};

class Protector {
 public:
  Protector(PublicTable& table, std::int64_t enough) : table_(table), enough_(enough) {}

  void hide(const std::vector<CellPlace>& primary) {
    for (const CellPlace& at : primary)
      while (width(table_, at, enough_) < enough_)
        if (!hide_rectangle(at) && !hide_more(at)) return hide_everything();
  }

 private:
  std::int64_t cost(CellPlace at) const {
    if (table_.shown[at.first][at.second] != Shown::yes) return 0;
    const bool total = at.first + 1 == table_.rows() || at.second + 1 == table_.columns();
    return table_.values[at.first][at.second] + 1 + (total ? total_weight : 0);
  }

  // How wide the rectangle alone makes the interval of its first corner.
  std::int64_t gain(CellPlace at, std::size_t row, std::size_t column) const {
    const Flow flow(table_);
    const Room a = flow.room(at), b = flow.room({at.first, column}),
               c = flow.room({row, at.second}), d = flow.room({row, column});
    return std::min({a.up, d.up, b.down, c.down}) + std::min({a.down, d.down, b.up, c.up});
  }

  // The cheapest that gives enough, or else the one that gives most. False: none is left.
  bool hide_rectangle(CellPlace at) {
    Rectangle best;
    for (std::size_t row = 0; row < table_.rows(); ++row)
      for (std::size_t column = 0; column < table_.columns(); ++column) {
        if (row == at.first || column == at.second) continue;
        const Rectangle one{row, column,
                            cost({at.first, column}) + cost({row, at.second}) + cost({row, column}),
                            std::min(enough_, gain(at, row, column))};
        if (one.cost == 0) continue;  // hidden already, and not enough
        if (one.gain > best.gain || (one.gain == best.gain && one.cost < best.cost)) best = one;
      }
    if (best.gain <= 0) return false;
    set_hidden({at.first, best.column});
    set_hidden({best.row, at.second});
    set_hidden({best.row, best.column});
    return true;
  }

  // No rectangle moves it: hides the largest cell that is still shown in its row or column.
  bool hide_more(CellPlace at) {
    std::optional<CellPlace> best;
    const auto look = [&](CellPlace one) {
      if (table_.shown[one.first][one.second] != Shown::yes) return;
      if (!best || table_.values[one.first][one.second] > table_.values[best->first][best->second])
        best = one;
    };
    for (std::size_t row = 0; row < table_.rows(); ++row) look({row, at.second});
    for (std::size_t column = 0; column < table_.columns(); ++column) look({at.first, column});
    if (best) set_hidden(*best);
    return best.has_value();
  }

  void hide_everything() {
    for (std::size_t row = 0; row < table_.rows(); ++row)
      for (std::size_t column = 0; column < table_.columns(); ++column) set_hidden({row, column});
  }

  void set_hidden(CellPlace at) {
    Shown& shown = table_.shown[at.first][at.second];
    if (shown == Shown::yes) shown = Shown::secondary;
  }

  PublicTable& table_;
  const std::int64_t enough_;
};
}  // namespace

std::uint32_t PublicTable::count(Shown what) const {
  std::uint32_t out = 0;
  for (const auto& line : shown) out += static_cast<std::uint32_t>(std::ranges::count(line, what));
  return out;
}

PublicTable with_totals(const CrossTable& table) {
  PublicTable out{.table = table, .values = table.cells, .shown = {}};
  const std::size_t columns = table.columns.size();
  std::vector<std::int64_t> sums(columns + 1);
  for (auto& line : out.values) {
    line.resize(columns + 1);
    for (std::size_t c = 0; c < columns; ++c) line[columns] += line[c];
    for (std::size_t c = 0; c <= columns; ++c) sums[c] += line[c];
  }
  out.values.push_back(sums);
  out.shown.assign(out.values.size(), std::vector<Shown>(columns + 1, Shown::yes));
  return out;
}

Feasible feasible(const PublicTable& table, CellPlace cell, std::int64_t enough) {
  Flow flow(table);
  const Room room = flow.room_with_others(cell, std::min(enough, no_bound));
  const std::int64_t value = table.values[cell.first][cell.second];
  const bool negative = flow.negative(cell);
  const std::int64_t more = negative ? room.down : room.up, less = negative ? room.up : room.down;
  Feasible out{.low = value - less, .high = std::nullopt};
  if (more < no_bound) out.high = value + more;
  return out;
}

Result<PublicTable> protect(const CrossTable& table, const DisclosureRule& rule,
                            const std::set<CellPlace>& guarded) {
  PublicTable out = with_totals(table);
  if (out.rows() * out.columns() > public_cells_max)
    return Error(Code::too_large, "", "a public table has at most 4096 cells: choose fewer rows");
  std::vector<CellPlace> primary;
  const auto threshold = static_cast<std::int64_t>(rule.threshold);
  for (std::size_t r = 0; r < out.rows(); ++r)
    for (std::size_t c = 0; c < out.columns(); ++c) {
      const bool small = out.values[r][c] != 0 && out.values[r][c] < threshold;
      if (small)
        out.shown[r][c] = Shown::small;
      else if (guarded.contains({r, c}))
        out.shown[r][c] = Shown::guarded;
      if (out.shown[r][c] != Shown::yes) primary.emplace_back(r, c);
    }
  Protector(out, threshold).hide(primary);
  return out;
}

std::int64_t rounded(std::int64_t value, std::uint32_t base) {
  if (base <= 1) return value;
  const auto step = static_cast<std::int64_t>(base);
  return (value + step / 2) / step * step;
}

std::string public_text(const PublicTable& table, const DisclosureRule& rule, CellPlace cell) {
  if (table.shown[cell.first][cell.second] != Shown::yes) return std::string(hidden_mark);
  return std::to_string(rounded(table.values[cell.first][cell.second], rule.rounding));
}
}  // namespace nrm
