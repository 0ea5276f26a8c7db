// Complaints, feedback and early warnings as clients see them: who sees a complaint and its queue,
// when feedback may be given, which warnings wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class OversightTest : public testing::Test {
 protected:
  OversightTest() {
    for (const OrganisationId& one : {house, force, world.offices.case_management,
                                      world.offices.competent_authority, *world.offices.overseer})
      world.publish(Service::vault, {{organisation_stream(one), OrganisationRegistered{}}});
    world.report(subject, force);
  }
  ComplaintId received(const OrganisationId& about, Actor by) {
    const ComplaintId id(world.id());
    ComplaintReceived event;
    event.by = by;
    event.about = about;
    event.matter = ComplaintMatter::delay;
    event.subject = subject;
    event.assign_by = world.clock.now() + days(7);
    world.publish(Service::audit, {{complaint_stream(id), event}});
    return id;
  }
  void then(const ComplaintId& id, Event event) {
    world.publish(Service::audit, {{complaint_stream(id), std::move(event)}});
  }
  std::vector<std::string> listed(const std::string& token) {
    return items_of(world.get("/v1/complaints", token), "complaint");
  }
  std::size_t queued(const std::string& queue, const std::string& token) {
    return items_of(world.get("/v1/queues/" + queue, token), "when").size();
  }

  World world;
  const OrganisationId house{world.id()}, force{world.id()}, elsewhere{world.id()};
  const CaseId subject{world.id()};
  const std::string responder = world.account(Role::first_responder, force),
                    provider = world.account(Role::service_provider, house),
                    manager = world.account(Role::case_manager, world.offices.case_management),
                    authority =
                        world.account(Role::competent_authority, world.offices.competent_authority),
                    overseer = world.account(Role::auditor, *world.offices.overseer),
                    auditor = world.account(Role::auditor, elsewhere),
                    outsider = world.account(Role::case_manager, elsewhere);
};

TEST_F(OversightTest, AComplaintIsForWhoComplainedAndWhoHandlesIt) {
  const auto id = received(house, {AccountId(world.id()), force, Role::first_responder});
  const std::string path = "/v1/complaints/" + id.text();
  for (const std::string& token : {responder, manager, authority, overseer, auditor}) {
    EXPECT_THAT(listed(token), ElementsAre(id.text()));
    EXPECT_EQ(world.get(path, token).status, 200);
  }
  for (const std::string& token : {provider, outsider}) {
    EXPECT_THAT(listed(token), IsEmpty());
    EXPECT_EQ(world.get(path, token).status, 404);
  }
  // Counted as every list is.
  const Actor by{world.gateway->authentication().caller({"Bearer " + manager, nullptr})->actor};
  EXPECT_TRUE(world.gateway->listing().take(by, 999, world.clock.now()).allowed);
  EXPECT_EQ(code_of(world.get("/v1/complaints", manager)), "quota_exceeded");
  world.clock.advance(hours(1));
  // The case is named to who may see it: the offices and who reported, not the auditors.
  EXPECT_THAT(world.get(path, manager).body, HasSubstr(subject.text()));
  EXPECT_THAT(world.get(path, overseer).body, Not(HasSubstr(subject.text())));
}

TEST_F(OversightTest, WhoComplainedAsAPersonIsNotNamed) {
  const Actor person{AccountId(world.id()), elsewhere, Role::person};
  const auto id = received(house, person);
  const auto body = world.get("/v1/complaints/" + id.text(), manager).body;
  EXPECT_THAT(body, HasSubstr("\"by\":\"person\""));
  EXPECT_THAT(body, Not(HasSubstr(person.account.text())));
  EXPECT_THAT(body, Not(HasSubstr(elsewhere.text())));
}

TEST_F(OversightTest, ItWaitsInTheQueueOfItsClockUntilItHasEnded) {
  const auto id = received(house, {AccountId(world.id()), force, Role::first_responder});
  EXPECT_EQ(queued("complaint_registration", manager), 1u);
  EXPECT_EQ(queued("complaint_registration", auditor), 1u);
  EXPECT_EQ(world.get("/v1/queues/complaint_registration", outsider).status, 403);
  EXPECT_EQ(world.get("/v1/queues/complaint_registration", responder).status, 403);
  then(id, ComplaintRecorded{});
  EXPECT_EQ(queued("complaint_registration", manager), 1u);
  then(id, ComplaintAssigned{.by = {},
                             .to = world.offices.competent_authority,
                             .answer_by = world.clock.now() + days(20)});
  EXPECT_EQ(queued("complaint_registration", manager), 0u);
  EXPECT_EQ(queued("complaint_answer", authority), 1u);
  then(id, ComplaintAnswered{.by = {},
                             .finding = ComplaintFinding::not_upheld,
                             .remedy = {},
                             .respond_by = world.clock.now() + days(30)});
  EXPECT_EQ(queued("complaint_response", authority), 1u);
  then(id, ComplaintEscalated{.by = {},
                              .cause = ComplaintEscalation::not_satisfied,
                              .to = world.offices.overseer,
                              .conclude_by = world.clock.now() + days(90)});
  EXPECT_EQ(queued("complaint_conclusion", overseer), 1u);
  EXPECT_EQ(world.get("/v1/queues/complaint_conclusion", manager).status, 403);
  then(id, ComplaintOverdue{ComplaintDuty::conclusion});
  EXPECT_THAT(world.get("/v1/queues/complaint_conclusion", overseer).body,
              HasSubstr("\"overdue\":true"));
  then(id, ComplaintConcluded{.by = {}, .finding = ComplaintFinding::upheld, .remedy = {}});
  EXPECT_EQ(queued("complaint_conclusion", overseer), 0u);
  EXPECT_THAT(world.get("/v1/complaints/" + id.text(), responder).body,
              HasSubstr("\"finding\":\"upheld\""));
}

