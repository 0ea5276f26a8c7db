// How the states of seals.hpp follow from events, and their rows.
#include <algorithm>

#include "services/vault/vault.hpp"

namespace nrm {
void Vault::evolve(OrganisationKeyFile& state, const Event& event) {
  if (const auto* registered = get_if<OrganisationKeyRegistered>(&event)) {
    state.organisation = registered->organisation;
    state.fingerprint = registered->fingerprint;
    state.replaces = registered->replaces;
  } else if (const auto* approved = get_if<OrganisationKeyApproved>(&event)) {
    state.approvals.push_back(approved->by);
    if (approved->in_force) state.status = KeyStatus::approved;
  } else if (const auto* revoked = get_if<OrganisationKeyRevoked>(&event)) {
    state.status = KeyStatus::revoked;
    state.revocation = revoked->reason;
  }
}

void Vault::evolve(SealedItem& state, const Event& event) {
  if (const auto* stored = get_if<SealedItemStored>(&event)) {
    state = {stored->subject,
             stored->class_,
             stored->version,
             stored->organisation,
             stored->copies,
             {},
             {}};
  } else if (const auto* requested = get_if<SealedItemRequested>(&event)) {
    // What ran out before this request, and an earlier one of the same account.
    std::erase_if(state.pending, [&](const PendingReading& one) {
      return one.by.account == requested->by.account ||
             one.until < requested->until - two_people_window;
    });
    state.pending.push_back({requested->by, requested->until, std::nullopt});
  } else if (const auto* approved = get_if<SealedItemApproved>(&event)) {
    for (PendingReading& one : state.pending)
      if (one.by.account == approved->requested_by) one.approved_by = approved->by.account;
  } else if (const auto* opened = get_if<SealedItemOpened>(&event)) {
    std::erase_if(state.pending,
                  [&](const PendingReading& one) { return one.by.account == opened->by.account; });
    if (opened->recipient) state.recipients.push_back(*opened->recipient);
  }
}

void Vault::evolve(DuplicatePair& state, const Event& event) {
  if (const auto* suspected = get_if<DuplicateSuspected>(&event)) {
    state.subject = suspected->subject;
    state.other = suspected->other;
  } else if (const auto* proposed = get_if<MergeProposed>(&event)) {
    state.status = DuplicateStatus::merge_proposed;
    state.kept = proposed->kept;
    state.proposed_by = proposed->by;
  } else if (holds<CasesMerged>(event)) {
    state.status = DuplicateStatus::merged;
  } else if (holds<DuplicateDismissed>(event)) {
    state.status = DuplicateStatus::dismissed;
  } else if (holds<MergeProposalLapsed>(event) || holds<MergeReversed>(event)) {
    state.status = DuplicateStatus::open;
    state.kept.reset();
    state.proposed_by.reset();
  }
}

void Vault::rows(const StreamKey& stream, const OrganisationKeyFile& state, Rows& out) {
  out.put("key_fingerprint/" + state.fingerprint.text(), stream.id.text());
  if (state.status == KeyStatus::approved)
    out.put("key_in_force/" + state.organisation.text() + '/' + stream.id.text());
}

void Vault::rows(const StreamKey& stream, const SealedItem& state, Rows& out) {
  out.put("sealed_item/" + state.subject.text() + '/' + std::string(to_text(state.class_)) + '/' +
          state.sender.text() + '/' + stream.id.text());
  for (const OrganisationId& one : state.recipients)
    out.put("sealed_recipient/" + state.subject.text() + '/' + one.text());
}

// merged/<case>/<duplicate>: the case went into another one, and has not come back.
void Vault::rows(const StreamKey& stream, const DuplicatePair& state, Rows& out) {
  if (state.status != DuplicateStatus::merged || !state.kept) return;
  const CaseId& away = *state.kept == state.subject ? state.other : state.subject;
  out.put("merged/" + away.text() + '/' + stream.id.text());
}
}  // namespace nrm
