#include "tests/support/people.hpp"

#include <iterator>

namespace nrm::test {
namespace {
template <class T>
T id_of(std::uint8_t n) {
  Uuid id;
  id.bytes[0] = n;
  id.bytes[6] = 0x40;
  id.bytes[8] = 0x80;
  return T(id);
}

Actor actor(std::uint8_t n, std::uint8_t organisation, Role role) {
  return {id_of<AccountId>(n), id_of<OrganisationId>(organisation), role};
}
}  // namespace

Cast Cast::make() {
  return {
      .police = actor(1, 101, Role::first_responder),
      .ngo = actor(2, 102, Role::first_responder),
      .authority = actor(3, 103, Role::competent_authority),
      .board = actor(7, 107, Role::competent_authority),
      .manager = actor(4, 104, Role::case_manager),
      .second_manager = actor(5, 104, Role::case_manager),
      .operator_ = actor(6, 105, Role::operator_),
      .providers = {actor(11, 111, Role::service_provider), actor(12, 112, Role::service_provider),
                    actor(13, 113, Role::service_provider)}};
}

template <class M>
typename M::const_iterator People::any(Dice& dice, const M& map) const {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(pick(dice, map.size())));
}

const Actor* People::provider(const OrganisationId& organisation) const {
  for (const Actor& one : cast_.providers)
    if (one.organisation == organisation) return &one;
  return nullptr;
}

ReportFacts People::facts(Dice& dice) const {
  ReportFacts facts;
  facts.entry_source = EntrySource::police_operation;
  facts.exploitation = {Exploitation::labour};
  facts.age_at_exploitation = facts.age_now = chance(dice, 30) ? AgeBand::child : AgeBand::adult;
  facts.gender = chance(dice, 50) ? Gender::female : Gender::male;
  facts.urgency = static_cast<Urgency>(pick(dice, 3));
  facts.needs = {ServiceType::safe_accommodation};
  if (chance(dice, 40)) facts.needs.push_back(ServiceType::medical);
  facts.languages = {*Language::parse("en")};
  facts.region = regions_[pick(dice, regions_.size())];
  return facts;
}

void People::sealed(const CaseId& subject, const DossierSealed& event, const ReportFacts& facts) {
  sealed_.push_back({subject, event.digest, event.report_by, facts});
}

// Where identification stands, as its events say. False: the event is not about that.
bool People::see_identification(const StreamKey& stream, const Event& event) {
  using enum IdentificationStatus;
  const auto now = [&](IdentificationStatus status) {
    persons_[CaseId(stream.id)].status = status;
    return true;
  };
  if (const auto* first = get_if<FirstStageDecided>(&event))
    return now(first->outcome == Outcome::positive ? recovery_period : negative_first_stage);
  if (const auto* second = get_if<SecondStageDecided>(&event)) {
    persons_[CaseId(stream.id)].settled = second->outcome == Outcome::positive;
    return now(second->outcome == Outcome::positive ? confirmed : not_confirmed);
  }
  if (holds<RecoveryPeriodEnded>(event) || holds<SecondStageAwaited>(event))
    return now(awaiting_second_stage);
  if (holds<InformationRequested>(event)) return now(information_requested);
  if (holds<InformationAnswered>(event) || holds<InformationOverdue>(event) ||
      holds<RouteChanged>(event))
    return now(reported);
  if (holds<ReconsiderationRequested>(event)) return now(reconsideration);
  if (const auto* again = get_if<ReconsiderationDecided>(&event))
    return now(again->stage == Stage::first ? recovery_period : confirmed);
  if (holds<ContactLost>(event)) return now(contact_lost);
  if (const auto* found = get_if<ContactRegained>(&event)) return now(found->status);
  if (const auto* decides = get_if<DeciderAppointed>(&event)) {
    persons_[CaseId(stream.id)].decider = decides->owner;
    return true;
  }
  const bool closed_window = holds<ReconsiderationWindowClosed>(event);
  if (closed_window || holds<IdentificationSettled>(event))
    return persons_[CaseId(stream.id)].settled = true;
  if (const auto* open = get_if<IdentificationReopened>(&event)) {
    persons_[CaseId(stream.id)].settled = false;
    return now(open->status);
  }
  return false;
}

