// What the vault, identification, assistance and closure say about a case. Their logs arrive in any
// order relative to each other; whatever comes second finds what came first in the state.
#include <algorithm>
#include <set>

#include "common/step/eligibility.hpp"
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// Waits for the person's consent, visibly or on the ladder; or for its owner, who has not sent it.
bool waits_for_consent(const Referral& referral) {
  return referral.status == ReferralStatus::awaiting_consent ||
         referral.escalation == EscalationReason::awaiting_consent_too_long;
}
bool is_unsent(const Referral& referral) {
  return referral.status == ReferralStatus::draft ||
         referral.escalation == EscalationReason::draft_not_sent;
}

// An entry that names recipients opens data to them; whether the person is referred at all is for
// the entry that names nobody.
bool speaks_of_support(const Consent& consent) {
  return consent.purpose == ConsentPurpose::support && consent.recipients.empty();
}
bool speaks_of_contact(const Consent& consent) {
  return consent.purpose == ConsentPurpose::support && !consent.recipients.empty();
}

NeedProfile profile_of(const ReportFacts& facts) {
  return {facts.age_now, facts.gender, facts.languages, facts.region, facts.urgency};
}

std::vector<Country> origins_of(const ReportFacts& facts) {
  std::vector<Country> out;
  for (const Nationality& one : facts.nationalities)
    if (!one.country.unknown() && std::ranges::find(out, one.country) == out.end())
      out.push_back(one.country);
  return out;
}
}  // namespace

LedgerEntry ReferralRules::heard() const {
  const auto& received = std::get<Received>(input.what);
  return {received.seq, received.index};
}

Decision ReferralRules::on(const ReportReceived& event, const CaseId& subject) const {
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (known != nullptr && known->profile) return {};
  ReferralCase file = known != nullptr ? *known : ReferralCase{};
  file.owner = state_owner(event.owner);
  file.reporter = event.organisation;
  file.profile = profile_of(event.facts);
  file.origins = origins_of(event.facts);
  const ReferralMoment moment = event.facts.urgency == Urgency::routine
                                    ? policy.routine_needs_referred_at
                                    : policy.urgent_needs_referred_at;
  // Closed before the report came: nobody is asked, but it may be opened again.
  const bool at_once = moment == ReferralMoment::report && !file.ended;
  if (!at_once) file.needs = event.facts.needs;
  Decision out;
  out.emit(case_stream(subject),
           ReferralCaseOpened{file.owner, file.reporter, *file.profile, file.needs, file.origins});
  if (!at_once) return out;
  std::uint32_t n = 0;
  for (const ServiceType service : event.facts.needs)
    refer(out, input.fresh<ReferralId>(++n), subject, file, service);
  return out;
}

// --- consent ------------------------------------------------------------------------------------

Decision ReferralRules::on(const DossierSealed& event, const CaseId& subject) const {
  std::optional<Consent> support;
  std::vector<Consent> words;
  for (const Consent& consent : event.consents)
    if (speaks_of_support(consent))
      support = consent;
    else if (speaks_of_contact(consent))
      words.push_back(consent);
  Decision out;
  if (support) change_consent(out, subject, *support);
  hear_words(out, subject, words);
  return out;
}

Decision ReferralRules::on(const ConsentRecorded& event, const CaseId& subject) const {
  Decision out;
  if (speaks_of_support(event.consent)) change_consent(out, subject, event.consent);
  if (speaks_of_contact(event.consent)) hear_words(out, subject, {event.consent});
  return out;
}

// Given: everything that waited for it is offered. Withdrawn: what rests on it stops, and places
// are freed; what still waits for it waits on, with its clock; a risk to life goes on. Of a case
// that has ended the word is kept: it may be opened again.
void ReferralRules::change_consent(Decision& out, const CaseId& subject,
                                   const Consent& consent) const {
  const bool given = consent.given;
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (known != nullptr && known->support_consent == given && known->support_until == consent.until)
    return;
  ReferralCase file = known != nullptr ? *known : ReferralCase{};
  const SupportConsentNoted noted{given, heard(), consent.until};
  Referrals::evolve(file, Event(noted));
  out.emit(case_stream(subject), noted);
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    const bool overridden = referral->override_until && *referral->override_until > input.at;
    if (file.supported(input.at) && waits_for_consent(*referral))
      place(out, id, *referral, file, clock_of(*referral));
    else if (!given && !waits_for_consent(*referral) && !is_unsent(*referral) && !overridden)
      cancel(out, id, *referral, CancelReason::consent_withdrawn);
  }
  if (!given)
    call_back(out, subject, TransnationalRevocation::consent_withdrawn,
              [](const Transnational&) { return true; });
}

