// A report through both services, its failures in between, and its retries.
#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class ReportsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.says = [this](const Question& question) -> Said {
      if (question.type == SealDossier::type) return sealed();
      if (question.type == SubmitReport::type) return received();
      return std::vector<Emit>{
          {case_stream(subject), NotificationRecorded{.reference = reference}}};
    };
  }
  Said sealed() {
    return std::vector<Emit>{{case_stream(subject), DossierSealed{.digest = digest}}};
  }
  Said received() {
    return std::vector<Emit>{{case_stream(subject), ReportReceived{.reference = reference}}};
  }
  http::Response report(std::string_view route = "formal", const std::string& key = "key") {
    return world.post("/v1/reports", token, report_body(route), {{"idempotency-key", key}});
  }

  World world;
  const OrganisationId police{world.id()};
  const std::string token = world.account(Role::first_responder, police);
  const CaseId subject{world.id()};
  const Text<16> reference = *Text<16>::parse("4FJ2K-7QX0M-9");
  const Text<64> digest = *Text<64>::parse(std::string(64, 'e'));
};

// Only reads wait for the rows. world.post() stops the test when it is not answered at once.
TEST_F(ReportsTest, DoesNotWaitForTheProjection) {
  world.freshness.acknowledged(Service::vault, 1'000'000);
  EXPECT_EQ(report().status, 201);
  EXPECT_EQ(world.freshness.parked(), 0u);
}

TEST_F(ReportsTest, IsSealedThenSubmittedByReference) {
  const auto response = report();
  ASSERT_EQ(response.status, 201) << response.body;
  EXPECT_EQ(header_of(response, "Location"), "/v1/cases/" + subject.text());
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
  EXPECT_EQ(member_of(response, "case"), subject.text());
  EXPECT_EQ(member_of(response, "reference"), "4FJ2K-7QX0M-9");
  EXPECT_EQ(member_of(response, "receipt/log"), "identification/0");
  EXPECT_EQ(member_of(response, "receipt/seq"), "41");
  EXPECT_EQ(member_of(response, "receipt/leaf").size(), 64u);
  EXPECT_EQ(member_of(response, "receipt/checkpoint"), "a note");
  EXPECT_EQ(member_of(response, "receipt/record"), "");

  ASSERT_EQ(world.asked.size(), 2u);
  const Question &seal = world.asked[0], &submit = world.asked[1];
  EXPECT_EQ(seal.service, Service::vault);
  EXPECT_EQ(seal.personal.reveal(), R"({"name":"A. Person"})");
  EXPECT_NE(seal.data.find(R"("age_now":"adult")"), std::string::npos);
  EXPECT_EQ(seal.actor.organisation, police);
  EXPECT_EQ(submit.service, Service::identification);
  EXPECT_TRUE(submit.personal.reveal().empty());
  EXPECT_EQ(submit.data, to_json(SubmitReport{subject, digest, some_facts()}));
  EXPECT_EQ(seal.key.size(), 16u);
  EXPECT_NE(seal.key, submit.key);
  for (const Question& question : world.asked)
    EXPECT_EQ(question.data.find("Person"), std::string::npos) << "personal text in a command";
}

// Emptied is not enough: the bytes would stay in the process until something else takes the place.
TEST_F(ReportsTest, TheClearTextIsWipedBeforeAnybodyIsAsked) {
  std::string body = report_body();
  const char* const kept = body.data();  // the call takes this buffer over
  const std::size_t size = body.size();
  ASSERT_NE(std::string_view(kept, size).find("A. Person"), std::string_view::npos);
  std::string left;
  world.says = [&](const Question& question) -> Said {
    if (question.type != SealDossier::type) return received();
    left.assign(kept, size);
    return sealed();
  };
  EXPECT_EQ(world.post("/v1/reports", token, std::move(body)).status, 201);
  EXPECT_EQ(left, std::string(size, '\0'));
}

