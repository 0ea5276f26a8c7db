// Reports from records: the published tables come out again, medians are exact, blanks are not 0,
// and what was known then is not what is known now.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>

#include "services/audit/closed_labels.hpp"
#include "services/audit/microdata.hpp"
#include "services/audit/printed.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"
#include "services/cli/published_plan.hpp"
#include "services/identification/identification.hpp"
#include "tests/service/audit/sum.hpp"
#include "tests/support/script.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::test {
namespace {
const std::string published = NRM_SOURCE_FOLDER "/tests/data/uk-nrm";
constexpr AgeBand ages[] = {AgeBand::adult, AgeBand::child, AgeBand::unknown};

// The real decider of identification, and the book of what it decided.
class Office {
 public:
  explicit Office(Instant as_of, const char* pack = "uk", const char* region = "GB-LND")
      : desk_(core_of<Identification>(), policy_of(pack)),
        region_(*Region::parse(region)),
        book_(as_of) {
    Record registered;
    registered.events.push_back(
        {organisation_stream(id_of("owner")),
         OrganisationRegistered{*Text<120>::parse("Single Competent Authority"),
                                OrganisationKind::competent_authority}});
    book_.take(registered);
  }

  CaseId report(Instant at, AgeBand age) {
    SubmitReport command;
    command.subject = CaseId(derive(id_of("people"), ++people_));
    command.dossier = *Text<64>::parse(std::string(64, 'a'));
    command.facts.age_at_exploitation = age;
    command.facts.age_now = age;
    command.facts.region = region_;
    act(at, {AccountId(id_of("officer")), OrganisationId(id_of("police")), Role::first_responder},
        Command(std::move(command)));
    return CaseId(derive(id_of("people"), people_));
  }
  void notify(Instant at) {
    SubmitNotification command;
    command.facts.age_at_exploitation = AgeBand::adult;
    command.facts.age_now = AgeBand::adult;
    command.facts.region = *Region::parse("GB-LND");
    act(at, {AccountId(id_of("officer")), OrganisationId(id_of("police")), Role::first_responder},
        Command(std::move(command)));
  }
  template <class Decide>
  void decide(Instant at, const CaseId& subject, bool positive) {
    act(at, {AccountId(id_of("clerk")), OrganisationId(id_of("owner")), Role::competent_authority},
        Command(Decide{subject, positive ? nrm::Outcome::positive : nrm::Outcome::negative,
                       positive ? DecisionGround::evidence_sufficient
                                : DecisionGround::evidence_insufficient}));
  }
  // Every clock that has run out by then, in time.
  void live_until(Instant at) {
    for (;;) {
      const auto next =
          std::ranges::min_element(desk_.clocks(), {}, [](const auto& one) { return one.second; });
      if (next == desk_.clocks().end() || next->second >= at) return;
      const auto [key, due] = *next;
      take(due + Milliseconds(1), std::nullopt, Due{key.first, key.second, due});
    }
  }
  void act(Instant at, Actor actor, Command command) { take(at, actor, std::move(command)); }
  const CaseBook& book() const { return book_; }
  const std::vector<std::string>& faults() const { return desk_.faults(); }

 private:
  void take(Instant at, std::optional<Actor> actor, decltype(Input::what) what) {
    const Input input{derive(id_of("inputs"), ++inputs_), at, std::move(actor), std::move(what)};
    const auto outcome = desk_.apply(input);
    ASSERT_FALSE(outcome.rejection) << outcome.rejection->where << outcome.rejection->detail;
    Record record;
    record.at = at;
    record.events = outcome.decision.events;
    book_.take(record);
  }

