#include "services/cli/replay.hpp"

#include "services/cores.hpp"

namespace nrm::cli {
namespace {
// About 20 MiB; what is folded most often stays decoded beside it. Six services' replays are open
// at once.
constexpr std::size_t states_held_max = 8'192, states_hot_max = 4'096;
constexpr std::uint64_t told_every = 1'024;
}  // namespace

Replay::Replay(Service service, Store& scratch)
    : service_(service),
      store_(scratch),
      fold_(core_of(service), scratch, Fold::Stored::something, states_hot_max) {}

Result<void> Replay::run(Logs& logs, const ReplayEnd& end, const Told& told) {
  NRM_TRY_ASSIGN(const std::uint64_t head, logs.head(service_));
  if (end.record && *end.record >= head)
    return Error(
        Code::out_of_range, "--at-record",
        log_name(service_) + (head == 0 ? " has no records yet"
                                        : " has the records 0 to " + std::to_string(head - 1)));
  const std::uint64_t until = end.record ? *end.record + 1 : head;
  Result<void> good;
  NRM_TRY(logs.read(service_, records_, [&](std::uint64_t seq, std::string_view bytes) {
    if (seq >= until) return false;
    if (end.at) {
      if (good = reader_.open(bytes); !good || reader_.at() > *end.at) return false;
    }
    if (good = take(seq, bytes); !good) return false;
    if (fold_.changed() >= states_held_max) good = write();
    return good && (records_ % told_every != 0 || !told || told(records_));
  }));
  NRM_TRY(good);
  if (told) told(records_);
  return write();
}

Result<void> Replay::take(std::uint64_t seq, std::string_view bytes) {
  Result<void> good = fold_.replay(seq, bytes);
  if (good) good = reader_.open(bytes);
  if (!good)
    return Error(Code::corrupt, "",
                 log_name(service_) + " record " + std::to_string(seq) + " does not check out: " +
                     good.error().detail + " (nrm audit verify shows more)");
  at_ = reader_.at();
  tree_.append(leaf_hash(bytes), tiles_);
  tiles_.clear();
  ++records_;
  return {};
}

Result<void> Replay::write() {
  Batch batch;
  fold_.flush(batch);
  return store_.commit(batch, Sync::no);
}

Result<void> Replay::each(const Take& take) const {
  json::Document document;
  bool good = true;
  const Store& store = store_;  // whose scan() has its defaults
  NRM_TRY(store.scan(Family::state, {}, [&](std::string_view key, std::string_view value) {
    const auto stream = keys::read_state(key);
    good = stream && document.parse_trusted(value) && document.root().find("state");
    if (good) take(*stream, document.root());
    return good;
  }));
  CHECK(good, "what was just folded can be read");
  return {};
}

// "" when the stream is not there, or its state has no such text.
Result<std::string> Replay::member(const StreamKey& stream, std::string_view name) const {
  NRM_TRY_ASSIGN(const auto stored, store_.get(Family::state, keys::state(stream)));
  if (!stored) return std::string();
  json::Document document;
  CHECK(document.parse_trusted(*stored), "what was just folded can be read");
  const json::Value state = document.root().find("state");
  const json::Value value = state ? state.find(name) : json::Value();
  return value && value.kind() == json::Kind::string ? std::string(value.text()) : std::string();
}

Result<std::string> Replay::status(const StreamKey& stream) const {
  return member(stream, "status");
}

Result<bool> Replay::concerns(const StreamKey& stream, const Uuid& subject) const {
  if (stream.kind == StreamKind::case_) return stream.id == subject;
  NRM_TRY_ASSIGN(const std::string of, member(stream, "subject"));
  return of == subject.text();
}
}  // namespace nrm::cli
