// Taking records: what one log can tell. What needs several is in conservation_finish.cpp.
#include "services/audit/conservation.hpp"

#include <algorithm>
#include <mutex>

#include "common/base/codec.hpp"
#include "common/base/limits.hpp"
#include "common/event/codec.hpp"

namespace nrm {
// A handful of names, for as long as the process runs: marks borrow them.
std::string_view Conservation::lasting_name(std::string_view log) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> names;
  const std::scoped_lock lock(mutex);
  return *names.emplace(log).first;
}

Conservation::Log* Conservation::log_of(std::string_view name) {
  const auto found = logs_.find(name);
  if (found != logs_.end()) return &found->second;
  const auto service = enum_from<Service>(name.substr(0, name.find('/')));
  if (!service) return nullptr;
  const auto made = logs_.try_emplace(std::string(name)).first;
  made->second.name = lasting_name(name);
  made->second.service = *service;
  return &made->second;
}

const Conservation::Log* Conservation::find_log(Service service) const {
  const auto found = logs_.find(log_name(service));
  return found == logs_.end() ? nullptr : &found->second;
}

void Conservation::broken(Rule rule, const StreamKey& stream) {
  if (++violation_count_ <= limits::violations_listed_max)
    violations_.push_back({rule, std::string(here_.log), here_.seq, stream});
}

void Conservation::spill_to(Store& scratch, std::size_t hot_max) {
  tracks_.use(scratch, "track/", hot_max);
  people_.use(scratch, "person/", hot_max);
  referrals_.use(scratch, "referral/", hot_max);
  running_services_.use(scratch, "service/", hot_max);
  owed_.use(scratch, "owed/", hot_max);
  references_.use(scratch, "reference/", hot_max);
}

void Conservation::trim() const {
  tracks_.trim();
  people_.trim();
  referrals_.trim();
  running_services_.trim();
  owed_.trim();
  references_.trim();
}

void Conservation::take(std::string_view name, const Record& record) {
  trim();
  Log* const known = log_of(name);
  CHECK(known != nullptr, "a log is named by its service");
  Log& log = *known;
  here_ = {log.name, record.seq, 0};
  ++records_;
  if (record.seq != log.next) broken(Rule::dense_log, {});
  if (record.at < log.at) broken(Rule::time_forward, {});
  log.next = record.seq + 1;
  log.at = record.at;

  take_input(log, record);
  for (const Emit& emitted : record.events) {
    take_event(log, emitted.stream, emitted.event);
    ++here_.index;
  }
  for (const ClockChange& change : record.clocks)
    take_clock(tracks_[{log.service, change.stream}], change, record.at);

  here_.index = 0;
  std::set<StreamKey> touched;
  for (const Emit& emitted : record.events) touched.insert(emitted.stream);
  for (const ClockChange& change : record.clocks) touched.insert(change.stream);
  if (const auto* due = std::get_if<DueNote>(&record.input)) touched.insert(due->stream);
  for (const StreamKey& stream : touched) check_touched(log, stream);
}

void Conservation::take_clock(Track& track, const ClockChange& change, Instant at) {
  ClockFates& fates = clocks_[change.name];
  if (const auto before = track.clocks.find(change.name); before != track.clocks.end()) {
    ++(at <= before->second ? fates.met : fates.late);
    track.clocks.erase(before);
  }
  if (!change.due) return;
  ++fates.set;
  track.clocks.emplace(change.name, *change.due);
}

void Conservation::take_input(Log& log, const Record& record) {
  if (const auto* due = std::get_if<DueNote>(&record.input)) {
    // It has run out, whatever was decided.
    if (tracks_[{log.service, due->stream}].clocks.erase(due->name) > 0)
      ++clocks_[due->name].ran_out;
    // A sweep that finds nothing left to do is no silence of anybody's.
    if (record.events.empty() && due->name != ClockName::suspension_sweep)
      broken(Rule::silence_recorded, due->stream);
  } else if (const auto* note = std::get_if<ReceivedNote>(&record.input)) {
    const Log* owner = log_of(note->log);  // may be given later
    if (owner == nullptr) return broken(Rule::cause_exists, {});
    const Mark mark{owner->name, note->seq, note->index};
    Mark& last = log.received[note->log];
    if (last && !last.before(mark)) broken(Rule::received_in_order, {});
    last = mark;
    if (record.rejection) broken(Rule::no_dead_letter, {});
  }
}

