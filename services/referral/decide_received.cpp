// What the vault, identification, assistance and closure say about a case. Their logs arrive in any
// order relative to each other; whatever comes second finds what came first in the state.
#include <set>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// Under way by the person's consent, as opposed to still waiting for it.
bool rests_on_consent(const Referral& referral) {
  return referral.status != ReferralStatus::awaiting_consent &&
         referral.escalation != EscalationReason::awaiting_consent_too_long;
}

// An entry that names recipients opens data to them; whether the person is referred at all is for
// the entry that names nobody.
bool speaks_of_support(const Consent& consent) {
  return consent.purpose == ConsentPurpose::support && consent.recipients.empty();
}

NeedProfile profile_of(const ReportFacts& facts) {
  return {facts.age_now, facts.gender, facts.languages, facts.region, facts.urgency};
}
}  // namespace

Decision ReferralRules::on(const ReportReceived& event, const CaseId& subject) const {
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (known != nullptr && (known->profile || known->ended)) return {};
  ReferralCase file = known != nullptr ? *known : ReferralCase{};
  file.owner = policy.appointments ? policy.appointments->case_management : event.owner;
  file.reporter = event.organisation;
  file.profile = profile_of(event.facts);
  const ReferralMoment moment = event.facts.urgency == Urgency::routine
                                    ? policy.routine_needs_referred_at
                                    : policy.urgent_needs_referred_at;
  const bool at_once = moment == ReferralMoment::report;
  if (!at_once) file.needs = event.facts.needs;
  Decision out;
  out.emit(case_stream(subject),
           ReferralCaseOpened{file.owner, file.reporter, *file.profile, file.needs});
  if (!at_once) return out;
  std::uint32_t n = 0;
  for (const ServiceType service : event.facts.needs)
    refer(out, input.fresh<ReferralId>(++n), subject, file, service);
  return out;
}

Decision ReferralRules::on(const DossierSealed& event, const CaseId& subject) const {
  std::optional<bool> given;
  for (const Consent& consent : event.consents)
    if (speaks_of_support(consent)) given = consent.given;
  Decision out;
  if (given) change_consent(out, subject, *given);
  return out;
}

Decision ReferralRules::on(const ConsentRecorded& event, const CaseId& subject) const {
  Decision out;
  if (speaks_of_support(event.consent)) change_consent(out, subject, event.consent.given);
  return out;
}

// Given: everything that waited for it is offered. Withdrawn: what rests on it stops, and places
// are freed; what still waits for it waits on, with its clock.
void ReferralRules::change_consent(Decision& out, const CaseId& subject, bool given) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (file != nullptr && (file->ended || file->support_consent == given)) return;
  out.emit(case_stream(subject), SupportConsentNoted{given});
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    if (given && !rests_on_consent(*referral))
      place(out, id, *referral, clock_of(referral->status));
    else if (!given && rests_on_consent(*referral))
      cancel(out, id, *referral, CancelReason::consent_withdrawn);
  }
}

// The needs that the pack held back until now.
Decision ReferralRules::on(const FirstStageDecided& event, const CaseId& subject) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (event.outcome != Outcome::positive || file == nullptr || !file->profile || file->ended)
    return {};
  Decision out;
  std::uint32_t n = 0;
  for (const ServiceType service : held_back(subject, *file))
    refer(out, input.fresh<ReferralId>(++n), subject, *file, service);
  return out;
}

// A service that was referred in the meantime, by hand or by an earlier positive decision, is not
// referred twice.
std::vector<ServiceType> ReferralRules::held_back(const CaseId& subject,
                                                  const ReferralCase& file) const {
  std::set<ServiceType> referred;
  view.rows("case/" + subject.text() + '/', [&](std::string_view key, std::string_view) {
    const std::string_view before_id = key.substr(0, key.rfind('/'));
    const auto service = enum_from<ServiceType>(before_id.substr(before_id.rfind('/') + 1));
    CHECK(service, "a row of a case names its service");
    referred.insert(*service);
    return true;
  });
  std::vector<ServiceType> out;
  for (const ServiceType service : file.needs)
    if (referred.insert(service).second) out.push_back(service);
  return out;
}

Decision ReferralRules::on(const ServiceEnded& event, const CaseId&) const {
  const Referral* referral = view.find<Referral>(event.referral);
  Decision out;
  if (referral == nullptr || referral->status != ReferralStatus::accepted) return out;
  out.emit(referral_stream(event.referral), ReferralCompleted{referral->subject, event.reason});
  release_place(out, event.referral, *referral);
  return out;
}

// Also when the report has not arrived yet: it then finds a case that has ended.
Decision ReferralRules::on(const CaseClosed&, const CaseId& subject) const {
  Decision out;
  if (case_ended(subject)) return out;
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    cancel(out, id, *referral, CancelReason::case_closed);
  }
  out.emit(case_stream(subject), ReferralCaseEnded{});
  return out;
}
}  // namespace nrm
