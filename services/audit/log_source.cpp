#include "services/audit/log_source.hpp"

#include <filesystem>

#include "common/event/codec.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/ledger/tiled_log.hpp"
#include "common/runtime/log.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm {
namespace {
Error corrupt(Service service, const std::string& what) {
  return Error(Code::corrupt, "", log_name(service) + ": " + what);
}

std::optional<Service> service_of(std::string_view log) {
  for (const Service one : log_owners)
    if (log_name(one) == log) return one;
  return std::nullopt;
}

LogPosition position_of(Service service, std::uint64_t size, const Hash& root) {
  return {*Text<32>::parse(log_name(service)), size, *Text<64>::parse(root.hex())};
}
LogPosition position_of(Service service, const MerkleTree& tree) {
  return position_of(service, tree.size(), tree.root());
}

class FolderSource final : public LogSource {
 public:
  explicit FolderSource(const Folder& folder) : folder_(folder) {}

  // All that is in the log, signed yet or not: the reader checks that the records give this root.
  Result<LogPosition> head(Service service) const override {
    std::error_code fault;
    if (!std::filesystem::exists(folder_.store(to_text(service)) + "/CURRENT", fault))
      return position_of(service, MerkleTree());  // never started
    NRM_TRY_ASSIGN(const auto store, open(service));
    NRM_TRY_ASSIGN(const auto tree, MerkleTree::stored(*store));
    return position_of(service, tree.value_or(MerkleTree()));
  }

  Result<void> read(Service service, std::uint64_t until, const TakeBytes& take) const override {
    if (until == 0) return {};
    NRM_TRY_ASSIGN(const auto store, open(service));
    Result<void> good;
    std::uint64_t next = 0;
    NRM_TRY(nrm::read_log(*store, 0, [&](std::uint64_t seq, std::string_view bytes) {
      if (seq >= until) return false;
      good = take(seq, bytes);
      next = seq + 1;
      return good.has_value();
    }));
    NRM_TRY(good);
    if (next < until) return corrupt(service, "it ends before record " + std::to_string(until));
    return {};
  }

 private:
  Result<std::unique_ptr<Store>> open(Service service) const {
    return open_rocksdb({.folder = folder_.store(to_text(service)),
                         .read_only = true,
                         .footprint = Footprint::small});
  }
  const Folder folder_;
};

class ExportSource final : public LogSource {
 public:
  explicit ExportSource(std::string path) : path_(std::move(path)) {}

  Result<LogPosition> head(Service service) const override {
    NRM_TRY_ASSIGN(const TiledLog log, open(service));
    return position_of(service, log.size(), log.checkpoint().root);
  }

  // Every record is checked against the signed root (tiled_log.hpp).
  Result<void> read(Service service, std::uint64_t until, const TakeBytes& take) const override {
    if (until == 0) return {};
    NRM_TRY_ASSIGN(const TiledLog log, open(service));
    if (log.size() < until)
      return corrupt(service, "the export has " + std::to_string(log.size()) + " records, " +
                                  std::to_string(until) + " are needed");
    Result<void> good;
    NRM_TRY(log.read(0, until, [&](std::uint64_t seq, std::string_view bytes, const Hash&) {
      good = take(seq, bytes);
      return good.has_value();
    }));
    return good;
  }

 private:
  Result<TiledLog> open(Service service) const {
    std::string name = log_name(service);
    name[name.rfind('/')] = '-';
    return TiledLog::open_folder(path_ + '/' + name);
  }

  const std::string path_;
};
}  // namespace

std::unique_ptr<LogSource> open_folder_source(const Folder& folder) {
  return std::make_unique<FolderSource>(folder);
}
std::unique_ptr<LogSource> open_export_source(const std::string& path) {
  return std::make_unique<ExportSource>(path);
}

Result<std::vector<LogPosition>> heads_of(const LogSource& source) {
  std::vector<LogPosition> out;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(auto head, source.head(service));
    out.push_back(std::move(head));
  }
  return out;
}

Result<void> read_until(const LogSource& source, const LogPosition& position,
                        const TakeRecord& take) {
  const auto service = service_of(position.log.text());
  if (!service) return Error(Code::not_found, "", "there is no log " + position.log.text());
  MerkleTree tree;
  Batch tiles;
  json::Document document;
  NRM_TRY(source.read(
      *service, position.size, [&](std::uint64_t seq, std::string_view bytes) -> Result<void> {
        const auto parsed = document.parse_trusted(bytes);
        const auto record = parsed ? read_record(document.root()) : Result<Record>(parsed.error());
        if (!record || record->seq != seq)
          return corrupt(*service, "record " + std::to_string(seq) + " does not check out");
        tree.append(leaf_hash(bytes), tiles);
        tiles.clear();
        take(*record);
        return {};
      }));
  if (tree.root().hex() != position.root.text())
    return corrupt(*service, "its first " + std::to_string(position.size) +
                                 " records are not those that were signed");
  return {};
}
}  // namespace nrm
