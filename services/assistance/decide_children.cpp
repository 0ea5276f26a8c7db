// The children's pathway: a guardian, what is best for the child, school, and the bodies that are
// told at the same time. Of a child, or of somebody whose age is in doubt, until it is known
// (Council of Europe Convention, art. 10(3) and (4)).
#include <algorithm>

#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
// Where a pack has no such clock.
constexpr Milliseconds guardian_default = days(14), best_interests_default = days(28),
                       notice_default = hours(24);

// The pathway, for those who work on it.
Result<const ChildFile*> find_child(const AssistanceRules& rules, const CaseId& subject,
                                    bool providers_too) {
  const ChildFile* child = rules.view.find<ChildFile>(subject);
  const Error nothing(Code::not_found, "/subject");
  if (child == nullptr || child->status == ChildStatus::none) return nothing;
  const bool owner = rules.input.actor->role == Role::case_manager && child->owner == rules.mine();
  if (!owner && !(providers_too && rules.input.actor->role == Role::service_provider &&
                  rules.visible(subject)))
    return nothing;
  if (child->status == ChildStatus::ended)
    return Error(Code::not_in_state, "/subject", "the children's pathway has ended");
  return child;
}

Instant due_of(const AssistanceRules& rules, ChildStatus status) {
  return status == ChildStatus::guardian_awaited
             ? rules.due_or(ClockName::guardian, guardian_default)
             : rules.due_or(ClockName::best_interests, best_interests_default);
}

ChildStatus first_status(const Policy& policy, bool has_guardian) {
  return policy.support.guardian_required && !has_guardian ? ChildStatus::guardian_awaited
                                                           : ChildStatus::best_interests_due;
}
}  // namespace

void AssistanceRules::open_pathway(Decision& out, const CaseId& subject,
                                   const OrganisationId& owner, bool presumed) const {
  const ChildFile* child = view.find<ChildFile>(subject);
  const ChildStatus status = first_status(policy, child != nullptr && !child->guardians.empty());
  const Instant by = due_of(*this, status);
  const StreamKey stream = child_stream(subject);
  out.emit(stream, ChildPathwayOpened{owner, presumed, status, by});
  out.set_clock(stream, *clock_of(status), by);
}

Decision AssistanceRules::on(const ReportReceived& event, const CaseId& subject) const {
  Decision out;
  if (event.facts.age_now == AgeBand::adult) return out;
  const ChildFile* child = view.find<ChildFile>(subject);
  if (child != nullptr && child->status != ChildStatus::none) return out;
  const SupportFile* file = view.find<SupportFile>(subject);
  const bool presumed = event.facts.age_now == AgeBand::unknown;
  const OrganisationId owner =
      owner_of(subject, offices(policy).case_management);  // it may have been handed over already
  if (file != nullptr && file->closed) {  // closure's log was faster: a reopening begins it anew
    const ChildStatus status = first_status(policy, child != nullptr && !child->guardians.empty());
    out.emit(child_stream(subject),
             ChildPathwayOpened{owner, presumed, status, due_of(*this, status)});
    out.emit(child_stream(subject), ChildPathwayEnded{ChildEnd::case_closed});
    return out;
  }
  open_pathway(out, subject, owner, presumed);
  raise_notices(out, subject, owner);
  return out;
}

// A body is told once of a pathway; all are due at the same time.
void AssistanceRules::raise_notices(Decision& out, const CaseId& subject,
                                    const OrganisationId& owner) const {
  const Instant by = due_or(ClockName::child_notice, notice_default);
  std::uint32_t n = 0;
  for (const ChildBody body : policy.support.child_notices) {
    const StreamKey stream = notice_stream(input.fresh<ChildNoticeId>(n++));
    out.emit(stream, ChildNoticeRaised{subject, owner, body, by});
    out.set_clock(stream, ClockName::child_notice, by);
  }
}

// Identification says who is treated as a child from now on. What a child must have begins then, if
// it has not; what only a child has ends for who is an adult after all. A pathway that ended with
// the case is begun anew by closure alone, and not for an adult.
Decision AssistanceRules::on(const AgeAssessed& event, const CaseId& subject) const {
  Decision out;
  if (event.moment != AgeMoment::today) return out;
  const ChildFile* child = view.find<ChildFile>(subject);
  const ChildStatus status = child == nullptr ? ChildStatus::none : child->status;
  const bool ended_with_case = status == ChildStatus::ended && !child->of_age;
  if (!event.treated_as_child) {
    if (ended_with_case)
      out.emit(child_stream(subject), ChildPathwayEnded{ChildEnd::assessed_adult});
    else
      end_pathway(out, subject, ChildEnd::assessed_adult);
    return out;
  }
  // Closure's log may have been faster: then IdentificationEnded follows, and ends it.
  if (clock_of(status) || ended_with_case) return out;
  const OrganisationId owner = owner_of(subject, offices(policy).case_management);
  open_pathway(out, subject, owner, event.band != AgeBand::child);
  raise_notices(out, subject, owner);
  return out;
}

// The case was closed. Closure's own log may have been ahead of the report; what follows from one
// log is in order. A pathway that was begun anew is ended by closure alone.
Decision AssistanceRules::on(const IdentificationEnded&, const CaseId& subject) const {
  const ChildFile* child = view.find<ChildFile>(subject);
  Decision out;
  if (child != nullptr && !child->again) end_pathway(out, subject, ChildEnd::case_closed);
  return out;
}

