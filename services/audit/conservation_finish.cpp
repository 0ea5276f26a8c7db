// The verdict: rules between logs, where lag must be told from loss.
#include <algorithm>

#include "common/base/limits.hpp"
#include "services/audit/conservation.hpp"

namespace nrm {
namespace {
// A provider has the person, and a place is reserved.
bool is_taken(Place place) {
  return place == Place::accepted || place == Place::on_hold || place == Place::at_risk;
}
}  // namespace

struct Conservation::Closing {
  const Conservation& history;
  const Horizon& horizon;
  Verdict verdict;

  // --- what is known ---------------------------------------------------------------------------

  // Every record of this log was taken.
  bool complete(const Log* log) const {
    if (log == nullptr || log->next == 0) return false;
    const auto head = horizon.heads.find(std::string(log->name));
    return head == horizon.heads.end() || log->next >= head->second;
  }
  bool complete(Service service) const { return complete(history.find_log(service)); }

  // `follower` has taken the event at `mark`, so what follows from it is in its log.
  bool reached(Service follower, const Mark& mark) const {
    const Log* log = history.find_log(follower);
    if (log == nullptr) return false;
    if (horizon.at_rest && complete(log)) return true;
    const auto last = log->received.find(mark.log);
    return last != log->received.end() && !last->second.before(mark);
  }

  Place place(Service service, const StreamKey& stream) const {
    const Track* track = history.tracks_.find({service, stream});
    return track == nullptr ? Place::nowhere : track->place;
  }

  // --- saying it -------------------------------------------------------------------------------

  void broken(Rule rule, const Mark& mark, const StreamKey& stream) {
    ++verdict.violation_count;
    if (verdict.violations.size() < limits::violations_listed_max)
      verdict.violations.push_back({rule, std::string(mark.log), mark.seq, stream});
  }
  // `holds`, or it is too early to say, or the rule is broken.
  void require(bool holds, bool decidable, Rule rule, const Mark& mark, const StreamKey& stream) {
    if (holds) return;
    if (decidable)
      broken(rule, mark, stream);
    else
      ++verdict.pending;
  }

  // --- the rules -------------------------------------------------------------------------------

  void check_log(const Log& log) {
    for (const auto& [name, last] : log.received) {
      const auto head = horizon.heads.find(name);
      const auto records =
          head != horizon.heads.end() ? head->second : history.logs_.find(name)->second.next;
      if (records != 0 && last.seq >= records)
        broken(Rule::cause_exists, {log.name, log.next - 1, 0}, {});
    }
  }

  void check_track(const LogStream& where, const Track& track) {
    const Log& log = *history.find_log(where.service);
    if (track.place != Place::nowhere) ++verdict.streams[track.place];
    for (const auto& [name, due] : track.clocks) {
      ClockFates& fates = verdict.clocks[name];
      ++fates.running;
      if (due < log.at) ++fates.unattended;
      if (horizon.at_rest && complete(&log) && due <= horizon.now)
        broken(Rule::clock_taken_up, {log.name, log.next - 1, 0}, where.stream);
    }
  }

  void check_report(const StreamKey& stream, const Person& person) {
    const Mark& reported = person.reported;
    const Place dossier = place(Service::vault, stream);
    require(!person.sealed.empty() && person.sealed == person.claimed, complete(Service::vault),
            Rule::dossier_of_report, reported, stream);
    if (dossier == Place::dossier_abandoned) broken(Rule::dossier_kept, reported, stream);
    if (dossier == Place::dossier_sealed)
      require(false, reached(Service::vault, reported), Rule::dossier_of_report, reported, stream);
    require(place(Service::referral, stream) != Place::nowhere,
            reached(Service::referral, reported), Rule::report_in_referral, reported, stream);
    const Place closure = place(Service::closure, stream);
    require(closure != Place::nowhere && closure != Place::owing,
            reached(Service::closure, reported), Rule::report_in_closure, reported, stream);
  }

