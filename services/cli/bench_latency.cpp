// latency: from a report to the offer of its urgent need, at 100 reports a second, in idle
// append+fdatasync times of the same disk. Three services are on the way, each with a commit.
#include <algorithm>

#include "services/cli/bench.hpp"
#include "services/cli/bench_caseload.hpp"
#include "services/cli/bench_site.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::string_view names[] = {"vault", "identification", "referral", "assistance",
                                      "closure"};
constexpr double reports_per_second = 100;
constexpr double hops_on_the_way = 3;  // vault, identification, referral
}  // namespace

Result<Figure> measure_latency(const Options& options) {
  Figure figure{.name = "latency", .unit = "ms p50 from report to offer"};
  figure.contenders = {
      {"idle append+fdatasync, ms p50, for each of 3 hops", {}, {}, 2.0, 1.5, true}};
  std::vector<double> p99;
  NRM_TRY_ASSIGN(const auto site, Site::make(options.dir + "/site", free_port()));
  NRM_TRY_ASSIGN(const auto load, Caseload::open(site->folder(), 1));
  for (const auto name : names) NRM_TRY(site->start(name));
  NRM_TRY(load->prepare(16));
  for (std::size_t round = 0; round < options.rounds; ++round) {
    NRM_TRY_ASSIGN(const Numbers disk,
                   run_contender("bench-idle-sync", {options.dir, std::to_string(200)}));
    NRM_TRY_ASSIGN(std::vector<double> times,
                   load->offer_times(reports_per_second, options.seconds));
    std::ranges::sort(times);
    figure.ours.push_back(times[times.size() / 2]);
    p99.push_back(times[times.size() * 99 / 100]);
    auto& idle = figure.contenders[0];
    idle.theirs.push_back(disk.at("p50_ms"));
    idle.ratios.push_back(figure.ours.back() / (hops_on_the_way * idle.theirs.back()));
  }
  figure.beside = {{"p99, ms", p99}};
  return figure;
}
}  // namespace nrm::cli::measure
