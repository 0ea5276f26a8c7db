#include "services/audit/case_book.hpp"

#include <algorithm>

#include "services/audit/quarters.hpp"

namespace nrm {
namespace {
// By whose rules: the pack's country, for "reporting country" and for the words of its tables.
struct PackCountry {
  std::string_view pack, country;
};
constexpr PackCountry pack_countries[] = {
    {"uk", "GB"}, {"bulgaria", "BG"}, {"georgia", "GE"}, {"ireland", "IE"}, {"latvia", "LV"}};

std::int64_t hours_between(Instant from, Instant to) { return (to.ms - from.ms) / 3'600'000; }
}  // namespace

void CaseBook::take(const Record& record) {
  if (record.at > as_of_) return;
  at_ = record.at;
  for (const Emit& emit : record.events) take_one(emit.stream, emit.event);
}

void CaseBook::take_one(const StreamKey& stream, const Event& event) {
  visit([&](const auto& e) { note(stream, e); }, event);
}

void CaseBook::note(const StreamKey&, const LogOpened& e) {
  pack_ = e.policy.substr(0, e.policy.find('@'));
}

void CaseBook::note(const StreamKey& stream, const OrganisationRegistered& e) {
  organisations_[stream.id] = {e.name.text(), e.kind};
}

template <class E>
void CaseBook::reported(const StreamKey& stream, const E& event, bool notification) {
  PersonFacts& person = people_[stream.id];
  person.notification = notification;
  person.at = at_;
  person.reporter = event.organisation;
  person.facts = event.facts;
  person.facts.indicators = {};
  person.facts.needs = {};
  if (!notification) note_awaiting(person);
}

// Of the latest episode.
void CaseBook::note_awaiting(PersonFacts& person) const {
  const auto decided = [&](const std::optional<StageDecision>& stage) {
    return stage && !(person.episode && stage->at < *person.episode);
  };
  std::optional<Stage> decision;
  const bool open = !person.ended && !person.settled;
  if (open && !decided(person.first))
    decision = Stage::first;
  else if (open && person.first->outcome == Outcome::positive && !decided(person.second))
    decision = Stage::second;
  if (person.awaited.empty() || person.awaited.back().decision != decision)
    person.awaited.push_back({at_, decision});
}
void CaseBook::note(const StreamKey& stream, const ReportReceived& e) {
  reported(stream, e, false);
}
void CaseBook::note(const StreamKey& stream, const NotificationRecorded& e) {
  reported(stream, e, true);
}

template <class E>
void CaseBook::decided(const StreamKey& stream, const E& event, Stage stage) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;  // conservation names it
  PersonFacts& person = found->second;
  const StageDecision decision{at_, event.outcome, number_of(event.by)};
  const bool first_one = stage == Stage::first && !person.first;
  (stage == Stage::first ? person.first : person.second) = decision;
  note_awaiting(person);
  DecisionTally& tally =
      decisions_[{quarter_of(at_), stage, decision.authority, person.facts.age_at_exploitation}];
  ++(event.outcome == Outcome::positive ? tally.positive : tally.negative);
  tally.days.add(at_.date().days - person.episode.value_or(person.at).date().days);
  if (event.reconsider_until) {
    person.window = stage;
    ++windows_[{quarter_of(at_), stage}].opened;
  }
  if (first_one)
    services_[{year_of(at_.date()), kind_of(person.reporter)}].decided_hours.add(
        hours_between(person.at, at_));
}
void CaseBook::note(const StreamKey& stream, const FirstStageDecided& e) {
  decided(stream, e, Stage::first);
}
void CaseBook::note(const StreamKey& stream, const SecondStageDecided& e) {
  decided(stream, e, Stage::second);
}

void CaseBook::note(const StreamKey& stream, const RecoveryPeriodStarted&) {
  if (const auto found = people_.find(stream.id); found != people_.end())
    found->second.recovery = at_;
}
void CaseBook::note(const StreamKey& stream, const ReconsiderationWindowClosed&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  ++windows_[{quarter_of(at_), found->second.window}].closed;
}
void CaseBook::note(const StreamKey& stream, const IdentificationEnded&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.ended = at_;
  note_awaiting(found->second);
}

void CaseBook::note(const StreamKey& stream, const IdentificationSettled& e) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  PersonFacts& person = found->second;
  switch (e.status) {
    case IdentificationStatus::confirmed:
      // In a mechanism with one stage its decision is the conclusive one; in one with two, what was
      // changed on reconsideration is noted there.
      if (person.first && !person.second)
        person.second = {at_, Outcome::positive, person.first->authority};
      break;
    case IdentificationStatus::withdrawn:
    case IdentificationStatus::deceased:
    case IdentificationStatus::merged:
    case IdentificationStatus::opened_in_error:
    case IdentificationStatus::contact_lost:
      person.settled = at_;
      break;
    default:  // a decision, which is noted where it was made
      break;
  }
  note_awaiting(person);
}

