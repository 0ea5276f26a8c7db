// News: what happened to an organisation's referrals, for the stream of its inbox; and notices,
// what it must know of access to cases (withdrawals, broken glass, anomalies). The newest of each
// kind are kept for each organisation, the oldest go; what has gone is remembered by its position,
// so that a client which resumes before it is told so and never misses a part unknowingly.
//
//   news/<organisation>/<seq>/<index>   one event as a CloudEvent; seq is of the referral log
//   notices/…, notices_dropped/…        the same of the vault's log
//   news_dropped/<organisation>         the key of the newest that was dropped; absent: none was
//
// Which are kept is a function of the log alone, however it was cut into batches.
// THREAD: News: the feed thread. The functions: any.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/limits.hpp"
#include "common/store/store.hpp"

namespace nrm::gateway {
// Position of news as clients see it: "<seq>.<index>", or "<seq>" for all of a record.
std::string news_key(std::string_view organisation, std::uint64_t seq, std::uint32_t index,
                     std::string_view kind = "news");
std::optional<std::pair<std::uint64_t, std::uint32_t>> read_position(std::string_view text);
std::string position_of(std::string_view news_key);

// Whether news behind this key were dropped. Ask after reading what is behind it: what was dropped
// meanwhile is then seen. ERRORS: of the store.
Result<bool> is_behind_dropped(const Store& store, std::string_view organisation,
                               std::string_view news_key, std::string_view kind = "news");

class News {
 public:
  // `kind`: the first part of the rows' keys.
  explicit News(const Store& store, std::string_view kind = "news") : store_(store), kind_(kind) {}

  // REQUIRES: in the order of the one log that this kind is from.
  void put(std::string_view organisation, std::uint64_t seq, std::uint32_t index, std::string value,
           Batch& batch);
  void committed();  // the batch is in the store

 private:
  struct Shelf {
    std::size_t count = 0;          // kept, with what is in the batch
    std::deque<std::string> fresh;  // keys of this batch: not in the store yet
    std::string dropped;            // the newest that was dropped; empty: none
  };
  Shelf& shelf_of(const std::string& organisation);
  void drop_oldest(const std::string& organisation, Shelf& shelf, Batch& batch);

  const Store& store_;
  const std::string kind_;
  std::unordered_map<std::string, Shelf> shelves_;  // as many as organisations had news
};
}  // namespace nrm::gateway
