#include "services/audit/complaint_register.hpp"

#include <algorithm>

#include "common/base/csv.hpp"
#include "common/base/json_text.hpp"
#include "services/audit/disclosure_control.hpp"
#include "services/audit/quarters.hpp"

namespace nrm {
namespace {
using Counts = std::map<std::string, std::uint64_t>;

// Of one quarter and kind of count: what is hidden so that no small count follows from the total.
// Not protect(): the lists share one total, which that might hide in one of them and show in
// others.
std::vector<std::string> hidden_of(const Counts& counts, std::uint32_t threshold) {
  std::vector<std::pair<std::uint64_t, std::string>> ascending;
  for (const auto& [value, count] : counts) ascending.emplace_back(count, value);
  std::ranges::sort(ascending);
  std::vector<std::string> out;
  std::uint64_t sum = 0;
  for (const auto& [count, value] : ascending) {
    const bool covered = out.empty() || (out.size() > 1 && sum >= threshold);
    if (count >= threshold && covered) break;
    out.push_back(value);
    sum += count;
  }
  return out;
}

std::string text_of(const RegisterRow& row) {
  return row.count ? std::to_string(*row.count) : std::string(hidden_mark);
}
}  // namespace

void ComplaintRegister::take(const Record& record) {
  if (record.at > as_of_) return;
  at_ = record.at;
  for (const Emit& emit : record.events)
    visit([&](const auto& e) { note(emit.stream, e); }, emit.event);
}

void ComplaintRegister::note(const StreamKey& stream, const OrganisationRegistered& e) {
  kinds_[stream.id] = e.kind;
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintReceived& e) {
  complaints_[stream.id] = {.quarter = quarter_of(at_),
                            .matter = e.matter,
                            .about = e.about,
                            .status = ComplaintStatus::received,
                            .late = false,
                            .finding = {}};
}
void ComplaintRegister::stands(const StreamKey& stream, ComplaintStatus status) {
  const auto found = complaints_.find(stream.id);
  if (found != complaints_.end()) found->second.status = status;  // else conservation names it
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintRecorded&) {
  stands(stream, ComplaintStatus::recorded);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintAssigned&) {
  stands(stream, ComplaintStatus::assigned);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintInadmissible&) {
  stands(stream, ComplaintStatus::inadmissible);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintAnswered& e) {
  stands(stream, ComplaintStatus::answered);
  complaints_[stream.id].finding = e.finding;
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintSatisfied&) {
  stands(stream, ComplaintStatus::satisfied);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintSettled&) {
  stands(stream, ComplaintStatus::settled);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintOverdue&) {
  complaints_[stream.id].late = true;
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintEscalated&) {
  stands(stream, ComplaintStatus::escalated);
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintConcluded& e) {
  stands(stream, ComplaintStatus::concluded);
  complaints_[stream.id].finding = e.finding;
}
void ComplaintRegister::note(const StreamKey& stream, const ComplaintWithdrawn&) {
  stands(stream, ComplaintStatus::withdrawn);
}

std::vector<RegisterRow> ComplaintRegister::rows(std::uint32_t threshold) const {
  std::map<int, std::map<std::string, Counts>> all;
  std::map<int, std::uint64_t> totals;
  for (const auto& [id, one] : complaints_) {
    auto& counts = all[one.quarter];
    ++totals[one.quarter];
    ++counts["matter"][std::string(to_text(one.matter))];
    const auto kind = kinds_.find(one.about);
    ++counts["body"][kind == kinds_.end() ? "not registered" : std::string(to_text(kind->second))];
    ++counts["status"][std::string(to_text(one.status))];
    ++counts["finding"][one.finding ? std::string(to_text(*one.finding)) : "none yet"];
    ++counts["in time"][one.late ? "no" : "yes"];
  }
  std::vector<RegisterRow> out;
  for (const auto& [quarter, by] : all) {
    const std::string name = quarter_text(quarter);
    const std::uint64_t total = totals.at(quarter);
    const auto shown = [&](std::uint64_t count) {
      return total >= threshold ? std::optional(count) : std::nullopt;
    };
    out.push_back({name, "total", "all", shown(total)});
    for (const auto& [what, counts] : by) {
      const auto hidden = hidden_of(counts, threshold);
      for (const auto& [value, count] : counts) {
        const bool hides = std::ranges::find(hidden, value) != hidden.end();
        out.push_back({name, what, value, hides ? std::nullopt : shown(count)});
      }
    }
  }
  return out;
}

std::string csv_of(const std::vector<RegisterRow>& rows) {
  std::string out;
  csv::append_row(out, {"quarter", "by", "value", "complaints"});
  for (const RegisterRow& row : rows)
    csv::append_row(out, {row.quarter, row.by, row.value, text_of(row)});
  return out;
}

std::string json_of(const std::vector<RegisterRow>& rows) {
  std::string out = "[";
  for (const RegisterRow& row : rows) {
    out += out.size() > 1 ? ",\n{\"quarter\":" : "\n{\"quarter\":";
    json::append_string(out, row.quarter);
    out += ",\"by\":";
    json::append_string(out, row.by);
    out += ",\"value\":";
    json::append_string(out, row.value);
    out +=
        ",\"complaints\":" + (row.count ? std::to_string(*row.count) : std::string("null")) + '}';
  }
  return out + "\n]\n";
}
}  // namespace nrm
