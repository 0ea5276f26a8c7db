#include "services/audit/run_beside.hpp"

#include <atomic>
#include <thread>

namespace nrm {
void run_beside(std::vector<std::function<void()>> tasks) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::thread other(work);
  work();
  other.join();
}
}  // namespace nrm
