// About a case: what keeps providers away from the person, and who owns it.
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
template <class T>
bool has(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

// The case that two people would have to be kept apart from; both are this owner's.
Result<void> check_other(const ReferralRules& rules, const CaseId& subject, const CaseId& other,
                         std::string where) {
  if (other == subject) return Error(Code::out_of_range, std::move(where), "this case itself");
  const ReferralCase* file = rules.view.find<ReferralCase>(other);
  if (file == nullptr || !file->profile || !rules.by(file->owner))
    return Error(Code::not_found, std::move(where));
  return {};
}

Result<void> check_exclusion(const ReferralRules& rules, const CaseId& subject,
                             const Exclusion& one, const std::string& where) {
  const int named = one.region.has_value() + one.community.has_value() +
                    one.organisation.has_value() + one.provider.has_value() + one.other.has_value();
  if (named != 1)
    return Error(named == 0 ? Code::missing_field : Code::out_of_range, where,
                 "name one region, community, organisation, provider or other case");
  if (one.region && !rules.policy.has_region(*one.region))
    return Error(Code::unknown_code, where + "/region", "not a region of this mechanism");
  if (one.provider && rules.view.find<Provider>(*one.provider) == nullptr)
    return Error(Code::not_found, where + "/provider");
  if (one.other) return check_other(rules, subject, *one.other, where + "/other");
  return {};
}

std::vector<CaseId> others_in(const std::vector<Exclusion>& exclusions) {
  std::vector<CaseId> out;
  for (const Exclusion& one : exclusions)
    if (one.other && !has(out, *one.other)) out.push_back(*one.other);
  return out;
}
}  // namespace

Result<Decision> ReferralRules::on(const NoteMatchingFacts& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, owned(command.subject));
  if (command.exclusions.size() > exclusions_per_case_max)
    return Error(Code::too_long, "/exclusions",
                 "at most " + std::to_string(exclusions_per_case_max));
  for (std::size_t i = 0; i < command.exclusions.size(); ++i)
    NRM_TRY(check_exclusion(*this, command.subject, command.exclusions[i],
                            "/exclusions/" + std::to_string(i)));
  MatchingFactsNoted noted{command.special, command.staff_gender, command.exclusions};
  std::ranges::sort(noted.special);
  const auto repeated = std::ranges::unique(noted.special);
  noted.special.erase(repeated.begin(), repeated.end());
  ReferralCase after = *file;
  Referrals::evolve(after, Event(noted));
  Decision out;
  const auto before = others_in(file->exclusions), now = others_in(command.exclusions);
  out.emit(case_stream(command.subject), std::move(noted));
  // Said of the other one too, so that neither is sent where the other is.
  for (const CaseId& other : now)
    if (!has(before, other)) out.emit(case_stream(other), SameNetworkNoted{command.subject, true});
  for (const CaseId& other : before)
    if (!has(now, other)) out.emit(case_stream(other), SameNetworkNoted{command.subject, false});
  keep_away(out, command.subject, after);
  return out;
}

// --- hand-over ----------------------------------------------------------------------------------

namespace {
// A hand-over to this case manager's organisation that waits for its answer; if it does not wait
// any more, what became of it.
Result<const ReferralCase*> asked_to_take(const ReferralRules& rules, const CaseId& subject) {
  NRM_TRY(rules.only({Role::case_manager}));
  const ReferralCase* file = rules.view.find<ReferralCase>(subject);
  if (file == nullptr || !file->handover || !rules.by(file->handover->to))
    return Error(Code::not_found, "/subject");
  switch (file->handover->status) {
    case HandoverStatus::pending:
      break;
    case HandoverStatus::revoked:
      return Error(Code::offer_revoked, "/subject", "its owner took it back before you answered");
    case HandoverStatus::expired:
      return Error(Code::offer_expired, "/subject");
    case HandoverStatus::accepted:
    case HandoverStatus::declined:
      return Error(Code::already_decided, "/subject");
  }
  if (rules.input.at > file->handover->answer_by) return Error(Code::offer_expired, "/subject");
  return file;
}
}  // namespace

Result<Decision> ReferralRules::on(const ProposeHandover& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, owned(command.subject));
  if (command.to == file->owner || command.to.nil())
    return Error(Code::out_of_range, "/to", "it owns the case");
  // Denied is denied: also as an owner.
  if (has(file->denied, command.to))
    return Error(Code::out_of_range, "/to", "this case is denied to it");
  if (file->handover && file->handover->status == HandoverStatus::pending)
    return Error(Code::not_in_state, "/subject", "a hand-over waits for its answer");
  const auto answer_by = policy.due(ClockName::handover_answer, input.at);
  if (!answer_by) return Error(Code::not_in_state, "/subject", "this mechanism knows no hand-over");
  HandoverPreview preview{.age_now = file->profile->age_now,
                          .region = file->profile->region,
                          .urgency = file->profile->urgency,
                          .services = {}};
  for (const ReferralId& id : open_referrals(command.subject)) {
    const ServiceType service = view.find<Referral>(id)->service;
    if (!has(preview.services, service)) preview.services.push_back(service);
  }
  Decision out;
  out.emit(case_stream(command.subject), HandoverProposed{file->owner, command.to, command.reason,
                                                          std::move(preview), *answer_by});
  out.set_clock(case_stream(command.subject), ClockName::handover_answer, *answer_by);
  return out;
}

Result<Decision> ReferralRules::on(const AcceptHandover& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, asked_to_take(*this, command.subject));
  const OrganisationId& to = file->handover->to;
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  out.emit(stream, CaseHandedOver{file->owner, to});
  out.clear_clock(stream, ClockName::handover_answer);
  for (const ReferralId& id : open_referrals(command.subject))
    out.emit(referral_stream(id), ReferralOwnerChanged{to});
  for (const TransnationalId& id : open_packages(command.subject))
    out.emit(transnational_stream(id), TransnationalOwnerChanged{to});
  return out;
}

Result<Decision> ReferralRules::on(const DeclineHandover& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, asked_to_take(*this, command.subject));
  Decision out;
  out.emit(case_stream(command.subject), HandoverDeclined{file->handover->to, command.reason});
  out.clear_clock(case_stream(command.subject), ClockName::handover_answer);
  return out;
}

Result<Decision> ReferralRules::on(const RevokeHandover& command) const {
  NRM_TRY(only({Role::case_manager}));
  const ReferralCase* file = view.find<ReferralCase>(command.subject);
  const bool proposed = file != nullptr && file->handover && by(file->handover->from);
  if (!proposed) {
    NRM_TRY(owned(command.subject));
    return Error(Code::not_in_state, "/subject", "no hand-over waits for its answer");
  }
  switch (file->handover->status) {
    case HandoverStatus::pending:
      break;
    case HandoverStatus::accepted:
      return Error(Code::already_decided, "/subject", "the other side accepted before");
    case HandoverStatus::declined:
      return Error(Code::already_decided, "/subject", "the other side declined before");
    case HandoverStatus::revoked:
    case HandoverStatus::expired:
      return Error(Code::not_in_state, "/subject", "no hand-over waits for its answer");
  }
  Decision out;
  out.emit(case_stream(command.subject), HandoverRevoked{file->handover->to});
  out.clear_clock(case_stream(command.subject), ClockName::handover_answer);
  return out;
}
}  // namespace nrm
