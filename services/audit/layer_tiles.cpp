// Reading: every record is hashed on its way, its tree is compared with the stored tiles.
#include <algorithm>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/tiles.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/keys.hpp"
#include "services/audit/layers.hpp"
#include "services/audit/run_beside.hpp"
#include "services/audit/stored_tiles.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;
constexpr std::uint64_t told_every = 4'096;

// One log's reading; what it finds is added to the findings afterwards.
class LogReading {
 public:
  LogReading(Check& check, CheckedLog& log) : check_(check), log_(log) {}

  void run() {
    const auto good = take_all();
    if (!good) {
      const std::string& what = good.error().detail;
      const bool names_file = what.starts_with("tile/") || what.starts_with("checkpoint:");
      if (past_faults_.empty())
        (names_file ? file_faults_ : record_faults_)
            .push_back(log_.fault(log_.name + ": " + what, {},
                                  names_file ? what.substr(0, what.find(':')) : ""));
      log_.readable = false;
    }
  }
  void tell(Findings& findings) {
    for (Fault& fault : file_faults_) findings.fault(LayerName::files, std::move(fault));
    for (Fault& fault : tile_faults_) findings.fault(LayerName::tiles, std::move(fault));
    for (Fault& fault : past_faults_) findings.fault(LayerName::checkpoints, std::move(fault));
    for (Fault& fault : record_faults_) findings.fault(LayerName::records, std::move(fault));
    findings.at(LayerName::tiles).checked += tiles_checked_;
    findings.at(LayerName::records).checked += std::max(log_.leaves.size(), log_.from) - log_.from;
    if (check_.exported()) findings.at(LayerName::files).checked += tiles_checked_ + bundles();
  }

 private:
  std::uint64_t bundles() const { return (log_.leaves.size() + tile_width - 1) / tile_width; }

  Result<void> take_all() {
    NRM_TRY_ASSIGN(stored_, StoredTiles::of(*log_.store, check_.evidence.kind));
    NRM_TRY_ASSIGN(log_.leaves, Leaves::make(check_.options.scratch));
    log_.readable = true;
    NRM_TRY(begin_keys());
    NRM_TRY(take_past());
    Result<void> good;
    const Range rest{keys::log(log_.from), ""};
    NRM_TRY(log_.store->scan(Family::log, rest, [&](std::string_view key, std::string_view bytes) {
      const std::uint64_t seq = log_.leaves.size();
      if (keys::read_u64(key) != seq) {
        record_faults_.push_back(log_.at(seq, "is missing"));
        return log_.readable = false;
      }
      if (const auto taken = log_.keys ? log_.keys->take(seq, bytes) : Result<void>(); !taken)
        record_faults_.push_back(log_.at(seq, taken.error().detail));
      good = append(leaf_hash(bytes));
      if (seq % told_every == 0) check_.tell("records of " + log_.name, seq, stored_.size());
      return good.has_value();
    }));
    NRM_TRY(good);
    NRM_TRY(log_.leaves.finish());
    check_edge();
    return {};
  }

  Result<void> begin_keys() {
    const SavedLog* before = check_.before ? check_.before->find(log_.name) : nullptr;
    if (before != nullptr) {
      log_.from = before->size;
      NRM_TRY_ASSIGN(log_.keys, LogKeys::read(log_.given->origin, before->keys));
    } else if (log_.given->key) {
      log_.keys.emplace(log_.given->origin, *log_.given->key);
    }
    return {};
  }

  // The part that an earlier run verified: its leaf hashes as they are stored now, which must be
  // those of then.
  Result<void> take_past() {
    if (log_.from == 0) return {};
    const SavedLog& before = *check_.before->find(log_.name);
    const std::uint64_t there = std::min(log_.from, stored_.size());
    for (std::uint64_t number = 0; number * tile_width < there; ++number) {
      NRM_TRY_ASSIGN(const std::string hashes, stored_.tile(0, number));
      const std::uint64_t count = std::min<std::uint64_t>(tile_width, there - number * tile_width);
      for (std::uint64_t i = 0; i < count; ++i)
        NRM_TRY(append(*Hash::from(std::string_view(hashes).substr(i * hash_size, hash_size))));
    }
    if (there == log_.from && log_.tree.root().hex() == before.root) return {};
    log_.readable = false;
    const auto seq = first_change();
    const std::string short_of =
        there < log_.from ? "; " + std::to_string(log_.from) + " records were verified then, and " +
                                std::to_string(there) + " are there: its end is missing"
                          : "";
    past_faults_.push_back(
        seq ? log_.at(*seq,
                      "is not the one that was verified before: the past of this log was "
                      "rewritten" +
                          short_of)
            : log_.fault(log_.name + ": ends before what was verified before" + short_of, there));
    return Error(Code::corrupt, "", "its first records are not those of the earlier run");
  }

