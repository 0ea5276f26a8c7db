// The published table "referrals by first responder, exploitation type, age at exploitation, gender
// and nationality", computed from the logs alone.
//
// Counting rule: every ReportReceived is one person; anonymous notifications are another table.
// Labels are those of event/labels.hpp and event/demonyms.hpp, which the loader reads by.
// INVARIANT: the order of events does not matter. The caller gives each record once (audit's
// archive holds it once); the table itself cannot tell two equal people from one counted twice.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/event/demonyms.hpp"
#include "common/event/labels.hpp"
#include "common/event/record.hpp"

namespace nrm {
inline constexpr std::array<std::string_view, 7> referral_table_columns{
    "first_responder_type", "first_responder", "exploitation", "age_at_exploitation", "gender",
    "nationality",          "people"};

struct ReferralCell {
  std::string first_responder_type;
  std::string first_responder;
  std::string exploitation;
  std::string age_at_exploitation;
  std::string gender;
  std::string nationality;
  std::uint64_t people = 0;
  bool operator==(const ReferralCell&) const = default;
};

class ReferralTable {
 public:
  // Takes OrganisationRegistered (vault) and ReportReceived (identification), ignores the rest.
  void apply(const StreamKey& stream, const Event& event);
  void apply(const Record& record);

  // Non-zero cells in published order: the four types as published, then each column without
  // regard to case (ASCII), then byte by byte. A reporter whose registration has not arrived yet is
  // "Not specified or unknown" and stands last, so that nobody is missing from the sum.
  std::vector<ReferralCell> cells() const;
  // Header and cells, CR LF, quotes only where needed.
  std::string csv() const;
  std::uint64_t people() const { return people_; }

 private:
  using Labels = std::array<std::string, 4>;  // exploitation, age, gender, nationality

  std::map<OrganisationId, OrganisationRegistered> responders_;
  std::map<OrganisationId, std::map<Labels, std::uint64_t>> counts_;
  std::uint64_t people_ = 0;
};
}  // namespace nrm
