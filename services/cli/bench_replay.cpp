// replay: a log read back with every record hashed and decoded, and states and clocks folded again
// in memory, against RocksDB's bare iterator over the same log.
#include <filesystem>

#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/rebuild.hpp"
#include "common/runtime/run.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/cli/bench.hpp"
#include "services/cli/bench_caseload.hpp"
#include "services/cli/bench_site.hpp"
#include "services/identification/identification.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::size_t cases = 150'000;  // two records each

// A log as identification writes it, made through its own step with nobody else there.
Result<void> write_log(const Folder& folder, Store& store) {
  const auto entropy = seeded_entropy(7);
  NRM_TRY_ASSIGN(const auto signer, folder.signer(Service::identification));
  const Instant now = anchored_clock()->now();
  NRM_TRY_ASSIGN(const auto step, Step::open({.core = core_of<Identification>(),
                                              .store = store,
                                              .entropy = *entropy,
                                              .policy = folder.policy(),
                                              .policy_digest = folder.policy_digest(),
                                              .signer = signer,
                                              .origin = folder.origin(Service::identification),
                                              .sandbox = folder.mechanism().sandbox},
                                             now));
  const Actor reporter{AccountId(entropy->uuid()), OrganisationId(entropy->uuid()),
                       Role::first_responder};
  const Actor authority{AccountId(entropy->uuid()),
                        folder.policy().appointments->competent_authority,
                        Role::competent_authority};
  const auto ask = [&](const Actor& actor, const auto& command) {
    const Uuid key = entropy->uuid();
    const std::string data = to_json(command);
    step->ask({.key = std::string(key.bytes.begin(), key.bytes.end()),
               .actor = actor,
               .expects = std::nullopt,
               .type = command.type,
               .data = data,
               .personal = {}},
              0, now);
  };
  for (std::size_t i = 0; i < cases; ++i) {
    const CaseId subject(entropy->uuid());
    ask(reporter, SubmitReport{.subject = subject,
                               .dossier = *Text<64>::parse(leaf_hash(subject.text()).hex()),
                               .facts = example_facts(i)});
    ask(authority,
        DecideFirstStage{subject, Outcome::positive, DecisionGround::evidence_sufficient});
    if (i % 256 == 255) NRM_TRY(step->commit());
  }
  NRM_TRY(step->commit());
  return step->close();
}

Result<double> replay_once(const std::string& store, const std::string& target, Threads threads) {
  std::filesystem::remove_all(target);
  NRM_TRY_ASSIGN(const auto log, open_rocksdb({.folder = store, .read_only = true}));
  NRM_TRY_ASSIGN(const auto fresh, open_rocksdb({.folder = target}));
  NRM_TRY_ASSIGN(const auto tree, MerkleTree::stored(*log));
  const double begin = seconds_now();
  double took = 0;  // until every state is folded; that they are right is looked at afterwards
  const auto told = [&](std::uint64_t done, std::uint64_t of) {
    if (done == of) took = seconds_now() - begin;
  };
  NRM_TRY_ASSIGN(const Replayed replayed,
                 replay(core_of<Identification>(), *log, *fresh, threads, told));
  if (!tree || replayed.root != tree->root())
    return Error(Code::corrupt, "", "the log does not add up to its tree");
  NRM_TRY_ASSIGN(const auto difference, compare_derived(*log, *fresh));
  if (difference) return Error(Code::corrupt, "", "the refold differs: " + *difference);
  return static_cast<double>(replayed.records) / took;
}
}  // namespace

Result<Figure> measure_replay(const Options& options) {
  Figure figure{.name = "replay", .unit = "records/s, hashed, decoded and folded, one thread"};
  figure.contenders = {{"bare RocksDB iterator, records/s, one thread", {}, {}, 0.30, 0.50},
                       {"the same; ours with two threads", {}, {}, 0.30, 0.50}};
  NRM_TRY_ASSIGN(const auto site, Site::make(options.dir + "/site", free_port()));
  const std::string store = options.dir + "/log";
  std::filesystem::remove_all(store);
  {
    NRM_TRY_ASSIGN(const auto open, open_rocksdb({.folder = store}));
    NRM_TRY(write_log(site->folder(), *open));
  }
  std::vector<double> two, hashed;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    NRM_TRY_ASSIGN(const double one, replay_once(store, options.dir + "/refold", Threads::one));
    NRM_TRY_ASSIGN(const double both, replay_once(store, options.dir + "/refold", Threads::two));
    NRM_TRY_ASSIGN(const Numbers raw, run_contender("bench-raw-iterator", {store}));
    const double theirs = raw.at("records_per_second");
    figure.ours.push_back(one);
    two.push_back(both);
    hashed.push_back(raw.at("hashed_per_second"));
    for (auto& contender : figure.contenders) contender.theirs.push_back(theirs);
    figure.contenders[0].ratios.push_back(one / theirs);
    figure.contenders[1].ratios.push_back(both / theirs);
  }
  figure.beside = {{"records/s with two threads", two},
                   {"iterator and SHA-256 alone, records/s on one core", hashed}};
  std::filesystem::remove_all(store);
  std::filesystem::remove_all(options.dir + "/refold");
  return figure;
}
}  // namespace nrm::cli::measure
