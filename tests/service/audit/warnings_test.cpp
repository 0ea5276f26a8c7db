// Early warnings from records to the event: five logs reach a real archive over the wire, the
// observer goes through it as time passes, and the audit's core decides on what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/event/codec.hpp"
#include "common/store/memory_store.hpp"
#include "services/audit/audit.hpp"
#include "services/audit/observer.hpp"
#include "tests/support/desk.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const OrganisationId police(id_of("police")), border(id_of("border")), owner(id_of("owner"));
const ProviderId house(id_of("house"));
constexpr Service sources[] = {Service::vault, Service::identification, Service::referral,
                               Service::assistance, Service::closure};

Date day(const char* text) { return *Date::parse(text); }

ReportReceived report(const OrganisationId& by) {
  ReportReceived out;
  out.organisation = by;
  return out;
}
FirstStageDecided decision(nrm::Outcome outcome) {
  FirstStageDecided out;
  out.outcome = outcome;
  out.by = owner;
  return out;
}

class EarlyWarnings : public testing::Test {
 protected:
  EarlyWarnings() {
    std::vector<Archive::Followed> logs;
    for (const Service source : sources) {
      const std::string name = log_name(source);
      logs.push_back({name, bus_->link_to(name), "test/" + name, signer_.public_key()});
    }
    archive_ = Archive::open(store_, logs).value();
  }

  // A record of that log with this event. Time of one log does not go back.
  void say(Service service, Date on, StreamKey stream, Event event) {
    Record record = next(service, on);
    record.input =
        CommandNote{.command = RecordComplaint{}, .key = {}, .digest = {}, .expects = {}};
    record.events.push_back({stream, std::move(event)});
    write(service, record);
  }
  void report_from(const OrganisationId& by, Date on, int times) {
    for (int i = 0; i < times; ++i)
      say(Service::identification, on, case_stream(id_of("case")), report(by));
  }
  void decide(nrm::Outcome outcome, Date on, int times) {
    for (int i = 0; i < times; ++i)
      say(Service::identification, on, case_stream(id_of("case")), decision(outcome));
  }
  void breach(ClockName clock, Date on, int times) {
    for (int i = 0; i < times; ++i) {
      Record record = next(Service::identification, on);
      record.input = DueNote{clock, case_stream(id_of("case")), record.at};
      record.events.push_back({case_stream(id_of("case")), FirstStageOverdue{}});
      write(Service::identification, record);
    }
  }

  // Everything that was said reaches the archive, and each owner says that no more comes from
  // before `now`.
  void archive_until(Instant now) {
    for (const Service source : sources) {
      auto& log = logs_[source];
      const std::string name = log_name(source);
      for (; log.sent < log.records.size(); ++log.sent) {
        const wire::Records one{.log = name,
                                .first = log.sent,
                                .head = log.records.size(),
                                .items = {log.records[log.sent]}};
        ASSERT_TRUE(archive_->on(bus_->link_to(name), one, now));
        Batch tiles;
        log.tree.append(leaf_hash(log.records[log.sent]), tiles);
      }
      const Checkpoint head{"test/" + name, log.tree.size(), log.tree.root()};
      const wire::Beat beat{.log = name,
                            .head = log.sent,
                            .checkpoint = sign_note(write_checkpoint(head), head.origin, signer_),
                            .at = now};
      ASSERT_TRUE(archive_->on(bus_->link_to(name), beat, now));
    }
    ASSERT_TRUE(archive_->commit(*bus_, now));
    ASSERT_FALSE(archive_->stopped());
  }
  // The observer's commands until then, decided by the audit's core.
  void observe_at(Instant now) {
    const Instant begun = start_of(now.date().plus(-1));
    if (!observer_) observer_ = Observer::open(store_, *archive_, std::nullopt, begun).value();
    archive_until(now);
    for (int turn = 0; turn < 200; ++turn) {
      auto command = observer_->turn(now);
      ASSERT_TRUE(command) << command.error().detail;
      if (!*command) continue;
      last_ = **command;
      apply(*last_, now);
    }
  }
  void apply(const ObserveIndicators& command, Instant now) {
    const Outcome outcome = desk_.apply({.id = id_of("input" + std::to_string(++inputs_)),
                                         .at = now,
                                         .actor = std::nullopt,
                                         .what = Command(command)});
    ASSERT_FALSE(outcome.rejection) << outcome.rejection->detail;
    EXPECT_THAT(desk_.faults(), IsEmpty());
    for (const Emit& emit : outcome.decision.events)
      if (const auto* raised = get_if<WarningRaised>(&emit.event)) warnings_.push_back(*raised);
  }
  // A year of days like every other, and then what is to be noticed.
  void ordinary_weeks(Date from, int weeks) {
    for (int i = 0; i < weeks; ++i) {
      const Date on = from.plus(7 * i);
      report_from(police, on, 4);
      report_from(border, on, 3);
      decide(nrm::Outcome::positive, on, 6);
      decide(nrm::Outcome::negative, on, 4);
      breach(ClockName::first_stage, on, 2);
    }
  }

  Archive& archive() { return *archive_; }
  std::vector<WarningRaised> warnings_;
  std::optional<ObserveIndicators> last_;
  struct Log {
    std::vector<std::string> records;
    std::size_t sent = 0;
    MerkleTree tree;
  };
  std::map<Service, Log> logs_;
  std::unique_ptr<Observer> observer_;

