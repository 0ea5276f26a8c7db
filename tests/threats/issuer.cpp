#include "tests/threats/issuer.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/http/certificate.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::test {
Issuer::Issuer(std::string folder) : folder_(std::move(folder)) {
  EXPECT_TRUE(http::make_development_certificate(folder_));
  auto server = http::serve(
      {.certificate_file = folder_ + "/server.pem", .key_file = folder_ + "/server-key.pem"},
      [this](const http::Request& request, const http::Reply& reply) {
        ++requests_;
        const std::lock_guard lock(mutex_);
        if (request.path == "/.well-known/openid-configuration")
          return reply(
              {.body = "{\"issuer\":\"" + url_ + "\",\"jwks_uri\":\"" + url_ + "/jwks\"}"});
        reply({.body = "{\"keys\":[" + keys_ + "]}"});
      });
  EXPECT_TRUE(server);
  server_ = std::move(*server);
  const std::lock_guard lock(mutex_);
  url_ = "https://localhost:" + std::to_string(server_->port());
}

void Issuer::publish(std::string keys) {
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

Claims::Claims(const std::string& issuer) {
  const auto now = std::time(nullptr);
  members_ = {
      {"iss", "\"" + issuer + "\""},      {"aud", "\"nrm\""},       {"sub", "\"somebody\""},
      {"client_id", "\"desk\""},          {"jti", "\"1\""},         {"iat", std::to_string(now)},
      {"exp", std::to_string(now + 300)}, {"org", "\"authority\""}, {"groups", "[\"deciders\"]"}};
}

Claims& Claims::set(const std::string& member, const std::string& json) {
  for (auto& [name, value] : members_) {
    if (name != member) continue;
    value = json;
    return *this;
  }
  members_.emplace_back(member, json);
  return *this;
}

std::string Claims::text() const {
  std::string out = "{";
  for (const auto& [name, value] : members_) {
    if (value.empty()) continue;
    if (out.size() > 1) out += ',';
    out += "\"" + name + "\":" + value;
  }
  return out + "}";
}

void trust(const Installation& at, const std::string& issuer, const std::string& authority_file,
           int refetch_seconds) {
  std::filesystem::copy_file(authority_file, at.dir() + "/tls/identity-ca.pem",
                             std::filesystem::copy_options::overwrite_existing);
  const auto tokens = read_file(at.dir() + "/sandbox/tokens.json");
  json::Document document;
  ASSERT_TRUE(tokens && document.parse_trusted(*tokens));
  const std::string authority(
      document.root().find("competent-authority").find("organisation").text());
  const std::string text = R"({"issuer":")" + issuer + R"(","audience":"nrm",)" +
                           R"("authority_file":"tls/identity-ca.pem","organisation_claim":"org",)" +
                           R"("organisations":[{"value":"authority","organisation":")" + authority +
                           R"("}],"role_claim":"groups","roles":[)" +
                           R"({"value":"deciders","role":"competent_authority"},)" +
                           R"({"value":"auditors","role":"auditor"}],"refetch_seconds":)" +
                           std::to_string(refetch_seconds) + "}\n";
  ASSERT_TRUE(write_file(at.dir() + "/identity.json", text, 0600));
}

http::ClientOptions client_of(const Installation& at) {
  return {.port = static_cast<std::uint16_t>(at.port()),
          .authority_file = at.dir() + "/tls/ca.pem",
          .connections = 1};
}

http::Answer get(http::Client& client, const std::string& target, const std::string& token) {
  http::Call call{.target = target};
  if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
  auto answer = client.call(call);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().detail);
  return answer ? *answer : http::Answer{};
}
}  // namespace nrm::test
