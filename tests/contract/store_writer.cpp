// store_writer FOLDER COUNT [FILE_BYTES_MAX]: the process that store_contract_test kills.
//
// Commits records with sync, and prints the number of each after its commit, so that whoever reads
// knows what was acknowledged. With FILE_BYTES_MAX no file may grow beyond: the disk is full.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"

int main(int count, char** arguments) {
  if (count < 3) return 2;
  const auto records = std::strtoull(arguments[2], nullptr, 10);
  if (count > 3) {
    const rlimit limit{std::strtoull(arguments[3], nullptr, 10), RLIM_INFINITY};
    std::signal(SIGXFSZ, SIG_IGN);  // then write() fails with EFBIG instead
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;
  }
  auto store = nrm::open_rocksdb({arguments[1]});
  if (!store) return 4;
  for (std::uint64_t seq = 0; seq < records; ++seq) {
    nrm::Batch batch;
    batch.put(nrm::Family::log, nrm::keys::log(seq), std::string(300 + seq % 700, 'r'));
    batch.put(nrm::Family::state, nrm::keys::log(seq % 16), nrm::keys::log(seq));
    if (!(*store)->commit(batch, nrm::Sync::yes)) return 5;
    std::printf("%llu\n", static_cast<unsigned long long>(seq));
    std::fflush(stdout);
  }
  return 0;
}
