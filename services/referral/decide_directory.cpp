// The directory: offerings, places, suspension.
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
constexpr std::uint32_t minutes_per_day = 24 * 60;

// The lists of an offering are sets.
template <class T>
void make_set(std::vector<T>& list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
}

Result<void> check_places(std::uint32_t places, std::string where) {
  if (places <= limits::provider_places_max) return {};
  return Error(Code::out_of_range, std::move(where),
               "at most " + std::to_string(limits::provider_places_max));
}

Result<void> check_region(const Policy& policy, const Region& region, std::string where) {
  if (policy.has_region(region)) return {};
  return Error(Code::unknown_code, std::move(where), "not a region of this mechanism");
}

Result<void> check_hours(const std::vector<OpenHours>& hours) {
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const std::string where = "/offering/hours/" + std::to_string(i);
    const OpenHours& one = hours[i];
    if (one.weekday < 1 || one.weekday > 7)
      return Error(Code::out_of_range, where + "/weekday", "1 (Monday) to 7 (Sunday)");
    if (one.closes > minutes_per_day || one.opens >= one.closes)
      return Error(Code::out_of_range, where + "/closes",
                   "after it opens, and at most 1440 minutes after midnight");
  }
  return {};
}

Result<void> check_period(const std::optional<Period>& period, std::string where) {
  if (!period || !period->from || !period->until || *period->from <= *period->until) return {};
  return Error(Code::out_of_range, std::move(where) + "/until", "before it begins");
}

// The offering as it is kept. ERRORS: what no directory may say, by its place.
Result<ServiceOffering> checked(const ReferralRules& rules, ServiceOffering offering) {
  const auto& services = rules.policy.services;
  if (std::ranges::find(services, offering.service) == services.end())
    return Error(Code::unknown_code, "/offering/service", "not offered in this mechanism");
  for (std::size_t i = 0; i < offering.regions.size(); ++i)
    NRM_TRY(
        check_region(rules.policy, offering.regions[i], "/offering/regions/" + std::to_string(i)));
  if (offering.located_in)
    NRM_TRY(check_region(rules.policy, *offering.located_in, "/offering/located_in"));
  NRM_TRY(check_places(offering.places, "/offering/places"));
  NRM_TRY(check_hours(offering.hours));
  NRM_TRY(check_period(offering.funding, "/offering/funding"));
  NRM_TRY(check_period(offering.accreditation, "/offering/accreditation"));
  if (offering.places_as_of && *offering.places_as_of > rules.input.at)
    return Error(Code::invalid_date, "/offering/places_as_of", "in the future");
  if (!offering.places_as_of) offering.places_as_of = rules.input.at;
  make_set(offering.regions);
  make_set(offering.languages);
  make_set(offering.genders);
  make_set(offering.ages);
  make_set(offering.special);
  make_set(offering.staff_genders);
  make_set(offering.communities);
  return offering;
}

// The provider that this actor may change: its own, or as who keeps the directory.
Result<const Provider*> changeable(const ReferralRules& rules, const ProviderId& id) {
  const Provider* provider = rules.view.find<Provider>(id);
  if (provider == nullptr || (rules.input.actor->role == Role::service_provider &&
                              !rules.by(provider->offering.organisation)))
    return Error(Code::not_found, "/provider");
  return provider;
}

void append(Decision& out, Decision more) {
  std::ranges::move(more.events, std::back_inserter(out.events));
  std::ranges::move(more.clocks, std::back_inserter(out.clocks));
}

// Who is looked after is not put out because a language or a licence is no longer named; but must
// not stay where the case forbids it, or where others must be among themselves.
bool endangers(ExcludedFor reason) {
  switch (reason) {
    case ExcludedFor::age:
    case ExcludedFor::gender:
    case ExcludedFor::excluded_area:
    case ExcludedFor::excluded_community:
    case ExcludedFor::excluded_organisation:
    case ExcludedFor::same_network:
    case ExcludedFor::denied:
      return true;
    default:
      return false;
  }
}
}  // namespace

Result<Decision> ReferralRules::on(const RegisterProvider& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager, Role::operator_}));
  if (input.actor->role == Role::service_provider && !by(command.offering.organisation))
    return Error(Code::forbidden, "/offering/organisation", "only for your own organisation");
  NRM_TRY_ASSIGN(ServiceOffering offering, checked(*this, command.offering));
  Decision out;
  out.emit(provider_stream(input.fresh<ProviderId>(1)), ProviderRegistered{std::move(offering)});
  return out;
}

