// nrm audit verify: what it is told. Its exit codes are its own (services/audit/findings.hpp).
#pragma once
#include <string>

namespace nrm::cli {
struct VerifyOrder {
  std::string dir = "nrm-data";
  std::string place;  // a data folder, an export, or an address; empty: `dir`
  std::string since, save_result, policy_dir, quorum, keep;
  bool json = false;
};
int audit_verify(const VerifyOrder& order);
}  // namespace nrm::cli