// The person's word about single organisations. A refusal always counts; a consent matters where
// the pack asks for it, or takes a refusal back.
void ReferralRules::hear_words(Decision& out, const CaseId& subject,
                               const std::vector<Consent>& words) const {
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (words.empty()) return;
  ReferralCase file = known != nullptr ? *known : ReferralCase{};
  // This decision may have noted the consent to support before.
  for (const Emit& emitted : out.events)
    if (emitted.stream == case_stream(subject)) Referrals::evolve(file, emitted.event);
  const bool asked_each = policy.referral.consent == ReferralConsent::each_contact;
  std::vector<OrganisationId> changed;
  for (const Consent& word : words) {
    std::vector<OrganisationId> said;
    for (const OrganisationId& recipient : word.recipients) {
      const RecipientConsent* before = word_about(file, recipient);
      const bool same =
          before != nullptr && before->given == word.given && before->until == word.until;
      if (before == nullptr ? asked_each || !word.given : !same) said.push_back(recipient);
    }
    if (said.empty()) continue;
    // One event, however many they are: a word that finds no room would be a word not heard.
    changed.insert(changed.end(), said.begin(), said.end());
    const RecipientConsentNoted noted{
        said.front(), word.given, heard(), {said.begin() + 1, said.end()}, word.until};
    Referrals::evolve(file, Event(noted));
    out.emit(case_stream(subject), noted);
  }
  const auto is_changed = [&](const OrganisationId& one) {
    return std::ranges::find(changed, one) != changed.end();
  };
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    const bool touched = std::ranges::any_of(
        out.events, [&](const Emit& one) { return one.stream == referral_stream(id); });
    if (touched) continue;
    const bool about_it = !referral->proposed || is_changed(referral->proposed->organisation);
    if (waits_for_consent(*referral) && file.supported(input.at) && about_it) {
      place(out, id, *referral, file, clock_of(*referral));
    } else if (referral->organisation && is_changed(*referral->organisation) &&
               !word_about(file, *referral->organisation)->given) {
      if (is_held(referral->status))
        revoke_and_place(out, id, *referral, file, RevokeReason::asked_by_person);
      else if (is_taken(referral->status))
        cancel(out, id, *referral, CancelReason::consent_withdrawn);
    }
  }
  call_back(
      out, subject, TransnationalRevocation::consent_withdrawn, [&](const Transnational& package) {
        return is_changed(package.focal_point) && !word_about(file, package.focal_point)->given;
      });
}

// --- the person's age ---------------------------------------------------------------------------

// Matching goes by the age as it is known now; in doubt it is unknown, and counts as a child's. A
// house that does not take this age holds no offer any more; one that has the person already is a
// risk that the owner solves.
Decision ReferralRules::on(const AgeAssessed& event, const CaseId& subject) const {
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (event.moment != AgeMoment::today || known == nullptr || !known->profile) return {};
  const AgeBand age = !event.treated_as_child                     ? AgeBand::adult
                      : event.precision == AgePrecision::disputed ? AgeBand::unknown
                                                                  : event.band;
  if (known->profile->age_now == age) return {};
  ReferralCase file = *known;
  const ReferralAgeNoted noted{age};
  Referrals::evolve(file, Event(noted));
  Decision out;
  out.emit(case_stream(subject), noted);
  if (!file.ended) keep_age_apart(out, subject, file);
  return out;
}

void ReferralRules::keep_age_apart(Decision& out, const CaseId& subject,
                                   const ReferralCase& file) const {
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    if (!is_held(referral->status) && !is_taken(referral->status)) continue;
    const Provider* provider = view.find<Provider>(*referral->provider);
    CHECK(provider != nullptr, "an offer names a provider that exists");
    if (unsuitable(provider->offering, *file.profile, policy, input.at, input.at) !=
        ExcludedFor::age)
      continue;
    if (is_held(referral->status))
      revoke_and_place(out, id, *referral, file, RevokeReason::safety_concern);
    else
      put_at_risk(out, id, *referral, SuspensionReason::safeguarding_concern);
  }
}

