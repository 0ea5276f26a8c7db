// Of the audit's decider: what survivors say, and early warnings (README.md, "Early warnings").
#include <cstdlib>

#include "services/audit/rules.hpp"

namespace nrm {
namespace {
// A week is held against a week of these, on average (common/event/facts.hpp, Indicators).
constexpr std::uint64_t weeks_before = 8;
// One record has room for so many; indicators are in the order of how remarkable they are, so that
// what is left out is said first the next day, unless it has passed.
constexpr std::size_t warnings_per_record_max = limits::events_per_record_max - 8;

template <class List>
bool has_twice(const List& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (std::ranges::find(list.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.end(), list[i]) !=
        list.end())
      return true;
  return false;
}

Result<void> check_positions(const std::vector<LogPosition>& known) {
  bool good = known.size() == std::size(observed_logs);
  for (std::size_t i = 0; good && i < known.size(); ++i)
    good = known[i].log.text() == log_name(observed_logs[i]) && is_hash(known[i].root.text());
  if (good) return {};
  return Error(Code::out_of_range, "/known", "one position for each log but audit's, in order");
}

// What a warning would say; of which nothing is kept while it is quiet.
class Warnings {
 public:
  Warnings(const Desk& desk, Date until, Decision& out)
      : desk_(desk),
        rules_(desk.policy.watch()),
        until_(until),
        by_(due_or(desk, ClockName::warning_acknowledgement, 7)),
        out_(out) {}

  void look(const SourceCount& one) {
    if (one.before < rules_.drop_reports_min) return;
    const std::uint64_t left = 100 - rules_.drop_percent;  // 1 to 100: policy_check
    if (one.week * weeks_before * 100 > one.before * left) return;
    WarningRaised said = warning(WarningKind::reports_dropped, one.week, weekly(one.before));
    said.organisation = one.source;
    raise(std::move(said), one.source, 0);
  }
  void look(const DecisionCount& one) {
    if (one.decided < rules_.rate_decisions_min || one.decided_before < rules_.rate_decisions_min)
      return;
    const auto now = static_cast<std::int64_t>(one.positive) * one.decided_before;
    const auto before = static_cast<std::int64_t>(one.positive_before) * one.decided;
    const auto of = static_cast<std::int64_t>(one.decided) * one.decided_before;
    if (std::abs(now - before) * 100 < of * rules_.rate_points) return;
    WarningRaised said =
        warning(WarningKind::decision_rate_jumped, share(one.positive, one.decided),
                share(one.positive_before, one.decided_before));
    said.organisation = one.authority;
    said.stage = one.stage;
    raise(std::move(said), one.authority, static_cast<std::uint32_t>(one.stage));
  }
  void look(const BreachCount& one) {
    if (one.week < rules_.breaches_min ||
        one.week * weeks_before * 100 < std::uint64_t{one.before} * rules_.breaches_percent)
      return;
    WarningRaised said = warning(WarningKind::breaches_clustered, one.week, weekly(one.before));
    said.clock = one.clock;
    raise(std::move(said), Uuid{}, static_cast<std::uint32_t>(one.clock));
  }
  void look(const ProviderClosure& one) {
    WarningRaised said = warning(WarningKind::provider_closed, 0, 0);
    said.provider = one.provider;
    said.reason = one.reason;
    raise(std::move(said), one.provider, 0);
  }

 private:
  WarningRaised warning(WarningKind kind, std::uint64_t observed, std::uint64_t expected) const {
    WarningRaised out;
    out.kind = kind;
    out.until = until_;
    out.observed = static_cast<std::uint32_t>(observed);
    out.expected = static_cast<std::uint32_t>(expected);
    out.acknowledge_by = by_;
    return out;
  }
  static std::uint64_t weekly(std::uint64_t before) {  // to the nearest
    return (before + weeks_before / 2) / weeks_before;
  }
  static std::uint64_t share(std::uint64_t part, std::uint64_t whole) {  // per cent, likewise
    return (part * 200 + whole) / (2 * whole);
  }
  // Not while somebody still has to look at the last one, nor again and again.
  void raise(WarningRaised said, const Uuid& subject, std::uint32_t part) {
    const StreamKey stream = warning_stream(warning_of(said.kind, subject, part));
    if (const Warning* last = desk_.view.find<Warning>(stream.id); last != nullptr && last->status)
      if (last->running_clock() ||
          until_.days - last->until.days < static_cast<std::int64_t>(rules_.quiet_days))
        return;
    if (out_.clocks.size() >= warnings_per_record_max) return;
    out_.emit(stream, std::move(said)).set_clock(stream, ClockName::warning_acknowledgement, by_);
  }

