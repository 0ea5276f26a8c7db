// Referral: finds who helps. Every need of a person becomes a referral; it is offered to one
// provider at a time, best match first, until one accepts; nobody left: up the ladder. It also
// keeps the directory, and the one fact of who owns a case.
//
// The tables of states, inputs and who may are in README.md. Pure: base, event and step only.
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// The person's latest word about contact with one organisation.
struct RecipientConsent {
  OrganisationId organisation;
  bool given = false;
  LedgerEntry entry;
  std::optional<Date> until;  // the last day on which it counts

  bool agrees(Instant at) const { return given && (!until || at <= end_of(*until)); }
};
BOOST_DESCRIBE_STRUCT(RecipientConsent, (), (organisation, given, entry, until))

// How the last hand-over that was proposed stands.
BOOST_DEFINE_ENUM_CLASS(HandoverStatus, pending, accepted, declined, revoked, expired)
struct Handover {
  OrganisationId from, to;
  HandoverStatus status{};
  HandoverPreview preview;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(Handover, (), (from, to, status, preview, answer_by))

struct SealedPackage {
  SealedItemId item;
  std::vector<OrganisationId> recipients;
};
BOOST_DESCRIBE_STRUCT(SealedPackage, (), (item, recipients))

// What referral knows of a case. The vault's and identification's logs arrive in any order, so the
// consent may be here before the report.
struct ReferralCase {
  static constexpr StreamKind kind = StreamKind::case_;

  OrganisationId owner;  // never nobody once the report is here
  OrganisationId reporter;
  std::optional<NeedProfile> profile;   // none: the report has not arrived yet
  std::vector<ServiceType> needs;       // of the report, to be referred at a positive first stage
  std::optional<bool> support_consent;  // none: nothing said yet
  bool ended = false;                   // the case is closed
  std::vector<Country> origins;
  std::optional<LedgerEntry> consent_entry;  // that support_consent comes from
  std::vector<RecipientConsent> recipients;
  std::vector<Exclusion> exclusions;
  std::vector<CaseId> same_network;  // said of this case in the notes of others
  std::vector<OrganisationId> denied;
  std::optional<Handover> handover;
  std::vector<Country> protection_from;  // none: the person asks for no protection
  std::vector<SealedPackage> packages;   // the newest packages_kept_max
  std::optional<Date> support_until;     // the last day on which support_consent counts
  std::uint32_t reopenings = 0;

  // A consent that has run out counts as not given.
  bool supported(Instant at) const {
    return support_consent == true && (!support_until || at <= end_of(*support_until));
  }
};
BOOST_DESCRIBE_STRUCT(ReferralCase, (),
                      (owner, reporter, profile, needs, support_consent, ended, origins,
                       consent_entry, recipients, exclusions, same_network, denied, handover,
                       protection_from, packages, support_until, reopenings))

// Whom to ask as soon as the person agrees to it. Not a holder: it has been told nothing.
struct Proposed {
  ProviderId provider;
  OrganisationId organisation;
};
BOOST_DESCRIBE_STRUCT(Proposed, (), (provider, organisation))

// One need of one person on its way to a provider.
// INVARIANT: `provider` and `organisation` are set together, and always while somebody holds it
// (is_held, is_taken) or it is completed. `due` is set exactly while a clock runs (clock_of),
// `escalation` and `escalated_to` exactly while it is escalated. (Between two events of one
// decision it may be nobody's: escalated without either. No decision ever begins so.)
struct Referral {
  static constexpr StreamKind kind = StreamKind::referral;

  CaseId subject;
  OrganisationId owner;
  ServiceType service{};
  NeedProfile profile;
  ReferralStatus status = ReferralStatus::escalated;
  std::optional<ProviderId> provider;  // who has the offer, the place in the queue or the person
  std::optional<OrganisationId> organisation;
  std::optional<Instant> due;     // when its clock runs out
  std::vector<ProviderId> asked;  // in this round, in order, the present holder included
  // In earlier rounds: each once, so at most as many as the directory has. They may be asked again.
  std::vector<ProviderId> asked_before;
  std::optional<EscalationReason> escalation;
  std::optional<OrganisationId> escalated_to;
  std::optional<EscalationLevel> level;    // none: the case manager's
  std::vector<ProviderId> revoked_from;    // whose offer the owner took back
  std::optional<Proposed> proposed;        // awaits consent to this contact
  std::optional<ReferralId> follows;       // that it is to replace
  std::optional<DeliveryChannel> by_hand;  // the holder has no account here
  std::optional<Instant> override_until;   // a risk to life stands for the consent
  std::optional<Instant> waiting_since;  // exactly while it is waitlisted, or called up from there
  bool reminded = false;                 // the holder was told once that it is late
  bool started = false;                  // the person came
  bool at_risk = false;                  // taken, but the provider may not go on

