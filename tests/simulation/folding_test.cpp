// What folding gives is stored, so a build that folds otherwise must say so: folding_version
// (common/runtime/log.hpp). The logs of a small seeded world are kept in tests/data/folding, and
// here is what each core, and the gateway, made of them.
//
// Anew, after a change of the records' form: NRM_WRITE_LOGS=1 build/bin/folding_test
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "common/bus/memory_bus.hpp"
#include "common/crypto/crypto.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/projection.hpp"
#include "common/runtime/rebuild.hpp"
#include "common/store/memory_store.hpp"
#include "services/cores.hpp"
#include "services/gateway/chronicle.hpp"
#include "services/gateway/views.hpp"
#include "tests/support/world.hpp"

namespace nrm {
namespace {
constexpr std::uint32_t version = 4;
const std::map<std::string, std::string> digests = {
    {"vault", "ffee242123b511b6"},    {"identification", "6a889e2f7184680d"},
    {"referral", "4525226dd9bf9aee"}, {"assistance", "cf3819b2729f0061"},
    {"closure", "fbb98471e3553feb"},  {"gateway", "f691d51042eeec26"}};
constexpr Service owners[] = {Service::vault, Service::identification, Service::referral,
                              Service::assistance, Service::closure};

std::string file_of(Service owner) {
  return std::string(NRM_SOURCE_FOLDER "/tests/data/folding/") + std::string(to_text(owner)) +
         ".jsonl";
}

std::vector<std::string> log_of(Service owner) {
  std::ifstream file(file_of(owner));
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  EXPECT_GT(out.size(), 10u) << file_of(owner);
  return out;
}

std::string digest_of(const Store& store) {
  std::string all;
  for (const Family family : {Family::state, Family::rows, Family::due, Family::idempotency})
    EXPECT_TRUE(store.scan(family, {}, [&](std::string_view key, std::string_view value) {
      all += std::string(family_name(family)) + ' ' + std::string(key) + ' ' + std::string(value) +
             '\n';
      return true;
    }));
  return crypto::sha256(all).hex().substr(0, 16);
}

std::string folded(Service owner) {
  MemoryStore log, out;
  Batch batch;
  std::uint64_t seq = 0;
  for (std::string& record : log_of(owner))
    batch.put(Family::log, keys::log(seq++), std::move(record));
  EXPECT_TRUE(log.commit(batch, Sync::yes));
  EXPECT_TRUE(refold(core_of(owner), log, out));
  return digest_of(out);
}

std::string projected() {
  MemoryNetwork network(1);
  const auto bus = network.join("gateway");
  MemoryStore store;
  gateway::Chronicle chronicle(store);
  std::vector<Projection::Followed> followed;
  std::vector<std::unique_ptr<Bus>> others;
  for (const Service owner : owners) {
    others.push_back(network.join(std::string(to_text(owner))));
    followed.push_back({owner, bus->link_to(to_text(owner))});
  }
  const auto projection =
      Projection::open(core_of<gateway::Views>(), store, followed,
                       [&](const std::string& log, const Projection::Told& record, Batch& batch) {
                         chronicle.record(log, record, batch);
                       });
  EXPECT_TRUE(projection);
  for (const Service owner : owners) {
    const auto records = log_of(owner);
    wire::Records message{.log = log_name(owner), .first = 0, .head = records.size(), .items = {}};
    for (const std::string& record : records) message.items.push_back(record);
    EXPECT_TRUE((*projection)->on(message, Instant{}));
    EXPECT_TRUE((*projection)->commit(*bus, Instant{}));
    chronicle.committed();
  }
  return digest_of(store);
}

void write_logs() {
  test::World world({.seed = 3, .people = 5, .turns = 250});
  ASSERT_FALSE(world.run());
  for (const Service owner : owners) {
    std::ofstream file(file_of(owner), std::ios::trunc);
    ASSERT_TRUE(read_log(world.store(owner), 0, [&](std::uint64_t, std::string_view record) {
      file << record << '\n';
      return true;
    }));
    ASSERT_TRUE(file.flush());
  }
}

TEST(Folding, IsThatOfItsVersion) {
  crypto::start();
  if (std::getenv("NRM_WRITE_LOGS") != nullptr) write_logs();
  std::map<std::string, std::string> is;
  for (const Service owner : owners) is[std::string(to_text(owner))] = folded(owner);
  is["gateway"] = projected();
  EXPECT_EQ(folding_version, version);
  for (const auto& [name, digest] : is)
    EXPECT_EQ(digests.at(name), digest)
        << name << " folds otherwise than version " << version
        << ": raise folding_version (common/runtime/log.hpp), and write both here. Without it a "
           "folder that an earlier build wrote goes on with rows as that one made them";
}

}  // namespace
}  // namespace nrm
