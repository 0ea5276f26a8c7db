#include "tests/support/world.hpp"

#include <map>
#include <set>

#include "common/base/hex.hpp"
#include "common/bus/memory_bus.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/service_loop.hpp"
#include "common/store/memory_store.hpp"
#include "services/audit/conservation.hpp"
#include "services/audit/decided_log.hpp"
#include "services/cores.hpp"
#include "services/vault/vault_hooks.hpp"
#include "tests/support/people.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::test {
namespace {
constexpr Milliseconds tick = std::chrono::milliseconds(40);

// Every seed has its country.
Policy policy_for(const Cast& cast, std::uint64_t seed) {
  constexpr std::string_view packs[] = {"osce", "uk", "bulgaria", "georgia", "ireland", "latvia"};
  const std::string name(packs[seed % std::size(packs)]);
  const auto pack = read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/" + name + ".json");
  CHECK(pack, "the pack is there");
  auto policy = read_policy(*pack);
  CHECK(policy, "the pack is good");
  policy->appointments = Appointments{.competent_authority = cast.authority.organisation,
                                      .case_management = cast.manager.organisation,
                                      .overseer = std::nullopt,
                                      .board = cast.board.organisation,
                                      .trusted_partners = {}};
  return std::move(policy).value();
}

bool has_board(const Policy& policy) {
  return std::ranges::any_of(policy.identification.deciders, [](const DeciderRule& rule) {
    return rule.route == IdentificationRoute::board;
  });
}

Service owner_of_log(std::string_view log) {
  return *enum_from<Service>(log.substr(0, log.find('/')));
}

// One service: a disk that survives, and a process that does not.
struct Machine {
  explicit Machine(Service s, std::uint64_t seed)
      : service(s), entropy(seeded_entropy(seed)), signer(crypto::Signer::random()) {}

  Service service;
  MemoryStore store;
  std::unique_ptr<Entropy> entropy;
  crypto::Signer signer;
  std::unique_ptr<VaultHooks> hooks;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<ServiceLoop> loop;
  std::map<std::uint64_t, Hash> answered;  // seq -> leaf that a caller was told

  std::uint64_t head() const {
    std::uint64_t head = 0;
    CHECK(store.scan(
              Family::log, {},
              [&](std::string_view key, std::string_view) {
                head = keys::read_u64(key) + 1;
                return false;
              },
              true),
          "memory can be read");
    return head;
  }
  std::optional<std::string> record(std::uint64_t seq) const {
    return store.get(Family::log, keys::log(seq)).value();
  }
};
}  // namespace

struct World::State {
  explicit State(const WorldOptions& o)
      : options(o),
        dice(o.seed),
        network(o.seed),
        clock(*Instant::parse("2023-07-03T08:00:00.000Z")),
        ticks(Instant{1'000'000}),
        cast(Cast::make()),
        policy(policy_for(cast, o.seed)),
        people(cast, o.people, policy.regions, has_board(policy)) {
    for (const Service service : log_owners)
      machines.emplace(service, std::make_unique<Machine>(service, dice()));
    for (auto& [service, machine] : machines) start(*machine);
    join_mirror();
    client = network.join("gateway");
    if (!options.consents) return;
    talk.emplace(cast);
    watch.emplace(cast, policy, [this](const std::string& log, std::uint64_t seq) {
      return machines.at(owner_of_log(log))->record(seq).value();
    });
  }

  // One world of eight holds what peers were shown against what it is shown: signatures take time.
  std::function<std::vector<std::string>(Service)> gossip_keys() {
    if (options.seed % 8 != 0) return {};
    return [this](Service owner) {
      return std::vector<std::string>{
          verifier_key("world/" + log_name(owner), machines.at(owner)->signer.public_key())};
    };
  }

  void start(Machine& machine) {
    machine.bus = network.join(std::string(to_text(machine.service)));
    if (machine.service == Service::vault) machine.hooks = open_hooks(machine);
    auto loop = ServiceLoop::open({.step = {.core = core_of(machine.service),
                                            .store = machine.store,
                                            .entropy = *machine.entropy,
                                            .policy = policy,
                                            .policy_digest = "test",
                                            .signer = machine.signer,
                                            .origin = "world/" + log_name(machine.service),
                                            .sandbox = true,
                                            .hooks = machine.hooks.get()},
                                   .bus = *machine.bus,
                                   .clock = clock,
                                   .ticks = ticks,
                                   .verifier_keys = gossip_keys()});
    CHECK(loop, "a service starts from any crash");
    machine.loop = std::move(loop).value();
  }