  // The offer is of a place that had become free, to who waited there for it.
  bool called_up() const { return waiting_since && status != ReferralStatus::waitlisted; }
};
BOOST_DESCRIBE_STRUCT(Referral, (),
                      (subject, owner, service, profile, status, provider, organisation, due, asked,
                       asked_before, escalation, escalated_to, level, revoked_from, proposed,
                       follows, by_hand, override_until, waiting_since, reminded, started, at_risk))

// One service of one organisation. Capacity may be lowered below what is reserved: nobody is put on
// the street for it; there is no free place until enough are released.
struct Provider {
  static constexpr StreamKind kind = StreamKind::provider;

  ServiceOffering offering;
  std::uint32_t reserved = 0;  // accepted referrals that still run
  std::optional<SuspensionReason> suspended;

  std::uint32_t free_places() const {
    return offering.places > reserved ? offering.places - reserved : 0;
  }
};
BOOST_DESCRIBE_STRUCT(Provider, (), (offering, reserved, suspended))

// A contact of another state's mechanism.
struct FocalPoint {
  static constexpr StreamKind kind = StreamKind::organisation;
  Country country;
};
BOOST_DESCRIBE_STRUCT(FocalPoint, (), (country))

// A sealed package on its way to a focal point.
BOOST_DEFINE_ENUM_CLASS(TransnationalStatus, sent, answered, revoked)
struct Transnational {
  static constexpr StreamKind kind = StreamKind::transnational;
  CaseId subject;
  OrganisationId owner;
  OrganisationId focal_point;
  Country country;
  TransnationalStatus status{};
  std::optional<Instant> due;  // exactly while it is sent
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(Transnational, (),
                      (subject, owner, focal_point, country, status, due, overdue))

// The clock that runs while a referral has this status; none for accepted and in progress
// (assistance reviews them) and for the ends.
constexpr std::optional<ClockName> clock_of(ReferralStatus status) {
  switch (status) {
    case ReferralStatus::draft:
    case ReferralStatus::awaiting_consent:
      return ClockName::awaiting_consent;
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
      return ClockName::answer_offer;
    case ReferralStatus::waitlisted:
    case ReferralStatus::on_hold:
      return ClockName::waitlist_review;
    case ReferralStatus::escalated:
      return ClockName::escalation;
    case ReferralStatus::accepted:
    case ReferralStatus::in_progress:
    case ReferralStatus::completed:
    case ReferralStatus::cancelled:
    case ReferralStatus::failed:
    case ReferralStatus::revoked:
    case ReferralStatus::entered_in_error:
      break;
  }
  return std::nullopt;
}
// A person whose provider may not go on is the owner's work, under its clock.
constexpr std::optional<ClockName> clock_of(const Referral& referral) {
  return referral.at_risk ? std::optional(ClockName::escalation) : clock_of(referral.status);
}

// A provider has the offer and may answer it.
constexpr bool is_held(ReferralStatus status) {
  return status == ReferralStatus::offered || status == ReferralStatus::delivered ||
         status == ReferralStatus::acknowledged || status == ReferralStatus::waitlisted;
}
// A provider has the person, and a place is reserved.
constexpr bool is_taken(ReferralStatus status) {
  return status == ReferralStatus::accepted || status == ReferralStatus::in_progress ||
         status == ReferralStatus::on_hold;
}
constexpr bool has_ended(ReferralStatus status) {
  return status == ReferralStatus::completed || status == ReferralStatus::cancelled ||
         status == ReferralStatus::failed || status == ReferralStatus::revoked ||
         status == ReferralStatus::entered_in_error;
}
// How a referral ends for this reason.
constexpr ReferralStatus end_for(CancelReason reason) {
  switch (reason) {
    case CancelReason::entered_in_error:
      return ReferralStatus::entered_in_error;
    case CancelReason::revoked_by_owner:
      return ReferralStatus::revoked;
    case CancelReason::provider_failed:
    case CancelReason::person_did_not_arrive:
    case CancelReason::nobody_could:
      return ReferralStatus::failed;
    default:
      return ReferralStatus::cancelled;
  }
}

struct Referrals {
  static constexpr Service service = Service::referral;
  // Consents come before the report that needs them: one sync is enough for both.
  static constexpr Milliseconds patience{10};
  static bool presses(const Event& event) {
    const auto* consent = get_if<SupportConsentNoted>(&event);
    return consent == nullptr || !consent->given;
  }
  using States = StateTypes<ReferralCase, Referral, Provider, FocalPoint, Transnational>;
  using Receives = EventTypes<ReportReceived, AgeAssessed, DossierSealed, ConsentRecorded,
                              FirstStageDecided, ReconsiderationDecided, ServiceEnded, CaseClosed,
                              CaseReopened, AccessDenied, DenialLifted, SealedItemStored>;

  static void evolve(ReferralCase& state, const Event& event);
  static void evolve(Referral& state, const Event& event);
  static void evolve(Provider& state, const Event& event);
  static void evolve(FocalPoint& state, const Event& event);
  static void evolve(Transnational& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const ReferralCase& state, Rows& out);
  static void rows(const StreamKey& stream, const Referral& state, Rows& out);
  static void rows(const StreamKey& stream, const Provider& state, Rows& out);
  static void rows(const StreamKey& stream, const FocalPoint& state, Rows& out);
  static void rows(const StreamKey& stream, const Transnational& state, Rows& out);
};
}  // namespace nrm
