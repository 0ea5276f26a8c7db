// Progress: one phase of something long. A bar on a terminal (without colour if NO_COLOR is set), a
// plain line every tenth otherwise. On standard error, so that results stay clean.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace nrm::cli {
class Progress {
 public:
  Progress(std::string phase, std::uint64_t total, bool quiet = false);
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void to(std::uint64_t done);  // counts never run backwards
  void add(std::uint64_t more = 1) { to(done_ + more); }
  void note(std::string note) { note_ = std::move(note); }  // shown behind the bar
  std::uint64_t done() const { return done_; }

 private:
  using Ticks = std::chrono::steady_clock;
  void draw();
  void print_line();

  const std::string phase_;
  const std::uint64_t total_;
  const bool quiet_, terminal_;
  std::uint64_t done_ = 0;
  std::uint64_t tenths_ = 0, printed_ = 0;  // as last printed
  std::string note_;
  Ticks::time_point drawn_{};
};
}  // namespace nrm::cli
