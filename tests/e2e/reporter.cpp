#include "tests/e2e/reporter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "common/base/json.hpp"
#include "common/ledger/merkle.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::test {
std::string responder_token(const Installation& at, const std::string& name) {
  const Ran added = at.nrm({"accounts", "add", "--organisation", name, "--kind", "police", "--role",
                            "first_responder", "--as", "operator", "--json"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  json::Document document;
  EXPECT_TRUE(document.parse_trusted(added.out)) << added.out;
  const json::Value token = document.root().find("token");
  return token ? std::string(token.text()) : "";
}

Reporter::Reporter(const Installation& at)
    : client_(http::connect({.port = static_cast<std::uint16_t>(at.port()),
                             .authority_file = at.dir() + "/tls/ca.pem",
                             .connections = 1,
                             .deadline = std::chrono::seconds(15)})
                  .value()),
      example_(at.nrm({"report", "--example"}).out) {}

std::optional<Receipt> Reporter::report(const std::string& token, const std::string& key) {
  const http::Call call{.method = "POST",
                        .target = "/v1/reports",
                        .headers = {{"Authorization", "Bearer " + token},
                                    {"Content-Type", "application/json"},
                                    {"Idempotency-Key", key}},
                        .body = example_};
  for (int attempt = 0; attempt < 120; ++attempt) {
    const auto answer = client_->call(call);
    if (answer && answer->status == 201) return read(answer->body);
    last_ = answer ? answer->body : answer.error().detail;
    if (answer && answer->status != 503) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  return std::nullopt;
}

Receipt Reporter::read(const std::string& body) {
  json::Document document;
  EXPECT_TRUE(document.parse_trusted(body));
  const json::Value receipt = document.root().find("receipt");
  EXPECT_TRUE(receipt) << body;
  return {std::string(receipt.find("log").text()),
          static_cast<std::uint64_t>(receipt.find("seq").integer()),
          std::string(receipt.find("leaf").text())};
}

std::string find_receipt_fault(const Installation& at, const std::vector<Receipt>& receipts) {
  const auto store =
      open_rocksdb({.folder = at.dir() + "/store/identification", .read_only = true});
  if (!store) return store.error().detail;
  for (const Receipt& receipt : receipts) {
    if (receipt.log != "identification/0") return "a receipt of " + receipt.log;
    const auto record = (*store)->get(Family::log, keys::log(receipt.seq));
    if (!record || !*record) return "record " + std::to_string(receipt.seq) + " is gone";
    if (leaf_hash(**record).hex() != receipt.leaf)
      return "record " + std::to_string(receipt.seq) + " is another";
  }
  return "";
}
}  // namespace nrm::test
