// The logs of an installation as its API serves them: who they are, and each as a RemoteLog.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "services/audit/log_mirror.hpp"
#include "services/cli/api.hpp"

namespace nrm::cli {
struct ServedLog {
  std::string log;       // "identification/0"
  NoteKey key;           // as the API says
  std::string cosigned;  // note of a checkpoint that a quorum of witnesses cosigned; empty: none
};
// In the order of the API. ERRORS: as the API; corrupt.
Result<std::vector<ServedLog>> served_logs(http::Client& client, const std::string& token,
                                           int tries = 1);

// "identification/0" -> "identification-0": the log in a path, and its folder.
std::string log_folder(std::string log);

// Fetches with as many requests at once as the client has connections; waits as it is told to when
// the account asks for too much.
class HttpLog final : public RemoteLog {
 public:
  HttpLog(http::Client& client, std::string token, const std::string& log, std::size_t at_once,
          int tries)
      : client_(client),
        token_(std::move(token)),
        prefix_("/v1/logs/" + log_folder(log)),
        at_once_(at_once),
        tries_(tries) {}
  Result<std::string> checkpoint() override { return get("/checkpoint"); }
  Result<void> tiles(const std::vector<Tile>& wanted, const Take& take) override;
  Result<Continuation> consistency(std::uint64_t size) override;

 private:
  Result<std::string> get(const std::string& path);
  http::Client& client_;
  const std::string token_, prefix_;
  const std::size_t at_once_;
  const int tries_;
};
// Of who mirrors: an account's bucket of reads refills within a minute (services/gateway/README.md,
// "Admission").
inline constexpr int patient_tries = 90;
}  // namespace nrm::cli
