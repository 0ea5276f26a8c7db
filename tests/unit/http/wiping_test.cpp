// What a client began to send is not left in memory when it goes: it may be about a person, and
// memory ends up in cores, swap and whatever asks for it next.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "common/base/descriptor.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
// The secret in ROT13: in clear it is in no memory but where the server put it.
constexpr std::string_view ciphered = "frperg-anzr-bs-n-crefba-va-qnatre";
char in_cipher(char c) {
  if (c < 'a' || c > 'z') return c;
  return static_cast<char>('a' + (c - 'a' + 13) % 26);
}

bool holds_secret(std::string_view bytes) {
  for (std::size_t at = 0; at + ciphered.size() <= bytes.size(); ++at) {
    std::size_t same = 0;
    while (same < ciphered.size() && in_cipher(bytes[at + same]) == ciphered[same]) ++same;
    if (same == ciphered.size()) return true;
  }
  return false;
}

// Whether the secret is in this process's memory. Copies pages to a place that is not searched.
bool in_memory() {
  constexpr std::size_t piece = 1 << 20;
  void* place = ::mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(place, MAP_FAILED);
  auto* copy = static_cast<char*>(place);
  const Descriptor memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  bool found = false;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; !found && std::getline(maps, line);) {
    char* rest = nullptr;
    std::uint64_t at = std::strtoull(line.c_str(), &rest, 16);
    const std::uint64_t end = std::strtoull(rest + 1, &rest, 16);
    const auto own = reinterpret_cast<std::uint64_t>(copy);
    if (line.find(" rw") == line.npos || (at <= own && own < end)) continue;
    for (; !found && at < end; at += piece - ciphered.size()) {
      const auto read = ::pread(memory.get(), copy, std::min<std::uint64_t>(piece, end - at),
                                static_cast<off_t>(at));
      if (read <= 0) break;
      found = holds_secret({copy, static_cast<std::size_t>(read)});
      if (end - at <= piece) break;
    }
  }
  ::munmap(place, piece);
  return found;
}

bool becomes(bool there) {
  const auto until = std::chrono::steady_clock::now() + generous;
  while (in_memory() != there) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// Sends a part of a request, stays for a while, and hangs up. Another process: what it sends is not
// in our memory.
constexpr std::string_view client = R"sh(exec 3<>/dev/tcp/127.0.0.1/$0
printf 'POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n' >&3
tr a-z n-za-m <<<"$1" >&3
sleep 2)sh";

TEST(Wiping, LeavesNothingOfARequestThatDidNotEnd) {
  const auto server = started(options_of(Wiring::plain), echo);
  ASSERT_FALSE(in_memory());
  const std::string port = std::to_string(server->port()), script(client), secret(ciphered);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::execl("/bin/bash", "bash", "-c", script.c_str(), port.c_str(), secret.c_str(), nullptr);
    ::_exit(127);
  }
  EXPECT_TRUE(becomes(true)) << "the server has read it";
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(becomes(false)) << "and has forgotten it";
}
}  // namespace
}  // namespace nrm::http::test
