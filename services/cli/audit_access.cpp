// nrm audit access: who could see a case at a moment, who did, and on what ground; from the logs.
#include <cstdio>

#include "services/audit/access.hpp"
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

 private:
  std::string name(const OrganisationId& id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? "organisation " + id.text().substr(0, 8) : found->second.text();
  }
  std::string holder(const CouldSee& one) const {
    std::string out = name(one.organisation);
    if (one.account) out += ", account " + one.account->text().substr(0, 8);
    return out;
  }
  static std::string ground(const DidSee& one) {
    if (one.item) return one.approved_by ? "sealed to its key, two people" : "sealed to its key";
    if (one.emergency) return "broken glass: " + words(to_text(*one.ground));
    if (one.proposal) return "two people";
    return one.ground ? words(to_text(*one.ground)) : "consent or law";
  }

  const std::map<OrganisationId, Text<120>>& names_;
};

Result<std::string> access(const AuditAccessOptions& options) {
  NRM_TRY_ASSIGN(const auto until, read_moment("--at", options.at));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(options.dir));
  NRM_TRY_ASSIGN(const auto logs, open_logs("", options.dir));
  NRM_TRY_ASSIGN(const Uuid subject, find_subject(*logs, options.subject));
  const Appointments& offices = *folder.policy().appointments;
  const Instant at = until.value_or(Instant{INT64_MAX / 2});
  AccessHistory history(CaseId(subject), at, offices.competent_authority, offices.case_management);
  Instant last;
  NRM_TRY(read_log(folder, Service::vault, [&](const Record& record) {
    last = record.at;
    return history.take(record);
  }));
  AccessReport report = history.report();
  if (!until) report.at = last;
  if (options.json) return to_json(report) + '\n';
  const Page page(history.names());
  return "Case " + report.subject.text() + " at " + report.at.text() + "\n\n" + page.could(report) +
         '\n' + page.did(report) + '\n' + page.consents(report);
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
