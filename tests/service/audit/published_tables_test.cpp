// R2 of all six quarters that are published with their cells: everybody behind the tables is
// reported to the real decider, in their quarter, into one log; from its bytes each quarter's table
// comes out again as the file, byte by byte.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/release.hpp"
#include "services/cli/intake_file.hpp"
#include "services/cli/published_plan.hpp"
#include "services/identification/identification.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
const std::string published = NRM_SOURCE_FOLDER "/tests/data/uk-nrm";

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Logs in memory, read as an export is.
class KeptLogs final : public LogSource {
 public:
  void add(Service service, Record record) {
    std::vector<std::string>& log = logs_[static_cast<std::size_t>(service)];
    record.seq = log.size();
    record.policy = "uk@4";
    write_record(log.emplace_back(), record);
  }
  Result<LogPosition> head(Service service) const override {
    MerkleTree tree;
    Batch tiles;
    for (const std::string& record : logs_[static_cast<std::size_t>(service)]) {
      tree.append(leaf_hash(record), tiles);
      tiles.clear();
    }
    return LogPosition{*Text<32>::parse(log_name(service)), tree.size(),
                       *Text<64>::parse(tree.root().hex())};
  }
  Result<void> read(Service service, std::uint64_t until, const TakeBytes& take) const override {
    for (std::uint64_t seq = 0; seq < until; ++seq)
      NRM_TRY(take(seq, logs_[static_cast<std::size_t>(service)][seq]));
    return {};
  }

 private:
  std::array<std::vector<std::string>, 8> logs_;
};

// Everybody behind a table, each by a command that the decider of identification accepts.
class Reporting {
 public:
  explicit Reporting(KeptLogs& logs) : logs_(logs) {}

  void report(const Intake& intake, Instant at) {
    for (const Responder& one : intake.responders) registered(one, at);
    for (const IntakeRow& row : intake.rows)
      for (std::uint32_t i = 0; i < row.people; ++i) report_one(row, at);
  }
  std::uint32_t people() const { return people_; }

 private:
  static std::string name_of(const Responder& one) {
    return one.name.text() + '/' + std::string(to_text(one.kind));
  }
  void registered(const Responder& one, Instant at) {
    if (!responders_.insert(one).second) return;
    Record record;
    record.at = at;
    record.events.push_back(
        {organisation_stream(id_of(name_of(one))), OrganisationRegistered{one.name, one.kind}});
    logs_.add(Service::vault, std::move(record));
  }
  void report_one(const IntakeRow& row, Instant at) {
    SubmitReport command;
    command.subject = CaseId(derive(id_of("people"), ++people_));
    command.dossier = *Text<64>::parse(std::string(64, 'a'));
    command.facts = row.facts;
    command.facts.region = *Region::parse("GB-LND");
    const Actor actor{AccountId(id_of("officer")),
                      OrganisationId(id_of(name_of({row.kind, row.organisation}))),
                      Role::first_responder};
    const Input input{derive(id_of("inputs"), people_), at, actor, Command(std::move(command))};
    const Outcome outcome = desk_.apply(input);
    ASSERT_FALSE(outcome.rejection) << outcome.rejection->where << outcome.rejection->detail;
    Record record;
    record.at = at;
    record.actor = actor;
    record.events = outcome.decision.events;
    logs_.add(Service::identification, std::move(record));
  }

  KeptLogs& logs_;
  Desk desk_{core_of<Identification>(), policy_of("uk")};
  std::set<Responder> responders_;
  std::uint32_t people_ = 0;
};

TEST(Published, ReferralsOfEveryQuarterComeOutOfOneLogAsTheirFiles) {
  const auto quarters = cli::published_quarters(published);
  ASSERT_EQ(quarters.size(), 6u) << "all files of the data package that have cells";
  KeptLogs logs;
  {
    Reporting reporting(logs);
    for (const std::string& quarter : quarters) {
      const auto file = cli::published_referrals(published, quarter);
      ASSERT_TRUE(file);
      const auto intake = read_intake(text_of(*file));
      ASSERT_TRUE(intake) << intake.error().where << ": " << intake.error().detail;
      // On the last day of the quarter: the edges are where a person may fall into the next one.
      const auto number = *quarter_number(quarter);
      reporting.report(*intake, end_of_quarter(number));
    }
    EXPECT_EQ(reporting.people(), 4'171u + 4'586 + 4'417 + 4'746 + 3'998 + 4'138);
  }
  const auto known = heads_of(logs);
  ASSERT_TRUE(known) << known.error().detail;
  for (const std::string& quarter : quarters) {
    const ReleaseTerms terms{.method = *Text<32>::parse("referrals@1"),
                             .as_of = *Instant::parse("2024-01-01T00:00:00.000Z"),
                             .from = Text<8>::parse(quarter),
                             .to = Text<8>::parse(quarter),
                             .rows = {},
                             .columns = {},
                             .format = ReleaseFormat::csv,
                             .rule = ReleaseRule::exact,
                             .threshold = 0,
                             .rounding = 0,
                             .epsilon = {},
                             .known = *known,
                             .revises = {}};
    const auto release = make_release(logs, terms, {}, nullptr);
    ASSERT_TRUE(release) << release.error().detail;
    EXPECT_TRUE(release->bytes == text_of(*cli::published_referrals(published, quarter)))
        << quarter << " differs from its file";
  }
}
// What was published under an earlier version of a method, or a lower threshold, is known all the
// same: who takes the two apart must not find the one person who came between.
TEST(Published, TheGuardKnowsReleasesOfEarlierVersionsAndThresholds) {
  KeptLogs logs;
  const Instant at = *Instant::parse("2023-08-01T09:00:00.000Z");
  std::uint32_t people = 0;
  const auto decided = [&](nrm::Outcome outcome, int count) {
    for (int i = 0; i < count; ++i) {
      const StreamKey stream{StreamKind::case_, derive(id_of("people"), ++people)};
      Record record;
      record.at = at;
      ReportReceived report{.organisation = OrganisationId(id_of("police")),
                            .owner = OrganisationId(id_of("owner"))};
      report.facts.age_at_exploitation = AgeBand::adult;
      record.events.push_back({stream, report});
      record.events.push_back(
          {stream, FirstStageDecided{.outcome = outcome, .by = OrganisationId(id_of("owner"))}});
      logs.add(Service::identification, std::move(record));
    }
  };
  const auto terms = [&](const char* method, std::uint32_t threshold) {
    return ReleaseTerms{.method = *Text<32>::parse(method),
                        .as_of = at + days(10),
                        .rows = {*Text<32>::parse("outcome")},
                        .columns = {*Text<32>::parse("age")},
                        .format = ReleaseFormat::csv,
                        .rule = ReleaseRule::suppressed,
                        .threshold = threshold,
                        .rounding = 1,
                        .known = heads_of(logs).value()};
  };
  decided(nrm::Outcome::positive, 40);
  decided(nrm::Outcome::negative, 15);
  const ReleaseTerms first = terms("first_stage@1", 10);
  decided(nrm::Outcome::positive, 1);
  for (const std::uint32_t threshold : {10u, 20u}) {
    const auto release = make_release(logs, terms("first_stage@2", threshold),
                                      {Publicised{.proposed = {.terms = first}}}, nullptr);
    ASSERT_TRUE(release) << release.error().detail;
    ASSERT_TRUE(release->left_out);
    EXPECT_GT(release->left_out->guarded, 0u) << threshold;
  }
}
}  // namespace
}  // namespace nrm::test
