// nrm case act and nrm case matters: support in depth, closing, and what comes after it.
#include "services/cli/case_act.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "common/base/json_text.hpp"
#include "common/event/codes.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
std::vector<CaseAct> acts_of_support() {
  return {
      {"plan",
       "/v1/cases/{id}/plan",
       {{"goals", Says::codes, codes<PlanGoal>},
        {"agreed_by_person", Says::flag},
        {"safety", Says::codes, codes<SafetyMeasure>, false},
        {"until", Says::day, nullptr, false}}},
      {"review", "/v1/cases/{id}/reviews"},
      {"contact",
       "/v1/cases/{id}/contacts",
       {{"channel", Says::code, codes<InformChannel>},
        {"risk.level", Says::code, codes<RiskLevel>, false},
        {"risk.dangers", Says::codes, codes<Danger>, false}}},
      {"risk",
       "/v1/cases/{id}/risk-assessments",
       {{"level", Says::code, codes<RiskLevel>}, {"dangers", Says::codes, codes<Danger>, false}}},
      {"open-procedure",
       "/v1/cases/{id}/procedures",
       {{"kind", Says::code, codes<ProcedureKind>},
        {"since", Says::day, nullptr, false},
        {"date", Says::day, nullptr, false}}},
      {"procedure",
       "/v1/procedures/{id}/steps",
       {{"step", Says::code, codes<ProcedureStep>}, {"date", Says::day, nullptr, false}},
       false},
      {"end-procedure",
       "/v1/procedures/{id}/end",
       {{"end", Says::code, codes<ProcedureEnd>}},
       false},
      {"alarm", "/v1/cases/{id}/alarms", {{"ground", Says::code, codes<AlarmGround>}}},
      {"end-alarm", "/v1/alarms/{id}/end", {{"end", Says::code, codes<AlarmEnd>}}, false},
      {"incident",
       "/v1/cases/{id}/incidents",
       {{"kind", Says::code, codes<IncidentKind>},
        {"severity", Says::code, codes<IncidentSeverity>},
        {"on", Says::day}}},
      {"close-incident",
       "/v1/incidents/{id}/closing",
       {{"outcome", Says::code, codes<IncidentOutcome>}},
       false},
      {"move-on", "/v1/cases/{id}/move-on"},
      {"extend",
       "/v1/transitions/{id}/extension",
       {{"ground", Says::code, codes<ExtensionGround>}, {"days", Says::number}},
       false},
      {"transition-plan",
       "/v1/transitions/{id}/plan",
       {{"steps", Says::codes, codes<TransitionStep>}, {"agreed_by_person", Says::flag}},
       false},
      {"reach-in",
       "/v1/transitions/{id}/reach-in",
       {{"channel", Says::code, codes<InformChannel>}, {"wellbeing", Says::code, codes<Wellbeing>}},
       false},
      {"best-interests",
       "/v1/cases/{id}/best-interests",
       {{"determination", Says::code, codes<BestInterests>}}},
      {"education", "/v1/cases/{id}/education", {{"education", Says::code, codes<Education>}}},
      {"of-age", "/v1/cases/{id}/child-pathway-end"},
      {"acknowledge-notice", "/v1/child-notices/{id}/acknowledgement", {}, false}};
}

std::vector<CaseAct> acts_of_closing() {
  return {
      {"inform", "/v1/cases/{id}/information", {{"channel", Says::code, codes<InformChannel>}}},
      {"close",
       "/v1/cases/{id}/closure-request",
       {{"reason", Says::code, codes<ClosureReason>},
        {"evidence.needs_reviewed", Says::flag, nullptr, false},
        {"evidence.unmet_needs", Says::codes, codes<ServiceType>, false},
        {"evidence.attempts", Says::number, nullptr, false},
        {"evidence.death", Says::code, codes<DeathSource>, false},
        {"evidence.abroad", Says::code, codes<AbroadAnswer>, false},
        {"evidence.country", Says::code, nullptr, false},
        {"evidence.receiver", Says::code, nullptr, false},
        {"evidence.kept", Says::code, nullptr, false},
        {"evidence.handed_over", Says::flag, nullptr, false}}},
      {"approve", "/v1/cases/{id}/closure-approval"},
      {"refuse", "/v1/cases/{id}/closure-refusal"},
      {"reopen", "/v1/cases/{id}/reopening", {{"cause", Says::code, codes<ReopenCause>}}},
      {"visit",
       "/v1/follow-ups/{id}/record",
       {{"channel", Says::code, codes<InformChannel>}, {"wellbeing", Says::code, codes<Wellbeing>}},
       false},
      {"no-visits", "/v1/follow-ups/{id}/refusal", {}, false}};
}

