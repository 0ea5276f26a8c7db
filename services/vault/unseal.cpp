#include "services/vault/unseal.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>

#include "common/base/descriptor.hpp"
#include "common/diag/diag.hpp"

namespace nrm {
namespace {
constexpr int look_ms = 250;
// People type; a line from a terminal or a pipe is there at once.
constexpr auto line_deadline = std::chrono::seconds(10);
constexpr std::size_t line_bytes_max = 128;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof out.sun_path)
    return Error(Code::too_long, "", path + ": a socket's path has at most 107 bytes");
  path.copy(out.sun_path, path.size());
  return out;
}

Error failed(const std::string& path, const char* what) {
  return Error(Code::io_failed, "", path + ": " + what + ": " + std::strerror(errno));
}

bool may_speak(int peer) {
  ucred who{};
  socklen_t size = sizeof who;
  return ::getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
         (who.uid == ::geteuid() || who.uid == 0);
}

// One line without its end; empty when none came in time.
Sensitive<std::string> read_line(int peer) {
  char buffer[line_bytes_max];
  std::size_t size = 0;
  const auto until = std::chrono::steady_clock::now() + line_deadline;
  const char* end = nullptr;
  while (end == nullptr && size < sizeof buffer) {
    pollfd waiting{peer, POLLIN, 0};
    if (std::chrono::steady_clock::now() > until) break;
    if (::poll(&waiting, 1, look_ms) <= 0) continue;
    const ssize_t got = ::read(peer, buffer + size, sizeof buffer - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
    end = static_cast<const char*>(std::memchr(buffer, '\n', size));
  }
  const auto length = end == nullptr ? 0 : static_cast<std::size_t>(end - buffer);
  Sensitive<std::string> line(std::string(buffer, length));
  explicit_bzero(buffer, sizeof buffer);
  return line;
}

void say(int peer, const std::string& line) {
  const std::string text = line + '\n';
  // Who hangs up before the answer finds out by asking again.
  if (::send(peer, text.data(), text.size(), MSG_NOSIGNAL) < 0) diag::count("unseal_unheard_total");
}

// The shares so far, and what is said to the next one.
class Collection {
 public:
  explicit Collection(const ShareChecks& checks) : checks_(checks) {}

  std::string take(std::string_view line) {
    auto share = read_share(line);
    if (!share) return "no: " + share.error().detail;
    const std::string number = "share " + std::to_string(share->number);
    if (!is_of(checks_, *share)) return "no: " + number + " is not of this key's splitting";
    if (!numbers_.insert(share->number).second) return "ok: " + number + " was here already";
    shares_.push_back(std::move(share).value());
    if (!complete())
      return "ok: " + number + ", " + std::to_string(checks_.threshold - shares_.size()) +
             " more needed";
    return "done: " + number + " was the last one needed; the vault opens";
  }
  bool complete() const { return shares_.size() >= checks_.threshold; }
  const std::vector<Share>& shares() const { return shares_; }

 private:
  const ShareChecks& checks_;
  std::set<std::uint32_t> numbers_;
  std::vector<Share> shares_;
};
}  // namespace

Result<crypto::SecretKey> wait_for_shares(const std::string& socket, const ShareChecks& checks,
                                          const std::function<bool()>& stop) {
  NRM_TRY_ASSIGN(const sockaddr_un address, address_of(socket));
  const Descriptor door(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(socket.c_str());
  // The umask is in force before the name is there: nobody else can connect in between.
  const mode_t before = ::umask(0177);
  const bool bound =
      door && ::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (!bound || ::listen(door.get(), 8) != 0) return failed(socket, "cannot be listened to");
  diag::warning("sealed", {{"what_next", "nrm vault unseal"},
                           {"shares_needed", std::uint64_t{checks.threshold}}});
  Collection collection(checks);
  while (!collection.complete()) {
    if (stop()) {
      ::unlink(socket.c_str());
      return Error(Code::unavailable, "", "stopped before enough shares were entered");
    }
    pollfd waiting{door.get(), POLLIN, 0};
    if (::poll(&waiting, 1, look_ms) <= 0) continue;
    const Descriptor peer(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer || !may_speak(peer.get())) continue;
    say(peer.get(), collection.take(read_line(peer.get()).reveal()));
  }
  ::unlink(socket.c_str());
  auto key = combine_shares(collection.shares());
  if (!is_master_of(checks, key))
    return Error(Code::corrupt, "", "these shares are right and give another key than was split");
  return key;
}

Result<std::string> give_share(const std::string& socket, const Sensitive<std::string>& share) {
  NRM_TRY_ASSIGN(const sockaddr_un address, address_of(socket));
  const Descriptor line(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!line ||
      ::connect(line.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return Error(Code::unavailable, "",
                 "no vault waits for shares here (is it up, and not open already?)");
  std::string text;
  text.reserve(share.reveal().size() + 1);
  text.append(share.reveal()).append(1, '\n');
  const Sensitive<std::string> sent(std::move(text));
  const auto& bytes = sent.reveal();
  if (::send(line.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size()))
    return failed(socket, "does not take the share");
  std::string said;
  char buffer[256];
  for (ssize_t got = 0; (got = ::read(line.get(), buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(got));
  while (said.ends_with('\n')) said.pop_back();
  if (said.empty()) return Error(Code::unavailable, "", "the vault hung up without a word");
  return said;
}
}  // namespace nrm
