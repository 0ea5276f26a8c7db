#include "services/gateway/request_metrics.hpp"

#include <algorithm>

#include "common/base/check.hpp"
#include "services/gateway/route_table.hpp"

namespace nrm::gateway {
namespace {
std::string labels(std::size_t route) {
  const auto table = routes();
  if (route >= table.size()) return "method=\"other\",route=\"none\"";
  return "method=\"" + std::string(table[route].method) + "\",route=\"" +
         std::string(table[route].pattern) + '"';
}
}  // namespace

RequestMetrics::RequestMetrics(std::size_t routes)
    : routes_(routes), rows_(std::make_unique<Row[]>(routes + 1)) {}

void RequestMetrics::ended(std::size_t route, int status,
                           std::chrono::steady_clock::duration took) {
  CHECK(route <= routes_, "a place in the table");
  Row& row = rows_[route];
  const auto known = std::ranges::find(statuses, status);
  ++row.by_status[known == statuses.end() ? statuses.size() - 1
                                          : static_cast<std::size_t>(known - statuses.begin())];
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const auto bucket = std::ranges::lower_bound(buckets, static_cast<double>(us) / 1e6);
  ++row.by_time[static_cast<std::size_t>(bucket - buckets.begin())];
  row.microseconds += static_cast<std::uint64_t>(us);
  --running_;
}

std::string RequestMetrics::text() const {
  std::string out = "# TYPE gateway_requests_running gauge\ngateway_requests_running " +
                    std::to_string(running_) + '\n';
  write_counts(out);
  write_times(out);
  return out;
}

void RequestMetrics::write_counts(std::string& out) const {
  out += "# TYPE gateway_requests_total counter\n";
  for (std::size_t route = 0; route <= routes_; ++route)
    for (std::size_t i = 0; i < statuses.size(); ++i)
      if (const std::uint64_t count = rows_[route].by_status[i]; count > 0)
        out += "gateway_requests_total{" + labels(route) + ",status=\"" +
               std::to_string(statuses[i]) + "\"} " + std::to_string(count) + '\n';
}

void RequestMetrics::write_times(std::string& out) const {
  out += "# TYPE gateway_request_seconds histogram\n";
  for (std::size_t route = 0; route <= routes_; ++route) {
    const Row& row = rows_[route];
    if (std::ranges::none_of(row.by_time, [](const auto& count) { return count > 0; })) continue;
    std::uint64_t all = 0;
    std::string lines;
    const std::string name = labels(route);
    for (std::size_t i = 0; i <= buckets.size(); ++i) {
      all += row.by_time[i];
      std::string edge = i < buckets.size() ? std::to_string(buckets[i]) : "+Inf";
      lines += "gateway_request_seconds_bucket{" + name + ",le=\"" + edge + "\"} " +
               std::to_string(all) + '\n';
    }
    out += lines + "gateway_request_seconds_sum{" + name + "} " +
           std::to_string(static_cast<double>(row.microseconds) / 1e6) +
           "\ngateway_request_seconds_count{" + name + "} " + std::to_string(all) + '\n';
  }
}
}  // namespace nrm::gateway
