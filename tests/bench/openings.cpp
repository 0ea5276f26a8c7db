// bench-openings: what an opening costs at the vault: decide, record, sync, then open; and how much
// of it is the record (the same opening again without one). Prints medians of five rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "common/store/rocksdb_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/threats/vault_at_work.hpp"

namespace nrm {
namespace {
using Ticks = std::chrono::steady_clock;
constexpr int rounds = 5;
constexpr auto span = std::chrono::seconds(2);
const std::vector<DataClass> classes = {DataClass::identity, DataClass::safe_contact};

template <class Turn>
double per_second(int each, Turn&& turn) {
  std::uint64_t done = 0;
  const auto began = Ticks::now();
  while (Ticks::now() - began < span) {
    turn();
    done += static_cast<std::uint64_t>(each);
  }
  return static_cast<double>(done) / std::chrono::duration<double>(Ticks::now() - began).count();
}

double median(std::vector<double> all) {
  std::ranges::sort(all);
  return all[all.size() / 2];
}
}  // namespace
}  // namespace nrm

int main() {
  using namespace nrm;
  crypto::start();
  const test::TemporaryFolder folder;
  auto store = open_rocksdb({.folder = folder.file("store")});
  CHECK(store, "the store opens");
  test::VaultAtWork vault(**store, folder.file("keys"));
  const CaseId person = vault.report(test::person_called("Ana"));
  Record record;
  record.events.push_back(
      {case_stream(person), DossierOpened{vault.manager, OpeningPurpose::own_request, classes}});
  std::vector<double> alone, together, unrecorded;
  for (int round = 0; round < rounds; ++round) {
    alone.push_back(per_second(1, [&] { CHECK(vault.open(person, classes).accepted(), "opens"); }));
    together.push_back(per_second(
        64, [&] { CHECK(vault.open_together(person, classes, 64) == 64, "all of them open"); }));
    unrecorded.push_back(
        per_second(1, [&] { CHECK(vault.sealing().answer(record, false), "it opens"); }));
  }
  std::printf(
      "openings/s, one in a batch: %.0f\nopenings/s, 64 in a batch:  %.0f\n"
      "without a record:           %.0f\noverhead of the record, 64 in a batch: %.1f us\n",
      median(alone), median(together), median(unrecorded),
      1e6 / median(together) - 1e6 / median(unrecorded));
}
