// What bad input gets: each kind has its own status, code and pointer, and nothing is asked.
#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
using Errors = std::vector<std::string>;

class RequestsTest : public ::testing::Test {
 protected:
  World world;
  const OrganisationId police{world.id()};
  const std::string token = world.account(Role::first_responder, police);

  http::Response report(std::string body, http::Headers headers = {}) {
    return world.post("/v1/reports", token, std::move(body), std::move(headers));
  }
  // The report with one text replaced by another.
  std::string changed(std::string_view from, std::string_view to) {
    std::string body = report_body();
    const auto at = body.find(from);
    CHECK(at != body.npos, "the text is in the body");
    return body.replace(at, from.size(), to);
  }
  void TearDown() override { EXPECT_TRUE(world.asked.empty()) << "bad input was passed on"; }
};

void expect_problem(const http::Response& response, int status, std::string_view code,
                    const Errors& errors = {}) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(code_of(response), code) << response.body;
  if (!errors.empty()) {
    EXPECT_EQ(errors_of(response), errors) << response.body;
  }
}

TEST_F(RequestsTest, Bodies) {
  expect_problem(report("{"), 400, "malformed_json");
  expect_problem(report(""), 422, "missing_field");
  expect_problem(report("[]"), 422, "wrong_type");
  expect_problem(report(report_body() + "x"), 400, "malformed_json");
  expect_problem(report(report_body(), {{"content-type", "text/plain"}}), 415,
                 "unsupported_media_type");
  expect_problem(report(report_body(), {{"content-type", "application/jsonx"}}), 415,
                 "unsupported_media_type");
  expect_problem(report(changed(R"("route")", R"("route":"formal","route")")), 422,
                 "duplicate_key");
}

TEST_F(RequestsTest, MembersAreNamedByPointer) {
  expect_problem(report(changed(R"("gender":"female")", R"("gender":"woman")")), 422,
                 "unknown_code", {"/facts/gender unknown_code"});
  expect_problem(report(changed(R"("urgency":"urgent")", R"("urgency":3)")), 422, "wrong_type",
                 {"/facts/urgency wrong_type"});
  expect_problem(
      report(changed(R"("region":"GB-LND")", R"("region":"GB-LND","met_on":"2023-02-29")")), 422,
      "invalid_date", {"/facts/met_on invalid_date"});
  expect_problem(report(changed(R"("facts":{)", R"("facts":{"shoe_size":44,)")), 422,
                 "unknown_field", {"/facts/shoe_size unknown_field"});
  expect_problem(report(changed(R"("name":"A. Person")", R"("name":"")")), 422, "invalid_text",
                 {"/personal/name invalid_text"});
  expect_problem(report(changed("A. Person", std::string(201, 'x'))), 422, "too_long",
                 {"/personal/name too_long"});
}

TEST_F(RequestsTest, AllFaultsAreToldTogether) {
  std::string body = changed(R"("gender":"female")", R"("gender":"woman")");
  body.replace(body.find(R"("formal")"), 8, R"("informal")");
  const auto response = report(body);
  expect_problem(response, 422, "unknown_code",
                 {"/route unknown_code", "/facts/gender unknown_code"});
}

TEST_F(RequestsTest, PersonalPartAndRoute) {
  expect_problem(report(changed(R"(,"personal":{"name":"A. Person"})", "")), 422,
                 "personal_part_missing", {"/personal personal_part_missing"});
  expect_problem(report(changed(R"({"name":"A. Person"})", "{}")), 422, "personal_part_missing");
  expect_problem(report(changed(R"("formal")", R"("anonymous")")), 422, "personal_part_not_allowed",
                 {"/personal personal_part_not_allowed", "/consents personal_part_not_allowed"});
}

