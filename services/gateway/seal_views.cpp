// Views of organisations' keys, of items sealed to them and of suspected duplicates.
#include <algorithm>

#include "services/gateway/views.hpp"

namespace nrm::gateway {
void Views::evolve(KeyView& view, const Event& event) {
  if (const auto* registered = get_if<OrganisationKeyRegistered>(&event)) {
    view.organisation = registered->organisation;
    view.box_key = registered->box_key;
    view.sign_key = registered->sign_key;
    view.fingerprint = registered->fingerprint;
    view.proof = registered->proof;
    view.replaces = registered->replaces;
  } else if (const auto* approved = get_if<OrganisationKeyApproved>(&event)) {
    view.approved_by.push_back(approved->by.role);
    if (approved->in_force) view.status = KeyStatus::approved;
  } else if (const auto* revoked = get_if<OrganisationKeyRevoked>(&event)) {
    view.status = KeyStatus::revoked;
    view.revocation = revoked->reason;
  } else if (holds<KeyAnomalyNoticed>(event)) {
    ++view.anomalies;
  }
}

void Views::evolve(SealedItemView& view, const Event& event, Instant at) {
  const auto forget = [&](const AccountId& account) {
    std::erase_if(view.waiting, [&](const WaitingReader& one) {
      return one.account == account || one.until < at;
    });
  };
  if (const auto* stored = get_if<SealedItemStored>(&event)) {
    view = {stored->subject,
            stored->class_,
            stored->version,
            stored->organisation,
            at,
            stored->copies,
            {},
            {}};
  } else if (const auto* requested = get_if<SealedItemRequested>(&event)) {
    forget(requested->by.account);
    view.waiting.push_back(
        {requested->by.account, requested->by.organisation, requested->until, false});
  } else if (const auto* approved = get_if<SealedItemApproved>(&event)) {
    for (WaitingReader& one : view.waiting) one.approved |= one.account == approved->requested_by;
  } else if (const auto* opened = get_if<SealedItemOpened>(&event)) {
    forget(opened->by.account);
    const OrganisationId& reader = opened->by.organisation;
    auto known = std::ranges::find(view.readers, reader, &ItemReader::organisation);
    if (known == view.readers.end()) known = view.readers.insert(known, ItemReader());
    *known = {reader, at, opened->by.role, opened->purpose};
  }
}

void Views::evolve(DuplicateView& view, const Event& event, Instant at) {
  if (const auto* suspected = get_if<DuplicateSuspected>(&event))
    view = {.subject = suspected->subject,
            .other = suspected->other,
            .grounds = suspected->grounds,
            .since = at};
  const auto proposal = [&](DuplicateStatus status, std::optional<CaseId> kept,
                            std::optional<AccountId> by, std::optional<Instant> until) {
    view.status = status;
    view.kept = kept;
    view.proposed_by = by;
    view.approve_by = until;
  };
  if (const auto* proposed = get_if<MergeProposed>(&event))
    proposal(DuplicateStatus::merge_proposed, proposed->kept, proposed->by, proposed->approve_by);
  else if (holds<MergeProposalLapsed>(event) || holds<MergeReversed>(event))
    proposal(DuplicateStatus::open, {}, {}, {});
  else if (holds<DuplicateDismissed>(event))
    proposal(DuplicateStatus::dismissed, {}, {}, {});
  else if (const auto* merged = get_if<CasesMerged>(&event))
    proposal(DuplicateStatus::merged, merged->kept, merged->proposed_by, {});
}

void Views::rows(const StreamKey& stream, const KeyView& view, Rows& out) {
  out.put(row_key({"organisation_key", view.organisation.text(), stream.id.text()}));
}

void Views::rows(const StreamKey& stream, const SealedItemView& view, Rows& out) {
  std::vector<OrganisationId> readers{view.sender};
  for (const SealedCopy& copy : view.copies)
    if (std::ranges::find(readers, copy.organisation) == readers.end())
      readers.push_back(copy.organisation);
  for (const OrganisationId& reader : readers)
    out.put(row_key({"sealed_item", reader.text(), view.subject.text(), stream.id.text()}));
  for (const ItemReader& one : view.readers)
    out.put(
        row_key({"sealed_reader", view.subject.text(), one.organisation.text(), stream.id.text()}),
        row_key({to_text(view.class_), one.at.text(), to_text(one.role), to_text(one.purpose)}));
}

// A look that found nobody has a row, too, in a list that nobody reads: the same work.
void Views::rows(const StreamKey& stream, const DuplicateView& view, Rows& out) {
  std::string_view queue = "duplicates";
  if (view.other.nil())
    queue = "no_duplicate";
  else if (view.status == DuplicateStatus::merge_proposed)
    queue = "merge_approval";
  else if (view.status == DuplicateStatus::merged)
    queue = "merged";
  else if (view.status == DuplicateStatus::dismissed)
    return;
  const Instant when =
      view.status == DuplicateStatus::merge_proposed ? *view.approve_by : view.since;
  out.put(row_key({"queue", queue, when.text(), stream.id.text()}));
}
}  // namespace nrm::gateway
