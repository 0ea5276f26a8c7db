// Suspicions that two cases are about one person: worked on by case managers, decided by two of
// them, and taken back by one, for whatever was merged keeps its history.
#include "services/vault/rules.hpp"
#include "services/vault/seals.hpp"

namespace nrm {
namespace {
// What may still be done when one of the two was erased: a suspicion must not stay open for ever.
enum class Erased : std::uint8_t { absent, counts };

bool may_know(const VaultRules& rules, const CaseId& subject, Erased erased) {
  const auto* dossier = rules.view.find<Dossier>(subject);
  if (dossier != nullptr && dossier->gone() && erased == Erased::counts)
    return !barred(*dossier, rules.actor());
  return rules.own(subject).has_value();
}

// The suspicion, for a case manager who may know of both cases. One of nobody does not exist.
Result<const DuplicatePair*> pair_for(const VaultRules& rules, const DuplicateId& id,
                                      Erased erased) {
  NRM_TRY(rules.only({Role::case_manager}));
  const auto* pair = rules.view.find<DuplicatePair>(id);
  if (pair == nullptr || pair->other.nil() || !is_appointed(rules.actor(), offices(rules.policy)) ||
      !may_know(rules, pair->subject, erased) || !may_know(rules, pair->other, erased))
    return Error(Code::not_found, "/duplicate", "there is no such suspicion");
  return pair;
}

// Both have been reported, so that identification has both; and somebody works on the one that is
// kept, else nobody would be awaited for the person any more.
Result<void> mergeable(const VaultRules& rules, const CaseId& kept, const CaseId& merged,
                       std::string where) {
  const auto* stays = rules.view.find<Dossier>(kept);
  const auto* goes = rules.view.find<Dossier>(merged);
  CHECK(stays != nullptr && goes != nullptr, "pair_for() found both");
  if (stays->status != DossierStatus::reported || goes->status != DossierStatus::reported)
    return Error(Code::not_in_state, "/duplicate", "one of the two has not been reported yet");
  if (!stays->closed.value_or(false)) return {};
  return Error(Code::not_in_state, std::move(where),
               "the case that is kept is closed: reopen it first, or keep the other one");
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
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate, Erased::absent));
  if (command.kept != pair->subject && command.kept != pair->other)
    return Error(Code::out_of_range, "/kept", "one of the two cases of this suspicion");
  if (pair->status != DuplicateStatus::open)
    return Error(Code::not_in_state, "/duplicate", "this suspicion is not open");
  const CaseId merged = command.kept == pair->subject ? pair->other : pair->subject;
  NRM_TRY(not_merged_away(*this, command.kept, "/kept"));
  NRM_TRY(not_merged_away(*this, merged, "/duplicate"));
  NRM_TRY(mergeable(*this, command.kept, merged, "/kept"));
  const Instant approve_by = due(ClockName::merge_approval);
  const StreamKey stream = duplicate_stream(command.duplicate);
  Decision out;
  out.emit(stream, MergeProposed{command.kept, merged, actor().account, approve_by});
  return out.set_clock(stream, ClockName::merge_approval, approve_by);
}

Result<Decision> VaultRules::on(const ApproveMerge& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate, Erased::absent));
  if (pair->status != DuplicateStatus::merge_proposed)
    return Error(Code::not_in_state, "/duplicate", "nobody proposes to merge these cases");
  if (pair->proposed_by == actor().account)
    return Error(Code::second_person_required, "", "who proposes a merge does not approve it");
  // Another proposal about one of them may have been approved since.
  NRM_TRY(not_merged_away(*this, pair->subject, "/duplicate"));
  NRM_TRY(not_merged_away(*this, pair->other, "/duplicate"));
  NRM_TRY(mergeable(*this, *pair->kept, other_of(*pair), "/duplicate"));
  const StreamKey stream = duplicate_stream(command.duplicate);
  Decision out;
  out.emit(stream, CasesMerged{*pair->kept, other_of(*pair), *pair->proposed_by, actor().account});
  return out.clear_clock(stream, ClockName::merge_approval);
}

Result<Decision> VaultRules::on(const DismissDuplicate& command) const {
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate, Erased::counts));
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
  NRM_TRY_ASSIGN(const DuplicatePair* pair, pair_for(*this, command.duplicate, Erased::counts));
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