void Conservation::take_event(Log& log, const StreamKey& stream, const Event& event) {
  const bool own = visit(
      [&]<class E>(const E&) {
        if constexpr (requires { E::emitter; })
          return E::emitter == log.service && E::stream == stream.kind;
        else
          return E::stream == stream.kind;
      },
      event);
  if (!own) return broken(Rule::own_events, stream);
  if (moves(event)) {
    Track& track = tracks_[{log.service, stream}];
    const Move moved = move(track.place, event);
    if (moved.broken) broken(*moved.broken, stream);
    count_offer(track.place, event);
    track.place = moved.to;
    track.last = here_;
  }
  visit([&](const auto& one) { note(stream, one); }, event);
}

void Conservation::count_offer(Place from, const Event& event) {
  const bool open =
      from == Place::offered || from == Place::acknowledged || from == Place::waitlisted;
  // Who is called up from a waiting list still has the offer that put it there.
  if (!open && holds<ReferralOffered>(event)) ++offers_.made;
  if (!open) return;
  if (holds<ReferralAccepted>(event)) ++offers_.accepted;
  if (holds<ReferralDeclined>(event)) ++offers_.declined;
  if (holds<ReferralExpired>(event)) ++offers_.expired;
  if (holds<OfferRevoked>(event)) ++offers_.withdrawn;
  if (holds<ReferralCancelled>(event)) ++offers_.withdrawn;
}

// What must be true of a stream after each record, and not only at the end.
void Conservation::check_touched(const Log& log, const StreamKey& stream) {
  const Track* const found = tracks_.find({log.service, stream});
  if (found == nullptr) return;
  const Track& track = *found;
  if (between(track.place)) return broken(Rule::somewhere, stream);
  const auto expected = clock_of(track.place);
  // A provider's place has no clock but the one that goes on moving people, at once.
  if (stream.kind == StreamKind::provider && track.clocks.size() == 1 &&
      track.clocks.contains(ClockName::suspension_sweep))
    return;
  const bool right = expected ? track.clocks.size() == 1 && track.clocks.contains(*expected)
                              : track.clocks.empty();
  if (!right) broken(Rule::one_clock, stream);
  if (log.service == Service::assistance && stream.kind == StreamKind::case_) {
    const auto* running = running_services_.find(stream.id);
    const bool any = running != nullptr && !running->empty();
    const bool open = track.place == Place::support_opened || track.place == Place::support_planned;
    if (any != open) broken(Rule::support_has_services, stream);
  }
}

void Conservation::check_owner(const StreamKey& stream, const OrganisationId& owner) {
  if (owner.nil()) broken(Rule::owned, stream);
}

// --- vault, identification ----------------------------------------------------------------------

void Conservation::note(const StreamKey& stream, const DossierSealed& event) {
  people_[stream.id].sealed = event.digest;
}

void Conservation::take_reference(const StreamKey& stream, const std::string& reference) {
  if (references_.find(reference) != nullptr) broken(Rule::reference_unique, stream);
  references_[reference] = true;
}

void Conservation::note(const StreamKey& stream, const ReportReceived& event) {
  Person& person = people_[stream.id];
  person.reported = here_;
  person.claimed = event.dossier;
  check_owner(stream, event.owner);
  take_reference(stream, event.reference.text());
}

void Conservation::note(const StreamKey& stream, const NotificationRecorded& event) {
  check_owner(stream, event.owner);
  take_reference(stream, event.reference.text());
}

// --- referral -----------------------------------------------------------------------------------

void Conservation::note(const StreamKey& stream, const ProviderRegistered& event) {
  providers_[stream.id].places = event.offering.places;
}

void Conservation::note(const StreamKey& stream, const ProviderCapacityChanged& event) {
  providers_[stream.id].places = event.places;  // below what is reserved: nobody is put out
}

void Conservation::note(const StreamKey& stream, const ProviderOfferingChanged& event) {
  providers_[stream.id].places = event.offering.places;
}

void Conservation::note(const StreamKey& stream, const ProviderSuspended&) {
  providers_[stream.id].suspended = true;
}

void Conservation::note(const StreamKey& stream, const ProviderReinstated&) {
  providers_[stream.id].suspended = false;
}

void Conservation::note(const StreamKey& stream, const CaseHandedOver& event) {
  check_owner(stream, event.to);
}

void Conservation::note(const StreamKey& stream, const TransnationalSent& event) {
  check_owner(stream, event.owner);
}

void Conservation::note(const StreamKey& stream, const OfferRevoked& event) {
  answered(stream, event.provider).holder.reset();
}

void Conservation::note(const StreamKey& stream, const PlaceReserved& event) {
  ProviderFile& provider = providers_[stream.id];
  provider.last = here_;
  if (!provider.reserved.insert(event.referral).second) broken(Rule::place_of_accepted, stream);
  if (provider.suspended) broken(Rule::legal_transition, stream);
  if (provider.reserved.size() > provider.places) broken(Rule::places_within_capacity, stream);
}