  std::optional<std::uint64_t> first_change() {
    if (!log_.leaves.finish()) return {};
    const auto kept = read_file(check_.before->file(leaves_file(log_.name)), SIZE_MAX);
    if (!kept) return {};
    std::uint64_t seq = 0;
    std::optional<std::uint64_t> out;
    log_.leaves.each(log_.leaves.size(), [&](const Hash& leaf) {
      if (!out && kept->compare(seq * hash_size, hash_size, leaf.view()) != 0) out = seq;
      ++seq;
    });
    return out;
  }

  Result<void> append(const Hash& leaf) {
    log_.tree.append(leaf, full_);
    NRM_TRY(log_.leaves.append(leaf));
    if (full_.empty()) return {};
    for (const Batch::Change& tile : full_.changes()) compare(tile.key, *tile.value);
    full_.clear();
    return {};
  }

  // A tile as computed against the stored one. Of the lowest level the record is known that
  // differs.
  void compare(const std::string& key, const std::string& hashes) {
    const auto level = static_cast<unsigned>(static_cast<unsigned char>(key[1]));
    compare(level, keys::read_u64(std::string_view(key).substr(2)), hashes);
  }
  void compare(unsigned level, std::uint64_t number, const std::string& hashes) {
    ++tiles_checked_;
    const auto stored = stored_.tile(level, number);
    const std::string file = stored_.file(level, number, hashes.size() / hash_size);
    if (!stored) {
      auto& faults = check_.exported() ? file_faults_ : tile_faults_;
      return faults.push_back(log_.fault(log_.name + ": " + stored.error().detail, {}, file));
    }
    if (stored->size() < hashes.size())
      return tile_faults_.push_back(
          log_.fault(log_.name + ": " + file + " has too few hashes", {}, file));
    if (stored->compare(0, hashes.size(), hashes) == 0) return;
    std::uint64_t entry = 0;
    while (hashes.compare(entry * hash_size, hash_size, *stored, entry * hash_size, hash_size) == 0)
      ++entry;
    const std::uint64_t seq = number * tile_width + entry;
    if (level == 0)
      tile_faults_.push_back(log_.fault(
          log_.name + " record " + std::to_string(seq) + ": is not that of the hash tree", seq,
          file));
    else
      tile_faults_.push_back(
          log_.fault(log_.name + ": " + file + " is not what the tiles below it give", {}, file));
  }

  // The tiles that are not full, and that nothing is missing at the end.
  void check_edge() {
    if (log_.tree.size() != stored_.size()) {
      tile_faults_.push_back(log_.fault(log_.name + ": the hash tree is of " +
                                            std::to_string(stored_.size()) + " records, and " +
                                            std::to_string(log_.tree.size()) + " are there",
                                        std::min(stored_.size(), log_.tree.size())));
      return;
    }
    unsigned level = 0;
    for (std::uint64_t size = log_.tree.size(); size > 0; size /= tile_width, ++level) {
      if (size % tile_width == 0) continue;
      const auto hashes = log_.tree.tile(level, size / tile_width, {});
      compare(level, size / tile_width, hashes.value());
    }
  }

  Check& check_;
  CheckedLog& log_;
  StoredTiles stored_;
  Batch full_;
  std::uint64_t tiles_checked_ = 0;
  std::vector<Fault> file_faults_, tile_faults_, past_faults_, record_faults_;
};
}  // namespace

void read_hashes(Check& check) {
  std::vector<std::unique_ptr<LogReading>> readings;
  std::vector<std::function<void()>> tasks;
  for (CheckedLog& log : check.logs) {
    if (log.store == nullptr) {
      check.findings.fault(LayerName::files,
                           log.fault(log.name + ": cannot be read: " + log.given->why_not));
      continue;
    }
    LogReading& reading = *readings.emplace_back(std::make_unique<LogReading>(check, log));
    tasks.push_back([&reading] { reading.run(); });
  }
  run_beside(std::move(tasks));
  for (const auto& reading : readings) reading->tell(check.findings);
  if (check.before)
    check.findings.remark(LayerName::records,
                          "those before were verified by the run that this one "
                          "goes on from");
}
}  // namespace nrm
