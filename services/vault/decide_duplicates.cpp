// Suspicions that two cases are about one person: worked on by case managers, decided by two of
// them, and taken back by one, for whatever was merged keeps its history.
#include "services/vault/rules.hpp"
#include "services/vault/seals.hpp"

namespace nrm {
namespace {
// The suspicion, for a case manager who may know of both cases. One of nobody does not exist.
Result<const DuplicatePair*> pair_for(const VaultRules& rules, const DuplicateId& id) {
  NRM_TRY(rules.only({Role::case_manager}));
  const auto* pair = rules.view.find<DuplicatePair>(id);
  if (pair == nullptr || pair->other.nil() || !is_appointed(rules.actor(), offices(rules.policy)) ||
      !rules.own(pair->subject) || !rules.own(pair->other))
    return Error(Code::not_found, "/duplicate", "there is no such suspicion");
  return pair;
}

// A case that was merged into another one is nobody's to keep, nor to merge again: the one it went
// into is. fold_seals.cpp keeps a row for each.
Result<void> not_merged_away(const VaultRules& rules, const CaseId& subject, std::string where) {
  bool gone = false;
  rules.view.rows("merged/" + subject.text() + '/', [&](std::string_view, std::string_view) {
    gone = true;
    return false;
  });
  if (!gone) return {};
  return Error(Code::not_in_state, std::move(where),
               "one of the two was merged into another case: reverse that merge first");
}

CaseId other_of(const DuplicatePair& pair) {
  return pair.kept == pair.subject ? pair.other : pair.subject;
}
}  // namespace

Result<Decision> VaultRules::on(const ProposeMerge& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate));
  if (command.kept != pair->subject && command.kept != pair->other)
    return Error(Code::out_of_range, "/kept", "one of the two cases of this suspicion");
  if (pair->status != DuplicateStatus::open)
    return Error(Code::not_in_state, "/duplicate", "this suspicion is not open");
  const CaseId merged = command.kept == pair->subject ? pair->other : pair->subject;
  NRM_TRY(not_merged_away(*this, command.kept, "/kept"));
  NRM_TRY(not_merged_away(*this, merged, "/duplicate"));
  const Instant approve_by = due(ClockName::merge_approval);
  const StreamKey stream = duplicate_stream(command.duplicate);
  Decision out;
  out.emit(stream, MergeProposed{command.kept, merged, actor().account, approve_by});
  return out.set_clock(stream, ClockName::merge_approval, approve_by);
}

Result<Decision> VaultRules::on(const ApproveMerge& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate));
  if (pair->status != DuplicateStatus::merge_proposed)
    return Error(Code::not_in_state, "/duplicate", "nobody proposes to merge these cases");
  if (pair->proposed_by == actor().account)
    return Error(Code::second_person_required, "", "who proposes a merge does not approve it");
  // Another proposal about one of them may have been approved since.
  NRM_TRY(not_merged_away(*this, pair->subject, "/duplicate"));
  NRM_TRY(not_merged_away(*this, pair->other, "/duplicate"));
  const StreamKey stream = duplicate_stream(command.duplicate);
  Decision out;
  out.emit(stream, CasesMerged{*pair->kept, other_of(*pair), *pair->proposed_by, actor().account});
  return out.clear_clock(stream, ClockName::merge_approval);
}

Result<Decision> VaultRules::on(const DismissDuplicate& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate));
  if (pair->status != DuplicateStatus::open && pair->status != DuplicateStatus::merge_proposed)
    return Error(Code::not_in_state, "/duplicate", "this suspicion is not open");
  const StreamKey stream = duplicate_stream(command.duplicate);
  Decision out;
  out.emit(stream, DuplicateDismissed{actor().account});
  if (pair->status == DuplicateStatus::merge_proposed)
    out.clear_clock(stream, ClockName::merge_approval);
  return out;
}

Result<Decision> VaultRules::on(const ReverseMerge& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate));
  if (pair->status != DuplicateStatus::merged)
    return Error(Code::not_in_state, "/duplicate", "these cases are not merged");
  Decision out;
  return out.emit(duplicate_stream(command.duplicate),
                  MergeReversed{*pair->kept, other_of(*pair), actor().account});
}

Decision VaultRules::merge_due(const Due& over) const {
  const auto* pair = view.find<DuplicatePair>(over.stream.id);
  Decision out;
  if (pair != nullptr && pair->status == DuplicateStatus::merge_proposed)
    out.emit(over.stream, MergeProposalLapsed{*pair->proposed_by});
  return out;
}
}  // namespace nrm