void Conservation::note(const StreamKey& stream, const PlaceReleased& event) {
  ProviderFile& provider = providers_[stream.id];
  provider.last = here_;
  if (provider.reserved.erase(event.referral) == 0) broken(Rule::place_of_accepted, stream);
}

void Conservation::note(const StreamKey& stream, const ReferralCaseOpened& event) {
  check_owner(stream, event.owner);
}

void Conservation::note(const StreamKey& stream, const ReferralRequested& event) {
  referrals_[stream.id].subject = event.subject;
  check_owner(stream, event.owner);
}

void Conservation::note(const StreamKey& stream, const ReferralOffered& event) {
  referrals_[stream.id].holder = event.provider;
}

Conservation::ReferralFile& Conservation::answered(const StreamKey& stream,
                                                   const ProviderId& provider) {
  ReferralFile& file = referrals_[stream.id];
  if (file.holder != provider) broken(Rule::answer_by_holder, stream);
  return file;
}

void Conservation::note(const StreamKey& stream, const ReferralAccepted& event) {
  ReferralFile& file = answered(stream, event.provider);
  file.accepted = here_;
  if (file.subject != event.subject) broken(Rule::legal_transition, stream);
  check_owner(stream, event.owner);
}

void Conservation::note(const StreamKey& stream, const ReferralDeclined& event) {
  answered(stream, event.provider).holder.reset();
}

void Conservation::note(const StreamKey& stream, const ReferralExpired& event) {
  answered(stream, event.provider).holder.reset();
}

void Conservation::note(const StreamKey& stream, const ReferralCompleted&) {
  referrals_[stream.id].ended = here_;
}

void Conservation::note(const StreamKey& stream, const ReferralCancelled&) {
  referrals_[stream.id].ended = here_;
}

// --- assistance ---------------------------------------------------------------------------------

void Conservation::note(const StreamKey& stream, const SupportOpened& event) {
  check_owner(stream, event.owner);
}

void Conservation::note(const StreamKey& stream, const ServiceStarted& event) {
  ReferralFile& file = referrals_[event.referral];
  if (file.service_started) broken(Rule::one_service, stream);
  file.service_started = here_;
  running_services_[stream.id].insert(event.referral);
}

void Conservation::note(const StreamKey& stream, const ServiceEnded& event) {
  if (running_services_[stream.id].erase(event.referral) == 0) broken(Rule::one_service, stream);
  referrals_[event.referral].service_ended = here_;
}

// --- closure ------------------------------------------------------------------------------------

void Conservation::note(const StreamKey& stream, const ClosureFileOpened& event) {
  check_owner(stream, event.owner);
  for (const Obligation obligation : event.obligations)
    owed_[stream.id].insert({obligation, Uuid{}});
}

void Conservation::note(const StreamKey& stream, const ObligationNoted& event) {
  owed_[stream.id].insert({event.obligation, event.subject});
}

void Conservation::note(const StreamKey& stream, const ObligationMet& event) {
  owed_[stream.id].erase({event.obligation, event.subject});
}

void Conservation::check_nothing_owed(const StreamKey& stream,
                                      const std::vector<Obligation>& excused) {
  for (const auto& [obligation, subject] : owed_[stream.id])
    if (std::ranges::find(excused, obligation) == excused.end())
      return broken(Rule::obligations_met, stream);
}

void Conservation::note(const StreamKey& stream, const ClosureRequested& event) {
  check_nothing_owed(stream, event.excused);
}

// Of what was excused, legal procedures alone are still owed afterwards.
void Conservation::note(const StreamKey& stream, const CaseClosed& event) {
  people_[stream.id].closed = here_;
  check_nothing_owed(stream, event.excused);
  std::erase_if(owed_[stream.id], [](const std::pair<Obligation, Uuid>& one) {
    return one.first != Obligation::procedure_running;
  });
  if (event.requested_by == event.approved_by) broken(Rule::two_people, stream);
}

void Conservation::note(const StreamKey& stream, const CaseReopened& event) {
  people_[stream.id].closed = {};
  people_[stream.id].reopened = true;
  for (const Obligation obligation : event.obligations)
    owed_[stream.id].insert({obligation, Uuid{}});
}

void Conservation::note(const StreamKey& stream, const ErasureOrdered&) {
  if (!owed_[stream.id].empty()) broken(Rule::kept_for_procedures, stream);
}

void Conservation::note(const StreamKey& stream, const CaseErased&) {
  people_[stream.id].erased = here_;
}
}  // namespace nrm
