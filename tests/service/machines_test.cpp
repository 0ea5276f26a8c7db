// The state machines of every service but identification (identification_test.cpp), as its stories
// show them: nobody waits unseen, and the diagrams in the READMEs are what the code does.
#include <gtest/gtest.h>

#include "services/assistance/assistance.hpp"
#include "services/audit/audit.hpp"
#include "services/closure/closure.hpp"
#include "services/referral/referral.hpp"
#include "services/vault/vault.hpp"
#include "tests/support/machine.hpp"

namespace nrm::test {
namespace {
// Of those that have a value for "nothing yet".
template <class E>
std::vector<std::string_view> begun() {
  auto out = statuses_of<E>();
  std::erase(out, "none");
  return out;
}

TEST(Machines, OfReferral) {
  const Machine machines[] = {
      {.kind = StreamKind::referral,
       .statuses = statuses_of<ReferralStatus>(),
       .at_rest = {"completed", "cancelled", "failed", "revoked", "entered_in_error"},
       .aged = {"accepted", "in_progress"},        // assistance's clocks run
       .elsewhere = {"accepted", "in_progress"}},  // the provider's inbox
      {.kind = StreamKind::transnational,
       .statuses = statuses_of<TransnationalStatus>(),
       .at_rest = {"answered", "revoked"},
       .aged = {}}};
  expect_machines(core_of<Referrals>(), "referral", machines);
}

TEST(Machines, OfAssistance) {
  const Machine machines[] = {{.kind = StreamKind::case_,
                               .statuses = begun<SupportStatus>(),
                               .at_rest = {"ended"},
                               .aged = {}},
                              {.kind = StreamKind::child,
                               .statuses = begun<ChildStatus>(),
                               .at_rest = {"ended"},
                               .aged = {}},
                              {.kind = StreamKind::procedure,
                               .statuses = begun<ProcedureStatus>(),
                               .at_rest = {"ended"},
                               .aged = {}},
                              {.kind = StreamKind::alarm,
                               .statuses = begun<AlarmStatus>(),
                               .at_rest = {"ended"},
                               .aged = {}},
                              {.kind = StreamKind::incident,
                               .statuses = begun<IncidentStatus>(),
                               .at_rest = {"closed"},
                               .aged = {}},
                              {.kind = StreamKind::notice,
                               .statuses = begun<ChildNoticeStatus>(),
                               .at_rest = {"acknowledged", "dropped"},
                               .aged = {}},
                              {.kind = StreamKind::transition,
                               .statuses = begun<TransitionStatus>(),
                               .at_rest = {"ended"},
                               .aged = {}}};
  expect_machines(core_of<Assistance>(), "assistance", machines);
}

TEST(Machines, OfClosure) {
  const Machine machines[] = {{.kind = StreamKind::case_,
                               .statuses = begun<ClosureStatus>(),
                               .at_rest = {"erased"},
                               .aged = {"open"}},
                              {.kind = StreamKind::visit,
                               .statuses = begun<FollowUpStatus>(),
                               .at_rest = {"done", "refused", "dropped"},
                               .aged = {}}};
  expect_machines(core_of<Closure>(), "closure", machines);
}

TEST(Machines, OfTheVault) {
  const Machine machines[] = {
      {.kind = StreamKind::case_,
       .statuses = begun<DossierStatus>(),
       // What is sealed and never reported is nobody's work: its clock destroys it.
       .at_rest = {"sealed", "reported", "abandoned", "erased"},
       .aged = {}},
      {.kind = StreamKind::withdrawal,
       .statuses = statuses_of<WithdrawalStatus>(),
       .at_rest = {"acknowledged"},
       .aged = {"overdue"}},
      {.kind = StreamKind::emergency,
       .statuses = statuses_of<ReviewStatus>(),
       .at_rest = {"reviewed"},
       .aged = {"overdue"}},
      {.kind = StreamKind::proposal,
       .statuses = statuses_of<ProposalStatus>(),
       .at_rest = {"used", "lapsed"},
       .aged = {},
       .elsewhere = {"approved"}},  // who proposed it uses it, or it lapses
      {.kind = StreamKind::duplicate,
       .statuses = statuses_of<DuplicateStatus>(),
       .at_rest = {"merged", "dismissed"},
       .aged = {"open"},
       .elsewhere = {"open", "merge_proposed"}}};  // queues `duplicates`, `merge_approval`
  expect_machines(core_of<Vault>(), "vault", machines);
}

TEST(Machines, OfAudit) {
  const Machine machines[] = {
      {.kind = StreamKind::publication,
       .statuses = statuses_of<PublicationStatus>(),
       .at_rest = {"published", "revised", "refused", "lapsed"},
       .aged = {}},
      {.kind = StreamKind::complaint,
       .statuses = statuses_of<ComplaintStatus>(),
       .at_rest = {"satisfied", "settled", "concluded", "withdrawn", "inadmissible"},
       .aged = {}},
      {.kind = StreamKind::warning,
       .statuses = statuses_of<WarningStatus>(),
       .at_rest = {"acknowledged"},
       .aged = {}}};
  expect_machines(core_of<Audit>(), "audit", machines);
}
}  // namespace
}  // namespace nrm::test