  Desk desk_;
  const Region region_;
  CaseBook book_;
  std::uint32_t people_ = 0, inputs_ = 0;
};

std::int64_t people_in(const Office& office, const char* report,
                       std::initializer_list<std::pair<std::size_t, std::string>> where) {
  return sum(compute(*method_of(report), office.book(), {}), where);
}

// A mechanism with one stage: when the recovery period is over, the person is identified, and
// nobody awaits anything.
TEST(Settled, WithoutASecondStageTheFirstIsConclusive) {
  const Instant at = *Instant::parse("2024-01-08T09:00:00.000Z");
  Office office(at + days(80), "bulgaria", "BG-22");
  const CaseId one = office.report(at, AgeBand::adult);
  office.decide<DecideFirstStage>(at + days(1), one, true);
  office.live_until(at + days(70));
  EXPECT_EQ(people_in(office, "R6", {{0, "2024Q1"}}), 0);
  EXPECT_EQ(people_in(office, "R9", {{5, "Positive"}}), 1);
  EXPECT_EQ(people_in(office, "R15", {}), 1);
}

// Who has withdrawn awaits nothing, and has no decision either.
TEST(Settled, WhoWithdrewAwaitsNothing) {
  const Instant at = *Instant::parse("2024-01-08T09:00:00.000Z");
  Office office(at + days(80));
  const CaseId one = office.report(at, AgeBand::adult);
  office.act(at + days(1),
             {AccountId(id_of("officer")), OrganisationId(id_of("police")), Role::first_responder},
             Command(WithdrawIdentification{one}));
  EXPECT_EQ(people_in(office, "R6", {}), 0);
  EXPECT_EQ(people_in(office, "R9", {{5, "Withdrawn/Closed"}}), 1);
}

class FollowsPublished : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Quarters, FollowsPublished,
                         testing::Values("2015Q4", "2018Q1", "2020Q2", "2023Q3"),
                         [](const auto& test) { return std::string(test.param); });

// R3, R4 and R5 of a quarter whose authority decides what was published are the published ones.
TEST_P(FollowsPublished, DecisionsAndNotificationsComeOutAsPublished) {
  const std::string quarter = GetParam();
  const auto plan = cli::read_published_plan(published, quarter);
  ASSERT_TRUE(plan) << plan.error().where << plan.error().detail;
  const int number = *quarter_number(quarter);
  const Instant begin = end_of_quarter(number - 1) + Milliseconds(1), end = end_of_quarter(number);
  Office office(end + days(40));
  std::array<std::vector<CaseId>, 3> second, first;
  std::array<std::uint64_t, 3> reported{};
  for (const AgeBand age : ages) {
    const auto group = static_cast<std::size_t>(age);
    reported[group] = plan->first[group].total() / 2;
    const auto carried = plan->carried_over(age, reported[group]);
    for (std::uint64_t i = 0; i < carried.positive; ++i)
      second[group].push_back(office.report(begin - days(60), age));
    for (std::uint64_t i = 0; i < carried.undecided; ++i)
      first[group].push_back(office.report(begin - days(3), age));
  }
  for (const auto& group : second)
    for (const CaseId& one : group) office.decide<DecideFirstStage>(begin - days(50), one, true);
  office.live_until(begin + days(10));
  for (const AgeBand age : ages)
    for (std::uint64_t i = 0; i < reported[static_cast<std::size_t>(age)]; ++i)
      first[static_cast<std::size_t>(age)].push_back(office.report(begin + days(11), age));
  for (std::uint64_t i = 0; i < plan->notifications; ++i) office.notify(begin + days(12));
  for (std::size_t group = 0; group < 3; ++group) {
    for (std::uint64_t i = 0; i < first[group].size(); ++i)
      office.decide<DecideFirstStage>(begin + days(15), first[group][i],
                                      i < plan->first[group].positive);
    for (std::uint64_t i = 0; i < second[group].size(); ++i)
      office.decide<DecideSecondStage>(begin + days(20), second[group][i],
                                       i < plan->second[group].positive);
  }
  EXPECT_TRUE(office.faults().empty());

  const ReportPeriod period{number, number};
  const Figures r3 = compute(*method_of("R3"), office.book(), period);
  const Figures r4 = compute(*method_of("R4"), office.book(), period);
  for (const AgeBand age : ages) {
    const auto group = static_cast<std::size_t>(age);
    const std::string label(age_label(age));
    EXPECT_EQ(sum(r3, {{2, label}, {3, "positive"}}), std::int64_t(plan->first[group].positive));
    EXPECT_EQ(sum(r3, {{2, label}, {3, "negative"}}), std::int64_t(plan->first[group].negative));
    EXPECT_EQ(sum(r4, {{2, label}, {3, "positive"}}), std::int64_t(plan->second[group].positive));
    EXPECT_EQ(sum(r4, {{2, label}, {3, "negative"}}), std::int64_t(plan->second[group].negative));
  }
  EXPECT_EQ(sum(compute(*method_of("R5"), office.book(), period), {}),
            std::int64_t(plan->notifications));
  // The parts of the backlog are what is left over.
  const Figures r6 = compute(*method_of("R6"), office.book(), period);
  std::int64_t positives = 0;
  for (const auto& one : plan->first) positives += static_cast<std::int64_t>(one.positive);
  EXPECT_EQ(sum(r6, {{0, quarter}, {1, "first stage"}}), 0);
  EXPECT_EQ(sum(r6, {{0, quarter}, {1, "second stage"}}), positives);
}

