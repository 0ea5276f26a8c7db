#include "services/gateway/scopes.hpp"

#include <algorithm>

namespace nrm::gateway {
namespace {
struct Row {
  std::string_view pattern;
  Scope scope;
};
constexpr Row posts[] = {
    {"/v1/reports", Scope::report},
    {"/v1/cases/{id}/openings", Scope::open},
    {"/v1/cases/{id}/opening-proposals", Scope::open},
    {"/v1/proposals/{id}/approval", Scope::open},
    {"/v1/cases/{id}/broken-glass", Scope::open},
    {"/v1/cases/{id}/subject-access", Scope::open},
    {"/v1/emergencies/{id}/review", Scope::audit},
    {"/v1/accounts/{id}/anomaly-review", Scope::audit},
    {"/v1/cases/{id}/consents", Scope::support},
    {"/v1/cases/{id}/guardians", Scope::support},
    {"/v1/cases/{id}/guardianship-ends", Scope::support},
    {"/v1/cases/{id}/conflicts", Scope::support},
    {"/v1/cases/{id}/denials", Scope::support},
    {"/v1/cases/{id}/denial-ends", Scope::support},
    {"/v1/withdrawals/{id}/acknowledgement", Scope::support},
    {"/v1/cases/{id}/first-stage-decision", Scope::decide},
    {"/v1/cases/{id}/second-stage-decision", Scope::decide},
    {"/v1/signals", Scope::report},
    {"/v1/cases/{id}/signal-resolution", Scope::report},
    {"/v1/group-events", Scope::report},
    {"/v1/group-events/{id}/closing", Scope::report},
    {"/v1/cases/{id}/screenings", Scope::report},
    {"/v1/cases/{id}/age-assessments", Scope::report},
    {"/v1/cases/{id}/information-request", Scope::decide},
    {"/v1/cases/{id}/information-answer", Scope::report},
    {"/v1/cases/{id}/recusal", Scope::decide},
    {"/v1/cases/{id}/route", Scope::support},
    {"/v1/cases/{id}/recovery-request", Scope::support},
    {"/v1/cases/{id}/recovery-extension", Scope::decide},
    {"/v1/cases/{id}/cooperation", Scope::decide},
    {"/v1/cases/{id}/reconsideration-request", Scope::support},
    {"/v1/cases/{id}/reconsideration-decision", Scope::decide},
    {"/v1/cases/{id}/disqualification", Scope::decide},
    {"/v1/cases/{id}/episodes", Scope::report},
    {"/v1/cases/{id}/identification-withdrawal", Scope::support},
    {"/v1/cases/{id}/contact-attempts", Scope::support},
    {"/v1/cases/{id}/contact-loss", Scope::support},
    {"/v1/cases/{id}/contact-regained", Scope::support},
    {"/v1/cases/{id}/death", Scope::support},
    {"/v1/cases/{id}/opened-in-error", Scope::support},
    {"/v1/duplicates/{id}/merge-proposal", Scope::support},
    {"/v1/duplicates/{id}/merge-approval", Scope::support},
    {"/v1/duplicates/{id}/dismissal", Scope::support},
    {"/v1/duplicates/{id}/merge-reversal", Scope::support},
    {"/v1/cases/{id}/referrals", Scope::refer},
    {"/v1/cases/{id}/plan", Scope::support},
    {"/v1/cases/{id}/services", Scope::support},
    {"/v1/cases/{id}/reviews", Scope::support},
    {"/v1/cases/{id}/service-ends", Scope::support},
    {"/v1/cases/{id}/information", Scope::support},
    {"/v1/cases/{id}/closure-request", Scope::close},
    {"/v1/cases/{id}/closure-approval", Scope::close},
    {"/v1/cases/{id}/closure-refusal", Scope::close},
    {"/v1/cases/{id}/erasure-request", Scope::close},
    {"/v1/cases/{id}/erasure-confirmation", Scope::close},
    {"/v1/cases/{id}/erasure-cancellation", Scope::close},
    {"/v1/referrals/{id}/acknowledgement", Scope::refer},
    {"/v1/referrals/{id}/acceptance", Scope::refer},
    {"/v1/referrals/{id}/waitlisting", Scope::refer},
    {"/v1/referrals/{id}/refusal", Scope::refer},
    {"/v1/referrals/{id}/cancellation", Scope::refer},
    {"/v1/referrals/{id}/retry", Scope::refer},
    {"/v1/referrals/{id}/sending", Scope::refer},
    {"/v1/referrals/{id}/revocation", Scope::refer},
    {"/v1/referrals/{id}/delivery", Scope::refer},
    {"/v1/referrals/{id}/outcome", Scope::refer},
    {"/v1/referrals/{id}/consent-override", Scope::refer},
    {"/v1/referrals/{id}/rerouting", Scope::refer},
    {"/v1/referrals/{id}/keeping", Scope::refer},
    {"/v1/referrals/{id}/start", Scope::refer},
    {"/v1/referrals/{id}/hold", Scope::refer},
    {"/v1/referrals/{id}/resumption", Scope::refer},
    {"/v1/referrals/{id}/failure", Scope::refer},
    {"/v1/cases/{id}/matching-facts", Scope::refer},
    {"/v1/cases/{id}/handover", Scope::refer},
    {"/v1/cases/{id}/handover-revocation", Scope::refer},
    {"/v1/handovers/{id}/acceptance", Scope::refer},
    {"/v1/handovers/{id}/refusal", Scope::refer},
    {"/v1/cases/{id}/protection", Scope::refer},
    {"/v1/cases/{id}/transnational-referrals", Scope::refer},
    {"/v1/transnational-referrals/{id}/answer", Scope::refer},
    {"/v1/transnational-referrals/{id}/revocation", Scope::refer},
    {"/v1/providers/{id}/offering", Scope::refer},
    {"/v1/providers/{id}/suspension", Scope::refer},
    {"/v1/providers/{id}/reinstatement", Scope::refer},
    {"/v1/focal-points", Scope::administer},
    {"/v1/providers", Scope::refer},
    {"/v1/providers/{id}/capacity", Scope::refer},
    {"/v1/organisations", Scope::administer},
    {"/v1/accounts", Scope::administer},
    {"/v1/accounts/{id}/revocation", Scope::administer},
    {"/v1/organisations/{id}/keys", Scope::administer},
    {"/v1/organisation-keys/{id}/approval", Scope::administer},
    {"/v1/organisation-keys/{id}/revocation", Scope::administer},
    {"/v1/cases/{id}/sealed-items", Scope::support},
    {"/v1/sealed-items/{id}/requests", Scope::open},
    {"/v1/sealed-items/{id}/approval", Scope::open},
    {"/v1/sealed-items/{id}/openings", Scope::open},
    {"/v1/cases/{id}/contacts", Scope::support},
    {"/v1/cases/{id}/risk-assessments", Scope::support},
    {"/v1/cases/{id}/needs-assessments", Scope::support},
    {"/v1/cases/{id}/preferences", Scope::support},
    {"/v1/cases/{id}/contact-rules", Scope::support},
    {"/v1/cases/{id}/procedures", Scope::support},
    {"/v1/procedures/{id}/steps", Scope::support},
    {"/v1/procedures/{id}/end", Scope::support},
    {"/v1/cases/{id}/alarms", Scope::support},
    {"/v1/alarms/{id}/end", Scope::support},
    {"/v1/cases/{id}/incidents", Scope::support},
    {"/v1/incidents/{id}/closing", Scope::support},
    {"/v1/cases/{id}/move-on", Scope::support},
    {"/v1/transitions/{id}/extension", Scope::support},
    {"/v1/transitions/{id}/plan", Scope::support},
    {"/v1/transitions/{id}/reach-in", Scope::support},
    {"/v1/cases/{id}/best-interests", Scope::support},
    {"/v1/cases/{id}/education", Scope::support},
    {"/v1/cases/{id}/child-pathway-end", Scope::support},
    {"/v1/child-notices/{id}/acknowledgement", Scope::support},
    {"/v1/cases/{id}/reopening", Scope::close},
    {"/v1/follow-ups/{id}/record", Scope::close},
    {"/v1/follow-ups/{id}/refusal", Scope::close},
    {"/v1/publications", Scope::audit},
    {"/v1/publications/{id}/approval", Scope::audit},
    {"/v1/publications/{id}/refusal", Scope::audit},
    {"/v1/sandbox/clock", Scope::administer},
};
}  // namespace

std::optional<Scope> scope_of(const Route& route) {
  if (route.method == "GET") {
    const bool receipt = route.pattern.find("/receipts/") != std::string_view::npos;
    const bool of_logs =
        route.pattern == "/v1/status" || (route.pattern.starts_with("/v1/logs") && !receipt);
    return of_logs ? Scope::audit : Scope::read;
  }
  const auto row = std::ranges::find(posts, route.pattern, &Row::pattern);
  return row == std::end(posts) ? std::nullopt : std::optional(row->scope);
}

bool may_use(const ScopeSet& scopes, const Route& route) {
  // To give up what one has, nobody needs a right.
  if (scopes.all() || route.pattern == "/v1/sessions/current") return true;
  const auto scope = scope_of(route);
  return scope && scopes.covers(*scope);
}
}  // namespace nrm::gateway
