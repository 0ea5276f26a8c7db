#include "services/gateway/authentication.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
std::string row_key(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

std::string fixed_hex(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

namespace {
// `of`, `and_of`: the organisations whose work it is. Each reads its own rows alone, so that a page
// costs the same however many others wait; who sees all reads `queue`.
void put_queue(Rows& out, std::string_view name, Instant when, const Uuid& id,
               const std::optional<OrganisationId>& of = std::nullopt,
               const std::optional<OrganisationId>& and_of = std::nullopt) {
  out.put(row_key({"queue", name, when.text(), id.text()}));
  if (of) out.put(row_key({"queue_of", of->text(), name, when.text(), id.text()}));
  if (and_of && and_of != of)
    out.put(row_key({"queue_of", and_of->text(), name, when.text(), id.text()}));
}

// The queue of the owner that a referral is in, and by when.
std::optional<std::string_view> owners_queue(const ReferralView& view) {
  if (view.at_risk) return "at_risk";
  switch (view.status) {
    case ReferralStatus::draft:
      return "draft";
    case ReferralStatus::awaiting_consent:
      return "awaiting_consent";
    case ReferralStatus::escalated:
      return "escalated";
    case ReferralStatus::on_hold:
      return "on_hold";
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
    case ReferralStatus::waitlisted:
      if (view.by_hand) return "by_hand";
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<std::string_view> identification_queue(const CaseView& view) {
  switch (view.status) {
    case IdentificationStatus::reported:
      return "first_stage";
    case IdentificationStatus::recovery_period:
      return "recovery";
    case IdentificationStatus::awaiting_second_stage:
      return "second_stage";
    case IdentificationStatus::negative_first_stage:
    case IdentificationStatus::not_confirmed:
    case IdentificationStatus::disqualified:
      if (view.due) return "reconsideration";
      break;
    case IdentificationStatus::signal:
      return "signals";
    case IdentificationStatus::information_requested:
      return "information";
    case IdentificationStatus::reconsideration:
      return "reconsideration_decision";
    case IdentificationStatus::contact_lost:
      if (view.due) return "contact_lost";
      break;
    case IdentificationStatus::confirmed:
    case IdentificationStatus::notified_anonymous:
    case IdentificationStatus::signal_resolved:
    case IdentificationStatus::withdrawn:
    case IdentificationStatus::deceased:
    case IdentificationStatus::merged:
    case IdentificationStatus::opened_in_error:
    case IdentificationStatus::ended:
      break;
  }
  return std::nullopt;
}
}  // namespace

void Views::rows(const StreamKey& stream, const CaseView& view, Rows& out) {
  if (!view.reported_at) return;
  const std::string id = stream.id.text(), at = view.reported_at->text();
  out.put(row_key({"case", at, id}));
  out.put(row_key({"case_status", to_text(view.status), at, id}));
  out.put(row_key({"case_of", view.reporter.text(), at, id}));
  out.put(row_key({"reference", view.reference.text()}), id);
  for (const Denied& one : view.denied)
    out.put(row_key({"barred", one.account ? one.account->text() : one.organisation->text(), id}));
  // Where the law sets no time for the second stage, the oldest report comes first.
  if (const auto queue = identification_queue(view))
    put_queue(out, *queue, view.due.value_or(*view.reported_at), stream.id, view.owner,
              *queue == "contact_lost" ? view.manager : std::nullopt);
  if (view.support_due)
    put_queue(out, view.support == SupportStatus::opened ? "plan" : "review", *view.support_due,
              stream.id, view.manager);
  if (view.closure == ClosureStatus::open && view.closure_opened)
    put_queue(out, "closure_checklist", *view.closure_opened, stream.id, view.manager);
  if (view.closure == ClosureStatus::requested && view.approve_by)
    put_queue(out, "closure_approval", *view.approve_by, stream.id, view.owner, view.manager);
  if (view.kept_until)
    put_queue(out, view.closure == ClosureStatus::closed ? "retention" : "erasure_order",
              *view.kept_until, stream.id, view.manager);
  if (view.unassessed_since)
    put_queue(out, "risk", *view.unassessed_since, stream.id, view.manager);
  if (view.manager) out.put(row_key({"case_managed", view.manager->text(), at, id}));
  if (view.handover_to)
    out.put(row_key({"handover", view.handover_to->text(), view.handover_by->text(), id}));
}

void Views::rows(const StreamKey& stream, const ReferralView& view, Rows& out) {
  const std::string id = stream.id.text(), subject = view.subject.text();
  out.put(row_key({"case_referral", subject, id}));
  if (const auto queue = owners_queue(view)) {
    // What has a due time is ordered by it: what is overdue comes first.
    put_queue(out, *queue, view.due.value_or(view.since), stream.id, view.owner);
  }
  // Until help has ended: a consent that was overridden is looked at while something rests on it.
  const bool over =
      view.status == ReferralStatus::completed || view.status == ReferralStatus::cancelled;
  if (view.override_until && !over)
    put_queue(out, "consent_override", *view.override_until, stream.id, view.owner);
  if (!view.organisation) return;
  const std::string organisation = view.organisation->text();
  const std::string when = view.due.value_or(view.since).text();
  switch (view.status) {
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
      out.put(row_key({"inbox", organisation, "1", when, id}));
      break;
    case ReferralStatus::waitlisted:
      out.put(row_key({"inbox", organisation, "2", when, id}));
      break;
    case ReferralStatus::accepted:
    case ReferralStatus::in_progress:
    case ReferralStatus::on_hold:
      out.put(row_key({"inbox", organisation, "3", when, id}));
      out.put(row_key({"supporter", organisation, subject, id}));
      break;
    default:  // nobody's, the owner's, or over
      break;
  }
}

void Views::rows(const StreamKey& stream, const TransnationalView& view, Rows& out) {
  out.put(row_key({"case_transnational", view.subject.text(), stream.id.text()}));
  if (view.due) put_queue(out, "transnational", *view.due, stream.id, view.owner);
}

void Views::rows(const StreamKey& stream, const GroupView& view, Rows& out) {
  if (view.due) put_queue(out, "groups", *view.due, stream.id);
}

void Views::rows(const StreamKey& stream, const ProviderView& view, Rows& out) {
  out.put(row_key({"provider", stream.id.text()}));
  out.put(row_key({"provider_of", view.offering.organisation.text(), stream.id.text()}));
  out.put(row_key({"provider_for", to_text(view.offering.service), stream.id.text()}));
}

void Views::rows(const StreamKey& stream, const OrganisationView& view, Rows& out) {
  out.put(row_key({"organisation", view.name.text(), stream.id.text()}));
}

void Views::rows(const StreamKey& stream, const WithdrawalView& view, Rows& out) {
  if (view.outcome) return;
  out.put(row_key({"withdrawal", view.recipient.text(), view.due.text(), stream.id.text()}));
  if (view.overdue) put_queue(out, "withdrawal_overdue", view.due, stream.id, view.escalated_to);
}

void Views::rows(const StreamKey& stream, const EmergencyView& view, Rows& out) {
  out.put(row_key({"glass", view.by.account.text(), view.subject.text()}));
  if (!view.outcome) put_queue(out, "break_glass_review", view.due, stream.id);
}

void Views::rows(const StreamKey& stream, const ProposalView& view, Rows& out) {
  if (view.open)
    put_queue(out, "opening_approval", view.approve_by, stream.id, view.by.organisation);
}

void Views::rows(const StreamKey& stream, const AccountView& view, Rows& out) {
  if (view.anomaly) put_queue(out, "anomaly", view.anomaly->at, stream.id);
  if (view.revoked) return;
  Credential credential{AccountId(stream.id), view.organisation, view.role,
                        view.scopes,          view.expires,      view.certificate};
  if (view.token_digest)
    out.put(row_key({"token", view.token_digest->text()}), to_json(credential));
  for (const SessionView& session : view.sessions) {
    credential.expires = view.expires ? std::min(*view.expires, session.until) : session.until;
    out.put(row_key({"token", session.token_digest.text()}), to_json(credential));
  }
}
}  // namespace nrm::gateway
