// hops: durable hops per second through the four real services, against four raw RocksDB writers
// that write the same batches and bytes, and against a PostgreSQL outbox chain.
#include <array>
#include <fstream>

#include "services/cli/bench.hpp"
#include "services/cli/bench_caseload.hpp"
#include "services/cli/bench_site.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::string_view four[] = {"identification", "referral", "assistance", "closure"};
constexpr std::size_t window = 4'096;       // cases under way
constexpr double cases_per_second = 9'000;  // that are sealed beforehand, for each second
constexpr double warm_up = 0.5;

struct Hops {
  Caseload::Flow flow;
  std::array<Written, 4> written;
};

Result<Hops> run_ours(const Options& options, std::size_t round) {
  NRM_TRY_ASSIGN(const auto site, Site::make(options.dir + "/site", free_port()));
  NRM_TRY_ASSIGN(const auto load, Caseload::open(site->folder(), round + 1));
  NRM_TRY(site->start("vault"));
  NRM_TRY(site->start("referral"));
  const double seconds = options.seconds + warm_up;
  NRM_TRY(load->prepare(static_cast<std::size_t>(seconds * cases_per_second) + window));
  // The vault has done its part; it is not one of the four. Referral starts anew, so that what it
  // wrote for the consents does not count as what the chain writes.
  NRM_TRY(site->stop("vault"));
  NRM_TRY(site->stop("referral"));
  for (const auto name : four) NRM_TRY(site->start(name));
  Hops out;
  NRM_TRY_ASSIGN(out.flow, load->saturate(window, options.seconds));
  for (std::size_t i = 0; i < std::size(four); ++i) {
    NRM_TRY_ASSIGN(out.written[i], site->stop(four[i]));
  }
  return out;
}

// What the raw writers are to write: a line per service, "records batches", then per family
// "name puts erased key_bytes value_bytes".
Result<void> write_shapes(const std::string& file, const std::array<Written, 4>& written) {
  std::ofstream out(file);
  for (const Written& one : written) {
    out << one.records << ' ' << one.batches << ' ' << one.families.size();
    for (const auto& [family, put] : one.families)
      out << ' ' << family << ' ' << put.puts << ' ' << put.erased << ' ' << put.key_bytes << ' '
          << put.value_bytes;
    out << '\n';
  }
  if (!out.flush()) return Error(Code::io_failed, "", file + " cannot be written");
  return {};
}
}  // namespace

Result<Figure> measure_hops(const Options& options) {
  Figure figure{.name = "hops", .unit = "durable hops/s"};
  figure.contenders = {{"four raw RocksDB writers, same batches and bytes", {}, {}, 0.25, 0.40},
                       {"PostgreSQL outbox chain, same work per hop", {}, {}, 1.5, 2.0}};
  std::vector<double> per_batch, bytes, cases;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    NRM_TRY_ASSIGN(const Hops hops, run_ours(options, round));
    const double ours = static_cast<double>(hops.flow.hops) / hops.flow.seconds;
    figure.ours.push_back(ours);
    cases.push_back(static_cast<double>(hops.flow.cases) / hops.flow.seconds);
    double records = 0, batches = 0, value_bytes = 0;
    for (const Written& one : hops.written) {
      records += static_cast<double>(one.records);
      batches += static_cast<double>(one.batches);
      for (const auto& [family, put] : one.families)
        value_bytes += static_cast<double>(put.key_bytes + put.value_bytes);
    }
    per_batch.push_back(records / batches);
    bytes.push_back(value_bytes / records);

    const std::string shapes = options.dir + "/shapes";
    NRM_TRY(write_shapes(shapes, hops.written));
    const std::string seconds = std::to_string(options.seconds);
    NRM_TRY_ASSIGN(const Numbers raw,
                   run_contender("bench-raw-writers", {options.dir + "/raw", shapes, seconds}));
    NRM_TRY_ASSIGN(const Numbers postgres,
                   run_contender("bench-postgres-chain", {options.dir + "/postgres", seconds}));
    figure.contenders[0].theirs.push_back(raw.at("hops_per_second"));
    figure.contenders[1].theirs.push_back(postgres.at("hops_per_second"));
    for (auto& contender : figure.contenders)
      contender.ratios.push_back(ours / contender.theirs.back());
  }
  figure.beside = {
      {"records per batch", per_batch}, {"bytes put per record", bytes}, {"cases/s", cases}};
  return figure;
}
}  // namespace nrm::cli::measure
