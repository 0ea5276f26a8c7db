// nrm audit access: who could see a case at a moment, who did, and on what ground; what an account
// or an organisation could see then, and did. From the vault's log.
#include <cstdio>

#include "services/audit/access_of_holder.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/logs.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
template <class E>
std::string listed(const std::vector<E>& codes) {
  std::string out;
  for (const E one : codes) out += (out.empty() ? "" : ", ") + words(to_text(one));
  return out;
}

class Page {
 public:
  explicit Page(const std::map<OrganisationId, Text<120>>& names) : names_(names) {}

  std::string could(const AccessReport& report) const {
    Table table({"could see", "as", "since", "until", "accounts"});
    for (const CouldSee& one : report.could)
      table.add({holder(one), words(to_text(one.ground)), one.since.text(),
                 one.until ? one.until->text() : "",
                 one.barred ? "barred" : with_commas(one.accounts)});
    return table.text();
  }
  std::string did(const AccessReport& report) const {
    if (report.did.empty()) return "Nobody had opened anything.\n";
    Table table({"opened", "by", "account", "as", "purpose", "classes", "ground", "record"});
    for (const DidSee& one : report.did)
      table.add({one.at.text(), name(one.by.organisation), one.by.account.text().substr(0, 8),
                 one.relation ? words(to_text(*one.relation)) : "NO RELATION",
                 words(to_text(one.purpose)), listed(one.classes), ground(one),
                 "vault/0 " + std::to_string(one.seq)});
    return table.text();
  }
  std::string refused(const AccessReport& report) const {
    if (report.refused.empty()) return "Nobody had been refused.\n";
    Table table({"refused", "to", "account", "who asked with", "because", "record"});
    for (const WasRefused& one : report.refused)
      table.add({one.at.text(), name(one.by.organisation), one.by.account.text().substr(0, 8),
                 one.command, words(one.code), "vault/0 " + std::to_string(one.seq)});
    return table.text();
  }
  std::string consents(const AccessReport& report) const {
    if (report.consents.empty()) return "No consent had been recorded.\n";
    Table table({"consent", "says", "to", "classes", "until"});
    for (const Consent& one : report.consents) {
      std::string to;
      for (const OrganisationId& recipient : one.recipients)
        to += (to.empty() ? "" : ", ") + name(recipient);
      table.add({words(to_text(one.purpose)), one.given ? "given" : "not given",
                 to.empty() ? "whoever has the relation" : to,
                 one.classes.empty() ? "what the role may see" : listed(one.classes),
                 one.until ? one.until->text() : ""});
    }
    return table.text();
  }

  std::string name(const OrganisationId& id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? "organisation " + id.text().substr(0, 8) : found->second.text();
  }
  static std::string ground(const DidSee& one) {
    if (one.item) return one.approved_by ? "sealed to its key, two people" : "sealed to its key";
    if (one.emergency) return "broken glass: " + words(to_text(*one.ground));
    if (one.proposal) return "two people";
    return one.ground ? words(to_text(*one.ground)) : "consent or law";
  }

 private:
  std::string holder(const CouldSee& one) const {
    std::string out = name(one.organisation);
    if (one.account) out += ", account " + one.account->text().substr(0, 8);
    return out;
  }
  const std::map<OrganisationId, Text<120>>& names_;
};

// Openings are told in full, the ways in by kind; case by case as far as anybody would read it.
constexpr std::size_t ways_listed_max = 40;

std::string holder_page(const HolderReport& report, const Page& page, const std::string& whose) {
  std::string out = whose + " at " + report.at.text() + "\n\n";
  Table accounts({"account", "of", "role", "since", "then"});
  for (const HolderAccount& one : report.accounts)
    accounts.add({one.account.text(), page.name(one.organisation), words(to_text(one.role)),
                  one.since.text(), one.in_force ? "in force" : "ended"});
  out += accounts.text() + '\n';
  std::map<AccessGround, std::pair<std::size_t, std::size_t>> by_ground;  // cases, barred ones
  for (const HolderCase& one : report.could) {
    auto& [cases, barred] = by_ground[one.way.ground];
    ++cases;
    barred += one.way.barred;
  }
  Table grounds({"could see as", "cases", "of them barred"});
  for (const auto& [ground, counts] : by_ground)
    grounds.add({words(to_text(ground)), with_commas(counts.first), with_commas(counts.second)});
  out += by_ground.empty() ? "Could see no case.\n\n" : grounds.text() + '\n';
  Table ways({"case", "as", "since", "until", ""});
  for (std::size_t i = 0; i < report.could.size() && i < ways_listed_max; ++i) {
    const auto& [subject, way] = report.could[i];
    ways.add({subject.text(), words(to_text(way.ground)), way.since.text(),
              way.until ? way.until->text() : "", way.barred ? "barred" : ""});
  }
  if (!report.could.empty()) out += ways.text();
  if (report.could.size() > ways_listed_max)
    out += "  … and " + with_commas(report.could.size() - ways_listed_max) +
           " more: --json lists all\n";
  out += report.could.empty() ? "" : "\n";
  if (report.did.empty()) return out + "Had opened nothing.\n";
  Table did({"opened", "case", "by", "account", "as", "purpose", "classes", "ground", "record"});
  for (const auto& [subject, one] : report.did)
    did.add({one.at.text(), subject.text(), page.name(one.by.organisation),
             one.by.account.text().substr(0, 8),
             one.relation ? words(to_text(*one.relation)) : "NO RELATION",
             words(to_text(one.purpose)), listed(one.classes), Page::ground(one),
             "vault/0 " + std::to_string(one.seq)});
  return out + did.text();
}

