#include "services/cli/story.hpp"

#include <algorithm>

#include "services/cli/api.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
// {member} is of the event's data, {who} is who did it, {@member} an organisation's name, {~member}
// the day of an instant.
struct Template {
  std::string_view type;
  std::string_view text;
};
constexpr Template sentences[] = {
    {"nrm.account.issued.v1", "account issued, of kind {role}"},
    {"nrm.duplicate.suspected.v1", "another case may be of the same person"},
    {"nrm.sealed_item.stored.v1", "sealed to organisations' keys: {class}"},
    {"nrm.sealed_item.requested.v1", "reading of a sealed item asked for by {who}"},
    {"nrm.sealed_item.approved.v1", "that reading approved by a second person of {who}"},
    {"nrm.sealed_item.opened.v1", "sealed item read for {purpose} by {who}"},
    {"nrm.case.dossier_sealed.v1", "personal part sealed, consents recorded"},
    {"nrm.case.dossier_reported.v1", "the vault notes that the report is in"},
    {"nrm.case.dossier_opened.v1", "dossier opened for {purpose} by {who}"},
    {"nrm.case.dossier_abandoned.v1", "no report followed; the keys were destroyed"},
    {"nrm.case.erasure_requested.v1",
     "ERASURE asked for: {ground}; a second person answers by {~answer_by}"},
    {"nrm.case.erasure_overdue.v1", "erasure still unanswered; told to {@escalated_to}"},
    {"nrm.case.erasure_confirmed.v1", "erasure confirmed by {who}; to be erased {~erase_at}"},
    {"nrm.case.erasure_cancelled.v1", "erasure called off by {who}"},
    {"nrm.case.erased.v1", "ERASED: keys destroyed; copies in old files die after {~copies_until}"},
    {"nrm.case.consent_recorded.v1", "consent recorded by {who}"},
    {"nrm.case.support_relation_noted.v1",
     "the vault notes whether {@organisation} supports the person: {in_force}"},
    {"nrm.case.guardian_appointed.v1", "guardian appointed: {kind}"},
    {"nrm.case.guardianship_ended.v1", "guardianship ended: {reason}"},
    {"nrm.case.conflict_declared.v1", "conflict of interest declared by {who}: {ground}"},
    {"nrm.case.access_denied.v1", "access DENIED: {ground}"},
    {"nrm.case.denial_lifted.v1", "denial lifted"},
    {"nrm.withdrawal.notified.v1", "WITHDRAWN ({purpose}): {@recipient} answers by {~due}"},
    {"nrm.withdrawal.overdue.v1", "withdrawal not answered by {@recipient}: OVERDUE"},
    {"nrm.withdrawal.acknowledged.v1", "withdrawal: {outcome} by {who}"},
    {"nrm.case.break_glass_started.v1", "GLASS BROKEN by {who}: {ground}; review by {~review_by}"},
    {"nrm.emergency.review_opened.v1", "review of the broken glass opened; due {~due}"},
    {"nrm.emergency.review_overdue.v1", "review of the broken glass OVERDUE"},
    {"nrm.emergency.reviewed.v1", "broken glass reviewed: {outcome}"},
    {"nrm.proposal.opened.v1", "opening for {purpose} proposed by {who}"},
    {"nrm.proposal.approved.v1", "opening approved by a second person of {who}"},
    {"nrm.proposal.used.v1", "the approved opening was used"},
    {"nrm.proposal.lapsed.v1", "the proposed opening lapsed"},
    {"nrm.case.report_received.v1",
     "REPORTED by {@organisation}, reference {reference}; first stage due {~decide_by}"},
    {"nrm.case.notification_recorded.v1",
     "COUNTED anonymously by {@organisation}, reference {reference}"},
    {"nrm.case.first_stage_overdue.v1", "first stage OVERDUE since {~due}"},
    {"nrm.case.first_stage_decided.v1", "FIRST STAGE {outcome} ({ground}) by {@by}"},
    {"nrm.case.recovery_period_started.v1", "recovery period until {~until}"},
    {"nrm.case.recovery_period_ended.v1", "recovery period over; awaits {@awaiting}"},
    {"nrm.case.second_stage_overdue.v1", "second stage OVERDUE since {~due}"},
    {"nrm.case.second_stage_decided.v1", "SECOND STAGE {outcome} ({ground}) by {@by}"},
    {"nrm.case.reconsideration_window_closed.v1", "the decision can no longer be contested"},
    {"nrm.case.identification_ended.v1", "identification ended: {reason}"},
    {"nrm.case.referral_case_opened.v1", "referral takes note of the case"},
    {"nrm.case.support_consent_noted.v1", "referral takes note of the consent to support: {given}"},
    {"nrm.case.referral_case_ended.v1", "no further referrals"},
    {"nrm.referral.requested.v1", "need: {service}"},
    {"nrm.referral.awaits_consent.v1", "waits for the person's consent until {~consent_by}"},
    {"nrm.referral.offered.v1",
     "OFFERED ({service}) to {@organisation}, match {attempt} of {candidates}; answer by "
     "{~answer_by}"},
    {"nrm.referral.acknowledged.v1", "offer acknowledged by {who}"},
    {"nrm.referral.accepted.v1", "ACCEPTED ({service}) by {@organisation}"},
    {"nrm.referral.waitlisted.v1", "on the waiting list; looked at again {~review_at}"},
    {"nrm.referral.declined.v1", "declined: {reason}"},
    {"nrm.referral.expired.v1", "nobody answered the offer"},
    {"nrm.referral.escalated.v1", "ESCALATED to {@to}: {reason}"},
    {"nrm.referral.escalation_overdue.v1", "escalation still open"},
    {"nrm.referral.completed.v1", "referral completed: {reason}"},
    {"nrm.referral.cancelled.v1", "referral cancelled: {reason}"},
    {"nrm.case.support_opened.v1", "SUPPORT opened; plan due {~plan_by}"},
    {"nrm.case.service_started.v1", "service started: {service}"},
    {"nrm.case.plan_overdue.v1", "plan OVERDUE"},
    {"nrm.case.plan_agreed.v1", "plan agreed with the person; review {~review_at}"},
    {"nrm.case.service_given.v1", "{service} given on {on}, {units} units"},
    {"nrm.case.review_overdue.v1", "review OVERDUE"},
    {"nrm.case.review_held.v1", "review held; next {~next_at}"},
    {"nrm.case.service_ended.v1", "service ended: {reason}"},
    {"nrm.case.support_ended.v1", "SUPPORT ended: {reason}"},
    {"nrm.case.closure_file_opened.v1", "closure checklist opened"},
    {"nrm.case.obligation_noted.v1", "owed before closing: {obligation}"},
    {"nrm.case.obligation_met.v1", "no longer owed: {obligation}"},
    {"nrm.case.person_informed.v1", "person informed ({channel})"},
    {"nrm.case.closure_requested.v1", "CLOSURE asked for: {reason}; answer by {~approve_by}"},
    {"nrm.case.closure_approval_overdue.v1", "closure approval OVERDUE"},
    {"nrm.case.closure_refused.v1", "closure refused"},
    {"nrm.case.closed.v1", "CLOSED: {reason}; data kept until {retain_until}"},
};