TEST(Published, PlansNameWhatIsMissing) {
  EXPECT_EQ(cli::read_published_plan(published, "1999Q1").error().code, Code::not_found);
  EXPECT_EQ(cli::read_published_plan(published + "/nowhere", "2023Q3").error().code,
            Code::not_found);
}

// --- exact numbers ------------------------------------------------------------------------------

TEST(Spread, MediansAndMeansAreExact) {
  Spread days;
  EXPECT_EQ(days.twice_median(), std::nullopt) << "of nothing: blank, not 0";
  EXPECT_EQ(days.mean(2), std::nullopt);
  for (const int one : {5, 1, 5, 40}) days.add(one);
  EXPECT_EQ(days.twice_median(), 10);
  EXPECT_EQ(days.mean(2), 1275);
  days.add(6);
  EXPECT_EQ(days.twice_median(), 10);
  EXPECT_EQ(days.mean(2), 1140);
  days.add(1);
  EXPECT_EQ(days.twice_median(), 10);
  EXPECT_EQ(days.mean(2), 967) << "58 / 6 = 9.666…, half up";
}

TEST(Spread, IsWhatSortingGives) {
  std::mt19937 dice(3);
  for (int round = 0; round < 200; ++round) {
    Spread spread;
    std::vector<std::int64_t> all(1 + dice() % 40);
    for (auto& one : all) spread.add(one = static_cast<std::int64_t>(dice() % 30) - 5);
    std::ranges::sort(all);
    const std::size_t n = all.size();
    EXPECT_EQ(spread.twice_median(), all[(n - 1) / 2] + all[n / 2]);
    EXPECT_EQ(spread.total(), std::accumulate(all.begin(), all.end(), std::int64_t{0}));
  }
}

TEST(Figures, BlankIsNotZero) {
  EXPECT_EQ(figure_text(std::nullopt, 0), "");
  EXPECT_EQ(figure_text(0, 0), "0");
  EXPECT_EQ(figure_text(5, 2), "0.05");
  EXPECT_EQ(figure_text(-1234, 1), "-123.4");
  const CaseBook empty{Instant{0}};
  for (const Method& method : methods())
    if (method.report != "referrals" && method.report != "ctdc" && method.report != "htcds") {
      EXPECT_TRUE(compute(method, empty, {}).rows.empty()) << method.id;
    }
}

// --- as of, and known at ------------------------------------------------------------------------

TEST(Moments, TheBacklogIsThatOfTheMoment) {
  const Instant begin = *Instant::parse("2023-07-01T08:00:00.000Z");
  const auto life = [&](Instant as_of) {
    Office office(as_of);
    const CaseId one = office.report(begin, AgeBand::child);
    office.report(begin + days(1), AgeBand::adult);
    office.decide<DecideFirstStage>(begin + days(4), one, true);
    office.live_until(begin + days(100));
    office.decide<DecideSecondStage>(begin + days(100), one, true);
    return compute(*method_of("backlog"), office.book(), {});
  };
  const auto first = [&](const Figures& figures, const char* quarter) {
    return sum(figures, {{0, quarter}, {1, "first stage"}});
  };
  const auto second = [&](const Figures& figures, const char* quarter) {
    return sum(figures, {{0, quarter}, {1, "second stage"}});
  };
  EXPECT_EQ(first(life(begin + days(2)), "2023Q3"), 2);
  EXPECT_EQ(second(life(begin + days(5)), "2023Q3"), 1);
  const Figures later = life(begin + days(120));
  EXPECT_EQ(second(later, "2023Q3"), 1) << "at the end of that quarter it was so";
  EXPECT_EQ(second(later, "2023Q4"), 0);
  EXPECT_EQ(first(later, "2023Q4"), 1);
}