// --- identification, assistance, closure --------------------------------------------------------

Decision ReferralRules::on(const FirstStageDecided& event, const CaseId& subject) const {
  return event.outcome == Outcome::positive ? refer_held_back(subject) : Decision();
}

// A first decision that was wrong is positive after all.
Decision ReferralRules::on(const ReconsiderationDecided& event, const CaseId& subject) const {
  const bool first = event.stage == Stage::first && event.admitted;
  return first && event.outcome == Outcome::positive ? refer_held_back(subject) : Decision();
}

// The needs that the pack held back until now.
Decision ReferralRules::refer_held_back(const CaseId& subject) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (file == nullptr || !file->profile || file->ended) return {};
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
  const StreamKey stream = referral_stream(event.referral);
  Decision out;
  if (referral == nullptr || !is_taken(referral->status)) return out;
  out.emit(stream, ReferralCompleted{referral->subject, event.reason});
  if (const auto running = clock_of(*referral)) out.clear_clock(stream, *running);
  out.emit(provider_stream(*referral->provider), PlaceReleased{event.referral});
  return out;
}

// Also when the report has not arrived yet: it then finds a case that has ended, and is noted.
Decision ReferralRules::on(const CaseClosed&, const CaseId& subject) const {
  Decision out;
  if (case_ended(subject)) return out;
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    cancel(out, id, *referral, CancelReason::case_closed);
  }
  call_back(out, subject, TransnationalRevocation::case_closed,
            [](const Transnational&) { return true; });
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (file != nullptr && file->handover && file->handover->status == HandoverStatus::pending) {
    out.emit(case_stream(subject), HandoverRevoked{file->handover->to});
    out.clear_clock(case_stream(subject), ClockName::handover_answer);
  }
  out.emit(case_stream(subject), ReferralCaseEnded{});
  return out;
}

// What was cancelled stays cancelled; case managers refer anew.
Decision ReferralRules::on(const CaseReopened&, const CaseId& subject) const {
  Decision out;
  if (case_ended(subject)) out.emit(case_stream(subject), ReferralCaseReopened{});
  return out;
}

// --- the vault: who is kept away, what is sealed ------------------------------------------------

Decision ReferralRules::on(const AccessDenied& event, const CaseId& subject) const {
  const ReferralCase* known = view.find<ReferralCase>(subject);
  if (!event.organisation) return {};
  ReferralCase file = known != nullptr ? *known : ReferralCase{};
  if (std::ranges::find(file.denied, *event.organisation) != file.denied.end()) return {};
  const ReferralDenialNoted noted{*event.organisation, true};
  Referrals::evolve(file, Event(noted));
  Decision out;
  out.emit(case_stream(subject), noted);
  // Denied is denied: also as an owner.
  if (file.handover && file.handover->status == HandoverStatus::pending &&
      file.handover->to == *event.organisation) {
    out.emit(case_stream(subject), HandoverRevoked{file.handover->to});
    out.clear_clock(case_stream(subject), ClockName::handover_answer);
  }
  keep_away(out, subject, file);
  call_back(out, subject, TransnationalRevocation::other, [&](const Transnational& package) {
    return package.focal_point == *event.organisation;
  });
  return out;
}

Decision ReferralRules::on(const DenialLifted& event, const CaseId& subject) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (!event.organisation || file == nullptr) return {};
  if (std::ranges::find(file->denied, *event.organisation) == file->denied.end()) return {};
  return Decision().emit(case_stream(subject), ReferralDenialNoted{*event.organisation, false});
}

// The stream is the item's. Noted of any case: the vault's log may be ahead of the report, and
// ahead of the reopening after which it was sealed; while the case is closed, it is there when it
// is opened again. A package is sent by a command alone, which asks whether the case is open.
Decision ReferralRules::on(const SealedItemStored& event, const CaseId& item) const {
  SealedPackageNoted noted{SealedItemId(item), {}};
  for (const SealedCopy& copy : event.copies)
    if (view.find<FocalPoint>(copy.organisation) != nullptr)
      noted.recipients.push_back(copy.organisation);
  if (noted.recipients.empty()) return {};
  return Decision().emit(case_stream(event.subject), std::move(noted));
}
}  // namespace nrm