void People::see(const StreamKey& stream, const Event& event) {
  const auto person = [&](const Uuid& id) -> Person& { return persons_[CaseId(id)]; };
  if (holds<OrganisationRegistered>(event)) {
    police_known_ |= stream.id == cast_.police.organisation;
  } else if (const auto* reported = get_if<ReportReceived>(&event)) {
    person(stream.id).decider = reported->owner;
  } else if (see_identification(stream, event)) {
    return;
  } else if (const auto* requested = get_if<ReferralRequested>(&event)) {
    person(requested->subject).referrals.insert(ReferralId(stream.id));
  } else if (holds<ProviderRegistered>(event)) {
    directory_.push_back(ProviderId(stream.id));
  } else if (const auto* offered = get_if<ReferralOffered>(&event)) {
    offers_[ReferralId(stream.id)] = {offered->subject, offered->organisation, false};
  } else if (const auto* escalated = get_if<ReferralEscalated>(&event)) {
    offers_[ReferralId(stream.id)] = {escalated->subject, {}, true};
  } else if (const auto* accepted = get_if<ReferralAccepted>(&event)) {
    offers_.erase(ReferralId(stream.id));
    person(accepted->subject).services[ReferralId(stream.id)] = accepted->organisation;
  } else if (const auto* cancelled = get_if<ReferralCancelled>(&event)) {
    offers_.erase(ReferralId(stream.id));
    person(cancelled->subject).referrals.erase(ReferralId(stream.id));
    person(cancelled->subject).services.erase(ReferralId(stream.id));
  } else if (const auto* withdrawn = get_if<WithdrawalNotified>(&event)) {
    withdrawals_[WithdrawalId(stream.id)] = withdrawn->recipient;
  } else if (holds<WithdrawalAcknowledged>(event)) {
    withdrawals_.erase(WithdrawalId(stream.id));
  } else if (const auto* completed = get_if<ReferralCompleted>(&event)) {
    person(completed->subject).referrals.erase(ReferralId(stream.id));
  } else if (const auto* ended = get_if<ServiceEnded>(&event)) {
    person(stream.id).services.erase(ended->referral);
  } else if (holds<PlanAgreed>(event)) {
    person(stream.id).plan = true;
  } else if (holds<PersonInformed>(event)) {
    person(stream.id).informed = true;
  } else if (holds<ClosureRequested>(event)) {
    person(stream.id).requested = true;
  } else if (holds<ClosureRefused>(event)) {
    person(stream.id).requested = false;
  } else if (holds<ErasureRequested>(event)) {
    person(stream.id).erasing = true;
  } else if (holds<ErasureCancelled>(event)) {
    person(stream.id).erasing = false;
  } else if (holds<CaseErased>(event)) {
    person(stream.id).erased = true;
  } else if (holds<CaseClosed>(event)) {
    closed_ += !person(stream.id).closed;
    person(stream.id).closed = true;
  } else {
    see_matter(stream, event);
  }
}

// What has a stream and a clock of its own: it is worked on until it ends.
void People::see_matter(const StreamKey& stream, const Event& event) {
  if (holds<ProcedureEnded>(event) || holds<AlarmEnded>(event) || holds<IncidentClosed>(event) ||
      holds<ChildNoticeAcknowledged>(event) || holds<ChildNoticeDropped>(event) ||
      holds<TransitionEnded>(event) || holds<FollowUpRecorded>(event) ||
      holds<FollowUpRefused>(event) || holds<FollowUpDropped>(event)) {
    matters_.erase(stream);
  } else if (stream.kind == StreamKind::procedure || stream.kind == StreamKind::alarm ||
             stream.kind == StreamKind::incident || stream.kind == StreamKind::notice ||
             stream.kind == StreamKind::transition || stream.kind == StreamKind::visit) {
    matters_.insert(stream);
  }
}

Wish People::wish_for(Dice& dice, const StreamKey& matter) const {
  const auto manager = [this](Command what) { return Wish{cast_.manager, std::move(what), {}}; };
  switch (matter.kind) {
    case StreamKind::procedure:
      return chance(dice, 50)
                 ? manager(EndProcedure{ProcedureId(matter.id), ProcedureEnd::withdrawn})
                 : manager(RecordProcedure{ProcedureId(matter.id), ProcedureStep::filed, {}});
    case StreamKind::alarm:
      return manager(EndAlarm{AlarmId(matter.id), AlarmEnd::found_safe});
    case StreamKind::incident:
      return manager(CloseIncident{IncidentId(matter.id), IncidentOutcome::resolved});
    case StreamKind::notice:
      return manager(AcknowledgeChildNotice{ChildNoticeId(matter.id)});
    case StreamKind::transition:
      return manager(AgreeTransition{TransitionId(matter.id), {TransitionStep::housing}, true});
    default:
      return chance(dice, 20) ? manager(RefuseFollowUp{FollowUpId(matter.id)})
                              : manager(RecordFollowUp{FollowUpId(matter.id),
                                                       InformChannel::in_person, Wellbeing::well});
  }
}

