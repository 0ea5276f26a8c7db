#include "common/step/clock_table.hpp"

#include <algorithm>

#include "common/event/events.hpp"

namespace nrm {
namespace {
using Types = std::string_view;
constexpr Service vault[] = {Service::vault}, identification[] = {Service::identification},
                  referral[] = {Service::referral}, assistance[] = {Service::assistance},
                  closure[] = {Service::closure}, audit[] = {Service::audit},
                  who_escalates[] = {Service::identification, Service::referral, Service::closure};

constexpr ExpiryAction escalate[] = {ExpiryAction::escalate}, lapse[] = {ExpiryAction::lapse},
                       ask_next[] = {ExpiryAction::ask_next}, look_again[] = {ExpiryAction::review},
                       repeat[] = {ExpiryAction::repeat}, destroy[] = {ExpiryAction::destroy},
                       advance[] = {ExpiryAction::advance}, end[] = {ExpiryAction::end},
                       resume[] = {ExpiryAction::resume},
                       go_on_or_end[] = {ExpiryAction::advance, ExpiryAction::end};

// A decider that waits for somebody else's answer does not lose its own time (domain.md, b4).
constexpr PauseCause while_waiting[] = {PauseCause::information_request, PauseCause::contact_lost};
constexpr std::span<const PauseCause> never;

constexpr Types reported[] = {ReportReceived::type, RouteChanged::type, FurtherEpisodeOpened::type},
                recovery_started[] = {RecoveryPeriodStarted::type, RecoveryPeriodExtended::type},
                recovery_ended[] = {RecoveryPeriodEnded::type, SecondStageAwaited::type},
                refused[] = {FirstStageDecided::type, SecondStageDecided::type, Disqualified::type},
                offered[] = {ReferralOffered::type, ReferralReminded::type},
                waitlisted[] = {ReferralWaitlisted::type, ReferralHeld::type, ReferralKept::type},
                held_back[] = {ReferralAwaitsConsent::type, ReferralDrafted::type},
                handed_over[] = {HandoverProposed::type},
                abroad[] = {TransnationalSent::type, TransnationalOverdue::type},
                swept[] = {ProviderSuspended::type, ProviderReinstated::type,
                           ProviderOfferingChanged::type, ProviderCapacityChanged::type,
                           PlaceReleased::type},
                overdue[] = {FirstStageOverdue::type, SecondStageOverdue::type,
                             SignalOverdue::type,     ReconsiderationOverdue::type,
                             GroupEventOverdue::type, ClosureApprovalOverdue::type,
                             ReferralEscalated::type, ReferralEscalationOverdue::type,
                             ReferralAtRisk::type,    FollowUpOverdue::type},
                opened[] = {SupportOpened::type, PlanOverdue::type},
                planned[] = {PlanAgreed::type, ReviewHeld::type, ReviewOverdue::type},
                closing[] = {ClosureRequested::type}, sealed[] = {DossierSealed::type},
                key_begun[] = {KeyEpochBegun::type},
                key_life[] = {KeyEpochBegun::type, EpochDestroyed::type},
                erasure[] = {ErasureRequested::type, ErasureOverdue::type},
                erasure_sure[] = {ErasureConfirmed::type},
                withdrawal[] = {WithdrawalNotified::type},
                broken_glass[] = {EmergencyReviewOpened::type},
                proposed[] = {OpeningProposed::type, OpeningApproved::type},
                procedures[] = {ProcedureOpened::type, ProcedureRecorded::type, ProcedureDue::type},
                reminders[] = {ProcedureOpened::type, ProcedureRecorded::type},
                claims[] = {ProcedureOpened::type},
                missing[] = {AlarmRaised::type, AlarmEscalated::type},
                incidents[] = {IncidentReported::type, IncidentOverdue::type},
                notices[] = {ChildNoticeRaised::type, ChildNoticeOverdue::type},
                without_guardian[] = {ChildPathwayOpened::type, GuardianNoted::type,
                                      ChildPathwayOverdue::type},
                for_the_child[] = {ChildPathwayOpened::type, GuardianNoted::type,
                                   BestInterestsDetermined::type, ChildPathwayOverdue::type},
                moving[] = {MoveOnStarted::type, MoveOnExtended::type, MoveOnPassed::type},
                reached[] = {ReachInOpened::type}, visits[] = {FollowUpPlanned::type},
                kept[] = {CaseClosed::type, RetentionExtended::type},
                ordered[] = {ErasureOrdered::type}, signals[] = {SignalReceived::type},
                groups[] = {GroupEventRecorded::type}, asked[] = {InformationRequested::type},
                contested[] = {ReconsiderationRequested::type}, lost[] = {ContactLost::type},
                merging[] = {MergeProposed::type}, releasing[] = {PublicationProposed::type},
                complained[] = {ComplaintReceived::type}, assigned[] = {ComplaintAssigned::type},
                answered[] = {ComplaintAnswered::type},
                with_the_ombudsman[] = {ComplaintEscalated::type, ComplaintOverdue::type},
                warned[] = {WarningRaised::type, WarningOverdue::type};

using enum ClockNeed;
constexpr ClockRow rows[] = {
    {ClockName::first_stage, identification, reported, escalate, while_waiting, every_pack},
    {ClockName::recovery, identification, recovery_started, go_on_or_end, never, every_pack},
    {ClockName::second_stage, identification, recovery_ended, escalate, while_waiting, may},
    {ClockName::reconsideration, identification, refused, lapse, never, every_pack},
    {ClockName::answer_offer, referral, offered, ask_next, never, every_pack},
    {ClockName::waitlist_review, referral, waitlisted, look_again, never, every_pack},
    {ClockName::awaiting_consent, referral, held_back, escalate, never, every_pack},
    {ClockName::escalation, who_escalates, overdue, repeat, never, every_pack},
    {ClockName::plan, assistance, opened, repeat, never, every_pack},
    {ClockName::review, assistance, planned, repeat, never, every_pack},
    {ClockName::closure_approval, closure, closing, escalate, never, every_pack},
    {ClockName::report_follows, vault, sealed, destroy, never, every_pack},
    {ClockName::key_epoch, vault, key_life, advance, never, may},
    {ClockName::key_retirement, vault, key_begun, destroy, never, own},
    {ClockName::erasure_answer, vault, erasure, repeat, never, may},
    {ClockName::erasure_hold, vault, erasure_sure, destroy, never, may},
    {ClockName::withdrawal_acknowledgement, vault, withdrawal, escalate, never, every_pack},
    {ClockName::break_glass_review, vault, broken_glass, escalate, never, every_pack},
    {ClockName::opening_approval, vault, proposed, lapse, never, own},
    {ClockName::handover_answer, referral, handed_over, lapse, never, may},
    {ClockName::transnational_answer, referral, abroad, repeat, never, may},
    {ClockName::suspension_sweep, referral, swept, advance, never, own},
    {ClockName::procedure, assistance, procedures, repeat, never, may},
    // The two below are lengths alone: ahead of a procedure's day, and from a judgment to its end.
    {ClockName::procedure_reminder, assistance, reminders, repeat, never, may},
    {ClockName::compensation_claim, assistance, claims, lapse, never, may},
    {ClockName::missing_alarm, assistance, missing, escalate, never, may},
    {ClockName::incident, assistance, incidents, repeat, never, may},
    {ClockName::child_notice, assistance, notices, escalate, never, may},
    {ClockName::guardian, assistance, without_guardian, repeat, never, may},
    {ClockName::best_interests, assistance, for_the_child, repeat, never, may},
    {ClockName::move_on, assistance, moving, advance, never, may},
    {ClockName::reach_in, assistance, reached, end, never, may},
    {ClockName::follow_up, closure, visits, escalate, never, own},  // days: ClosurePolicy
    {ClockName::retention, closure, kept, advance, never, own},     // by category: ClosurePolicy
    {ClockName::erasure_order, closure, ordered, repeat, never, may},
    {ClockName::signal_follow_up, identification, signals, escalate, never, every_pack},
    {ClockName::group_completion, identification, groups, escalate, never, every_pack},
    {ClockName::information_answer, identification, asked, resume, never, every_pack},
    {ClockName::reconsideration_decision, identification, contested, escalate, while_waiting,
     every_pack},
    {ClockName::contact_lost, identification, lost, end, never, every_pack},
    {ClockName::merge_approval, vault, merging, lapse, never, every_pack},
    {ClockName::publication_approval, audit, releasing, lapse, never, may},
    {ClockName::complaint_registration, audit, complained, escalate, never, may},
    {ClockName::complaint_answer, audit, assigned, escalate, never, may},
    {ClockName::complaint_response, audit, answered, lapse, never, may},
    {ClockName::complaint_conclusion, audit, with_the_ombudsman, repeat, never, may},
    {ClockName::warning_acknowledgement, audit, warned, repeat, never, may},
};
}  // namespace

std::span<const ClockRow> clock_table() { return rows; }

const ClockRow* clock_row(ClockName name) {
  const auto found = std::ranges::find(rows, name, &ClockRow::name);
  return found == std::end(rows) ? nullptr : &*found;
}
}  // namespace nrm
