#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"

namespace nrm::diag {
namespace {
// Metrics of one kind. Looking one up takes a shared lock; using it takes none.
template <class Metric>
class Named {
 public:
  using Make = std::function<Metric&(const std::string&)>;
  explicit Named(Make make) : make_(std::move(make)) {}

  Metric& get(std::string_view name) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto at = metrics_.find(name); at != metrics_.end()) return *at->second;
    }
    const std::unique_lock lock(mutex_);
    if (const auto at = metrics_.find(name); at != metrics_.end()) return *at->second;
    // Names are written in the program. If there are this many, somebody makes them from data.
    CHECK(metrics_.size() < limits::metric_names_max, "metric names are literals");
    Metric& metric = make_(std::string(name));
    metrics_.emplace(name, &metric);
    return metric;
  }

 private:
  const Make make_;
  std::shared_mutex mutex_;
  std::map<std::string, Metric*, std::less<>> metrics_;
};

struct Metrics {
  // Half-decade steps: a sync takes 0.3 to 100 ms, a stalled disk seconds.
  const prometheus::Histogram::BucketBoundaries seconds_buckets{
      0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
  prometheus::Registry registry;
  Named<prometheus::Counter> counters{[this](const std::string& name) -> prometheus::Counter& {
    return prometheus::BuildCounter().Name(name).Register(registry).Add({});
  }};
  Named<prometheus::Gauge> gauges{[this](const std::string& name) -> prometheus::Gauge& {
    return prometheus::BuildGauge().Name(name).Register(registry).Add({});
  }};
  Named<prometheus::Histogram> histograms{
      [this](const std::string& name) -> prometheus::Histogram& {
        return prometheus::BuildHistogram().Name(name).Register(registry).Add({}, seconds_buckets);
      }};
};

// Never destroyed: other threads may count until the very end.
Metrics& metrics() {
  static Metrics* const only = new Metrics;
  return *only;
}

// The library throws when a name is not one, or is used for two kinds: both are ours to mend.
template <class F>
void touch(F&& use) {
  try {
    use();
  } catch (const std::exception&) {
    check_failed(__FILE__, __LINE__, "a valid metric name of one kind");
  }
}
}  // namespace

void count(std::string_view name, std::int64_t by) {
  CHECK(by >= 0, "a counter only grows");
  touch([&] { metrics().counters.get(name).Increment(static_cast<double>(by)); });
}

void gauge(std::string_view name, std::int64_t value) {
  touch([&] { metrics().gauges.get(name).Set(static_cast<double>(value)); });
}

void observe_seconds(std::string_view name, double seconds) {
  touch([&] { metrics().histograms.get(name).Observe(seconds); });
}

std::string metrics_text() {
  return prometheus::TextSerializer().Serialize(metrics().registry.Collect());
}
}  // namespace nrm::diag
