#include "services/cli/logs.hpp"

#include <filesystem>

#include "common/event/codec.hpp"
#include "common/ledger/tiled_log.hpp"
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::cli {
namespace {
Error unreadable(Service service, std::uint64_t seq, const std::string& why) {
  return Error(Code::corrupt, "",
               log_name(service) + " record " + std::to_string(seq) +
                   " does not check out: " + why + " (nrm audit verify shows more)");
}

// A store beside the process that writes it: a snapshot, taken again when its files have changed.
class Snapshot {
 public:
  explicit Snapshot(std::string folder) : folder_(std::move(folder)) {}

  // Null: there is none yet.
  Result<const Store*> get() {
    if (store_) return store_.get();
    std::error_code fault;
    if (!std::filesystem::exists(folder_ + "/CURRENT", fault)) return nullptr;
    seen_ = files();
    NRM_TRY_ASSIGN(
        store_,
        open_rocksdb({.folder = folder_, .read_only = true, .footprint = Footprint::small}));
    return store_.get();
  }
  bool refresh() {
    if (store_ && files() == seen_) return false;
    store_.reset();
    return true;
  }

 private:
  std::string files() const {  // names and sizes: a log only grows
    std::map<std::string, std::uintmax_t> sizes;
    std::error_code fault;
    for (const auto& file : std::filesystem::directory_iterator(folder_, fault))
      sizes[file.path().filename()] = file.file_size(fault);
    std::string out;
    for (const auto& [name, size] : sizes) out += name + ' ' + std::to_string(size) + '\n';
    return out;
  }

  const std::string folder_;
  std::string seen_;
  std::unique_ptr<Store> store_;
};

class OwnLogs final : public Logs {
 public:
  explicit OwnLogs(const std::string& data_folder) {
    for (const Service service : log_owners)
      stores_.try_emplace(service, data_folder + "/store/" + std::string(to_text(service)));
  }
  Result<std::uint64_t> head(Service service) override {
    NRM_TRY_ASSIGN(const Store* store, stores_.at(service).get());
    return store ? log_head(*store) : Result<std::uint64_t>(0);
  }
  Result<void> read(Service service, std::uint64_t from, const Take& take) override {
    NRM_TRY_ASSIGN(const Store* store, stores_.at(service).get());
    return store ? nrm::read_log(*store, from, take) : Result<void>();
  }
  Result<bool> refresh() override {
    bool changed = false;
    for (auto& [service, store] : stores_) changed |= store.refresh();
    return changed;
  }

 private:
  std::map<Service, Snapshot> stores_;
};

class ArchivedLogs final : public Logs {
 public:
  explicit ArchivedLogs(const std::string& data_folder) : store_(data_folder + "/store/audit") {}

  Result<std::uint64_t> head(Service service) override {
    NRM_TRY_ASSIGN(const Store* store, store_.get());
    std::uint64_t records = 0;
    if (store == nullptr) return records;
    const auto last = [&](std::string_view key, std::string_view) {
      records = keys::read_u64(key.substr(key.size() - 8)) + 1;
      return false;
    };
    NRM_TRY(store->scan(Family::archive, records_of(service), last, true));
    return records;
  }
  Result<void> read(Service service, std::uint64_t from, const Take& take) override {
    NRM_TRY_ASSIGN(const Store* store, store_.get());
    if (store == nullptr) return {};
    Range range = records_of(service);
    range.from = keys::archive(log_name(service), from);
    std::uint64_t seq = from;
    bool dense = true;
    NRM_TRY(store->scan(
        Family::archive, range,
        [&](auto key, auto bytes) {
          dense = keys::read_u64(key.substr(key.size() - 8)) == seq;
          return dense && take(seq++, bytes);
        },
        false));
    return dense ? Result<void>() : unreadable(service, seq, "it is missing in the archive");
  }
  Result<bool> refresh() override { return store_.refresh(); }

 private:
  static Range records_of(Service service) {
    return prefixed(log_name(service) + std::string(1, '\0'));
  }
  Snapshot store_;
};

// Nothing of an export is believed: each record is the one that its log's checkpoint covers, signed
// by the key that is told in the folder (nrm audit verify compares that key with others).
class ExportedLogs final : public Logs {
 public:
  static Result<std::unique_ptr<Logs>> open(const std::string& folder) {
    auto out = std::make_unique<ExportedLogs>();
    out->folder_ = folder;
    std::error_code fault;
    for (const Service service : log_owners) {
      const std::string path = out->path_of(service);
      if (!std::filesystem::exists(path + "/checkpoint", fault)) continue;
      auto log = TiledLog::open_folder(path);
      if (!log) return Error(log.error().code, "--from", path + ": " + log.error().detail);
      out->logs_.emplace(service, std::move(log).value());
    }
    if (out->logs_.empty())
      return Error(Code::not_found, "--from",
                   folder + " is no folder that nrm audit export wrote (nor the word archive)");
    return std::unique_ptr<Logs>(std::move(out));
  }

  Result<std::uint64_t> head(Service service) override {
    const auto log = logs_.find(service);
    return log == logs_.end() ? 0 : log->second.size();
  }
  Result<void> read(Service service, std::uint64_t from, const Take& take) override {
    const auto log = logs_.find(service);
    if (log == logs_.end() || from >= log->second.size()) return {};
    auto good = log->second.read(
        from, log->second.size(),
        [&](std::uint64_t seq, std::string_view record, const Hash&) { return take(seq, record); });
    if (good) return {};
    return Error(good.error().code, "", path_of(service) + ": " + good.error().detail);
  }
  Result<bool> refresh() override {
    bool grew = false;
    for (const Service service : log_owners) {
      auto fresh = TiledLog::open_folder(path_of(service));
      const auto old = logs_.find(service);
      if (!fresh || (old != logs_.end() && fresh->size() <= old->second.size())) continue;
      logs_.erase(service);
      logs_.emplace(service, std::move(fresh).value());
      grew = true;
    }
    return grew;
  }

 private:
  std::string path_of(Service service) const {
    return folder_ + "/" + std::string(to_text(service)) + "-0";
  }
  std::string folder_;
  std::map<Service, TiledLog> logs_;
};
}  // namespace

Result<std::unique_ptr<Logs>> open_logs(const std::string& from, const std::string& data_folder) {
  std::unique_ptr<Logs> out;
  if (from.empty() || from == "archive") {
    NRM_TRY(Folder::open(data_folder));  // says what is wrong with it
    if (from.empty())
      out = std::make_unique<OwnLogs>(data_folder);
    else
      out = std::make_unique<ArchivedLogs>(data_folder);
    return out;
  }
  return ExportedLogs::open(from);
}

Result<void> read_records(Logs& logs, Service service,
                          const std::function<bool(const Record&)>& take) {
  json::Document document;
  std::optional<Error> stopped;
  NRM_TRY(logs.read(service, 0, [&](std::uint64_t seq, std::string_view bytes) {
    const auto parsed = document.parse_trusted(bytes);
    const auto record = parsed ? read_record(document.root()) : Result<Record>(parsed.error());
    if (!record) stopped = unreadable(service, seq, record.error().detail);
    return record && take(*record);
  }));
  return stopped ? Result<void>(*stopped) : Result<void>();
}

Result<void> read_log(const Folder& folder, Service service,
                      const std::function<bool(const Record&)>& take) {
  OwnLogs logs(folder.path());
  return read_records(logs, service, take);
}
}  // namespace nrm::cli
