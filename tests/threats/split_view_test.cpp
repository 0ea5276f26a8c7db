// Row 10, split view: an owner that shows one history to some and another to others. The next peer
// finds it, and the archive does: what referral was shown of identification's log goes with
// referral's heartbeat to closure and audit, who were shown another one.
//
// Real ZeroMQ, the real keys of a folder that `nrm init` made, real RocksDB. Referral, closure and
// the archive are real; identification is played by the test, with its real key: it lies.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "common/runtime/folder.hpp"
#include "common/runtime/rotation.hpp"
#include "common/runtime/run.hpp"
#include "common/runtime/service_loop.hpp"
#include "services/audit/archive.hpp"
#include "services/cores.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm::test {
namespace {
constexpr std::chrono::seconds patience{90};  // only a test that fails waits this long

std::string record(std::uint64_t seq, const std::string& at) {
  return "{\"seq\":" + std::to_string(seq) +
         ",\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":\"" + at +
         "\",\"input\":{\"opened\":true},\"events\":[],\"policy\":\"test@0\",\"engine\":1}";
}

// One history of identification's log, served as the runtime serves logs.
class History {
 public:
  History(const Folder& folder, Bus& bus)
      : origin_(folder.origin(Service::identification)),
        signer_(folder.signer(Service::identification).value()),
        source_(
            {.name = "identification/0",
             .head = [this] { return tree_.tree.size(); },
             .leaf = [this](std::uint64_t seq) -> Result<Hash> { return tree_.model.leaf(seq); },
             .read =
                 [this](std::uint64_t seq, const std::function<bool(std::string_view)>& take) {
                   while (seq < records_.size() && take(records_[seq])) ++seq;
                   return Result<void>();
                 },
             .checkpoint = [this] { return note(); },
             .time = [] { return *Instant::parse("2023-07-03T09:00:00.000Z"); },
             .prove = [this](std::uint64_t old_size, std::uint64_t size)
                 -> Result<std::vector<Hash>> { return tree_.model.proof(old_size, size); }},
            bus) {}
  void append(const std::string& at) {
    const std::uint64_t seq = tree_.tree.size();
    records_.push_back(record(seq, at));
    tree_.append(leaf_hash(records_.back()));
    source_.appended(seq, {records_.back()});
  }
  FeedSource& source() { return source_; }

