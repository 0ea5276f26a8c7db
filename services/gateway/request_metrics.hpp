// RequestMetrics: requests by route and status, how long they took, how many run. Route patterns
// only, never a path: paths have ids in them.
// THREAD: any.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace nrm::gateway {
class RequestMetrics {
 public:
  explicit RequestMetrics(std::size_t routes);
  void began() { ++running_; }
  // `route`: its place in the table; the number of routes for none of them.
  void ended(std::size_t route, int status, std::chrono::steady_clock::duration took);
  // Prometheus text exposition; names of the routes from the table.
  std::string text() const;

 private:
  static constexpr std::array<int, 20> statuses{200, 201, 304, 400, 401, 403, 404, 405, 408, 409,
                                                412, 413, 415, 422, 428, 429, 431, 500, 503, 0};
  static constexpr std::array<double, 9> buckets{0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3};
  struct Row {
    std::array<std::atomic<std::uint64_t>, statuses.size()> by_status{};
    std::array<std::atomic<std::uint64_t>, buckets.size() + 1> by_time{};
    std::atomic<std::uint64_t> microseconds{0};
  };
  void write_counts(std::string& out) const;
  void write_times(std::string& out) const;

  std::size_t routes_;
  std::unique_ptr<Row[]> rows_;
  std::atomic<std::int64_t> running_{0};
};
}  // namespace nrm::gateway