// Something happens to a person who is supported.
Wish People::happening(Dice& dice, const CaseId& id) const {
  const auto manager = [this](Command what) { return Wish{cast_.manager, std::move(what), {}}; };
  switch (pick(dice, 7)) {
    case 0:
      return manager(OpenProcedure{id, ProcedureKind::asylum, {}, {}});
    case 1:
      return manager(RaiseAlarm{id, AlarmGround::did_not_return});
    case 2:
      return manager(ReportIncident{id, IncidentKind::threat, IncidentSeverity::grave, Date{}});
    case 3:
      return manager(StartMoveOn{id});
    case 4:
      return manager(RecordContact{id, InformChannel::in_person, std::nullopt});
    case 5:
      return manager(AssessRisk{id, {RiskLevel::high, {Danger::threats_received}}});
    default:
      return manager(DetermineBestInterests{id, BestInterests::stay_in_care});
  }
}

// A committee's members are accounts of the office that decides; each of them may be asked.
std::optional<Wish> People::wish_of_identification(Dice& dice, const CaseId& id,
                                                   const Person& person) const {
  using enum IdentificationStatus;
  const auto outcome = chance(dice, 70) ? Outcome::positive : Outcome::negative;
  const auto ground = DecisionGround::evidence_sufficient;
  Actor member = person.decider == cast_.board.organisation ? cast_.board : cast_.authority;
  member.account = AccountId(derive(member.account, static_cast<std::uint32_t>(pick(dice, 9))));
  const std::vector<InformationTopic> topics = {InformationTopic::indicators};
  switch (person.status) {
    case reported:
      if (has_board_ && chance(dice, 6))
        return Wish{cast_.manager, ChangeRoute{id, IdentificationRoute::board}, {}};
      if (chance(dice, 6)) return Wish{member, RequestInformation{id, topics}, {}};
      if (chance(dice, 4)) return Wish{cast_.police, RecordContactAttempt{id, {}}, {}};
      return Wish{member, DecideFirstStage{id, outcome, ground}, {}};
    case information_requested:
      return Wish{cast_.police, AnswerInformation{id, topics}, {}};
    case awaiting_second_stage:
      return Wish{member, DecideSecondStage{id, outcome, ground}, {}};
    case negative_first_stage:
    case not_confirmed:
      if (person.settled || !chance(dice, 10)) return std::nullopt;
      return Wish{cast_.police, RequestReconsideration{id, ReconsiderationGround::both}, {}};
    case reconsideration:
      return Wish{member, DecideReconsideration{id, chance(dice, 80), outcome, ground}, {}};
    case contact_lost:
      return Wish{cast_.police, ReportContactRegained{id}, {}};
    case recovery_period:
      if (chance(dice, 2)) return Wish{cast_.police, WithdrawIdentification{id}, {}};
      if (chance(dice, 3)) return Wish{cast_.police, RecordContactAttempt{id, {}}, {}};
      if (chance(dice, 3)) return Wish{cast_.police, ReportContactLost{id}, {}};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Wish> People::wish_for(Dice& dice, const CaseId& id, const Person& person) {
  if (person.erasing && !person.erased && chance(dice, 20))
    return chance(dice, 70) ? Wish{cast_.second_manager, ConfirmErasure{id}, {}}
                            : Wish{cast_.authority, CancelErasure{id}, {}};
  if (!person.erasing && chance(dice, 3))
    return Wish{cast_.manager, EraseCase{id, ErasureGround::person_asked, chance(dice, 40)}, {}};
  if (person.closed) return std::nullopt;
  if (auto wish = wish_of_identification(dice, id, person)) return wish;
  if (!person.services.empty()) {
    if (!person.plan)
      return Wish{cast_.manager, AgreePlan{id, {PlanGoal::safety, PlanGoal::health}, true}, {}};
    const auto& [referral, organisation] = *any(dice, person.services);
    const Actor* helper = provider(organisation);
    if (chance(dice, 25)) return happening(dice, id);
    if (helper && chance(dice, 30))
      return Wish{*helper, EndService{id, referral, ServiceEndReason::goals_met}, {}};
    return Wish{cast_.manager, HoldReview{id}, {}};
  }
  if (!person.settled || !person.referrals.empty()) return std::nullopt;
  if (!person.informed) return Wish{cast_.manager, InformPerson{id, InformChannel::in_person}, {}};
  if (!person.requested)
    return Wish{
        cast_.manager,
        RequestClosure{id, ClosureReason::plan_completed, ClosureEvidence{.needs_reviewed = true}},
        {}};
  if (chance(dice, 20)) return Wish{cast_.second_manager, RefuseClosure{id}, {}};
  return Wish{cast_.second_manager, ApproveClosure{id}, {}};
}

std::optional<Wish> People::wish_for(Dice& dice, const ReferralId& id, const Offer& offer) {
  if (offer.escalated)
    return chance(dice, 70)
               ? Wish{cast_.manager, RetryReferral{id}, {}}
               : Wish{cast_.manager, CancelReferral{id, CancelReason::need_met_otherwise}, {}};
  const Actor* helper = provider(offer.organisation);
  if (helper == nullptr) return std::nullopt;
  switch (pick(dice, 12)) {
    case 10:  // races the answers of the others
      return Wish{cast_.manager,
                  RevokeOffer{id, RevokeReason::better_match, AfterRevocation::next_match},
                  {}};
    case 0:
      return Wish{*helper, AcknowledgeOffer{id}, {}};
    case 1:
      return Wish{*helper, DeclineOffer{id, DeclineReason::no_capacity}, {}};
    case 2:
      return Wish{*helper, WaitlistOffer{id}, {}};
    default:
      return Wish{*helper, AcceptOffer{id}, {}};
  }
}

// Somebody does what they may not, or too early, or again; or a provider is suspended, and is not.
std::optional<Wish> People::mischief(Dice& dice) {
  if (persons_.empty()) return std::nullopt;
  const CaseId id = any(dice, persons_)->first;
  switch (pick(dice, 9)) {
    case 7:
    case 8:
      if (directory_.empty()) return std::nullopt;
      if (const ProviderId provider = directory_[pick(dice, directory_.size())]; chance(dice, 40))
        return Wish{cast_.manager, SuspendProvider{provider, SuspensionReason::other}, {}};
      else
        return Wish{cast_.manager, ReinstateProvider{provider}, {}};
    case 0:
      return Wish{cast_.police, DecideFirstStage{id, Outcome::positive, {}}, {}};
    case 1:
      return Wish{cast_.authority, DecideSecondStage{id, Outcome::positive, {}}, {}};
    case 2:
      return Wish{cast_.manager, ApproveClosure{id}, {}};
    case 3:
      return Wish{cast_.providers[pick(dice, 3)], AcceptOffer{ReferralId(id)}, {}};
    case 4:
      return Wish{cast_.manager, RequestClosure{id, ClosureReason::person_left, {}}, {}};
    case 5:
      return Wish{cast_.providers[pick(dice, 3)],
                  OpenDossier{id, OpeningPurpose::support, {DataClass::identity}, {}, {}},
                  {}};
    default:
      return Wish{cast_.police, RecordConsent{id, {ConsentPurpose::support, chance(dice, 50)}}, {}};
  }
}

std::optional<Wish> People::wish(Dice& dice, bool honest) {
  if (!police_known_ && chance(dice, 30))
    return Wish{cast_.operator_,
                RegisterOrganisation{*Text<120>::parse("Police"), OrganisationKind::police,
                                     cast_.police.organisation},
                {}};
  if (registered_ < cast_.providers.size() * 2) {
    const Actor& who = cast_.providers[registered_ / 2];
    const auto service = registered_ % 2 ? ServiceType::medical : ServiceType::safe_accommodation;
    ++registered_;
    return Wish{who,
                RegisterProvider{{.organisation = who.organisation,
                                  .service = service,
                                  .places = static_cast<std::uint32_t>(1 + pick(dice, 3))}},
                {}};
  }
  if (!sealed_.empty()) {
    const Sealed next = sealed_.front();
    sealed_.pop_front();
    return Wish{
        cast_.police, SubmitReport{next.subject, next.digest, next.facts, next.report_by}, {}};
  }
  if (to_report_ > 0 && police_known_ && chance(dice, 50)) {
    --to_report_;
    SealDossier seal;
    seal.age_now = chance(dice, 25) ? AgeBand::child : AgeBand::adult;
    if (seal.age_now == AgeBand::adult || chance(dice, 50))
      seal.consents = {{ConsentPurpose::identification, true}};
    if (chance(dice, 90)) seal.consents.push_back({ConsentPurpose::support, true});
    return Wish{cast_.police, seal, R"({"name":"Person in a test"})"};
  }
  if (!honest && chance(dice, 15)) return mischief(dice);
  if (!withdrawals_.empty() && chance(dice, 30)) {
    const auto& [id, recipient] = *any(dice, withdrawals_);
    if (const Actor* who = provider(recipient))
      return Wish{*who, AcknowledgeWithdrawal{id, WithdrawalOutcome::purged}, {}};
  }
  if (!matters_.empty() && chance(dice, 25)) return wish_for(dice, *any(dice, matters_));
  if (!offers_.empty() && chance(dice, 50)) {
    const auto offer = any(dice, offers_);
    if (auto found = wish_for(dice, offer->first, offer->second)) return found;
  }
  if (persons_.empty()) return std::nullopt;
  const auto person = any(dice, persons_);
  return wish_for(dice, person->first, person->second);
}
}  // namespace nrm::test
