// How people come in: reports, anonymous notifications, signals of somebody, groups of people.
#include <algorithm>

#include "common/event/demonyms.hpp"
#include "services/identification/anonymity.hpp"
#include "services/identification/rules.hpp"

namespace nrm {
namespace {
template <class T>
Result<void> sort_set(std::vector<T>& set, std::string_view where) {
  std::ranges::sort(set);
  if (std::ranges::adjacent_find(set) != set.end())
    return Error(Code::out_of_range, std::string(where), "a value occurs twice");
  return {};
}

Result<void> check_nationalities(const ReportFacts& facts) {
  for (std::size_t i = 0; i < facts.nationalities.size(); ++i)
    if (!is_listed_term(facts.nationalities[i]))
      return Error(Code::unknown_code, "/facts/nationalities/" + std::to_string(i) + "/term",
                   "not a demonym of that country, nor ZZ with unknown nationality: …");
  return {};
}

// Checks the facts and puts their sets into order.
Result<void> normalise(ReportFacts& facts, const Desk& desk) {
  NRM_TRY(check_nationalities(facts));
  if (!desk.policy.has_region(facts.region))
    return Error(Code::unknown_code, "/facts/region", "not a region of the policy pack");
  NRM_TRY(sort_set(facts.exploitation, "/facts/exploitation"));
  NRM_TRY(sort_set(facts.means_of_control, "/facts/means_of_control"));
  NRM_TRY(sort_set(facts.needs, "/facts/needs"));
  auto& indicators = facts.indicators;
  std::ranges::sort(indicators, {}, &IndicatorObservation::code);
  if (std::ranges::adjacent_find(indicators, {}, &IndicatorObservation::code) != indicators.end())
    return Error(Code::out_of_range, "/facts/indicators", "an indicator occurs twice");
  if (facts.met_on && *facts.met_on > desk.policy.local_date(desk.input.at))
    return Error(Code::invalid_date, "/facts/met_on", "the person cannot be met in the future");
  if (facts.captured_at && *facts.captured_at > desk.input.at)
    return Error(Code::invalid_date, "/facts/captured_at", "taken down in the future");
  return {};
}

constexpr std::string_view only_first_responders = "only a first responder reports";

// Where the report goes: the only route, or the one it names; the office, or the partner it names.
Result<OrganisationId> decider_of(const IdentificationRules& rules, const SubmitReport& command) {
  const auto route = command.route.value_or(IdentificationRoute::authority);
  const DeciderRule* rule = rules.pack().decider(Stage::first, route);
  if (rule == nullptr)
    return Error(Code::unknown_code, "/route", "the policy pack has no such route");
  if (!command.addressed_to) return rules.office_of(Stage::first, route);
  const auto& partners = offices(rules.policy).trusted_partners;
  if (!rule->trusted_partners ||
      std::ranges::find(partners, *command.addressed_to) == partners.end())
    return Error(Code::not_found, "/addressed_to", "not a trusted partner of this mechanism");
  if (*command.addressed_to == rules.actor().organisation)
    return Error(Code::second_person_required, "/addressed_to",
                 "who reported a person does not decide on them");
  return *command.addressed_to;
}

// The signal that this report follows is resolved by it.
Result<void> resolve(const IdentificationRules& rules, const SubmitReport& command, Decision& out) {
  if (!command.signal) return {};
  const CaseFile* signal = rules.view.find<CaseFile>(*command.signal);
  if (signal == nullptr || signal->reporter != rules.actor().organisation)
    return Error(Code::not_found, "/signal", "there is no such signal");
  if (signal->status != IdentificationStatus::signal)
    return Error(Code::not_in_state, "/signal", "this signal has been resolved");
  const StreamKey stream = case_stream(*command.signal);
  rules.stop(out, stream, *signal);
  out.emit(stream, SignalResolved{SignalOutcome::reported, command.subject});
  return {};
}

// One more of the people that an operation found; the last one closes the group.
Result<void> count_in(const IdentificationRules& rules, const SubmitReport& command,
                      Decision& out) {
  if (!command.group) return {};
  const GroupFile* group = rules.view.find<GroupFile>(*command.group);
  if (group == nullptr || group->organisation != rules.actor().organisation)
    return Error(Code::not_found, "/group", "there is no such group event");
  if (group->closed())
    return Error(Code::not_in_state, "/group", "all its people have been reported");
  const StreamKey stream = group_stream(*command.group);
  out.emit(stream, GroupPersonReported{command.subject});
  if (group->reported + 1 < group->people) return {};
  out.emit(stream, GroupEventClosed{0});
  out.clear_clock(stream, group->running_clock());
  return {};
}
}  // namespace

Result<Decision> IdentificationRules::on(SubmitReport command) const {
  NRM_TRY(only({Role::first_responder}, only_first_responders));
  NRM_TRY(normalise(command.facts, *this));
  if (view.find<CaseFile>(command.subject))
    return Error(Code::already_exists, "/subject", "this case has been reported already");
  if (command.report_by && input.at >= *command.report_by)
    return Error(Code::window_closed, "", "its dossier is kept no longer; report with a new key");
  NRM_TRY_ASSIGN(const OrganisationId owner, decider_of(*this, command));
  const auto until =
      policy.due(ClockName::first_stage, input.at, Urgency::routine, command.facts.region);
  CHECK(until, "every pack has this clock: read_policy()");
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  NRM_TRY(resolve(*this, command, out));
  NRM_TRY(count_in(*this, command, out));
  out.emit(stream, ReportReceived{.reference = make_reference(input.fresh<Uuid>(0)),
                                  .organisation = actor().organisation,
                                  .owner = owner,
                                  .dossier = std::move(command.dossier),
                                  .facts = std::move(command.facts),
                                  .decide_by = *until,
                                  .route = command.route,
                                  .group = command.group,
                                  .signal = command.signal});
  return out.set_clock(stream, ClockName::first_stage, until);
}

Result<std::vector<FactField>> IdentificationRules::coarsen_notified(ReportFacts& facts) const {
  NRM_TRY(only({Role::first_responder}, only_first_responders));
  NRM_TRY(normalise(facts, *this));
  if (facts.age_now != AgeBand::adult)  // age in doubt: treated as a child
    return Error(Code::child_not_anonymous, "/facts/age_now", "report the person formally");
  if (!policy.anonymous_route)
    return Error(Code::not_in_state, "", "the policy pack has no anonymous route");
  return coarsen(facts, *this);
}

Result<void> Identification::redact(const View& view, Input& input, const Policy& policy) {
  auto* notified = get_if<SubmitNotification>(&std::get<Command>(input.what));
  if (notified == nullptr) return {};
  ReportFacts facts = std::move(notified->facts);
  *notified = {};
  const IdentificationRules rules{{view, input, policy}};
  NRM_TRY_ASSIGN(auto left_out, rules.coarsen_notified(facts));
  notified->facts = std::move(facts);
  notified->coarsened = std::move(left_out);
  return {};
}

Result<Decision> IdentificationRules::on(SubmitNotification command) const {
  NRM_TRY_ASSIGN(auto left_out, coarsen_notified(command.facts));
  return Decision().emit(
      case_stream(input.fresh<CaseId>(0)),
      NotificationRecorded{
          .reference = make_reference(input.fresh<Uuid>(1)),
          .organisation = actor().organisation,
          .owner = offices(policy).competent_authority,
          .facts = std::move(command.facts),
          .coarsened = std::move(command.coarsened).value_or(std::move(left_out))});
}

// --- before there is a person -------------------------------------------------------------------

Result<Decision> IdentificationRules::on(ReceiveSignal command) const {
  NRM_TRY(only({Role::first_responder}, only_first_responders));
  if (!policy.has_region(command.facts.region))
    return Error(Code::unknown_code, "/facts/region", "not a region of the policy pack");
  NRM_TRY(sort_set(command.facts.exploitation, "/facts/exploitation"));
  if (command.facts.people &&
      (*command.facts.people == 0 || *command.facts.people > limits::group_people_max))
    return Error(Code::out_of_range, "/facts/people",
                 "1 to " + std::to_string(limits::group_people_max));
  const auto until = policy.due(ClockName::signal_follow_up, input.at, command.facts.urgency,
                                command.facts.region);
  CHECK(until, "every pack has this clock: read_policy()");
  const StreamKey stream = case_stream(input.fresh<CaseId>(0));
  Decision out;
  out.emit(stream, SignalReceived{.reference = make_reference(input.fresh<Uuid>(1)),
                                  .organisation = actor().organisation,
                                  .owner = offices(policy).case_management,
                                  .facts = std::move(command.facts),
                                  .follow_up_by = *until});
  return out.set_clock(stream, ClockName::signal_follow_up, until);
}

Result<Decision> IdentificationRules::on(const ResolveSignal& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager}));
  if (command.outcome == SignalOutcome::reported)
    return Error(Code::out_of_range, "/outcome", "report the person, and name the signal there");
  if (file->status != IdentificationStatus::signal)
    return Error(Code::not_in_state, "/subject", "this is not an open signal");
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  stop(out, stream, *file);
  return out.emit(stream, SignalResolved{command.outcome, std::nullopt});
}