// On a complaint, or a warning, by its id.
std::vector<CaseAct> acts_of_oversight() {
  const std::vector<ActMember> found = {{"finding", Says::code, codes<ComplaintFinding>},
                                        {"remedy", Says::code, codes<ComplaintRemedy>}};
  return {{"record-complaint", "/v1/complaints/{id}/record", {}, false},
          {"assign-complaint", "/v1/complaints/{id}/assignment", {{"to", Says::code}}, false},
          {"reject-complaint",
           "/v1/complaints/{id}/rejection",
           {{"reason", Says::code, codes<InadmissibleReason>}},
           false},
          {"answer-complaint", "/v1/complaints/{id}/answer", found, false},
          {"accept-answer", "/v1/complaints/{id}/satisfaction", {}, false},
          {"escalate-complaint", "/v1/complaints/{id}/escalation", {}, false},
          {"conclude-complaint", "/v1/complaints/{id}/conclusion", found, false},
          {"withdraw-complaint", "/v1/complaints/{id}/withdrawal", {}, false},
          {"acknowledge-warning",
           "/v1/warnings/{id}/acknowledgement",
           {{"response", Says::code, codes<WarningResponse>}},
           false}};
}

std::string takes(const ActMember& member) {
  switch (member.says) {
    case Says::code:
      return member.known != nullptr ? "one of: " + member.known() : "a code or id";
    case Says::codes:
      return "some of, with commas: " + member.known();
    case Says::flag:
      return "yes or no";
    case Says::number:
      return "a whole number";
    case Says::day:
      return "a day, as 2024-03-04";
  }
  return "";
}

