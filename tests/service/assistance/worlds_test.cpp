// The negative space and seeded worlds of assistance: in every status every input by everybody, and
// after every one the promises: a running file has an owner, a queue entry and exactly its clock.
//
// NRM_SEED=n runs one world again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <map>
#include <random>

#include "services/assistance/assistance.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
constexpr int worlds = 60;
constexpr int steps = 250;

struct File {
  Desk desk{core_of<Assistance>(), policy_of("osce")};
  Instant now{1'709'542'800'000};  // 2024-03-04T09:00:00.000Z
  std::uint32_t inputs = 0;
  CaseId subject{id_of("c1")};

  Outcome apply(decltype(Input::what) what, std::optional<Actor> actor = std::nullopt) {
    return desk.apply({.id = derive(id_of("file"), ++inputs),
                       .at = now,
                       .actor = std::move(actor),
                       .what = std::move(what)});
  }
  Outcome ask(Role role, std::string_view organisation, Command command) {
    return apply(std::move(command), Actor{.account = AccountId(id_of("account")),
                                           .organisation = OrganisationId(id_of(organisation)),
                                           .role = role});
  }
  Outcome hear(const StreamKey& stream, Event event) {
    return apply(Received{.log = "elsewhere/0",
                          .seq = inputs,
                          .index = 0,
                          .hash = std::string(64, '0'),
                          .stream = stream,
                          .event = std::move(event)});
  }
  Outcome accepted(std::string_view referral, std::string_view organisation) {
    return hear(referral_stream(id_of(referral)),
                ReferralAccepted{.subject = subject,
                                 .organisation = OrganisationId(id_of(organisation)),
                                 .owner = OrganisationId(id_of("managers")),
                                 .service = ServiceType::medical});
  }
  Outcome cancelled(std::string_view referral) {
    return hear(referral_stream(id_of(referral)),
                ReferralCancelled{subject, CancelReason::consent_withdrawn});
  }
  Outcome closed() {
    return hear(case_stream(subject), CaseClosed{.reason = ClosureReason::plan_completed});
  }
  Outcome fire(ClockName name) {
    const auto running = desk.clocks().find({case_stream(subject), name});
    const bool runs = running != desk.clocks().end();
    if (runs) now = std::max(now, running->second);
    return apply(Due{case_stream(subject), name, runs ? running->second : now});
  }
  const SupportFile* file() const { return desk.find<SupportFile>(subject); }

  Command plan() const { return AgreePlan{subject, {PlanGoal::safety}, true}; }
  Command review() const { return HoldReview{subject}; }
  Command record(std::string_view referral) const {
    return RecordService{subject, ReferralId(id_of(referral)), now.date(), 1};
  }
  Command end(std::string_view referral) const {
    return EndService{subject, ReferralId(id_of(referral)), ServiceEndReason::goals_met};
  }
};

enum class Place { none, opened, plan_agreed, in_support, ended, closed };
constexpr std::string_view place_names[] = {"none",       "opened", "plan_agreed",
                                            "in_support", "ended",  "closed"};
constexpr bool runs(Place place) { return place != Place::none && place < Place::ended; }

// The support of one person by one clinic, in that status.
File in(Place place) {
  File out;
  if (place == Place::none) return out;
  out.accepted("r1", "clinic");
  if (place >= Place::plan_agreed) out.ask(Role::case_manager, "managers", out.plan());
  if (place >= Place::in_support) out.ask(Role::service_provider, "clinic", out.record("r1"));
  if (place == Place::ended) out.ask(Role::service_provider, "clinic", out.end("r1"));
  if (place == Place::closed) out.closed();
  return out;
}

enum Verb { plan, review, record, end };
constexpr Verb all_verbs[] = {plan, review, record, end};
enum class Who { provider, manager, other_provider, other_manager, responder };
constexpr Who everybody[] = {Who::provider, Who::manager, Who::other_provider, Who::other_manager,
                             Who::responder};

