// Is there room for somebody like this? Asked by codes alone, before anybody is referred (Gravity's
// capacity question; peers.md, c2 and d4). No provider is named, no place, no small number.
#include "common/step/eligibility.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
// One code, or "" for none. ERRORS: unknown_code, naming the parameter.
template <class T>
Result<std::optional<T>> code_in(const Call& call, std::string_view name) {
  const std::string_view text = call.request.parameter(name);
  if (text.empty()) return std::optional<T>();
  std::optional<T> value;
  if constexpr (DescribedEnum<T>)
    value = enum_from<T>(text);
  else
    value = T::parse(text);
  if (!value) return Error(Code::unknown_code, "", std::string(name) + " is not in its list");
  return value;
}

struct Enquiry {
  ServiceType service{};
  NeedProfile profile;
};

Result<Enquiry> read_enquiry(const Call& call) {
  Enquiry out;
  NRM_TRY_ASSIGN(const auto service, code_in<ServiceType>(call, "service"));
  NRM_TRY_ASSIGN(const auto region, code_in<Region>(call, "region"));
  if (!service || !region)
    return Error(Code::missing_field, "", "name at least service and region");
  NRM_TRY_ASSIGN(const auto age, code_in<AgeBand>(call, "age_now"));
  NRM_TRY_ASSIGN(const auto gender, code_in<Gender>(call, "gender"));
  NRM_TRY_ASSIGN(const auto language, code_in<Language>(call, "language"));
  NRM_TRY_ASSIGN(const auto special, code_in<SpecialNeed>(call, "special"));
  NRM_TRY_ASSIGN(const auto urgency, code_in<Urgency>(call, "urgency"));
  out.service = *service;
  out.profile.region = *region;
  out.profile.age_now = age.value_or(AgeBand::unknown);
  out.profile.gender = gender.value_or(Gender::unknown);
  if (language) out.profile.languages = {*language};
  if (special) out.profile.special = {*special};
  out.profile.urgency = urgency.value_or(Urgency::routine);
  return out;
}
}  // namespace

void get_capacity(Gateway& gateway, const CallPtr& call) {
  const auto enquiry = read_enquiry(*call);
  if (!enquiry) return call->fail(enquiry.error());
  const auto& parts = gateway.parts();
  if (!parts.policy) return call->fail(Error(Code::unavailable));
  const Instant now = parts.clock.now();
  const Policy& policy = parts.policy->at(now);
  if (!policy.has_region(enquiry->profile.region))
    return call->fail(Error(Code::unknown_code, "", "region is not one of this mechanism"));
  const Instant answer_by =
      policy.due(ClockName::answer_offer, now, enquiry->profile.urgency).value_or(now);
  std::vector<ProviderId> ids;
  const auto read = parts.store.scan(
      Family::rows, prefixed(row_key({"provider_for", to_text(enquiry->service), ""})),
      [&](std::string_view key, std::string_view) {
        ids.push_back(id_of<ProviderId>(key));
        return ids.size() < limits::view_rows_max;
      });
  if (!read) return call->fail(read.error());
  CapacityAnswer answer;
  std::uint32_t places = 0;
  for (const ProviderId& id : ids) {
    const auto found = find_view<ProviderView>(parts.store, id);
    if (!found) return call->fail(found.error());
    const ServiceOffering& offering = found->view.offering;
    if (found->view.suspended || !serves(offering, enquiry->service, enquiry->profile.region) ||
        unsuitable(offering, enquiry->profile, policy, now, answer_by))
      continue;
    const std::uint32_t free =
        offering.places > found->view.reserved ? offering.places - found->view.reserved : 0;
    places += free;
    answer.waiting_list |= free == 0;
  }
  const std::uint32_t k = policy.referral.enquiry_k;
  answer.room = places > 0;
  answer.band = places == 0            ? CapacityBand::none
                : k > 0 && places >= k ? CapacityBand::many
                                       : CapacityBand::some;
  if (answer.band == CapacityBand::many) answer.at_least = places / k * k;
  call->answer(item_response(answer));
}
}  // namespace nrm::gateway
