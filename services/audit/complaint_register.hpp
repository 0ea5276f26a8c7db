// ComplaintRegister: the anonymised register of complaints, from the logs alone (domain.md a11).
//
// Each complaint counts once under each of: its matter, the kind of body that it is about, where it
// stands, and what was found; by the quarter in which it was received. No id, case or name is in
// it. Counts of 1 to k-1 are hidden, and with them the next smallest ones of the same quarter and
// kind of count, until there are two and together k or more: what is hidden is then known from the
// total to within k at best. A total below k is hidden.
// INVARIANT: memory is bounded per complaint (some 60 bytes) and per organisation.
// REQUIRES: records of the vault's log (who is what) and the audit's, each in its order.
// THREAD: one.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/event/record.hpp"

namespace nrm {
struct RegisterRow {
  std::string quarter;                 // in which they were received
  std::string by;                      // "matter", "body", "status", "finding", "total"
  std::string value;                   // a code; "all" of the total
  std::optional<std::uint64_t> count;  // none: hidden
  bool operator==(const RegisterRow&) const = default;
};

class ComplaintRegister {
 public:
  // `as_of`: what was recorded later is not looked at.
  explicit ComplaintRegister(Instant as_of) : as_of_(as_of) {}
  void take(const Record& record);

  // `threshold`: k; 0 hides nothing.
  std::vector<RegisterRow> rows(std::uint32_t threshold) const;
  std::uint64_t complaints() const { return complaints_.size(); }

 private:
  struct Entry {
    int quarter = 0;
    ComplaintMatter matter{};
    OrganisationId about;
    ComplaintStatus status{};
    bool late = false;  // an office was silent, or the ombudsman is
    std::optional<ComplaintFinding> finding;
  };
  template <class E>
  void note(const StreamKey&, const E&) {}
  void note(const StreamKey& stream, const OrganisationRegistered& e);
  void note(const StreamKey& stream, const ComplaintReceived& e);
  void note(const StreamKey& stream, const ComplaintRecorded&);
  void note(const StreamKey& stream, const ComplaintAssigned&);
  void note(const StreamKey& stream, const ComplaintInadmissible&);
  void note(const StreamKey& stream, const ComplaintAnswered& e);
  void note(const StreamKey& stream, const ComplaintSatisfied&);
  void note(const StreamKey& stream, const ComplaintSettled&);
  void note(const StreamKey& stream, const ComplaintOverdue&);
  void note(const StreamKey& stream, const ComplaintEscalated&);
  void note(const StreamKey& stream, const ComplaintConcluded& e);
  void note(const StreamKey& stream, const ComplaintWithdrawn&);
  void stands(const StreamKey& stream, ComplaintStatus status);

  const Instant as_of_;
  Instant at_;  // of the record that is being taken
  std::unordered_map<Uuid, OrganisationKind> kinds_;
  std::map<Uuid, Entry> complaints_;
};

// quarter,by,value,complaints; a hidden count is "c", as in the public tables.
std::string csv_of(const std::vector<RegisterRow>& rows);
// An array of objects; a hidden count is null.
std::string json_of(const std::vector<RegisterRow>& rows);
}  // namespace nrm
