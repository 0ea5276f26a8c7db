#include "services/gateway/process.hpp"

#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "common/base/hex.hpp"
#include "common/clock/forward_clock.hpp"
#include "common/diag/diag.hpp"
#include "common/runtime/rotation.hpp"
#include "common/runtime/run.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/gateway/archive_side.hpp"
#include "services/gateway/ask_side.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/identity.hpp"
#include "services/gateway/witnessing.hpp"

namespace nrm::gateway {
namespace {
constexpr auto turn_wait = std::chrono::milliseconds(20);
// Longer than the deadline of an answer, so that nothing that was sent goes unanswered.
constexpr auto stop_grace = std::chrono::milliseconds(11'000);

Result<Sensitive<std::string>> read_secret(const Folder& folder) {
  NRM_TRY_ASSIGN(const auto hex, folder.secret("keys/gateway/tokens"));
  auto bytes = from_hex(hex.reveal());
  if (!bytes || bytes->size() != 32)
    return Error(Code::corrupt, "", "keys/gateway/tokens is not 32 bytes in hexadecimal");
  return Sensitive<std::string>(std::move(*bytes));
}

// A thread that owns a bus. It ends when asked to, or with the first error.
class BusThread {
 public:
  explicit BusThread(std::function<Result<void>()> turn)
      : turn_(std::move(turn)), thread_([this] { run(); }) {}
  bool failed() const { return failed_; }
  Result<void> join() {
    stop_ = true;
    thread_.join();
    return result_;
  }

 private:
  void run() {
    while (!stop_ && result_) {
      result_ = turn_();
      failed_ = !result_;
    }
  }
  const std::function<Result<void>()> turn_;
  std::atomic<bool> stop_{false}, failed_{false};
  Result<void> result_;
  std::thread thread_;  // last: it starts when all else is there
};

Admission::Rates rates_of(const Edge& edge) {
  return {edge.urgent_reports, edge.acts, edge.openings, edge.reads};  // as Admission::Kind
}

// People of an identity provider, when the folder names one.
struct People {
  std::unique_ptr<oidc::Provider> provider;
  std::unique_ptr<Identity> identity;

  static Result<People> connect(const Folder& folder, Identity::Parts parts, const Clock& ticks) {
    People out;
    const auto text = read_file(folder.file("identity.json"), limits::policy_bytes_max);
    if (!text && text.error().code == Code::not_found) return out;
    if (!text) return text.error();
    auto settings = read_identity_settings(*text);
    if (!settings)
      return Error(
          Code::corrupt, "",
          folder.file("identity.json") + settings.error().where + ": " + settings.error().detail);
    out.provider =
        std::make_unique<oidc::Provider>(provider_options(*settings, folder.path()), ticks);
    out.identity =
        std::make_unique<Identity>(std::move(parts), std::move(*settings), *out.provider);
    return out;
  }
};

std::vector<std::string> names_of_owners() {
  std::vector<std::string> out;
  for (const Service owner : log_owners) out.emplace_back(to_text(owner));
  return out;
}

// A round late by two is late.
Result<std::unique_ptr<WitnessedLogs>> open_witnessed(
    Store& store, const Clock& world, const std::optional<WitnessSettings>& witnesses) {
  const Milliseconds every = witnesses ? witnesses->every : Milliseconds(0);
  return WitnessedLogs::open(store, world.now(), 3 * every + std::chrono::seconds(10));
}

// None when the folder names no witnesses: the logs are unwitnessed, and say so.
Result<std::unique_ptr<Witnessing>> start_witnessing(std::optional<WitnessSettings> settings,
                                                     FeedSide& feed, WitnessedLogs& witnessed) {
  if (!settings) return std::unique_ptr<Witnessing>();
  return Witnessing::start(
      {.settings = std::move(*settings),
       .heads =
           [&feed] {
             std::vector<Witnessing::Head> out;
             for (const auto& log : feed.status()) out.push_back({log.log, log.checkpoint});
             return out;
           },
       .prove = [&feed](const std::string& log, std::uint64_t old_size, std::uint64_t size,
                        Proved done) { feed.prove(log, old_size, size, std::move(done)); },
       .witnessed = witnessed});
}

// The bus to nrm-audit's archive, its keys, and who fetches over it.
struct ToArchive {
  ToArchive(const Folder& folder, std::unique_ptr<KeyedBus> with, const Clock& ticks)
      : bus(std::move(with)), keys(folder, "gateway", {"audit"}, *bus), side({*bus, ticks}) {}
  static Result<std::unique_ptr<ToArchive>> open(const Folder& folder, const Clock& ticks) {
    NRM_TRY_ASSIGN(const ZmqOptions options, folder.bus("gateway", {"audit"}));
    NRM_TRY_ASSIGN(auto opened, open_zmq(options));
    return std::make_unique<ToArchive>(folder, std::move(opened), ticks);
  }
  FetchArchived fetches() {
    return [this](std::string log, std::string what, Fetched done) {
      side.fetch(std::move(log), std::move(what), std::move(done));
    };
  }
  std::unique_ptr<KeyedBus> bus;
  Rotation keys;
  ArchiveSide side;
};

// Each side with the keys of its own bus.
struct Sides {
  AskSide& ask;
  FeedSide& feed;
  Rotation& ask_keys;
  Rotation& feed_keys;
  ToArchive& archive;
};

// While rows are made anew nobody can be known by their token, nor find a case: the port stays
// closed. Not for ever: a log that is stopped, or whose service is away, must not keep reports out.
void wait_for_rows(const FeedSide& feed, const std::function<bool()>& ended) {
  constexpr auto away_after = std::chrono::seconds(10);
  constexpr auto told_every = std::chrono::seconds(5);
  const auto began = std::chrono::steady_clock::now();
  auto told = began - told_every;
  while (!feed.caught_up() && !ended()) {
    const auto now = std::chrono::steady_clock::now();
    std::uint64_t behind = 0;
    bool awaited = false;
    for (const auto& log : feed.status()) {
      behind += log.head - log.next;
      awaited |= log.is_awaited(now - began > away_after);
    }
    if (!awaited) return;
    if (now - told >= told_every) {
      diag::info("rows_made_anew", {{"behind", behind}});
      told = now;
    }
    std::this_thread::sleep_for(turn_wait);
  }
}

Result<int> serve_until_stopped(const Folder& folder, Store& store, Sides sides, Gateway& gateway) {
  NRM_TRY(confine_calls());
  BusThread feed_thread([&] {
    sides.feed_keys.look();
    return sides.feed.turn(turn_wait);
  });
  BusThread ask_thread([&] {
    sides.ask_keys.look();
    sides.ask.turn(turn_wait);
    return Result<void>();
  });
  BusThread archive_thread([&] {
    sides.archive.keys.look();
    sides.archive.side.turn(turn_wait);
    return Result<void>();
  });
  wait_for_rows(sides.feed, [&] { return stop_wanted() || feed_thread.failed(); });
  const Edge edge = edge_of(folder.mechanism().edge, folder.mechanism().sandbox);
  auto server = http::serve({.port = static_cast<std::uint16_t>(folder.mechanism().http_port),
                             .certificate_file = folder.file("tls/server.pem"),
                             .key_file = folder.file("tls/server-key.pem"),
                             .hosts = edge.hosts,
                             .clients_authority_file = folder.file("tls/clients-ca.pem"),
                             .clients_revoked_file = folder.file("tls/clients-crl.pem"),
                             .body_bytes_max = limits::body_bytes_max,
                             .connections_per_address_max = edge.connections_per_address},
                            [&gateway](http::Request request, http::Reply reply) {
                              gateway.handle(std::move(request), std::move(reply));
                            });
  if (server) {
    diag::info("ready", {{"port", (*server)->port()}});
    while (!stop_wanted() && !feed_thread.failed()) std::this_thread::sleep_for(turn_wait);
    (*server)->stop(feed_thread.failed() ? std::chrono::milliseconds(0) : stop_grace);
  }
  NRM_TRY(ask_thread.join());
  sides.ask.close();
  NRM_TRY(archive_thread.join());
  sides.archive.side.close();
  NRM_TRY(feed_thread.join());
  if (!server) return server.error();
  NRM_TRY(store.flush());
  diag::info("closed");
  return 0;
}

// Of the version in force at the start: one that comes into force later counts here from the next
// start on.
Listing::PerHour listed_per_hour(const Policy& policy) {
  return {policy.per_hour(LimitName::items_listed_per_account),
          policy.per_hour(LimitName::items_listed_per_organisation)};
}

// Only a sandbox has a movable one.
Result<std::unique_ptr<SandboxClock>> sandbox_of(const Folder& folder) {
  if (!folder.mechanism().sandbox) return std::unique_ptr<SandboxClock>();
  return open_sandbox_clock(folder.file("sandbox/clock"));
}

Result<int> run(const std::string& path) {
  NRM_TRY(crypto::require_locked_memory());
  NRM_TRY(enter_folder(path, "gateway"));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(path));
  NRM_TRY_ASSIGN(auto secret, read_secret(folder));
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  NRM_TRY_ASSIGN(const auto sandbox, sandbox_of(folder));
  const auto ticks = tick_clock();
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store("gateway")}));
  const std::vector<std::string> services = names_of_owners();
  NRM_TRY_ASSIGN(const ZmqOptions options, folder.bus("gateway", services));
  // Two connections to each service, both with the gateway's key, and one to the archive.
  NRM_TRY_ASSIGN(const auto ask_bus, open_zmq(options));
  NRM_TRY_ASSIGN(const auto feed_bus, open_zmq(options));
  NRM_TRY_ASSIGN(const auto archive, ToArchive::open(folder, *ticks));
  // What we issued goes by the logs' time, what others issued by the machine's: in a sandbox they
  // differ.
  const auto machine = anchored_clock();
  ForwardClock expiry(*clock, *ticks), elsewhere(*machine, *ticks);
  const ForwardClock& world = sandbox ? elsewhere : expiry;
  Freshness freshness(*ticks, [&feed_bus] { feed_bus->wake(); });
  Presence presence;
  Rotation ask_keys(folder, "gateway", services, *ask_bus);
  Rotation feed_keys(folder, "gateway", services, *feed_bus);
  NRM_TRY_ASSIGN(auto witnesses, read_witness_settings(path));
  NRM_TRY_ASSIGN(const auto witnessed, open_witnessed(*store, world, witnesses));
  NRM_TRY_ASSIGN(
      const auto feed,
      FeedSide::open({*store, *feed_bus, *ticks, presence, freshness, &expiry,
                      [&](Service owner) { return verifier_keys(feed_keys.folder(), owner); },
                      witnessed.get()}));
  AskSide ask({*ask_bus, *ticks, presence, freshness});
  const Ask to_services = [&](Question question, Answered done) {
    ask.ask(std::move(question), std::move(done));
  };
  NRM_TRY_ASSIGN(auto people, People::connect(folder,
                                              {.store = *store,
                                               .freshness = freshness,
                                               .clock = world,
                                               .ask = to_services,
                                               .secret = secret.reveal(),
                                               .when_fresh =
                                                   [&](std::function<void()> then) {
                                                     freshness.when_fresh(std::move(then));
                                                   }},
                                              *ticks));
  PolicyInForce in_force(folder.policy(), path);
  Gateway gateway({.store = *store,
                   .ask = to_services,
                   .status = [&] { return feed->status(); },
                   .freshness = freshness,
                   .clock = *clock,
                   .sandbox = sandbox.get(),
                   .offices = *folder.policy().appointments,
                   .listed_per_hour = listed_per_hour(folder.policy_at(clock->now())),
                   .secret = std::move(secret),
                   .rates = rates_of(edge_of(folder.mechanism().edge, folder.mechanism().sandbox)),
                   .expiry = &expiry,
                   .world = &world,
                   .witnessed = witnessed.get(),
                   .archive = archive->fetches(),
                   .identity = people.identity.get(),
                   .policy = &in_force});
  NRM_TRY_ASSIGN(auto witnessing, start_witnessing(std::move(witnesses), *feed, *witnessed));
  auto code =
      serve_until_stopped(folder, *store, {ask, *feed, ask_keys, feed_keys, *archive}, gateway);
  witnessing.reset();
  people.provider.reset();  // its thread may go on with a request yet: before the gateway goes
  return code;
}

int fail(const Error& error) {
  diag::error("stopped", {{"code", row_of(error.code).name}, {"why", error.detail}});
  if (error.code == Code::unavailable) return 69;
  return error.code == Code::io_failed ? 70 : 65;
}
}  // namespace

int run_gateway(int argc, char** argv) {
  diag::start("gateway");
  if (argc != 2) {
    std::fprintf(stderr, "usage: nrm-gateway DATA_FOLDER\n  (nrm up starts a folder's services)\n");
    return 64;
  }
  harden_process();
  stop_on_signals();
  crypto::start();
  const auto code = run(argv[1]);
  return code ? *code : fail(code.error());
}
}  // namespace nrm::gateway
