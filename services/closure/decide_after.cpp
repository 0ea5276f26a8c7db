// After closing: visits at the pack's intervals, reopening with a cause, and the end of the data.
#include "common/step/safe_contact.hpp"
#include "services/closure/rules.hpp"

namespace nrm::closing {
namespace {
// Where a pack has no such clock: the vault takes three days to hold, and a person to confirm.
constexpr Milliseconds order_default = days(14);

Instant order_by(const Desk& desk) {
  return desk.policy.due(ClockName::erasure_order, desk.input.at)
      .value_or(desk.input.at + order_default);
}

// The visit with this number, so many days after the moment given.
void plan_visit(Decision& out, const Desk& desk, const CaseId& subject, const OrganisationId& owner,
                std::uint32_t number, Date on) {
  const StreamKey stream = visit_stream(desk.input.fresh<FollowUpId>(0));
  const Instant due = std::max(desk.policy.end_of_local(on), desk.input.at);
  out.emit(stream, FollowUpPlanned{subject, owner, number, due});
  out.set_clock(stream, ClockName::follow_up, due);
}

void drop_visits(Decision& out, const Desk& desk, const CaseId& subject, FollowUpDrop reason) {
  desk.view.rows("visit/" + subject.text() + '/', [&](std::string_view key, std::string_view) {
    const auto id = Uuid::parse(key.substr(key.rfind('/') + 1));
    CHECK(id, "rows.cpp writes these keys");
    const FollowUp* visit = desk.view.find<FollowUp>(*id);
    out.emit(visit_stream(*id), FollowUpDropped{subject, reason});
    out.clear_clock(visit_stream(*id), *visit->running_clock());
    return true;
  });
}

struct VisitAndFile {
  const FollowUp* visit;
  const ClosureFile* file;
};
Result<VisitAndFile> find_visit(const Desk& desk, const FollowUpId& id) {
  NRM_TRY(desk.only({Role::case_manager}, "only a case manager does this"));
  const FollowUp* visit = desk.view.find<FollowUp>(id);
  const ClosureFile* file = visit ? desk.view.find<ClosureFile>(visit->subject) : nullptr;
  if (file == nullptr || file->owner != desk.input.actor->organisation)
    return Error(Code::not_found, "/follow_up");
  if (!visit->open()) return Error(Code::not_in_state, "/follow_up", "this visit is over");
  return VisitAndFile{visit, file};
}
}  // namespace

RetentionCategory category_of(ClosureReason reason, const ClosureFile& file) {
  switch (reason) {
    case ClosureReason::not_a_victim:
      return RetentionCategory::not_a_victim;
    case ClosureReason::opened_in_error:
    case ClosureReason::merged_duplicate:
      return RetentionCategory::opened_in_error;
    default:
      return file.child ? RetentionCategory::child : RetentionCategory::victim;
  }
}

Date retain_until(const Desk& desk, RetentionCategory category) {
  const RetentionRule* rule = desk.policy.closure.retention_rule(category);
  const std::uint32_t days = rule == nullptr ? desk.policy.retention_days : rule->days;
  return desk.input.at.date().plus(static_cast<int>(days));
}

void begin_retention(Decision& out, const Desk& desk, const CaseId& subject,
                     const ClosureFile& file, ClosureReason reason, Date until) {
  const StreamKey stream = case_stream(subject);
  if (file.erased) {  // the person had asked for it while the case was open
    out.emit(stream, ErasureNoted{*file.erased});
    return;
  }
  out.set_clock(stream, ClockName::retention, end_of(until));
  const ClosurePolicy& rules = desk.policy.closure;
  if (rules.follow_up_days.empty() ||
      std::ranges::find(rules.followed_up, reason) == rules.followed_up.end())
    return;
  const Date today = desk.policy.local_date(desk.input.at);
  plan_visit(out, desk, subject, file.owner, 1,
             today.plus(static_cast<int>(rules.follow_up_days.front())));
}

// --- visits -------------------------------------------------------------------------------------

Result<Decision> decide(const Desk& desk, const RecordFollowUp& command) {
  NRM_TRY_ASSIGN(const auto found, find_visit(desk, command.follow_up));
  const FollowUp& visit = *found.visit;
  if (found.file->contact)
    NRM_TRY(may_contact(*found.file->contact, command.channel, desk.input.at, desk.policy));
  const StreamKey stream = visit_stream(command.follow_up);
  Decision out;
  out.emit(stream, FollowUpRecorded{visit.subject, command.channel, command.wellbeing});
  out.clear_clock(stream, *visit.running_clock());
  // The interval between this visit and the next one, from the day for which this one was planned.
  const auto& intervals = desk.policy.closure.follow_up_days;
  if (visit.number >= intervals.size()) return out;
  const int wait = static_cast<int>(intervals[visit.number] - intervals[visit.number - 1]);
  plan_visit(out, desk, visit.subject, found.file->owner, visit.number + 1,
             desk.policy.local_date(visit.due).plus(wait));
  return out;
}

Result<Decision> decide(const Desk& desk, const RefuseFollowUp& command) {
  NRM_TRY_ASSIGN(const auto found, find_visit(desk, command.follow_up));
  const StreamKey stream = visit_stream(command.follow_up);
  return Decision()
      .emit(stream, FollowUpRefused{found.visit->subject})
      .clear_clock(stream, *found.visit->running_clock());
}

Decision visit_due(const Desk& desk, const Due& over) {
  const FollowUp* visit = desk.view.find<FollowUp>(over.stream.id);
  Decision out;
  if (visit == nullptr || visit->running_clock() != over.name) return out;
  out.emit(over.stream, FollowUpOverdue{visit->subject, visit->owner});
  out.set_clock(over.stream, ClockName::escalation, desk.due(ClockName::escalation));
  return out;
}

// Whoever owns the case now goes on, with its visits too: closure's own log may have been faster
// than the hand-over. Of what was erased nobody owns anything.
Decision handed_over(const Desk& desk, const StreamKey& stream, const OrganisationId& to) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  Decision out;
  if (file != nullptr && (file->owner == to || file->status == ClosureStatus::erased)) return out;
  out.emit(stream, ClosureHandedOver{to});
  const CaseId subject(stream.id);
  desk.view.rows("visit/" + subject.text() + '/', [&](std::string_view key, std::string_view) {
    const auto id = Uuid::parse(key.substr(key.rfind('/') + 1));
    CHECK(id, "rows.cpp writes these keys");
    out.emit(visit_stream(*id), FollowUpHandedOver{subject, to});
    return true;
  });
  return out;
}

