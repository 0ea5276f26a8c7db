// What each role reads, and what it does not.
#include <gtest/gtest.h>

#include "common/http/event_stream.hpp"
#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class ReadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.publish(
        Service::vault,
        {{case_stream(subject), DossierSealed{.consents = {{ConsentPurpose::support, true}}}}},
        Actor{AccountId(world.id()), police, Role::first_responder});
    world.report(subject, police);
    world.publish(Service::referral, {{referral_stream(referral),
                                       ReferralRequested{.subject = subject,
                                                         .service = ServiceType::medical,
                                                         .profile = {.urgency = Urgency::urgent}}},
                                      {referral_stream(referral), offered(shelter)}});
  }
  ReferralOffered offered(const OrganisationId& organisation) {
    return {.subject = subject,
            .provider = ProviderId(Uuid{{7}}),
            .organisation = organisation,
            .service = ServiceType::medical,
            .profile = {.urgency = Urgency::urgent},
            .answer_by = world.clock.now() + hours(24),
            .candidates = 3,
            .attempt = 1};
  }
  void accept() {
    world.publish(Service::referral,
                  {{referral_stream(referral), ReferralAccepted{.subject = subject}}});
  }
  std::string case_path(std::string_view rest = "") {
    return "/v1/cases/" + subject.text() + rest.data();
  }

  World world;
  const CaseId subject{world.id()};
  const ReferralId referral{world.id()};
  const OrganisationId police{world.id()}, other_police{world.id()}, shelter{world.id()};
  const std::string reporter = world.account(Role::first_responder, police);
  const std::string other_reporter = world.account(Role::first_responder, other_police);
  const std::string provider = world.account(Role::service_provider, shelter);
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string authority =
      world.account(Role::competent_authority, world.offices.competent_authority);
  const std::string operators = world.account(Role::operator_, OrganisationId(world.id()));
};

TEST_F(ReadsTest, ACaseIsSeenByWhomItConcerns) {
  for (const std::string& token : {reporter, manager, authority, operators})
    EXPECT_EQ(world.get(case_path(), token).status, 200);
  const auto hidden = world.get(case_path(), other_reporter);
  EXPECT_EQ(hidden.status, 404);
  // Absent and forbidden look the same.
  EXPECT_EQ(hidden.body, world.get("/v1/cases/" + world.id().text(), other_reporter).body);
  const std::string elsewhere = world.account(Role::case_manager, OrganisationId(world.id()));
  EXPECT_EQ(world.get(case_path(), elsewhere).status, 404);
}

TEST_F(ReadsTest, AProviderSeesACaseWhileItsReferralIsInForce) {
  EXPECT_EQ(world.get(case_path(), provider).status, 404);  // an offer alone is not enough
  accept();
  const auto response = world.get(case_path(), provider);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(member_of(response, "reporter"), "");
  EXPECT_EQ(member_of(response, "facts"), "");
  world.publish(Service::referral,
                {{referral_stream(referral), ReferralCompleted{.subject = subject}}});
  EXPECT_EQ(world.get(case_path(), provider).status, 404);
}

TEST_F(ReadsTest, EachRoleGetsItsMembers) {
  const auto full = world.get(case_path(), authority);
  EXPECT_EQ(member_of(full, "identification_status"), "reported");
  EXPECT_EQ(member_of(full, "due"), "2024-03-09T09:00:00.000Z");
  EXPECT_EQ(member_of(full, "facts/gender"), "female");
  EXPECT_EQ(member_of(full, "reporter"), police.text());
  EXPECT_EQ(member_of(world.get(case_path(), operators), "facts"), "");
  EXPECT_EQ(member_of(world.get(case_path(), operators), "consents"), "");
  EXPECT_EQ(member_of(world.get(case_path(), reporter), "facts/gender"), "female");
}

