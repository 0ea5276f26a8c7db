// Row 9: the operator restores an older copy of one service's store. Peers hold what came after it,
// so the first RESUME of each raises the alarm, and when two say the same the service ends with 76
// and is not started again. Followers' stores that are older hold nothing that is lost.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

// The stores of one installation at one moment, and back again.
class Stores {
 public:
  explicit Stores(const Installation& at) : at_(at) {}
  void keep(const std::string& name) {
    fs::copy(at_.dir() + "/store", copy(name), fs::copy_options::recursive);
    fs::copy(epochs(), copy(name) + "/epochs", fs::copy_options::recursive);
  }
  // The keys of the vault's epochs, as whoever copied everything has them.
  void restore_epochs(const std::string& name) {
    fs::remove_all(epochs());
    fs::copy(copy(name) + "/epochs", epochs(), fs::copy_options::recursive);
    fs::permissions(epochs(), fs::perms::owner_all);
  }
  void restore(const std::string& name, const std::string& service) {
    fs::remove_all(at_.dir() + "/store/" + service);
    fs::copy(copy(name) + "/" + service, at_.dir() + "/store/" + service,
             fs::copy_options::recursive);
    fs::permissions(at_.dir() + "/store/" + service, fs::perms::owner_all);
  }

 private:
  std::string copy(const std::string& name) const { return at_.dir() + "/../" + name; }
  std::string epochs() const { return at_.dir() + "/keys/vault/epochs"; }
  const Installation& at_;
};

class Threat09_Rollback : public ::testing::Test {
 protected:
  // Some people through the whole chain, so that every service's log grows.
  void live(const std::string& responder) {
    const std::string file = at.dir() + "/../people.csv";
    std::ofstream(file) << "first_responder_type,first_responder,exploitation,age_at_exploitation,"
                           "gender,nationality,people\n"
                        << "Police," << responder << ",Criminal,Adult (18 or over),Male,UK,12\n";
    at.up();
    const Ran loaded = at.nrm({"load", file});
    EXPECT_EQ(loaded.exit_code, 0) << loaded.out << loaded.err;
    const Ran lived = at.nrm({"rehearse"});
    EXPECT_EQ(lived.exit_code, 0) << lived.out << lived.err;
    EXPECT_EQ(at.down(), 0);
  }
  // `nrm up` until it ends by itself, or a minute has gone.
  int up_until_it_ends() {
    return run({"/usr/bin/timeout", "60", std::string(NRM_BINARY_FOLDER) + "/nrm", "up", "--dir",
                at.dir(), "--quiet"})
        .exit_code;
  }
  Installation at{"uk"};
  Stores stores{at};
};

TEST_F(Threat09_Rollback, AnOlderStoreOfAnyServiceIsNotServed) {
  crypto::start();
  live("Kent Police");
  stores.keep("older");
  live("Dorset Police");
  stores.keep("newer");
  for (const Service service : log_owners) {
    if (service == Service::audit) continue;  // nothing was published in between: the same log
    const std::string name(to_text(service));
    stores.restore("older", name);
    if (service == Service::vault) {
      EXPECT_EQ(up_until_it_ends(), 65) << "the keys of its epochs are younger";
      stores.restore_epochs("older");
    }
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(up_until_it_ends(), 76) << name;
    const auto took = std::chrono::steady_clock::now() - began;
    std::printf("%s: refused after %lld ms\n", name.c_str(),
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    const std::string log = file_bytes(at.dir() + "/logs/" + name + ".log");
    EXPECT_NE(log.find("\"event\":\"feed_refused\""), std::string::npos) << log;
    EXPECT_NE(log.find("\"why\":\"ahead\""), std::string::npos) << log;
    const Ran verified = at.nrm({"audit", "verify"});
    EXPECT_EQ(verified.exit_code, 22) << "an auditor sees it without running anything";
    // What others wrote meanwhile is gone with their newer stores.
    for (const Service other : log_owners) stores.restore("newer", std::string(to_text(other)));
    stores.restore_epochs("newer");
    for (const char* follower : {"audit", "gateway"}) stores.restore("newer", follower);
  }
  for (const char* follower : {"audit", "gateway"}) stores.restore("older", follower);
  at.up();
  EXPECT_EQ(at.down(), 0) << "who only follows has caught up";
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}
}  // namespace
}  // namespace nrm::test