TEST_F(RequestsTest, WhatAProblemSaysNeverHoldsTheBodysText) {
  const auto response = report(changed("A. Person", "Secret Name\\u0007"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body.find("Secret"), std::string::npos);
}

TEST_F(RequestsTest, IdempotencyKeys) {
  http::Request without{.method = "POST", .path = "/v1/reports"};
  without.headers = {{"authorization", "Bearer " + token}, {"content-type", "application/json"}};
  without.body = report_body();
  expect_problem(world.request(without), 400, "idempotency_key_missing");
  for (const std::string& key :
       {std::string(129, 'k'), std::string("a b"), std::string("k\xc3\xbc")})
    expect_problem(report(report_body(), {{"idempotency-key", key}}), 400, "bad_request");
}

TEST_F(RequestsTest, WhoAsks) {
  expect_problem(world.post("/v1/reports", "", report_body()), 401, "unauthenticated");
  const auto unknown = world.post("/v1/reports", std::string(64, '1'), report_body());
  expect_problem(unknown, 401, "unauthenticated");
  EXPECT_EQ(header_of(unknown, "WWW-Authenticate"), "Bearer");
  const std::string provider = world.account(Role::service_provider, police);
  expect_problem(world.post("/v1/reports", provider, report_body()), 403, "forbidden");
  // Nobody learns from the order of checks what a body must look like.
  expect_problem(world.post("/v1/reports", provider, "{"), 403, "forbidden");
}

// Every route that is not for everybody refuses every role that is not in its set, and no token.
TEST_F(RequestsTest, EveryRouteKeepsToItsRoles) {
  constexpr Role roles[] = {Role::first_responder, Role::competent_authority,
                            Role::case_manager,    Role::service_provider,
                            Role::person,          Role::auditor,
                            Role::operator_};
  std::map<Role, std::string> tokens;
  for (const Role role : roles) tokens[role] = world.account(role, police);
  for (const Route& route : routes()) {
    if (route.roles.empty()) continue;
    std::string path(route.pattern);
    if (const auto at = path.find("{id}"); at != path.npos) path.replace(at, 4, world.id().text());
    if (const auto at = path.find("{name}"); at != path.npos) path.replace(at, 6, "plan");
    if (const auto at = path.find("{rest}"); at != path.npos) path.replace(at, 6, "000");
    http::Request request{.method = std::string(route.method), .path = path};
    EXPECT_EQ(world.request(request).status, 401) << path;
    for (const Role role : roles) {
      if (route.roles.has(role)) continue;
      request.headers = {{"authorization", "Bearer " + tokens[role]}};
      EXPECT_EQ(world.request(request).status, 403) << path << ' ' << to_text(role);
    }
  }
}

TEST_F(RequestsTest, PathsMethodsAndParameters) {
  expect_problem(world.get("/v1/nothing", token), 404, "not_found");
  const auto wrong = world.request({.method = "DELETE", .path = "/v1/cases"});
  expect_problem(wrong, 405, "method_not_allowed");
  EXPECT_EQ(header_of(wrong, "Allow"), "GET, HEAD");
  expect_problem(world.get("/v1/cases?colour=red", token), 400, "bad_request");
  expect_problem(world.get("/v1/cases?limit=5&limit=6", token), 400, "bad_request");
  expect_problem(world.get("/v1/cases?limit=0", token), 422, "out_of_range");
  expect_problem(world.get("/v1/cases?cursor=abc", token), 400, "bad_request");
}

TEST_F(RequestsTest, IfMatchTakesOnlyTagsThatWereGiven) {
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string path = "/v1/cases/" + world.id().text() + "/closure-request";
  for (const std::string tag :
       {"3", "\"3\"", "W/\"1.2.3.4.5\"", "*", "\"1.2.3.4\"", "\"1.2.3.4.5.6\"", "\"1.2.3.4.x\"",
        "\"\"", "\"1.2.3.4.5\", \"1.2.3.4.6\""})
    expect_problem(world.post(path, manager, R"({"reason":"plan_completed"})", {{"if-match", tag}}),
                   400, "bad_request");
  expect_problem(report(report_body(), {{"if-match", "\"1\""}}), 400, "bad_request");
}
}  // namespace
}  // namespace nrm::gateway::test
