#include "common/runtime/projection.hpp"

#include "common/diag/diag.hpp"
#include "common/runtime/log.hpp"

namespace nrm {
Projection::Projection(const Core& core, Store& store, Also also)
    : core_(core), store_(store), also_(std::move(also)), fold_(core, store) {}

Result<std::unique_ptr<Projection>> Projection::open(const Core& core, Store& store,
                                                     const std::vector<Followed>& logs, Also also) {
  std::unique_ptr<Projection> out(new Projection(core, store, std::move(also)));
  for (const Followed& followed : logs) {
    const std::string log = log_name(followed.service);
    NRM_TRY_ASSIGN(const LogPlace place, stored_place(store, log));
    out->cursors_.emplace_back(log, followed.link, place.next, place.last);
    out->emits_.push_back(types_of(followed.service).set(unknown_event_type));
  }
  out->moved_.assign(logs.size(), false);
  return out;
}

Result<void> Projection::on(const wire::Message& message, Instant ticks) {
  for (std::size_t i = 0; i < cursors_.size(); ++i) {
    FeedCursor& cursor = cursors_[i];
    if (const auto* records = std::get_if<wire::Records>(&message)) {
      const auto before = cursor.next();
      const auto taken = cursor.on(
          *records, ticks, [&](auto seq, auto bytes, auto&) { return take(i, seq, bytes); });
      if (!taken && taken.error().code == Code::diverged)
        cursor.stop(taken.error().detail);
      else if (!taken)
        cursor.ask_again();  // as good as lost
      if (cursor.next() != before) moved_[i] = true;
    } else if (const auto* beat = std::get_if<wire::Beat>(&message)) {
      cursor.on(*beat, ticks);
    } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
      cursor.on(*refused);
    }
  }
  return {};
}

void Projection::stop(std::string_view log, std::string_view why) {
  for (FeedCursor& cursor : cursors_)
    if (cursor.log() == log && cursor.stopped().empty()) cursor.stop(why);
}

Result<void> Projection::take(std::size_t index, std::uint64_t seq, std::string_view bytes) {
  if ((event_types_in(bytes) & ~emits_[index]).any()) {
    diag::count("forged_records_total");  // who decides on it has said so in a log
    return {};
  }
  NRM_TRY(document_.parse_trusted(bytes));
  NRM_TRY_ASSIGN(const RecordOutline outline, read_outline(document_.root()));
  if (outline.seq != seq) return Error(Code::diverged, "", "a record has another number");
  std::vector<Emit> events;  // all are read before any is applied
  for (const json::Value event : outline.events) {
    const auto type = event.find("type").text();
    const auto stream = StreamKey::parse(event.find("stream").text());
    if (!stream) return Error(Code::corrupt, "", "an event without a stream");
    if (!core_.wants(type)) continue;  // also what a later version wrote: rows are rebuilt then
    NRM_TRY_ASSIGN(Event body, read_event(type, event.find("data"), Unknown::ignore));
    events.push_back({*stream, std::move(body)});
  }
  for (const Emit& one : events) fold_.apply(one.stream, one.event, outline.at);
  if (also_) also_(cursors_[index].log(), document_.root(), batch_);
  return {};
}

Result<void> Projection::commit(Bus& bus, Instant ticks) {
  for (std::size_t i = 0; i < cursors_.size(); ++i) {
    if (!moved_[i]) continue;
    batch_.put(Family::meta, keys::cursor(cursors_[i].log()), write_place(cursors_[i].place()));
    moved_[i] = false;
  }
  fold_.flush(batch_);
  if (!batch_.empty()) NRM_TRY(store_.commit(batch_, Sync::no));
  batch_.clear();
  for (FeedCursor& cursor : cursors_) {
    cursor.committed();
    cursor.turn(bus, ticks);
  }
  return {};
}
}  // namespace nrm
