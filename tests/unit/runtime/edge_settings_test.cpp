// What mechanism.json may say about the edge, and what holds when it says nothing.
#include "common/runtime/edge_settings.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
Result<void> checked(std::string_view text) {
  json::Document document;
  EXPECT_TRUE(document.parse_strict(text)) << text;
  const auto settings = from_json<EdgeSettings>(document.root(), Unknown::refuse);
  if (!settings) return settings.error();
  return check(*settings);
}

TEST(EdgeSettings, SaidNothingASandboxIsNotThrottledAndProductionIs) {
  const Edge sandbox = edge_of(std::nullopt, true), production = edge_of(std::nullopt, false);
  EXPECT_FALSE(sandbox.urgent_reports || sandbox.acts || sandbox.openings || sandbox.reads);
  EXPECT_TRUE(production.urgent_reports && production.acts && production.openings &&
              production.reads);
  EXPECT_EQ(production.connections_per_address, limits::http_connections_per_address_max);
  EXPECT_EQ(sandbox.connections_per_address, limits::http_connections_max);
  EXPECT_EQ(production.hosts, (std::vector<std::string>{"localhost", "127.0.0.1", "[::1]"}));
}

TEST(EdgeSettings, WhatIsSaidHoldsInBoth) {
  EdgeSettings said;
  said.host_names.push_back(*Text<253>::parse("nrm.example"));
  said.connections_per_address = 7;
  said.reads = {3, 4};
  for (const bool sandbox : {true, false}) {
    const Edge edge = edge_of(said, sandbox);
    EXPECT_EQ(edge.hosts.back(), "nrm.example");
    EXPECT_EQ(edge.connections_per_address, 7u);
    EXPECT_EQ(edge.reads->burst, 3u);
    EXPECT_EQ(edge.reads->per_minute, 4u);
    EXPECT_EQ(edge.acts.has_value(), !sandbox);
  }
}

TEST(EdgeSettings, WhatWouldLockEverybodyOutIsRefusedWithItsPlace) {
  EXPECT_TRUE(checked("{}"));
  EXPECT_TRUE(checked(R"({"host_names":["nrm.example","[2001:db8::1]"],"acts":{"burst":1,)"
                      R"("per_minute":1}})"));
  const std::pair<const char*, const char*> bad[] = {
      {R"({"acts":{"burst":0,"per_minute":9}})", "/edge/acts"},
      {R"({"reads":{"burst":9,"per_minute":0}})", "/edge/reads"},
      {R"({"openings":{"burst":0,"per_minute":0}})", "/edge/openings"},
      {R"({"urgent_reports":{"burst":0,"per_minute":1}})", "/edge/urgent_reports"},
      {R"({"connections_per_address":0})", "/edge/connections_per_address"},
      {R"({"connections_per_address":513})", "/edge/connections_per_address"},
      {R"({"host_names":["NRM.example"]})", "/edge/host_names"},
      {R"({"host_names":["nrm.example/x"]})", "/edge/host_names"}};
  for (const auto& [text, where] : bad) {
    const auto result = checked(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().where, where) << text;
    EXPECT_FALSE(result.error().detail.empty()) << text;
  }
  std::string many = R"({"host_names":[)";
  for (std::size_t i = 0; i <= limits::http_hosts_max; ++i) many += (i == 0 ? "\"a\"" : ",\"a\"");
  EXPECT_EQ(checked(many + "]}").error().code, Code::too_long);
}
}  // namespace
}  // namespace nrm
