// Views: what clients read, folded from all logs. A projection's Core: it decides nothing.
//
// Everything here is derived: the rows can be dropped and the logs followed again from record 0.
// Only coded facts, small: lists are keys alone, and an item is read from its one state.
//
//   case/<reported at>/<case>                      all cases
//   case_status/<status>/<reported at>/<case>
//   case_of/<organisation>/<reported at>/<case>    a first responder's own
//   reference/<reference>                          = case id
//   queue/<name>/<due or since>/<id>               work queues, of who sees all cases
//   queue_of/<organisation>/<name>/<due or since>/<id>  of who decides or manages the case
//   case_managed/<organisation>/<reported at>/<case>    the same: cases that were handed over to it
//   handover/<organisation>/<answer by>/<case>     that it is asked to take
//   case_transnational/<case>/<transnational>
//   case_referral/<case>/<referral>
//   inbox/<organisation>/<1|2|3>/<due or since>/<referral>   offers, waiting list, running
//   supporter/<organisation>/<case>/<referral>     accepted and in force: may see the case
//   provider/<id>  provider_of/<organisation>/<id>
//   organisation/<name>/<id>
//   token/<digest>                                 = Actor, while the account is not revoked
//   barred/<account or organisation>/<case>        denied, or a declared conflict of interest
//   glass/<account>/<case>                         was broken once
//   withdrawal/<organisation>/<due>/<withdrawal>   not acknowledged yet
//   organisation_key/<organisation>/<key>
//   sealed_item/<organisation>/<case>/<item>       for the sender and each organisation with a copy
//   matter/<case>/<kind of stream>/<id>            open, and has a clock of its own
//   sealed_reader/<case>/<organisation>/<item>     who has read it: class, when last, role, purpose
//
// Events of different logs about one case arrive in any order: each log's events touch members of
// their own only.
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm::gateway {
// Events of one case per deciding service: what If-Match is compared with there.
struct Versions {
  std::uint32_t vault = 0, identification = 0, referral = 0, assistance = 0, closure = 0;
  std::uint32_t& of(Service service);  // REQUIRES: one of these five
};
BOOST_DESCRIBE_STRUCT(Versions, (), (vault, identification, referral, assistance, closure))

struct OpenObligation {
  Obligation obligation{};
  Uuid subject;
  bool operator==(const OpenObligation&) const = default;
};
BOOST_DESCRIBE_STRUCT(OpenObligation, (), (obligation, subject))

struct Denied {
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  bool operator==(const Denied&) const = default;
};
BOOST_DESCRIBE_STRUCT(Denied, (), (account, organisation))

struct CaseView {
  static constexpr StreamKind kind = StreamKind::case_;

  Versions versions;
  // vault
  std::vector<Consent> consents;  // the ledger, as note_consent() keeps it
  std::vector<AccountId> guardians;
  std::vector<Denied> denied;  // with those who declared a conflict of interest
  bool abandoned = false;      // sealed, and no report came: its keys are destroyed
  // identification
  std::optional<Instant> reported_at;  // none: not reported yet, so not there for anybody
  Text<16> reference;
  OrganisationId reporter;
  OrganisationId owner;
  IdentificationStatus status{};
  std::optional<Instant> due;  // of the decision, the recovery period or the window
  bool overdue = false;
  std::optional<std::uint32_t> score;  // of the latest screening: orders work, decides nothing
  // assistance
  SupportStatus support = SupportStatus::none;
  std::optional<Instant> support_due;  // plan or review
  bool support_overdue = false;
  std::optional<Instant> unassessed_since;  // a contact without an assessment of risk
  // closure
  std::optional<ClosureStatus> closure;
  std::optional<Instant> closure_opened;
  std::optional<Instant> approve_by;
  std::optional<ClosureReason> closure_reason;
  bool closure_overdue = false;
  bool informed = false;
  std::vector<OpenObligation> obligations;
  std::optional<Instant> kept_until;  // closed; or the day by which the erasure is to be confirmed
  // referral
  std::optional<OrganisationId> manager;      // since a hand-over; none: the office
  std::optional<OrganisationId> handover_to;  // that has not answered yet; and then
  std::optional<Instant> handover_by;
  HandoverPreview handover_preview;
};
BOOST_DESCRIBE_STRUCT(CaseView, (),
                      (versions, consents, guardians, denied, abandoned, reported_at, reference,
                       reporter, owner, status, due, overdue, score, support, support_due,
                       support_overdue, unassessed_since, closure, closure_opened, approve_by,
                       closure_reason, closure_overdue, informed, obligations, kept_until, manager,
                       handover_to, handover_by, handover_preview))

// What has a clock of its own beside the case: the queue that it waits in, and what it is.
struct Matter {
  CaseId subject;
  OrganisationId owner;  // of the case
  Text<32> queue, what;
  Instant since, due;
  std::optional<Date> date;  // of a procedure: that must not be missed
  bool overdue = false;
  bool open = false;
};
BOOST_DESCRIBE_STRUCT(Matter, (), (subject, owner, queue, what, since, due, date, overdue, open))

#define NRM_MATTER_VIEW(name, stream_kind)                      \
  struct name {                                                 \
    static constexpr StreamKind kind = StreamKind::stream_kind; \
    Matter matter;                                              \
  };                                                            \
  BOOST_DESCRIBE_STRUCT(name, (), (matter))
NRM_MATTER_VIEW(ProcedureView, procedure)
NRM_MATTER_VIEW(AlarmView, alarm)
NRM_MATTER_VIEW(IncidentView, incident)
NRM_MATTER_VIEW(NoticeView, notice)
NRM_MATTER_VIEW(TransitionView, transition)
NRM_MATTER_VIEW(ChildView, child)
NRM_MATTER_VIEW(VisitView, visit)
#undef NRM_MATTER_VIEW

struct ReferralView {
  static constexpr StreamKind kind = StreamKind::referral;

  CaseId subject;
  OrganisationId owner;
  ServiceType service{};
  NeedProfile profile;
  ReferralStatus status = ReferralStatus::awaiting_consent;
  Instant since;  // when it got this status
  std::optional<ProviderId> provider;
  std::optional<OrganisationId> organisation;  // whose inbox it is in
  std::optional<Instant> due;                  // answer by, or review of the waiting list
  std::optional<EscalationReason> escalation;
  bool overdue = false;  // an escalation that nobody took up
  std::uint32_t attempt = 0;
  std::optional<EscalationLevel> level;
  std::optional<DeliveryChannel> by_hand;
  std::optional<OrganisationId> proposed;  // whom the person is asked about
  std::optional<std::uint32_t> position;   // on the waiting list, as the provider was told
  std::optional<ReferralId> follows;
  std::optional<Instant> override_until;
  std::optional<EmergencyGround> override_ground;
  bool started = false;
  bool at_risk = false;
};
BOOST_DESCRIBE_STRUCT(ReferralView, (),
                      (subject, owner, service, profile, status, since, provider, organisation, due,
                       escalation, overdue, attempt, level, by_hand, proposed, position, follows,
                       override_until, override_ground, started, at_risk))

struct ProviderView {
  static constexpr StreamKind kind = StreamKind::provider;
  ServiceOffering offering;
  std::uint32_t reserved = 0;
  std::optional<SuspensionReason> suspended;
};
BOOST_DESCRIBE_STRUCT(ProviderView, (), (offering, reserved, suspended))

struct OrganisationView {
  static constexpr StreamKind kind = StreamKind::organisation;
  Text<120> name;
  OrganisationKind sort{};
  std::optional<Country> focal_point_of;
};
BOOST_DESCRIBE_STRUCT(OrganisationView, (), (name, sort, focal_point_of))

// A package to a foreign focal point.
struct TransnationalView {
  static constexpr StreamKind kind = StreamKind::transnational;
  CaseId subject;
  OrganisationId owner, focal_point;
  Country country;
  SealedItemId item;
  Instant since;
  std::optional<Instant> due;  // while it waits for its answer
  bool overdue = false;
  std::optional<TransnationalOutcome> outcome;
  std::optional<TransnationalRevocation> revocation;
};
BOOST_DESCRIBE_STRUCT(TransnationalView, (),
                      (subject, owner, focal_point, country, item, since, due, overdue, outcome,
                       revocation))

struct SessionView {
  Text<64> token_digest;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (token_digest, until))

struct AccountView {
  static constexpr StreamKind kind = StreamKind::account;
  OrganisationId organisation;
  Role role{};
  std::optional<Text<64>> token_digest;
  bool revoked = false;
  std::optional<AccountKind> sort;  // none: token
  std::vector<Scope> scopes;
  std::optional<Instant> expires;
  std::optional<Text<64>> certificate;
  std::vector<SessionView> sessions;     // the newest ones
  std::optional<CaseId> subject;         // of a person or guardian: the one case
  std::optional<AccessAnomaly> anomaly;  // that the overseer has not reviewed
};
BOOST_DESCRIBE_STRUCT(AccountView, (),
                      (organisation, role, token_digest, revoked, sort, scopes, expires,
                       certificate, sessions, subject, anomaly))

struct WithdrawalView {
  static constexpr StreamKind kind = StreamKind::withdrawal;
  CaseId subject;
  ConsentPurpose purpose{};
  OrganisationId recipient;
  Instant due;
  bool overdue = false;
  std::optional<WithdrawalOutcome> outcome;
  std::optional<OrganisationId> escalated_to;  // once overdue: who had the case then
};
BOOST_DESCRIBE_STRUCT(WithdrawalView, (),
                      (subject, purpose, recipient, due, overdue, outcome, escalated_to))

struct EmergencyView {
  static constexpr StreamKind kind = StreamKind::emergency;
  CaseId subject;
  Actor by;
  EmergencyGround ground{};
  Instant due;
  bool overdue = false;
  std::optional<ReviewOutcome> outcome;
};
BOOST_DESCRIBE_STRUCT(EmergencyView, (), (subject, by, ground, due, overdue, outcome))

struct ProposalView {
  static constexpr StreamKind kind = StreamKind::proposal;
  CaseId subject;
  Actor by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  Instant approve_by;
  bool open = true;  // waits for a second person
};
BOOST_DESCRIBE_STRUCT(ProposalView, (), (subject, by, purpose, classes, approve_by, open))

struct KeyView {
  static constexpr StreamKind kind = StreamKind::key;
  OrganisationId organisation;
  Text<64> box_key, sign_key, fingerprint;
  Text<128> proof;
  KeyStatus status{};
  std::vector<Role> approved_by;
  std::optional<OrganisationKeyId> replaces;
  std::optional<KeyRevocation> revocation;
  std::uint32_t anomalies = 0;
};
BOOST_DESCRIBE_STRUCT(KeyView, (),
                      (organisation, box_key, sign_key, fingerprint, proof, status, approved_by,
                       replaces, revocation, anomalies))

// Who asked to read where two people are needed; see the vault's README.
struct WaitingReader {
  AccountId account;
  OrganisationId organisation;
  Instant until;
  bool approved = false;
};
BOOST_DESCRIBE_STRUCT(WaitingReader, (), (account, organisation, until, approved))

// An organisation that has read an item.
struct ItemReader {
  OrganisationId organisation;
  Instant at;  // the last time; and then
  Role role{};
  OpeningPurpose purpose{};
};
BOOST_DESCRIBE_STRUCT(ItemReader, (), (organisation, at, role, purpose))

struct SealedItemView {
  static constexpr StreamKind kind = StreamKind::item;
  CaseId subject;
  SealedClass class_{};
  std::uint32_t version = 0;
  OrganisationId sender;
  Instant stored_at;
  std::vector<SealedCopy> copies;
  std::vector<WaitingReader> waiting;
  std::vector<ItemReader> readers;  // each once
};
BOOST_DESCRIBE_STRUCT(SealedItemView, (),
                      (subject, class_, version, sender, stored_at, copies, waiting, readers))

struct DuplicateView {
  static constexpr StreamKind kind = StreamKind::duplicate;
  CaseId subject, other;
  std::vector<DuplicateGround> grounds;
  Instant since;
  DuplicateStatus status = DuplicateStatus::open;
  std::optional<CaseId> kept;  // proposed, or merged
  std::optional<AccountId> proposed_by;
  std::optional<Instant> approve_by;
};
BOOST_DESCRIBE_STRUCT(DuplicateView, (),
                      (subject, other, grounds, since, status, kept, proposed_by, approve_by))

// An operation that found many people.
struct GroupView {
  static constexpr StreamKind kind = StreamKind::group;
  OrganisationId organisation, owner;
  GroupEventKind what{};
  Region region;
  Date on;
  std::uint32_t people = 0, reported = 0;
  Instant since;
  std::optional<Instant> due;  // while somebody is still to be reported
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(GroupView, (),
                      (organisation, owner, what, region, on, people, reported, since, due,
                       overdue))

struct PublicationView {
  static constexpr StreamKind kind = StreamKind::publication;
  PublicationStatus status{};
  Text<32> method;
  ReleaseRule rule{};
  Text<64> digest;
  Actor proposed_by;
  Instant proposed_at, approve_by;
  std::optional<PublicationId> revised_by;
};
BOOST_DESCRIBE_STRUCT(PublicationView, (),
                      (status, method, rule, digest, proposed_by, proposed_at, approve_by,
                       revised_by))

template <class List>
struct AllOf;
template <class... E>
struct AllOf<boost::mp11::mp_list<LogOpened, E...>> {
  using type = EventTypes<E...>;
};

struct Views {
  static constexpr Service service = Service::gateway;
  using States =
      StateTypes<CaseView, ReferralView, ProviderView, OrganisationView, AccountView,
                 WithdrawalView, EmergencyView, ProposalView, KeyView, SealedItemView,
                 DuplicateView, TransnationalView, ProcedureView, AlarmView, IncidentView,
                 NoticeView, TransitionView, ChildView, VisitView, PublicationView, GroupView>;
  using Receives = AllOf<AllEvents>::type;  // LogOpened says nothing to clients

  static void evolve(CaseView& view, const Event& event, Instant at);
  static void evolve(ReferralView& view, const Event& event, Instant at);
  static void evolve(ProviderView& view, const Event& event);
  static void evolve(OrganisationView& view, const Event& event);
  static void evolve(AccountView& view, const Event& event);
  static void evolve(WithdrawalView& view, const Event& event);
  static void evolve(EmergencyView& view, const Event& event);
  static void evolve(ProposalView& view, const Event& event);
  static void evolve(KeyView& view, const Event& event);
  static void evolve(SealedItemView& view, const Event& event, Instant at);
  static void evolve(DuplicateView& view, const Event& event, Instant at);
  static void evolve(ProcedureView& view, const Event& event, Instant at);
  static void evolve(AlarmView& view, const Event& event, Instant at);
  static void evolve(IncidentView& view, const Event& event, Instant at);
  static void evolve(NoticeView& view, const Event& event, Instant at);
  static void evolve(TransitionView& view, const Event& event, Instant at);
  static void evolve(ChildView& view, const Event& event, Instant at);
  static void evolve(VisitView& view, const Event& event, Instant at);
  static void evolve(TransnationalView& view, const Event& event, Instant at);
  static void evolve(PublicationView& view, const Event& event, Instant at);
  static void evolve(GroupView& view, const Event& event, Instant at);
  static Result<Decision> decide(const View&, const Input&, const Policy&) { return Decision(); }
  static void rows(const StreamKey& stream, const CaseView& view, Rows& out);
  static void rows(const StreamKey& stream, const ReferralView& view, Rows& out);
  static void rows(const StreamKey& stream, const ProviderView& view, Rows& out);
  static void rows(const StreamKey& stream, const OrganisationView& view, Rows& out);
  static void rows(const StreamKey& stream, const AccountView& view, Rows& out);
  static void rows(const StreamKey& stream, const WithdrawalView& view, Rows& out);
  static void rows(const StreamKey& stream, const EmergencyView& view, Rows& out);
  static void rows(const StreamKey& stream, const ProposalView& view, Rows& out);
  static void rows(const StreamKey& stream, const KeyView& view, Rows& out);
  static void rows(const StreamKey& stream, const SealedItemView& view, Rows& out);
  static void rows(const StreamKey& stream, const DuplicateView& view, Rows& out);
  static void rows(const StreamKey& stream, const ProcedureView& view, Rows& out);
  static void rows(const StreamKey& stream, const AlarmView& view, Rows& out);
  static void rows(const StreamKey& stream, const IncidentView& view, Rows& out);
  static void rows(const StreamKey& stream, const NoticeView& view, Rows& out);
  static void rows(const StreamKey& stream, const TransitionView& view, Rows& out);
  static void rows(const StreamKey& stream, const ChildView& view, Rows& out);
  static void rows(const StreamKey& stream, const VisitView& view, Rows& out);
  static void rows(const StreamKey& stream, const TransnationalView& view, Rows& out);
  static void rows(const StreamKey& stream, const PublicationView& view, Rows& out);
  static void rows(const StreamKey& stream, const GroupView& view, Rows& out);
};

// "a/b/c": the parts of a row's key.
std::string row_key(std::initializer_list<std::string_view> parts);
std::string fixed_hex(std::uint64_t value, std::size_t digits);  // a part in the order of numbers
}  // namespace nrm::gateway
