// IndicatorBook: what early warnings rest on, counted from the records of all logs by day (UTC):
// reports by source, decisions by authority, clocks that ran out on somebody, providers that were
// suspended. Pure: the process counts as records are archived (observer.hpp), whoever verifies
// counts again from an export, and both get the same.
//
// Counted: ReportReceived (identification) by the reporter's organisation; FirstStageDecided and
// SecondStageDecided by who decided; a clock's record that has an event, where breach_of(clock);
// ProviderSuspended that no ProviderReinstated followed.
// REQUIRES: records of one log in its order. INVARIANT: at(day) depends on nothing that is dated
// on or after that day. THREAD: one. ERRORS: corrupt.
#pragma once
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "common/event/record_reader.hpp"

namespace nrm {
class IndicatorBook {
 public:
  static constexpr int week = 7;                    // days that are looked at
  static constexpr int days_kept = week + 8 * week;  // and those that they are held against

  Result<void> take(std::string_view record);
  Instant last_at() const { return reader_.at(); }  // of the record that was taken last

  // Of the week before `until`. Each list has at most list_items_max, the most remarkable first:
  // reports by how many a week's are missing, decisions by how many there were, breaches by how
  // many there were, closed providers by their id.
  Indicators at(Date until) const;
  void forget_before(Date day);

 private:
  using Decider = std::pair<OrganisationId, Stage>;
  struct Decided {
    std::uint32_t positive = 0, all = 0;
  };
  struct Day {
    std::map<OrganisationId, std::uint32_t> reports;
    std::map<Decider, Decided> decisions;
    std::map<ClockName, std::uint32_t> breaches;
  };
  struct Change {
    Date day;
    std::optional<SuspensionReason> closed;  // none: open again
  };
  Result<void> take_event(Date day);

  RecordReader reader_;
  std::map<Date, Day> days_;
  std::map<ProviderId, std::vector<Change>> providers_;
};
}  // namespace nrm
