// Which rule is asked about an input.
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// What is not ours. A new command or event of ours without its on() does not compile.
template <class T>
constexpr bool is_received = std::ranges::find(Referrals::Receives::names,
                                               T::type) != Referrals::Receives::names.end();

Result<Decision> decide_command(const ReferralRules& rules, const Command& command) {
  return visit(
      [&]<class C>(const C& one) -> Result<Decision> {
        if constexpr (C::target == Service::referral)
          return rules.on(one);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      command);
}

Decision decide_received(const ReferralRules& rules, const Received& received) {
  return visit(
      [&]<class E>(const E& one) -> Decision {
        if constexpr (is_received<E>)
          return rules.on(one, CaseId(received.stream.id));
        else
          return {};
      },
      received.event);
}

// Another clock, or this one as it was set for something earlier, is nothing.
Decision decide_due(const ReferralRules& rules, const Due& due) {
  const Uuid& id = due.stream.id;
  switch (due.stream.kind) {
    case StreamKind::referral: {
      const Referral* referral = rules.view.find<Referral>(id);
      if (referral == nullptr || clock_of(*referral) != due.name || referral->due != due.set_for)
        return {};
      return rules.due_of(ReferralId(id), *referral);
    }
    case StreamKind::case_: {
      const ReferralCase* file = rules.view.find<ReferralCase>(id);
      if (file == nullptr || !file->handover || due.name != ClockName::handover_answer ||
          file->handover->status != HandoverStatus::pending ||
          file->handover->answer_by != due.set_for)
        return {};
      return rules.handover_due(CaseId(id), *file);
    }
    case StreamKind::transnational: {
      const Transnational* package = rules.view.find<Transnational>(id);
      if (package == nullptr || due.name != ClockName::transnational_answer ||
          package->due != due.set_for)
        return {};
      return rules.transnational_due(TransnationalId(id), *package);
    }
    case StreamKind::provider: {
      const Provider* provider = rules.view.find<Provider>(id);
      if (provider == nullptr || due.name != ClockName::suspension_sweep) return {};
      return rules.sweep(ProviderId(id), *provider);
    }
    default:
      return {};
  }
}

Result<Decision> decided(const ReferralRules& rules) {
  const Input& input = rules.input;
  if (const auto* command = std::get_if<Command>(&input.what))
    return decide_command(rules, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(rules, *received);
  return decide_due(rules, std::get<Due>(input.what));
}
}  // namespace

Result<Decision> Referrals::decide(const View& view, const Input& input, const Policy& policy) {
  const ReferralRules rules{{view, input, policy}};
  NRM_TRY_ASSIGN(Decision out, decided(rules));
  rules.call_up(out);
  return out;
}
}  // namespace nrm
