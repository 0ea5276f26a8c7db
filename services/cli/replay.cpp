#include "services/cli/replay.hpp"

namespace nrm::cli {
namespace {
constexpr std::uint64_t records_per_flush = 1'024;
}

Result<void> Replay::run(const Folder& folder, Service service, std::optional<Instant> until) {
  std::optional<Error> failed;
  NRM_TRY(read_log(folder, service, [&](const Record& record) {
    if (until && record.at > *until) return false;
    fold_.apply(record);
    if (++records_ % records_per_flush != 0) return true;
    if (auto flushed = flush(); !flushed) failed = flushed.error();
    return !failed;
  }));
  if (failed) return *failed;
  return flush();
}

Result<void> Replay::flush() {
  Batch batch;
  fold_.flush(batch);
  return store_.commit(batch, Sync::no);
}

Result<void> Replay::each(const std::function<void(const StreamKey&, json::Value)>& take) const {
  json::Document document;
  bool good = true;
  const Store& store = store_;  // whose scan() has its defaults
  NRM_TRY(store.scan(Family::state, {}, [&](std::string_view key, std::string_view value) {
    const auto stream = keys::read_state(key);
    good = stream && document.parse_trusted(value) && document.root().find("state");
    if (good) take(*stream, document.root().find("state"));
    return good;
  }));
  CHECK(good, "what was just folded can be read");
  return {};
}
}  // namespace nrm::cli