std::optional<Code> expected(Place place, Verb verb, Who who) {
  const bool provider = who == Who::provider || who == Who::other_provider;
  if (who == Who::responder || (verb == record && !provider)) return Code::forbidden;
  if (place == Place::none || who == Who::other_provider || who == Who::other_manager)
    return Code::not_found;
  if (!runs(place)) {
    if (who == Who::provider) return Code::not_found;  // no service of its own runs any more
    return place == Place::closed ? Code::case_closed : Code::not_in_state;
  }
  if (verb == review && place == Place::opened) return Code::not_in_state;
  return std::nullopt;
}

Outcome say(File& file, Verb verb, Who who) {
  const Command commands[] = {file.plan(), file.review(), file.record("r1"), file.end("r1")};
  switch (who) {
    case Who::provider:
      return file.ask(Role::service_provider, "clinic", commands[verb]);
    case Who::manager:
      return file.ask(Role::case_manager, "managers", commands[verb]);
    case Who::other_provider:
      return file.ask(Role::service_provider, "haven", commands[verb]);
    case Who::other_manager:
      return file.ask(Role::case_manager, "strangers", commands[verb]);
    case Who::responder:
      break;
  }
  return file.ask(Role::first_responder, "clinic", commands[verb]);
}

class AssistanceRefusals : public testing::TestWithParam<Place> {};

TEST_P(AssistanceRefusals, by_command_and_actor) {
  for (const Verb verb : all_verbs)
    for (const Who who : everybody) {
      SCOPED_TRACE(testing::Message() << "command " << verb << " by " << static_cast<int>(who));
      File file = in(GetParam());
      const std::string before = file.desk.whole();
      const Outcome outcome = say(file, verb, who);
      const auto code = expected(GetParam(), verb, who);
      EXPECT_EQ(outcome.rejection.has_value(), code.has_value());
      if (outcome.rejection && code) {
        EXPECT_EQ(row_of(outcome.rejection->code).name, row_of(*code).name);
        EXPECT_EQ(file.desk.whole(), before);
      } else {
        EXPECT_NE(file.desk.whole(), before);
      }
      EXPECT_EQ(file.desk.faults(), std::vector<std::string>());
    }
}