void CaseBook::note(const StreamKey& stream, const IdentificationReopened&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.settled.reset();
  note_awaiting(found->second);
}

void CaseBook::note(const StreamKey& stream, const IdentificationResumed&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.ended.reset();
  note_awaiting(found->second);
}
void CaseBook::note(const StreamKey& stream, const Disqualified& e) {
  const auto found = people_.find(stream.id);
  if (found == people_.end() || !e.reconsider_until) return;
  found->second.window = Stage::disqualification;
  ++windows_[{quarter_of(at_), Stage::disqualification}].opened;
}
void CaseBook::note(const StreamKey& stream, const ReconsiderationRequested& e) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.contested = e.ground;
  ++requests_[{quarter_of(at_), e.stage, e.ground}].requested;
}
// What was decided before stays counted as it was; the person's status is the new one's.
void CaseBook::note(const StreamKey& stream, const ReconsiderationDecided& e) {
  const auto found = people_.find(stream.id);
  if (found == people_.end() || !found->second.contested) return;
  PersonFacts& person = found->second;
  RequestTally& tally = requests_[{quarter_of(at_), e.stage, *person.contested}];
  person.contested.reset();
  const bool changed = e.admitted && e.outcome == Outcome::positive;
  ++(!e.admitted ? tally.not_admitted : changed ? tally.changed : tally.upheld);
  if (!changed) return;
  if (e.stage == Stage::first) person.first = {at_, e.outcome, number_of(e.by)};
  if (e.stage == Stage::second) person.second = {at_, e.outcome, number_of(e.by)};
  note_awaiting(person);
}
void CaseBook::note(const StreamKey& stream, const FurtherEpisodeOpened&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.episode = at_;
  note_awaiting(found->second);
}
void CaseBook::note(const StreamKey&, const SignalReceived& e) {
  ++signals_[{year_of(at_.date()), kind_of(e.organisation)}];
}

void CaseBook::note(const StreamKey& stream, const ReferralRequested& e) {
  ReferralFacts& referral = referrals_[stream.id];
  referral.subject = e.subject;
  referral.service = e.service;
  referral.profile = e.profile;
  referral.requested = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralOffered& e) {
  ReferralFacts& referral = referrals_[stream.id];
  if (!referral.offered) referral.offered = at_;
  referral.open_offer = at_;
  referral.offered_to = e.organisation;
  ++referral.offers;
}
// An answer is the first word of the provider that was asked.
void CaseBook::answered(ReferralFacts& referral) {
  if (!referral.open_offer) return;
  services_[{year_of(at_.date()), kind_of(referral.offered_to)}].answer_hours.add(
      hours_between(*referral.open_offer, at_));
  referral.open_offer.reset();
}
void CaseBook::note(const StreamKey& stream, const ReferralAcknowledged&) {
  ReferralFacts& referral = referrals_[stream.id];
  if (!referral.acknowledged) referral.acknowledged = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralAccepted&) {
  ReferralFacts& referral = referrals_[stream.id];
  answered(referral);
  referral.accepted = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralWaitlisted&) {
  ReferralFacts& referral = referrals_[stream.id];
  answered(referral);
  if (!referral.waitlisted) referral.waitlisted = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralDeclined& e) {
  ReferralFacts& referral = referrals_[stream.id];
  answered(referral);
  const auto reason = static_cast<std::size_t>(e.reason);
  if (reason < referral.declined.size()) ++referral.declined[reason];
}
void CaseBook::note(const StreamKey& stream, const ReferralExpired&) {
  ReferralFacts& referral = referrals_[stream.id];
  referral.open_offer.reset();
  ++referral.expired;
}
void CaseBook::note(const StreamKey& stream, const ReferralEscalated&) {
  ReferralFacts& referral = referrals_[stream.id];
  if (!referral.escalated) referral.escalated = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralCompleted&) {
  referrals_[stream.id].completed = at_;
}
void CaseBook::note(const StreamKey& stream, const ReferralCancelled&) {
  referrals_[stream.id].cancelled = at_;
}

