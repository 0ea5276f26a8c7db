// Preloaded into every process of an installation: keeps what goes out of its sockets, as an
// operator with a network tap would see it. One file per process in $NRM_WIRE_TAP.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {
int open_tap() {
  const char* folder = std::getenv("NRM_WIRE_TAP");
  if (folder == nullptr) return -1;
  char name[512];
  std::snprintf(name, sizeof name, "%s/%d.sent", folder, static_cast<int>(::getpid()));
  return ::open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}
// Opened while the program is loaded: later it may be confined.
const int tap = open_tap();

void keep(const void* bytes, ssize_t size) {
  if (tap >= 0 && size > 0) ::syscall(SYS_write, tap, bytes, static_cast<size_t>(size));
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}
}  // namespace

extern "C" {
ssize_t send(int socket, const void* bytes, size_t size, int flags) {
  static const auto real = next<decltype(&::send)>("send");
  const ssize_t sent = real(socket, bytes, size, flags);
  keep(bytes, sent);
  return sent;
}

ssize_t sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
               socklen_t to_size) {
  static const auto real = next<decltype(&::sendto)>("sendto");
  const ssize_t sent = real(socket, bytes, size, flags, to, to_size);
  keep(bytes, sent);
  return sent;
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static const auto real = next<decltype(&::sendmsg)>("sendmsg");
  const ssize_t sent = real(socket, message, flags);
  ssize_t left = sent;
  for (size_t i = 0; i < message->msg_iovlen && left > 0; ++i) {
    const iovec& part = message->msg_iov[i];
    const ssize_t size =
        static_cast<ssize_t>(part.iov_len) < left ? static_cast<ssize_t>(part.iov_len) : left;
    keep(part.iov_base, size);
    left -= size;
  }
  return sent;
}
}
