// torture_ledger FOLDER SEED ACTS [FILE_BYTES_MAX]: the process that is killed.
//
// Does what the seed says, and says after each commit that it returned:
//   open HEAD CURSOR          the ledger stands there
//   done NUMBER HEAD LEAF     the act is committed; "-" without a record
//   failed WHY                a commit failed: the process ends with 70, as a service does
// Exit codes: 0 all acts done and closed; 65 the folder does not check out; 70 a write failed.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "common/diag/diag.hpp"
#include "tests/torture/ledger.hpp"

namespace {
int failed(const nrm::Error& error) {
  std::printf("failed %s\n", error.detail.c_str());
  std::fflush(stdout);
  return error.code == nrm::Code::io_failed ? 70 : 65;
}
unsigned long long wide(std::uint64_t number) { return number; }
}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 64;
  if (count > 4) {
    const rlimit limit{std::strtoull(arguments[4], nullptr, 10), RLIM_INFINITY};
    std::signal(SIGXFSZ, SIG_IGN);  // then write() fails with EFBIG instead
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 71;
  }
  nrm::diag::start("torture_ledger", nrm::diag::Level::warning);
  nrm::crypto::start();
  const std::uint64_t seed = std::strtoull(arguments[2], nullptr, 10);
  const std::uint64_t acts = std::strtoull(arguments[3], nullptr, 10);
  auto store = nrm::open_rocksdb({arguments[1]});
  if (!store) return failed(store.error());
  auto ledger = nrm::torture::Ledger::open(std::move(*store));
  if (!ledger) return failed(ledger.error());
  const auto place = (*ledger)->place();
  std::printf("open %llu %llu\n", wide(place.head), wide(place.cursor));
  std::fflush(stdout);
  for (std::uint64_t number = 0; number < acts; ++number) {
    const auto leaf = (*ledger)->perform(nrm::torture::act_of(seed, number));
    if (!leaf) return failed(leaf.error());
    std::printf("done %llu %llu %s\n", wide(number), wide((*ledger)->place().head),
                leaf->empty() ? "-" : leaf->c_str());
    std::fflush(stdout);
  }
  if (const auto closed = (*ledger)->close(); !closed) return failed(closed.error());
  return 0;
}
