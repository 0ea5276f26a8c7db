// FileWatch: whether a file that is replaced now and then has to be read. One that could not be
// read is asked for again at each look, and its fault is told once.
//
//   if (!watch.due() || !watch.is_new(stamp)) return;
//   if (read()) watch.taken(); else if (watch.tells()) say_why();
//
// THREAD: one.
#pragma once
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <utility>

namespace nrm {
class FileWatch {
 public:
  // Changes whenever the file is replaced.
  static std::string stamp_of(const struct stat& file) {
    return std::to_string(file.st_ino) + ' ' + std::to_string(file.st_mtim.tv_sec) + ' ' +
           std::to_string(file.st_mtim.tv_nsec);
  }

  // Twice a second: a look costs a system call.
  bool due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return false;
    next_look_ = now + std::chrono::milliseconds(500);
    return true;
  }
  // `stamp`: empty when there is no file; one that comes back is new.
  bool is_new(std::string stamp) {
    present_ = std::move(stamp);
    if (present_.empty()) taken_.clear();
    return present_ != taken_;
  }
  void taken() {
    taken_ = present_;
    told_.clear();
  }
  // Whether the fault of the present file has not been told yet; now it is.
  bool tells() { return std::exchange(told_, present_) != present_; }

 private:
  std::chrono::steady_clock::time_point next_look_{};
  std::string present_, taken_, told_;
};
}  // namespace nrm
