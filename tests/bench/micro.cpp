// What the parts of one hop cost, each alone: ns per operation. For finding where time goes; the
// figures that are promised are those of `nrm bench`.
#include <benchmark/benchmark.h>

#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/fold.hpp"
#include "common/store/memory_store.hpp"
#include "services/identification/identification.hpp"
#include "tests/bench/example_policy.hpp"

namespace nrm {
namespace {
SubmitReport a_report(const Uuid& subject) {
  ReportFacts facts;
  facts.exploitation = {Exploitation::labour};
  facts.means_of_control = {MeansOfControl::debt_bondage, MeansOfControl::threats};
  facts.nationalities = {{*Country::parse("AL"), std::nullopt}};
  facts.indicators = {{Indicator::abuse_of_vulnerability, Observed::present}};
  facts.needs = {ServiceType::safe_accommodation};
  facts.urgency = Urgency::urgent;
  facts.languages = {*Language::parse("sq")};
  facts.region = *Region::parse("XX-N");
  return {.subject = CaseId(subject),
          .dossier = *Text<64>::parse(std::string(64, 'a')),
          .facts = facts};
}

Input an_input(const Uuid& id) {
  return {.id = id,
          .at = Instant{1'700'000'000'000},
          .actor = Actor{AccountId(id), OrganisationId(id), Role::first_responder},
          .what = Command(a_report(id))};
}

Record a_record(Fold& fold, const Uuid& id) {
  static const Policy policy = an_example_policy();
  Input input = an_input(id);
  auto decision = core_of<Identification>().decide(fold, input, policy);
  CHECK(decision, "the report is good");
  return {.id = id,
          .at = input.at,
          .actor = input.actor,
          .input = CommandNote{std::get<Command>(input.what), {}, {}, {}},
          .events = std::move(decision->events),
          .clocks = std::move(decision->clocks),
          .policy = "osce@1"};
}

struct Place {
  std::unique_ptr<Store> store = std::make_unique<MemoryStore>();
  Fold fold{core_of<Identification>(), *store};
  std::unique_ptr<Entropy> entropy = seeded_entropy(1);
};

void write_a_record(benchmark::State& state) {
  Place place;
  const Record record = a_record(place.fold, place.entropy->uuid());
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_record(out, record);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(write_a_record);

void read_a_record(benchmark::State& state) {
  Place place;
  std::string bytes;
  write_record(bytes, a_record(place.fold, place.entropy->uuid()));
  json::Document document;
  for (auto _ : state) {
    CHECK(document.parse_trusted(bytes), "it is JSON");
    auto record = read_record(document.root());
    benchmark::DoNotOptimize(record);
  }
}
BENCHMARK(read_a_record);

void hash_a_record(benchmark::State& state) {
  Place place;
  std::string bytes;
  write_record(bytes, a_record(place.fold, place.entropy->uuid()));
  for (auto _ : state) benchmark::DoNotOptimize(leaf_hash(bytes));
}
BENCHMARK(hash_a_record);

void decide_a_report(benchmark::State& state) {
  Place place;
  const Policy policy = an_example_policy();
  const Input input = an_input(place.entropy->uuid());
  for (auto _ : state) {
    auto decision = core_of<Identification>().decide(place.fold, input, policy);
    benchmark::DoNotOptimize(decision);
  }
}
BENCHMARK(decide_a_report);

// With the state's, the row's and the clock's puts, in batches of 512.
void fold_a_report(benchmark::State& state) {
  Place place;
  Record record = a_record(place.fold, place.entropy->uuid());
  Batch batch;
  std::size_t folded = 0;
  for (auto _ : state) {
    record.events[0].stream.id = record.clocks[0].stream.id = place.entropy->uuid();
    place.fold.apply(record);
    if (++folded % 512 != 0) continue;
    place.fold.flush(batch);
    batch.clear();
  }
}
BENCHMARK(fold_a_report);

void append_to_the_tree(benchmark::State& state) {
  MerkleTree tree;
  Batch tiles;
  const Hash leaf = leaf_hash("a record");
  std::size_t appended = 0;
  for (auto _ : state) {
    tree.append(leaf, tiles);
    if (++appended % 512 != 0) continue;
    benchmark::DoNotOptimize(tree.frontier());
    tiles.clear();
  }
}
BENCHMARK(append_to_the_tree);

void seal_a_part(benchmark::State& state) {
  const auto key = crypto::SecretKey::random();
  const std::string part(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crypto::seal(key, "nrm-vault-1/part", part));
}
BENCHMARK(seal_a_part)->Arg(64)->Arg(4096);

void sign_a_checkpoint(benchmark::State& state) {
  const auto signer = crypto::Signer::random();
  for (auto _ : state) benchmark::DoNotOptimize(signer.sign("nrm.example/identification/0\n1\n"));
}
BENCHMARK(sign_a_checkpoint);
}  // namespace
}  // namespace nrm

int main(int count, char** arguments) {
  nrm::crypto::start();
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
