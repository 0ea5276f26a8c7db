// A client that reports people, and keeps the receipts that it was given.
// THREAD: one per Reporter. OWNERSHIP: borrows the installation.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/http.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm::test {
struct Receipt {
  std::string log;
  std::uint64_t seq = 0;
  std::string leaf;
};

// A new first responder's account that the test may use.
std::string responder_token(const Installation& at, const std::string& name = "Test Constabulary");

// Asks until it is answered, with the same key: what a good client does.
class Reporter {
 public:
  explicit Reporter(const Installation& at);
  // None when half a minute was not enough, or it was refused: see last().
  std::optional<Receipt> report(const std::string& token, const std::string& key);
  const std::string& last() const { return last_; }

 private:
  static Receipt read(const std::string& body);
  std::unique_ptr<http::Client> client_;
  std::string example_;
  std::string last_;
};

// The first receipt that the log of identification does not keep, in words; empty when it keeps
// all. Once the services are down, or beside them.
std::string find_receipt_fault(const Installation& at, const std::vector<Receipt>& receipts);
}  // namespace nrm::test