 private:
  Record next(Service service, Date on) {
    const std::uint64_t seq = logs_[service].records.size();
    return {.seq = seq,
            .id = id_of("record" + std::to_string(seq)),
            .at = start_of(on) + std::chrono::hours(9),
            .actor = {},
            .input = {},
            .events = {},
            .clocks = {},
            .rejection = {},
            .policy = "test@1"};
  }
  void write(Service service, const Record& record) {
    write_record(logs_[service].records.emplace_back(), record);
  }

  const crypto::Signer signer_ = [] {
    crypto::start();
    return crypto::Signer::random();
  }();
  const std::unique_ptr<Store> kept_ = std::make_unique<MemoryStore>();
  Store& store_ = *kept_;
  MemoryNetwork network_{1};
  std::unique_ptr<Bus> bus_ = network_.join("audit");
  std::unique_ptr<Archive> archive_;
  Desk desk_{core_of<Audit>(), policy_of("osce")};
  int inputs_ = 0;
};

TEST_F(EarlyWarnings, OrdinaryWeeksAreQuiet) {
  ordinary_weeks(day("2023-01-02"), 9);
  observe_at(start_of(day("2023-03-06")));
  ASSERT_TRUE(last_);
  EXPECT_EQ(last_->indicators.until, day("2023-03-06"));
  EXPECT_THAT(last_->indicators.sources, SizeIs(2));
  EXPECT_EQ(last_->known.size(), 5u);
  EXPECT_EQ(last_->known[1].size, logs_[Service::identification].records.size());
  EXPECT_EQ(last_->known[1].root.text(),
            archive().root_at("identification/0", last_->known[1].size).value().hex());
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(EarlyWarnings, ASourceThatFallsSilent) {
  ordinary_weeks(day("2023-01-02"), 8);
  report_from(border, day("2023-02-28"), 3);
  report_from(police, day("2023-02-28"), 1);
  observe_at(start_of(day("2023-03-06")));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_EQ(warnings_[0].kind, WarningKind::reports_dropped);
  EXPECT_EQ(warnings_[0].organisation, police);
  EXPECT_EQ(warnings_[0].observed, 1u);
  EXPECT_EQ(warnings_[0].expected, 4u);
}

TEST_F(EarlyWarnings, ARateThatJumps) {
  ordinary_weeks(day("2023-01-02"), 8);
  report_from(police, day("2023-02-28"), 4);
  report_from(border, day("2023-02-28"), 3);
  decide(nrm::Outcome::positive, day("2023-02-28"), 1);
  decide(nrm::Outcome::negative, day("2023-02-28"), 9);
  observe_at(start_of(day("2023-03-06")));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_EQ(warnings_[0].kind, WarningKind::decision_rate_jumped);
  EXPECT_EQ(warnings_[0].organisation, owner);
  EXPECT_EQ(warnings_[0].stage, Stage::first);
  EXPECT_EQ(warnings_[0].observed, 10u);
  EXPECT_EQ(warnings_[0].expected, 60u);
}

TEST_F(EarlyWarnings, ClocksThatRunOutTogether) {
  ordinary_weeks(day("2023-01-02"), 9);
  breach(ClockName::first_stage, day("2023-03-01"), 5);
  observe_at(start_of(day("2023-03-06")));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_EQ(warnings_[0].kind, WarningKind::breaches_clustered);
  EXPECT_EQ(warnings_[0].clock, ClockName::first_stage);
  EXPECT_EQ(warnings_[0].observed, 7u);
  EXPECT_EQ(warnings_[0].expected, 2u);
}

TEST_F(EarlyWarnings, AProviderThatCloses) {
  ordinary_weeks(day("2023-01-02"), 9);
  const StreamKey other = provider_stream(id_of("opened again"));
  ProviderSuspended suspended;
  suspended.reason = SuspensionReason::funding_ended;
  say(Service::referral, day("2023-03-01"), other, suspended);
  say(Service::referral, day("2023-03-01"), provider_stream(house), suspended);
  say(Service::referral, day("2023-03-02"), other, ProviderReinstated{});
  observe_at(start_of(day("2023-03-06")));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_EQ(warnings_[0].kind, WarningKind::provider_closed);
  EXPECT_EQ(warnings_[0].provider, house);
  EXPECT_EQ(warnings_[0].reason, SuspensionReason::funding_ended);
}

// A day counts when it is over in every log, and its counts depend on nothing later.
TEST_F(EarlyWarnings, ADayIsObservedWhenEveryLogHasPassedIt) {
  ordinary_weeks(day("2023-01-02"), 9);
  observe_at(start_of(day("2023-03-06")) - Milliseconds(1));
  EXPECT_FALSE(last_ && last_->indicators.until == day("2023-03-06"));
  report_from(police, day("2023-03-06"), 50);  // of the day that begins: not in the week before
  observe_at(start_of(day("2023-03-06")) + std::chrono::hours(10));
  ASSERT_TRUE(last_);
  EXPECT_EQ(last_->indicators.until, day("2023-03-06"));
  EXPECT_EQ(last_->known[1].size, logs_[Service::identification].records.size() - 50);
}

// Whoever has the records counts the same, wherever they begin to read.
TEST_F(EarlyWarnings, AnybodyCountsTheSame) {
  ordinary_weeks(day("2022-06-06"), 39);
  breach(ClockName::first_stage, day("2023-03-01"), 5);
  observe_at(start_of(day("2023-03-06")));
  ASSERT_TRUE(last_);
  IndicatorBook all;
  for (const auto& [service, log] : logs_)
    for (const std::string& record : log.records) ASSERT_TRUE(all.take(record));
  EXPECT_EQ(all.at(last_->indicators.until), last_->indicators);
}
}  // namespace
}  // namespace nrm::test