  void check_person(const StreamKey& stream, const Person& person) {
    const Place identification = place(Service::identification, stream);
    const Place referral = place(Service::referral, stream);
    if (person.reported) {
      ++verdict.people;
      check_report(stream, person);
    }
    if (person.closed) {
      ++verdict.closed;
      require(identification == Place::identification_ended,
              reached(Service::identification, person.closed), Rule::closed_everywhere,
              person.closed, stream);
      require(referral == Place::referral_case_ended, reached(Service::referral, person.closed),
              Rule::closed_everywhere, person.closed, stream);
    } else {
      const bool ended =
          identification == Place::identification_ended || referral == Place::referral_case_ended;
      require(!ended || person.reopened, complete(Service::closure), Rule::end_has_closure,
              person.reported, stream);
    }
    if (person.erased && person.reported) {
      const Place closure = place(Service::closure, stream);
      require(closure != Place::closed && closure != Place::erasure_ordered,
              reached(Service::closure, person.erased), Rule::erasure_noted, person.erased, stream);
    }
  }

  void check_referral(const StreamKey& stream, const ReferralFile& file) {
    const Place now = place(Service::referral, stream);
    if (file.accepted)
      require(bool(file.service_started), reached(Service::assistance, file.accepted),
              Rule::service_of_acceptance, file.accepted, stream);
    if (file.service_started)
      require(bool(file.accepted), complete(Service::referral), Rule::service_of_acceptance,
              file.service_started, stream);
    if (file.ended && file.service_started)
      require(bool(file.service_ended), reached(Service::assistance, file.ended),
              Rule::service_ends_with_referral, file.ended, stream);
    if (file.service_ended)
      require(!is_taken(now), reached(Service::referral, file.service_ended),
              Rule::referral_ends_with_service, file.service_ended, stream);

    const Person* person = history.people_.find(file.subject);
    const bool ended = now == Place::completed || now == Place::cancelled || now == Place::nowhere;
    if (person != nullptr && person->closed)
      require(ended, reached(Service::referral, person->closed), Rule::closed_everywhere,
              person->closed, stream);

    if (!is_taken(now) || !file.holder) return;
    const auto provider = history.providers_.find(*file.holder);
    if (provider == history.providers_.end() ||
        !provider->second.reserved.contains(ReferralId(stream.id)))
      broken(Rule::place_of_accepted, file.accepted, stream);
  }

  void check_provider(const StreamKey& stream, const ProviderFile& provider) {
    for (const ReferralId& id : provider.reserved) {
      const ReferralFile* file = history.referrals_.find(id);
      if (!is_taken(place(Service::referral, referral_stream(id))) ||
          file->holder != ProviderId(stream.id))
        broken(Rule::place_of_accepted, provider.last, stream);
    }
  }
};

Verdict Conservation::finish(const Horizon& horizon) const {
  Closing closing{*this, horizon, {}};
  Verdict& verdict = closing.verdict;
  verdict.violations = violations_;
  verdict.violation_count = violation_count_;
  verdict.records = records_;
  verdict.clocks = clocks_;
  verdict.offers = offers_;
  for (const auto& [name, log] : logs_) closing.check_log(log);
  tracks_.each(
      [&](const LogStream& where, const Track& track) { closing.check_track(where, track); });
  for (const Place held : {Place::offered, Place::acknowledged, Place::waitlisted})
    if (const auto there = verdict.streams.find(held); there != verdict.streams.end())
      verdict.offers.open += there->second;
  people_.each([&](const Uuid& id, const Person& person) {
    closing.check_person(case_stream(id), person);
    trim();
  });
  referrals_.each([&](const Uuid& id, const ReferralFile& file) {
    closing.check_referral(referral_stream(id), file);
    trim();
  });
  for (const auto& [id, provider] : providers_)
    closing.check_provider(provider_stream(id), provider);
  verdict.notifications = verdict.streams[Place::notified];
  if (verdict.notifications == 0) verdict.streams.erase(Place::notified);
  // Hash maps have no order; a verdict has.
  std::sort(verdict.violations.begin(), verdict.violations.end(),
            [](const Violation& a, const Violation& b) {
              return std::tie(a.log, a.seq, a.rule, a.stream) <
                     std::tie(b.log, b.seq, b.rule, b.stream);
            });
  return std::move(closing.verdict);
}
}  // namespace nrm
