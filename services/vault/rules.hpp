// The rules of the vault: one function per command. decide() makes one of these for one input and
// asks it; nothing outlives the call.
//
// ERRORS: a rejection names the first fault in the order of base/codes.hpp. Who has nothing to do
// with a case, or is barred from it, is told not_found, as if it did not exist.
#pragma once
#include <initializer_list>

#include "common/step/desk.hpp"
#include "services/vault/access.hpp"

namespace nrm {
struct VaultRules : Desk {
  // Organisations and accounts (decide_accounts.cpp).
  Result<Decision> on(const RegisterOrganisation& command) const;
  Result<Decision> on(const IssueAccount& command) const;
  Result<Decision> on(const RevokeAccount& command) const;
  Result<Decision> on(const EnrolSubject& command) const;
  Result<Decision> on(const OpenSession& command) const;
  Result<Decision> on(const EndSession& command) const;
  Result<Decision> on(const ChangePassword& command) const;
  Result<Decision> on(const NoteAnomaly& command) const;
  Result<Decision> on(const ReviewAnomaly& command) const;

  // Dossiers, consents and their withdrawal (decide_dossiers.cpp).
  Result<Decision> on(const SealDossier& command) const;
  Result<Decision> on(const RecordConsent& command) const;
  Result<Decision> on(const AcknowledgeWithdrawal& command) const;

  // Who may come near a case (decide_relations.cpp).
  Result<Decision> on(const AppointGuardian& command) const;
  Result<Decision> on(const EndGuardianship& command) const;
  Result<Decision> on(const DeclareConflict& command) const;
  Result<Decision> on(const DenyAccess& command) const;
  Result<Decision> on(const LiftDenial& command) const;

  // Openings, with one person, two, or behind broken glass (decide_openings.cpp).
  Result<Decision> on(const OpenDossier& command) const;
  Result<Decision> on(const ProposeOpening& command) const;
  Result<Decision> on(const ApproveOpening& command) const;
  Result<Decision> on(const BreakGlass& command) const;
  Result<Decision> on(const ReviewEmergency& command) const;

  // Erasure and the epochs of keys (decide_erasure.cpp).
  Result<Decision> on(const EraseCase& command) const;
  Result<Decision> on(const ConfirmErasure& command) const;
  Result<Decision> on(const CancelErasure& command) const;
  Decision ordered(const StreamKey& stream) const;   // by closure (ErasureOrdered)
  Decision reopened(const StreamKey& stream) const;  // the case is: its data is needed again
  // The first dossier of an installation begins epoch 1.
  void begin_first_epoch(Decision& decision) const;
  Decision erasure_due(const Due& over) const;  // the clocks of erasures and of epochs

  // Organisations' keys (decide_keys.cpp), and what clients seal to them (decide_items.cpp).
  Result<Decision> on(const RegisterOrganisationKey& command) const;
  Result<Decision> on(const ApproveOrganisationKey& command) const;
  Result<Decision> on(const RevokeOrganisationKey& command) const;
  Result<Decision> on(const StoreSealedItem& command) const;
  Result<Decision> on(const RequestSealedItem& command) const;
  Result<Decision> on(const ApproveSealedItem& command) const;
  Result<Decision> on(const OpenSealedItem& command) const;

  // Suspicions that two cases are about one person (decide_duplicates.cpp).
  Result<Decision> on(const ProposeMerge& command) const;
  Result<Decision> on(const ApproveMerge& command) const;
  Result<Decision> on(const DismissDuplicate& command) const;
  Result<Decision> on(const ReverseMerge& command) const;
  Decision merge_due(const Due& over) const;

  // Parts of several decisions (decide.cpp).
  Result<void> only(std::initializer_list<Role> roles) const;
  const Actor& actor() const { return *input.actor; }  // REQUIRES: only() was asked
  // The dossier, if it is there for the actor. ERRORS: not_found.
  Result<const Dossier*> present(const CaseId& subject) const;  // not barred
  Result<const Dossier*> own(const CaseId& subject) const;      // and related

  // Parts of every opening, of fields or of a sealed item (decide_openings.cpp).
  // Whether nothing of this case was opened to the actor's organisation before: from now on it
  // is told of withdrawals. ERRORS: not_in_state when there is no room for one more.
  Result<bool> first_opening(const CaseId& subject, const Dossier& dossier) const;
  // One more opening by this account and its organisation; an account that comes near its limit
  // is noted, once an hour. ERRORS: quota_exceeded.
  Result<void> count_opening(const CaseId& subject, Decision& out) const;
};

// The organisations that a withdrawal must reach: each opened something of the case, sealed items
// too, or had a service. At most limits::recipients_per_case_max, each once.
std::vector<OrganisationId> recipients_of(const View& view, const CaseId& subject,
                                          const Dossier& dossier);

Error nothing_here();
// The service providers, first responders and offices: everybody who works on cases.
inline constexpr std::initializer_list<Role> case_workers = {
    Role::first_responder, Role::case_manager, Role::competent_authority, Role::service_provider};
}  // namespace nrm
