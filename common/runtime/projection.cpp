#include "common/runtime/projection.hpp"

#include "common/diag/diag.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/rebuild.hpp"

namespace nrm {
namespace {
constexpr std::string_view anew_key = "made_anew";  // there while logs are followed again

// Rows that other code folded: all logs are followed again. One batch says that they are dropped,
// so that a process that dies in the middle begins anew.
Result<bool> drop_what_others_folded(Store& store) {
  const auto folded = folded_until(store);
  if (!folded && folded.error().code != Code::unavailable) return folded.error();
  Batch mark;
  if (!folded) {
    NRM_TRY(drop_derived(store));
    NRM_TRY(store.scan(Family::meta, prefixed("cursor/"), [&](std::string_view key, auto) {
      mark.erase(Family::meta, std::string(key));
      return true;
    }));
    mark.put(Family::meta, std::string(anew_key), "");
  }
  put_folded_until(0, mark);  // of no log of its own: the mark is there for its version
  NRM_TRY(store.commit(mark, Sync::no));
  NRM_TRY_ASSIGN(const auto anew, store.get(Family::meta, anew_key));
  return anew.has_value();
}
}  // namespace

Projection::Projection(const Core& core, Store& store, Also also)
    : core_(core), store_(store), also_(std::move(also)), fold_(core, store) {}

Result<std::unique_ptr<Projection>> Projection::open(const Core& core, Store& store,
                                                     const std::vector<Followed>& logs, Also also) {
  std::unique_ptr<Projection> out(new Projection(core, store, std::move(also)));
  NRM_TRY_ASSIGN(out->made_anew_, drop_what_others_folded(store));
  for (const Followed& followed : logs) {
    const std::string log = log_name(followed.service);
    NRM_TRY_ASSIGN(const LogPlace place, stored_place(store, log));
    out->cursors_.emplace_back(log, followed.link, place.next, place.last);
    out->emits_.push_back(types_of(followed.service).set(unknown_event_type));
  }
  out->moved_.assign(logs.size(), false);
  return out;
}

void Projection::followed_again() {
  made_anew_ = false;
  batch_.erase(Family::meta, std::string(anew_key));
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
  NRM_TRY(record_.open(bytes));
  if (record_.seq() != seq) return Error(Code::diverged, "", "a record has another number");
  Told told{seq, record_.at(), record_.actor(), {}};
  std::vector<Emit> events;  // all are read before any is applied
  for (;;) {
    NRM_TRY_ASSIGN(const bool more, record_.next());
    if (!more) break;
    // By what was read, too: the look at the bytes finds only names written as we write them.
    const std::string_view type = record_.type();
    if ((event_type_set(std::span(&type, 1)) & ~emits_[index]).any()) {
      diag::count("forged_records_total");
      return {};
    }
    auto body = record_.event();
    const bool wanted = core_.wants(record_.type());  // not what a later version wrote
    if (wanted && !body) return body.error();
    told.events.push_back({record_.stream(), record_.type(), record_.data()});
    if (wanted) events.push_back({record_.stream(), std::move(body).value()});
  }
  for (const Emit& one : events) fold_.apply(one.stream, one.event, told.at);
  if (also_) also_(cursors_[index].log(), told, batch_);
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
