// What clients are answered with, one struct per shape. A member that a reader may not see is left
// out: disclosure.cpp fills these and nothing else writes them.
//
// The API description is generated from these and the route table, by their `answer` names.
#pragma once
#include <boost/mp11/list.hpp>

#include "common/event/commands.hpp"
#include "common/event/events.hpp"
#include "common/event/personal.hpp"

#define NRM_ANSWER(text) static constexpr std::string_view answer = text;

namespace nrm::gateway {
// Proof that the input is in the log, for ever: leaf hash of the record and a signed checkpoint
// (C2SP signed note) that covers it. `record`: the bytes themselves, when asked for with
// `Prefer: return=representation`.
struct Receipt {
  std::string log;
  std::uint64_t seq = 0;
  std::string leaf;
  std::string checkpoint;
  std::optional<std::string> record;
};
BOOST_DESCRIBE_STRUCT(Receipt, (), (log, seq, leaf, checkpoint, record))

struct Done {
  NRM_ANSWER("Done")
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(Done, (), (receipt))

// What the vault opened, by class; fields as in ReportForm's `personal`. A schema alone: the
// vault's text is passed through and never held in a struct.
struct OpenedClasses {
  std::optional<PersonalPart> identity, contact, safe_contact, narrative, medical, family;
};
BOOST_DESCRIBE_STRUCT(OpenedClasses, (),
                      (identity, contact, safe_contact, narrative, medical, family))

struct Opened {
  NRM_ANSWER("Opened")
  OpenedClasses opened;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(Opened, (), (opened, receipt))

struct ReportTaken {
  NRM_ANSWER("ReportTaken")
  CaseId case_;
  Text<16> reference;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ReportTaken, (), (case_, reference, receipt))

struct OrganisationCreated {
  NRM_ANSWER("OrganisationCreated")
  OrganisationId organisation;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(OrganisationCreated, (), (organisation, receipt))

struct AccountCreated {  // the one answer that shows what proves an account, once
  NRM_ANSWER("AccountCreated")
  AccountId account;
  std::optional<std::string> token;        // of the kind `token`
  std::optional<std::string> certificate;  // the URI name that its certificates must have
  std::optional<std::string> password;     // of the kind `password`
  std::optional<std::string> totp;         // its other half, as otpauth URI
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(AccountCreated, (), (account, token, certificate, password, totp, receipt))

struct SessionCreated {
  NRM_ANSWER("SessionCreated")
  std::string token;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(SessionCreated, (), (token, until))

struct PasswordCreated {  // shown once, or again to the same request
  NRM_ANSWER("PasswordCreated")
  std::string password;
};
BOOST_DESCRIBE_STRUCT(PasswordCreated, (), (password))

struct ProviderCreated {
  NRM_ANSWER("ProviderCreated")
  ProviderId provider;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ProviderCreated, (), (provider, receipt))

struct ProposalCreated {
  NRM_ANSWER("ProposalCreated")
  ProposalId proposal;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ProposalCreated, (), (proposal, receipt))

struct PublicationCreated {
  NRM_ANSWER("PublicationCreated")
  PublicationId publication;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(PublicationCreated, (), (publication, receipt))

// A release of figures, and where it stands.
struct PublicationItem {
  NRM_ANSWER("PublicationItem")
  PublicationId publication;
  PublicationStatus status{};
  Text<32> method;
  ReleaseRule rule{};
  Text<64> digest;
  Actor proposed_by;
  Instant proposed_at;
  Instant approve_by;
  std::optional<PublicationId> revised_by;
};
BOOST_DESCRIBE_STRUCT(PublicationItem, (),
                      (publication, status, method, rule, digest, proposed_by, proposed_at,
                       approve_by, revised_by))

struct ComplaintCreated {
  NRM_ANSWER("ComplaintCreated")
  ComplaintId complaint;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ComplaintCreated, (), (complaint, receipt))

// A complaint, for who complained and who handles it; never for the body complained of.
struct ComplaintItem {
  NRM_ANSWER("ComplaintItem")
  ComplaintId complaint;
  ComplaintStatus status{};
  OrganisationId about;
  ComplaintMatter matter{};
  Role by{};
  std::optional<OrganisationId> organisation;  // that complains; none: a person or guardian
  std::optional<CaseId> case_;                 // for who may see it
  std::optional<SealedItemId> item;
  Instant received_at;
  std::optional<Instant> due;  // until it has ended
  bool overdue = false;
  std::optional<OrganisationId> assigned_to, escalated_to;
  std::optional<ComplaintEscalation> escalation;
  std::optional<ComplaintFinding> finding;  // of the office; then, of the ombudsman
  std::optional<ComplaintRemedy> remedy;
  std::optional<InadmissibleReason> inadmissible;
};
BOOST_DESCRIBE_STRUCT(ComplaintItem, (),
                      (complaint, status, about, matter, by, organisation, case_, item, received_at,
                       due, overdue, assigned_to, escalated_to, escalation, finding, remedy,
                       inadmissible))

// Something that is not as it was (services/audit/README.md, "Early warnings").
struct WarningItem {
  NRM_ANSWER("WarningItem")
  WarningId warning;
  WarningKind kind{};
  WarningStatus status{};
  std::optional<OrganisationId> organisation;
  std::optional<Stage> stage;
  std::optional<ClockName> clock;
  std::optional<ProviderId> provider;
  std::optional<SuspensionReason> reason;
  Date until;
  std::uint32_t observed = 0, expected = 0;
  Instant raised_at;
  std::optional<Instant> due;  // until somebody acknowledges it
  std::optional<WarningResponse> response;
};
BOOST_DESCRIBE_STRUCT(WarningItem, (),
                      (warning, kind, status, organisation, stage, clock, provider, reason, until,
                       observed, expected, raised_at, due, response))

struct ReferralCreated {
  NRM_ANSWER("ReferralCreated")
  ReferralId referral;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ReferralCreated, (), (referral, receipt))

struct ProcedureCreated {
  NRM_ANSWER("ProcedureCreated")
  ProcedureId procedure;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ProcedureCreated, (), (procedure, receipt))

struct AlarmCreated {
  NRM_ANSWER("AlarmCreated")
  AlarmId alarm;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(AlarmCreated, (), (alarm, receipt))

struct IncidentCreated {
  NRM_ANSWER("IncidentCreated")
  IncidentId incident;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(IncidentCreated, (), (incident, receipt))

struct TransitionCreated {
  NRM_ANSWER("TransitionCreated")
  TransitionId transition;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(TransitionCreated, (), (transition, receipt))

// Two tracks: what the person is held to be, and what help runs.
struct CaseItem {
  NRM_ANSWER("CaseItem")
  CaseId case_;
  Text<16> reference;
  Instant reported_at;
  std::optional<IdentificationStatus> identification_status;
  std::optional<Instant> due;
  std::optional<bool> overdue;
  SupportStatus support_status{};
  std::optional<Instant> support_due;
  std::optional<ClosureStatus> closure_status;
  std::optional<ClosureReason> closure_reason;
  std::optional<Instant> approve_by;
  std::optional<Instant> kept_until;  // closed: the data is
  std::optional<OrganisationId> reporter;
  std::optional<OrganisationId> owner;
  std::optional<OrganisationId> manager;  // since a hand-over
  std::optional<bool> person_informed;
  std::vector<Consent> consents;
  std::vector<Obligation> open_obligations;
  std::optional<ReportFacts> facts;
};
BOOST_DESCRIBE_STRUCT(CaseItem, (),
                      (case_, reference, reported_at, identification_status, due, overdue,
                       support_status, support_due, closure_status, closure_reason, approve_by,
                       kept_until, reporter, owner, manager, person_informed, consents,
                       open_obligations, facts))

struct ReferralItem {
  NRM_ANSWER("ReferralItem")
  ReferralId referral;
  CaseId case_;
  ServiceType service{};
  ReferralStatus status{};
  Instant since;
  std::optional<Urgency> urgency;
  std::optional<NeedProfile> profile;
  std::optional<Instant> due;  // answer by, or review of the waiting list
  std::optional<ProviderId> provider;
  std::optional<OrganisationId> organisation;
  std::optional<OrganisationId> owner;
  std::optional<EscalationReason> escalation;
  std::optional<bool> overdue;
  std::optional<std::uint32_t> attempt;
  // FHIR Task as Gravity profiles it (event/fhir_task.hpp)
  std::string task_status;
  std::optional<std::string> task_business_status;
  std::optional<std::uint32_t> position;
  std::optional<EscalationLevel> level;
  std::optional<DeliveryChannel> by_hand;
  std::optional<OrganisationId> proposed;  // whom the person is asked about
  std::optional<ReferralId> follows;
  std::optional<Instant> override_until;
  std::optional<EmergencyGround> override_ground;
  std::optional<bool> at_risk;
};
BOOST_DESCRIBE_STRUCT(ReferralItem, (),
                      (referral, case_, service, status, since, urgency, profile, due, provider,
                       organisation, owner, escalation, overdue, attempt, task_status,
                       task_business_status, position, level, by_hand, proposed, follows,
                       override_until, override_ground, at_risk))

// A sealed package to a foreign focal point.
struct TransnationalItem {
  NRM_ANSWER("TransnationalItem")
  TransnationalId transnational;
  CaseId case_;
  OrganisationId owner, focal_point;
  Country country;
  SealedItemId item;
  Instant since;
  std::optional<Instant> due;
  bool overdue = false;
  std::optional<TransnationalOutcome> outcome;
  std::optional<TransnationalRevocation> revocation;
};
BOOST_DESCRIBE_STRUCT(TransnationalItem, (),
                      (transnational, case_, owner, focal_point, country, item, since, due, overdue,
                       outcome, revocation))

struct TransnationalCreated {
  NRM_ANSWER("TransnationalCreated")
  TransnationalId transnational;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(TransnationalCreated, (), (transnational, receipt))

// Room for somebody like this. A number only from the pack's k on, and then rounded down to a
// multiple of it: who asks again and again does not learn when a place was taken, and by how many.
BOOST_DEFINE_ENUM_CLASS(CapacityBand, none, some, many)
struct CapacityAnswer {
  NRM_ANSWER("CapacityAnswer")
  bool room = false;
  CapacityBand band{};
  std::optional<std::uint32_t> at_least;  // of many
  bool waiting_list = false;              // somebody suitable is there, without a free place
};
BOOST_DESCRIBE_STRUCT(CapacityAnswer, (), (room, band, at_least, waiting_list))

// A case that another case management offers: nothing but what lets one say yes or no.
struct HandoverItem {
  NRM_ANSWER("HandoverItem")
  CaseId case_;
  Instant answer_by;
  HandoverPreview preview;
};
BOOST_DESCRIBE_STRUCT(HandoverItem, (), (case_, answer_by, preview))

// A withdrawn consent that its recipient has to obey, and to say how.
struct WithdrawalItem {
  NRM_ANSWER("WithdrawalItem")
  WithdrawalId withdrawal;
  CaseId case_;
  ConsentPurpose purpose{};
  OrganisationId recipient;
  Instant due;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(WithdrawalItem, (), (withdrawal, case_, purpose, recipient, due, overdue))

struct EmergencyItem {  // a broken glass that awaits its review
  EmergencyId emergency;
  CaseId case_;
  Actor by;
  EmergencyGround ground{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(EmergencyItem, (), (emergency, case_, by, ground, due))

struct ProposalItem {  // an opening that awaits a second person
  ProposalId proposal;
  CaseId case_;
  AccountId by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(ProposalItem, (), (proposal, case_, by, purpose, classes, approve_by))

struct AnomalyItem {  // an account that opens or lists too much
  AccountId account;
  OrganisationId organisation;
  Role role{};
  AnomalyKind kind{};
  std::uint32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(AnomalyItem, (), (account, organisation, role, kind, count))

// Two cases that may be of one person; in the queue "duplicates" alone.
struct DuplicateItem {
  NRM_ANSWER("DuplicateItem")
  DuplicateId duplicate;
  CaseId case_, other;
  std::vector<DuplicateGround> grounds;
  DuplicateStatus status{};
  std::optional<CaseId> kept;  // if the two are merged, as is proposed or done
  std::optional<AccountId> proposed_by;
};
BOOST_DESCRIBE_STRUCT(DuplicateItem, (),
                      (duplicate, case_, other, grounds, status, kept, proposed_by))

struct SignalTaken {
  NRM_ANSWER("SignalTaken")
  CaseId case_;
  Text<16> reference;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(SignalTaken, (), (case_, reference, receipt))

struct GroupEventCreated {
  NRM_ANSWER("GroupEventCreated")
  GroupEventId group;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(GroupEventCreated, (), (group, receipt))

// What is open of a case and has a clock of its own: a legal procedure, an alarm, an incident, a
// notice about a child, the move out of support, a child's pathway (under the case's id), a visit.
struct MatterItem {
  NRM_ANSWER("MatterItem")
  Uuid matter;
  CaseId case_;
  StreamKind kind{};
  Text<32> what;
  Instant since, due;
  std::optional<Date> date;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(MatterItem, (), (matter, case_, kind, what, since, due, date, overdue))

// An operation that found many people, of whom some are still to be reported.
struct GroupEventItem {
  NRM_ANSWER("GroupEventItem")
  GroupEventId group;
  OrganisationId organisation, owner;
  GroupEventKind kind{};
  Region region;
  Date on;
  std::uint32_t people = 0, reported = 0;
  Instant since;
  std::optional<Instant> due;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(GroupEventItem, (),
                      (group, organisation, owner, kind, region, on, people, reported, since, due,
                       overdue))

struct QueueItem {
  NRM_ANSWER("QueueItem")
  Instant when;  // due, or waiting since: as the queue is ordered
  bool overdue = false;
  std::optional<CaseItem> case_;
  std::optional<ReferralItem> referral;
  std::optional<WithdrawalItem> withdrawal = std::nullopt;
  std::optional<EmergencyItem> emergency = std::nullopt;
  std::optional<ProposalItem> proposal = std::nullopt;
  std::optional<AnomalyItem> anomaly = std::nullopt;
  std::optional<DuplicateItem> duplicate = std::nullopt;
  std::optional<TransnationalItem> transnational = std::nullopt;
  std::optional<MatterItem> matter = std::nullopt;
  std::optional<GroupEventItem> group = std::nullopt;
  std::optional<ComplaintItem> complaint = std::nullopt;
  std::optional<WarningItem> warning = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(QueueItem, (),
                      (when, overdue, case_, referral, withdrawal, emergency, proposal, anomaly,
                       duplicate, transnational, matter, group, complaint, warning))

struct OrganisationItem {
  NRM_ANSWER("OrganisationItem")
  OrganisationId organisation;
  Text<120> name;
  OrganisationKind kind{};
};
BOOST_DESCRIBE_STRUCT(OrganisationItem, (), (organisation, name, kind))

struct ProviderItem {
  NRM_ANSWER("ProviderItem")
  ProviderId provider;
  ServiceOffering offering;
  std::uint32_t reserved = 0;
  std::optional<SuspensionReason> suspended;
};
BOOST_DESCRIBE_STRUCT(ProviderItem, (), (provider, offering, reserved, suspended))

// Public keys of an organisation. `fingerprint` is for comparing with what the organisation itself
// shows; computing it again from the keys is the client's part.
struct OrganisationKeyItem {
  NRM_ANSWER("OrganisationKeyItem")
  OrganisationKeyId key;
  OrganisationId organisation;
  Text<64> box_key, sign_key, fingerprint;
  Text<128> proof;
  KeyStatus status{};
  std::vector<Role> approved_by;
  std::optional<OrganisationKeyId> replaces;
  std::optional<KeyRevocation> revocation;
  std::uint32_t anomalies = 0;
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyItem, (),
                      (key, organisation, box_key, sign_key, fingerprint, proof, status,
                       approved_by, replaces, revocation, anomalies))

struct OrganisationKeyCreated {
  NRM_ANSWER("OrganisationKeyCreated")
  OrganisationKeyId key;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyCreated, (), (key, receipt))

struct SealedItemCreated {
  NRM_ANSWER("SealedItemCreated")
  SealedItemId item;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(SealedItemCreated, (), (item, receipt))

// Who of the reader's own organisation asked to read, where two people are needed.
struct WaitingItem {
  AccountId account;
  Instant until;
  bool approved = false;
};
BOOST_DESCRIBE_STRUCT(WaitingItem, (), (account, until, approved))

// `keys`: of the reader's own organisation, under which there is a copy.
struct SealedEntry {
  NRM_ANSWER("SealedEntry")
  SealedItemId item;
  SealedClass class_{};
  std::uint32_t version = 0;
  OrganisationId sender;
  Instant stored_at;
  std::vector<OrganisationKeyId> keys;
  std::vector<WaitingItem> waiting;
};
BOOST_DESCRIBE_STRUCT(SealedEntry, (), (item, class_, version, sender, stored_at, keys, waiting))

struct SealedCopyItem {
  OrganisationKeyId key;
  std::string box;  // base64; only the key's owner opens it
};
BOOST_DESCRIBE_STRUCT(SealedCopyItem, (), (key, box))

struct SealedOpened {
  NRM_ANSWER("SealedOpened")
  std::vector<SealedCopyItem> boxes;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(SealedOpened, (), (boxes, receipt))

// One event of the timeline as it is stored; `data` is the event (schemas/events).
struct TimelineItem {
  NRM_ANSWER("TimelineItem")
  Instant at;
  std::string log;
  std::uint64_t seq = 0;
  std::string type;
  std::optional<Role> role;  // of who did it; none: the clock, or a service
  std::optional<OrganisationId> organisation;
  std::optional<ReferralId> referral;
  std::optional<OrganisationId> provider_organisation;
};
BOOST_DESCRIBE_STRUCT(TimelineItem, (),
                      (at, log, seq, type, role, organisation, referral, provider_organisation))

// --- erasure, and what a person is told about what is kept --------------------------------------

BOOST_DEFINE_ENUM_CLASS(ErasureStatus, asked, confirmed, cancelled, erased)
// sealed_items: what organisations sealed to each other, also in what `backups` says.
// duplicate_tokens: by which duplicates are found; tokens_in_backups: copies of them in old files,
// which no epoch's end reaches.
BOOST_DEFINE_ENUM_CLASS(KeptAt, vault_store, logs, audit_archive, gateway_rows, backups,
                        organisation, sealed_items, duplicate_tokens, tokens_in_backups)
// coded_facts: no personal part was ever here. own_copies: who opened something may have copied it.
// overdue: the key of the epoch should be gone by now and is not; somebody must look at the vault.
// keyed: hashes that say nothing without keys/vault/duplicates.
BOOST_DEFINE_ENUM_CLASS(KeptState, sealed, destroyed, coded_facts, unreadable_after,
                        unreadable_since, overdue, own_copies, keyed)

struct KeptPlace {
  KeptAt place{};
  KeptState state{};
  std::optional<Instant> at;  // of the state; of the last opening
  std::optional<OrganisationId> organisation;
  std::vector<DataClass> classes;  // that it opened
};
BOOST_DESCRIBE_STRUCT(KeptPlace, (), (place, state, at, organisation, classes))

// The receipt of an erasure: every place where something was or is.
struct ErasureItem {
  NRM_ANSWER("ErasureItem")
  CaseId case_;
  Text<16> reference;
  ErasureStatus status{};
  ErasureGround ground{};
  bool emergency = false;
  Instant asked_at;
  std::optional<Instant> erase_at, erased_at;
  std::vector<KeptPlace> places;
};
BOOST_DESCRIBE_STRUCT(ErasureItem, (),
                      (case_, reference, status, ground, emergency, asked_at, erase_at, erased_at,
                       places))

struct LabelledField {
  std::string label, value;
};
BOOST_DESCRIBE_STRUCT(LabelledField, (), (label, value))
struct LabelledClass {
  std::string heading;
  std::vector<LabelledField> fields;
};
BOOST_DESCRIBE_STRUCT(LabelledClass, (), (heading, fields))
struct OpeningItem {
  Instant at;
  OrganisationId organisation;
  std::string name;  // of the organisation
  Role role{};
  OpeningPurpose purpose{};
  std::string why;  // the purpose, in the person's language
  std::vector<std::string> classes;
};
BOOST_DESCRIBE_STRUCT(OpeningItem, (), (at, organisation, name, role, purpose, why, classes))
struct HappenedItem {
  Instant at;
  std::string type;
  std::optional<std::string> by;  // name of an organisation
};
BOOST_DESCRIBE_STRUCT(HappenedItem, (), (at, type, by))

// Everything that is kept about a person, for that person (GDPR art. 15). A schema alone, as
// Opened: the vault's text is passed through.
struct SubjectAccess {
  NRM_ANSWER("SubjectAccess")
  Language language;
  std::string title, intro;
  Text<16> reference;
  struct Personal {
    std::string heading;
    std::vector<LabelledClass> classes;
  } personal;
  struct Facts {
    std::string heading;
    std::optional<ReportFacts> facts;
  } facts;
  struct Openings {
    std::string heading;
    std::vector<OpeningItem> items;
    std::optional<std::string> nobody;
  } openings;
  struct Events {
    std::string heading;
    std::vector<HappenedItem> items;
  } events;
  LabelledField rights;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(SubjectAccess::Personal, (), (heading, classes))
BOOST_DESCRIBE_STRUCT(SubjectAccess::Facts, (), (heading, facts))
BOOST_DESCRIBE_STRUCT(SubjectAccess::Openings, (), (heading, items, nobody))
BOOST_DESCRIBE_STRUCT(SubjectAccess::Events, (), (heading, items))
BOOST_DESCRIBE_STRUCT(SubjectAccess, (),
                      (language, title, intro, reference, personal, facts, openings, events, rights,
                       receipt))

struct LogItem {
  NRM_ANSWER("LogItem")
  std::string log;
  std::uint64_t head = 0, next = 0, behind = 0;
  bool connected = false;
  std::optional<std::string> stopped;  // "ahead", "diverged": alarm
  // No quorum of witnesses has cosigned this log since; and who has, who has not, in words.
  std::optional<Instant> unwitnessed_since;
  std::optional<std::string> witnesses;
};
BOOST_DESCRIBE_STRUCT(LogItem, (),
                      (log, head, next, behind, connected, stopped, unwitnessed_since, witnesses))

struct StatusItem {
  NRM_ANSWER("StatusItem")
  Instant now;
  bool sandbox = false;
  bool ready = false;
  std::vector<LogItem> logs;
};
BOOST_DESCRIBE_STRUCT(StatusItem, (), (now, sandbox, ready, logs))

struct LogHead {
  std::string log;
  std::string verifier_key;               // of the note's signature (C2SP signed-note)
  std::optional<std::string> checkpoint;  // the newest note (C2SP tlog-checkpoint); none heard yet
  // The last one that a quorum of witnesses cosigned, with their lines (C2SP tlog-cosignature), and
  // when it had: all of a quorum then or later.
  std::optional<std::string> cosigned_checkpoint;
  std::optional<Instant> witnessed_at;
  std::optional<Instant> unwitnessed_since;  // no quorum has cosigned since
};
BOOST_DESCRIBE_STRUCT(LogHead, (),
                      (log, verifier_key, checkpoint, cosigned_checkpoint, witnessed_at,
                       unwitnessed_since))

struct LogHeads {
  NRM_ANSWER("LogHeads")
  std::vector<LogHead> logs;
};
BOOST_DESCRIBE_STRUCT(LogHeads, (), (logs))

struct ClockItem {
  NRM_ANSWER("ClockItem")
  Instant now;
};
BOOST_DESCRIBE_STRUCT(ClockItem, (), (now))

using Answers = boost::mp11::mp_list<
    SignalTaken, GroupEventCreated, Done, Opened, ReportTaken, OrganisationCreated, AccountCreated,
    SessionCreated, PasswordCreated, LogHeads, ProviderCreated, ReferralCreated, CaseItem,
    ReferralItem, QueueItem, OrganisationItem, ProviderItem, TimelineItem, LogItem, StatusItem,
    ClockItem, WithdrawalItem, ProposalCreated, ErasureItem, SubjectAccess, DuplicateItem,
    OrganisationKeyItem, OrganisationKeyCreated, SealedItemCreated, SealedEntry, SealedOpened,
    TransnationalItem, TransnationalCreated, HandoverItem, CapacityAnswer, MatterItem,
    ProcedureCreated, AlarmCreated, IncidentCreated, TransitionCreated, PublicationCreated,
    PublicationItem, ComplaintCreated, ComplaintItem, WarningItem>;
}  // namespace nrm::gateway
