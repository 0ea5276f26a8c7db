// Risk at every contact, needs, and what the person wants: whom to speak through, how to be
// reached.
#include <algorithm>

#include "common/step/safe_contact.hpp"
#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
Result<RiskAssessment> in_order(RiskAssessment risk) {
  risk.dangers = as_set(std::move(risk.dangers));
  if (risk.level >= RiskLevel::high && risk.dangers.empty())
    return Error(Code::missing_field, "/risk/dangers", "say what makes the risk high");
  return risk;
}
}  // namespace

// A contact outside the person's rules is recorded as what it is: what happened must not be hidden.
Result<Decision> AssistanceRules::on(const RecordContact& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, open_file(command.subject));
  const StreamKey stream = case_stream(command.subject);
  const bool outside =
      file->contact && !may_contact(*file->contact, command.channel, input.at, policy);
  Decision out;
  out.emit(stream,
           ContactRecorded{command.channel, mine(), input.at, command.risk.has_value(), outside});
  if (command.risk) {
    NRM_TRY_ASSIGN(RiskAssessment risk, in_order(*command.risk));
    out.emit(stream, RiskAssessed{std::move(risk), *input.actor, input.at});
  }
  return out;
}

Result<Decision> AssistanceRules::on(const AssessRisk& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(open_file(command.subject));
  NRM_TRY_ASSIGN(RiskAssessment risk, in_order(command.risk));
  return Decision().emit(case_stream(command.subject),
                         RiskAssessed{std::move(risk), *input.actor, input.at});
}

Result<Decision> AssistanceRules::on(const AssessNeeds& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(open_file(command.subject));
  std::vector<NeedFinding> needs = as_set(command.needs);
  for (std::size_t i = 1; i < needs.size(); ++i)
    if (needs[i].need == needs[i - 1].need)
      return Error(Code::already_exists, "/needs",
                   std::string(to_text(needs[i].need)) + " is there with two findings");
  for (const ServiceType need : policy.support.needs_minimum)
    if (std::ranges::find(needs, need, &NeedFinding::need) == needs.end())
      return Error(Code::missing_field, "/needs",
                   "nothing is said about " + std::string(to_text(need)));
  if (needs.empty()) return Error(Code::missing_field, "/needs", "at least one finding");
  return Decision().emit(case_stream(command.subject), NeedsAssessed{std::move(needs), mine()});
}

Result<Decision> AssistanceRules::on(const RecordPreferences& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(open_file(command.subject));
  Preferences preferences = command.preferences;
  preferences.languages = as_set(std::move(preferences.languages));
  return Decision().emit(case_stream(command.subject), PreferencesRecorded{std::move(preferences)});
}

Result<Decision> AssistanceRules::on(const SetContactRules& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(open_file(command.subject));
  NRM_TRY(check_contact_rules(command.rules));
  ContactRules rules = command.rules;
  rules.never = as_set(std::move(rules.never));
  return Decision().emit(case_stream(command.subject), ContactRulesSet{std::move(rules)});
}
}  // namespace nrm
