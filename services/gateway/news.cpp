#include "services/gateway/news.hpp"

#include <charconv>

#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
template <class N>
bool read_number(std::string_view text, N& out) {
  const auto end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, out);
  return fault == std::errc() && at == end;
}

std::string shelf_prefix(std::string_view kind, std::string_view organisation) {
  return row_key({kind, organisation, ""});
}
std::string dropped_key(std::string_view kind, std::string_view organisation) {
  return row_key({std::string(kind) + "_dropped", organisation});
}
}  // namespace

std::string news_key(std::string_view organisation, std::uint64_t seq, std::uint32_t index,
                     std::string_view kind) {
  return row_key({kind, organisation, fixed_hex(seq, 16), fixed_hex(index, 4)});
}

std::optional<std::pair<std::uint64_t, std::uint32_t>> read_position(std::string_view text) {
  std::pair<std::uint64_t, std::uint32_t> out{0, 0xffff};
  const auto dot = text.find('.');
  if (!read_number(text.substr(0, dot), out.first)) return std::nullopt;
  if (dot != text.npos && (!read_number(text.substr(dot + 1), out.second) || out.second > 0xffff))
    return std::nullopt;
  return out;
}

std::string position_of(std::string_view key) {
  std::uint64_t seq = 0, index = 0;
  const std::string_view digits = key.substr(key.size() - 21);
  std::from_chars(digits.data(), digits.data() + 16, seq, 16);
  std::from_chars(digits.data() + 17, digits.data() + 21, index, 16);
  return std::to_string(seq) + '.' + std::to_string(index);
}

Result<bool> is_behind_dropped(const Store& store, std::string_view organisation,
                               std::string_view news_key, std::string_view kind) {
  NRM_TRY_ASSIGN(const auto dropped, store.get(Family::rows, dropped_key(kind, organisation)));
  return dropped && news_key < *dropped;
}

News::Shelf& News::shelf_of(const std::string& organisation) {
  const auto [at, is_new] = shelves_.try_emplace(organisation);
  Shelf& shelf = at->second;
  if (!is_new) return shelf;
  const auto dropped = store_.get(Family::rows, dropped_key(kind_, organisation));
  const auto counted = store_.scan(Family::rows, prefixed(shelf_prefix(kind_, organisation)),
                                   [&](std::string_view, std::string_view) {
                                     ++shelf.count;
                                     return true;
                                   });
  CHECK(dropped && counted, "the store can be read");
  shelf.dropped = dropped->value_or("");
  return shelf;
}

void News::put(std::string_view organisation, std::uint64_t seq, std::uint32_t index,
               std::string value, Batch& batch) {
  const std::string owner(organisation);
  Shelf& shelf = shelf_of(owner);
  std::string key = news_key(organisation, seq, index, kind_);
  shelf.fresh.push_back(key);
  ++shelf.count;
  batch.put(Family::rows, std::move(key), std::move(value));
  if (shelf.count >= limits::gateway_news_kept_max + limits::gateway_news_dropped_at_once)
    drop_oldest(owner, shelf, batch);
}

// What is in the store is older than what is only in the batch.
void News::drop_oldest(const std::string& organisation, Shelf& shelf, Batch& batch) {
  Range range = prefixed(shelf_prefix(kind_, organisation));
  if (!shelf.dropped.empty()) range.from = shelf.dropped + '\0';  // gone, if only in this batch
  std::size_t left = limits::gateway_news_dropped_at_once;
  const auto drop = [&](std::string_view key) {
    shelf.dropped = key;
    batch.erase(Family::rows, shelf.dropped);
    return --left > 0;
  };
  const auto scanned =
      store_.scan(Family::rows, range, [&](std::string_view key, auto) { return drop(key); });
  CHECK(scanned, "the store can be read");
  for (; left > 0; shelf.fresh.pop_front()) drop(shelf.fresh.front());
  shelf.count -= limits::gateway_news_dropped_at_once;
  batch.put(Family::rows, dropped_key(kind_, organisation), shelf.dropped);
}

void News::committed() {
  for (auto& [organisation, shelf] : shelves_) shelf.fresh.clear();
}
}  // namespace nrm::gateway
