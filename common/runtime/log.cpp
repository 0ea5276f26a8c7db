#include "common/runtime/log.hpp"

#include "common/store/keys.hpp"

namespace nrm {
namespace {
constexpr std::string_view folded_key = "folded";

Error corrupt(std::uint64_t seq, const char* what) {
  return Error(Code::corrupt, "", "record " + std::to_string(seq) + what);
}
}  // namespace

std::string write_place(const LogPlace& place) {
  std::string out;
  keys::append_u64(out, place.next);
  out += place.last.view();
  return out;
}

std::optional<LogPlace> read_place(std::string_view bytes) {
  if (bytes.size() != 40) return std::nullopt;
  return LogPlace{keys::read_u64(bytes), *Hash::from(bytes.substr(8))};
}

Result<LogPlace> stored_place(const Store& store, std::string_view log_name) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, keys::cursor(log_name)));
  if (!stored) return LogPlace{};
  const auto place = read_place(*stored);
  if (!place) return Error(Code::corrupt, "", "a cursor is unreadable");
  return *place;
}

Result<std::uint64_t> log_head(const Store& store) {
  std::uint64_t records = 0;
  NRM_TRY(store.scan(
      Family::log, {},
      [&](std::string_view key, std::string_view) {
        records = keys::read_u64(key) + 1;
        return false;
      },
      true));
  return records;
}

Result<void> read_log(const Store& store, std::uint64_t from,
                      const std::function<bool(std::uint64_t seq, std::string_view)>& take) {
  std::uint64_t seq = from;
  bool dense = true;
  NRM_TRY(store.scan(Family::log, Range{keys::log(from), ""}, [&](auto key, auto bytes) {
    dense = keys::read_u64(key) == seq;
    return dense && take(seq++, bytes);
  }));
  if (!dense) return corrupt(seq, " is missing");
  return {};
}

Result<std::uint64_t> folded_until(const Store& store) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, folded_key));
  if (!stored) {  // never written back; or by a build that knew no mark, state by state
    bool any = false;
    NRM_TRY(store.scan(Family::state, {}, [&](auto, auto) { return !(any = true); }));
    if (any) return Error(Code::unavailable, "", "the stored states do not say what they cover");
    return std::uint64_t{0};
  }
  if (stored->empty()) return Error(Code::unavailable, "", "a rebuild did not come to its end");
  const bool versioned = stored->size() == 16;
  if (!versioned && stored->size() != 8)
    return Error(Code::corrupt, "", "the mark of the stored fold");
  if (!versioned || keys::read_u64(std::string_view(*stored).substr(8)) != folding_version)
    return Error(Code::unavailable, "",
                 "another version of nrm wrote the stored states; the service makes them anew when "
                 "it starts");
  return keys::read_u64(*stored);
}

void put_folded_until(std::uint64_t records, Batch& out) {
  std::string value;
  keys::append_u64(value, records);
  keys::append_u64(value, folding_version);
  out.put(Family::meta, std::string(folded_key), std::move(value));
}

void put_not_folded(Batch& out) { out.put(Family::meta, std::string(folded_key), {}); }
}  // namespace nrm
