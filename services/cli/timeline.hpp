// Timeline: a case's history (services/audit/case_history.hpp) told to people and machines: who, by
// role and organisation; what; why; by which rule; which clock ran, on time or how late.
//
// Pure: text in, text out. Nobody is named, organisations are.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "common/step/policy.hpp"
#include "services/audit/case_history.hpp"

namespace nrm::cli {
// What a telling needs. `packs`: the versions that are at hand; rules of another one are named
// without their source.
struct Telling {
  const CaseStory& story;
  std::vector<std::shared_ptr<const Policy>> packs = {};
};

std::string timeline_text(const Telling& telling);
std::string timeline_json(const Telling& telling);
// CloudEvents 1.0, JSON batch format: one event each, in order of cause; a refused command is one
// of refused_command_type.
std::string timeline_cloudevents(const Telling& telling);
// One HTML page without script or anything from elsewhere, to read or to print, with the time line
// drawn (timeline_figure.cpp).
std::string timeline_page(const Telling& telling);
std::string timeline_figure(const Telling& telling);  // SVG

// --- what the tellings share --------------------------------------------------------------------

std::string minutes_text(Instant at);          // "2023-07-03 08:00"
std::string length_text(Milliseconds length);  // "3 d 4 h", "12 min"
std::string sentence_of(const Telling& telling, const CaseEntry& entry, const CaseEvent& event);
std::string who_text(const Telling& telling, const CaseEntry& entry);
std::string why_text(const Telling& telling, const CaseEntry& entry);
// "first stage: late by 8 h (due 2023-07-07 23:59)", without and with the rule.
std::string fate_text(const Telling& telling, const CaseClock& clock);
std::string rule_text(const Telling& telling, const CaseClock& clock);
// The pack's rule, if it is the pack that was in force.
const ClockRule* rule_of(const Telling& telling, const CaseClock& clock);
std::string short_stream(const StreamKey& stream);  // "referral ba0cdb05"
inline bool is_bad(ClockFate fate) { return fate == ClockFate::late || fate == ClockFate::overdue; }
struct FateCounts {
  std::size_t kept = 0, late = 0, overdue = 0, silent = 0, running = 0;
};
FateCounts count_fates(const CaseStory& story);
}  // namespace nrm::cli
