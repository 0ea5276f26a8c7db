// A chain of four services with a transactional outbox in PostgreSQL, as fast as we know to make
// it: batches of 512, prepared statements, binary arrays (unnest), pipelining, one transaction per
// batch, synchronous_commit on. Each hop does with the same code what a hop of ours does: reads the
// record before it (or the command), decides, folds, writes its own record and state, and hashes.
// It leaves out what ours also does: rows, clocks, idempotency keys, answers, encryption between
// the services, a log that stays.
//
// usage: bench-postgres-chain DIR SECONDS      prints "hops_per_second N"
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "common/step/decider.hpp"
#include "services/identification/identification.hpp"
#include "tests/bench/contenders/postgres_server.hpp"
#include "tests/bench/example_policy.hpp"

namespace {
using namespace nrm;
constexpr int hops = 4;
constexpr std::size_t batch_max = 512;
constexpr std::uint64_t window = 4'096;  // cases under way
constexpr double warm_up = 1;
constexpr Oid bytea_oid = 17, bigint_oid = 20;

struct Shared {
  std::atomic<std::uint64_t> done[hops]{};  // records per hop
  std::atomic<bool> stop{false};
};

// Thrown, so that the server is stopped on the way out.
[[noreturn]] void die(const std::string& what) { throw std::runtime_error(what); }

std::atomic<bool> interrupted = false;
extern "C" void on_signal(int) { interrupted = true; }

// --- what a hop does ----------------------------------------------------------------------------

class NothingYet final : public View {  // every case is new
 public:
  std::uint64_t version(const StreamKey&) const override { return 0; }
  void rows(std::string_view,
            const std::function<bool(std::string_view, std::string_view)>&) const override {}

 protected:
  const StateBox* state(const StreamKey&) const override { return nullptr; }
};

ReportFacts the_facts() {
  ReportFacts facts;
  facts.exploitation = {Exploitation::labour};
  facts.age_at_exploitation = facts.age_now = AgeBand::adult;
  facts.gender = Gender::male;
  facts.needs = {ServiceType::safe_accommodation};
  facts.urgency = Urgency::urgent;
  facts.region = *Region::parse("XX-N");
  return facts;
}

class Hop {
 public:
  explicit Hop(int number) : number_(number), entropy_(seeded_entropy(number)) {}

  struct Out {
    Uuid subject;
    std::string record, state;
  };
  Out take(std::string_view bytes) {
    Input input{.id = entropy_->uuid(), .at = Instant{1'700'000'000'000}, .actor = {}, .what = {}};
    Record record{.seq = tree_.size(), .id = input.id, .at = input.at};
    SubmitReport command = number_ == 0 ? read_asked(bytes) : read_before(bytes, record);
    if (number_ == 0) record.input = CommandNote{command, {}, {}, {}};
    input.actor = Actor{AccountId(input.id), OrganisationId(input.id), Role::first_responder};
    Out out{.subject = command.subject, .record = {}, .state = {}};
    input.what = Command(std::move(command));
    auto decision = core_.decide(view_, input, policy_);
    if (!decision) die("a report was refused: " + decision.error().detail);
    const auto state = core_.blank(StreamKind::case_);
    for (const Emit& emit : decision->events)
      core_.evolve(emit.stream.kind, *state, emit.event, input.at);
    record.events = std::move(decision->events);
    record.clocks = std::move(decision->clocks);
    record.policy = "osce@1";
    write_record(out.record, record);
    core_.write(StreamKind::case_, *state, out.state);
    tree_.append(leaf_hash(out.record), tiles_);
    return out;
  }
  std::string frontier() {
    tiles_.clear();
    return tree_.frontier();
  }

 private:
  SubmitReport read_asked(std::string_view bytes) {
    Reading reading(Unknown::refuse);
    if (!document_.parse_trusted(bytes)) die("not JSON");
    auto command = read_command(SubmitReport::type, document_.root(), reading);
    if (!command) die("not a report");
    return get<SubmitReport>(std::move(*command));
  }
  SubmitReport read_before(std::string_view bytes, Record& record) {
    if (!document_.parse_trusted(bytes)) die("not JSON");
    const auto outline = read_outline(document_.root());
    if (!outline) die("not a record");
    const json::Value event = *outline->events.begin();
    auto body = read_event(event.find("type").text(), event.find("data"), Unknown::ignore);
    const auto stream = StreamKey::parse(event.find("stream").text());
    if (!body || !stream) die("not an event");
    record.input = ReceivedNote{"identification/0", outline->seq, 0, leaf_hash(bytes).hex()};
    auto& report = get<ReportReceived>(*body);
    return {.subject = CaseId(stream->id),
            .dossier = std::move(report.dossier),
            .facts = std::move(report.facts)};
  }

