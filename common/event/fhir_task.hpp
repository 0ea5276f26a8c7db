// Statuses of referrals and offers as FHIR R4 Task.status, narrowed as Gravity's SDOH Clinical Care
// guide profiles it (ten of twelve: `received` and `ready` are left out), with a business status
// where several of ours are one of theirs. One to one: no two of ours have the same pair.
//
// A referral is the ServiceRequest; each offer of it is a Task of its own, so an offer that ended
// (OfferEnd) has a row as well (peers.md, c2).
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "common/event/codes.hpp"

namespace nrm {
struct FhirTask {
  std::string_view status;           // Task.status
  std::string_view business_status;  // Task.businessStatus; empty: the status says it
  bool operator==(const FhirTask&) const = default;
};
// Task.status of the profile, in its order.
std::span<const std::string_view> fhir_task_statuses();

FhirTask fhir_task(ReferralStatus status);
FhirTask fhir_task(OfferEnd end);

// The way back; none: not a pair that we write.
std::optional<std::variant<ReferralStatus, OfferEnd>> from_fhir_task(const FhirTask& task);
}  // namespace nrm
