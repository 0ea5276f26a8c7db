#include <algorithm>

#include "services/referral/match.hpp"
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// What is not ours. A new command or event of ours without its on() does not compile.
template <class T>
constexpr bool is_received = std::ranges::find(Referrals::Receives::names,
                                               T::type) != Referrals::Receives::names.end();

Result<Decision> decide_command(const ReferralRules& rules, const Command& command) {
  return std::visit(
      [&]<class C>(const C& one) -> Result<Decision> {
        if constexpr (C::target == Service::referral)
          return rules.on(one);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      command);
}

Decision decide_received(const ReferralRules& rules, const Received& received) {
  return std::visit(
      [&]<class E>(const E& one) -> Decision {
        if constexpr (is_received<E>)
          return rules.on(one, CaseId(received.stream.id));
        else
          return {};
      },
      received.event);
}

Decision decide_due(const ReferralRules& rules, const Due& due) {
  const ReferralId id(due.stream.id);
  const Referral* referral =
      due.stream.kind == StreamKind::referral ? rules.view.find<Referral>(id) : nullptr;
  // Another clock, or this one as it was set for something earlier.
  if (referral == nullptr || clock_of(referral->status) != due.name || referral->due != due.set_for)
    return {};
  switch (due.name) {
    case ClockName::answer_offer:
      return rules.answer_due(id, *referral);
    case ClockName::waitlist_review:
      return rules.review_due(id, *referral);
    case ClockName::awaiting_consent:
      return rules.consent_due(id, *referral);
    case ClockName::escalation:
      return rules.escalation_due(id, *referral);
    default:
      return {};
  }
}

// The lists of an offering are sets.
template <class T>
void make_set(std::vector<T>& list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
}

Result<void> check_places(std::uint32_t places, std::string where) {
  if (places <= limits::provider_places_max) return {};
  return Error(Code::out_of_range, std::move(where),
               "at most " + std::to_string(limits::provider_places_max));
}

// These two are said by the events that they follow from, never by a person.
Result<void> check_reason(CancelReason reason) {
  if (reason != CancelReason::case_closed && reason != CancelReason::consent_withdrawn) return {};
  return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
}
}  // namespace

Result<Decision> Referrals::decide(const View& view, const Input& input, const Policy& policy) {
  const ReferralRules rules{{view, input, policy}};
  if (const auto* command = std::get_if<Command>(&input.what))
    return decide_command(rules, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(rules, *received);
  return decide_due(rules, std::get<Due>(input.what));
}

// --- providers ----------------------------------------------------------------------------------

Result<Decision> ReferralRules::on(const RegisterProvider& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager, Role::operator_}));
  if (input.actor->role == Role::service_provider && !by(command.offering.organisation))
    return Error(Code::forbidden, "/offering/organisation", "only for your own organisation");
  ServiceOffering offering = command.offering;
  for (std::size_t i = 0; i < offering.regions.size(); ++i)
    if (!policy.has_region(offering.regions[i]))
      return Error(Code::unknown_code, "/offering/regions/" + std::to_string(i),
                   "not a region of this mechanism");
  NRM_TRY(check_places(offering.places, "/offering/places"));
  make_set(offering.regions);
  make_set(offering.languages);
  make_set(offering.genders);
  make_set(offering.ages);
  Decision out;
  out.emit(provider_stream(input.fresh<ProviderId>(1)), ProviderRegistered{std::move(offering)});
  return out;
}

Result<Decision> ReferralRules::on(const ChangeCapacity& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager}));
  const Provider* provider = view.find<Provider>(command.provider);
  if (provider == nullptr ||
      (input.actor->role == Role::service_provider && !by(provider->offering.organisation)))
    return Error(Code::not_found, "/provider");
  NRM_TRY(check_places(command.places, "/places"));
  Decision out;
  out.emit(provider_stream(command.provider), ProviderCapacityChanged{command.places});
  return out;
}

// --- the state owner's commands -----------------------------------------------------------------

Result<Decision> ReferralRules::on(const RequestReferral& command) const {
  NRM_TRY(only({Role::case_manager}));
  const ReferralCase* file = view.find<ReferralCase>(command.subject);
  if (file == nullptr || !file->profile || !by(file->owner))
    return Error(Code::not_found, "/subject");
  if (file->ended) return Error(Code::case_closed, "/subject");
  std::size_t all = 0;
  view.rows("case/" + command.subject.text() + '/',
            [&](std::string_view, std::string_view) { return ++all < limits::view_rows_max; });
  const std::size_t running =
      open_referrals(command.subject).size() + held_back(command.subject, *file).size();
  if (all >= limits::referrals_per_case_max || running >= limits::open_referrals_per_case_max)
    return Error(Code::not_in_state, "/subject", "this case has as many referrals as it may have");
  ReferralCase with_urgency = *file;
  with_urgency.profile->urgency = command.urgency;
  Decision out;
  refer(out, input.fresh<ReferralId>(1), command.subject, with_urgency, command.service);
  return out;
}

