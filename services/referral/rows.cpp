// Rows. The first two are what decisions look up, the rest are work queues.
//
//   free/<service>/<region or *>/<provider>              a provider with a free place
//   case/<case>/open|ended/<service>/<referral>          the referrals of a case
//   queue/offers/<organisation>/<answer by>/<referral>   an organisation's inbox
//   queue/waitlist/<organisation>/<review>/<referral>    whom it let wait
//   queue/awaiting_consent/<owner>/<due>/<referral>      the state owner's work
//   queue/escalated/<owner>/<due>/<referral>             the state owner's work
//
// A provider's rows change only when its last place goes or its first comes back; a busy shelter
// with fifty places writes none.
#include "services/referral/match.hpp"

namespace nrm {
namespace {
struct QueueEntry {
  CaseId subject;
  ServiceType service{};
  Urgency urgency{};
  ReferralStatus status{};
};
BOOST_DESCRIBE_STRUCT(QueueEntry, (), (subject, service, urgency, status))

std::string joined(std::string_view prefix, std::initializer_list<std::string> parts) {
  std::string out(prefix);
  for (const std::string& part : parts) out += '/' + part;
  return out;
}

std::optional<std::string> queue_key(const ReferralId& id, const Referral& state) {
  switch (state.status) {
    case ReferralStatus::offered:
    case ReferralStatus::acknowledged:
      return joined("queue/offers", {state.organisation->text(), state.due->text(), id.text()});
    case ReferralStatus::waitlisted:
      return joined("queue/waitlist", {state.organisation->text(), state.due->text(), id.text()});
    case ReferralStatus::awaiting_consent:
      return joined("queue/awaiting_consent", {state.owner.text(), state.due->text(), id.text()});
    case ReferralStatus::escalated:
      if (!state.escalation) return std::nullopt;  // nobody's, inside a decision
      return joined("queue/escalated", {state.owner.text(), state.due->text(), id.text()});
    case ReferralStatus::accepted:
    case ReferralStatus::completed:
    case ReferralStatus::cancelled:
      break;
  }
  return std::nullopt;
}
}  // namespace

void Referrals::rows(const StreamKey&, const ReferralCase&, Rows&) {}

void Referrals::rows(const StreamKey& stream, const Referral& state, Rows& out) {
  const ReferralId id(stream.id);
  out.put(joined("case", {state.subject.text(), has_ended(state.status) ? "ended" : "open",
                          std::string(to_text(state.service)), id.text()}));
  if (auto key = queue_key(id, state))
    out.put(std::move(*key),
            to_json(QueueEntry{state.subject, state.service, state.profile.urgency, state.status}));
}

void Referrals::rows(const StreamKey& stream, const Provider& state, Rows& out) {
  if (state.free_places() == 0) return;
  const std::string id = stream.id.text();
  for (const Region& region : state.offering.regions)
    out.put(free_prefix(state.offering.service, region.text()) + id);
  if (state.offering.regions.empty())
    out.put(free_prefix(state.offering.service, every_region) + id);
}
}  // namespace nrm