std::string value_text(json::Value data, std::string_view member) {
  const json::Value value = data ? data.find(member) : json::Value();
  if (!value) return "not told";
  switch (value.kind()) {
    case json::Kind::string:
      return words(value.text());
    case json::Kind::integer:
      return std::to_string(value.integer());
    case json::Kind::boolean:
      return value.boolean() ? "yes" : "no";
    default:
      return "…";
  }
}

std::string fill(std::string_view member, const Happening& happening, const Names& organisations) {
  const json::Value data = happening.data;
  if (member == "who") {
    if (!happening.organisation.empty()) return name_of(happening.organisation, organisations);
    return words(happening.role);
  }
  if (member.front() == '@') return name_of(text_of(data, member.substr(1)), organisations);
  if (member.front() == '~') return std::string(text_of(data, member.substr(1)).substr(0, 10));
  return value_text(data, member);
}
}  // namespace

std::string name_of(std::string_view id, const Names& organisations) {
  const auto found = organisations.find(std::string(id));
  return found == organisations.end() ? "organisation " + std::string(id.substr(0, 8))
                                      : found->second;
}

std::string sentence(const Happening& happening, const Names& organisations) {
  const auto* row = std::ranges::find(sentences, happening.type, &Template::type);
  const std::string_view text = row == std::end(sentences) ? happening.type : row->text;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto close = text[i] == '{' ? text.find('}', i) : text.npos;
    if (close == text.npos) {
      out += text[i];
      continue;
    }
    out += fill(text.substr(i + 1, close - i - 1), happening, organisations);
    i = close;
  }
  return out;
}

std::string story_line(json::Value item, const Names& organisations) {
  std::string at(text_of(item, "at").substr(0, 16));
  std::ranges::replace(at, 'T', ' ');
  std::string out = at + "  ";
  if (const auto referral = text_of(item, "referral"); !referral.empty())
    out += "[" + std::string(referral.substr(0, 8)) + "] ";
  out += sentence({text_of(item, "type"), item.find("data"), text_of(item, "role"),
                   text_of(item, "organisation")},
                  organisations);
  return out + "  (" + std::string(text_of(item, "log")) + " " +
         std::to_string(number_of(item, "seq")) + ")";
}
}  // namespace nrm::cli
