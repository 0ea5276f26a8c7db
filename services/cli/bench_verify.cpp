// verify: `nrm audit verify` of all logs of a small and of a large installation, every layer, every
// decision made again, and `nrm audit replay` of the same logs, each as a process of its own:
// records a second, peak memory, and how both change with the size; against RocksDB's bare iterator
// over the same logs, on one core, and against that iterator with the SHA-256 of each record, which
// nobody who checks hashes can be faster than.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/cli/bench.hpp"
#include "services/cli/bench_caseload.hpp"
#include "services/cli/bench_site.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::uint64_t small = 250'000, large = 1'000'000;  // records, about
constexpr std::uint64_t records_per_case = 21;               // of all services, with the vault's
constexpr std::size_t window = 2'048;                        // cases under way
constexpr double as_long_as_it_takes = 3'600;
constexpr int archive_looks = 600;  // two seconds apart

Result<std::uint64_t> head_of(const Folder& folder, Service service) {
  NRM_TRY_ASSIGN(const auto store,
                 open_rocksdb({.folder = folder.store(to_text(service)), .read_only = true}));
  return log_head(*store);
}

Result<bool> archived_all(const Folder& folder) {
  NRM_TRY_ASSIGN(const auto archive,
                 open_rocksdb({.folder = folder.store("audit"), .read_only = true}));
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(const std::uint64_t head, head_of(folder, service));
    NRM_TRY_ASSIGN(const auto last,
                   archive->get(Family::archive, keys::archive(log_name(service), head - 1)));
    if (!last) return false;
  }
  return true;
}

// Logs of about this many records, by the real services, and the archive of them; all are stopped
// afterwards.
Result<std::unique_ptr<Site>> fill(const std::string& dir, std::uint64_t records) {
  NRM_TRY_ASSIGN(auto site, Site::make(dir, free_port()));
  NRM_TRY_ASSIGN(const auto load, Caseload::open(site->folder(), records));
  for (const auto name : {"vault", "referral"}) NRM_TRY(site->start(name));
  NRM_TRY(load->prepare(records / records_per_case));
  for (const auto name : {"identification", "assistance", "closure", "audit"})
    NRM_TRY(site->start(name));
  NRM_TRY(load->saturate(window, as_long_as_it_takes));
  bool archived = false;
  for (int look = 0; look < archive_looks && !archived; ++look) {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    NRM_TRY_ASSIGN(archived, archived_all(site->folder()));
  }
  if (!archived) return Error(Code::timeout, "", "the archive does not come to the logs' ends");
  for (const Service service : log_owners) NRM_TRY(site->stop(to_text(service)));
  return site;
}

struct Run {
  double records = 0, seconds = 0, megabytes = 0;
  double rate() const { return records / seconds; }
};

// `nrm audit COMMAND` itself, at its lowest memory: as an auditor runs it.
Result<Run> run_once(const Folder& folder, const char* command) {
  Run out;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(const std::uint64_t head, head_of(folder, service));
    out.records += static_cast<double>(head);
  }
  NRM_TRY_ASSIGN(const std::string path, program_beside("nrm"));
  const double begin = seconds_now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execl(path.c_str(), path.c_str(), "audit", command, "--dir", folder.path().c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0)
    return Error(Code::corrupt, "", "the logs that were made do not check out");
  out.seconds = seconds_now() - begin;
  out.megabytes = static_cast<double>(used.ru_maxrss) / 1024;
  return out;
}

struct Bare {
  double read = 0, hashed = 0;  // records a second
};

// One reader over all logs, one after the other.
Result<Bare> iterate(const Folder& folder) {
  double records = 0, reading = 0, hashing = 0;
  for (const Service service : log_owners) {
    const std::string store = folder.store(to_text(service));
    NRM_TRY_ASSIGN(const Numbers raw, run_contender("bench-raw-iterator", {store}));
    NRM_TRY_ASSIGN(const auto log, open_rocksdb({.folder = store, .read_only = true}));
    NRM_TRY_ASSIGN(const std::uint64_t head, log_head(*log));
    records += static_cast<double>(head);
    reading += static_cast<double>(head) / raw.at("records_per_second");
    hashing += static_cast<double>(head) / raw.at("hashed_per_second");
  }
  return Bare{records / reading, records / hashing};
}
}  // namespace

Result<Figure> measure_verify(const Options& options) {
  Figure figure{.name = "verify", .unit = "records/s, every layer, every decision again"};
  figure.contenders = {{"bare RocksDB iterator over the same logs, records/s", {}, {}, 0.02, 0.05},
                       {"that iterator and SHA-256, records/s", {}, {}, 0.05, 0.10},
                       {"bare iterator; ours `audit replay`", {}, {}, 0.10, 0.40}};
  std::vector<double> records, memory, small_rate, small_memory, small_replay, replay_rate,
      replay_memory;
  const std::size_t rounds = std::min<std::size_t>(options.rounds, 3);
  for (const std::uint64_t size : {small, large}) {
    NRM_TRY_ASSIGN(const auto site, fill(options.dir + "/site", size));
    for (std::size_t round = 0; round < rounds; ++round) {
      NRM_TRY_ASSIGN(const Run run, run_once(site->folder(), "verify"));
      NRM_TRY_ASSIGN(const Run replayed, run_once(site->folder(), "replay"));
      const double rate = run.rate();
      if (size == small) {
        small_rate.push_back(rate);
        small_memory.push_back(run.megabytes);
        small_replay.push_back(replayed.rate());
        continue;
      }
      NRM_TRY_ASSIGN(const Bare bare, iterate(site->folder()));
      figure.ours.push_back(rate);
      records.push_back(run.records);
      memory.push_back(run.megabytes);
      replay_rate.push_back(replayed.rate());
      replay_memory.push_back(replayed.megabytes);
      figure.contenders[0].theirs.push_back(bare.read);
      figure.contenders[0].ratios.push_back(rate / bare.read);
      figure.contenders[1].theirs.push_back(bare.hashed);
      figure.contenders[1].ratios.push_back(rate / bare.hashed);
      figure.contenders[2].theirs.push_back(bare.read);
      figure.contenders[2].ratios.push_back(replayed.rate() / bare.read);
    }
  }
  figure.beside = {{"records", records},
                   {"MiB at most", memory},
                   {"records/s of a quarter of them", small_rate},
                   {"MiB at most, of a quarter of them", small_memory},
                   {"replay, records/s", replay_rate},
                   {"replay, MiB at most", replay_memory},
                   {"replay, records/s of a quarter of them", small_replay}};
  return figure;
}
}  // namespace nrm::cli::measure
