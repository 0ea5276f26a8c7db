// Who supports the person, whatever order three logs come in (services/vault/README.md,
// "Beginnings and ends"): every interleaving, for referral, assistance and closure each keep their
// own order and nobody else's.
#include <gtest/gtest.h>

#include "services/vault/access.hpp"
#include "services/vault/vault.hpp"
#include "tests/support/desk.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
const Instant start = *Instant::parse("2024-03-04T09:00:00.000Z");
const CaseId subject(derive(Uuid{{1}}, 1));
const OrganisationId haven(derive(Uuid{{1}}, 2)), clinic(derive(Uuid{{1}}, 3));

Event begins(const OrganisationId& organisation) {
  return ReferralAccepted{.subject = subject, .organisation = organisation};
}
Event ends(const OrganisationId& organisation) {
  return ServiceEnded{.organisation = organisation, .reason = ServiceEndReason::case_closed};
}
const Event closed = CaseClosed{}, reopened = CaseReopened{};

// What was heard so far, by plain counting.
struct Heard {
  std::map<OrganisationId, int> running;
  bool is_closed = false;

  void note(const Event& event) {
    if (const auto* began = get_if<ReferralAccepted>(&event)) ++running[began->organisation];
    if (const auto* ended = get_if<ServiceEnded>(&event)) --running[ended->organisation];
    if (holds<CaseClosed>(event)) is_closed = true;
    if (holds<CaseReopened>(event)) is_closed = false;
  }
  bool supports(const OrganisationId& organisation) const {
    const auto found = running.find(organisation);
    return !is_closed && found != running.end() && found->second > 0;
  }
};

using Log = std::vector<Event>;
struct History {
  std::array<Log, 3> logs;  // of referral, assistance and closure
  bool haven_at_the_end = false, clinic_at_the_end = false;
};

class SupportOrders : public ::testing::Test {
 protected:
  SupportOrders() : seen_(core_of<Vault>(), policy_of("uk")) {
    SealDossier seal{AgeBand::adult,
                     {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}},
                     {DataClass::identity},
                     Text<64>::parse(std::string(64, '0'))};
    const auto sealed =
        seen_.apply({.id = derive(Uuid{{2}}, 1),
                     .at = start,
                     .actor = Actor{AccountId(derive(Uuid{{2}}, 2)),
                                    OrganisationId(derive(Uuid{{2}}, 3)), Role::first_responder},
                     .what = Command(std::move(seal))});
    EXPECT_FALSE(sealed.rejection);
    if (!sealed.rejection) stream_ = sealed.decision.events.at(0).stream;
  }

  void hear(Desk& desk, const Event& event) const {
    Event told = event;
    StreamKey stream = stream_;
    if (auto* began = get_if<ReferralAccepted>(&told)) {
      began->subject = CaseId(stream_.id);
      stream = referral_stream(ReferralId(derive(Uuid{{3}}, 1)));
    }
    const Outcome outcome =
        desk.apply({.id = derive(Uuid{{4}}, 1),
                    .at = start,
                    .actor = std::nullopt,
                    .what = Received{.stream = stream, .event = std::move(told)}});
    EXPECT_FALSE(outcome.rejection);
    EXPECT_TRUE(desk.faults().empty()) << desk.faults().front();
  }

  bool supports(const Desk& desk, const OrganisationId& organisation) const {
    const auto* dossier = desk.find<Dossier>(stream_.id);
    return related(*dossier, CaseId(stream_.id),
                   {AccountId(derive(Uuid{{5}}, 1)), organisation, Role::service_provider}, nullptr,
                   Appointments{});
  }

  // Every way to go on from here; `desk` has heard what `heard` says.
  void go_on(const History& history, std::array<std::size_t, 3> at, const Desk& desk,
             const Heard& heard, const std::string& order) {
    bool over = true;
    for (std::size_t log = 0; log < at.size(); ++log) {
      if (at[log] == history.logs[log].size()) continue;
      over = false;
      const Event& event = history.logs[log][at[log]];
      const auto next = desk.copy();
      Heard knows = heard;
      hear(*next, event);
      knows.note(event);
      auto then = at;
      ++then[log];
      const std::string said = order + "RAC"[log];
      for (const OrganisationId& one : {haven, clinic})
        ASSERT_EQ(supports(*next, one), knows.supports(one)) << said;
      go_on(history, then, *next, knows, said);
      if (HasFatalFailure()) return;
    }
    if (!over) return;
    ++orders_;
    ASSERT_EQ(supports(desk, haven), history.haven_at_the_end) << order;
    ASSERT_EQ(supports(desk, clinic), history.clinic_at_the_end) << order;
  }

  std::size_t all_orders(const History& history) {
    orders_ = 0;
    go_on(history, {}, seen_, {}, "");
    return orders_;
  }

 private:
  Desk seen_;
  StreamKey stream_;
  std::size_t orders_ = 0;
};

TEST_F(SupportOrders, WhoHelpsAgainAfterReopeningSupportsThePerson) {
  EXPECT_EQ(all_orders({.logs = {Log{begins(haven), begins(haven)}, Log{ends(haven)},
                                 Log{closed, reopened}},
                        .haven_at_the_end = true}),
            30u);
}

TEST_F(SupportOrders, WhoseServicesEndedDoesNotStay) {
  EXPECT_EQ(all_orders({.logs = {Log{begins(haven), begins(haven)}, Log{ends(haven), ends(haven)},
                                 Log{closed, reopened}}}),
            90u);
}

TEST_F(SupportOrders, NobodySupportsThePersonOfAClosedCase) {
  EXPECT_EQ(all_orders({.logs = {Log{begins(haven), begins(clinic)}, Log{ends(haven)},
                                 Log{closed, reopened, closed}}}),
            60u);
}

TEST_F(SupportOrders, OneProviderIsNotTakenForAnother) {
  EXPECT_EQ(all_orders({.logs = {Log{begins(haven), begins(clinic), begins(haven)},
                                 Log{ends(clinic), ends(haven)}, Log{closed, reopened}},
                        .haven_at_the_end = true}),
            210u);
}

TEST_F(SupportOrders, TwoClosingsLeaveNothingOver) {
  EXPECT_EQ(
      all_orders({.logs = {Log{begins(haven), begins(haven), begins(haven)},
                           Log{ends(haven), ends(haven)}, Log{closed, reopened, closed, reopened}},
                  .haven_at_the_end = true}),
      1260u);
}
}  // namespace
}  // namespace nrm::test
