// The timeline as one page of HTML: no script, nothing from elsewhere, readable without the figure,
// without colour and on paper. Times are UTC.
#include "services/cli/markup.hpp"
#include "services/cli/table.hpp"
#include "services/cli/timeline.hpp"

namespace nrm::cli {
namespace {
constexpr std::string_view head_of_page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<style>
:root { color-scheme: light; --ink: #1c2430; --soft: #566173; --line: #d5dae2; --paper: #fff;
  --good: #1f6f50; --bad: #b3261e; --wait: #1f5fa8; --quiet: #667085; --silent: #8a5200; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
p { margin: .4rem 0; max-width: 46rem; }
.soft, time, .where { color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin: 1.2rem 0 0; padding: 0; }
.figures div { min-width: 5rem; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.figures .warn dd { color: var(--bad); font-weight: 700; }
figure { margin: 1rem 0 0; border: 1px solid var(--line); border-radius: 8px; padding: .6rem;
  overflow-x: auto; }
figcaption { color: var(--soft); font-size: .85rem; padding: .2rem .4rem; }
svg { display: block; min-width: 46rem; width: 100%; height: auto;
  font: 11px system-ui, "DejaVu Sans", Arial, sans-serif; }
.lane { font-size: 13px; font-weight: 600; fill: #1c2430; }
.tick, .clock { fill: #566173; }
.bad { fill: #b3261e; font-weight: 600; }
.silent { fill: #8a5200; font-weight: 600; }
.grid { stroke: #edf0f4; } .axis { stroke: #9aa4b2; } .due { stroke: #1c2430; stroke-width: 2; }
.dot { fill: #1c2430; stroke: #fff; stroke-width: 1.5; } .refused { fill: #b3261e; }
.count { fill: #fff; font-size: 10px; font-weight: 700; text-anchor: middle; }
.bar { fill: #c3cad5; } .bar.met { fill: #1f6f50; } .bar.running { fill: #dbe8f6;
  stroke: #1f5fa8; stroke-dasharray: 3 2; } .bar.unanswered { fill: #e0b060; }
.bar.beyond { fill: url(#late); stroke: #b3261e; }
ol { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--line); }
ol > li { position: relative; padding: .1rem 0 1rem 1.3rem; break-inside: avoid; }
ol > li::before { content: ""; position: absolute; left: -6px; top: .5rem; width: 10px;
  height: 10px; border-radius: 50%; background: var(--ink); }
ol > li.warn::before { background: var(--bad); }
time { font-variant-numeric: tabular-nums; font-size: .9rem; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 0 .35rem;
  font-size: .8rem; margin-left: .4rem; }
.what { font-weight: 600; overflow-wrap: anywhere; }
.why { font-size: .9rem; color: var(--soft); overflow-wrap: anywhere; }
.clocks { margin: .2rem 0 0; padding: 0 0 0 1.1rem; font-size: .9rem; }
.clocks li::marker { color: var(--soft); }
.met { color: var(--good); } .late, .overdue { color: var(--bad); font-weight: 600; }
.running { color: var(--wait); } .unanswered { color: var(--silent); }
.elapsed, .moved, .stopped { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid var(--line); }
td { font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
code { font: .92em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
@page { size: A4; margin: 16mm 14mm; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; } figure { border: 0;
  padding: 0; } svg { min-width: 0; } h2 { break-after: avoid; } * { print-color-adjust: exact; } }
</style>
)";

class Page {
 public:
  explicit Page(const Telling& telling) : telling_(telling), story_(telling.story) {}

  std::string text() {
    const std::string title =
        "Case " + (story_.reference.empty() ? story_.subject.text() : story_.reference);
    out_ = std::string(head_of_page) + "<title>" + escaped(title) +
           ": what happened</title>\n</head>\n<body>\n<main>\n<h1>" + escaped(title) + "</h1>\n";
    out_ += "<p class=\"soft\">From the logs of all services as of " +
            escaped(minutes_text(story_.as_of)) +
            " (UTC). Nobody is named: people are told by role and organisation.</p>\n";
    figures();
    out_ += "<h2>Time line</h2>\n<figure>\n" + timeline_figure(telling_) +
            "<figcaption>Dots are records (a number: so many close together), bars are clocks: "
            "green was done on time, grey ran its course or was no longer needed, dashed still "
            "runs, amber nobody answered; hatched behind a black mark is late.</figcaption>\n"
            "</figure>\n";
    out_ += "<h2>What happened, in order of cause</h2>\n<ol>\n";
    for (const CaseEntry& entry : story_.entries) add(entry);
    out_ += "</ol>\n";
    clocks();
    proof();
    return std::move(out_) + "</main>\n</body>\n</html>\n";
  }

 private:
  void figure(const char* name, std::size_t count, bool warn = false) {
    out_ += std::string("<div") + (warn && count > 0 ? " class=\"warn\"" : "") + "><dt>" + name +
            "</dt><dd>" + with_commas(count) + "</dd></div>\n";
  }
  void figures() {
    const FateCounts counts = count_fates(story_);
    out_ += "<dl class=\"figures\">\n";
    figure("records", story_.entries.size());
    figure("clocks kept", counts.kept);
    figure("late", counts.late, true);
    figure("overdue", counts.overdue, true);
    figure("unanswered", counts.silent);
    figure("running", counts.running);
    out_ += "</dl>\n";
  }

  void clock_line(const CaseClock& clock, std::string_view kind, const std::string& what) {
    out_ += "<li class=\"" + std::string(kind) + "\">clock \xe2\x80\x9c" +
            escaped(words(clock.name)) + "\xe2\x80\x9d " + escaped(what) + "</li>\n";
  }
  void add(const CaseEntry& entry) {
    bool warn = !entry.refused.empty();
    for (const std::size_t at : entry.ended) warn |= is_bad(story_.clocks[at].fate);
    out_ += warn ? "<li class=\"warn\">" : "<li>";
    out_ += "<time datetime=\"" + entry.at.text() + "\">" + minutes_text(entry.at) +
            "</time><span class=\"tag\">" + escaped(entry.log.substr(0, entry.log.find('/'))) +
            "</span>\n";
    if (!entry.refused.empty())
      out_ += "<div class=\"what\">Refused: " + escaped(words(entry.refused)) + "</div>\n";
    for (const CaseEvent& event : entry.events)
      out_ += "<div class=\"what\">" + escaped(sentence_of(telling_, entry, event)) + "</div>\n";
    out_ += "<div class=\"why\">by " + escaped(who_text(telling_, entry)) + "; " +
            escaped(why_text(telling_, entry)) + " <span class=\"where\">(" + escaped(entry.log) +
            ' ' + std::to_string(entry.seq) + ")</span></div>\n";
    if (!entry.ended.empty() || !entry.set.empty()) {
      out_ += "<ul class=\"clocks\">\n";
      for (const std::size_t at : entry.ended) {
        const CaseClock& clock = story_.clocks[at];
        if (is_bad(clock.fate) && clock.ended == entry.at && clock.done != entry.at)
          clock_line(clock, "overdue", "ran out, due " + minutes_text(clock.due));
        else
          clock_line(clock, to_text(clock.fate), fate_text(telling_, clock));
      }
      for (const std::size_t at : entry.set)
        clock_line(story_.clocks[at], "set",
                   "set, due " + minutes_text(story_.clocks[at].due) + " by " +
                       rule_text(telling_, story_.clocks[at]));
      out_ += "</ul>\n";
    }
    out_ += "</li>\n";
  }

  void cell(const std::string& text, std::string_view kind = {}) {
    out_ += (kind.empty() ? "<td>" : "<td class=\"" + std::string(kind) + "\">") + escaped(text) +
            "</td>";
  }
  void clocks() {
    if (story_.clocks.empty()) return;
    out_ +=
        "<h2>Clocks</h2>\n<div class=\"scroll\"><table>\n<caption>Every clock that ran for "
        "this case, and the rule that set it</caption>\n<thead><tr><th scope=\"col\">clock</th>"
        "<th scope=\"col\">of</th><th scope=\"col\">set</th><th scope=\"col\">due</th>"
        "<th scope=\"col\">what became of it</th><th scope=\"col\">rule</th></tr></thead>\n"
        "<tbody>\n";
    for (const CaseClock& clock : story_.clocks) {
      out_ += "<tr><th scope=\"row\">" + escaped(words(clock.name)) + "</th>";
      cell(short_stream(clock.stream) + " in " + clock.log.substr(0, clock.log.find('/')));
      cell(minutes_text(clock.since));
      cell(minutes_text(clock.due));
      cell(fate_text(telling_, clock), to_text(clock.fate));
      cell(rule_text(telling_, clock));
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }
  void proof() {
    out_ +=
        "<h2>How to check this page</h2>\n<p>Each entry names its log and record number. "
        "<code>nrm audit export</code> gives the logs as C2SP tlog-tiles with signed "
        "checkpoints, <code>nrm audit verify</code> checks them, and <code>nrm audit timeline "
        "--case " +
        escaped(story_.reference.empty() ? story_.subject.text() : story_.reference) +
        " --from EXPORT --html FILE</code> makes this page again, byte for byte. The case's "
        "id is <code>" +
        story_.subject.text() + "</code>.</p>\n";
  }

  const Telling& telling_;
  const CaseStory& story_;
  std::string out_;
};
}  // namespace

std::string timeline_page(const Telling& telling) { return Page(telling).text(); }
}  // namespace nrm::cli
