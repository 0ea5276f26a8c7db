// The vault's core: organisations and their accounts, consents, who may open what, and the record
// of every opening. Like every core it never sees personal text: sealing.hpp keeps that.
#pragma once
#include <vector>

#include "common/event/consents.hpp"
#include "common/step/decider.hpp"
#include "services/vault/seals.hpp"

namespace nrm {
// Openings of the last hour, counted in steps of quota_step_minutes: bounded, however many there
// are. The count may be of up to one step more than an hour, never of less.
// INVARIANT: steps ascend; they cover at most an hour and a step.
struct OpeningStep {
  Instant start;
  std::uint32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(OpeningStep, (), (start, count))
struct OpeningWindow {
  std::vector<OpeningStep> steps;

  void add(Instant at);
  std::uint32_t count(Instant now) const;
};
BOOST_DESCRIBE_STRUCT(OpeningWindow, (), (steps))

struct OrganisationFile {
  static constexpr StreamKind kind = StreamKind::organisation;
  Text<120> name;
  OrganisationKind sort{};
  OpeningWindow opened;
};
BOOST_DESCRIBE_STRUCT(OrganisationFile, (), (name, sort, opened))

struct OpenedSession {
  Text<64> token_digest;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(OpenedSession, (), (token_digest, until))

struct AccountFile {
  static constexpr StreamKind kind = StreamKind::account;
  OrganisationId organisation;
  Role role{};
  bool revoked = false;
  std::optional<CaseId> subject;  // of a person or guardian: the one case
  OpeningWindow opened;
  std::optional<Instant> openings_alarm, listing_alarm;  // the latest
  bool anomaly = false;                                  // waits for the overseer
  std::optional<AccountKind> sort;                       // none: token
  std::optional<Instant> expires;
  std::uint32_t failures = 0;  // to prove a password, in a row
  std::optional<Instant> locked_until;
  std::vector<OpenedSession> sessions;  // the newest ones

  AccountKind proves() const { return sort.value_or(AccountKind::token); }
};
BOOST_DESCRIBE_STRUCT(AccountFile, (),
                      (organisation, role, revoked, subject, opened, openings_alarm, listing_alarm,
                       anomaly, sort, expires, failures, locked_until, sessions))

BOOST_DEFINE_ENUM_CLASS(DossierStatus, none, sealed, reported, abandoned, erased)

// INVARIANT: exactly one of the two.
struct Denial {
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  bool operator==(const Denial&) const = default;
};
BOOST_DESCRIBE_STRUCT(Denial, (), (account, organisation))

struct BrokenGlass {
  EmergencyId emergency;
  AccountId account;
  EmergencyGround ground{};
  Instant until;
};
BOOST_DESCRIBE_STRUCT(BrokenGlass, (), (emergency, account, ground, until))

// An erasure that was asked for, until it is done or called off.
struct Erasure {
  AccountId by;  // nil: closure ordered it, because the time to keep the data has passed
  ErasureGround ground{};
  bool emergency = false;
  std::optional<Instant> erase_at;  // a second person has confirmed it
  bool operator==(const Erasure&) const = default;
};
BOOST_DESCRIBE_STRUCT(Erasure, (), (by, ground, emergency, erase_at))

// INVARIANT: an abandoned or erased dossier has no keys any more; nothing leads out of either.
struct Dossier {
  static constexpr StreamKind kind = StreamKind::case_;
  DossierStatus status{};
  OrganisationId reporter;
  std::optional<OrganisationId> decider;   // none: the competent authority
  bool safeguarded = false;                // a child, or who may be one: identified without consent
  std::vector<DataClass> classes;          // that were sealed
  std::vector<Consent> consents;           // the ledger, as note_consent() keeps it
  std::vector<OrganisationId> supporters;  // a service began and has not ended, one entry for each
  std::vector<OrganisationId> ended;       // a service whose beginning is still to come, likewise
  // Opened a field or had a service: told of withdrawals, as those of its sealed items are.
  std::vector<OrganisationId> recipients;
  std::vector<AccountId> guardians;   // in office
  std::vector<AccountId> conflicted;  // declared it themselves
  std::vector<Denial> denials;
  std::vector<BrokenGlass> broken;  // of the last hour
  std::optional<Erasure> erasure;
  // Whose case it is since a hand-over; none: the state owner's from the beginning.
  std::optional<OrganisationId> owner;
  // Set while the case is closed: the counts go on, but nobody supports the person.
  std::optional<bool> closed;