// --- microdata ----------------------------------------------------------------------------------

void say_to(CaseBook& book, const char* at, StreamKey stream, Event event) {
  Record record;
  record.at = *Instant::parse(at);
  record.events.push_back({stream, std::move(event)});
  book.take(record);
}

// R18: who was heard, and what they said: not recorded, not asked, refused and an answer are four
// different things.
TEST(Feedback, KeepsUnknownNotAskedAndRefusedApart) {
  CaseBook book(*Instant::parse("2024-12-31T23:59:59.999Z"));
  const auto say = [&](const char* at, StreamKey stream, Event event) {
    say_to(book, at, stream, std::move(event));
  };
  for (const char* name : {"heard", "never heard"}) {
    say("2024-01-05T10:00:00.000Z", case_stream(id_of(name)), ReportReceived{});
    say("2024-03-05T10:00:00.000Z", case_stream(id_of(name)), CaseClosed{});
  }
  FeedbackGiven given;
  given.answers = {{FeedbackQuestion::safety, Rating::good},
                   {FeedbackQuestion::respect, Rating::refused}};
  given.missed = {FeedbackTheme::money};
  say("2024-04-05T10:00:00.000Z", feedback_stream(id_of("heard")), given);
  const Figures all = compute(*method_of("R18"), book, {});
  const auto count = [&](const char* month, const char* indicator, const char* group) {
    std::optional<std::int64_t> out;
    for (const FigureRow& row : all.rows)
      if (row.labels == std::vector<std::string>{month, indicator, group}) out = row.values[0];
    return out;
  };
  EXPECT_EQ(count("2024-03", "client feedback of people closed", "recorded"), 1);
  EXPECT_EQ(count("2024-03", "client feedback of people closed", "not recorded"), 1);
  EXPECT_EQ(count("2024-04", "client feedback: safety", "good"), 1);
  EXPECT_EQ(count("2024-04", "client feedback: respect", "refused"), 1);
  EXPECT_EQ(count("2024-04", "client feedback: help", "not asked"), 1);
  EXPECT_EQ(count("2024-04", "client feedback: missed", "money"), 1);
  EXPECT_EQ(count("2024-04", "client feedback: safety", "not asked"), std::nullopt);
  const Figures earlier =
      compute(*method_of("R18"), book, {.from = {}, .to = quarter_number("2024Q1")});
  for (const FigureRow& row : earlier.rows) EXPECT_NE(row.labels[0], "2024-04");
}

