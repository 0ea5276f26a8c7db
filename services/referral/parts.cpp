// Parts that several decisions share.
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
// --- who ----------------------------------------------------------------------------------------

bool ReferralRules::by(const OrganisationId& organisation) const {
  return input.actor && input.actor->organisation == organisation;
}

bool ReferralRules::case_ended(const CaseId& subject) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  return file != nullptr && file->ended;
}

const ReferralCase& ReferralRules::file_of(const Referral& referral) const {
  const ReferralCase* file = view.find<ReferralCase>(referral.subject);
  CHECK(file != nullptr, "a referral has its case");
  return *file;
}

OrganisationId ReferralRules::state_owner(const OrganisationId& otherwise) const {
  return policy.appointments ? policy.appointments->case_management : otherwise;
}

Result<const Referral*> ReferralRules::owned(const ReferralId& id) const {
  NRM_TRY(only({Role::case_manager}));
  const Referral* referral = view.find<Referral>(id);
  const bool mine =
      referral != nullptr &&
      (by(referral->owner) || (referral->escalated_to && by(*referral->escalated_to)));
  if (!mine) return Error(Code::not_found, "/referral");
  return referral;
}

Result<const ReferralCase*> ReferralRules::owned(const CaseId& subject) const {
  NRM_TRY(only({Role::case_manager}));
  const ReferralCase* file = view.find<ReferralCase>(subject);
  if (file == nullptr || !file->profile || !by(file->owner))
    return Error(Code::not_found, "/subject");
  if (file->ended) return Error(Code::case_closed, "/subject");
  return file;
}

bool ReferralRules::was_asked(const Referral& referral, const OrganisationId& organisation) const {
  const auto is_theirs = [&](const ProviderId& id) {
    const Provider* provider = view.find<Provider>(id);
    return provider != nullptr && provider->offering.organisation == organisation;
  };
  return std::ranges::any_of(referral.asked, is_theirs) ||
         std::ranges::any_of(referral.asked_before, is_theirs);
}

ReferralRules::Permission ReferralRules::permission(const ReferralCase& file,
                                                    const Referral* referral,
                                                    const OrganisationId& organisation) const {
  if (file.supported(input.at)) {
    if (policy.referral.consent == ReferralConsent::support) return {true, file.consent_entry};
    const RecipientConsent* word = word_about(file, organisation);
    if (word != nullptr && word->agrees(input.at)) return {true, word->entry};
  }
  const bool overridden =
      referral != nullptr && referral->override_until && *referral->override_until > input.at;
  return {overridden};
}

// --- where a referral goes next -----------------------------------------------------------------

void ReferralRules::refer(Decision& out, const ReferralId& id, const CaseId& subject,
                          const ReferralCase& file, ServiceType service,
                          std::optional<ReferralId> follows) const {
  Referral referral;
  referral.subject = subject;
  referral.owner = file.owner;
  referral.service = service;
  referral.profile = *file.profile;
  referral.follows = follows;
  out.emit(referral_stream(id),
           ReferralRequested{subject, file.owner, service, *file.profile, follows});
  place(out, id, referral, file, std::nullopt);
}

Instant ReferralRules::offer_until(const Referral& referral) const {
  const Instant answer_by = due(ClockName::answer_offer, referral.profile.urgency);
  // Under an override, nobody holds the offer for longer than that.
  if (referral.override_until && *referral.override_until > input.at)
    return std::min(answer_by, *referral.override_until);
  return answer_by;
}

// As it was asked for, of the person as known now.
NeedProfile ReferralRules::profile_now(const Referral& referral, const ReferralCase& file) const {
  NeedProfile out = referral.profile;
  if (!file.profile) return out;
  out.age_now = file.profile->age_now;
  out.special = file.profile->special;
  out.staff_gender = file.profile->staff_gender;
  return out;
}

void ReferralRules::place(Decision& out, const ReferralId& id, const Referral& referral,
                          const ReferralCase& file, std::optional<ClockName> running) const {
  const bool overridden = referral.override_until && *referral.override_until > input.at;
  if (!file.supported(input.at) && !overridden)
    return await_consent(out, id, referral, nullptr, running);
  Referral now = referral;
  now.profile = profile_now(referral, file);
  MatchResult match;
  if (now.asked.size() < policy.offers_max)
    match = best_match(*this, id, now, &file, offer_until(now));
  if (!match.best)
    return escalate(out, id, now,
                    now.asked.empty() ? EscalationReason::no_match : EscalationReason::nobody_left,
                    running, std::move(match.excluded));
  const Permission allowed = permission(file, &now, match.best->organisation);
  if (!allowed.given) return await_consent(out, id, now, &*match.best, running);
  offer(out, id, now,
        {.provider = match.best->provider,
         .organisation = match.best->organisation,
         .candidates = match.best->candidates,
         .attempt = static_cast<std::uint32_t>(now.asked.size() + 1),
         .chosen_for = {match.best->chosen_for},
         .excluded = std::move(match.excluded),
         .consent = allowed.entry},
        running);
}

