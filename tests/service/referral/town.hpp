// ReferralTown: a desk of referral with short ways to say who does what, for tests that go on in
// C++.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "services/referral/referral.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
struct ReferralTown {
  explicit ReferralTown(Policy policy = policy_of("osce"))
      : desk(core_of<Referrals>(), std::move(policy)) {}

  Desk desk;
  Instant now{1'709'542'800'000};  // 2024-03-04T09:00:00.000Z
  std::uint32_t inputs = 0;

  Outcome ask(Role role, std::string_view organisation, Command command) {
    return apply(std::move(command), Actor{.account = AccountId(id_of("account")),
                                           .organisation = OrganisationId(id_of(organisation)),
                                           .role = role});
  }
  Outcome hear(const CaseId& subject, Event event) {
    return apply(Received{.log = "elsewhere/0",
                          .seq = inputs,
                          .index = 0,
                          .hash = std::string(64, '0'),
                          .stream = case_stream(subject),
                          .event = std::move(event)});
  }
  // The clock of a referral runs out, whether it runs or not.
  Outcome fire(const ReferralId& id, ClockName name) { return fire(referral_stream(id), name); }
  Outcome fire(const StreamKey& stream, ClockName name) {
    const auto running = desk.clocks().find({stream, name});
    const bool runs = running != desk.clocks().end();
    if (runs) now = std::max(now, running->second);
    return apply(Due{stream, name, runs ? running->second : now});
  }
  Outcome apply(decltype(Input::what) what, std::optional<Actor> actor = std::nullopt) {
    return desk.apply({.id = derive(id_of("town"), ++inputs),
                       .at = now,
                       .actor = std::move(actor),
                       .what = std::move(what)});
  }

  Outcome report(const CaseId& subject, Urgency urgency, std::vector<ServiceType> needs) {
    ReportReceived event;
    event.reference = *Text<16>::parse("4FJ2K-7QX0M-9");
    event.organisation = OrganisationId(id_of("police"));
    event.owner = OrganisationId(id_of("owner"));
    event.dossier = *Text<64>::parse("d1");
    event.facts.needs = std::move(needs);
    event.facts.urgency = urgency;
    event.facts.region = *Region::parse("XX-N");
    return hear(subject, std::move(event));
  }
  Outcome consent(const CaseId& subject, bool given) {
    return hear(subject, ConsentRecorded{{.purpose = ConsentPurpose::support, .given = given}});
  }
  Outcome close(const CaseId& subject) {
    return hear(subject, CaseClosed{.reason = ClosureReason::plan_completed});
  }
  ProviderId open_provider(std::string_view organisation, ServiceType service,
                           std::uint32_t places) {
    return open_provider({.organisation = OrganisationId(id_of(organisation)),
                          .service = service,
                          .places = places});
  }
  ProviderId open_provider(ServiceOffering offering) {
    const Outcome outcome =
        ask(Role::operator_, "operators", RegisterProvider{std::move(offering)});
    CHECK(!outcome.rejection, "a provider can be registered");
    return ProviderId(outcome.decision.events.front().stream.id);
  }
};

// The referrals that a decision made.
inline std::vector<ReferralId> requested_in(const Outcome& outcome) {
  std::vector<ReferralId> out;
  for (const Emit& emit : outcome.decision.events)
    if (holds<ReferralRequested>(emit.event)) out.emplace_back(emit.stream.id);
  return out;
}
}  // namespace nrm::test