void CaseBook::note(const StreamKey& stream, const SupportOpened&) {
  if (const auto found = people_.find(stream.id); found != people_.end())
    if (!found->second.support) found->second.support = at_;
}
void CaseBook::note(const StreamKey&, const ServiceStarted& e) {
  if (start_of(e.started_on) > as_of_) return;
  ++services_[{year_of(e.started_on), kind_of(e.organisation)}].started;
}
void CaseBook::note(const StreamKey& stream, const ServiceGiven& e) {
  if (start_of(e.on) > as_of_) return;
  const auto person = people_.find(stream.id);
  if (person != people_.end())
    given_[{quarter_of(e.on), month_text(e.on), person->second.facts.gender,
            person->second.facts.age_now}] += e.units;
  const auto referral = referrals_.find(e.referral);
  if (referral != referrals_.end())
    services_[{year_of(e.on), kind_of(referral->second.offered_to)}].units += e.units;
  if (e.cost) costs_[{year_of(e.on), e.cost->currency, e.cost->funding}] += e.cost->amount;
}
void CaseBook::note(const StreamKey& stream, const ReferralDelivered& e) {
  ++referrals_[stream.id].delivered[e.channel];
}

void CaseBook::note(const StreamKey& stream, const ProcedureOpened& e) {
  procedures_[stream.id] = e.kind;
}
// The first of each kind that was granted: a person is counted once.
void CaseBook::note(const StreamKey& stream, const ProcedureRecorded& e) {
  const auto person = people_.find(e.subject);
  const auto kind = procedures_.find(stream.id);
  if (person == people_.end() || kind == procedures_.end()) return;
  if (e.step == ProcedureStep::granted_until && kind->second == ProcedureKind::residence_permit &&
      !person->second.permit)
    person->second.permit = at_;
}
void CaseBook::note(const StreamKey& stream, const ProcedureEnded& e) {
  const auto person = people_.find(e.subject);
  const auto kind = procedures_.find(stream.id);
  if (person == people_.end() || kind == procedures_.end()) return;
  const auto first = [&](std::optional<Instant>& at) {
    if (!at) at = at_;
  };
  if (kind->second == ProcedureKind::return_) {
    if (e.end == ProcedureEnd::returned) first(person->second.returned);
  } else if (e.end == ProcedureEnd::granted) {
    if (kind->second == ProcedureKind::residence_permit) first(person->second.permit);
    if (kind->second == ProcedureKind::compensation_claim) first(person->second.compensated);
  }
}
void CaseBook::note(const StreamKey& stream, const CaseClosed& e) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.closed = at_;
  found->second.reason = e.reason;
}
void CaseBook::note(const StreamKey& stream, const CaseReopened&) {
  const auto found = people_.find(stream.id);
  if (found == people_.end()) return;
  found->second.closed.reset();
  found->second.reason.reset();
}

// A question that is not among the answers was not asked; a refusal is an answer.
void CaseBook::note(const StreamKey& stream, const FeedbackGiven& e) {
  if (const auto found = people_.find(stream.id); found != people_.end())
    found->second.heard = true;
  const int quarter = quarter_of(at_);
  const std::string month = month_text(at_.date());
  using boost::describe::describe_enumerators;
  boost::mp11::mp_for_each<describe_enumerators<FeedbackQuestion>>([&](auto d) {
    const auto said = std::ranges::find(e.answers, d.value, &FeedbackAnswer::question);
    const std::string_view answer =
        said == e.answers.end() ? std::string_view("not asked") : to_text(said->rating);
    ++feedback_[{quarter, month, std::string(to_text(d.value)), std::string(answer)}];
  });
  for (const FeedbackTheme theme : e.praised)
    ++feedback_[{quarter, month, "praised", std::string(to_text(theme))}];
  for (const FeedbackTheme theme : e.missed)
    ++feedback_[{quarter, month, "missed", std::string(to_text(theme))}];
}

std::uint32_t CaseBook::number_of(const OrganisationId& organisation) {
  const auto [place, fresh] =
      numbers_.emplace(organisation, static_cast<std::uint32_t>(numbered_.size()));
  if (fresh) numbered_.push_back(organisation);
  return place->second;
}

std::string CaseBook::name_of(std::uint32_t authority) const {
  return authority < numbered_.size() ? name_of(numbered_[authority]) : std::string();
}

std::string CaseBook::name_of(const OrganisationId& organisation) const {
  const auto found = organisations_.find(organisation);
  return found == organisations_.end() ? std::string(not_specified_label) : found->second.name;
}

OrganisationKind CaseBook::kind_of(const OrganisationId& organisation) const {
  const auto found = organisations_.find(organisation);
  return found == organisations_.end() ? OrganisationKind::operator_ : found->second.kind;
}

std::optional<Country> CaseBook::country() const {
  const auto* found = std::ranges::find(pack_countries, pack_, &PackCountry::pack);
  return found == std::end(pack_countries) ? std::nullopt : Country::parse(found->country);
}
}  // namespace nrm