TEST_F(ReadsTest, TagsAreVersionsOfTheServices) {
  EXPECT_EQ(header_of(world.get(case_path(), manager), "ETag"), "\"1.1.0.0.0\"");
  const auto same = world.get(case_path(), manager, {{"if-none-match", "\"1.1.0.0.0\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  world.publish(Service::identification, {{case_stream(subject), FirstStageOverdue{}}});
  EXPECT_EQ(header_of(world.get(case_path(), manager), "ETag"), "\"1.2.0.0.0\"");
  const auto one = world.get("/v1/referrals/" + referral.text(), manager);
  EXPECT_EQ(header_of(one, "ETag"), "\"2\"");
}

// More urgent since a consent was overridden: list and news say the same.
TEST_F(ReadsTest, AnOfferIsAsUrgentAsItIsNow) {
  ReferralOffered again = offered(shelter);
  again.profile.urgency = Urgency::emergency;
  world.publish(Service::referral, {{referral_stream(referral), again}});
  const auto inbox = world.get("/v1/inbox", provider);
  EXPECT_NE(inbox.body.find(R"("urgency":"emergency","profile")"), inbox.body.npos) << inbox.body;
}

// An overridden consent is looked at while something rests on it.
TEST_F(ReadsTest, TheQueueOfOverriddenConsentsEmpties) {
  const auto queued = [&] {
    const auto queue = world.get("/v1/queues/consent_override", manager);
    EXPECT_EQ(queue.status, 200) << queue.body;
    return queue.body.find(referral.text()) != queue.body.npos;
  };
  world.publish(Service::referral,
                {{referral_stream(referral),
                  ReferralConsentOverridden{.subject = subject, .until = world.clock.now()}}});
  EXPECT_TRUE(queued());
  accept();
  world.publish(Service::referral,
                {{referral_stream(referral), ReferralCompleted{.subject = subject}}});
  EXPECT_FALSE(queued());
}

// Neither what is on a page nor that there is another tells of a case that is barred.
TEST_F(ReadsTest, AnInboxDoesNotPageThroughWhatIsBarred) {
  const CaseId other(world.id());
  const ReferralId more(world.id());
  ReferralOffered offer = offered(shelter);
  offer.subject = other;
  offer.answer_by = world.clock.now() + hours(48);  // behind the barred one
  world.publish(Service::referral,
                {{referral_stream(more),
                  ReferralRequested{.subject = other, .service = ServiceType::medical}},
                 {referral_stream(more), offer}});
  world.publish(Service::vault, {{case_stream(subject), AccessDenied{.organisation = shelter}}});
  const auto page = world.get("/v1/inbox?limit=1", provider);
  EXPECT_NE(page.body.find(more.text()), page.body.npos) << page.body;
  EXPECT_EQ(page.body.find(subject.text()), page.body.npos);
  EXPECT_EQ(member_of(page, "next"), "");
}

// When a shelter has met the person, who decides is not told by a number either; but what changes
// for it changes the tag.
TEST_F(ReadsTest, TagsBehindTheFirewallTellWhatIsShown) {
  const auto tag = [&] { return header_of(world.get(case_path(), authority), "ETag"); };
  const std::string before = tag();
  EXPECT_TRUE(before.starts_with("\"1.1.0.0.")) << before;
  world.publish(Service::assistance, {{case_stream(subject), SupportOpened{}}});
  const std::string opened = tag();
  EXPECT_NE(opened, before);
  EXPECT_EQ(world.get(case_path(), authority, {{"if-none-match", opened}}).status, 304);
  world.publish(Service::assistance, {{case_stream(subject), PlanAgreed{}}});
  world.publish(Service::assistance, {{case_stream(subject), ContactRecorded{}}});
  EXPECT_EQ(tag(), opened);
  const auto shown = world.get(case_path(), authority);
  EXPECT_EQ(member_of(shown, "support_status"), "opened");
  EXPECT_EQ(member_of(shown, "support_due"), "");
  EXPECT_EQ(member_of(world.get(case_path(), manager), "support_status"), "plan_agreed");
}

TEST_F(ReadsTest, TimelinesTellInOrderWhatARoleMayKnow) {
  accept();
  world.clock.advance(hours(1));
  world.publish(
      Service::identification,
      {{case_stream(subject), FirstStageDecided{.outcome = Outcome::positive}}},
      Actor{AccountId(world.id()), world.offices.competent_authority, Role::competent_authority});
  const auto types = [&](const std::string& token) {
    return items_of(world.get(case_path("/timeline"), token), "type");
  };
  EXPECT_EQ(types(authority).size(), 6u);
  EXPECT_EQ(types(authority).back(), FirstStageDecided::type);
  EXPECT_EQ(types(reporter), (std::vector<std::string>{std::string(ReportReceived::type),
                                                       std::string(FirstStageDecided::type)}));
  const auto own = types(provider);
  EXPECT_EQ(own, (std::vector<std::string>{std::string(ReferralOffered::type),
                                           std::string(ReferralAccepted::type)}));
  EXPECT_EQ(world.get(case_path("/timeline"), other_reporter).status, 404);
  const auto last = world.get(case_path("/timeline"), operators);
  EXPECT_EQ(last.body.find("\"data\""), std::string::npos);
  EXPECT_EQ(items_of(last, "role").back(), "competent_authority");
}

TEST_F(ReadsTest, CaseLists) {
  for (const std::string query :
       {"", "?status=reported", "?queue=first_stage", "?reference=4FJ2K-7QX0M-9"}) {
    const auto response = world.get("/v1/cases" + query, authority);
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(response.body.find(subject.text()), std::string::npos) << query;
  }
  EXPECT_EQ(items_of(world.get("/v1/cases", reporter), "case").size(), 1u);
  EXPECT_TRUE(items_of(world.get("/v1/cases", other_reporter), "case").empty());
  EXPECT_TRUE(
      items_of(world.get("/v1/cases?reference=4FJ2K-7QX0M-9", other_reporter), "case").empty());
  EXPECT_TRUE(items_of(world.get("/v1/cases?status=confirmed", authority), "case").empty());
  EXPECT_EQ(world.get("/v1/cases?status=nonsense", authority).status, 422);
  EXPECT_EQ(world.get("/v1/cases?status=reported&queue=plan", authority).status, 400);
  EXPECT_EQ(world.get("/v1/cases?status=reported", reporter).status, 400);
}

TEST_F(ReadsTest, QueuesAreForTheirRolesAndSayWhatIsOverdue) {
  const auto queue = [&](std::string_view name, const std::string& token) {
    return world.get("/v1/queues/" + std::string(name), token);
  };
  EXPECT_EQ(queue("first_stage", manager).status, 403);
  EXPECT_EQ(queue("nonsense", manager).status, 404);
  EXPECT_NE(queue("first_stage", authority).body.find(R"("overdue":false,"case":)"),
            std::string::npos);
  world.clock.advance(days(6));
  EXPECT_NE(queue("first_stage", authority).body.find(R"("overdue":true,"case":)"),
            std::string::npos);
  world.publish(Service::referral,
                {{referral_stream(referral), ReferralExpired{}},
                 {referral_stream(referral), ReferralEscalated{.subject = subject}}});
  const auto escalated = queue("escalated", manager);
  EXPECT_NE(escalated.body.find(referral.text()), std::string::npos);
}

TEST_F(ReadsTest, PagesAreLinked) {
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(hours(1));
    world.publish(Service::identification,
                  {{case_stream(world.id()),
                    ReportReceived{.reference = *Text<16>::parse("R" + std::to_string(i)),
                                   .decide_by = world.clock.now()}}});
  }
  const auto first = world.get("/v1/cases?limit=3", authority);
  EXPECT_EQ(items_of(first, "case").size(), 3u);
  const std::string link = header_of(first, "Link");
  ASSERT_TRUE(link.ends_with(">; rel=\"next\"")) << link;
  const auto second = world.get(link.substr(1, link.find('>') - 1), authority);
  EXPECT_EQ(items_of(second, "case"), std::vector<std::string>{subject.text()});
  EXPECT_EQ(header_of(second, "Link"), "");
  // A cursor belongs to its list.
  const std::string cursor = member_of(first, "next");
  EXPECT_EQ(world.get("/v1/cases?status=reported&cursor=" + cursor, authority).status, 400);
  EXPECT_EQ(world.get("/v1/cases?cursor=" + cursor, reporter).status, 400);
}

TEST_F(ReadsTest, InboxAndReferrals) {
  const auto inbox = world.get("/v1/inbox", provider);
  EXPECT_EQ(items_of(inbox, "referral"), std::vector<std::string>{referral.text()});
  EXPECT_EQ(items_of(inbox, "due"), std::vector<std::string>{"2024-03-05T09:00:00.000Z"});
  EXPECT_EQ(items_of(inbox, "urgency"), std::vector<std::string>{"urgent"});
  EXPECT_TRUE(items_of(world.get("/v1/inbox?status=accepted", provider), "referral").empty());
  EXPECT_EQ(world.get("/v1/inbox?status=escalated", provider).status, 422);
  accept();
  EXPECT_EQ(items_of(world.get("/v1/inbox?status=accepted", provider), "referral").size(), 1u);

  const std::string path = "/v1/referrals/" + referral.text();
  EXPECT_EQ(member_of(world.get(path, provider), "provider"), Uuid{{7}}.text());
  EXPECT_EQ(member_of(world.get(path, manager), "organisation"), shelter.text());
  const auto limited = world.get(path, reporter);
  EXPECT_EQ(member_of(limited, "status"), "accepted");
  EXPECT_EQ(member_of(limited, "provider") + member_of(limited, "organisation") +
                member_of(limited, "profile"),
            "");
  EXPECT_EQ(world.get(path, other_reporter).status, 404);
  const std::string stranger = world.account(Role::service_provider, OrganisationId(world.id()));
  EXPECT_EQ(world.get(path, stranger).status, 404);
  const auto referrals = world.get(case_path("/referrals"), manager);
  EXPECT_EQ(items_of(referrals, "referral"), std::vector<std::string>{referral.text()});
}

TEST_F(ReadsTest, TheInboxStreamTellsOnAndResumes) {
  auto response = world.get("/v1/inbox/stream", provider);
  ASSERT_TRUE(response.stream);
  EXPECT_EQ(response.stream(), "");  // nothing since the list
  accept();
  const std::string text = response.stream().value();
  EXPECT_EQ(response.stream(), "");
  std::string id, type;
  http::EventReader reader;
  ASSERT_TRUE(reader.feed(text, [&](std::string_view event_id, std::string_view data) {
    json::Document document;
    EXPECT_TRUE(document.parse_trusted(data));
    id = event_id;
    type = document.root().find("type").text();
    return true;
  }));
  EXPECT_EQ(id, "1.0");
  EXPECT_EQ(type, ReferralAccepted::type);
  // From the beginning: the offer and the acceptance; after the last: nothing.
  const auto from = [&](const std::string& position) {
    return world.get("/v1/inbox/stream", provider, {{"last-event-id", position}}).stream().value();
  };
  const std::string all = world.get("/v1/inbox/stream?after=0.0", provider).stream().value();
  EXPECT_NE(all.find("id: 0.1"), std::string::npos);
  EXPECT_EQ(all.find("candidates"), std::string::npos);
  EXPECT_EQ(from("0.1"), text);
  EXPECT_EQ(from("0"), text);
  EXPECT_EQ(from("1.0"), "");
  EXPECT_EQ(world.get("/v1/inbox/stream", provider, {{"last-event-id", "x"}}).status, 400);
  // Of another installation, or of rows that were ahead: there it would wait, and miss what is
  // before.
  const auto ahead = world.get("/v1/inbox/stream", provider, {{"last-event-id", "2.0"}});
  EXPECT_EQ(ahead.status, 409);
  EXPECT_EQ(code_of(ahead), "window_closed");
}

TEST_F(ReadsTest, TheStreamOfARevokedTokenEnds) {
  const std::string token(64, 'f');
  const auto account = account_stream(world.id());
  world.publish(Service::vault, {{account, AccountIssued{shelter, Role::service_provider,
                                                         *Text<64>::parse(*token_digest(token))}}});
  auto quiet = world.get("/v1/inbox/stream", token), busy = world.get("/v1/inbox/stream", token);
  EXPECT_EQ(quiet.stream(), "");
  EXPECT_EQ(busy.stream(), "");
  world.publish(Service::vault, {{account, AccountRevoked{}}});
  EXPECT_EQ(quiet.stream(), std::nullopt) << "also when nothing else happens";
  accept();
  EXPECT_EQ(busy.stream(), std::nullopt) << "and nothing is told any more";
  EXPECT_EQ(world.get("/v1/inbox/stream", token).status, 401);
}

// Rows that lag, or were stopped over a fault, still let the token in: that must not be called
// done.
TEST_F(ReadsTest, ARevocationIsDoneWhenTheRowsHaveIt) {
  world.says = [](const Question&) -> Said { return std::vector<Emit>(); };
  const auto account = account_stream(world.id());
  const std::string path = "/v1/accounts/" + account.id.text() + "/revocation";
  const std::string operator_token = world.account(Role::operator_, shelter);
  const auto early = world.post(path, operator_token, "{}");
  EXPECT_EQ(early.status, 503) << early.body;
  while (world.publish(Service::vault, {{account, AccountRevoked{}}}) < 41) {
  }
  world.repeated = true;
  EXPECT_EQ(world.post(path, operator_token, "{}").status, 200);
}

// More than is kept: whoever resumes before it is told so, whoever follows slowly is cut off.
TEST_F(ReadsTest, NewsThatWereDroppedAreNeverPassedOver) {
  const auto slow = world.get("/v1/inbox/stream?after=0", provider);
  ASSERT_EQ(slow.status, 200);
  const std::size_t events = limits::gateway_news_kept_max + limits::gateway_news_dropped_at_once;
  constexpr std::size_t per_record = 64;
  for (std::size_t i = 0; i < events; i += per_record)
    world.publish(Service::referral, std::vector<Emit>(per_record, {referral_stream(referral),
                                                                    ReferralAcknowledged{}}));
  EXPECT_EQ(slow.stream(), std::nullopt);
  const auto resume = [&](const std::string& position) {
    return world.get("/v1/inbox/stream", provider, {{"last-event-id", position}});
  };
  const auto refused = resume("0.1");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(code_of(refused), "window_closed");
  EXPECT_FALSE(refused.stream);
  // The position that the inbox gives is a good one; so is the oldest one that is kept.
  const auto inbox = world.get("/v1/inbox", provider);
  EXPECT_EQ(resume(member_of(inbox, "position")).status, 200);
  const auto dropped = world.store.get(Family::rows, "news_dropped/" + shelter.text());
  ASSERT_TRUE(dropped && *dropped);
  const auto oldest = resume(position_of(**dropped));
  ASSERT_EQ(oldest.status, 200);
  std::size_t told = 0;
  http::EventReader reader;
  for (std::string piece; !(piece = oldest.stream().value()).empty();)
    ASSERT_TRUE(reader.feed(piece, [&](auto, auto) { return ++told > 0; }));
  EXPECT_GE(told, limits::gateway_news_kept_max);
}

TEST_F(ReadsTest, StreamsAreBounded) {
  std::vector<http::Response> open;
  std::string account;
  for (std::size_t i = 0; i < limits::gateway_streams_max; ++i) {
    if (i % limits::gateway_streams_per_account_max == 0)
      account = world.account(Role::service_provider, shelter);
    open.push_back(world.get("/v1/inbox/stream", account));
    EXPECT_EQ(open.back().status, 200) << i;
  }
  EXPECT_EQ(world.get("/v1/inbox/stream", provider).status, 503);
  open.resize(limits::gateway_streams_max / 2);
  for (std::size_t i = 0; i < limits::gateway_streams_per_account_max; ++i) {
    open.push_back(world.get("/v1/inbox/stream", provider));
    EXPECT_EQ(open.back().status, 200) << i;
  }
  EXPECT_EQ(code_of(world.get("/v1/inbox/stream", provider)), "too_many_requests");
  open.clear();
  EXPECT_EQ(world.get("/v1/inbox/stream", provider).status, 200);
}

TEST_F(ReadsTest, RegistryLists) {
  const Uuid kent = world.id();
  world.publish(
      Service::vault,
      {{organisation_stream(kent),
        OrganisationRegistered{*Text<120>::parse("Kent Police"), OrganisationKind::police}}});
  EXPECT_EQ(items_of(world.get("/v1/organisations", provider), "name"),
            std::vector<std::string>{"Kent Police"});
  EXPECT_EQ(items_of(world.get("/v1/organisations?name=Kent%20Police", operators), "organisation"),
            std::vector<std::string>{kent.text()});
  EXPECT_TRUE(items_of(world.get("/v1/organisations?name=Kent", operators), "name").empty());
  world.publish(Service::referral,
                {{provider_stream(world.id()), ProviderRegistered{{.organisation = shelter}}},
                 {provider_stream(world.id()), ProviderRegistered{{.organisation = police}}}});
  EXPECT_EQ(items_of(world.get("/v1/providers", manager), "provider").size(), 2u);
  EXPECT_EQ(items_of(world.get("/v1/providers", provider), "provider").size(), 1u);
}

TEST_F(ReadsTest, StatusAndHealth) {
  EXPECT_EQ(world.get("/livez").status, 200);
  EXPECT_EQ(world.get("/readyz").status, 503);
  world.logs = {{"vault/0", 10, 7, true, ""}};
  EXPECT_EQ(world.get("/readyz").status, 200);
  const auto status = world.get("/v1/status", operators);
  EXPECT_EQ(items_of(status, "log").size(), 0u);
  EXPECT_EQ(member_of(status, "ready"), "true");
  EXPECT_NE(status.body.find(R"("log":"vault/0","head":10,"next":7,"behind":3)"),
            std::string::npos);
  world.logs[0].stopped = "diverged";
  EXPECT_EQ(world.get("/readyz").status, 503);
  EXPECT_EQ(world.get("/metrics").status, 401) << "how many reported is nobody's business";
  EXPECT_EQ(world.get("/metrics", manager).status, 403);
  const auto metrics = world.get("/metrics", operators);
  EXPECT_NE(
      metrics.body.find(R"(gateway_requests_total{method="GET",route="/livez",status="200"} 1)"),
      std::string::npos);
  EXPECT_EQ(metrics.body.find(subject.text()), std::string::npos);
}

TEST_F(ReadsTest, AReadWaitsForWhatItsClientWasTold) {
  world.freshness.acknowledged(Service::referral, 1);  // one more than is projected
  int answers = 0;
  http::Request request{.method = "GET", .path = "/v1/inbox"};
  request.headers = {{"authorization", "Bearer " + provider}};
  std::string body;
  world.gateway->handle(request, [&](http::Response response) {
    ++answers;
    body = response.body;
  });
  EXPECT_EQ(answers, 0);
  accept();
  EXPECT_EQ(answers, 1);
  EXPECT_NE(body.find("accepted"), std::string::npos);
}
}  // namespace
}  // namespace nrm::gateway::test
