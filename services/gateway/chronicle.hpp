// Chronicle: the rows that are about events, not about states: a case's timeline, the reported
// facts, and the news of each provider's inbox. It goes into the batch of the projection.
//
//   timeline/<case>/<at>/<log>/<seq>/<index>    one event about the case or one of its referrals
//   facts/<case>                                 what was reported (coded)
//   epoch_destroyed/<number>                     when the key of an epoch was destroyed
//   news/…, news_dropped/…, notices/…            news.hpp
//   log_time                                     of the latest record, to a second
//
// A timeline has no bound of its own: it is what a case manager and the person concerned read, from
// the first day, and a case has some hundred events in its whole life. The bounds are the
// deciders'. THREAD: the feed thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/json.hpp"
#include "common/runtime/projection.hpp"
#include "common/store/store.hpp"
#include "services/gateway/news.hpp"

namespace nrm::gateway {
class Chronicle {
 public:
  explicit Chronicle(const Store& store);

  // REQUIRES: records of a log in order; see Projection::Also.
  void record(const std::string& log, const Projection::Told& record, Batch& batch);
  // As the store has it now: rows that are made anew begin without one.
  void read_log_time();
  // The batch is in the store. True: accounts changed with it.
  bool committed();
  // The time of the latest record that was ever seen, also by a process before this one.
  Instant latest() const { return latest_; }

 private:
  // Whom a referral concerns at this point of its log.
  struct Place {
    std::string subject;                      // case id
    std::optional<std::string> organisation;  // whose inbox it is in
  };
  struct Event {
    std::string_view log;
    const Projection::Told& record;
    std::uint32_t index = 0;
    std::string_view type;
    const StreamKey& stream;
    std::string_view data;
  };
  Place* find(std::string_view referral);  // nullptr: no such referral
  void on_case(const Event& event, Batch& batch);
  void on_referral(const Event& event, Batch& batch);
  void put_timeline(const Event& event, std::string_view subject, std::string_view referral,
                    const std::optional<std::string>& holder, Batch& batch);
  // A CloudEvent up to its data.
  static std::string begin_news(const Event& event);
  void put_news(const Event& event, const Place& place, std::string_view organisation,
                Batch& batch);
  void put_notice(const Event& event, Batch& batch);

  const Store& store_;
  News news_, notices_;
  std::unordered_map<std::string, Place> places_;  // of this batch; before it, the store knows
  bool accounts_changed_ = false;
  Instant latest_, stored_;
  json::Document document_;
};
}  // namespace nrm::gateway
