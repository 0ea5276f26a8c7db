// ConsentWatch: sits beside the vault of the seeded world and compares. Whenever the vault has
// recorded something, when a day has passed over an entry, and when it is back after a crash, it is
// asked for every visitor, purpose and class of the cases concerned what it would answer, and the
// plain oracle is asked the same.
//
// The oracle is told what the vault has in its log by now, and what it has heard of from the logs
// that it follows (by its cursors): not what the vault made of it.
// THREAD: one. OWNERSHIP: borrows the policy.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/runtime/step.hpp"
#include "tests/support/consent_oracle.hpp"
#include "tests/support/consent_talk.hpp"

namespace nrm::test {
struct ConsentCounts {
  std::uint64_t histories = 0;    // cases
  std::uint64_t questions = 0;    // asked of both
  std::uint64_t opened = 0;       // with yes for an answer
  std::uint64_t by_time = 0;      // answers that changed because an entry had expired
  std::uint64_t restarts = 0;     // after which all answers were as before
  std::uint64_t recorded = 0;     // openings and consents that were really asked for
  std::uint64_t ends_before = 0;  // services whose end was heard of before their beginning
  std::uint64_t withdrawals = 0;  // words that took something back
  void add(const ConsentCounts& other);
};

class ConsentWatch {
 public:
  // Bytes of a record that some service has on disk.
  using ReadRecord = std::function<std::string(const std::string& log, std::uint64_t seq)>;
  ConsentWatch(const Cast& cast, const Policy& policy, ReadRecord read)
      : cast_(cast), policy_(policy), read_(std::move(read)), oracle_(*policy.appointments) {}

  // After a turn of the vault. The first difference, in words; none when there is none.
  std::optional<std::string> look(const Step& vault, Instant now);
  // It is about to crash; it is back.
  void before_crash(const Step& vault, Instant now);
  std::optional<std::string> after_crash(const Step& vault);
  ConsentCounts counts() const;

 private:
  using Answers = std::vector<bool>;  // in the order of visitors, purposes, classes
  using Place = std::tuple<std::string, std::uint64_t, std::uint32_t>;  // log, record, event
  Record record(const std::string& log, std::uint64_t seq);
  void hear(const Step& vault);
  void take(const Emit& fact);
  std::optional<std::string> take_records(const Step& vault);
  std::optional<std::string> check(const Record& record);
  Result<Decision> decide(const View& vault, const Actor& who, const OpenDossier& opening,
                          Instant now) const;
  std::optional<std::string> compare(const Step& vault, const CaseId& subject, Instant now);
  std::map<CaseId, Answers> all_answers(const Step& vault, Instant now) const;

  const Cast cast_;
  const Policy& policy_;
  const ReadRecord read_;
  ConsentOracle oracle_;
  std::uint64_t taken_ = 0;                     // records of the vault
  std::map<std::string, std::uint64_t> heard_;  // records of the logs that it follows
  std::map<Place, Emit> unrecorded_;            // heard of, with no record of it yet
  std::set<CaseId> touched_;                    // since they were last compared
  std::set<ReferralId> begun_;
  Instant last_look_;
  std::map<CaseId, Answers> answers_, before_;  // of the last look; before the crash
  Instant crashed_;
  ConsentCounts counts_;
  json::Document document_;
};
}  // namespace nrm::test