TEST_F(OversightTest, OfAnOfficeItIsInNoQueueOfThatOffice) {
  received(world.offices.case_management, {AccountId(world.id()), force, Role::first_responder});
  EXPECT_EQ(queued("complaint_registration", manager), 0u);
  EXPECT_EQ(queued("complaint_registration", authority), 1u);
  EXPECT_THAT(listed(manager), IsEmpty());
}

TEST_F(OversightTest, AComplaintNamesARegisteredBodyAndACaseOfOnesOwn) {
  world.says = [&](const Question&) -> Said {
    return std::vector<Emit>{{complaint_stream(world.id()), ComplaintReceived{}}};
  };
  const auto say = [&](const std::string& about, const std::string& more) {
    return world.post(
        "/v1/complaints", responder, R"({"about":")" + about + R"(","matter":"delay")" + more + "}",
        {{"Idempotency-Key", world.id().text()}, {"Content-Type", "application/json"}});
  };
  EXPECT_THAT(errors_of(say(world.id().text(), "")), ElementsAre("/about out_of_range"));
  EXPECT_THAT(errors_of(say(house.text(), R"(,"subject":")" + world.id().text() + '"')),
              ElementsAre("/subject out_of_range"));
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_EQ(say(house.text(), R"(,"subject":")" + subject.text() + '"').status, 201);
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].type, SubmitComplaint::type);
}

TEST_F(OversightTest, FeedbackWaitsUntilSupportHasEnded) {
  world.says = [](const Question&) -> Said { return std::vector<Emit>(); };
  const std::string path = "/v1/cases/" + subject.text() + "/feedback";
  const std::string body = R"({"answers":[{"question":"safety","rating":"good"}]})";
  const auto early = world.post(path, manager, body);
  EXPECT_EQ(early.status, 409) << early.body;
  EXPECT_EQ(code_of(early), "not_in_state");
  EXPECT_THAT(world.asked, IsEmpty());
  world.publish(Service::assistance, {{case_stream(subject), SupportOpened{}}});
  EXPECT_EQ(world.post(path, manager, body).status, 409);
  world.publish(Service::assistance, {{case_stream(subject), SupportEnded{}}});
  EXPECT_EQ(world.post(path, manager, body).status, 200);
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].type, GiveFeedback::type);
  // A version of the case says nothing to the audit, which decides; some clients always send one.
  for (const char* tag : {"\"0.0.0.0.0\"", "\"1.1.1.1.0\"", "\"1\"", "x"})
    EXPECT_EQ(code_of(world.post(path, manager, body, {{"if-match", tag}})), "bad_request") << tag;
  EXPECT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.post(path, provider, body).status, 403) << "never the house itself";
}

TEST_F(OversightTest, AWarningWaitsUntilSomebodySaysWhatIsDone) {
  const WarningId id(world.id());
  const auto say = [&](Event event) {
    world.publish(Service::audit, {{warning_stream(id), std::move(event)}});
  };
  WarningRaised raised;
  raised.kind = WarningKind::reports_dropped;
  raised.organisation = force;
  raised.observed = 1;
  raised.expected = 4;
  raised.acknowledge_by = world.clock.now() + days(7);
  say(raised);
  for (const std::string& token : {authority, auditor, overseer}) {
    EXPECT_EQ(items_of(world.get("/v1/warnings", token), "warning").size(), 1u);
    EXPECT_EQ(queued("early_warning", token), 1u);
  }
  EXPECT_EQ(world.get("/v1/warnings", manager).status, 403);
  EXPECT_EQ(world.get("/v1/queues/early_warning", manager).status, 403);
  say(WarningOverdue{world.clock.now() + days(14)});
  EXPECT_THAT(world.get("/v1/queues/early_warning", auditor).body, HasSubstr("\"overdue\":true"));
  say(WarningAcknowledged{{}, WarningResponse::explained});
  EXPECT_EQ(queued("early_warning", auditor), 0u);
  EXPECT_THAT(world.get("/v1/warnings", auditor).body, HasSubstr("\"response\":\"explained\""));
}
}  // namespace
}  // namespace nrm::gateway::test
