// What one durable append costs on an idle disk: 4 KiB appended and fdatasync'd, with 10 ms of
// rest before each, as at 100 commits a second.
//
// usage: bench-idle-sync DIR COUNT      prints "p50_ms N"
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

int main(int count, char** arguments) {
  if (count != 3) return std::fprintf(stderr, "usage: bench-idle-sync DIR COUNT\n"), 64;
  const std::string path = std::string(arguments[1]) + "/idle-sync";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  std::string block(4096, '\0');
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(i * 131 >> 3);
  std::vector<double> times;
  for (int i = std::atoi(arguments[2]); i > 0; --i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto begin = std::chrono::steady_clock::now();
    if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) ||
        ::fdatasync(file) != 0)
      return std::fprintf(stderr, "%s cannot be written\n", path.c_str()), 1;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    times.push_back(took.count());
  }
  ::close(file);
  ::unlink(path.c_str());
  std::sort(times.begin(), times.end());
  std::printf("p50_ms %.4f\n", times.empty() ? 0 : times[times.size() / 2]);
}