Result<Decision> ReferralRules::on(const ChangeOffering& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager, Role::operator_}));
  NRM_TRY_ASSIGN(const Provider* provider, changeable(*this, command.provider));
  // Whom it looks after was referred to this service of this organisation.
  if (command.offering.organisation != provider->offering.organisation)
    return Error(Code::out_of_range, "/offering/organisation", "register another provider instead");
  if (command.offering.service != provider->offering.service)
    return Error(Code::out_of_range, "/offering/service", "register another provider instead");
  NRM_TRY_ASSIGN(ServiceOffering offering, checked(*this, command.offering));
  Provider changed = *provider;
  changed.offering = offering;
  Decision out;
  out.emit(provider_stream(command.provider), ProviderOfferingChanged{std::move(offering)});
  if (!changed.suspended) append(out, sweep(command.provider, changed));
  return out;
}

Result<Decision> ReferralRules::on(const ChangeCapacity& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager}));
  NRM_TRY(changeable(*this, command.provider));
  NRM_TRY(check_places(command.places, "/places"));
  Decision out;
  out.emit(provider_stream(command.provider), ProviderCapacityChanged{command.places, input.at});
  return out;
}

// --- suspension ---------------------------------------------------------------------------------

// A provider may take itself out; anybody else only who keeps the directory.
Result<Decision> ReferralRules::on(const SuspendProvider& command) const {
  NRM_TRY(only({Role::service_provider, Role::case_manager, Role::operator_}));
  NRM_TRY_ASSIGN(const Provider* provider, changeable(*this, command.provider));
  if (input.actor->role == Role::service_provider &&
      command.reason != SuspensionReason::own_request)
    return Error(Code::forbidden, "/reason", "a provider suspends itself on its own request");
  if (provider->suspended) return Error(Code::already_decided, "/provider", "it is suspended");
  Decision out;
  out.emit(provider_stream(command.provider),
           ProviderSuspended{command.reason, input.actor->organisation});
  Provider suspended = *provider;
  suspended.suspended = command.reason;
  append(out, sweep(command.provider, suspended));
  return out;
}

Result<Decision> ReferralRules::on(const ReinstateProvider& command) const {
  NRM_TRY(only({Role::case_manager, Role::operator_}));
  NRM_TRY_ASSIGN(const Provider* provider, changeable(*this, command.provider));
  if (!provider->suspended) return Error(Code::not_in_state, "/provider", "it is not suspended");
  Decision out;
  out.emit(provider_stream(command.provider), ProviderReinstated{input.actor->organisation});
  Provider back = *provider;
  back.suspended.reset();
  append(out, sweep(command.provider, back));
  return out;
}

// Suspended: its offers go on to the next, whom it looks after is put before the owner. In order
// again, or with another offering: the same for whom it may not have (any more); whom it may,
// stays. As much as fits into one record; a clock that is due at once goes on.
Decision ReferralRules::sweep(const ProviderId& id, const Provider& provider) const {
  Decision out;
  Room room;
  bool more = false;
  const auto each = [&](const std::string& prefix, const auto& act) {
    view.rows(prefix, [&](std::string_view key, std::string_view) {
      const auto referral_id = ReferralId::parse(key.substr(key.rfind('/') + 1));
      CHECK(referral_id, "a row ends in a referral's id");
      const Referral* referral = view.find<Referral>(*referral_id);
      CHECK(referral != nullptr, "a row has the state that it is made from");
      if (!room.left(out)) return !(more = true);
      act(*referral_id, *referral);
      return true;
    });
  };
  const auto why = [&](const Referral& referral) -> std::optional<ExcludedFor> {
    return barred(id, provider.offering, referral);
  };
  const auto move_on = [&](const ReferralId& one, const Referral& referral) {
    const auto reason = provider.suspended ? std::nullopt : why(referral);
    // It opens again, and answers then.
    if (!provider.suspended && (!reason || reason == ExcludedFor::closed_hours)) return;
    revoke_and_place(out, one, referral, file_of(referral),
                     provider.suspended   ? RevokeReason::provider_suspended
                     : endangers(*reason) ? RevokeReason::safety_concern
                                          : RevokeReason::other);
  };
  each("offered/" + id.text() + '/', move_on);
  each(waiting_prefix(id), move_on);
  each("held/" + id.text() + '/', [&](const ReferralId& one, const Referral& referral) {
    const auto reason = why(referral);
    if (provider.suspended)
      put_at_risk(out, one, referral, *provider.suspended);
    else if (reason && endangers(*reason))
      put_at_risk(out, one, referral, SuspensionReason::safeguarding_concern);
  });
  if (!provider.suspended)
    each("at_risk/" + id.text() + '/', [&](const ReferralId& one, const Referral& referral) {
      const auto reason = why(referral);
      if (!reason || !endangers(*reason)) keep(out, one, referral);
    });
  if (more) go_on_sweeping(out, id);
  return out;
}
}  // namespace nrm