  const Desk& desk_;
  const OversightPolicy rules_;
  const Date until_;
  const Instant by_;
  Decision& out_;
};
}  // namespace

WarningId warning_of(WarningKind kind, const Uuid& subject, std::uint32_t part) {
  return WarningId(derive(subject, static_cast<std::uint32_t>(kind) * 256 + part));
}

Result<Decision> decide(const Desk& desk, const GiveFeedback& command) {
  // Never the house that the answers are about.
  NRM_TRY(desk.only({Role::person, Role::guardian, Role::case_manager},
                    "the person, or the case manager who writes it down for them"));
  if (command.answers.empty() && command.praised.empty() && command.missed.empty())
    return Error(Code::missing_field, "/answers", "an answer, or a theme");
  std::vector<FeedbackQuestion> asked;
  for (const FeedbackAnswer& one : command.answers) asked.push_back(one.question);
  if (has_twice(asked)) return Error(Code::out_of_range, "/answers", "each question once");
  if (has_twice(command.praised)) return Error(Code::out_of_range, "/praised", "each theme once");
  if (has_twice(command.missed)) return Error(Code::out_of_range, "/missed", "each theme once");
  const Feedback* last = desk.view.find<Feedback>(command.subject);
  if (last != nullptr && desk.input.at < last->again_from)
    return Error(Code::too_early, "",
                 "this person was heard already; again from " +
                     desk.policy.local_date(last->again_from).text());
  const auto days_between = static_cast<int>(desk.policy.watch().feedback_days);
  return Decision().emit(feedback_stream(command.subject),
                         FeedbackGiven{.by = *desk.input.actor,
                                       .answers = command.answers,
                                       .praised = command.praised,
                                       .missed = command.missed,
                                       .again_from = desk.input.at + days(days_between)});
}

Result<Decision> decide(const Desk& desk, const ObserveIndicators& command) {
  if (desk.input.actor)
    return Error(Code::forbidden, "", "the process observes its logs itself, and nobody for it");
  const Indicators& seen = command.indicators;
  const Observation* last = desk.view.find<Observation>(observation_stream().id);
  if (last != nullptr && last->until && seen.until <= *last->until)
    return Error(Code::already_exists, "/indicators/until", "this day was looked at");
  if (start_of(seen.until) > desk.input.at)
    return Error(Code::out_of_range, "/indicators/until", "the day before it is not over");
  NRM_TRY(check_positions(command.known));
  Decision out;
  out.emit(observation_stream(), IndicatorsObserved{.until = seen.until});
  Warnings warnings(desk, seen.until, out);
  for (const auto& one : seen.closed) warnings.look(one);
  for (const auto& one : seen.sources) warnings.look(one);
  for (const auto& one : seen.decisions) warnings.look(one);
  for (const auto& one : seen.breaches) warnings.look(one);
  return out;
}

Result<Decision> decide(const Desk& desk, const AcknowledgeWarning& command) {
  NRM_TRY(desk.only({Role::auditor, Role::operator_, Role::competent_authority},
                    "an auditor, the operator or the competent authority"));
  const Actor& actor = *desk.input.actor;
  if (actor.role == Role::competent_authority &&
      actor.organisation != offices(desk.policy).competent_authority)
    return Error(Code::forbidden, "", "another organisation holds this office");
  const Warning* warning = desk.view.find<Warning>(command.warning);
  if (warning == nullptr || !warning->status)
    return Error(Code::not_found, "/warning", "there is no such warning");
  if (!warning->running_clock())
    return Error(Code::not_in_state, "/warning", "it is acknowledged already");
  const StreamKey stream = warning_stream(command.warning);
  return Decision()
      .emit(stream, WarningAcknowledged{.by = actor, .response = command.response})
      .clear_clock(stream, ClockName::warning_acknowledgement);
}

Result<Decision> warning_due(const Desk& desk, const Due& due) {
  const Warning* warning = desk.view.find<Warning>(due.stream.id);
  if (warning == nullptr || warning->running_clock() != due.name) return Decision();
  const Instant by = due_or(desk, ClockName::warning_acknowledgement, 7);
  return Decision()
      .emit(due.stream, WarningOverdue{.acknowledge_by = by})
      .set_clock(due.stream, ClockName::warning_acknowledgement, by);
}
}  // namespace nrm
