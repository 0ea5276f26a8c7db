#include "services/audit/verification.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/signing.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/conservation.hpp"
#include "services/audit/decided_log.hpp"
#include "services/cores.hpp"

namespace nrm {
namespace {
// Followers first: what they took must be in what is read of the owners afterwards.
constexpr Service reading_order[] = {Service::audit,          Service::closure,
                                     Service::assistance,     Service::referral,
                                     Service::identification, Service::vault};
constexpr std::size_t faults_listed_max = 20;

class Verifier {
 public:
  Verifier(const Folder& folder, const VerifyOptions& options)
      : folder_(folder), options_(options) {}

  std::vector<Layer> run() {
    check_every_file();
    open_stores();
    read_logs();
    check_checkpoints();
    check_causes();
    check_archive();
    check_folds();
    check_conservation();
    return std::move(layers_);
  }

 private:
  struct Log {
    Service service{};
    std::string name;
    std::unique_ptr<Store> store;
    std::vector<Hash> leaves;
    MerkleTree tree;
    std::optional<LogKeys> keys;  // none: mechanism.json has no key of this log
    bool readable = false;
  };

  Layer& begin(std::string name, std::string unit) {
    layers_.push_back({.name = std::move(name),
                       .checked = 0,
                       .unit = std::move(unit),
                       .faults = {},
                       .remark = {}});
    return layers_.back();
  }
  static void add_fault(Layer& layer, std::string what) {
    if (layer.faults.size() < faults_listed_max) layer.faults.push_back(std::move(what));
  }
  void fault(std::string what) { add_fault(layers_.back(), std::move(what)); }
  void tell(const std::string& what, std::uint64_t done, std::uint64_t of) const {
    if (options_.progress) options_.progress(what, done, of);
  }

