#include "services/audit/observer.hpp"

#include <algorithm>

#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "services/audit/audit.hpp"

namespace nrm {
namespace {
// Between two commits of the archive; it reads faster than logs grow, and nobody waits long.
constexpr std::size_t read_at_once = 256;

Result<Instant> time_of(std::string_view record) {
  RecordReader reader;
  NRM_TRY(reader.open(record));
  return reader.at();
}
}  // namespace

Result<std::unique_ptr<Observer>> Observer::open(const Store& store, const Archive& archive,
                                                 std::optional<Date> last, Instant now) {
  std::unique_ptr<Observer> out(new Observer(store, archive));
  out->until_ = last ? std::max(last->plus(1), now.date()) : now.date().plus(1);
  const Instant from = start_of(out->until_.plus(-IndicatorBook::days_kept));
  for (std::size_t i = 0; i < std::size(observed_logs); ++i) {
    out->logs_[i].log = log_name(observed_logs[i]);
    NRM_TRY(out->begin_at(out->logs_[i], from));
  }
  return out;
}

// A log's time never goes back, so the first record that matters is found by halving.
Result<void> Observer::begin_at(Reading& reading, Instant from) {
  std::uint64_t low = 0, high = archive_.size(reading.log);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    NRM_TRY_ASSIGN(const auto record,
                   store_.get(Family::archive, keys::archive(reading.log, middle)));
    if (!record) return Error(Code::corrupt, "", "the archive lacks a record");
    NRM_TRY_ASSIGN(const Instant at, time_of(*record));
    if (at < from)
      low = middle + 1;
    else
      high = middle;
  }
  reading.next = low;
  return {};
}

Result<void> Observer::read(Reading& reading, Instant until) {
  if (reading.ahead || reading.next >= archive_.size(reading.log)) return {};
  Result<void> good;
  std::size_t left = read_at_once;
  const std::string end = keys::archive(reading.log, archive_.size(reading.log));
  NRM_TRY(store_.scan(Family::archive, {keys::archive(reading.log, reading.next), end},
                      [&](std::string_view, std::string_view record) {
                        const auto at = time_of(record);
                        if (!at) good = at.error();
                        reading.ahead = at && *at >= until;
                        if (!at || reading.ahead) return false;
                        good = book_.take(record);
                        ++reading.next;
                        return good && --left > 0;
                      }));
  return good;
}

Result<std::optional<ObserveIndicators>> Observer::turn(Instant now) {
  if (now.date() > until_) {  // days that were missed are in the week of a later one
    until_ = now.date();
    for (Reading& one : logs_) one.ahead = false;
  }
  const Instant until = start_of(until_);
  bool all = now >= until;
  for (Reading& one : logs_) {
    NRM_TRY(read(one, until));
    all &=
        one.ahead || (one.next == archive_.size(one.log) && archive_.taken_until(one.log) >= until);
  }
  if (!all) return std::optional<ObserveIndicators>();
  NRM_TRY_ASSIGN(auto command, observe());
  until_ = until_.plus(1);
  for (Reading& one : logs_) one.ahead = false;
  book_.forget_before(until_.plus(-IndicatorBook::days_kept));
  return std::optional(std::move(command));
}

Result<ObserveIndicators> Observer::observe() {
  ObserveIndicators out{.indicators = book_.at(until_), .known = {}};
  for (const Reading& one : logs_) {
    NRM_TRY_ASSIGN(const Hash root, archive_.root_at(one.log, one.next));
    out.known.push_back({*Text<32>::parse(one.log), one.next, *Text<64>::parse(root.hex())});
  }
  return out;
}

Result<std::optional<Date>> last_observed(const Store& store) {
  std::optional<Date> out;
  Result<void> good;
  const auto take = [&](std::string_view, std::string_view bytes) {
    if (bytes.find(IndicatorsObserved::type) == bytes.npos) return true;
    RecordReader reader;
    good = reader.open(bytes);
    for (bool more = good.has_value(); more && good;) {
      const auto next = reader.next();
      if (!next) good = next.error();
      more = next && *next;
      if (!more || reader.type() != IndicatorsObserved::type) continue;
      const auto event = reader.event();
      if (!event) good = event.error();
      if (event) out = get<IndicatorsObserved>(*event).until;
    }
    return good && !out;
  };
  NRM_TRY(store.scan(Family::log, {}, take, true));
  NRM_TRY(good);
  return out;
}
}  // namespace nrm
