#include "services/cli/timeline.hpp"

#include <algorithm>

#include "services/cli/story.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
std::string minutes_text(Instant at) {
  std::string out = at.text().substr(0, 16);
  out[10] = ' ';
  return out;
}

std::string length_text(Milliseconds length) {
  const auto whole = std::chrono::duration_cast<std::chrono::minutes>(length).count();
  if (whole < 1) return "under a minute";
  if (whole < 60) return std::to_string(whole) + " min";
  const auto in_hours = whole / 60;
  if (in_hours < 24) return std::to_string(in_hours) + " h";
  std::string out = std::to_string(in_hours / 24) + " d";
  if (in_hours % 24 != 0) out += ' ' + std::to_string(in_hours % 24) + " h";
  return out;
}

std::string short_stream(const StreamKey& stream) {
  return words(to_text(stream.kind)) + ' ' + stream.id.text().substr(0, 8);
}

std::string sentence_of(const Telling& telling, const CaseEntry& entry, const CaseEvent& event) {
  json::Document data;
  const bool read = !event.data.empty() && data.parse_trusted(event.data).has_value();
  Happening happening{.type = event.type,
                      .data = read ? data.root() : json::Value(),
                      .role = {},
                      .organisation = {}};
  std::string organisation;
  if (entry.actor) {
    organisation = entry.actor->organisation.text();
    happening.role = to_text(entry.actor->role);
    happening.organisation = organisation;
  }
  std::string out = event.stream.kind == StreamKind::referral
                        ? '[' + event.stream.id.text().substr(0, 8) + "] "
                        : std::string();
  return out + sentence(happening, telling.story.organisations);
}

std::string who_text(const Telling& telling, const CaseEntry& entry) {
  if (entry.why == CauseKind::due) return "the clock";
  // Its actor is who acted first; what followed from that, a service did.
  if (!entry.actor || entry.why == CauseKind::received)
    return "the service " + entry.log.substr(0, entry.log.find('/'));
  const std::string role = words(to_text(entry.actor->role));
  const std::string name = name_of(entry.actor->organisation.text(), telling.story.organisations);
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower == role ? name : name + " (" + role + ')';
}

std::string why_text(const Telling& telling, const CaseEntry& entry) {
  switch (entry.why) {
    case CauseKind::command:
      return "asked with " + entry.cause;
    case CauseKind::due:
      return "the clock \"" + words(entry.cause) + "\" ran out";
    case CauseKind::opened:
      return "the log was opened";
    case CauseKind::received:
      break;
  }
  const auto dot = entry.cause.rfind('.');
  const std::string place = entry.cause.substr(0, dot);
  const auto index = entry.cause.substr(dot + 1);
  for (const CaseEntry& other : telling.story.entries)
    if (other.log + ' ' + std::to_string(other.seq) == place)
      for (const CaseEvent& event : other.events)
        if (std::to_string(event.index) == index)
          return "followed from " + place + ": " + sentence_of(telling, other, event);
  return "followed from " + place;
}

namespace {
// nullptr: it is not at hand.
const Policy* pack_of(const Telling& telling, const CaseClock& clock) {
  for (const auto& pack : telling.packs)
    if (pack->name() == clock.policy) return pack.get();
  return nullptr;
}
}  // namespace

const ClockRule* rule_of(const Telling& telling, const CaseClock& clock) {
  const Policy* pack = pack_of(telling, clock);
  const auto name = enum_from<ClockName>(clock.name);
  return name && pack != nullptr ? pack->rule(*name) : nullptr;
}

std::string rule_text(const Telling& telling, const CaseClock& clock) {
  if (const ClockRule* rule = rule_of(telling, clock))
    return clock.policy + ": " + std::string(to_text(rule->kind)) + " of " +
           std::to_string(rule->length) + ' ' + words(to_text(rule->unit)) + "; " +
           rule->source.text();
  return pack_of(telling, clock) != nullptr
             ? clock.policy + ": no rule of this name; the law of the service sets it"
             : clock.policy + " (the pack is not at hand: --policy says where it is)";
}

std::string fate_text(const Telling& telling, const CaseClock& clock) {
  const std::string due = " (due " + minutes_text(clock.due) + ')';
  switch (clock.fate) {
    case ClockFate::running:
      return "runs until " + minutes_text(clock.due);
    case ClockFate::met:
      return "on time, " + length_text(clock.due - *clock.ended) + " before it was due" + due;
    case ClockFate::moved:
      return "set anew before it was due" + due;
    case ClockFate::stopped:
      return "no longer needed" + due;
    case ClockFate::elapsed:
      return "ran its course until " + minutes_text(clock.due);
    case ClockFate::unanswered:
      return "nobody answered in time" + due;
    case ClockFate::late:
      return "LATE by " + length_text(*clock.late_by(telling.story.as_of)) + due;
    case ClockFate::overdue:
      return "OVERDUE, so far by " + length_text(*clock.late_by(telling.story.as_of)) + due;
  }
  return {};
}

FateCounts count_fates(const CaseStory& story) {
  FateCounts out;
  for (const CaseClock& clock : story.clocks) {
    out.kept += clock.fate == ClockFate::met || clock.fate == ClockFate::elapsed ||
                clock.fate == ClockFate::moved || clock.fate == ClockFate::stopped;
    out.late += clock.fate == ClockFate::late;
    out.overdue += clock.fate == ClockFate::overdue;
    out.silent += clock.fate == ClockFate::unanswered;
    out.running += clock.fate == ClockFate::running;
  }
  return out;
}

namespace {
void add_clocks(const Telling& telling, const CaseEntry& entry, std::string& out) {
  const auto line = [&](const CaseClock& clock, const std::string& what) {
    out += "        clock " + words(clock.name) + ": " + what + '\n';
  };
  for (const std::size_t at : entry.ended) {
    const CaseClock& clock = telling.story.clocks[at];
    // Told where it ran out, and again where it was done after all.
    if (is_bad(clock.fate) && clock.ended == entry.at && clock.done != entry.at)
      line(clock, "ran out, due " + minutes_text(clock.due));
    else
      line(clock, fate_text(telling, clock));
  }
  for (const std::size_t at : entry.set) {
    const CaseClock& clock = telling.story.clocks[at];
    line(clock, "due " + minutes_text(clock.due) + " by " + rule_text(telling, clock));
  }
}
}  // namespace

std::string timeline_text(const Telling& telling) {
  const CaseStory& story = telling.story;
  std::string out = "Case " + (story.reference.empty() ? story.subject.text() : story.reference) +
                    " as of " + minutes_text(story.as_of) + '\n';
  for (const CaseEntry& entry : story.entries) {
    out += '\n' + minutes_text(entry.at) + "  ";
    if (!entry.refused.empty()) out += "REFUSED: " + words(entry.refused);
    bool first = true;
    for (const CaseEvent& event : entry.events) {
      if (!std::exchange(first, false)) out += '\n' + std::string(18, ' ');
      out += sentence_of(telling, entry, event);
    }
    out += "\n        by " + who_text(telling, entry) + "; " + why_text(telling, entry) + "  (" +
           entry.log + ' ' + std::to_string(entry.seq) + ")\n";
    add_clocks(telling, entry, out);
  }
  const FateCounts counts = count_fates(story);
  return out + '\n' + with_commas(story.clocks.size()) + " clocks: " + with_commas(counts.kept) +
         " kept or ran their course, " + with_commas(counts.late) + " late, " +
         with_commas(counts.overdue) + " overdue, " + with_commas(counts.silent) + " unanswered, " +
         with_commas(counts.running) + " running\n";
}
}  // namespace nrm::cli