void ReferralRules::offer(Decision& out, const ReferralId& id, const Referral& referral, OfferTo to,
                          std::optional<ClockName> running) const {
  const StreamKey stream = referral_stream(id);
  const Provider* provider = view.find<Provider>(to.provider);
  CHECK(provider != nullptr, "an offer names a provider that exists");
  const Instant answer_by = offer_until(referral);
  out.emit(stream, ReferralOffered{.subject = referral.subject,
                                   .provider = to.provider,
                                   .organisation = to.organisation,
                                   .service = referral.service,
                                   .profile = referral.profile,
                                   .answer_by = answer_by,
                                   .candidates = to.candidates,
                                   .attempt = to.attempt,
                                   .chosen_for = std::move(to.chosen_for),
                                   .excluded = std::move(to.excluded),
                                   .consent = to.consent,
                                   .by_hand = provider->offering.by_hand});
  if (running && running != ClockName::answer_offer) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::answer_offer, answer_by);
}

void ReferralRules::await_consent(Decision& out, const ReferralId& id, const Referral& referral,
                                  const Match* proposed, std::optional<ClockName> running) const {
  const StreamKey stream = referral_stream(id);
  const Instant consent_by = due(ClockName::awaiting_consent, referral.profile.urgency);
  if (proposed != nullptr) {
    const Referral* before = view.find<Referral>(id);
    const bool again = before != nullptr && !before->asked.empty() && referral.asked.empty();
    out.emit(stream, ReferralProposed{proposed->provider, proposed->organisation,
                                      again ? std::optional(1u) : std::nullopt});
  }
  out.emit(stream, ReferralAwaitsConsent{referral.subject, consent_by});
  if (running && running != ClockName::awaiting_consent) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::awaiting_consent, consent_by);
}

void ReferralRules::escalate(Decision& out, const ReferralId& id, const Referral& referral,
                             EscalationReason reason, std::optional<ClockName> running,
                             std::vector<ExcludedCount> excluded) const {
  const StreamKey stream = referral_stream(id);
  const Instant solve_by = due(ClockName::escalation, referral.profile.urgency);
  const ReferralPolicy& rules = policy.referral;
  const bool at_the_top =
      rules.has(EscalationLevel::state_owner) && !rules.has(EscalationLevel::case_manager);
  out.emit(stream,
           ReferralEscalated{
               .subject = referral.subject,
               .to = at_the_top ? state_owner(referral.owner) : referral.owner,
               .reason = reason,
               .solve_by = solve_by,
               .level = at_the_top ? std::optional(EscalationLevel::state_owner) : std::nullopt,
               .excluded = std::move(excluded)});
  if (running && running != ClockName::escalation) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::escalation, solve_by);
}

void ReferralRules::cancel(Decision& out, const ReferralId& id, const Referral& referral,
                           CancelReason reason) const {
  out.emit(referral_stream(id), ReferralCancelled{referral.subject, reason});
  if (const auto running = clock_of(referral)) out.clear_clock(referral_stream(id), *running);
  if (is_taken(referral.status)) out.emit(provider_stream(*referral.provider), PlaceReleased{id});
}

void ReferralRules::revoke_and_place(Decision& out, const ReferralId& id, const Referral& referral,
                                     const ReferralCase& file, RevokeReason reason) const {
  out.emit(referral_stream(id), OfferRevoked{*referral.provider, reason});
  place(out, id, referral, file, clock_of(referral));
}

void ReferralRules::put_at_risk(Decision& out, const ReferralId& id, const Referral& referral,
                                SuspensionReason reason) const {
  if (referral.at_risk) return;
  const StreamKey stream = referral_stream(id);
  const Instant solve_by = due(ClockName::escalation, referral.profile.urgency);
  out.emit(stream, ReferralAtRisk{*referral.provider, reason, referral.owner, solve_by});
  if (const auto running = clock_of(referral)) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::escalation, solve_by);
}

// Who was away when it became a risk is away still: looked at as before.
void ReferralRules::keep(Decision& out, const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  ReferralKept kept;
  if (referral.status == ReferralStatus::on_hold)
    kept.review_at = due(ClockName::waitlist_review, referral.profile.urgency);
  out.emit(stream, kept);
  out.clear_clock(stream, ClockName::escalation);
  if (kept.review_at) out.set_clock(stream, ClockName::waitlist_review, *kept.review_at);
}