// --- reopening ----------------------------------------------------------------------------------

Result<Decision> decide(const Desk& desk, const ReopenCase& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, find_managed(desk, command.subject));
  if (file->status == ClosureStatus::erased)
    return Error(Code::not_in_state, "/subject", "the person's data has been erased");
  if (!is_closed(*file->status)) return Error(Code::not_in_state, "/subject", "the case is open");
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  out.emit(stream, CaseReopened{.cause = command.cause,
                                .by = desk.input.actor->account,
                                .obligations = {Obligation::person_not_informed}});
  out.clear_clock(stream, *file->running_clock());
  drop_visits(out, desk, command.subject, FollowUpDrop::case_reopened);
  return out;
}

// --- the end of the data ------------------------------------------------------------------------

// Nobody's data is erased while a legal procedure runs (GDPR art. 17(3)(e)).
Decision retention_due(const Desk& desk, const Due& over, const ClosureFile& file) {
  const CaseId subject(over.stream.id);
  const Instant by = order_by(desk);
  Decision out;
  if (!file.obligations.empty()) {
    std::vector<Obligation> because;
    for (const OpenObligation& one : file.obligations)
      if (because.empty() || because.back() != one.obligation) because.push_back(one.obligation);
    out.emit(over.stream, RetentionExtended{std::move(because), by});
    out.set_clock(over.stream, ClockName::retention, by);
    return out;
  }
  out.emit(over.stream,
           ErasureOrdered{file.category.value_or(RetentionCategory::victim), 1, by, std::nullopt});
  out.set_clock(over.stream, ClockName::erasure_order, by);
  drop_visits(out, desk, subject, FollowUpDrop::data_erased);
  return out;
}

// The vault has not confirmed: ordered again, and somebody is told.
Decision erasure_due(const Desk& desk, const Due& over, const ClosureFile& file) {
  const Instant by = order_by(desk);
  return Decision()
      .emit(over.stream, ErasureOrdered{file.category.value_or(RetentionCategory::victim),
                                        file.orders + 1, by, decider_of(desk, file)})
      .set_clock(over.stream, ClockName::erasure_order, by);
}

// The vault's word. What is open stays open, without the person's data. Its log may be ahead of the
// report: noted all the same, or the data would be ordered to be erased for ever.
Decision erased(const Desk& desk, const CaseId& subject, ErasureGround ground) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  Decision out;
  if (file != nullptr && file->erased) return out;
  const StreamKey stream = case_stream(subject);
  out.emit(stream, ErasureNoted{ground});
  if (file == nullptr || !file->status || !is_closed(*file->status)) return out;
  out.clear_clock(stream, *file->running_clock());
  drop_visits(out, desk, subject, FollowUpDrop::data_erased);
  return out;
}
}  // namespace nrm::closing