  bool gone() const {
    return status == DossierStatus::abandoned || status == DossierStatus::erased;
  }
  // A service of this organisation is in force (README.md, "Beginnings and ends").
  bool supports(const OrganisationId& organisation) const;
};
BOOST_DESCRIBE_STRUCT(Dossier, (),
                      (status, reporter, decider, safeguarded, classes, consents, supporters, ended,
                       recipients, guardians, conflicted, denials, broken, erasure, owner, closed))

BOOST_DEFINE_ENUM_CLASS(WithdrawalStatus, notified, overdue, acknowledged)
// A withdrawn consent, as one recipient has to obey it.
struct Withdrawal {
  static constexpr StreamKind kind = StreamKind::withdrawal;
  WithdrawalStatus status{};
  CaseId subject;
  OrganisationId recipient;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(Withdrawal, (), (status, subject, recipient, due))

BOOST_DEFINE_ENUM_CLASS(ReviewStatus, awaited, overdue, reviewed)
// The review that a broken glass must have.
struct Emergency {
  static constexpr StreamKind kind = StreamKind::emergency;
  ReviewStatus status{};
  CaseId subject;
  OrganisationId overseer;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(Emergency, (), (status, subject, overseer, due))

BOOST_DEFINE_ENUM_CLASS(ProposalStatus, proposed, approved, used, lapsed)
struct Proposal {
  static constexpr StreamKind kind = StreamKind::proposal;
  ProposalStatus status{};
  CaseId subject;
  Actor by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  Instant until;  // of its approval, then of its use
};
BOOST_DESCRIBE_STRUCT(Proposal, (), (status, subject, by, purpose, classes, until))

// The epoch whose key wraps the keys of cases now (sealing.hpp).
struct KeyLedger {
  static constexpr StreamKind kind = StreamKind::keys;
  std::uint32_t epoch = 0;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(KeyLedger, (), (epoch, until))

struct Vault {
  static constexpr Service service = Service::vault;
  // That a dossier is in use is noted with the next seal: its sync would hold up the referral's,
  // whose offer somebody waits for. Relations open and end access: nobody waits longer for these.
  static constexpr Milliseconds patience{10};
  static bool presses(const Event& event) { return !holds<DossierReported>(event); }
  using States = StateTypes<OrganisationFile, AccountFile, Dossier, Withdrawal, Emergency, Proposal,
                            KeyLedger, OrganisationKeyFile, SealedItem, DuplicatePair>;
  using Receives =
      EventTypes<ReportReceived, AgeAssessed, DeciderAppointed, ReferralAccepted, CaseHandedOver,
                 ServiceEnded, CaseClosed, CaseReopened, ErasureOrdered>;

  static void evolve(OrganisationFile& state, const Event& event);
  static void evolve(AccountFile& state, const Event& event);
  static void evolve(Dossier& state, const Event& event);
  static void evolve(Withdrawal& state, const Event& event);
  static void evolve(Emergency& state, const Event& event);
  static void evolve(Proposal& state, const Event& event);
  static void evolve(KeyLedger& state, const Event& event);
  static void evolve(OrganisationKeyFile& state, const Event& event);
  static void evolve(SealedItem& state, const Event& event);
  static void evolve(DuplicatePair& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const OrganisationFile& state, Rows& out);
  static void rows(const StreamKey& stream, const AccountFile& state, Rows& out);
  static void rows(const StreamKey& stream, const Dossier& state, Rows& out);
  static void rows(const StreamKey& stream, const Withdrawal& state, Rows& out);
  static void rows(const StreamKey& stream, const Emergency& state, Rows& out);
  static void rows(const StreamKey& stream, const Proposal& state, Rows& out);
  static void rows(const StreamKey&, const KeyLedger&, Rows&) {}
  static void rows(const StreamKey& stream, const OrganisationKeyFile& state, Rows& out);
  static void rows(const StreamKey& stream, const SealedItem& state, Rows& out);
  static void rows(const StreamKey& stream, const DuplicatePair& state, Rows& out);
};
}  // namespace nrm
