// Rows. The first seven are what decisions look up, the rest are work queues.
//
//   free/<service>/<region or *>/<provider>              a provider with a free place
//   case/<case>/open|ended/<service>/<referral>          the referrals of a case
//   waiting/<provider>/<0|1|2>/<since>/<referral>        its waiting list, emergencies first
//   offered/<provider>/<referral>                        whose answer is awaited
//   held/<provider>/<referral>                           whom it looks after
//   at_risk/<provider>/<referral>                        whom it looks after while it may not
//   abroad/<case>/<transnational>                        packages without an answer
//   queue/offers/<organisation>/<answer by>/<referral>   an organisation's inbox
//   queue/waitlist/<organisation>/<review>/<referral>    whom it let wait
//   queue/by_hand/<owner>/<answer by>/<referral>         offers to tell and to ask about by hand
//   queue/on_hold/<owner>/<review>/<referral>            the rest is the case owner's work
//   queue/drafts/<owner>/<send by>/<referral>
//   queue/awaiting_consent/<owner>/<due>/<referral>
//   queue/escalated/<whose rung>/<due>/<referral>
//   queue/at_risk/<owner>/<due>/<referral>
//   queue/handover/<organisation asked>/<answer by>/<case>
//   queue/transnational/<owner>/<due>/<transnational>
//
// A provider's free rows change only when its last place goes or its first comes back; a busy
// shelter with fifty places writes none.
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
  if (state.at_risk)
    return joined("queue/at_risk", {state.owner.text(), state.due->text(), id.text()});
  switch (state.status) {
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
      if (state.by_hand)
        return joined("queue/by_hand", {state.owner.text(), state.due->text(), id.text()});
      return joined("queue/offers", {state.organisation->text(), state.due->text(), id.text()});
    case ReferralStatus::waitlisted:
      return joined("queue/waitlist", {state.organisation->text(), state.due->text(), id.text()});
    case ReferralStatus::draft:
      return joined("queue/drafts", {state.owner.text(), state.due->text(), id.text()});
    case ReferralStatus::awaiting_consent:
      return joined("queue/awaiting_consent", {state.owner.text(), state.due->text(), id.text()});
    case ReferralStatus::on_hold:
      return joined("queue/on_hold", {state.owner.text(), state.due->text(), id.text()});
    case ReferralStatus::escalated:
      if (!state.escalation) return std::nullopt;  // nobody's, inside a decision
      return joined("queue/escalated", {state.escalated_to->text(), state.due->text(), id.text()});
    default:
      return std::nullopt;
  }
}
}  // namespace

std::string waiting_prefix(const ProviderId& provider) {
  return "waiting/" + provider.text() + '/';
}

std::string waiting_key(const ProviderId& provider, Urgency urgency, Instant since,
                        const ReferralId& id) {
  const char rank =
      static_cast<char>('0' + static_cast<int>(Urgency::emergency) - static_cast<int>(urgency));
  return waiting_prefix(provider) + rank + '/' + since.text() + '/' + id.text();
}

void Referrals::rows(const StreamKey& stream, const ReferralCase& state, Rows& out) {
  if (state.handover && state.handover->status == HandoverStatus::pending)
    out.put(joined("queue/handover", {state.handover->to.text(), state.handover->answer_by.text(),
                                      stream.id.text()}));
}

void Referrals::rows(const StreamKey& stream, const Referral& state, Rows& out) {
  const ReferralId id(stream.id);
  out.put(joined("case", {state.subject.text(), has_ended(state.status) ? "ended" : "open",
                          std::string(to_text(state.service)), id.text()}));
  if (state.status == ReferralStatus::waitlisted && state.waiting_since)
    out.put(waiting_key(*state.provider, state.profile.urgency, *state.waiting_since, id));
  else if (is_held(state.status))
    out.put(joined("offered", {state.provider->text(), id.text()}));
  if (is_taken(state.status))
    out.put(joined(state.at_risk ? "at_risk" : "held", {state.provider->text(), id.text()}));
  if (auto key = queue_key(id, state))
    out.put(std::move(*key),
            to_json(QueueEntry{state.subject, state.service, state.profile.urgency, state.status}));
}

void Referrals::rows(const StreamKey& stream, const Provider& state, Rows& out) {
  if (state.free_places() == 0 || state.suspended) return;
  const std::string id = stream.id.text();
  for (const Region& region : state.offering.regions)
    out.put(free_prefix(state.offering.service, region.text()) + id);
  if (state.offering.regions.empty())
    out.put(free_prefix(state.offering.service, every_region) + id);
}

void Referrals::rows(const StreamKey&, const FocalPoint&, Rows&) {}

void Referrals::rows(const StreamKey& stream, const Transnational& state, Rows& out) {
  if (state.status != TransnationalStatus::sent) return;
  out.put(joined("abroad", {state.subject.text(), stream.id.text()}));
  out.put(joined("queue/transnational", {state.owner.text(), state.due->text(), stream.id.text()}));
}
}  // namespace nrm