// Exactly one decision takes the place: here, in the log that gives it.
Result<void> ReferralRules::accept(Decision& out, const ReferralId& id, const Referral& referral,
                                   std::optional<DeliveryChannel> by_hand) const {
  const Provider* provider = view.find<Provider>(*referral.provider);
  CHECK(provider != nullptr, "an offer names a provider that exists");
  if (provider->suspended)
    return Error(Code::not_in_state, "/referral", "the provider is suspended");
  if (provider->free_places() == 0) return Error(Code::no_place_left, "/referral");
  const std::uint32_t reopened = file_of(referral).reopenings;
  const auto reopenings = reopened == 0 ? std::nullopt : std::optional(reopened);
  out.emit(provider_stream(*referral.provider), PlaceReserved{id});
  out.emit(referral_stream(id), ReferralAccepted{.subject = referral.subject,
                                                 .provider = *referral.provider,
                                                 .organisation = *referral.organisation,
                                                 .owner = referral.owner,
                                                 .service = referral.service,
                                                 .by_hand = by_hand,
                                                 .reopenings = reopenings});
  out.clear_clock(referral_stream(id), *clock_of(referral));
  const Referral* before = referral.follows ? view.find<Referral>(*referral.follows) : nullptr;
  if (before != nullptr && is_taken(before->status))
    cancel(out, *referral.follows, *before, CancelReason::rerouted);
  return {};
}

void ReferralRules::waitlist(Decision& out, const ReferralId& id, const Referral& referral,
                             std::optional<DeliveryChannel> by_hand) const {
  const StreamKey stream = referral_stream(id);
  const Instant review_at = wait_until(referral);
  // Called up in vain, it has the place in the list that it had.
  const Instant since = referral.waiting_since.value_or(input.at);
  out.emit(stream, ReferralWaitlisted{review_at, since, position_of(id, referral, since), by_hand});
  out.clear_clock(stream, ClockName::answer_offer);
  out.set_clock(stream, ClockName::waitlist_review, review_at);
}

// --- waiting lists ------------------------------------------------------------------------------

Instant ReferralRules::wait_until(const Referral& referral) const {
  const Instant review_at = due(ClockName::waitlist_review, referral.profile.urgency);
  // A wait that rests on an override is looked at when that ends.
  const bool agreed = permission(file_of(referral), nullptr, *referral.organisation).given;
  if (!agreed && referral.override_until && *referral.override_until > input.at)
    return std::min(review_at, *referral.override_until);
  return review_at;
}

std::uint32_t ReferralRules::position_of(const ReferralId& id, const Referral& referral,
                                         Instant since) const {
  const std::string mine = waiting_key(*referral.provider, referral.profile.urgency, since, id);
  std::uint32_t position = 1;
  view.rows(waiting_prefix(*referral.provider), [&](std::string_view key, std::string_view) {
    if (key >= mine) return false;
    ++position;
    return true;
  });
  return position;
}

// --- what a case has ----------------------------------------------------------------------------

std::vector<ReferralId> ReferralRules::open_referrals(const CaseId& subject) const {
  std::vector<ReferralId> out;
  view.rows("case/" + subject.text() + "/open/", [&](std::string_view key, std::string_view) {
    const auto id = ReferralId::parse(key.substr(key.rfind('/') + 1));
    CHECK(id, "a row of a case ends in a referral's id");
    out.push_back(*id);
    return true;
  });
  return out;
}

std::vector<TransnationalId> ReferralRules::open_packages(const CaseId& subject) const {
  std::vector<TransnationalId> out;
  view.rows("abroad/" + subject.text() + '/', [&](std::string_view key, std::string_view) {
    const auto id = TransnationalId::parse(key.substr(key.rfind('/') + 1));
    CHECK(id, "a row of a case ends in a package's id");
    out.push_back(*id);
    return true;
  });
  return out;
}

// Who holds or has the person, and must not: the offer moves on, the person is put before the
// owner.
void ReferralRules::keep_away(Decision& out, const CaseId& subject,
                              const ReferralCase& file) const {
  const Barriers barriers(view, &file);
  for (const ReferralId& id : open_referrals(subject)) {
    const Referral* referral = view.find<Referral>(id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    if (!is_held(referral->status) && !is_taken(referral->status)) continue;
    const Provider* provider = view.find<Provider>(*referral->provider);
    CHECK(provider != nullptr, "an offer names a provider that exists");
    const auto against = barriers.against(*referral->provider, provider->offering);
    if (!against) continue;
    if (is_held(referral->status))
      revoke_and_place(out, id, *referral, file, RevokeReason::safety_concern);
    else
      put_at_risk(out, id, *referral, SuspensionReason::safeguarding_concern);
  }
}
}  // namespace nrm
