// CaseBook: what reports need to know of all cases, from one pass over the records.
//
// Two moments. `known`: only what was in the logs then is looked at ("as published"); the caller
// stops giving records there. `as_of`: only facts up to that moment count; an event that carries
// its own date counts by it, others by their record.
// INVARIANT: memory is bounded per case and per referral (some 300 bytes each); durations are kept
// as counts of values, so that medians are exact.
// REQUIRES: records of one log in its order, and the logs in the order of log_owners: what a
// decision is about has come before it.
// THREAD: one.
#pragma once
#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/event/demonyms.hpp"
#include "common/event/labels.hpp"
#include "common/event/record.hpp"
#include "services/audit/figures.hpp"

namespace nrm {
struct StageDecision {
  Instant at;
  Outcome outcome{};
  std::uint32_t authority = 0;  // in CaseBook::names
};

// From when on a person awaits a decision, and which; none: nobody's.
struct Awaiting {
  Instant since;
  std::optional<Stage> decision;
};

struct PersonFacts {
  bool notification = false;  // anonymous
  Instant at;                 // of the report
  OrganisationId reporter;
  ReportFacts facts;  // coded; without indicators and needs, which no report counts
  std::optional<StageDecision> first, second;
  std::optional<Instant> recovery, ended, support, closed;
  // Nothing is decided any more, though nobody closed it: withdrawn, died, merged, lost, an error.
  std::optional<Instant> settled;
  std::optional<Instant> episode;                        // when the latest further one was opened
  std::optional<Instant> permit, compensated, returned;  // by what became of a legal procedure
  std::optional<ClosureReason> reason;
  bool heard = false;                              // has said something of the help
  std::optional<ReconsiderationGround> contested;  // until it is decided anew
  Stage window = Stage::first;                     // whose decision may be contested, or was last
  // In time: what is decided later, or an episode that begins, takes nothing from earlier quarters.
  std::vector<Awaiting> awaited;
};

struct ReferralFacts {
  CaseId subject;
  ServiceType service{};
  NeedProfile profile;
  Instant requested;
  std::optional<Instant> offered, acknowledged, accepted, waitlisted, escalated, completed,
      cancelled;
  std::optional<Instant> open_offer;  // not answered yet
  OrganisationId offered_to;
  std::uint32_t offers = 0, expired = 0;
  std::array<std::uint16_t, 12> declined{};            // by DeclineReason
  std::map<DeliveryChannel, std::uint16_t> delivered;  // by other ways than with the record
};

// A decision as it was made: a case may have several of a stage, in time.
struct DecisionCell {
  int quarter = 0;
  Stage stage{};
  std::uint32_t authority = 0;
  AgeBand age{};
  auto operator<=>(const DecisionCell&) const = default;
};
struct DecisionTally {
  std::uint64_t positive = 0, negative = 0;
  Spread days;  // from the report
};

struct WindowCell {  // to contest a decision
  int quarter = 0;
  Stage stage{};
  auto operator<=>(const WindowCell&) const = default;
};
struct WindowTally {
  std::uint64_t opened = 0, closed = 0;
};
struct RequestCell {  // to reconsider a decision
  int quarter = 0;    // of the request; of its result
  Stage stage{};
  ReconsiderationGround ground{};
  auto operator<=>(const RequestCell&) const = default;
};
struct RequestTally {
  std::uint64_t requested = 0, not_admitted = 0, upheld = 0, changed = 0;
};
struct SignalCell {
  int year = 0;
  OrganisationKind kind{};
  auto operator<=>(const SignalCell&) const = default;
};

struct ServiceCell {
  int year = 0;
  OrganisationKind kind{};
  auto operator<=>(const ServiceCell&) const = default;
};
struct ServiceTally {
  std::uint64_t started = 0, units = 0;
  Spread answer_hours;   // from an offer to its answer
  Spread decided_hours;  // from a report of this kind of organisation to its first decision
};

struct GivenCell {  // services given
  int quarter = 0;
  std::string month;
  Gender gender{};
  AgeBand age{};
  auto operator<=>(const GivenCell&) const = default;
};

// What services cost, where that was said.
struct CostCell {
  int year = 0;
  Currency currency;
  FundingLine funding{};
  auto operator<=>(const CostCell&) const = default;
};

// What survivors answered: to a question, or a theme that was praised or missed.
struct FeedbackCell {
  int quarter = 0;
  std::string month, asked, answer;
  auto operator<=>(const FeedbackCell&) const = default;
};

class CaseBook {
 public:
  explicit CaseBook(Instant as_of) : as_of_(as_of) {}
  void take(const Record& record);