  // The epochs' keys are real files: they outlive a crash, as their own syncs promise.
  std::unique_ptr<VaultHooks> open_hooks(Machine& machine) {
    auto master = master_in_memory(crypto::SecretKey::from(std::string(32, 'm')).value());
    auto epochs = EpochKeys::open(keys.path() + "/epochs", std::move(master));
    CHECK(epochs, "the epochs' keys are there after any crash");
    auto sealing = Sealing::open(machine.store, std::move(epochs).value(), *machine.entropy);
    CHECK(sealing, "the current epoch has its key after any crash");
    return std::make_unique<VaultHooks>(std::move(sealing).value(),
                                        crypto::SecretKey::from(std::string(32, 'd')).value(),
                                        machine.store, *machine.entropy);
  }

  void crash(Machine& machine) {
    ++summary.crashes;
    if (watch && machine.service == Service::vault)
      watch->before_crash(machine.loop->step(), clock.now());
    machine.loop.reset();
    machine.hooks.reset();
    machine.bus.reset();
    machine.store.power_cut();
  }

  // --- the mirror: follows all logs and keeps their bytes ---------------------------------------
  void join_mirror() {
    mirror = network.join("bench");  // may follow all logs in a sandbox, and is nobody here
    for (const Service service : log_owners) {
      const std::string log = log_name(service);
      mirrored.try_emplace(log);
      const auto& bytes = mirrored[log];
      cursors.emplace_back(log, mirror->link_to(to_text(service)), bytes.size(),
                           bytes.empty() ? Hash{} : leaf_hash(bytes.back()));
    }
  }

