// Evidence, ages, questions to the referrer, and who decides.
#include <algorithm>

#include "services/identification/rules.hpp"

namespace nrm {
namespace {
using enum IdentificationStatus;

bool is_open(const CaseFile& file) { return !file.settled() && file.status != signal; }

Result<void> check(const Evidence& one, Date today, std::size_t number) {
  const std::string where = "/evidence/" + std::to_string(number);
  const int codes = one.indicator.has_value() + one.means.has_value() + one.dimension.has_value();
  if (codes != 1)
    return Error(codes == 0 ? Code::missing_field : Code::out_of_range, where,
                 "exactly one of indicator, means and dimension");
  if (one.observed_on && *one.observed_on > today)
    return Error(Code::invalid_date, where + "/observed_on", "in the future");
  return {};
}

// Orders work and decides nothing: a point for what is there, three for what the ILO/EC indicators
// call a dimension. Absent, unknown, not asked and refused count alike, so silence costs nobody.
std::uint32_t score_of(const std::vector<Evidence>& evidence) {
  std::uint32_t score = 0;
  for (const Evidence& one : evidence)
    if (one.value == Observed::present) score += one.dimension ? 3 : 1;
  return score;
}

template <class T>
void make_set(std::vector<T>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}
}  // namespace

Result<Decision> IdentificationRules::on(const RecordScreening& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject,
                         {Role::first_responder, Role::competent_authority, Role::case_manager}));
  if (command.evidence.empty())
    return Error(Code::missing_field, "/evidence", "at least one observation");
  if (command.evidence.size() > limits::evidence_max)
    return Error(Code::too_long, "/evidence", "at most " + std::to_string(limits::evidence_max));
  for (std::size_t i = 0; i < command.evidence.size(); ++i)
    NRM_TRY(check(command.evidence[i], policy.local_date(input.at), i));
  if (!is_open(*file))
    return Error(Code::not_in_state, "/subject", "nothing is being decided on this case");
  return Decision().emit(case_stream(command.subject),
                         ScreeningRecorded{.organisation = actor().organisation,
                                           .evidence = command.evidence,
                                           .score = score_of(command.evidence)});
}

// While the age is in doubt the person is treated as a child; only a settled adult age ends that.
Result<Decision> IdentificationRules::on(const AssessAge& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject,
                         {Role::first_responder, Role::competent_authority, Role::case_manager}));
  if (file->status == signal)
    return Error(Code::not_in_state, "/subject", "a signal is not a person yet");
  if (command.precision == AgePrecision::exact && command.assessor == AgeAssessor::self_stated)
    return Error(Code::out_of_range, "/precision",
                 "what a person says is not exact; band or disputed");
  const bool doubt = command.band != AgeBand::adult || command.precision == AgePrecision::disputed;
  const bool child = command.moment == AgeMoment::today ? doubt : file->child;
  return Decision().emit(case_stream(command.subject),
                         AgeAssessed{.moment = command.moment,
                                     .band = command.band,
                                     .precision = command.precision,
                                     .assessor = command.assessor,
                                     .organisation = actor().organisation,
                                     .treated_as_child = child});
}

Result<Decision> IdentificationRules::on(const RequestInformation& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, to_decide(command.subject, Stage::first));
  if (command.topics.empty()) return Error(Code::missing_field, "/topics", "at least one topic");
  if (file->status == information_requested)
    return Error(Code::not_in_state, "/subject", "the referrer has been asked already");
  if (file->status != reported)
    return Error(Code::not_in_state, "/subject", "the referrer is asked before the first decision");
  const StreamKey stream = case_stream(command.subject);
  std::vector<InformationTopic> topics = command.topics;
  make_set(topics);
  const Instant answer_by = due(ClockName::information_answer, *file);
  Decision out;
  std::optional<PausedClock> paused;
  if (!file->overdue && policy.pauses(ClockName::first_stage, PauseCause::information_request))
    paused = pause(out, stream, *file);
  else
    stop(out, stream, *file);
  out.emit(stream, InformationRequested{.topics = std::move(topics),
                                        .of = file->reporter,
                                        .answer_by = answer_by,
                                        .paused = paused});
  return out.set_clock(stream, ClockName::information_answer, answer_by);
}

Result<Decision> IdentificationRules::on(const AnswerInformation& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, related(command.subject, {Role::first_responder}));
  if (file->status != information_requested)
    return Error(Code::not_in_state, "/subject", "nothing has been asked");
  const StreamKey stream = case_stream(command.subject);
  std::vector<InformationTopic> topics = command.topics;
  make_set(topics);
  Decision out;
  stop(out, stream, *file);
  const auto until = resume(out, stream, *file);
  return out.emit(stream, InformationAnswered{std::move(topics), until.value_or(input.at),
                                              file->suspended.back().overdue});
}

Result<Decision> IdentificationRules::on(const RecuseMember& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, related(command.subject, {Role::competent_authority}));
  const AccountId& me = actor().account;
  if (std::ranges::find(file->recused, me) != file->recused.end())
    return Error(Code::already_exists, "/subject", "you have recused yourself already");
  if (file->recused.size() >= limits::committee_members_max)
    return Error(Code::not_in_state, "/subject", "more recusals than a committee has members");
  return Decision().emit(case_stream(command.subject), MemberRecused{me, command.ground});
}

// The new body begins its stage anew; votes given elsewhere count no more.
Result<Decision> IdentificationRules::on(const ChangeRoute& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager, Role::person,
                                           Role::guardian}));
  if (pack().decider(Stage::first, command.route) == nullptr)
    return Error(Code::unknown_code, "/route", "the policy pack has no such route");
  if (route_of(*file) == command.route)
    return Error(Code::not_in_state, "/route", "the case is on this route");
  if (file->status != reported)
    return Error(Code::not_in_state, "/subject", "a route changes before the first decision");
  const StreamKey stream = case_stream(command.subject);
  const Instant until = due(ClockName::first_stage, *file);
  Decision out;
  stop(out, stream, *file);
  out.emit(stream, RouteChanged{command.route, until});
  appoint(out, stream, *file, Stage::first, command.route);
  return out.set_clock(stream, ClockName::first_stage, until);
}
}  // namespace nrm
