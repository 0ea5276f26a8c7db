// Site: an installation made for measuring: a fresh data folder and the real processes on it.
//
// THREAD: one. OWNERSHIP: the folder is removed with the Site. INVARIANT: no process outlives it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/runtime/folder.hpp"
#include "services/cli/supervisor.hpp"

namespace nrm::cli::measure {
// What one process wrote to its store in its life (its last log lines).
struct Written {
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  struct Changes {
    std::uint64_t puts = 0, erased = 0, key_bytes = 0, value_bytes = 0;
  };
  std::map<std::string, Changes> families;
};

class Site {
 public:
  // A sandbox with the osce pack; the gateway listens at `http_port`.
  static Result<std::unique_ptr<Site>> make(const std::string& dir, std::uint16_t http_port);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  const Folder& folder() const { return *folder_; }
  // ERRORS: not_found (its program is not built), io_failed.
  Result<void> start(std::string_view process);
  // Ends it in order and waits for it. What it wrote while it ran.
  Result<Written> stop(std::string_view process);

 private:
  explicit Site(std::string dir) : dir_(std::move(dir)) {}

  std::string dir_;
  std::optional<Folder> folder_;
  std::map<std::string, std::unique_ptr<Supervisor>, std::less<>> running_;
};
}  // namespace nrm::cli::measure