Result<Decision> IdentificationRules::on(const RecordGroupEvent& command) const {
  NRM_TRY(only({Role::first_responder}, only_first_responders));
  if (!policy.has_region(command.region))
    return Error(Code::unknown_code, "/region", "not a region of the policy pack");
  if (command.people == 0 || command.people > limits::group_people_max)
    return Error(Code::out_of_range, "/people", "1 to " + std::to_string(limits::group_people_max));
  if (command.on > policy.local_date(input.at))
    return Error(Code::invalid_date, "/on", "in the future");
  const auto until =
      policy.due(ClockName::group_completion, input.at, Urgency::routine, command.region);
  CHECK(until, "every pack has this clock: read_policy()");
  const StreamKey stream = group_stream(input.fresh<GroupEventId>(0));
  Decision out;
  out.emit(stream, GroupEventRecorded{.organisation = actor().organisation,
                                      .owner = offices(policy).case_management,
                                      .kind = command.kind,
                                      .region = command.region,
                                      .on = command.on,
                                      .people = command.people,
                                      .report_by = *until});
  return out.set_clock(stream, ClockName::group_completion, until);
}

Result<Decision> IdentificationRules::on(const CloseGroupEvent& command) const {
  NRM_TRY(only({Role::first_responder, Role::case_manager}));
  const GroupFile* group = view.find<GroupFile>(command.group);
  const bool mine =
      group != nullptr &&
      (actor().role == Role::case_manager ? actor().organisation == offices(policy).case_management
                                          : actor().organisation == group->organisation);
  if (!mine) return Error(Code::not_found, "/group", "there is no such group event");
  if (group->closed()) return Error(Code::not_in_state, "/group", "it is closed");
  const StreamKey stream = group_stream(command.group);
  Decision out;
  out.emit(stream, GroupEventClosed{group->people - group->reported});
  return out.clear_clock(stream, group->running_clock());
}

Text<16> make_reference(const Uuid& random) {
  static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
  std::uint64_t bits = 0;  // of a UUID of version 4, bytes 0 to 5 and 15 are random
  for (std::size_t i = 0; i < 6; ++i) bits = bits << 8 | random.bytes[i];
  bits = bits << 8 | random.bytes[15];
  bits &= (std::uint64_t{1} << 50) - 1;
  std::string out;
  for (int digit = 9; digit >= 0; --digit) {
    out += digits[bits >> (5 * digit) & 31];
    if (digit == 5 || digit == 0) out += '-';
  }
  out += digits[bits % 37];
  return *Text<16>::parse(out);
}
}  // namespace nrm
