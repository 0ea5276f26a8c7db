// Descriptor: an open file, folder or socket, closed on every way out.
//
// OWNERSHIP: one owner; a moved one has none left. THREAD: one at a time.
// INVARIANT: closing leaves errno alone, so that the fault before it can still be told.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace nrm {
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}  // negative, as open(2) fails: none
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    const int fault = errno;
    if (number_ >= 0) ::close(number_);
    errno = fault;
  }
  explicit operator bool() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  int number_;
};

// What was made, renamed or removed in a folder lasts once the folder is synced (fsync(2)).
// False: it cannot be; errno says why.
inline bool sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && ::fsync(folder.get()) == 0;
}
}  // namespace nrm