  void check_every_file() {
    begin("files", "files");
    std::vector<std::string> names{"gateway"};
    for (const Service service : reading_order) names.emplace_back(to_text(service));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string folder = folder_.store(names[i]);
      tell("files of " + names[i], i, names.size());
      std::error_code error;
      if (!std::filesystem::exists(folder, error)) continue;
      for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder, error))
        ++layers_.back().checked;
      const auto faults = check_files(folder, options_.live);
      if (!faults) {
        fault(names[i] + ": " + faults.error().detail);
        continue;
      }
      for (const FileFault& bad : *faults)
        fault("store/" + names[i] + "/" + std::filesystem::path(bad.file).filename().string() +
              ": " + bad.what);
    }
  }

  void open_stores() {
    for (const Service service : reading_order) {
      Log& log = logs_[service];
      log.service = service;
      log.name = log_name(service);
      auto store = open_rocksdb({.folder = folder_.store(to_text(service)), .read_only = true});
      if (store)
        log.store = std::move(store).value();
      else
        unreadable_ += (unreadable_.empty() ? "" : ", ") + log.name + ": " + store.error().detail;
    }
  }

  // Dense numbers, readable records, leaf hashes; and the events for the conservation rule.
  void read_logs() {
    begin("records", "records");
    if (!unreadable_.empty()) fault(unreadable_);
    for (auto& [service, log] : logs_) {
      if (!log.store) continue;
      log.readable = true;
      if (const auto key = folder_.log_key(service))
        log.keys.emplace(folder_.origin(service), *key);
      json::Document document;
      Batch tiles;
      const auto scanned =
          log.store->scan(Family::log, {}, [&](std::string_view key, std::string_view bytes) {
            const std::uint64_t seq = log.leaves.size();
            const std::string place = log.name + " record " + std::to_string(seq);
            if (keys::read_u64(key) != seq) {
              fault(place + ": is missing");
              return log.readable = false;
            }
            const auto parsed = document.parse_trusted(bytes);
            const auto record =
                parsed ? read_record(document.root()) : Result<Record>(parsed.error());
            if (!record || record->seq != seq) {
              fault(place + ": is not a record with this number");
              return log.readable = false;
            }
            if (const auto good = log.keys ? log.keys->take(seq, bytes) : Result<void>(); !good)
              fault(place + ": " + good.error().detail);
            log.leaves.push_back(leaf_hash(bytes));
            log.tree.append(log.leaves.back(), tiles);
            tiles.clear();
            conservation_.take(log.name, *record);
            if (seq % 4'096 == 0) tell("records of " + log.name, seq, 0);
            return true;
          });
      if (!scanned) {
        fault(log.name + ": " + scanned.error().detail);
        log.readable = false;
      }
      layers_.back().checked += log.leaves.size();
      check_frontier(log);
    }
  }

  void check_frontier(Log& log) {
    if (!log.readable) return;
    const auto stored = log.store->get(Family::merkle, "frontier");
    if (!stored || !*stored) return fault(log.name + ": the hash tree is missing");
    const auto tree = MerkleTree::load(**stored);
    if (!tree) return fault(log.name + ": the stored hash tree does not check out");
    if (tree->size() != log.tree.size() || tree->root() != log.tree.root())
      fault(log.name + ": the records are not those of the stored hash tree (" +
            std::to_string(log.tree.size()) + " here, " + std::to_string(tree->size()) + " there)");
  }

  // A stored note covers a prefix: its root is recomputed from the leaves that were read.
  void check_note(Log& log, const std::string& note, const std::string& keeper) {
    ++layers_.back().checked;
    if (!log.keys) return fault(log.name + ": mechanism.json has no key of this log");
    const std::string origin = folder_.origin(log.service);
    const auto claimed = read_checkpoint(note_text(note));
    const auto text = open_note(note, origin, log.keys->at(claimed ? claimed->size : 0));
    const auto checkpoint = text ? read_checkpoint(*text) : Result<Checkpoint>(text.error());
    if (!checkpoint || checkpoint->origin != origin)
      return fault(log.name + ": a checkpoint kept by " + keeper + " has no good signature");
    if (checkpoint->size > log.leaves.size())
      return fault(log.name + ": " + keeper + " has a signed checkpoint over " +
                   std::to_string(checkpoint->size) + " records, the log has " +
                   std::to_string(log.leaves.size()) + ": its end is missing");
    MerkleTree prefix;
    Batch tiles;
    for (std::uint64_t i = 0; i < checkpoint->size; ++i) {
      prefix.append(log.leaves[i], tiles);
      tiles.clear();
    }
    if (prefix.root() != checkpoint->root)
      fault(log.name + ": the records are not those that were signed (" + keeper + ", size " +
            std::to_string(checkpoint->size) + ")");
  }

  void check_checkpoints() {
    begin("checkpoints", "notes");
    open_archive();
    for (auto& [service, log] : logs_) {
      if (!log.readable) continue;
      if (log.keys && !folder_.names_log_key(service, log.keys->in_force()))
        fault(log.name + ": the key that it names last is not the one in mechanism.json");
      const auto own = log.store->get(Family::meta, "checkpoint");
      if (own && *own) check_note(log, **own, "the log itself");
      if (!archive_) continue;
      const auto kept = archive_->get(Family::meta, "checkpoint/" + log.name);
      if (kept && *kept) check_note(log, **kept, "the archive");
    }
  }

  void open_archive() {
    std::error_code error;
    if (!std::filesystem::exists(folder_.store("audit"), error)) return;
    if (auto store = open_rocksdb({.folder = folder_.store("audit"), .read_only = true}))
      archive_ = std::move(store).value();
  }

  // Where each follower stands must be a place in the owner's log.
  void check_causes() {
    begin("cross-log", "cursors");
    for (auto& [service, log] : logs_) {
      if (!log.store) continue;
      for (const Service owner : core_of(service).follows()) {
        const Log& followed = logs_.at(owner);
        if (!followed.readable) continue;
        const auto stored = log.store->get(Family::meta, keys::cursor(followed.name));
        if (!stored || !*stored) continue;
        ++layers_.back().checked;
        const auto place = read_place(**stored);
        const std::uint64_t next = place ? place->next : 0;
        if (!place)
          fault(log.name + ": its place in " + followed.name + " is unreadable");
        else if (next > followed.leaves.size())
          fault(log.name + " has taken " + std::to_string(next) + " records of " + followed.name +
                ", which has " + std::to_string(followed.leaves.size()) + ": its end is missing");
        else if (next > 0 && followed.leaves[next - 1] != place->last)
          fault(log.name + " took another record " + std::to_string(next - 1) + " of " +
                followed.name + " than is there now");
      }
      check_received(log);
    }
  }

  void check_received(Log& log) {
    if (!log.readable) return;
    json::Document document;
    const auto scanned = log.store->scan(Family::log, {}, [&](auto key, auto bytes) {
      if (!document.parse_trusted(bytes)) return true;  // said above
      const json::Value input = document.root().find("input");
      const json::Value owner = input ? input.find("log") : json::Value();
      if (!owner) return true;
      const auto seq = static_cast<std::uint64_t>(input.find("seq").integer());
      const auto found = std::ranges::find_if(
          logs_, [&](const auto& entry) { return entry.second.name == owner.text(); });
      if (found == logs_.end() || !found->second.readable) return true;
      const auto& leaves = found->second.leaves;
      if (seq >= leaves.size() || leaves[seq].hex() != input.find("hash").text())
        fault(log.name + " record " + std::to_string(keys::read_u64(key)) + ": record " +
              std::to_string(seq) + " of " + found->second.name + " is not there with that hash");
      return true;
    });
    if (!scanned) fault(log.name + ": " + scanned.error().detail);
  }

  void check_archive() {
    begin("archive", "records");
    if (!archive_) return;
    for (auto& [service, log] : logs_) {
      if (!log.readable) continue;
      std::uint64_t seq = 0;
      const Range range = prefixed(log.name + std::string(1, '\0'));
      const auto scanned = archive_->scan(Family::archive, range, [&](auto key, auto bytes) {
        const std::string place = "archive of " + log.name + " record " + std::to_string(seq);
        if (key != keys::archive(log.name, seq)) {
          fault(place + ": is missing");
          return false;
        }
        if (seq >= log.leaves.size()) {
          // Live: it was written after the log was read.
          if (!options_.live) fault(place + ": the log ends before it");
          return false;
        }
        if (leaf_hash(bytes) != log.leaves[seq]) {
          fault(place + ": the log has other bytes");
          return false;
        }
        ++seq;
        return true;
      });
      if (!scanned) fault("archive of " + log.name + ": " + scanned.error().detail);
      layers_.back().checked += seq;
    }
  }

  // One pass over each log gives both layers.
  void check_folds() {
    Layer refold{.name = "refold", .checked = 0, .unit = "records", .faults = {}, .remark = {}};
    begin("decisions", "decisions");
    std::uint64_t by_older_rules = 0, refused_first = 0;
    for (auto& [service, log] : logs_) {
      if (!log.readable) continue;
      DecidedLog decided(service, *log.store, {folder_.policy(), folder_.policy_digest()},
                         [this](const std::string& name) { return readable_log(name); });
      const std::string scratch = options_.scratch + "/" + std::string(to_text(service));
      if (const auto fresh = open_rocksdb({.folder = scratch}))
        decided.check(**fresh,
                      [&](auto done, auto of) { tell("decisions of " + log.name, done, of); });
      else
        fault("scratch folder: " + fresh.error().detail);
      std::error_code error;
      std::filesystem::remove_all(scratch, error);
      refold.checked += decided.refolded();
      for (const std::string& what : decided.fold_faults()) add_fault(refold, what);
      for (const std::string& what : decided.decision_faults()) fault(what);
      layers_.back().checked += decided.counts().decided;
      by_older_rules += decided.counts().by_older_rules;
      refused_first += decided.counts().refused_first;
      if (const auto after = decided.counts().after_fault; after > 0)
        fault("not checked: the " + std::to_string(after) + " records of " + log.name +
              " after that one");
      if (const auto unread = decided.counts().cause_unread; unread > 0)
        fault("not checked: " + std::to_string(unread) + " of " + log.name +
              ", on what a log says that cannot be read");
    }
    if (by_older_rules + refused_first > 0)
      layers_.back().remark = "not decided again: " + std::to_string(refused_first) +
                              " refused first, for what no log holds; " +
                              std::to_string(by_older_rules) + " by an older engine";
    layers_.insert(layers_.end() - 1, std::move(refold));
  }
  const Store* readable_log(const std::string& name) const {
    for (const auto& [service, log] : logs_)
      if (log.name == name && log.readable) return log.store.get();
    return nullptr;
  }

  void check_conservation() {
    begin("conservation", "people");
    for (const auto& [service, log] : logs_)
      if (!log.readable) return fault("not checked: " + log.name + " cannot be read");
    Horizon horizon;
    for (const auto& [service, log] : logs_) horizon.heads[log.name] = log.leaves.size();
    const Verdict verdict = conservation_.finish(horizon);
    layers_.back().checked = verdict.people + verdict.notifications;
    for (const Violation& violation : verdict.violations)
      fault(violation.log + " record " + std::to_string(violation.seq) + ": " +
            std::string(sentence(violation.rule)) + " (" + violation.stream.text() + ")");
  }

  const Folder& folder_;
  const VerifyOptions& options_;
  std::map<Service, Log> logs_;
  std::unique_ptr<Store> archive_;
  std::string unreadable_;
  Conservation conservation_;
  std::vector<Layer> layers_;
};
}  // namespace

Result<std::vector<Layer>> verify_folder(const Folder& folder, const VerifyOptions& options) {
  return Verifier(folder, options).run();
}

bool in_use(const Folder& folder) {
  const Descriptor lock(::open(folder.file("run/up.lock").c_str(), O_RDONLY | O_CLOEXEC));
  return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}
}  // namespace nrm