  const int number_;
  const Core& core_ = core_of<Identification>();
  const Policy policy_ = an_example_policy();
  const NothingYet view_;
  std::unique_ptr<Entropy> entropy_;
  json::Document document_;
  MerkleTree tree_;
  Batch tiles_;
};

// --- PostgreSQL ---------------------------------------------------------------------------------

// An array in PostgreSQL's binary form.
class Array {
 public:
  explicit Array(Oid of) {
    for (const std::uint32_t word : {1u, 0u, static_cast<std::uint32_t>(of), 0u, 1u}) add(word);
  }
  void number(std::uint64_t value) {
    add(8);
    value = htobe64(value);
    bytes_.append(reinterpret_cast<const char*>(&value), 8);
    ++count_;
  }
  void bytes(std::string_view value) {
    add(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    ++count_;
  }
  std::string_view done() {
    const std::uint32_t count = htonl(count_);
    std::memcpy(&bytes_[12], &count, 4);
    return bytes_;
  }

 private:
  void add(std::uint32_t word) {
    word = htonl(word);
    bytes_.append(reinterpret_cast<const char*>(&word), 4);
  }
  std::string bytes_;
  std::uint32_t count_ = 0;
};

class Database {
 public:
  explicit Database(const std::string& where) : db_(PQconnectdb(where.c_str())) {
    if (PQstatus(db_) != CONNECTION_OK) die(PQerrorMessage(db_));
    run("SET client_min_messages = warning");
  }
  ~Database() { PQfinish(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const std::string& sql) { PQclear(good(PQexec(db_, sql.c_str()))); }
  void prepare(const char* name, const std::string& sql) {
    PQclear(good(PQprepare(db_, name, sql.c_str(), 0, nullptr)));
  }
  PGresult* query(const char* name) {
    return good(PQexecPrepared(db_, name, 0, nullptr, nullptr, nullptr, 1));
  }
  void begin_pipeline() { PQenterPipelineMode(db_); }
  void send(const char* name, const std::vector<std::string_view>& values = {}) {
    std::vector<const char*> data;
    std::vector<int> sizes, binary;
    for (const auto value : values) {
      data.push_back(value.data());
      sizes.push_back(static_cast<int>(value.size()));
      binary.push_back(1);
    }
    if (!PQsendQueryPrepared(db_, name, static_cast<int>(values.size()), data.data(), sizes.data(),
                             binary.data(), 1))
      die(PQerrorMessage(db_));
  }
  void end_pipeline() {
    PQpipelineSync(db_);
    for (bool synced = false; !synced;) {
      PGresult* result = PQgetResult(db_);
      if (result == nullptr) continue;
      synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
      PQclear(synced ? result : good(result));
    }
    PQexitPipelineMode(db_);
  }

 private:
  PGresult* good(PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) die(PQerrorMessage(db_));
    return result;
  }
  PGconn* db_;
};

std::string numbered(std::string sql, int number) {
  for (std::size_t at; (at = sql.find('#')) != sql.npos;)
    sql.replace(at, 1, std::to_string(number));
  return sql;
}

void make_tables(const std::string& where) {
  Database db(where);
  for (int i = 0; i < hops; ++i) {
    db.run(numbered("CREATE TABLE state#(id bytea PRIMARY KEY, body bytea)", i));
    db.run(numbered("CREATE TABLE outbox#(seq bigint PRIMARY KEY, body bytea)", i));
    db.run(numbered("CREATE TABLE tree#(one int PRIMARY KEY, frontier bytea)", i));
    // What is taken is gone at once, so look for it often.
    db.run(
        numbered("ALTER TABLE outbox# SET (autovacuum_vacuum_scale_factor = 0.0, "
                 "autovacuum_vacuum_threshold = 20000)",
                 i));
  }
  db.run("CHECKPOINT");
}

class ServiceOnPostgres {
 public:
  ServiceOnPostgres(const std::string& where, int number, Shared& shared)
      : number_(number), shared_(shared), db_(where), hop_(number) {
    db_.prepare("begin", "BEGIN");
    db_.prepare("commit", "COMMIT");
    if (number > 0)
      db_.prepare("take", numbered("DELETE FROM outbox# WHERE seq = ANY(ARRAY(SELECT seq FROM "
                                   "outbox# ORDER BY seq LIMIT " +
                                       std::to_string(batch_max) +
                                       " FOR UPDATE SKIP LOCKED)) RETURNING body",
                                   number - 1));
    db_.prepare("state", numbered("INSERT INTO state# SELECT * FROM unnest($1::bytea[],"
                                  "$2::bytea[]) ON CONFLICT (id) DO UPDATE SET body = "
                                  "excluded.body",
                                  number));
    db_.prepare("outbox", numbered("INSERT INTO outbox# SELECT * FROM unnest($1::bigint[],"
                                   "$2::bytea[])",
                                   number));
    db_.prepare("tree", numbered("INSERT INTO tree# VALUES (1, $1::bytea) ON CONFLICT (one) DO "
                                 "UPDATE SET frontier = excluded.frontier",
                                 number));
  }