// What a file says of permits, compensation, returns and costs is in the reports that ask for it;
// where nothing was said of a cost, it is blank.
TEST(Outcomes, OfProceduresAndCostsAreFed) {
  CaseBook book(*Instant::parse("2025-12-31T23:59:59.999Z"));
  const auto say = [&](const char* at, StreamKey stream, Event event) {
    say_to(book, at, stream, std::move(event));
  };
  const CaseId one(id_of("one")), two(id_of("two"));
  for (const CaseId& subject : {one, two})
    say("2024-01-05T10:00:00.000Z", case_stream(subject), ReportReceived{});
  const auto opened = [&](const char* name, const CaseId& subject, ProcedureKind kind) {
    ProcedureOpened event;
    event.subject = subject;
    event.kind = kind;
    say("2024-02-05T10:00:00.000Z", {StreamKind::procedure, id_of(name)}, event);
  };
  opened("permit", one, ProcedureKind::residence_permit);
  opened("claim", one, ProcedureKind::compensation_claim);
  opened("journey", two, ProcedureKind::return_);
  opened("refused", two, ProcedureKind::residence_permit);
  ProcedureRecorded granted;
  granted.subject = one;
  granted.step = ProcedureStep::granted_until;
  for (const char* at : {"2024-06-05T10:00:00.000Z", "2025-06-05T10:00:00.000Z"})
    say(at, {StreamKind::procedure, id_of("permit")}, granted);
  const auto ended = [&](const char* name, const CaseId& subject, ProcedureEnd end) {
    say("2025-02-05T10:00:00.000Z", {StreamKind::procedure, id_of(name)},
        ProcedureEnded{subject, end});
  };
  ended("claim", one, ProcedureEnd::granted);
  ended("journey", two, ProcedureEnd::returned);
  ended("refused", two, ProcedureEnd::refused);
  ServiceGiven given;
  given.units = 1;
  given.on = *Date::parse("2024-03-01");
  for (const auto& [amount, funding] : {std::pair(3'000u, FundingLine::state_budget),
                                        std::pair(1'000u, FundingLine::international_donor)}) {
    given.cost = Cost{amount, *Currency::parse("EUR"), funding};
    say("2024-03-02T10:00:00.000Z", case_stream(one), given);
  }
  say("2024-04-02T10:00:00.000Z", case_stream(two),
      ServiceStarted{.referral = {},
                     .provider = {},
                     .organisation = {},
                     .service = {},
                     .started_on = *Date::parse("2025-03-01")});
  say("2024-04-02T10:00:00.000Z", case_stream(two),
      ServiceStarted{.referral = {},
                     .provider = {},
                     .organisation = {},
                     .service = {},
                     .started_on = *Date::parse("2024-03-01")});

  const auto count = [&](const char* report, std::vector<std::string> labels) {
    std::optional<std::int64_t> out = -1;  // no such row
    for (const FigureRow& row : compute(*method_of(report), book, {}).rows)
      if (row.labels == labels) out = row.values[0];
    return out;
  };
  EXPECT_EQ(count("R10", {"2024", "residence permit", "granted"}), 1);
  EXPECT_EQ(count("R20", {"2024", "residence permit", "number"}), 1);
  EXPECT_EQ(count("R20", {"2025", "residence permit", "number"}), -1) << "counted once";
  EXPECT_EQ(count("R20", {"2025", "compensation", "number"}), 1);
  EXPECT_EQ(count("R20", {"2025", "return", "number"}), 1);
  EXPECT_EQ(count("R20", {"2024", "return", "number"}), 0);
  EXPECT_EQ(count("R20", {"2024", "conviction", "number"}), std::nullopt);
  EXPECT_EQ(count("R21", {"2024", "share of the state in the cost, per cent", "EUR"}), 750);
  EXPECT_EQ(count("R21", {"2024", "cost", "EUR"}), 40'000);
  EXPECT_EQ(count("R21", {"2025", "cost", "all"}), std::nullopt);
}

TEST(Microdata, EveryLineIsSharedByElevenPeople) {
  Office office(*Instant::parse("2024-01-01T00:00:00.000Z"));
  CaseBook book(*Instant::parse("2024-01-01T00:00:00.000Z"));
  std::mt19937 dice(9);
  constexpr const char* countries[] = {"GB", "AL", "VN", "ER", "RO"};
  for (std::uint32_t i = 0; i < 600; ++i) {
    ReportReceived report;
    report.facts.gender = dice() % 3 == 0 ? Gender::female : Gender::male;
    report.facts.age_at_exploitation = ages[dice() % 3];
    report.facts.age_now = AgeBand::adult;
    report.facts.nationalities = {{*Country::parse(countries[dice() % 5]), std::nullopt}};
    if (dice() % 4 != 0) report.facts.exploitation = {static_cast<Exploitation>(dice() % 5)};
    if (dice() % 10 == 0)
      report.facts.means_of_control = {static_cast<MeansOfControl>(dice() % 17)};
    Record record;
    record.at = *Instant::parse("2023-08-01T00:00:00.000Z");
    record.events.push_back({case_stream(derive(id_of("people"), i)), std::move(report)});
    book.take(record);
  }
  for (const CodeBook columns : {CodeBook::ctdc, CodeBook::htcds}) {
    const Anonymised made = microdata(book, {}, columns, 11);
    std::map<std::vector<std::string>, int> groups;
    for (const auto& row : made.table.rows) {
      std::vector<std::string> line;
      for (const Cell& cell : row) line.push_back(cell.text);
      ++groups[line];
    }
    for (const auto& [line, times] : groups) EXPECT_GE(times, 11);
    EXPECT_EQ(made.people, 600u);
    EXPECT_EQ(made.table.rows.size() + made.lines_left_out, 600u);
    EXPECT_LT(made.lines_left_out, 100u) << "values first, people last";
    EXPECT_GT(groups.size(), 5u) << "leaving out everything is no contribution";
    EXPECT_GT(made.values_left_out, 0u);
  }
  EXPECT_EQ(microdata(book, {}, CodeBook::ctdc, 11).table.header.size(), 62u);
  EXPECT_EQ(microdata(book, {}, CodeBook::ctdc, 1).values_left_out, 0u);
}

// What is not recorded, not asked and known to be "no" are three values.
TEST(Microdata, UnknownIsNotNo) {
  CaseBook book(*Instant::parse("2024-01-01T00:00:00.000Z"));
  Record record;
  record.at = *Instant::parse("2023-08-01T00:00:00.000Z");
  ReportReceived report;
  report.facts.exploitation = {Exploitation::sexual};
  report.facts.means_of_control = {MeansOfControl::debt_bondage};
  record.events.push_back({case_stream(id_of("one")), report});
  report.facts = {};
  record.events.push_back({case_stream(id_of("two")), report});
  book.take(record);
  const Printed table = microdata(book, {}, CodeBook::ctdc, 1).table;
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(table.header, name) - table.header.begin());
  };
  std::map<std::string, std::set<std::string>> seen;
  for (const char* name :
       {"isSexualExploit", "isForcedLabour", "meansOfControlThreats", "meansOfControlDebtBondage"})
    for (const auto& row : table.rows) seen[name].insert(row[column(name)].text);
  EXPECT_EQ(seen["isSexualExploit"], (std::set<std::string>{"-99", "1"}));
  EXPECT_EQ(seen["isForcedLabour"], (std::set<std::string>{"-99", "0"}));
  EXPECT_EQ(seen["meansOfControlThreats"], (std::set<std::string>{"-99"}));
  EXPECT_EQ(seen["meansOfControlDebtBondage"], (std::set<std::string>{"-99", "1"}));
}

// --- file formats -------------------------------------------------------------------------------

Printed small_table() {
  return {.title = "A table",
          .header = {"who", "people"},
          .rows = {{{"=1+1", false}, {"12", true}}, {{"quote \" and, comma", false}, {"", true}}},
          .notes = {"A note."}};
}

TEST(Formats, SpreadsheetsRunNoFormulaAndBlankStaysBlank) {
  const Printed table = small_table();
  EXPECT_EQ(write(table, ReleaseFormat::csv, table).value(),
            "who,people\r\n=1+1,12\r\n\"quote \"\" and, comma\",\r\n");
  EXPECT_EQ(write(table, ReleaseFormat::csv_bom, table).value(),
            "\xEF\xBB\xBFwho,people\r\n'=1+1,12\r\n\"quote \"\" and, comma\",\r\n");
  EXPECT_NE(
      write(table, ReleaseFormat::json, table).value().find("[\"quote \\\" and, comma\",null]"),
      std::string::npos);
}

TEST(Formats, AWorkbookIsAlwaysTheSame) {
  const Printed table = small_table();
  const auto one = write(table, ReleaseFormat::xlsx, table);
  const auto two = write(table, ReleaseFormat::xlsx, table);
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_EQ(*one, *two);
  EXPECT_TRUE(one->starts_with("PK"));
}

// A reader that nobody here wrote.
TEST(Formats, OpenpyxlReadsTheWorkbook) {
  const Printed table = small_table();
  const TemporaryFolder folder;
  const std::string file = folder.file("table.xlsx"), said = folder.file("said.txt");
  std::ofstream(file, std::ios::binary) << write(table, ReleaseFormat::xlsx, table).value();
  const std::string command =
      "/usr/bin/python3 -c \"import openpyxl, sys; b = openpyxl.load_workbook(sys.argv[1]); "
      "print(b.sheetnames); s = b['Figures']; "
      "print([[c.value for c in r] for r in s.iter_rows()], s['A2'].data_type)\" '" +
      file + "' > '" + said + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::stringstream text;
  text << std::ifstream(said).rdbuf();
  EXPECT_EQ(text.str(),
            "['Figures', 'Code book']\n"
            "[['who', 'people'], ['=1+1', 12], ['quote \" and, comma', None], ['A note.', None]] "
            "s\n")
      << "a text that looks like a formula is a text";
}
}  // namespace
}  // namespace nrm::test
