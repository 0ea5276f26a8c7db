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
  std::optional<PersonalPart> identity, contact, safe_contact, narrative;
};
BOOST_DESCRIBE_STRUCT(OpenedClasses, (), (identity, contact, safe_contact, narrative))

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

struct AccountCreated {  // the one answer that shows a token, once
  NRM_ANSWER("AccountCreated")
  AccountId account;
  std::string token;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(AccountCreated, (), (account, token, receipt))

struct ProviderCreated {
  NRM_ANSWER("ProviderCreated")
  ProviderId provider;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ProviderCreated, (), (provider, receipt))

struct ReferralCreated {
  NRM_ANSWER("ReferralCreated")
  ReferralId referral;
  Receipt receipt;
};
BOOST_DESCRIBE_STRUCT(ReferralCreated, (), (referral, receipt))

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
  std::optional<OrganisationId> reporter;
  std::optional<OrganisationId> owner;
  std::optional<bool> person_informed;
  std::vector<Consent> consents;
  std::vector<Obligation> open_obligations;
  std::optional<ReportFacts> facts;
};
BOOST_DESCRIBE_STRUCT(CaseItem, (),
                      (case_, reference, reported_at, identification_status, due, overdue,
                       support_status, support_due, closure_status, closure_reason, approve_by,
                       reporter, owner, person_informed, consents, open_obligations, facts))

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
};
BOOST_DESCRIBE_STRUCT(ReferralItem, (),
                      (referral, case_, service, status, since, urgency, profile, due, provider,
                       organisation, owner, escalation, overdue, attempt))

// Two cases that may be of one person; in the queue "duplicates" alone.
struct DuplicateItem {
  NRM_ANSWER("DuplicateItem")
  DuplicateId duplicate;
  CaseId case_, other;
  std::vector<DuplicateGround> grounds;
};
BOOST_DESCRIBE_STRUCT(DuplicateItem, (), (duplicate, case_, other, grounds))

struct QueueItem {
  NRM_ANSWER("QueueItem")
  Instant when;  // due, or waiting since: as the queue is ordered
  bool overdue = false;
  std::optional<CaseItem> case_;
  std::optional<ReferralItem> referral;
  std::optional<DuplicateItem> duplicate;
};
BOOST_DESCRIBE_STRUCT(QueueItem, (), (when, overdue, case_, referral, duplicate))

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
};
BOOST_DESCRIBE_STRUCT(ProviderItem, (), (provider, offering, reserved))

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

struct LogItem {
  NRM_ANSWER("LogItem")
  std::string log;
  std::uint64_t head = 0, next = 0, behind = 0;
  bool connected = false;
  std::optional<std::string> stopped;  // "ahead", "diverged": alarm
};
BOOST_DESCRIBE_STRUCT(LogItem, (), (log, head, next, behind, connected, stopped))

struct StatusItem {
  NRM_ANSWER("StatusItem")
  Instant now;
  bool sandbox = false;
  bool ready = false;
  std::vector<LogItem> logs;
};
BOOST_DESCRIBE_STRUCT(StatusItem, (), (now, sandbox, ready, logs))

struct ClockItem {
  NRM_ANSWER("ClockItem")
  Instant now;
};
BOOST_DESCRIBE_STRUCT(ClockItem, (), (now))

using Answers =
    boost::mp11::mp_list<Done, Opened, ReportTaken, OrganisationCreated, AccountCreated,
                         ProviderCreated, ReferralCreated, CaseItem, ReferralItem, QueueItem,
                         OrganisationItem, ProviderItem, TimelineItem, LogItem, StatusItem,
                         ClockItem, DuplicateItem, OrganisationKeyItem, OrganisationKeyCreated,
                         SealedItemCreated, SealedEntry, SealedOpened>;
}  // namespace nrm::gateway
