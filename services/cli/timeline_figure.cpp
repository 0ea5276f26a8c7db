// The drawn time line: a lane for each service, its records as dots on it, the clocks that ran
// there as bars beneath, what was late beyond its due time hatched. Nothing is said by colour
// alone. Coordinates are whole numbers of the figure's own units (1 = a pixel on a screen).
#include <algorithm>

#include "services/cli/markup.hpp"
#include "services/cli/table.hpp"
#include "services/cli/timeline.hpp"

namespace nrm::cli {
namespace {
constexpr int width = 1'060, left = 128, right = 24, top = 34;
constexpr int dots_height = 30, row_height = 20, lane_gap = 12, bar = 9;
constexpr int letter = 6;  // about, of the labels' type
constexpr int near = 11;   // dots closer than this are one, with a number
constexpr int ticks_max = 9;
constexpr std::size_t rows_max = 40;  // of bars in a lane; a figure is no table

struct Bar {
  const CaseClock* clock = nullptr;
  Instant end;
  int row = 0;
};

struct Lane {
  std::string name;
  std::vector<const CaseEntry*> entries;
  std::vector<Bar> bars;
  int rows = 0, y = 0;
  std::size_t left_out = 0;
};

class Figure {
 public:
  explicit Figure(const Telling& telling) : telling_(telling), story_(telling.story) {
    from_ = to_ = story_.entries.empty() ? story_.as_of : story_.entries.front().at;
    for (const CaseEntry& entry : story_.entries) to_ = std::max(to_, entry.at);
    for (const CaseClock& clock : story_.clocks) to_ = std::max(to_, end_of_bar(clock));
    if (to_ - from_ < hours(1)) to_ = from_ + hours(1);
    for (const Service service : log_owners) add_lane(service);
  }

  std::string text() {
    int y = top;
    for (Lane& lane : lanes_) {
      lane.y = y;
      y += dots_height + lane.rows * row_height + lane_gap;
    }
    height_ = y + 26;
    open();
    grid();
    for (const Lane& lane : lanes_) draw(lane);
    return std::move(out_) + "</svg>\n";
  }

 private:
  // Where its bar ends: when it was over, or as far as it is known to have run.
  Instant end_of_bar(const CaseClock& clock) const {
    if (clock.fate == ClockFate::late) return *clock.done;
    if (clock.fate == ClockFate::overdue) return std::max(story_.as_of, clock.due);
    if (clock.fate == ClockFate::running) return clock.due;
    return clock.ended.value_or(clock.due);
  }
  int x(Instant at) const {
    const std::int64_t span = (to_ - from_).count();
    return left + static_cast<int>((at - from_).count() * (width - left - right) / span);
  }
  static int label_width(const CaseClock& clock, const std::string& remark) {
    return static_cast<int>(clock.name.size() + remark.size() + 1) * letter + 8;
  }
  std::string remark(const CaseClock& clock) const {
    const auto late = clock.late_by(story_.as_of);
    if (clock.fate == ClockFate::late) return "late by " + length_text(*late);
    if (clock.fate == ClockFate::overdue) return "overdue";
    if (clock.fate == ClockFate::unanswered) return "unanswered";
    if (clock.fate == ClockFate::running) return "running";
    return {};
  }

  void add_lane(Service service) {
    Lane lane{.name = std::string(to_text(service)), .entries = {}, .bars = {}};
    for (const CaseEntry& entry : story_.entries)
      if (entry.log.starts_with(lane.name + '/')) lane.entries.push_back(&entry);
    std::vector<int> free_from;  // of each row
    for (const CaseClock& clock : story_.clocks) {
      if (!clock.log.starts_with(lane.name + '/')) continue;
      Bar one{&clock, end_of_bar(clock)};
      const int begin = x(clock.since);
      const auto row = std::ranges::find_if(free_from, [&](int at) { return at <= begin; });
      one.row = static_cast<int>(row - free_from.begin());
      if (row == free_from.end() && free_from.size() == rows_max) {
        ++lane.left_out;
        continue;
      }
      if (row == free_from.end()) free_from.push_back(0);
      const int end = std::max(x(one.end), begin + 4);
      const int label = label_width(clock, remark(clock));
      free_from[static_cast<std::size_t>(one.row)] = (end + label < width ? end + label : end) + 6;
      lane.bars.push_back(one);
    }
    lane.rows = static_cast<int>(free_from.size());
    if (!lane.entries.empty()) lanes_.push_back(std::move(lane));
  }

  void open() {
    const std::string size = std::to_string(width) + ' ' + std::to_string(height_);
    out_ = "<svg viewBox=\"0 0 " + size +
           "\" role=\"img\" aria-labelledby=\"figure-title figure-text\">\n"
           "<title id=\"figure-title\">Time line of the case</title>\n<desc id=\"figure-text\">" +
           escaped("From " + minutes_text(from_) + " to " + minutes_text(to_) +
                   ", a lane for each service. Dots are records, bars are clocks. All of it is "
                   "in the lists below.") +
           "</desc>\n"
           "<defs><pattern id=\"late\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#fbe4e1\"/>"
           "<rect width=\"3\" height=\"6\" fill=\"#b3261e\"/></pattern></defs>\n";
  }