Result<OrganisationId> find_organisation(Logs& logs, const std::string& text) {
  if (const auto id = OrganisationId::parse(text)) return *id;
  std::optional<OrganisationId> found;
  NRM_TRY(read_records(logs, Service::vault, [&](const Record& record) {
    for (const Emit& emit : record.events)
      if (const auto* one = get_if<OrganisationRegistered>(&emit.event);
          one != nullptr && one->name.text() == text)
        found = OrganisationId(emit.stream.id);
    return !found;
  }));
  if (!found)
    return Error(Code::not_found, "--organisation", "none has this id or name in the vault's log");
  return *found;
}

// The moment of the question, or without one that of the last record.
template <class History>
Result<Instant> read_history(Logs& logs, std::optional<Instant> until, History& history) {
  Instant last;
  NRM_TRY(read_records(logs, Service::vault, [&](const Record& record) {
    if (!history.take(record)) return false;
    last = record.at;
    return true;
  }));
  return until.value_or(last);
}
constexpr Instant end_of_time{INT64_MAX / 2};

Result<std::string> of_case(Logs& logs, const AuditAccessOptions& options, const Offices& offices,
                            std::optional<Instant> until) {
  NRM_TRY_ASSIGN(const Uuid subject, find_subject(logs, options.subject));
  AccessHistory history(CaseId(subject), until.value_or(end_of_time), offices.authority,
                        offices.management);
  NRM_TRY_ASSIGN(const Instant at, read_history(logs, until, history));
  AccessReport report = history.report();
  report.at = at;
  if (options.json) return to_json(report) + '\n';
  const Page page(history.names());
  return "Case " + report.subject.text() + " at " + report.at.text() + "\n\n" + page.could(report) +
         '\n' + page.did(report) + '\n' + page.refused(report) + '\n' + page.consents(report);
}

Result<std::string> of_holder(Logs& logs, const AuditAccessOptions& options, const Offices& offices,
                              std::optional<Instant> until) {
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  if (!options.account.empty()) {
    account = AccountId::parse(options.account);
    if (!account) return Error(Code::bad_request, "--account", "the id of an account");
  } else {
    NRM_TRY_ASSIGN(organisation, find_organisation(logs, options.organisation));
  }
  AccessOfHolder history(account, organisation, until.value_or(end_of_time), offices);
  NRM_TRY_ASSIGN(const Instant at, read_history(logs, until, history));
  HolderReport report = history.report();
  report.at = at;
  if (report.accounts.empty() && account)
    return Error(Code::not_found, "--account", "no account had this id by then");
  if (options.json) return to_json(report) + '\n';
  const Page page(history.names());
  return holder_page(report, page,
                     account ? "Account " + account->text() : page.name(*organisation));
}

Result<std::string> access(const AuditAccessOptions& options) {
  NRM_TRY_ASSIGN(const auto until, read_moment("--at", options.at));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(options.dir));
  NRM_TRY_ASSIGN(const auto logs, open_logs(options.from, options.dir));
  const Appointments& named = *folder.policy().appointments;
  const Offices offices{named.competent_authority, named.case_management};
  return options.subject.empty() ? of_holder(*logs, options, offices, until)
                                 : of_case(*logs, options, offices, until);
}
}  // namespace

int audit_access(const AuditAccessOptions& options) {
  crypto::start();
  const auto text = access(options);
  if (!text) return fail(text.error());
  std::fwrite(text->data(), 1, text->size(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