TEST_P(AssistanceRefusals, clocks_that_do_not_run_do_nothing) {
  for (const ClockName name : {ClockName::plan, ClockName::review, ClockName::answer_offer,
                               ClockName::escalation, ClockName::first_stage}) {
    SCOPED_TRACE(to_text(name));
    File file = in(GetParam());
    const bool running = file.file() != nullptr && clock_of(file.file()->status) == name;
    EXPECT_EQ(file.fire(name).nothing(), !running);
    EXPECT_EQ(file.desk.faults(), std::vector<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(InEveryState, AssistanceRefusals,
                         testing::Values(Place::none, Place::opened, Place::plan_agreed,
                                         Place::in_support, Place::ended, Place::closed),
                         [](const auto& place) {
                           return std::string(place_names[static_cast<int>(place.param)]);
                         });

// --- seeded worlds ------------------------------------------------------------------------------

std::size_t rows_with(const File& file, std::string_view prefix) {
  std::size_t count = 0;
  for (const auto& [key, value] : file.desk.all_rows()) count += key.starts_with(prefix);
  return count;
}
std::size_t clocks_of(const File& file, const StreamKey& stream) {
  std::size_t count = 0;
  for (const auto& [clock, due] : file.desk.clocks()) count += clock.first == stream;
  return count;
}

// Every open matter has one clock and one queue entry, and nothing else has either.
void check_matters(const File& file) {
  std::size_t open = 0;
  for (const auto& [key, value] : file.desk.all_rows()) {
    if (!key.starts_with("open/")) continue;
    ++open;
    const auto stream = StreamKey::parse(key.substr(key.find('/', 5) + 1));
    ASSERT_TRUE(stream) << key;
    EXPECT_EQ(clocks_of(file, *stream), 1u) << key;
    std::size_t queued = 0;
    for (const auto& [other, entry] : file.desk.all_rows())
      queued += other.starts_with("queue/") && other.ends_with(stream->id.text());
    EXPECT_EQ(queued, 1u) << key;
  }
  const ChildFile* child = file.desk.find<ChildFile>(file.subject);
  const bool pathway = child != nullptr && clock_of(child->status).has_value();
  EXPECT_EQ(rows_with(file, "queue/guardian/") + rows_with(file, "queue/best_interests/"),
            pathway ? 1u : 0u);
  const std::size_t of_file = clocks_of(file, case_stream(file.subject));
  EXPECT_EQ(file.desk.clocks().size(), open + of_file + (pathway ? 1 : 0));
  const SupportFile* state = file.file();
  if (state == nullptr || !state->closed) return;
  for (const auto& [key, value] : file.desk.all_rows())
    if (key.starts_with("open/")) {
      EXPECT_NE(key.find("/procedure/"), key.npos) << "open after closing";
    }
}

void check(const File& file) {
  EXPECT_EQ(file.desk.faults(), std::vector<std::string>());
  const SupportFile* state = file.file();
  if (state == nullptr) return;
  SCOPED_TRACE(file.desk.state_json(case_stream(file.subject)));
  const auto clock = clock_of(state->status);
  EXPECT_EQ(state->running(), clock.has_value());
  EXPECT_EQ(state->due.has_value(), clock.has_value());
  EXPECT_EQ(state->end_reason.has_value(), state->status == SupportStatus::ended);
  EXPECT_EQ(state->owner, OrganisationId(id_of("managers")));
  EXPECT_EQ(rows_with(file, "queue/plan/") + rows_with(file, "queue/review/"), clock ? 1u : 0u);
  EXPECT_EQ(clocks_of(file, case_stream(file.subject)), clock ? 1u : 0u);
  EXPECT_TRUE(!clock || file.desk.clocks().contains({case_stream(file.subject), *clock}));
  EXPECT_EQ(rows_with(file, "queue/risk/"), state->unassessed_since ? 1u : 0u);
  EXPECT_TRUE(!state->closed || !state->unassessed_since);
  check_matters(file);
}

// Any clock that runs, of whatever it is.
Outcome fire_any(File& file, std::mt19937_64& random) {
  const auto& clocks = file.desk.clocks();
  if (clocks.empty()) return {};
  auto one = clocks.begin();
  std::advance(one, static_cast<std::ptrdiff_t>(random() % clocks.size()));
  const auto [key, due] = *one;
  file.now = std::max(file.now, due);
  return file.apply(Due{key.first, key.second, due});
}

// The id of something that was opened once, open or not; of nothing now and then.
template <class Id>
Id some_id(const File& file, StreamKind kind, std::mt19937_64& random) {
  std::vector<Uuid> ids{id_of("nothing")};
  for (const auto& [key, value] : file.desk.all_rows())
    if (key.starts_with("open/") && key.find('/' + std::string(to_text(kind)) + '/') != key.npos)
      ids.push_back(*Uuid::parse(key.substr(key.size() - 36)));
  return Id(ids[random() % ids.size()]);
}

Command of_a_matter(File& file, std::mt19937_64& random) {
  const CaseId& subject = file.subject;
  const auto code = [&](std::size_t n) { return static_cast<int>(random() % n); };
  switch (random() % 18) {
    case 0:
      return OpenProcedure{subject, static_cast<ProcedureKind>(code(5)), file.now.date(), {}};
    case 1:
      return RecordProcedure{some_id<ProcedureId>(file, StreamKind::procedure, random),
                             static_cast<ProcedureStep>(code(8)), file.now.date().plus(code(60))};
    case 2:
      return EndProcedure{some_id<ProcedureId>(file, StreamKind::procedure, random),
                          static_cast<ProcedureEnd>(code(9))};
    case 3:
      return RaiseAlarm{subject, {}};
    case 4:
      return EndAlarm{some_id<AlarmId>(file, StreamKind::alarm, random),
                      static_cast<AlarmEnd>(code(8))};
    case 5:
      return ReportIncident{subject, {}, static_cast<IncidentSeverity>(code(3)), file.now.date()};
    case 6:
      return CloseIncident{some_id<IncidentId>(file, StreamKind::incident, random),
                           static_cast<IncidentOutcome>(code(6))};
    case 7:
      return StartMoveOn{subject};
    case 8:
      return ExtendMoveOn{some_id<TransitionId>(file, StreamKind::transition, random),
                          {},
                          static_cast<std::uint32_t>(code(120))};
    case 9:
      return AgreeTransition{some_id<TransitionId>(file, StreamKind::transition, random),
                             {TransitionStep::housing},
                             code(4) != 0};
    case 10:
      return RecordReachIn{some_id<TransitionId>(file, StreamKind::transition, random), {}, {}};
    case 11:
      return DetermineBestInterests{subject, {}};
    case 12:
      return EndChildPathway{subject};
    case 13:
      return AcknowledgeChildNotice{some_id<ChildNoticeId>(file, StreamKind::notice, random)};
    case 14:
      return RecordContact{subject, {}, {}};
    case 15:
      return AssessRisk{subject, {}};
    case 16:
      return SetContactRules{subject, {{}, {InformChannel::e_mail}, true, false}};
    default:
      return RecordEducation{subject, {}};
  }
}

Outcome hear_of(File& file, std::mt19937_64& random) {
  const StreamKey stream = case_stream(file.subject);
  const AccountId guardian(id_of(random() % 2 == 0 ? "mary" : "paul"));
  switch (random() % 5) {
    case 0: {
      ReportReceived report;
      report.facts.age_now = random() % 2 == 0 ? AgeBand::child : AgeBand::unknown;
      return file.hear(stream, report);
    }
    case 1:
      return file.hear(stream, GuardianAppointed{guardian, {}});
    case 2:
      return file.hear(stream, GuardianshipEnded{guardian, {}});
    case 3:
      return file.hear(stream, SecondStageDecided{nrm::Outcome::positive, {}, {}, {}});
    default:
      return file.hear(stream, CaseReopened{});
  }
}

Outcome act(File& file, std::mt19937_64& random) {
  if (random() % 3 == 0) {
    if (random() % 4 == 0) return fire_any(file, random);
    if (random() % 5 == 0) return hear_of(file, random);
    const bool manager = random() % 3 != 0;
    return file.ask(manager ? Role::case_manager : Role::service_provider,
                    manager ? "managers" : "clinic", of_a_matter(file, random));
  }

  constexpr std::string_view referrals[] = {"r1", "r2", "r3"};
  constexpr std::string_view organisations[] = {"clinic", "haven", "managers"};
  const std::string_view referral = referrals[random() % 3];
  switch (random() % 12) {
    case 0:
    case 1:
      return file.accepted(referral, organisations[random() % 2]);
    case 2:
      return file.cancelled(referral);
    case 3:
      return random() % 8 == 0 ? file.closed() : file.fire(ClockName::plan);
    case 4:
      return file.fire(ClockName::review);
    default:
      break;
  }
  const Command commands[] = {file.plan(), file.review(), file.record(referral),
                              file.record(referral), file.end(referral)};
  const Role role = random() % 2 == 0 ? Role::case_manager : Role::service_provider;
  return file.ask(role, role == Role::case_manager ? "managers" : organisations[random() % 2],
                  commands[random() % 5]);
}

TEST(AssistanceWorlds, keep_every_promise) {
  const char* one = std::getenv("NRM_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  std::map<SupportStatus, std::size_t> seen;
  for (std::uint64_t seed = first; seed < first + (one != nullptr ? 1 : worlds); ++seed) {
    SCOPED_TRACE("NRM_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    File file;
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      file.now = file.now + Milliseconds(1 + static_cast<std::int64_t>(random() % 90'000'000));
      const std::string before = file.desk.whole();
      const bool refused = act(file, random).rejection.has_value();
      EXPECT_TRUE(!refused || file.desk.whole() == before);
      check(file);
      if (file.file() != nullptr) ++seen[file.file()->status];
    }
    if (testing::Test::HasFailure()) return;
  }
  if (one != nullptr) return;
  for (const SupportStatus status : {SupportStatus::opened, SupportStatus::plan_agreed,
                                     SupportStatus::in_support, SupportStatus::ended})
    EXPECT_GT(seen[status], 100u) << to_text(status);  // the worlds went everywhere
}
}  // namespace
}  // namespace nrm::test