  Instant as_of() const { return as_of_; }
  const std::unordered_map<Uuid, PersonFacts>& people() const { return people_; }
  const std::unordered_map<Uuid, ReferralFacts>& referrals() const { return referrals_; }
  const std::map<DecisionCell, DecisionTally>& decisions() const { return decisions_; }
  const std::map<WindowCell, WindowTally>& windows() const { return windows_; }
  const std::map<RequestCell, RequestTally>& requests() const { return requests_; }
  const std::map<SignalCell, std::uint64_t>& signals() const { return signals_; }
  const std::map<ServiceCell, ServiceTally>& services() const { return services_; }
  const std::map<GivenCell, std::uint64_t>& given() const { return given_; }
  const std::map<FeedbackCell, std::uint64_t>& feedback() const { return feedback_; }
  // In the currency's minor unit.
  const std::map<CostCell, std::uint64_t>& costs() const { return costs_; }
  std::string name_of(std::uint32_t authority) const;  // the organisation's
  std::string name_of(const OrganisationId& organisation) const;
  OrganisationKind kind_of(const OrganisationId& organisation) const;  // unregistered: operator_
  // ISO 3166-1 of the country whose mechanism this is, by its pack; none: the pack is no country's.
  std::optional<Country> country() const;

 private:
  void take_one(const StreamKey& stream, const Event& event);
  template <class E>
  void note(const StreamKey&, const E&) {}
  void note(const StreamKey&, const LogOpened&);
  void note(const StreamKey&, const OrganisationRegistered&);
  void note(const StreamKey&, const ReportReceived&);
  void note(const StreamKey&, const NotificationRecorded&);
  void note(const StreamKey&, const FirstStageDecided&);
  void note(const StreamKey&, const SecondStageDecided&);
  void note(const StreamKey&, const RecoveryPeriodStarted&);
  void note(const StreamKey&, const ReconsiderationWindowClosed&);
  void note(const StreamKey&, const IdentificationEnded&);
  void note(const StreamKey&, const IdentificationSettled&);
  void note(const StreamKey&, const IdentificationReopened&);
  void note(const StreamKey&, const IdentificationResumed&);
  void note(const StreamKey&, const ReconsiderationRequested&);
  void note(const StreamKey&, const ReconsiderationDecided&);
  void note(const StreamKey&, const FurtherEpisodeOpened&);
  void note(const StreamKey&, const Disqualified&);
  void note(const StreamKey&, const SignalReceived&);
  void note(const StreamKey&, const ReferralRequested&);
  void note(const StreamKey&, const ReferralOffered&);
  void note(const StreamKey&, const ReferralAcknowledged&);
  void note(const StreamKey&, const ReferralAccepted&);
  void note(const StreamKey&, const ReferralWaitlisted&);
  void note(const StreamKey&, const ReferralDeclined&);
  void note(const StreamKey&, const ReferralExpired&);
  void note(const StreamKey&, const ReferralEscalated&);
  void note(const StreamKey&, const ReferralCompleted&);
  void note(const StreamKey&, const ReferralCancelled&);
  void note(const StreamKey&, const SupportOpened&);
  void note(const StreamKey&, const ServiceStarted&);
  void note(const StreamKey&, const ServiceGiven&);
  void note(const StreamKey&, const CaseClosed&);
  void note(const StreamKey&, const CaseReopened&);
  void note(const StreamKey&, const FeedbackGiven&);
  void note(const StreamKey&, const ReferralDelivered&);
  void note(const StreamKey&, const ProcedureOpened&);
  void note(const StreamKey&, const ProcedureRecorded&);
  void note(const StreamKey&, const ProcedureEnded&);
  template <class E>
  void decided(const StreamKey& stream, const E& event, Stage stage);
  template <class E>
  void reported(const StreamKey& stream, const E& event, bool notification);
  void answered(ReferralFacts& referral);
  void note_awaiting(PersonFacts& person) const;
  std::uint32_t number_of(const OrganisationId& organisation);

  struct Organisation {
    std::string name;
    OrganisationKind kind{};
  };
  const Instant as_of_;
  Instant at_;  // of the record that is being taken
  std::string pack_;
  std::unordered_map<Uuid, Organisation> organisations_;
  std::vector<OrganisationId> numbered_;
  std::unordered_map<Uuid, std::uint32_t> numbers_;
  std::unordered_map<Uuid, PersonFacts> people_;
  std::unordered_map<Uuid, ReferralFacts> referrals_;
  std::map<DecisionCell, DecisionTally> decisions_;
  std::map<WindowCell, WindowTally> windows_;
  std::map<RequestCell, RequestTally> requests_;
  std::map<SignalCell, std::uint64_t> signals_;
  std::map<ServiceCell, ServiceTally> services_;
  std::map<GivenCell, std::uint64_t> given_;
  std::map<FeedbackCell, std::uint64_t> feedback_;
  std::map<CostCell, std::uint64_t> costs_;
  std::unordered_map<Uuid, ProcedureKind> procedures_;
};
}  // namespace nrm
