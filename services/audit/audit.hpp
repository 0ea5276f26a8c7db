// Audit: the oversight's own decisions: which figures are published, with what noise; complaints;
// survivors' feedback; early warnings. One log of its own, beside the archive of all logs in the
// same process.
//
// The tables of states, inputs and rejections are in README.md. decide() is pure
// (step/decider.hpp).
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
// One release of figures.
// INVARIANT: two people stand behind what is published: who proposed and who approved differ.
// INVARIANT: of publications with one series_of(), at most one is published; the others are
// revised.
struct Publication {
  static constexpr StreamKind kind = StreamKind::publication;

  std::optional<PublicationStatus> status;
  Actor proposed_by;
  ReleaseTerms terms;
  Text<64> digest;
  Instant approve_by;
  std::optional<PublicationId> revised_by;

  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(Publication, (), (status, proposed_by, terms, digest, approve_by, revised_by))

// What noise may still cost in one year.
struct PrivacyBudget {
  static constexpr StreamKind kind = StreamKind::budget;

  std::uint32_t year = 0;  // 0: nothing was spent yet, the pack says what there is
  Epsilon left;
};
BOOST_DESCRIBE_STRUCT(PrivacyBudget, (), (year, left))

// One complaint of one organisation.
// INVARIANT: neither `assigned_to` nor `escalated_to` is `about`; nobody who records, assigns,
// answers or concludes belongs to it.
// INVARIANT: it has ended, or exactly one clock runs: until `due`, or again since, if `overdue`.
struct Complaint {
  static constexpr StreamKind kind = StreamKind::complaint;

  std::optional<ComplaintStatus> status;
  Actor by;
  OrganisationId about;
  std::optional<OrganisationId> assigned_to;
  std::optional<OrganisationId> escalated_to;  // none: any auditor who is not concerned
  Instant due;
  bool overdue = false;  // the ombudsman is late, too

  bool ended() const { return status && !running_clock(); }
  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(Complaint, (), (status, by, about, assigned_to, escalated_to, due, overdue))

// When a person was last heard about the help: under the id of the case.
struct Feedback {
  static constexpr StreamKind kind = StreamKind::feedback;
  std::uint32_t times = 0;
  Instant again_from;
};
BOOST_DESCRIBE_STRUCT(Feedback, (), (times, again_from))

// Up to which day all logs were looked at.
struct Observation {
  static constexpr StreamKind kind = StreamKind::observation;
  std::optional<Date> until;
};
BOOST_DESCRIBE_STRUCT(Observation, (), (until))

// One thing that is warned of, about one subject; it may come again (warning_of()).
struct Warning {
  static constexpr StreamKind kind = StreamKind::warning;
  std::optional<WarningStatus> status;
  WarningKind what{};
  Date until;  // the week before this day
  Instant acknowledge_by;

  std::optional<ClockName> running_clock() const;
};
BOOST_DESCRIBE_STRUCT(Warning, (), (status, what, until, acknowledge_by))

// left - spent, reduced; none when it would be below nothing, or no fraction of 32 bits.
std::optional<Epsilon> minus(const Epsilon& left, const Epsilon& spent);
// What a later release must revise: report, period, shape, protection and format.
std::string series_of(const ReleaseTerms& terms);

// Whose logs are looked at for early warnings: all but audit's own, in the order of log_owners.
inline constexpr Service observed_logs[] = {Service::vault, Service::identification,
                                            Service::referral, Service::assistance,
                                            Service::closure};

// The stream of a warning: a function of what is warned of and about whom.
WarningId warning_of(WarningKind kind, const Uuid& subject, std::uint32_t part = 0);

struct Audit {
  static constexpr Service service = Service::audit;
  using States = StateTypes<Publication, PrivacyBudget, Complaint, Feedback, Observation, Warning>;
  using Receives = EventTypes<>;  // it rests on positions in logs, not on others' events

  static void evolve(Publication& publication, const Event& event);
  static void evolve(PrivacyBudget& budget, const Event& event);
  static void evolve(Complaint& complaint, const Event& event);
  static void evolve(Feedback& feedback, const Event& event);
  static void evolve(Observation& observation, const Event& event);
  static void evolve(Warning& warning, const Event& event);
  // ERRORS: rejections by code, never for a clock.
  // REQUIRES: policy.appointments.
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const Publication& publication, Rows& out);
  static void rows(const StreamKey&, const PrivacyBudget&, Rows&) {}
  static void rows(const StreamKey& stream, const Complaint& complaint, Rows& out);
  static void rows(const StreamKey&, const Feedback&, Rows&) {}
  static void rows(const StreamKey&, const Observation&, Rows&) {}
  static void rows(const StreamKey& stream, const Warning& warning, Rows& out);
};
}  // namespace nrm