  // The first service: commands come from beside it, without any messaging.
  void drive() {
    std::unique_ptr<Entropy> entropy = seeded_entropy(99);
    while (!shared_.stop) {
      const std::uint64_t under_way = shared_.done[0] - shared_.done[hops - 1];
      if (under_way >= window) {
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        continue;
      }
      std::vector<std::string> commands;
      for (std::size_t i = 0; i < batch_max; ++i)
        commands.push_back(to_json(SubmitReport{.subject = CaseId(entropy->uuid()),
                                                .dossier = *Text<64>::parse(std::string(64, 'a')),
                                                .facts = the_facts()}));
      begin();
      for (const std::string& command : commands) take(command);
      commit();
    }
  }

  void follow() {
    while (!shared_.stop) {
      db_.run("BEGIN");
      PGresult* taken = db_.query("take");
      const int count = PQntuples(taken);
      begin();
      for (int i = 0; i < count; ++i)
        take({PQgetvalue(taken, i, 0), static_cast<std::size_t>(PQgetlength(taken, i, 0))});
      PQclear(taken);
      if (count != 0) {
        commit();
      } else {
        db_.run("COMMIT");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }

 private:
  void begin() {
    ids_ = Array(bytea_oid), states_ = Array(bytea_oid);
    numbers_ = Array(bigint_oid), records_ = Array(bytea_oid);
    count_ = 0;
  }
  void take(std::string_view bytes) {
    const Hop::Out out = hop_.take(bytes);
    ids_.bytes({reinterpret_cast<const char*>(out.subject.bytes.data()), 16});
    states_.bytes(out.state);
    numbers_.number(head_++);
    records_.bytes(out.record);
    ++count_;
  }
  void commit() {
    const std::string frontier = hop_.frontier();
    db_.begin_pipeline();
    if (number_ == 0) db_.send("begin");
    db_.send("state", {ids_.done(), states_.done()});
    if (number_ < hops - 1) db_.send("outbox", {numbers_.done(), records_.done()});
    db_.send("tree", {frontier});
    db_.send("commit");
    db_.end_pipeline();
    shared_.done[number_] += count_;
  }

  const int number_;
  Shared& shared_;
  Database db_;
  Hop hop_;
  std::uint64_t head_ = 0;
  Array ids_{bytea_oid}, states_{bytea_oid}, numbers_{bigint_oid}, records_{bytea_oid};
  std::uint64_t count_ = 0;
};

double measure(Shared& shared, double seconds) {
  const auto sleep = [](double s) {
    std::this_thread::sleep_for(std::chrono::duration<double>(s));
  };
  const auto sum = [&] {
    std::uint64_t all = 0;
    for (const auto& one : shared.done) all += one;
    return static_cast<double>(all);
  };
  for (int i = 0; shared.done[hops - 1] == 0; ++i) {
    if (i > 3'000 || interrupted) die("the chain does not get on");
    sleep(0.01);
  }
  sleep(warm_up);
  const auto begin = std::chrono::steady_clock::now();
  const double before = sum();
  sleep(seconds);
  const double after = sum();
  return (after - before) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

pid_t start(const std::string& where, int number, Shared& shared) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    ServiceOnPostgres service(where, number, shared);
    number == 0 ? service.drive() : service.follow();
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "postgres_chain: %s\n", fault.what());
    std::_Exit(1);
  }
  std::_Exit(0);
}

double run(const std::string& dir, double seconds) {
  const nrm::bench::PostgresServer server(dir);
  const std::string where = server.connection();
  make_tables(where);
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) die("no memory");
  auto& shared = *new (memory) Shared;
  std::vector<pid_t> children;
  for (int i = 0; i < hops; ++i) children.push_back(start(where, i, shared));
  const double rate = measure(shared, seconds);
  shared.stop = true;
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) die("a service failed");
  }
  return rate;
}
}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return std::fprintf(stderr, "usage: bench-postgres-chain DIR SECONDS\n"), 64;
  std::signal(SIGTERM, on_signal);
  std::signal(SIGINT, on_signal);
  crypto::start();
  try {
    std::printf("hops_per_second %.0f\n", run(arguments[1], std::atof(arguments[2])));
  } catch (const std::exception& fault) {
    return std::fprintf(stderr, "postgres_chain: %s\n", fault.what()), 1;
  }
}
