#include "common/runtime/rebuild.hpp"

#include <vector>

#include "common/base/hex.hpp"
#include "common/runtime/fold.hpp"

namespace nrm {
namespace {
constexpr Family derived[] = {Family::state, Family::rows, Family::due};
// Records folded, or keys dropped or compared, between two writes: bounds memory.
constexpr std::size_t chunk = 4'096;

Result<void> drop(Store& store, Family family) {
  for (;;) {
    Batch batch;
    std::size_t count = 0;
    NRM_TRY(store.scan(family, {}, [&](std::string_view key, std::string_view) {
      batch.erase(family, std::string(key));
      return ++count < chunk;
    }));
    if (count == 0) return {};
    NRM_TRY(store.commit(batch, Sync::no));
  }
}

using Entries = std::vector<std::pair<std::string, std::string>>;
Result<Entries> read_chunk(const Store& store, Family family, const std::string& from) {
  Entries out;
  NRM_TRY(store.scan(family, Range{from, ""}, [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return out.size() < chunk;
  }));
  return out;
}
}  // namespace

Result<std::uint64_t> refold(const Core& core, const Store& log, Store& target,
                             const Progress& progress) {
  std::uint64_t head = 0;
  NRM_TRY(log.scan(
      Family::log, {},
      [&](std::string_view key, std::string_view) {
        head = keys::read_u64(key) + 1;
        return false;
      },
      true));
  Fold fold(core, target);
  json::Document document;
  Batch batch;
  std::uint64_t seq = 0;
  std::optional<Error> fault;
  NRM_TRY(log.scan(Family::log, {}, [&](std::string_view key, std::string_view bytes) {
    const std::string place = "record " + std::to_string(seq);
    if (keys::read_u64(key) != seq) {
      fault.emplace(Code::corrupt, "", place + " is missing");
      return false;
    }
    if (!document.parse_trusted(bytes)) {
      fault.emplace(Code::corrupt, "", place + " is not JSON");
      return false;
    }
    auto record = read_record(document.root());
    if (!record || record->seq != seq) {
      fault.emplace(Code::corrupt, "", place + " is not a record");
      return false;
    }
    fold.apply(*record);
    if (++seq % chunk == 0) {
      fold.flush(batch);
      if (auto done = target.commit(batch, Sync::no); !done) {
        fault = done.error();
        return false;
      }
      batch.clear();
      if (progress) progress(seq, head);
    }
    return true;
  }));
  if (fault) return *fault;
  fold.flush(batch);
  NRM_TRY(target.commit(batch, Sync::no));
  if (progress) progress(seq, head);
  return seq;
}

Result<std::uint64_t> rebuild(const Core& core, Store& store, const Progress& progress) {
  for (const Family family : derived) NRM_TRY(drop(store, family));
  NRM_TRY_ASSIGN(const std::uint64_t records, refold(core, store, store, progress));
  NRM_TRY(store.flush());
  return records;
}

Result<std::optional<std::string>> compare_derived(const Store& one, const Store& other) {
  for (const Family family : derived) {
    std::string from;
    for (;;) {
      NRM_TRY_ASSIGN(const Entries left, read_chunk(one, family, from));
      NRM_TRY_ASSIGN(const Entries right, read_chunk(other, family, from));
      for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        if (i < left.size() && i < right.size() && left[i] == right[i]) continue;
        const std::string& key = i < left.size() ? left[i].first : right[i].first;
        return std::optional(std::string(family_name(family)) + " key " + to_hex(key));
      }
      if (left.size() < chunk) break;
      from = left.back().first + '\0';
    }
  }
  return std::optional<std::string>();
}
}  // namespace nrm
