#include "services/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::chrono::milliseconds redraw_each{100};
constexpr std::size_t bar_max = 40, phase_width = 26;

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}
bool colours() {
  const char* no = std::getenv("NO_COLOR");
  return no == nullptr || *no == '\0';
}
}  // namespace

Progress::Progress(std::string phase, std::uint64_t total, bool quiet)
    : phase_(std::move(phase)),
      total_(std::max<std::uint64_t>(total, 1)),
      quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1) {
  if (terminal_ && !quiet_) draw();
}

Progress::~Progress() {
  if (quiet_) return;
  if (terminal_) {
    draw();
    std::fputc('\n', stderr);
  } else if (printed_ != done_ || done_ == 0) {
    print_line();
  }
}

void Progress::to(std::uint64_t done) {
  if (done <= done_) return;
  done_ = std::min(done, total_);
  if (quiet_) return;
  if (terminal_) {
    if (const auto now = Ticks::now(); now - drawn_ >= redraw_each) draw();
  } else if (const std::uint64_t tenths = done_ * 10 / total_; tenths > tenths_) {
    tenths_ = tenths;
    print_line();
  }
}

void Progress::print_line() {
  printed_ = done_;
  std::fprintf(stderr, "%s: %s of %s%s%s\n", phase_.c_str(), with_commas(done_).c_str(),
               with_commas(total_).c_str(), note_.empty() ? "" : "  ", note_.c_str());
}

void Progress::draw() {
  drawn_ = Ticks::now();
  std::string text = phase_ + std::string(phase_width - std::min(phase_width, phase_.size()), ' ');
  std::string counts = "  " + with_commas(done_) + " of " + with_commas(total_);
  const std::size_t width = terminal_width();
  const std::size_t taken = text.size() + counts.size() + 3;
  const std::size_t bar = width > taken + 10 ? std::min(bar_max, width - taken) : 0;
  if (!note_.empty() && taken + bar + note_.size() + 2 < width) counts += "  " + note_;
  const std::size_t full = bar * done_ / total_;
  const bool colour = colours();
  if (bar > 0) {
    text += colour ? "[\033[32m" : "[";
    text += std::string(full, '#');
    if (colour) text += "\033[0m";
    text += std::string(bar - full, '.') + "]";
  }
  std::fprintf(stderr, "\r\033[K%s%s", text.c_str(), counts.c_str());
  std::fflush(stderr);
}
}  // namespace nrm::cli
