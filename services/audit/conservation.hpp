// The conservation rule, checked from the logs alone: every reported person is in exactly one place
// with one owner and, unless closed, one clock or one named work queue.
//
// Written from the README tables of the services, not from their code: what a decider got wrong
// shows here. The tables (which event may follow in which place, which clock runs there) are in
// places.cpp; the rules between logs are in conservation.cpp.
//
// Lag or loss: a follower takes another log's records in order, so once it took one, everything
// before has had its effect or is lost. An effect that is missing behind that point is a violation;
// one before it is `pending`, unless the caller says that everything is at rest.
//
// THREAD: one. OWNERSHIP: keeps codes and ids only, about 0.5 KiB per case and log; those not used
// for a while in a scratch store, if it is given one.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/event/record.hpp"
#include "services/audit/places.hpp"
#include "services/audit/spilled.hpp"

namespace nrm {
struct Violation {
  Rule rule{};
  std::string log;
  std::uint64_t seq = 0;  // of the record that broke the rule, or whose effect is missing
  StreamKey stream;
  bool operator==(const Violation&) const = default;
};

// What the caller knows beside the records.
struct Horizon {
  Instant now;
  // Records in each owner's log, as far as known. A log without an entry: all of it was given.
  std::map<std::string, std::uint64_t> heads;
  // Every follower has caught up and every clock that is due was taken up (the end of a rehearsal,
  // of a simulation): what is missing now is lost.
  bool at_rest = false;
};

// What became of every clock of one name: set = met + late + ran_out + running.
struct ClockFates {
  std::uint64_t set = 0;
  std::uint64_t met = 0;   // stopped, or set anew, before it ran out
  std::uint64_t late = 0;  // stopped after it should have been taken up
  std::uint64_t ran_out =
      0;  // and was taken up: breached where breach_of(name), else a period's end
  std::uint64_t running = 0;
  std::uint64_t unattended = 0;  // of the running: due before its log's last record
};
BOOST_DESCRIBE_STRUCT(ClockFates, (), (set, met, late, ran_out, running, unattended))

// Every offer to a provider has one: made = accepted + declined + expired + withdrawn + open.
struct OfferFates {
  std::uint64_t made = 0, accepted = 0, declined = 0, expired = 0, withdrawn = 0, open = 0;
};
BOOST_DESCRIBE_STRUCT(OfferFates, (), (made, accepted, declined, expired, withdrawn, open))

struct Verdict {
  std::vector<Violation> violations;  // the first violations_listed_max
  std::uint64_t violation_count = 0;
  std::uint64_t records = 0;
  std::uint64_t people = 0;         // formally reported
  std::uint64_t notifications = 0;  // anonymous
  std::uint64_t closed = 0;
  std::uint64_t pending = 0;               // effects that are on their way
  std::map<Place, std::uint64_t> streams;  // how many streams are where
  std::map<ClockName, ClockFates> clocks;
  OfferFates offers;
  bool holds() const { return violation_count == 0; }
};

// Whose log, and which stream in it.
struct LogStream {
  Service service{};
  StreamKey stream;
  bool operator==(const LogStream&) const = default;
};
BOOST_DESCRIBE_STRUCT(LogStream, (), (service, stream))
}  // namespace nrm

template <>
struct std::hash<nrm::LogStream> {
  std::size_t operator()(const nrm::LogStream& key) const noexcept {
    return std::hash<nrm::StreamKey>()(key.stream) * 16 + static_cast<std::size_t>(key.service);
  }
};

namespace nrm {
class Conservation {
 public:
  Conservation() = default;
  Conservation(const Conservation&) = delete;  // marks borrow the logs' names
  Conservation& operator=(const Conservation&) = delete;

  // Memory no longer grows with the logs. REQUIRES: nothing was taken yet; the store outlives it,
  // has nothing in Family::state, and nobody else writes to it. `hot_max`: values of each map.
  void spill_to(Store& scratch, std::size_t hot_max = spilled_hot_max);

  // REQUIRES: the records of one log in its order; logs may be interleaved in any way.
  void take(std::string_view log, const Record& record);
  // The verdict on what was taken so far. May be called again after more.
  Verdict finish(const Horizon& horizon) const;

  // Everything but the violations, to keep it and go on from it later (kept.hpp).
  template <class Archive>
  void keep(Archive& archive) {
    archive(logs_, tracks_, people_, referrals_, providers_, running_services_, owed_, references_,
            clocks_, offers_, records_);
    for (auto& [name, log] : logs_) log.name = lasting_name(name);
  }

