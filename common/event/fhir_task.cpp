#include "common/event/fhir_task.hpp"

#include "common/base/check.hpp"

namespace nrm {
namespace {
using enum ReferralStatus;
constexpr std::string_view statuses[] = {"draft",       "requested",       "accepted",  "rejected",
                                         "in-progress", "on-hold",         "completed", "failed",
                                         "cancelled",   "entered-in-error"};

struct StatusRow {
  ReferralStatus ours;
  FhirTask task;
};
// Waitlisted has not been agreed to, so it is still `requested`: the requester may ask others.
constexpr StatusRow status_rows[] = {
    {draft, {"draft", ""}},
    {awaiting_consent, {"draft", "awaiting-consent"}},
    {offered, {"requested", ""}},
    {delivered, {"requested", "delivered"}},
    {acknowledged, {"requested", "acknowledged"}},
    {waitlisted, {"requested", "waitlisted"}},
    {escalated, {"requested", "escalated"}},
    {accepted, {"accepted", ""}},
    {in_progress, {"in-progress", ""}},
    {on_hold, {"on-hold", ""}},
    {completed, {"completed", ""}},
    {failed, {"failed", ""}},
    {cancelled, {"cancelled", ""}},
    {revoked, {"cancelled", "revoked"}},
    {entered_in_error, {"entered-in-error", ""}},
};

struct EndRow {
  OfferEnd ours;
  FhirTask task;
};
constexpr EndRow end_rows[] = {
    {OfferEnd::declined, {"rejected", ""}},
    {OfferEnd::expired, {"cancelled", "expired"}},
    {OfferEnd::revoked, {"cancelled", "offer-revoked"}},
    {OfferEnd::rerouted, {"cancelled", "re-routed"}},
};
}  // namespace

std::span<const std::string_view> fhir_task_statuses() { return statuses; }

FhirTask fhir_task(ReferralStatus status) {
  for (const StatusRow& row : status_rows)
    if (row.ours == status) return row.task;
  check_failed(__FILE__, __LINE__, "every status has its row");
}

FhirTask fhir_task(OfferEnd end) {
  for (const EndRow& row : end_rows)
    if (row.ours == end) return row.task;
  check_failed(__FILE__, __LINE__, "every end of an offer has its row");
}

std::optional<std::variant<ReferralStatus, OfferEnd>> from_fhir_task(const FhirTask& task) {
  for (const StatusRow& row : status_rows)
    if (row.task == task) return row.ours;
  for (const EndRow& row : end_rows)
    if (row.task == task) return row.ours;
  return std::nullopt;
}
}  // namespace nrm
