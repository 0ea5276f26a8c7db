// nrm consent: one entry of a person's ledger, and what recipients do when one is withdrawn.
#include <cstdio>

#include "common/base/json_text.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"
#include "services/cli/story.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
Result<OrganisationId> organisation_named(const Names& names, const std::string& name) {
  for (const auto& [id, known] : names)
    if (known == name || id == name)
      if (const auto parsed = OrganisationId::parse(id)) return *parsed;
  return Error(Code::not_found, "--recipient", "no organisation is called \"" + name + '"');
}

Result<Consent> entry_of(Api& api, const ConsentOptions& options) {
  Consent out;
  out.given = options.action == "give";
  const auto purpose = enum_from<ConsentPurpose>(options.purpose);
  if (!purpose) return Error(Code::unknown_code, "--purpose", "one of: " + codes<ConsentPurpose>());
  out.purpose = *purpose;
  const auto by = enum_from<ConsentGiver>(options.by);
  if (!by) return Error(Code::unknown_code, "--by", "one of: " + codes<ConsentGiver>());
  out.by = *by;
  const auto language = Language::parse(options.language);
  if (!language) return Error(Code::unknown_code, "--language", "two letters, as in sq");
  out.language = *language;
  for (const std::string& text : options.classes) {
    const auto one = enum_from<DataClass>(text);
    if (!one) return Error(Code::unknown_code, "--class", "one of: " + codes<DataClass>());
    out.classes.push_back(*one);
  }
  if (!options.until.empty()) {
    out.until = Date::parse(options.until);
    if (!out.until) return Error(Code::invalid_date, "--until", "a date, as in 2024-07-01");
  }
  if (options.recipients.empty()) return out;
  NRM_TRY_ASSIGN(const Names names, organisation_names(api));
  for (const std::string& name : options.recipients) {
    NRM_TRY_ASSIGN(const OrganisationId id, organisation_named(names, name));
    out.recipients.push_back(id);
  }
  return out;
}

Result<std::string> said(const http::Answer& answer, bool json, std::string_view what) {
  if (json) return answer.body + '\n';
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  const json::Value receipt = read.root().find("receipt");
  return std::string(what) + ": " + std::string(text_of(receipt, "log")) + " record " +
         std::to_string(number_of(receipt, "seq")) + '\n';
}

Result<std::string> record(Api& api, const ConsentOptions& options) {
  NRM_TRY_ASSIGN(const Consent entry, entry_of(api, options));
  NRM_TRY_ASSIGN(const std::string id, find_case_id(api, options.subject));
  NRM_TRY_ASSIGN(const auto answer, api.post({.target = "/v1/cases/" + id + "/consents",
                                              .body = to_json(entry),
                                              .key = {},
                                              .if_match = {}}));
  return said(answer, options.access.json, entry.given ? "given" : "withdrawn");
}

Result<std::string> acknowledge(Api& api, const ConsentOptions& options) {
  const auto outcome = enum_from<WithdrawalOutcome>(options.outcome);
  if (!outcome)
    return Error(Code::unknown_code, "--outcome", "one of: " + codes<WithdrawalOutcome>());
  NRM_TRY_ASSIGN(const auto answer,
                 api.post({.target = "/v1/withdrawals/" + options.subject + "/acknowledgement",
                           .body = "{\"outcome\":\"" + options.outcome + "\"}",
                           .key = {},
                           .if_match = {}}));
  return said(answer, options.access.json, "acknowledged");
}

Result<std::string> tasks(Api& api, const ConsentOptions& options) {
  Table table({"withdrawal", "purpose", "due", "overdue", "case"});
  std::string items;
  std::size_t count = 0;
  NRM_TRY(each_item(api, "/v1/withdrawals", [&](json::Value item) {
    ++count;
    const bool overdue = item.find("overdue") && item.find("overdue").boolean();
    table.add({std::string(text_of(item, "withdrawal")), std::string(text_of(item, "purpose")),
               std::string(text_of(item, "due")), overdue ? "yes" : "",
               std::string(text_of(item, "case"))});
    if (!items.empty()) items += ",\n";
    json::append_value(items, item);
  }));
  if (options.access.json) return "[" + items + "]\n";
  return count == 0 ? std::string("No withdrawal waits for you.\n") : table.text();
}
}  // namespace

int consent(const ConsentOptions& options) {
  const bool records = options.action == "give" || options.action == "withdraw";
  const auto api = Api::open(options.access, records ? "case-manager" : "service_provider");
  if (!api) return fail(api.error());
  const auto text = records                     ? record(**api, options)
                    : options.action == "tasks" ? tasks(**api, options)
                                                : acknowledge(**api, options);
  if (!text) return fail_at_api(text.error(), options.access.dir);
  std::fputs(text->c_str(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