TEST_F(ReportsTest, RetryAsksTheSameWithTheSameKeys) {
  report();
  report();
  report("formal", "another");
  ASSERT_EQ(world.asked.size(), 6u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(world.asked[i].key, world.asked[i + 2].key);
    EXPECT_EQ(world.asked[i].data, world.asked[i + 2].data);
    EXPECT_NE(world.asked[i].key, world.asked[i + 4].key);
  }
}

TEST_F(ReportsTest, TheKeyOfAnotherOrganisationIsAnotherKey) {
  report();
  const std::string other = world.account(Role::first_responder, OrganisationId(world.id()));
  world.post("/v1/reports", other, report_body());
  EXPECT_NE(world.asked[0].key, world.asked[2].key);
}

TEST_F(ReportsTest, GoesOnAfterACrashInBetween) {
  bool identification_is_down = true;
  world.says = [&](const Question& question) -> Said {
    if (question.type == SealDossier::type) return sealed();
    if (identification_is_down) return Error(Code::unavailable);
    return received();
  };
  const auto first = report();
  EXPECT_EQ(first.status, 503);
  EXPECT_EQ(header_of(first, "Retry-After"), "1");
  identification_is_down = false;
  world.repeated = true;  // the vault gives its stored answer
  EXPECT_EQ(report().status, 201);
}

TEST_F(ReportsTest, AnOldRetryMakesNoCaseOfADossierWhoseKeysAreGone) {
  // The vault's stored answer stands, but what it promised is destroyed; it says so.
  world.says = [&](const Question&) -> Said { return Error(Code::window_closed); };
  const auto response = report();
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(code_of(response), "window_closed");
  EXPECT_EQ(world.asked.size(), 1u);
}

TEST_F(ReportsTest, AnonymousReportsGoToIdentificationAlone) {
  const auto response = report("anonymous");
  ASSERT_EQ(response.status, 201) << response.body;
  EXPECT_EQ(member_of(response, "reference"), "4FJ2K-7QX0M-9");
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].type, SubmitNotification::type);
}

TEST_F(ReportsTest, RejectionsPointIntoTheClientsBody) {
  const std::vector<std::tuple<std::string_view, Error, std::string>> cases{
      {SealDossier::type, Error(Code::consent_missing, "/consents"), "/consents consent_missing"},
      {SealDossier::type, Error(Code::out_of_range, "/consents/1/purpose"),
       "/consents/1/purpose out_of_range"},
      {SealDossier::type, Error(Code::unknown_code, "/age_now"), "/facts/age_now unknown_code"},
      {SealDossier::type, Error(Code::too_long, "/personal/name"), "/personal/name too_long"},
      {SubmitReport::type, Error(Code::unknown_code, "/facts/region"),
       "/facts/region unknown_code"}};
  for (const auto& [type, error, expected] : cases) {
    world.says = [&, type = type, error = error](const Question& question) -> Said {
      if (question.type == type) return error;
      return sealed();
    };
    const auto response = report();
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(errors_of(response), std::vector<std::string>{expected});
  }
  world.says = [](const Question&) -> Said { return Error(Code::already_exists, "/subject"); };
  const auto response = report();
  EXPECT_EQ(response.status, 409);
  EXPECT_TRUE(errors_of(response).empty());
}

TEST_F(ReportsTest, KeyReusedIsTold) {
  world.says = [](const Question&) -> Said { return Error(Code::key_reused); };
  EXPECT_EQ(code_of(report()), "key_reused");
}

TEST_F(ReportsTest, GivesTheRecordToWhoAsksForIt) {
  const auto response =
      world.post("/v1/reports", token, report_body(), {{"prefer", "return=representation"}});
  json::Document document;
  EXPECT_TRUE(document.parse_trusted(member_of(response, "receipt/record")));
  EXPECT_TRUE(read_record(document.root()));
}
}  // namespace
}  // namespace nrm::gateway::test
