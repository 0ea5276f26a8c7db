#include "services/audit/referral_table.hpp"

#include <algorithm>
#include <tuple>

#include "common/base/csv.hpp"

namespace nrm {
namespace {
// Case-insensitive order, which is what the publisher's spreadsheet sorts by.
int compare_folded(std::string_view a, std::string_view b) {
  const auto fold = [](char c) {
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  };
  const auto size = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < size; ++i)
    if (fold(a[i]) != fold(b[i])) return fold(a[i]) < fold(b[i]) ? -1 : 1;
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

auto texts(const ReferralCell& cell) {
  return std::tie(cell.first_responder, cell.exploitation, cell.age_at_exploitation, cell.gender,
                  cell.nationality);
}

bool published_before(const ReferralCell& a, const ReferralCell& b) {
  const auto type_a = responder_type_order(a.first_responder_type);
  const auto type_b = responder_type_order(b.first_responder_type);
  if (type_a != type_b) return type_a < type_b;
  for (const auto column :
       {&ReferralCell::first_responder, &ReferralCell::exploitation,
        &ReferralCell::age_at_exploitation, &ReferralCell::gender, &ReferralCell::nationality})
    if (const int order = compare_folded(a.*column, b.*column)) return order < 0;
  return texts(a) < texts(b);
}

bool same_cell(const ReferralCell& a, const ReferralCell& b) {
  return a.first_responder_type == b.first_responder_type && texts(a) == texts(b);
}
}  // namespace

void ReferralTable::apply(const StreamKey& stream, const Event& event) {
  if (const auto* registered = get_if<OrganisationRegistered>(&event)) {
    responders_.insert_or_assign(OrganisationId(stream.id), *registered);
  } else if (const auto* report = get_if<ReportReceived>(&event)) {
    const ReportFacts& facts = report->facts;
    ++counts_[report->organisation]
             [{exploitation_label({facts.exploitation, facts.label_style}),
               std::string(age_label(facts.age_at_exploitation)),
               std::string(gender_label(facts.gender)), publish(facts.nationalities)}];
    ++people_;
  }
}

void ReferralTable::apply(const Record& record) {
  for (const Emit& emitted : record.events) apply(emitted.stream, emitted.event);
}

std::vector<ReferralCell> ReferralTable::cells() const {
  std::vector<ReferralCell> all;
  for (const auto& [organisation, counts] : counts_) {
    const auto responder = responders_.find(organisation);
    const bool known = responder != responders_.end();
    const auto type = known ? responder_type_label(responder->second.kind) : not_specified_label;
    const auto name = known ? std::string_view(responder->second.name.text()) : not_specified_label;
    for (const auto& [labels, people] : counts)
      all.push_back({std::string(type), std::string(name), labels[0], labels[1], labels[2],
                     labels[3], people});
  }
  std::sort(all.begin(), all.end(), published_before);
  // Two organisations of one name and type are one responder to the reader of the table.
  std::vector<ReferralCell> merged;
  for (ReferralCell& cell : all) {
    if (!merged.empty() && same_cell(merged.back(), cell))
      merged.back().people += cell.people;
    else
      merged.push_back(std::move(cell));
  }
  return merged;
}

std::string ReferralTable::csv() const {
  const auto& c = referral_table_columns;
  std::string out;
  csv::append_row(out, {c[0], c[1], c[2], c[3], c[4], c[5], c[6]});
  for (const ReferralCell& cell : cells())
    csv::append_row(out, {cell.first_responder_type, cell.first_responder, cell.exploitation,
                          cell.age_at_exploitation, cell.gender, cell.nationality,
                          std::to_string(cell.people)});
  return out;
}
}  // namespace nrm
