// Abroad: a sealed package for a named contact of another state, never towards the state that the
// person asks for protection from (domain.md, b7 and f15: prevented, not just avoided).
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
template <class T>
bool has(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

Result<const Transnational*> package_of(const ReferralRules& rules, const TransnationalId& id) {
  NRM_TRY(rules.only({Role::case_manager}));
  const Transnational* package = rules.view.find<Transnational>(id);
  if (package == nullptr || !rules.by(package->owner))
    return Error(Code::not_found, "/transnational");
  switch (package->status) {
    case TransnationalStatus::sent:
      return package;
    case TransnationalStatus::answered:
      return Error(Code::already_decided, "/transnational", "the answer came before");
    case TransnationalStatus::revoked:
      return Error(Code::offer_revoked, "/transnational", "the package was called back before");
  }
  return Error(Code::internal);
}
}  // namespace

// A change of status flips the permission: what is on its way to these states is called back.
Result<Decision> ReferralRules::on(const NoteProtection& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, owned(command.subject));
  ProtectionNoted noted{command.asked, {}};
  if (command.asked) noted.from = command.from.empty() ? file->origins : command.from;
  if (!command.asked && !command.from.empty())
    return Error(Code::out_of_range, "/from", "only of a person who asks for protection");
  if (command.asked && noted.from.empty())
    return Error(Code::missing_field, "/from", "no nationality is on record: name the states");
  Decision out;
  call_back(out, command.subject, TransnationalRevocation::protection_asked,
            [&](const Transnational& package) { return has(noted.from, package.country); });
  out.emit(case_stream(command.subject), std::move(noted));
  return out;
}

Result<Decision> ReferralRules::on(const NameFocalPoint& command) const {
  NRM_TRY(only({Role::operator_, Role::case_manager}));
  if (input.actor->role == Role::case_manager && !by(state_owner(input.actor->organisation)))
    return Error(Code::forbidden, "", "the state owner's case management names them");
  if (command.organisation.nil()) return Error(Code::not_found, "/organisation");
  if (command.country.unknown())
    return Error(Code::unknown_code, "/country", "a focal point is of one state");
  const FocalPoint* known = view.find<FocalPoint>(command.organisation);
  if (known != nullptr && known->country != command.country)
    return Error(Code::already_exists, "/organisation", "it is another state's focal point");
  Decision out;
  if (known == nullptr)
    out.emit(organisation_stream(command.organisation), FocalPointNamed{command.country});
  else
    return Error(Code::already_decided, "/organisation", "it is this state's focal point");
  return out;
}

void ReferralRules::call_back(Decision& out, const CaseId& subject, TransnationalRevocation why,
                              const std::function<bool(const Transnational&)>& which) const {
  for (const TransnationalId& id : open_packages(subject)) {
    const Transnational* package = view.find<Transnational>(id);
    CHECK(package != nullptr, "a row has the state that it is made from");
    const StreamKey stream = transnational_stream(id);
    const bool called_back =
        std::ranges::any_of(out.events, [&](const Emit& one) { return one.stream == stream; });
    if (called_back || !which(*package)) continue;
    out.emit(stream, TransnationalRevoked{subject, why});
    out.clear_clock(stream, ClockName::transnational_answer);
  }
}

Result<Decision> ReferralRules::on(const ReferAbroad& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, owned(command.subject));
  const FocalPoint* focal_point = view.find<FocalPoint>(command.focal_point);
  if (focal_point == nullptr) return Error(Code::not_found, "/focal_point");
  if (has(file->protection_from, focal_point->country))
    return Error(Code::forbidden, "/focal_point", "the person asks for protection from this state");
  if (has(file->denied, command.focal_point))
    return Error(Code::forbidden, "/focal_point", "it is kept away from this case");
  // A refusal of one organisation counts in every pack.
  const RecipientConsent* word = word_about(*file, command.focal_point);
  const bool refused = word != nullptr && !word->given;
  if (refused || !permission(*file, nullptr, command.focal_point).given)
    return Error(Code::consent_missing, "/focal_point", "the person has not agreed to it");
  const auto package = std::ranges::find(file->packages, command.item, &SealedPackage::item);
  if (package == file->packages.end() || !has(package->recipients, command.focal_point))
    return Error(Code::not_found, "/item", "nothing of this case is sealed to it");
  const auto answer_by = policy.due(ClockName::transnational_answer, input.at);
  if (!answer_by)
    return Error(Code::not_in_state, "/subject", "this mechanism refers nobody abroad");
  if (open_packages(command.subject).size() >= transnational_per_case_max)
    return Error(Code::not_in_state, "/subject", "as many packages as may be wait for an answer");
  const StreamKey stream = transnational_stream(input.fresh<TransnationalId>(1));
  Decision out;
  out.emit(stream, TransnationalSent{command.subject, file->owner, command.focal_point,
                                     focal_point->country, command.item, *answer_by});
  out.set_clock(stream, ClockName::transnational_answer, *answer_by);
  return out;
}

Result<Decision> ReferralRules::on(const RecordTransnationalAnswer& command) const {
  NRM_TRY_ASSIGN(const Transnational* package, package_of(*this, command.transnational));
  const StreamKey stream = transnational_stream(command.transnational);
  Decision out;
  out.emit(stream, TransnationalAnswered{package->subject, command.outcome});
  out.clear_clock(stream, ClockName::transnational_answer);
  return out;
}

Result<Decision> ReferralRules::on(const RevokeTransnational& command) const {
  NRM_TRY_ASSIGN(const Transnational* package, package_of(*this, command.transnational));
  if (command.reason == TransnationalRevocation::protection_asked ||
      command.reason == TransnationalRevocation::case_closed)
    return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
  const StreamKey stream = transnational_stream(command.transnational);
  Decision out;
  out.emit(stream, TransnationalRevoked{package->subject, command.reason});
  out.clear_clock(stream, ClockName::transnational_answer);
  return out;
}
}  // namespace nrm
