// Scratch: a folder of our own for the time of one command, closed to others; gone at its end. What
// is folded there are coded facts, as in the logs.
#pragma once
#include <string>

#include "common/base/result.hpp"

namespace nrm::cli {
class Scratch {
 public:
  // In `parent`, or in $TMPDIR when nothing can be written there. ERRORS: io_failed.
  static Result<Scratch> make(const std::string& parent = {});
  ~Scratch();
  Scratch(Scratch&& other) noexcept;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};
}  // namespace nrm::cli
