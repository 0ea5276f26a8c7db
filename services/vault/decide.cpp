#include <algorithm>
#include <array>

#include "services/vault/rules.hpp"

namespace nrm {
Error nothing_here() { return Error(Code::not_found, "", "there is nothing here for you"); }

Result<void> require_role(const Input& input, std::initializer_list<Role> roles) {
  if (input.actor && std::ranges::find(roles, input.actor->role) != roles.end()) return {};
  return Error(Code::forbidden, "", "this role may not do this");
}

bool related(const Dossier& dossier, const Actor& actor, const Policy& policy) {
  switch (actor.role) {
    case Role::first_responder:
      return dossier.reporter == actor.organisation;
    case Role::competent_authority:
      return actor.organisation == policy.appointments->competent_authority;
    case Role::case_manager:
      return actor.organisation == policy.appointments->case_management;
    case Role::service_provider:
      return std::ranges::find(dossier.supporters, actor.organisation) != dossier.supporters.end();
    case Role::person:
    case Role::auditor:
    case Role::operator_:
      return false;
  }
  return false;
}

namespace {
// Which classes a role may open for a purpose at all (README.md, "Who may open what"); relation
// and consent come on top.
struct OpeningRight {
  Role role;
  OpeningPurpose purpose;
  std::array<bool, 4> classes;  // identity, contact, safe_contact, narrative
};
constexpr OpeningRight opening_rights[] = {
    {Role::first_responder, OpeningPurpose::safety, {true, true, true, false}},
    {Role::competent_authority, OpeningPurpose::decision, {true, false, false, true}},
    {Role::competent_authority, OpeningPurpose::statutory_notice, {true, false, true, false}},
    {Role::case_manager, OpeningPurpose::support, {true, true, true, false}},
    {Role::case_manager, OpeningPurpose::safety, {true, true, true, true}},
    {Role::case_manager, OpeningPurpose::statutory_notice, {true, false, true, false}},
    {Role::case_manager, OpeningPurpose::own_request, {true, true, true, true}},
    {Role::service_provider, OpeningPurpose::support, {true, false, true, false}},
    {Role::service_provider, OpeningPurpose::safety, {true, true, true, false}},
};

bool may_open(Role role, OpeningPurpose purpose, DataClass wanted) {
  return std::ranges::any_of(opening_rights, [&](const OpeningRight& right) {
    return right.role == role && right.purpose == purpose &&
           right.classes[static_cast<std::size_t>(wanted)];
  });
}

Result<Decision> decide_on(const RegisterOrganisation& command, const View& view,
                           const Input& input, const Policy&) {
  NRM_TRY(require_role(input, {Role::operator_}));
  const std::string row =
      "organisation/" + std::string(to_text(command.kind)) + "/" + command.name.text();
  bool taken = false;
  view.rows(row, [&](std::string_view key, std::string_view) {
    taken = key == row;
    return false;
  });
  const auto id = command.organisation.value_or(input.fresh<OrganisationId>(0));
  if (taken || view.find<OrganisationFile>(id))
    return Error(Code::already_exists, "/name", "an organisation of this kind has this name");
  return Decision().emit(organisation_stream(id),
                         OrganisationRegistered{command.name, command.kind});
}

Result<Decision> decide_on(const IssueAccount& command, const View& view, const Input& input,
                           const Policy&) {
  NRM_TRY(require_role(input, {Role::operator_}));
  if (!view.find<OrganisationFile>(command.organisation))
    return Error(Code::not_found, "/organisation", "there is no such organisation");
  return Decision().emit(account_stream(input.fresh<AccountId>(0)),
                         AccountIssued{command.organisation, command.role, command.token_digest});
}

Result<Decision> decide_on(const RevokeAccount& command, const View& view, const Input& input,
                           const Policy&) {
  NRM_TRY(require_role(input, {Role::operator_}));
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr) return nothing_here();
  if (account->revoked) return Error(Code::not_in_state, "", "the account is revoked already");
  return Decision().emit(account_stream(command.account), AccountRevoked{});
}

// One event at least, of nobody when nobody was found: what follows from it, here and in all that
// read this log, is the same work either way (README.md, "Duplicates").
void suspect(const CaseId& subject, const std::vector<DuplicateCandidate>& found, const View& view,
             const Input& input, Decision& out) {
  std::uint32_t number = 0;
  const auto emit = [&](const CaseId& other, const std::vector<DuplicateGround>& grounds) {
    out.emit(duplicate_stream(input.fresh<DuplicateId>(++number)),
             DuplicateSuspected{subject, other, grounds});
  };
  for (const auto& [other, grounds] : found) {
    const auto* dossier = view.find<Dossier>(other);
    if (dossier != nullptr && dossier->status != DossierStatus::abandoned) emit(other, grounds);
  }
  if (number == 0) emit(CaseId(), {});
}

Result<Decision> decide_on(const SealDossier& command, const View& view, const Input& input,
                           const Policy& policy) {
  NRM_TRY(require_role(input, {Role::first_responder}));
  Dossier fresh;
  for (std::size_t i = 0; i < command.consents.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (command.consents[j].purpose == command.consents[i].purpose)
        return Error(Code::out_of_range, "/consents/" + std::to_string(i) + "/purpose",
                     "each purpose once");
    fresh.consents.push_back(command.consents[i]);
  }
  // An adult decides; a child is referred without (domain.md, b6), and who may be a child is
  // treated as one (Council of Europe Convention, art. 10(3)).
  if (command.age_now == AgeBand::adult && !fresh.consented(ConsentPurpose::identification))
    return Error(Code::consent_missing, "/consents",
                 "an adult's formal report needs the consent to identification");
  CHECK(command.digest, "the hook sealed the personal part");
  const auto subject = case_stream(input.fresh<CaseId>(0));
  const auto report_by = policy.due(ClockName::report_follows, input.at);
  CHECK(report_by, "read_policy saw to this clock");
  Decision decision;
  decision.emit(subject, DossierSealed{input.actor->organisation, command.classes, *command.digest,
                                       command.consents, report_by});
  suspect(CaseId(subject.id), command.duplicates, view, input, decision);
  // The day between is for clocks of two machines that differ.
  return decision.set_clock(subject, ClockName::report_follows, *report_by + days(1));
}

Result<Decision> decide_on(const RecordConsent& command, const View& view, const Input& input,
                           const Policy& policy) {
  NRM_TRY(require_role(input, {Role::first_responder, Role::case_manager, Role::competent_authority,
                               Role::service_provider}));
  const auto* dossier = view.find<Dossier>(command.subject);
  if (dossier == nullptr || dossier->status == DossierStatus::abandoned ||
      !related(*dossier, *input.actor, policy))
    return nothing_here();
  return Decision().emit(case_stream(command.subject), ConsentRecorded{command.consent});
}

Result<Decision> decide_on(const OpenDossier& command, const View& view, const Input& input,
                           const Policy& policy) {
  NRM_TRY(require_role(input, {Role::first_responder, Role::case_manager, Role::competent_authority,
                               Role::service_provider}));
  const auto* dossier = view.find<Dossier>(command.subject);
  if (dossier == nullptr || dossier->status == DossierStatus::abandoned ||
      !related(*dossier, *input.actor, policy))
    return nothing_here();
  if (command.classes.empty())
    return Error(Code::missing_field, "/classes", "name at least one class");
  for (std::size_t i = 0; i < command.classes.size(); ++i)
    if (!may_open(input.actor->role, command.purpose, command.classes[i]))
      return Error(Code::forbidden, "/classes/" + std::to_string(i),
                   "this role may not open this class for this purpose");
  // Only risk to life goes without consent (domain.md, b6).
  if (input.actor->role == Role::service_provider && command.purpose != OpeningPurpose::safety &&
      !dossier->consented(ConsentPurpose::support))
    return Error(Code::consent_missing, "/purpose", "the person has not consented to support");
  return Decision().emit(case_stream(command.subject),
                         DossierOpened{*input.actor, command.purpose, command.classes});
}

Result<Decision> decide_command(const View& view, const Input& input, const Policy& policy) {
  return std::visit(
      [&](const auto& command) -> Result<Decision> {
        if constexpr (requires { decide_on(command, view, input, policy); })
          return decide_on(command, view, input, policy);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      std::get<Command>(input.what));
}

Result<Decision> decide_received(const View& view, const Received& received) {
  Decision decision;
  if (std::holds_alternative<ReportReceived>(received.event)) {
    const auto* dossier = view.find<Dossier>(received.stream.id);
    // A report whose keys are gone, or without a dossier: nobody may take that for normal.
    if (dossier == nullptr || dossier->status != DossierStatus::sealed)
      return Error(Code::not_in_state, "", "a report came without a sealed dossier");
    decision.emit(received.stream, DossierReported{});
    decision.clear_clock(received.stream, ClockName::report_follows);
  } else if (const auto* accepted = std::get_if<ReferralAccepted>(&received.event)) {
    if (view.find<Dossier>(accepted->subject))
      decision.emit(case_stream(accepted->subject),
                    SupportRelationNoted{accepted->organisation, true});
  } else if (const auto* ended = std::get_if<ServiceEnded>(&received.event)) {
    if (view.find<Dossier>(received.stream.id))
      decision.emit(received.stream, SupportRelationNoted{ended->organisation, false});
  } else if (std::holds_alternative<CaseClosed>(received.event)) {
    if (const auto* dossier = view.find<Dossier>(received.stream.id))
      for (const OrganisationId& organisation : dossier->supporters)
        decision.emit(received.stream, SupportRelationNoted{organisation, false});
  }
  return decision;
}
}  // namespace

Result<Decision> Vault::decide(const View& view, const Input& input, const Policy& policy) {
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(view, *received);
  if (const auto* due = std::get_if<Due>(&input.what)) {
    const auto* dossier = view.find<Dossier>(due->stream.id);
    Decision decision;
    if (due->name == ClockName::report_follows && dossier != nullptr &&
        dossier->status == DossierStatus::sealed)
      decision.emit(due->stream, DossierAbandoned{});
    return decision;
  }
  return decide_command(view, input, policy);
}
}  // namespace nrm