 private:
  std::string note() const {
    return sign_note(write_checkpoint({origin_, tree_.tree.size(), tree_.tree.root()}), origin_,
                     signer_);
  }
  std::string origin_;
  crypto::Signer signer_;
  GrowingTree tree_;
  std::vector<std::string> records_;
  FeedSource source_;
};

// A real service of the folder, on a store of its own.
struct RunningService {
  RunningService(const Folder& folder, Service service, const Clock& clock, const Clock& ticks)
      : policy(folder.policy()), signer(folder.signer(service).value()) {
    std::vector<std::string> peers;
    for (const Service owner : core_of(service).follows()) peers.emplace_back(to_text(owner));
    bus = open_zmq(folder.bus(to_text(service), peers).value()).value();
    loop = ServiceLoop::open(
               {.step = {.core = core_of(service),
                         .store = disk.store(),
                         .entropy = *entropy,
                         .policy = policy,
                         .policy_digest = folder.policy_digest(),
                         .signer = signer,
                         .origin = folder.origin(service),
                         .sandbox = true},
                .bus = *bus,
                .clock = clock,
                .ticks = ticks,
                .verifier_keys = [&folder](Service owner) { return verifier_keys(folder, owner); }})
               .value();
  }
  bool stopped_at_identification() const {
    return std::ranges::any_of(loop->cursors(), [](const FeedCursor& cursor) {
      return cursor.log() == "identification/0" && !cursor.stopped().empty();
    });
  }
  Policy policy;
  TemporaryStore disk;
  std::unique_ptr<Entropy> entropy = system_entropy();
  crypto::Signer signer;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<ServiceLoop> loop;
};

class Threat10_SplitView : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    std::vector<std::string> owners;
    std::vector<Archive::Followed> logs;
    for (const Service owner : log_owners) owners.emplace_back(to_text(owner));
    audit_bus = open_zmq(folder.bus("audit", owners).value()).value();
    for (const Service owner : log_owners)
      logs.push_back({log_name(owner), audit_bus->link_to(to_text(owner)), folder.origin(owner),
                      folder.log_key(owner).value()});
    archive = Archive::open(archived.store(), logs).value();
  }
  // Each peer is shown what `shown` names; identification's bus is the test's.
  void turn() {
    std::vector<Delivery> came;
    bus->receive(std::chrono::milliseconds(1), 100, came);
    const Instant now = ticks->now();
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      if (!message || !shown.contains(delivery.peer)) continue;
      FeedSource& source = shown.at(delivery.peer)->source();
      if (const auto* resume = std::get_if<wire::Resume>(&*message))
        source.on(delivery.link, *resume, now, delivery.peer);
      else if (const auto* credit = std::get_if<wire::Credit>(&*message))
        source.on(delivery.link, *credit);
      else if (const auto* prove = std::get_if<wire::Prove>(&*message))
        source.on(delivery.link, *prove);
    }
    ASSERT_TRUE(honest.source().turn(now));
    ASSERT_TRUE(other.source().turn(now));
    for (RunningService* service : {&referral, &closure})
      ASSERT_TRUE(service->loop->turn(std::chrono::milliseconds(1)));
    came.clear();
    audit_bus->receive(std::chrono::milliseconds(1), 100, came);
    for (const Delivery& delivery : came)
      if (const auto message = wire::read(delivery.frames)) {
        ASSERT_TRUE(archive->on(delivery.link, *message, now));
      }
    ASSERT_TRUE(archive->commit(*audit_bus, now));
  }
  bool comes_true(const std::function<bool()>& condition, std::chrono::seconds within = patience) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end || HasFatalFailure()) return false;
      turn();
    }
    return true;
  }
  void grow(int count, const std::string& at_honest, const std::string& at_other) {
    for (int i = 0; i < count; ++i) {
      honest.append(at_honest);
      other.append(at_other);
    }
  }

  const std::string nine = "2023-07-03T09:00:00.000Z", ten = "2023-07-03T10:00:00.000Z";
  Installation at;
  Folder folder = Folder::open(at.dir()).value();
  ManualClock clock{*Instant::parse("2023-07-03T09:00:00.000Z")};
  std::unique_ptr<Clock> ticks = tick_clock();
  std::unique_ptr<Bus> bus = open_zmq(folder.bus("identification", {"closure"}).value()).value();
  std::unique_ptr<Bus> audit_bus;
  History honest{folder, *bus}, other{folder, *bus};
  RunningService referral{folder, Service::referral, clock, *ticks};
  RunningService closure{folder, Service::closure, clock, *ticks};
  TemporaryStore archived;
  std::unique_ptr<Archive> archive;
  std::map<std::string, History*> shown;
};

TEST_F(Threat10_SplitView, TwoHistoriesForTwoFollowersAreFoundByBoth) {
  shown = {{"referral", &honest}, {"closure", &other}};
  grow(5, nine, nine);
  grow(5, nine, ten);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(comes_true([&] { return closure.stopped_at_identification(); }));
  EXPECT_TRUE(comes_true([&] { return referral.stopped_at_identification(); }));
  std::printf("both found it within %lld ms\n",
              static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                         std::chrono::steady_clock::now() - began)
                                         .count()));
  EXPECT_TRUE(closure.loop->stopped()) << "its process ends with 76";
}

// The sizes differ, so the owner is asked to prove, and cannot.
TEST_F(Threat10_SplitView, ALongerOtherHistoryIsFoundToo) {
  shown = {{"referral", &honest}, {"closure", &other}};
  grow(5, nine, nine);
  grow(5, nine, ten);
  for (int i = 0; i < 7; ++i) other.append(ten);
  EXPECT_TRUE(comes_true([&] { return closure.stopped_at_identification(); }));
}

TEST_F(Threat10_SplitView, TheArchiveFindsWhatOnlyAPeerWasShown) {
  shown = {{"referral", &honest}, {"audit", &other}};
  grow(5, nine, nine);
  grow(5, nine, ten);
  EXPECT_TRUE(comes_true([&] { return archive->stopped(); }));
  EXPECT_FALSE(closure.loop->stopped()) << "who was shown nothing has nothing to compare";
}

TEST_F(Threat10_SplitView, AnHonestOwnerIsNotAccused) {
  shown = {{"referral", &honest}, {"closure", &honest}, {"audit", &honest}};
  grow(3, nine, nine);
  for (int second = 0; second < 6; ++second) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (std::chrono::steady_clock::now() < until) turn();
    grow(2, nine, nine);
  }
  EXPECT_TRUE(comes_true([&] { return archive->records() >= 15; }));
  EXPECT_FALSE(referral.loop->stopped());
  EXPECT_FALSE(closure.loop->stopped());
  EXPECT_FALSE(archive->stopped());
}
}  // namespace
}  // namespace nrm::test
