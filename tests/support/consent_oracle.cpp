#include "tests/support/consent_oracle.hpp"

#include <algorithm>

namespace nrm::test {
namespace {
using enum DataClass;
using enum OpeningPurpose;

bool among(DataClass wanted, std::initializer_list<DataClass> classes) {
  return std::ranges::find(classes, wanted) != classes.end();
}

bool is_about(const Consent& word, const OrganisationId& organisation) {
  return word.recipients.empty() ||
         std::ranges::find(word.recipients, organisation) != word.recipients.end();
}
}  // namespace

void ConsentOracle::take(const StreamKey& stream, const Event& event) {
  if (const auto* issued = get_if<AccountIssued>(&event)) {
    accounts_.insert_or_assign(AccountId(stream.id), *issued);
  } else if (const auto* accepted = get_if<ReferralAccepted>(&event)) {
    histories_[accepted->subject].push_back(event);
  } else if (stream.kind == StreamKind::case_ && !holds<SupportRelationNoted>(event)) {
    histories_[CaseId(stream.id)].push_back(event);
  }
}

bool ConsentOracle::kept(const CaseId& subject) const {
  bool kept = false;
  for (const Event& event : histories_.at(subject)) {
    if (holds<DossierSealed>(event)) kept = true;
    if (holds<DossierAbandoned>(event)) kept = false;
    if (holds<CaseErased>(event)) kept = false;
  }
  return kept;
}

bool ConsentOracle::barred(const CaseId& subject, const Actor& actor) const {
  bool account = false, organisation = false, conflict = false;
  for (const Event& event : histories_.at(subject)) {
    if (const auto* declared = get_if<ConflictDeclared>(&event)) {
      if (declared->account == actor.account) conflict = true;
    } else if (const auto* denied = get_if<AccessDenied>(&event)) {
      if (denied->account == actor.account) account = true;
      if (denied->organisation == actor.organisation) organisation = true;
    } else if (const auto* lifted = get_if<DenialLifted>(&event)) {
      if (lifted->account == actor.account) account = conflict = false;
      if (lifted->organisation == actor.organisation) organisation = false;
    }
  }
  return account || organisation || conflict;
}

// While the case is not closed, and more of its services began than ended.
bool ConsentOracle::supports(const CaseId& subject, const OrganisationId& organisation) const {
  int running = 0;
  bool closed = false;
  for (const Event& event : histories_.at(subject)) {
    if (const auto* accepted = get_if<ReferralAccepted>(&event))
      running += accepted->organisation == organisation;
    else if (const auto* ended = get_if<ServiceEnded>(&event))
      running -= ended->organisation == organisation;
    else if (holds<CaseClosed>(event) || holds<CaseReopened>(event))
      closed = holds<CaseClosed>(event);
  }
  return running > 0 && !closed;
}

bool ConsentOracle::related(const CaseId& subject, const Actor& actor) const {
  const auto& history = histories_.at(subject);
  switch (actor.role) {
    case Role::first_responder:
      return std::ranges::any_of(history, [&](const Event& event) {
        const auto* sealed = get_if<DossierSealed>(&event);
        return sealed != nullptr && sealed->organisation == actor.organisation;
      });
    case Role::competent_authority: {  // who decides this case, and no other office
      OrganisationId decides = offices_.competent_authority;
      for (const Event& event : history) {
        if (const auto* reported = get_if<ReportReceived>(&event)) decides = reported->owner;
        if (const auto* appointed = get_if<DeciderAppointed>(&event)) decides = appointed->owner;
      }
      return actor.organisation == decides;
    }
    case Role::case_manager:
      return actor.organisation == offices_.case_management;
    case Role::service_provider:
      return supports(subject, actor.organisation);
    case Role::person: {
      const auto account = accounts_.find(actor.account);
      return account != accounts_.end() && account->second.role == Role::person &&
             account->second.subject == subject;
    }
    case Role::guardian: {
      bool in_office = false;
      for (const Event& event : history) {
        if (const auto* appointed = get_if<GuardianAppointed>(&event))
          in_office |= appointed->account == actor.account;
        if (const auto* ended = get_if<GuardianshipEnded>(&event))
          in_office &= ended->account != actor.account;
      }
      return in_office;
    }
    case Role::auditor:
    case Role::operator_:
    case Role::witness:
      return false;
  }
  return false;
}

bool ConsentOracle::adult(const CaseId& subject) const {
  for (const Event& event : histories_.at(subject))
    if (const auto* sealed = get_if<DossierSealed>(&event))
      return sealed->age_now == AgeBand::adult;
  return true;
}

// Every word about consent that was ever said, in order.
std::vector<Consent> ConsentOracle::said(const CaseId& subject) const {
  std::vector<Consent> out;
  for (const Event& event : histories_.at(subject)) {
    if (const auto* sealed = get_if<DossierSealed>(&event))
      out.insert(out.end(), sealed->consents.begin(), sealed->consents.end());
    else if (const auto* recorded = get_if<ConsentRecorded>(&event))
      out.push_back(recorded->consent);
  }
  return out;
}

// The last word about this organisation counts, whatever was said before it.
bool ConsentOracle::agreed(const CaseId& subject, ConsentPurpose purpose,
                           const OrganisationId& organisation, DataClass wanted,
                           Instant now) const {
  const bool needed = adult(subject) || purpose == ConsentPurpose::support;
  if (!needed) return true;
  std::optional<Consent> last;
  for (const Consent& word : said(subject))
    if (word.purpose == purpose && is_about(word, organisation)) last = word;
  if (!last || !last->given) return false;
  if (last->until && now.date() > *last->until) return false;
  return last->classes.empty() || std::ranges::find(last->classes, wanted) != last->classes.end();
}

bool ConsentOracle::manager_opens(const CaseId& subject, const OrganisationId& own,
                                  OpeningPurpose purpose, DataClass wanted, Instant now) const {
  if (purpose == safety) return wanted != shelter_location;
  if (purpose == statutory_notice)
    return among(wanted, {identity, safe_contact}) &&
           agreed(subject, ConsentPurpose::data_sharing, own, wanted, now);
  if (purpose != support) return false;  // a copy for the person takes two people
  if (among(wanted, {identity, contact, safe_contact, medical, family}) &&
      agreed(subject, ConsentPurpose::support, own, wanted, now))
    return true;
  return wanted == safe_contact &&
         agreed(subject, ConsentPurpose::identification, own, wanted, now);
}

bool ConsentOracle::opens(const CaseId& subject, const Actor& actor, OpeningPurpose purpose,
                          DataClass wanted, Instant now) const {
  if (!is_there(subject, actor)) return false;
  const OrganisationId& own = actor.organisation;
  switch (actor.role) {
    case Role::first_responder:
      return purpose == safety && among(wanted, {identity, contact, safe_contact});
    case Role::competent_authority:
      if (purpose == decision)
        return among(wanted, {identity, narrative}) &&
               agreed(subject, ConsentPurpose::identification, own, wanted, now);
      return purpose == statutory_notice && among(wanted, {identity, safe_contact}) &&
             agreed(subject, ConsentPurpose::data_sharing, own, wanted, now);
    case Role::case_manager:
      return manager_opens(subject, own, purpose, wanted, now);
    case Role::service_provider:
      if (purpose == support)
        return among(wanted, {identity, safe_contact}) &&
               agreed(subject, ConsentPurpose::support, own, wanted, now);
      return purpose == safety && among(wanted, {identity, contact, safe_contact, medical});
    case Role::person:
    case Role::guardian:
    case Role::auditor:
    case Role::operator_:
    case Role::witness:
      return false;  // they see that it was opened
  }
  return false;
}

bool ConsentOracle::is_there(const CaseId& subject, const Actor& actor) const {
  return histories_.contains(subject) && kept(subject) && !barred(subject, actor) &&
         related(subject, actor);
}

bool ConsentOracle::ends_between(const CaseId& subject, Instant from, Instant until) const {
  return std::ranges::any_of(said(subject), [&](const Consent& word) {
    return word.until && from.date() <= *word.until && until.date() > *word.until;
  });
}
}  // namespace nrm::test