// Closure's log may have told of closing and reopening before the report came: then nobody but
// identification says that the case goes on. Of a support file that is closed, closure will.
Decision AssistanceRules::on(const IdentificationResumed&, const CaseId& subject) const {
  const ChildFile* child = view.find<ChildFile>(subject);
  const SupportFile* file = view.find<SupportFile>(subject);
  Decision out;
  if (child == nullptr || child->status != ChildStatus::ended || child->of_age || child->again ||
      (file != nullptr && file->closed))
    return out;
  open_pathway(out, subject, child->owner, child->presumed);
  return out;
}

// The vault's log may be ahead of the report: the guardian is noted all the same.
Decision AssistanceRules::on(const GuardianAppointed& event, const CaseId& subject) const {
  const ChildFile* child = view.find<ChildFile>(subject);
  const ChildFile none;
  const ChildFile& before = child == nullptr ? none : *child;
  Decision out;
  if (std::ranges::find(before.guardians, event.account) != before.guardians.end()) return out;
  const StreamKey stream = child_stream(subject);
  const bool waited = before.status == ChildStatus::guardian_awaited;
  GuardianNoted noted{event.account, true, before.status, std::nullopt};
  if (waited) {
    noted.status = ChildStatus::best_interests_due;
    noted.due = due_of(*this, noted.status);
  }
  out.emit(stream, noted);
  if (waited) {
    out.clear_clock(stream, ClockName::guardian);
    out.set_clock(stream, ClockName::best_interests, noted.due);
  }
  return out;
}

Decision AssistanceRules::on(const GuardianshipEnded& event, const CaseId& subject) const {
  const ChildFile* child = view.find<ChildFile>(subject);
  Decision out;
  if (child == nullptr ||
      std::ranges::find(child->guardians, event.account) == child->guardians.end())
    return out;
  const StreamKey stream = child_stream(subject);
  const auto clock = clock_of(child->status);
  const bool alone = child->guardians.size() == 1 && policy.support.guardian_required && clock;
  GuardianNoted noted{event.account, false, child->status, std::nullopt};
  if (alone) {
    noted.status = ChildStatus::guardian_awaited;
    noted.due = due_of(*this, noted.status);
  }
  out.emit(stream, noted);
  if (alone) {
    out.clear_clock(stream, *clock);
    out.set_clock(stream, ClockName::guardian, noted.due);
  }
  return out;
}

Result<Decision> AssistanceRules::on(const DetermineBestInterests& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const ChildFile* child, find_child(*this, command.subject, false));
  if (child->status == ChildStatus::guardian_awaited)
    return Error(Code::not_in_state, "/subject", "a guardian must be in office first");
  const StreamKey stream = child_stream(command.subject);
  const Instant review_at = due_of(*this, ChildStatus::settled);
  return Decision()
      .emit(stream, BestInterestsDetermined{command.determination, review_at})
      .set_clock(stream, ClockName::best_interests, review_at);
}

Result<Decision> AssistanceRules::on(const RecordEducation& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(find_child(*this, command.subject, true));
  return Decision().emit(child_stream(command.subject), EducationRecorded{command.education});
}

Result<Decision> AssistanceRules::on(const EndChildPathway& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY(find_child(*this, command.subject, false));
  Decision out;
  end_pathway(out, command.subject, ChildEnd::came_of_age);
  return out;
}

void AssistanceRules::end_pathway(Decision& out, const CaseId& subject, ChildEnd reason) const {
  for (const StreamKey& stream : open_matters(subject, to_text(StreamKind::notice)))
    out.emit(stream, ChildNoticeDropped{subject, reason})
        .clear_clock(stream, ClockName::child_notice);
  const ChildFile* child = view.find<ChildFile>(subject);
  const auto clock = child == nullptr ? std::nullopt : clock_of(child->status);
  if (!clock) return;
  out.emit(child_stream(subject), ChildPathwayEnded{reason});
  out.clear_clock(child_stream(subject), *clock);
}

// Nobody did it in time; or a determination is old enough to be looked at again.
Decision AssistanceRules::child_due(const Due& over) const {
  const ChildFile* child = view.find<ChildFile>(over.stream.id);
  Decision out;
  if (child == nullptr || clock_of(child->status) != over.name) return out;
  const ChildStatus status =
      child->status == ChildStatus::settled ? ChildStatus::best_interests_due : child->status;
  const Instant by = due_of(*this, status);
  out.emit(over.stream, ChildPathwayOverdue{status, child->owner, by});
  out.set_clock(over.stream, over.name, by);
  return out;
}

Result<Decision> AssistanceRules::on(const AcknowledgeChildNotice& command) const {
  NRM_TRY(only({Role::case_manager}));
  const ChildNotice* notice = view.find<ChildNotice>(command.notice);
  if (notice == nullptr || owner_of(notice->subject, notice->owner) != mine())
    return Error(Code::not_found, "/notice");
  if (notice->status != ChildNoticeStatus::raised)
    return Error(Code::not_in_state, "/notice", "this notice is not open");
  const StreamKey stream = notice_stream(command.notice);
  return Decision()
      .emit(stream, ChildNoticeAcknowledged{notice->subject, notice->body})
      .clear_clock(stream, ClockName::child_notice);
}

Decision AssistanceRules::notice_due(const Due& over) const {
  const ChildNotice* notice = view.find<ChildNotice>(over.stream.id);
  Decision out;
  if (notice == nullptr || notice->status != ChildNoticeStatus::raised ||
      over.name != ClockName::child_notice)
    return out;
  const Instant again = due_or(ClockName::child_notice, notice_default);
  out.emit(over.stream, ChildNoticeOverdue{notice->subject, notice->body,
                                           owner_of(notice->subject, notice->owner), again});
  out.set_clock(over.stream, ClockName::child_notice, again);
  return out;
}
}  // namespace nrm