 private:
  // Where in which log an event is; `log` is empty when there was none.
  struct Mark {
    std::string_view log;
    std::uint64_t seq = 0;
    std::uint32_t index = 0;
    explicit operator bool() const { return !log.empty(); }
    bool before(const Mark& other) const {
      return seq != other.seq ? seq < other.seq : index < other.index;
    }
    template <class Archive>
    void keep(Archive& archive) {
      std::string name(log);
      archive(name, seq, index);
      log = lasting_name(name);
    }
  };
  struct Track {
    Place place = Place::nowhere;
    std::map<ClockName, Instant> clocks;
    Mark last;
  };
  BOOST_DESCRIBE_CLASS(Track, (), (place, clocks, last), (), ())
  struct Person {
    Mark reported, closed, erased;
    bool reopened = false;     // since: what had ended elsewhere opens again in its own time
    Text<64> sealed, claimed;  // digests: of the dossier, and in the report
  };
  BOOST_DESCRIBE_CLASS(Person, (), (reported, closed, erased, reopened, sealed, claimed), (), ())
  struct ReferralFile {
    CaseId subject;
    std::optional<ProviderId> holder;
    Mark accepted, ended;
    Mark service_started, service_ended;  // in assistance
  };
  BOOST_DESCRIBE_CLASS(ReferralFile, (),
                       (subject, holder, accepted, ended, service_started, service_ended), (), ())
  struct ProviderFile {
    std::uint32_t places = 0;
    std::set<ReferralId> reserved;
    bool suspended = false;
    Mark last;
  };
  BOOST_DESCRIBE_CLASS(ProviderFile, (), (places, reserved, suspended, last), (), ())
  struct Log {
    std::string_view name;
    Service service{};
    std::uint64_t next = 0;
    Instant at;
    std::map<std::string, Mark, std::less<>> received;  // the last of each log
  };
  BOOST_DESCRIBE_CLASS(Log, (), (service, next, at, received), (), ())
  struct Closing;  // finish()

  void trim() const;
  Log* log_of(std::string_view name);  // nullptr: no service has this name
  const Log* find_log(Service service) const;
  static std::string_view lasting_name(std::string_view log);
  void take_input(Log& log, const Record& record);
  void take_clock(Track& track, const ClockChange& change, Instant at);
  void count_offer(Place from, const Event& event);
  void take_event(Log& log, const StreamKey& stream, const Event& event);
  void check_touched(const Log& log, const StreamKey& stream);
  void broken(Rule rule, const StreamKey& stream);

  void note(const StreamKey& stream, const ReportReceived& event);
  void note(const StreamKey& stream, const NotificationRecorded& event);
  void note(const StreamKey& stream, const DossierSealed& event);
  void note(const StreamKey& stream, const ProviderRegistered& event);
  void note(const StreamKey& stream, const ProviderCapacityChanged& event);
  void note(const StreamKey& stream, const ProviderOfferingChanged& event);
  void note(const StreamKey& stream, const ProviderSuspended& event);
  void note(const StreamKey& stream, const ProviderReinstated& event);
  void note(const StreamKey& stream, const CaseHandedOver& event);
  void note(const StreamKey& stream, const TransnationalSent& event);
  void note(const StreamKey& stream, const OfferRevoked& event);
  void note(const StreamKey& stream, const PlaceReserved& event);
  void note(const StreamKey& stream, const PlaceReleased& event);
  void note(const StreamKey& stream, const ReferralCaseOpened& event);
  void note(const StreamKey& stream, const ReferralRequested& event);
  void note(const StreamKey& stream, const ReferralOffered& event);
  void note(const StreamKey& stream, const ReferralAccepted& event);
  void note(const StreamKey& stream, const ReferralDeclined& event);
  void note(const StreamKey& stream, const ReferralExpired& event);
  void note(const StreamKey& stream, const ReferralCompleted& event);
  void note(const StreamKey& stream, const ReferralCancelled& event);
  void note(const StreamKey& stream, const SupportOpened& event);
  void note(const StreamKey& stream, const ServiceStarted& event);
  void note(const StreamKey& stream, const ServiceEnded& event);
  void note(const StreamKey& stream, const ClosureFileOpened& event);
  void note(const StreamKey& stream, const ClosureRequested& event);
  void note(const StreamKey& stream, const ObligationNoted& event);
  void note(const StreamKey& stream, const ObligationMet& event);
  void note(const StreamKey& stream, const CaseClosed& event);
  void note(const StreamKey& stream, const CaseReopened& event);
  void note(const StreamKey& stream, const ErasureOrdered& event);
  void note(const StreamKey& stream, const CaseErased& event);
  // Closing with something owed that is not excused.
  void check_nothing_owed(const StreamKey& stream, const std::vector<Obligation>& excused);
  template <class Other>
  void note(const StreamKey&, const Other&) {}
  void check_owner(const StreamKey& stream, const OrganisationId& owner);
  void take_reference(const StreamKey& stream, const std::string& reference);
  ReferralFile& answered(const StreamKey& stream, const ProviderId& provider);

  std::map<std::string, Log, std::less<>> logs_;
  Spilled<LogStream, Track> tracks_;
  Spilled<Uuid, Person> people_;
  Spilled<Uuid, ReferralFile> referrals_;
  std::map<Uuid, ProviderFile> providers_;                     // as many as there are shelters
  Spilled<Uuid, std::set<ReferralId>> running_services_;       // by case
  Spilled<Uuid, std::set<std::pair<Obligation, Uuid>>> owed_;  // by case
  Spilled<std::string, bool> references_;
  std::map<ClockName, ClockFates> clocks_;
  OfferFates offers_;
  Mark here_;  // the event that is being taken
  std::vector<Violation> violations_;
  std::uint64_t violation_count_ = 0;
  std::uint64_t records_ = 0;
};
}  // namespace nrm
