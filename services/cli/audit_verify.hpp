// nrm audit verify: what it is told. Its exit codes are its own (services/audit/findings.hpp).
#pragma once
#include <string>

#include "services/cli/commands.hpp"

namespace nrm::cli {
struct VerifyOrder {
  std::string dir = "nrm-data";
  std::string place;  // a data folder, an export, or an address; empty: `dir`
  std::string since, save_result, policy_dir, quorum;
  std::string keep;  // of an address: where what is fetched stays; nowhere without
  // Of an address: as whom it is fetched, and by whose word (audit_fetch).
  std::string token, authority, keys;
  bool json = false;
};
int audit_verify(const VerifyOrder& order);
}  // namespace nrm::cli
