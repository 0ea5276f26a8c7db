// Referral: finds who helps. Every need of a person becomes a referral; it is offered to one
// provider at a time, best match first, until one accepts; nobody left: the state owner is told.
//
// The table of states and inputs is in README.md. Pure: base, event and step only.
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
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
};
BOOST_DESCRIBE_STRUCT(ReferralCase, (), (owner, reporter, profile, needs, support_consent, ended))

// One need of one person on its way to a provider.
// INVARIANT: `provider` and `organisation` are set together, and always while the status is
// offered, acknowledged, waitlisted, accepted or completed. `due` is set exactly while a clock runs
// (clock_of), `escalation` exactly while it is escalated. (Between two events of one decision it
// may be nobody's: escalated without either. No decision ever begins so.)
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
};
BOOST_DESCRIBE_STRUCT(Referral, (),
                      (subject, owner, service, profile, status, provider, organisation, due, asked,
                       asked_before, escalation))

// One service of one organisation. Capacity may be lowered below what is reserved: nobody is put on
// the street for it; there is no free place until enough are released.
struct Provider {
  static constexpr StreamKind kind = StreamKind::provider;

  ServiceOffering offering;
  std::uint32_t reserved = 0;  // accepted referrals that still run

  std::uint32_t free_places() const {
    return offering.places > reserved ? offering.places - reserved : 0;
  }
};
BOOST_DESCRIBE_STRUCT(Provider, (), (offering, reserved))

// The clock that runs while a referral has this status; none for accepted (assistance reviews it)
// and for the two ends.
constexpr std::optional<ClockName> clock_of(ReferralStatus status) {
  switch (status) {
    case ReferralStatus::awaiting_consent:
      return ClockName::awaiting_consent;
    case ReferralStatus::offered:
    case ReferralStatus::acknowledged:
      return ClockName::answer_offer;
    case ReferralStatus::waitlisted:
      return ClockName::waitlist_review;
    case ReferralStatus::escalated:
      return ClockName::escalation;
    case ReferralStatus::accepted:
    case ReferralStatus::completed:
    case ReferralStatus::cancelled:
      break;
  }
  return std::nullopt;
}

constexpr bool has_ended(ReferralStatus status) {
  return status == ReferralStatus::completed || status == ReferralStatus::cancelled;
}

struct Referrals {
  static constexpr Service service = Service::referral;
  using States = StateTypes<ReferralCase, Referral, Provider>;
  using Receives = EventTypes<ReportReceived, DossierSealed, ConsentRecorded, FirstStageDecided,
                              ServiceEnded, CaseClosed>;

  static void evolve(ReferralCase& state, const Event& event);
  static void evolve(Referral& state, const Event& event);
  static void evolve(Provider& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const ReferralCase& state, Rows& out);
  static void rows(const StreamKey& stream, const Referral& state, Rows& out);
  static void rows(const StreamKey& stream, const Provider& state, Rows& out);
};
}  // namespace nrm