  void line(int x1, int y1, int x2, int y2, const char* kind) {
    out_ += "<line x1=\"" + std::to_string(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" +
            std::to_string(x2) + "\" y2=\"" + std::to_string(y2) + "\" class=\"" + kind + "\"/>\n";
  }
  void label(int at, int y, const char* kind, const std::string& text) {
    out_ += "<text x=\"" + std::to_string(at) + "\" y=\"" + std::to_string(y) + "\" class=\"" +
            kind + "\">" + escaped(text) + "</text>\n";
  }
  void box(int from, int to, int y, const std::string& kind, const std::string& title) {
    out_ += "<rect x=\"" + std::to_string(from) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
            std::to_string(std::max(to - from, 4)) + "\" height=\"" + std::to_string(bar) +
            "\" rx=\"2\" class=\"" + kind + "\"><title>" + escaped(title) + "</title></rect>\n";
  }

  // Lines at the beginning of days, the first of months or of years, as many as can be read.
  void grid() {
    std::vector<Date> days;
    const int span = to_.date().days - from_.date().days;
    const int steps[] = {1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1'826};
    int step = steps[0];
    for (const int one : steps) {
      step = one;
      if (span / one < ticks_max) break;
    }
    for (Date day = from_.date().plus(1); day <= to_.date(); day = day.plus(step))
      days.push_back(day);
    label(left, 16, "tick", minutes_text(from_));
    int free_from = left + 17 * letter;
    for (const Date day : days) {
      const int at = x(start_of(day));
      line(at, 22, at, height_ - 26, "grid");
      if (at - 32 < free_from || at + 32 > width) continue;
      label(at - 30, 16, "tick", day.text());
      free_from = at + 40;
    }
  }

  void draw(const Lane& lane) {
    const int axis = lane.y + 12;
    label(8, axis + 4, "lane", lane.name);
    line(left, axis, width - right, axis, "axis");
    for (std::size_t i = 0; i < lane.entries.size();) {
      const int at = x(lane.entries[i]->at);
      std::string told;
      std::size_t count = 0;
      bool refused = false;
      for (; i < lane.entries.size() && x(lane.entries[i]->at) - at < near; ++i, ++count) {
        const CaseEntry& entry = *lane.entries[i];
        refused |= !entry.refused.empty();
        told += (told.empty() ? "" : "\n") + minutes_text(entry.at) + "  ";
        told += entry.refused.empty() ? "" : "refused: " + words(entry.refused);
        for (const CaseEvent& event : entry.events)
          told += sentence_of(telling_, entry, event) + "; ";
      }
      dot(at, axis, count, refused, told);
    }
    for (const Bar& one : lane.bars) draw(one, lane.y + dots_height + one.row * row_height);
    if (lane.left_out > 0)
      label(8, axis + 18, "tick", "+" + std::to_string(lane.left_out) + " clocks");
  }
  void dot(int at, int y, std::size_t count, bool refused, const std::string& told) {
    const std::string radius = count > 1 ? "8" : "5";
    out_ += "<g><title>" + escaped(told) + "</title><circle cx=\"" + std::to_string(at) +
            "\" cy=\"" + std::to_string(y) + "\" r=\"" + radius + "\" class=\"" +
            (refused ? "dot refused" : "dot") + "\"/>";
    if (count > 1)
      out_ += "<text x=\"" + std::to_string(at) + "\" y=\"" + std::to_string(y + 4) +
              "\" class=\"count\">" + std::to_string(count) + "</text>";
    out_ += "</g>\n";
  }
  void draw(const Bar& one, int y) {
    const CaseClock& clock = *one.clock;
    const std::string name = words(clock.name), more = remark(clock);
    const std::string title =
        name + ", " + short_stream(clock.stream) + ": " + fate_text(telling_, clock);
    const int begin = x(clock.since), end = std::max(x(one.end), begin + 4);
    const int until = is_bad(clock.fate) ? x(clock.due) : end;
    box(begin, until, y, "bar " + std::string(to_text(clock.fate)), title);
    if (is_bad(clock.fate)) {
      box(until, std::max(end, until + 7), y, "bar beyond", title);
      line(until, y - 3, until, y + bar + 3, "due");
    }
    const std::string text = more.empty() ? name : name + ' ' + more;
    const bool silent = clock.fate == ClockFate::unanswered;
    const char* kind = is_bad(clock.fate) ? "bad" : silent ? "silent" : "clock";
    const int needed = label_width(clock, more);
    if (end + needed < width)
      label(end + (is_bad(clock.fate) ? 10 : 5), y + bar, kind, text);
    else
      label(std::max(begin - needed, 4), y + bar, kind, text);
  }

  const Telling& telling_;
  const CaseStory& story_;
  Instant from_, to_;
  std::vector<Lane> lanes_;
  int height_ = 0;
  std::string out_;
};
}  // namespace

std::string timeline_figure(const Telling& telling) { return Figure(telling).text(); }
}  // namespace nrm::cli