Result<Decision> ReferralRules::on(const RetryReferral& command) const {
  NRM_TRY(only({Role::case_manager}));
  const Referral* referral = view.find<Referral>(command.referral);
  if (referral == nullptr || !by(referral->owner)) return Error(Code::not_found, "/referral");
  const ReferralCase* file = view.find<ReferralCase>(referral->subject);
  CHECK(file != nullptr, "a referral has its case");
  if (file->support_consent != true)
    return Error(Code::consent_missing, "/referral", "the person has not agreed to support");
  if (file->ended) return Error(Code::case_closed, "/referral");
  if (referral->status != ReferralStatus::escalated)
    return Error(Code::not_in_state, "/referral", "only an escalated referral starts again");
  Referral again = *referral;
  again.asked.clear();
  Decision out;
  place(out, command.referral, again, ClockName::escalation);
  return out;
}

Result<Decision> ReferralRules::on(const CancelReferral& command) const {
  NRM_TRY(only({Role::case_manager}));
  const Referral* referral = view.find<Referral>(command.referral);
  if (referral == nullptr || !by(referral->owner)) return Error(Code::not_found, "/referral");
  NRM_TRY(check_reason(command.reason));
  if (case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  if (has_ended(referral->status)) return Error(Code::already_decided, "/referral");
  Decision out;
  cancel(out, command.referral, *referral, command.reason);
  return out;
}

// --- parts --------------------------------------------------------------------------------------

bool ReferralRules::by(const OrganisationId& organisation) const {
  return input.actor && input.actor->organisation == organisation;
}

bool ReferralRules::case_ended(const CaseId& subject) const {
  const ReferralCase* file = view.find<ReferralCase>(subject);
  return file != nullptr && file->ended;
}

void ReferralRules::refer(Decision& out, const ReferralId& id, const CaseId& subject,
                          const ReferralCase& file, ServiceType service) const {
  Referral referral;
  referral.subject = subject;
  referral.owner = file.owner;
  referral.service = service;
  referral.profile = *file.profile;
  out.emit(referral_stream(id), ReferralRequested{subject, file.owner, service, *file.profile});
  if (file.support_consent == true) return place(out, id, referral, std::nullopt);
  const Instant consent_by = due(ClockName::awaiting_consent, referral.profile.urgency);
  out.emit(referral_stream(id), ReferralAwaitsConsent{subject, consent_by});
  out.set_clock(referral_stream(id), ClockName::awaiting_consent, consent_by);
}

void ReferralRules::place(Decision& out, const ReferralId& id, const Referral& referral,
                          std::optional<ClockName> running) const {
  if (referral.asked.size() < policy.offers_max)
    if (const auto match = best_match(view, id, referral))
      return offer(out, id, referral, match->provider, match->organisation, match->candidates,
                   running);
  escalate(out, id, referral,
           referral.asked.empty() ? EscalationReason::no_match : EscalationReason::nobody_left,
           running);
}

void ReferralRules::offer(Decision& out, const ReferralId& id, const Referral& referral,
                          const ProviderId& provider, const OrganisationId& organisation,
                          std::uint32_t candidates, std::optional<ClockName> running) const {
  const StreamKey stream = referral_stream(id);
  const Instant answer_by = due(ClockName::answer_offer, referral.profile.urgency);
  out.emit(stream,
           ReferralOffered{.subject = referral.subject,
                           .provider = provider,
                           .organisation = organisation,
                           .service = referral.service,
                           .profile = referral.profile,
                           .answer_by = answer_by,
                           .candidates = candidates,
                           .attempt = static_cast<std::uint32_t>(referral.asked.size() + 1)});
  if (running && running != ClockName::answer_offer) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::answer_offer, answer_by);
}

void ReferralRules::escalate(Decision& out, const ReferralId& id, const Referral& referral,
                             EscalationReason reason, std::optional<ClockName> running) const {
  const StreamKey stream = referral_stream(id);
  const Instant solve_by = due(ClockName::escalation, referral.profile.urgency);
  out.emit(stream, ReferralEscalated{referral.subject, referral.owner, reason, solve_by});
  if (running && running != ClockName::escalation) out.clear_clock(stream, *running);
  out.set_clock(stream, ClockName::escalation, solve_by);
}

void ReferralRules::cancel(Decision& out, const ReferralId& id, const Referral& referral,
                           CancelReason reason) const {
  out.emit(referral_stream(id), ReferralCancelled{referral.subject, reason});
  if (const auto running = clock_of(referral.status))
    out.clear_clock(referral_stream(id), *running);
  if (referral.status == ReferralStatus::accepted) release_place(out, id, referral);
}

void ReferralRules::release_place(Decision& out, const ReferralId& id,
                                  const Referral& referral) const {
  out.emit(provider_stream(*referral.provider), PlaceReleased{id});
}

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
}  // namespace nrm