// The value as JSON. ERRORS: wrong_type.
Result<std::string> as_json(const ActMember& member, std::string_view value) {
  const Error wrong(Code::wrong_type, std::string(member.name), takes(member));
  std::string out;
  switch (member.says) {
    case Says::flag:
      if (value != "yes" && value != "no") return wrong;
      return std::string(value == "yes" ? "true" : "false");
    case Says::number:
      if (value.empty() || value.size() > 9 ||
          !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
        return wrong;
      return std::string(value);
    case Says::codes:
      out = "[";
      while (!value.empty()) {
        const auto end = std::min(value.find(','), value.size());
        if (out.size() > 1) out += ',';
        json::append_string(out, value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
      }
      return out + ']';
    case Says::code:
    case Says::day:
      break;
  }
  if (value.empty()) return wrong;
  json::append_string(out, value);
  return out;
}

// The value that was given for a member; nullopt: none was.
std::optional<std::string_view> given(const std::vector<std::string>& values,
                                      std::string_view name) {
  for (const std::string& one : values)
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return std::string_view(one).substr(name.size() + 1);
  return std::nullopt;
}

std::string names() {
  std::string out;
  for (const CaseAct& one : case_acts()) out.append(out.empty() ? "" : ", ").append(one.name);
  return out;
}
}  // namespace

const std::vector<CaseAct>& case_acts() {
  static const std::vector<CaseAct> all = [] {
    std::vector<CaseAct> out = acts_of_support();
    for (CaseAct& one : acts_of_closing()) out.push_back(std::move(one));
    for (CaseAct& one : acts_of_oversight()) out.push_back(std::move(one));
    return out;
  }();
  return all;
}

const CaseAct* find_case_act(std::string_view name) {
  const auto found = std::ranges::find(case_acts(), name, &CaseAct::name);
  return found == case_acts().end() ? nullptr : &*found;
}

Result<std::string> act_body(const CaseAct& act, const std::vector<std::string>& values) {
  for (const std::string& one : values) {
    const std::string_view name = std::string_view(one).substr(0, one.find('='));
    if (std::ranges::find(act.members, name, &ActMember::name) == act.members.end()) {
      std::string known;
      for (const ActMember& member : act.members)
        known.append(known.empty() ? "" : ", ").append(member.name);
      return Error(Code::unknown_field, std::string(name),
                   known.empty() ? "this act says nothing more" : "one of: " + known);
    }
  }
  std::string out, inner, outer;  // members of one member come together
  const auto flush = [&] {
    if (inner.empty()) return;
    out += (out.empty() ? "\"" : ",\"") + outer + "\":{" + inner + '}';
    inner.clear();
  };
  for (const ActMember& member : act.members) {
    const auto value = given(values, member.name);
    if (!value && member.required)
      return Error(Code::missing_field, std::string(member.name), takes(member));
    if (!value) continue;
    NRM_TRY_ASSIGN(const std::string text, as_json(member, *value));
    const auto dot = member.name.find('.');
    if (dot == member.name.npos) {
      flush();
      out += (out.empty() ? "\"" : ",\"") + std::string(member.name) + "\":" + text;
      continue;
    }
    outer = member.name.substr(0, dot);
    inner +=
        (inner.empty() ? "\"" : ",\"") + std::string(member.name.substr(dot + 1)) + "\":" + text;
  }
  flush();
  return out.empty() ? std::string() : '{' + out + '}';
}

namespace {
// The path, with the id of the case or of what hangs on it.
Result<std::string> target_of(Api& api, const CaseAct& act, const std::string& subject) {
  std::string id = subject;
  if (act.of_case) {
    NRM_TRY_ASSIGN(id, find_case_id(api, subject));
  } else if (!Uuid::parse(subject)) {
    return Error(Code::bad_request, "", "it is named by its id, from: nrm case matters CASE");
  }
  std::string target(act.target);
  return target.replace(target.find("{id}"), 4, id);
}
}  // namespace

int case_act(const CaseActOptions& options) {
  const CaseAct* act = find_case_act(options.action);
  if (act == nullptr)
    return fail(Exit::usage, "there is no act \"" + options.action + '"', "one of: " + names());
  const auto body = act_body(*act, options.values);
  if (!body)
    return fail(Exit::usage, "say it with " + body.error().where + "=…", body.error().detail);
  const auto api = Api::open(options.access, "case-manager");
  if (!api) return fail(api.error());
  const auto target = target_of(**api, *act, options.subject);
  if (!target) return fail_at_api(target.error(), options.access.dir);
  const auto answer =
      (*api)->post({.target = *target, .body = *body, .key = {}, .if_match = options.if_match});
  if (!answer) return fail_at_api(answer.error(), options.access.dir);
  if (options.access.json) {
    std::printf("%s\n", answer->body.c_str());
    return Exit::done;
  }
  const auto read = read_answer(*answer);
  const json::Value receipt = read ? read->root().find("receipt") : json::Value();
  std::printf("%s: %s record %lld\n", options.action.c_str(),
              std::string(text_of(receipt, "log")).c_str(),
              static_cast<long long>(number_of(receipt, "seq")));
  return Exit::done;
}

int case_matters(const CaseOptions& options) {
  const auto api = Api::open(options.access, "case-manager");
  if (!api) return fail(api.error());
  const auto id = find_case_id(**api, options.subject);
  if (!id) return fail_at_api(id.error(), options.access.dir);
  std::string items;
  Table table({"id", "kind", "what", "due", ""});
  std::size_t open = 0;
  const auto told = each_item(**api, "/v1/cases/" + *id + "/matters", [&](json::Value item) {
    if (!items.empty()) items += ",\n";
    json::append_value(items, item);
    ++open;
    table.add({std::string(text_of(item, "matter")), words(text_of(item, "kind")),
               words(text_of(item, "what")), std::string(text_of(item, "due").substr(0, 16)),
               item.find("overdue").boolean() ? "OVERDUE" : ""});
  });
  if (!told) return fail_at_api(told.error(), options.access.dir);
  if (options.access.json) {
    std::printf("[%s]\n", items.c_str());
    return Exit::done;
  }
  std::fputs(open == 0 ? "Nothing is open.\n" : table.text().c_str(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
