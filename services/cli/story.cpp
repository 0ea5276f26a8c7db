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
    {"nrm.duplicate.suspected.v1", "other cases of the same person were looked for"},
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
     "access for support, {@organisation}: {in_force}"},
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
    {"nrm.case.identification_resumed.v1", "identification goes on: {status}"},
    {"nrm.case.identification_handed_over.v1", "identification notes the new owner, {@owner}"},
    {"nrm.case.signal_received.v1",
     "SIGNAL by {@organisation}, reference {reference}; followed up by {~follow_up_by}"},
    {"nrm.case.signal_overdue.v1", "signal not followed up: OVERDUE; told to {@escalated_to}"},
    {"nrm.case.signal_resolved.v1", "signal resolved: {outcome}"},
    {"nrm.case.screening_recorded.v1", "screening by {@organisation}"},
    {"nrm.case.age_assessed.v1", "age at {moment}: {band} ({precision}), by {assessor}"},
    {"nrm.case.information_requested.v1",
     "MORE INFORMATION asked of {@of}; answer by {~answer_by}"},
    {"nrm.case.information_answered.v1", "information answered; first stage due {~decide_by}"},
    {"nrm.case.information_overdue.v1",
     "information not answered; told to {@escalated_to}, first stage due {~decide_by}"},
    {"nrm.case.vote_cast.v1", "vote of a committee member: {outcome} ({ground})"},
    {"nrm.case.member_recused.v1", "a member recused: {ground}"},
    {"nrm.case.route_changed.v1", "route of identification: {route}"},
    {"nrm.case.decider_appointed.v1", "{@owner} decides from now on"},
    {"nrm.case.decider_noted.v1", "the vault notes who decides, {@decider}"},
    {"nrm.case.second_stage_awaited.v1", "no recovery period ({why}); awaits {@awaiting}"},
    {"nrm.case.recovery_period_extended.v1", "recovery period extended until {~until}: {reason}"},
    {"nrm.case.reconsideration_requested.v1",
     "CONTESTED by {by}: {ground}; decided anew by {~decide_by}"},
    {"nrm.case.reconsideration_overdue.v1", "reconsideration OVERDUE since {~due}"},
    {"nrm.case.reconsideration_decided.v1", "RECONSIDERED: {outcome} ({ground}) by {@by}"},
    {"nrm.case.disqualified.v1", "DISQUALIFIED: {ground}, by {@by}"},
    {"nrm.case.further_episode_opened.v1",
     "FURTHER EPISODE, number {episode}, by {@organisation}; first stage due {~decide_by}"},
    {"nrm.case.identification_withdrawn.v1", "the person wants no identification: said by {by}"},
    {"nrm.case.contact_attempted.v1", "attempt {number} to reach the person ({channel}) failed"},
    {"nrm.case.contact_lost.v1", "CONTACT LOST; waited for until {~until}"},
    {"nrm.case.contact_regained.v1", "the person was found by {@organisation}: {status}"},
    {"nrm.case.person_died.v1", "the person died: said by {@organisation}"},
    {"nrm.case.opened_in_error.v1", "opened in error: {ground}"},
    {"nrm.case.identification_settled.v1", "identification is settled: {status}"},
    {"nrm.case.identification_reopened.v1", "identification is open again: {status}"},
    {"nrm.case.merged.v1", "MERGED into another case of the same person"},
    {"nrm.case.unmerged.v1", "the merge was reversed: {status}"},
    {"nrm.duplicate.merge_proposed.v1", "merging with another case proposed by {who}"},
    {"nrm.duplicate.merge_proposal_lapsed.v1", "the proposal to merge lapsed"},
    {"nrm.duplicate.dismissed.v1", "the other case is of another person: {who}"},
    {"nrm.duplicate.cases_merged.v1", "two people agreed: both cases are of one person"},
    {"nrm.duplicate.merge_reversed.v1", "the merge was taken back by {who}"},
    {"nrm.case.referral_case_opened.v1", "referral takes note of the case"},
    {"nrm.case.support_consent_noted.v1", "referral takes note of the consent to support: {given}"},
    {"nrm.case.referral_case_ended.v1", "no further referrals"},
    {"nrm.case.referral_case_reopened.v1", "needs may be referred again"},
    {"nrm.case.recipient_consent_noted.v1",
     "the person's word about contact with {@recipient}: {given}"},
    {"nrm.case.matching_facts_noted.v1", "what matching must know was noted by {who}"},
    {"nrm.case.same_network_noted.v1", "kept apart from another person: {applies}"},
    {"nrm.case.referral_denial_noted.v1", "not to be asked, {@organisation}: {denied}"},
    {"nrm.case.handover_proposed.v1",
     "HAND-OVER offered to {@to}: {reason}; answer by {~answer_by}"},
    {"nrm.case.handover_declined.v1", "hand-over declined by {@to}: {reason}"},
    {"nrm.case.handover_revoked.v1", "hand-over taken back"},
    {"nrm.case.handover_expired.v1", "nobody answered the hand-over"},
    {"nrm.case.handed_over.v1", "HANDED OVER from {@from} to {@to}"},
    {"nrm.case.support_handed_over.v1", "support belongs to {@owner} now"},
    {"nrm.case.closure_handed_over.v1", "closure belongs to {@owner} now"},
    {"nrm.case.dossier_handed_over.v1", "the vault notes the new owner, {@owner}"},
    {"nrm.case.safeguarding_noted.v1", "the vault treats the person as a child: {safeguarded}"},
    {"nrm.case.closure_decider_noted.v1", "closure notes who decides, {@decider}"},
    {"nrm.case.closure_age_noted.v1", "closure notes whether a child was reported: {child}"},
    {"nrm.case.referral_age_noted.v1", "matching goes by another age: {age_now}"},
    {"nrm.procedure.handed_over.v1", "the procedure goes to {@owner}"},
    {"nrm.alarm.handed_over.v1", "the alarm goes to {@owner}"},
    {"nrm.incident.handed_over.v1", "the incident goes to {@owner}"},
    {"nrm.child_notice.handed_over.v1", "the notice goes to {@owner}"},
    {"nrm.transition.handed_over.v1", "the way out of support goes to {@owner}"},
    {"nrm.follow_up.handed_over.v1", "the visit goes to {@owner}"},
    {"nrm.case.protection_noted.v1", "asks for protection: {asked}"},
    {"nrm.case.sealed_package_noted.v1", "a package for a focal point abroad is sealed"},
    {"nrm.transnational.sent.v1",
     "REFERRED ABROAD ({country}) to {@focal_point}; answer by {~answer_by}"},
    {"nrm.transnational.overdue.v1", "no answer from abroad: OVERDUE"},
    {"nrm.transnational.owner_changed.v1", "the package abroad belongs to {@owner} now"},
    {"nrm.transnational.answered.v1", "answered from abroad: {outcome}"},
    {"nrm.transnational.revoked.v1", "package abroad called back: {reason}"},
    {"nrm.referral.requested.v1", "need: {service}"},
    {"nrm.referral.drafted.v1", "a draft; to be sent by {~send_by}"},
    {"nrm.referral.proposed.v1", "{@organisation} would be asked, if the person agrees"},
    {"nrm.referral.consent_overridden.v1",
     "CONSENT OVERRIDDEN until {~until}: {ground}; told to {@notice_to}"},
    {"nrm.referral.awaits_consent.v1", "waits for the person's consent until {~consent_by}"},
    {"nrm.referral.offered.v1",
     "OFFERED ({service}) to {@organisation}, attempt {attempt}; {candidates} could take it; "
     "answer "
     "by {~answer_by}"},
    {"nrm.referral.acknowledged.v1", "offer acknowledged by {who}"},
    {"nrm.referral.accepted.v1", "ACCEPTED ({service}) by {@organisation}"},
    {"nrm.referral.waitlisted.v1", "on the waiting list; looked at again {~review_at}"},
    {"nrm.referral.declined.v1", "declined: {reason}"},
    {"nrm.referral.delivered.v1", "the provider was told ({channel})"},
    {"nrm.referral.reminded.v1", "late; {@organisation} reminded, answer by {~answer_by}"},
    {"nrm.referral.offer_revoked.v1", "offer REVOKED: {reason}"},
    {"nrm.referral.started.v1", "the person came on {on}"},
    {"nrm.referral.held.v1", "on hold: {reason}; looked at again {~review_at}"},
    {"nrm.referral.resumed.v1", "goes on"},
    {"nrm.referral.at_risk.v1", "AT RISK: {reason}; {@to} decides by {~solve_by}"},
    {"nrm.referral.kept.v1", "the person stays with the provider"},
    {"nrm.referral.owner_changed.v1", "belongs to {@owner} now"},
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
    {"nrm.case.support_file_closed.v1", "assistance takes note that the case is closed"},
    {"nrm.case.support_file_reopened.v1", "assistance takes note that the case is open again"},
    {"nrm.case.contact_recorded.v1", "contact ({channel}) by {who}; risk assessed: {assessed}"},
    {"nrm.case.risk_assessed.v1", "risk assessed by {who}"},
    {"nrm.case.needs_assessed.v1", "needs assessed by {@organisation}"},
    {"nrm.case.preferences_recorded.v1", "wishes about interpreter and interviewer recorded"},
    {"nrm.case.contact_rules_set.v1", "how the person may be reached was set"},
    {"nrm.procedure.opened.v1", "PROCEDURE opened: {kind}; looked at again {~look_at}"},
    {"nrm.procedure.recorded.v1", "procedure: {step}; looked at again {~look_at}"},
    {"nrm.procedure.due.v1", "procedure: {why}; told to {@escalated_to}"},
    {"nrm.procedure.ended.v1", "procedure ended: {end}"},
    {"nrm.alarm.raised.v1", "ALARM, the person is MISSING: {ground}"},
    {"nrm.alarm.escalated.v1", "still missing; told to {@escalated_to}"},
    {"nrm.alarm.ended.v1", "alarm ended: {end}"},
    {"nrm.incident.reported.v1", "INCIDENT on {on}: {kind}, {severity}; answer by {~answer_by}"},
    {"nrm.incident.overdue.v1", "incident still unanswered; told to {@escalated_to}"},
    {"nrm.incident.closed.v1", "incident: {outcome}"},
    {"nrm.transition.move_on_started.v1", "MOVING ON: at least until {~until}"},
    {"nrm.transition.move_on_extended.v1", "moving on until {~until}: {ground}"},
    {"nrm.transition.agreed.v1", "transition plan agreed with the person"},
    {"nrm.transition.move_on_passed.v1", "the move-on period has passed"},
    {"nrm.transition.reach_in_opened.v1", "support is over; reach-in until {~until}"},
    {"nrm.transition.reach_in_recorded.v1", "reach-in ({channel}): {wellbeing}"},
    {"nrm.transition.ended.v1", "transition ended: {reason}"},
    {"nrm.child.pathway_opened.v1", "CHILD, or age in doubt: {status} by {~due}"},
    {"nrm.child.guardian_noted.v1", "guardian in office: {in_office}; {status}"},
    {"nrm.child.pathway_overdue.v1", "{status}: OVERDUE; told to {@escalated_to}"},
    {"nrm.child.best_interests_determined.v1",
     "best for the child: {determination}; looked at again {~review_at}"},
    {"nrm.child.education_recorded.v1", "school: {education}"},
    {"nrm.child.handed_over.v1", "the child's pathway goes to {@owner}"},
    {"nrm.child.pathway_ended.v1", "children's pathway ended: {reason}"},
    {"nrm.child_notice.raised.v1", "{body} must be told of the child by {~due}"},
    {"nrm.child_notice.overdue.v1", "{body} has not acknowledged; told to {@escalated_to}"},
    {"nrm.child_notice.acknowledged.v1", "{body} acknowledged the notice"},
    {"nrm.child_notice.dropped.v1", "notice dropped: {reason}"},
    {"nrm.case.safe_contact_noted.v1", "closure takes note how the person may be reached"},
    {"nrm.case.reopened.v1", "REOPENED by {who}: {cause}"},
    {"nrm.case.retention_extended.v1", "data kept until {~until}: something still needs it"},
    {"nrm.case.erasure_ordered.v1",
     "ERASURE ordered, time {number}: the vault confirms by {~confirm_by}"},
    {"nrm.case.erasure_noted.v1", "closure takes note of the erasure: {ground}"},
    {"nrm.follow_up.planned.v1", "visit {number} planned for {~due}"},
    {"nrm.follow_up.overdue.v1", "visit OVERDUE; told to {@escalated_to}"},
    {"nrm.follow_up.recorded.v1", "visited ({channel}): {wellbeing}"},
    {"nrm.follow_up.refused.v1", "the person wants no visits"},
    {"nrm.follow_up.dropped.v1", "visit dropped: {reason}"},
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
  if (id == OrganisationId().text()) return "all of them";
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