  void turn_mirror() {
    std::vector<Delivery> came;
    mirror->receive({}, 256, came);
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      if (!message) continue;
      for (FeedCursor& cursor : cursors) {
        if (const auto* records = std::get_if<wire::Records>(&*message)) {
          const auto taken = cursor.on(*records, ticks.now(), [&](auto, auto bytes, auto&) {
            mirrored[cursor.log()].emplace_back(bytes);
            show(bytes);
            return Result<void>();
          });
          CHECK(taken, "the mirror takes everything");
        } else if (const auto* beat = std::get_if<wire::Beat>(&*message)) {
          cursor.on(*beat, ticks.now());
        } else if (const auto* refused = std::get_if<wire::Refused>(&*message)) {
          cursor.on(*refused);
        }
      }
    }
    for (FeedCursor& cursor : cursors) {
      cursor.committed();
      cursor.turn(*mirror, ticks.now());
    }
  }

  void show(std::string_view bytes) {
    CHECK(document.parse_trusted(bytes), "a record is JSON");
    const auto record = read_record(document.root());
    CHECK(record, "a record is readable");
    for (const Emit& emit : record->events) {
      people.see(emit.stream, emit.event);
      if (talk) talk->see(emit.stream, emit.event);
    }
  }

  // --- the client: asks until it is answered ----------------------------------------------------
  struct Open {
    Service to{};
    std::string key, type, data, personal;
    Actor actor;
    Instant sent;
  };

  void ask(Wish wish) {
    Open open{.to = target_of(wish.command),
              .key = std::string(16, '\0'),
              .type = std::string(type_of(wish.command)),
              .data = {},
              .personal = std::move(wish.personal),
              .actor = wish.actor,
              .sent = Instant{}};
    const std::uint64_t number = ++numbers;
    for (std::size_t i = 0; i < 8; ++i) open.key[i] = static_cast<char>(number >> (8 * i));
    write_command(open.data, wish.command);
    opens.emplace(number, std::move(open));
  }

  void turn_client() {
    std::vector<Delivery> came;
    client->receive({}, 256, came);
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      const auto* answers = message ? std::get_if<wire::Answers>(&*message) : nullptr;
      if (answers == nullptr) continue;
      for (const wire::Answer& answer : answers->items) on_answer(answer);
    }
    for (auto& [number, open] : opens) {
      if (ticks.now() - open.sent < std::chrono::seconds(2)) continue;
      open.sent = ticks.now();
      wire::Asks asks;
      asks.items.push_back({.number = number,
                            .key = open.key,
                            .actor = open.actor,
                            .expects = {},
                            .type = open.type,
                            .data = open.data,
                            .personal = open.personal});
      (void)client->send(client->link_to(to_text(open.to)), wire::write(asks));
    }
  }

  void on_answer(const wire::Answer& answer) {
    const auto found = opens.find(answer.number);
    if (found == opens.end()) return;  // came twice
    const Open open = std::move(found->second);
    opens.erase(found);
    if (answer.rejection) ++summary.rejected;
    if (answer.record.empty()) return;  // refused before it was an input
    ++summary.acknowledged;
    machines.at(open.to)->answered[answer.seq] = answer.leaf;
    if (open.type != SealDossier::type || answer.rejection) return;
    CHECK(document.parse_trusted(answer.record), "an answer carries its record");
    const auto record = read_record(document.root());
    const auto& sealed = get<DossierSealed>(record->events.at(0).event);
    people.sealed(CaseId(record->events.at(0).stream.id), sealed, people.facts(dice));
  }

  // --- time and faults --------------------------------------------------------------------------
  void draw_faults(bool faulty) {
    if (!faulty) return network.set_faults({});
    network.set_faults({.loss_percent = static_cast<int>(dice() % 20),
                        .duplicate_percent = static_cast<int>(dice() % 20),
                        .delay_percent = static_cast<int>(dice() % 30)});
  }

  // A log may reach the vault much later than the others do: what it hears of comes in any order.
  void cut_the_vault_off(bool faulty) {
    for (const Service owner : log_owners)
      if (owner != Service::vault && (!faulty || chance(dice, 1)))
        network.cut("vault", std::string(to_text(owner)), faulty && chance(dice, 50));
  }

  std::optional<std::string> turn(bool faulty) {
    ticks.advance(tick);
    clock.advance(tick);
    if (chance(dice, 3)) clock.advance(hours(static_cast<int>(dice() % 72)));
    if (faulty && chance(dice, 2)) draw_faults(true);
    if (options.consents) cut_the_vault_off(faulty);
    if (opens.size() < 6 && chance(dice, faulty ? 40 : 60))
      if (auto wish = people.wish(dice, !faulty)) ask(std::move(*wish));
    if (talk && faulty && opens.size() < 12 && chance(dice, 60))
      if (auto wish = talk->wish(dice, clock.now())) ask(std::move(*wish));
    for (auto& [service, machine] : machines) {
      if (machine->loop && faulty && chance(dice, 1)) crash(*machine);
      if (!machine->loop && (!faulty || chance(dice, 20))) {
        start(*machine);
        if (auto fault = check_answered(*machine)) return fault;
        if (watch && service == Service::vault)
          if (auto fault = watch->after_crash(machine->loop->step())) return fault;
      }
      if (machine->loop && !machine->loop->turn({})) return "a turn failed on a good disk";
      if (options.look && machine->loop && machine->loop->step().idle() && chance(dice, 2)) {
        if (!machine->loop->step().write_back()) return "writing back failed on a good disk";
        options.look(service, machine->store);
      }
      if (watch && machine->loop && service == Service::vault)
        if (auto fault = watch->look(machine->loop->step(), clock.now())) return fault;
      if (machine->loop && machine->loop->stopped())
        return log_name(service) + ": a feed was refused without tampering";
    }
    network.turn();
    turn_mirror();
    turn_client();
    return check_cursors();
  }

  // --- the promises -----------------------------------------------------------------------------
  std::optional<std::string> check_answered(const Machine& machine) const {
    for (const auto& [seq, leaf] : machine.answered) {
      const auto bytes = machine.record(seq);
      if (!bytes || leaf_hash(*bytes) != leaf)
        return log_name(machine.service) + ": acknowledged record " + std::to_string(seq) +
               " is lost or changed";
    }
    return std::nullopt;
  }

  std::optional<std::string> check_cursors() const {
    for (const auto& [service, machine] : machines) {
      if (!machine->loop) continue;
      for (const FeedCursor& cursor : machine->loop->cursors()) {
        const auto& owner = *machines.at(owner_of_log(cursor.log()));
        if (cursor.next() > owner.head()) return log_name(service) + " is ahead of " + cursor.log();
      }
    }
    return std::nullopt;
  }

  bool quiet() const {
    for (const auto& [service, machine] : machines) {
      if (!machine->loop) return false;
      if (mirrored.at(log_name(service)).size() != machine->head()) return false;
      // A clock that destroys something waits for word from every followed log.
      const auto due = machine->loop->step().next_due();
      if (due && *due <= clock.now()) return false;
      for (const FeedCursor& cursor : machine->loop->cursors()) {
        const auto& owner = *machines.at(owner_of_log(cursor.log()));
        if (cursor.next() != owner.head()) return false;
      }
    }
    return opens.empty();
  }

  std::optional<std::string> check_log(const Machine& machine) {
    const std::string name = log_name(machine.service);
    std::set<Digest16> keys_seen;
    std::map<std::string, std::pair<std::uint64_t, std::uint32_t>> last_of;
    Instant last_at;
    const auto& copies = mirrored.at(name);
    for (std::uint64_t seq = 0; seq < machine.head(); ++seq) {
      const auto bytes = machine.record(seq);
      if (!bytes) return name + ": record " + std::to_string(seq) + " is missing";
      if (copies.at(seq) != *bytes) return name + ": the mirror has other bytes";
      CHECK(document.parse_trusted(*bytes), "a record is JSON");
      const auto record = read_record(document.root());
      if (!record) return name + ": record " + std::to_string(seq) + " is unreadable";
      if (record->at < last_at) return name + ": time runs backwards";
      last_at = record->at;
      trace += record->at.text();
      for (const Emit& emit : record->events)
        trace.append(type_of(emit.event)).append(emit.stream.text());
      if (const auto* command = std::get_if<CommandNote>(&record->input)) {
        if (!keys_seen.insert(command->key).second)
          return name + ": one request was taken twice: record " + std::to_string(seq);
      } else if (const auto* received = std::get_if<ReceivedNote>(&record->input)) {
        const std::pair place(received->seq, received->index);
        const auto [at, fresh] = last_of.try_emplace(received->log, place);
        if (!fresh && at->second >= place)
          return name + ": an event of " + received->log + " came twice or out of order";
        at->second = place;
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> check_refold(Machine& machine) const {
    MemoryStore fresh;
    if (!machine.loop->step().write_back()) return "writing back failed on a good disk";
    const auto until = folded_until(machine.store);
    if (!until || *until != machine.head())
      return log_name(machine.service) + ": the stored fold does not cover the log";
    DecidedLog decided({.service = machine.service,
                        .log = machine.store,
                        .pack = {policy, "test"},
                        .owner = [&](const std::string& log) -> const Store* {
                          const auto owner = std::ranges::find(
                              machines, log, [](const auto& one) { return log_name(one.first); });
                          return owner == machines.end() ? nullptr : &owner->second->store;
                        }});
    decided.check(fresh);
    for (const auto* faults : {&decided.fold_faults(), &decided.decision_faults()})
      if (!faults->empty()) return faults->front().text;
    const auto& counts = decided.counts();
    if (counts.by_older_rules > 0 || (counts.decided == 0 && machine.head() > 1))
      return "not everything was decided again";
    return std::nullopt;
  }

  std::optional<std::string> check_conservation() {
    Conservation conservation;
    for (const auto& [log, copies] : mirrored)
      for (const std::string& bytes : copies) {
        CHECK(document.parse_trusted(bytes), "a record is JSON");
        const auto record = read_record(document.root());
        CHECK(record, "a record is readable");
        conservation.take(log, *record);
      }
    const Verdict verdict = conservation.finish({.now = clock.now(), .heads = {}, .at_rest = true});
    if (verdict.holds()) return std::nullopt;
    const Violation& first = verdict.violations.front();
    return std::string(sentence(first.rule)) + " (" + first.log + " record " +
           std::to_string(first.seq) + ", " + first.stream.text() + ")";
  }

  std::optional<std::string> check_end() {
    for (const auto& [service, machine] : machines) {
      if (auto fault = check_answered(*machine)) return fault;
      if (auto fault = check_log(*machine)) return fault;
      if (auto fault = check_refold(*machine)) return fault;
      summary.records += machine->head();
    }
    if (auto fault = check_conservation()) return fault;
    summary.closed_cases = people.closed();
    if (watch) summary.consents = watch->counts();
    summary.trace = crypto::sha256(trace).hex();
    return std::nullopt;
  }

  WorldOptions options;
  TemporaryFolder keys;
  Dice dice;
  MemoryNetwork network;
  ManualClock clock, ticks;
  Cast cast;
  Policy policy;
  People people;
  std::optional<ConsentTalk> talk;
  std::optional<ConsentWatch> watch;
  std::map<Service, std::unique_ptr<Machine>> machines;
  std::unique_ptr<Bus> mirror, client;
  std::vector<FeedCursor> cursors;
  std::map<std::string, std::vector<std::string>> mirrored;
  std::map<std::uint64_t, Open> opens;
  std::uint64_t numbers = 0;
  json::Document document;
  std::string trace;  // when what happened where; digests of ciphertexts are random and left out
  WorldSummary summary;
};

World::World(const WorldOptions& options) : state_(std::make_unique<State>(options)) {}
World::~World() = default;
const WorldSummary& World::summary() const { return state_->summary; }
const Store& World::store(Service service) const { return state_->machines.at(service)->store; }

std::optional<std::string> World::run() {
  State& world = *state_;
  for (int i = 0; i < world.options.turns; ++i)
    if (auto fault = world.turn(true)) return fault;
  world.draw_faults(false);
  for (int i = 0; i < world.options.turns_to_heal; ++i)
    if (auto fault = world.turn(false)) return fault;
  // People rest and time stands still: what is on the way must arrive.
  for (int i = 0; i < 2'000 && !world.quiet(); ++i) {
    world.ticks.advance(tick);
    for (auto& [service, machine] : world.machines) {
      if (!machine->loop) world.start(*machine);
      if (!machine->loop->turn({})) return "a turn failed on a good disk";
    }
    world.network.turn();
    world.turn_mirror();
    world.turn_client();
  }
  if (!world.quiet()) return "the services do not come to rest";
  return world.check_end();
}
}  // namespace nrm::test
