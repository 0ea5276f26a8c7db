// Scratch: a folder of our own for the time of one command, closed to others; gone at its end, and
// when the command was killed, with the next one: who has it holds its lock. What is folded there
// are coded facts, as in the logs.
// INVARIANT: removes no folder that it did not make, whatever that is called.
#pragma once
#include <optional>
#include <string>

#include "common/base/descriptor.hpp"
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
  Scratch(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  static std::optional<Scratch> make_in(const std::string& parent);

  std::string path_;
  Descriptor lock_;
};
}  // namespace nrm::cli
