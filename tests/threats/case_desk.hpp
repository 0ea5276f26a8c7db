// A desk of the real vault with one or more sealed cases, their offices, responders and providers:
// what the threats about access share.
#pragma once
#include <string>
#include <string_view>

#include "services/vault/vault.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
inline OrganisationId organisation(std::string_view name) { return OrganisationId(id_of(name)); }

inline Actor actor(Role role, std::string_view at, std::string_view account = {}) {
  const std::string own = std::string(at) + "_desk";
  return {AccountId(id_of(account.empty() ? std::string_view(own) : account)), organisation(at),
          role};
}

struct CaseDesk {
  Desk desk;
  Instant now{1'709'542'800'000};  // 2024-03-04T09:00:00.000Z
  std::uint32_t inputs = 0;

  explicit CaseDesk(Policy policy = policy_of("uk")) : desk(core_of<Vault>(), std::move(policy)) {
    std::string name = "A";
    for (const auto one : {"avon", "kent", "owner", "managers", "haven", "clinic", "overseer"}) {
      ask(actor(Role::operator_, "office"),
          RegisterOrganisation{*Text<120>::parse(name), OrganisationKind::ngo, organisation(one)});
      name += 'a';
    }
  }

  Input input(decltype(Input::what) what, std::optional<Actor> by) {
    return {.id = derive(id_of("case desk"), ++inputs),
            .at = now,
            .actor = std::move(by),
            .what = std::move(what)};
  }
  Outcome ask(const Actor& by, Command command) {
    return desk.apply(input(std::move(command), by));
  }
  // The same, without anything happening.
  Result<Decision> try_out(const Actor& by, Command command) {
    return Vault::decide(desk, input(std::move(command), by), desk.policy());
  }
  Outcome hear(const StreamKey& stream, Event event) {
    return desk.apply(input(Received{.log = "elsewhere/0",
                                     .seq = inputs,
                                     .index = 0,
                                     .hash = std::string(64, '0'),
                                     .stream = stream,
                                     .event = std::move(event)},
                            std::nullopt));
  }
  CaseId seal(AgeBand age = AgeBand::adult,
              std::vector<Consent> consents = {{ConsentPurpose::identification, true},
                                               {ConsentPurpose::support, true}}) {
    const auto out = ask(actor(Role::first_responder, "avon"),
                         SealDossier{age,
                                     std::move(consents),
                                     {DataClass::identity},
                                     Text<64>::parse(std::string(64, '0'))});
    CHECK(!out.rejection, "the dossier is sealed");
    return CaseId(out.decision.events.at(0).stream.id);
  }
  // Its report comes, and the managers seal an item to themselves that one person may read.
  SealedItemId seal_item(const CaseId& subject) {
    const Actor manager = actor(Role::case_manager, "managers");
    const auto zeros = *Text<64>::parse(std::string(64, '0'));
    hear(case_stream(subject), ReportReceived{.owner = organisation("owner")});
    const auto registered =
        ask(manager, RegisterOrganisationKey{.organisation = manager.organisation,
                                             .box_key = zeros,
                                             .sign_key = zeros,
                                             .proof = *Text<128>::parse(std::string(128, '0')),
                                             .replaces = {},
                                             .fingerprint = zeros});
    const OrganisationKeyId key(registered.decision.events.at(0).stream.id);
    for (const Role role : {Role::operator_, Role::auditor})
      CHECK(!ask(actor(role, to_text(role)), ApproveOrganisationKey{key, zeros}).rejection,
            "two bodies approve the key");
    const auto stored = ask(manager, StoreSealedItem{.subject = subject,
                                                     .class_ = SealedClass::medical,
                                                     .version = 1,
                                                     .keys = {key},
                                                     .digest = zeros});
    return SealedItemId(stored.decision.events.at(0).stream.id);
  }
  void accept(const CaseId& subject, std::string_view provider) {
    hear(referral_stream(id_of("referral")),
         ReferralAccepted{.subject = subject, .organisation = organisation(provider)});
  }
  void end(const CaseId& subject, std::string_view provider) {
    hear(case_stream(subject), ServiceEnded{.organisation = organisation(provider)});
  }
};
}  // namespace nrm::test
