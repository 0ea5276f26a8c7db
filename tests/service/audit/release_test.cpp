// Figures of a moment stay those of the moment; a release with noise is checked to its last byte.
#include "services/audit/release.hpp"

#include <gtest/gtest.h>

#include "services/audit/noise.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"
#include "tests/service/audit/sum.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
// A further episode, and what is decided in it, takes nothing from the quarters before; nor does
// the end of an identification that goes on again later.
TEST(Moments, TheBacklogOfAQuarterStaysWhatItWas) {
  const auto backlog_after = [](const std::vector<std::pair<const char*, Event>>& story) {
    CaseBook book(*Instant::parse("2024-12-31T23:59:59.999Z"));
    for (const auto& [at, event] : story) {
      Record record;
      record.at = *Instant::parse(at);
      record.events.push_back({case_stream(id_of("one")), event});
      book.take(record);
    }
    return compute(*method_of("backlog"), book, {});
  };
  const auto decided = [](nrm::Outcome outcome) {
    FirstStageDecided out;
    out.outcome = outcome;
    return out;
  };
  const auto waits = [](const Figures& figures, const char* quarter) {
    return std::pair(sum(figures, {{0, quarter}, {1, "first stage"}}),
                     sum(figures, {{0, quarter}, {1, "second stage"}}));
  };
  using Waits = std::pair<std::int64_t, std::int64_t>;
  const Figures twice = backlog_after(
      {{"2023-01-10T10:00:00.000Z", ReportReceived{}},
       {"2023-05-10T10:00:00.000Z", decided(nrm::Outcome::positive)},
       {"2023-08-10T10:00:00.000Z", SecondStageDecided{.outcome = nrm::Outcome::negative}},
       {"2023-11-10T10:00:00.000Z", FurtherEpisodeOpened{}},
       {"2024-02-10T10:00:00.000Z", decided(nrm::Outcome::negative)}});
  EXPECT_EQ(waits(twice, "2023Q1"), Waits(1, 0));
  EXPECT_EQ(waits(twice, "2023Q2"), Waits(0, 1));
  EXPECT_EQ(waits(twice, "2023Q3"), Waits(0, 0));
  EXPECT_EQ(waits(twice, "2023Q4"), Waits(1, 0));
  EXPECT_EQ(waits(twice, "2024Q1"), Waits(0, 0));
  const Figures resumed = backlog_after({{"2023-01-10T10:00:00.000Z", ReportReceived{}},
                                         {"2023-05-10T10:00:00.000Z", IdentificationEnded{}},
                                         {"2023-08-10T10:00:00.000Z", IdentificationResumed{}}});
  EXPECT_EQ(waits(resumed, "2023Q2"), Waits(0, 0));
  EXPECT_EQ(waits(resumed, "2023Q3"), Waits(1, 0));
}

// R18 is of the quarters that are asked for, in each of its parts.
TEST(Moments, ServicesGivenAreOfThePeriod) {
  CaseBook book(*Instant::parse("2024-12-31T23:59:59.999Z"));
  Record record;
  record.at = *Instant::parse("2023-01-10T10:00:00.000Z");
  record.events.push_back({case_stream(id_of("one")), ReportReceived{}});
  for (const char* day : {"2023-02-01", "2023-08-01"}) {
    ServiceGiven given;
    given.on = *Date::parse(day);
    given.units = 3;
    record.events.push_back({case_stream(id_of("one")), given});
  }
  book.take(record);
  const int third = quarter_number("2023Q3").value();
  const Figures r18 = compute(*method_of("R18"), book, {third, third});
  EXPECT_EQ(sum(r18, {{1, "services given (units)"}}), 3);
}

// --- noise --------------------------------------------------------------------------------------

// What is checked is the file, every byte of it, not the counts alone.
TEST(Noise, NothingButTheCountsMayDifferFromTheRecords) {
  const CrossTable exact{.row_names = {"quarter"},
                         .column_names = {"age"},
                         .rows = {"2023Q3", "2023Q4"},
                         .columns = {"Adult", "Child"},
                         .cells = {{40, 12}, {7, 0}}};
  CrossTable noisy = exact;
  noisy.cells = {{41, 12}, {4, -2}};
  const auto printed = [](const CrossTable& table) {
    return print(with_totals(table), {.threshold = 0, .rounding = 1}, "Somebody");
  };
  for (const ReleaseFormat format : {ReleaseFormat::csv, ReleaseFormat::csv_bom}) {
    Release made;
    made.exact = exact;
    made.table = printed(exact);
    const std::string bytes = write(printed(noisy), format, {}).value();
    const auto noise = noise_in(bytes, format, made);
    ASSERT_TRUE(noise) << noise.error().detail << bytes;
    EXPECT_EQ(*noise, (std::vector<std::int64_t>{1, 0, -3, -2}));
    const auto forged = [&](std::string_view what, std::string_view with) {
      std::string other = bytes;
      const auto at = other.find(what);
      EXPECT_NE(at, other.npos) << what << " in " << bytes;
      return noise_in(other.replace(at, what.size(), with), format, made);
    };
    for (const auto& [what, with] :
         {std::pair("Adult", "Elder"), std::pair("2023Q4", "2024Q4"), std::pair(",53", ",35"),
          std::pair("41", "41 "), std::pair("41", "041"), std::pair("41", "41x"),
          std::pair("41", ""), std::pair("41", "9999999999999999999"), std::pair("\r\n", "\n")}) {
      const auto read = forged(what, with);
      ASSERT_FALSE(read) << what << " -> " << with;
      EXPECT_EQ(read.error().code, Code::corrupt) << what;
    }
    EXPECT_FALSE(noise_in(bytes + "more\r\n", format, made));
  }
}

// A decision counts once for each episode of a person, so its noise is as much stronger.
TEST(Noise, HidesAllThatOnePersonMayChange) {
  for (const Method& method : methods())
    if (method_of(method.report) == &method && method.people) {
      EXPECT_EQ(method.most_of_one, method.report.ends_with("_stage") ? 5u : 1u) << method.id;
    }
  const auto entropy = seeded_entropy(9);
  DiscreteLaplace noise({1, 1}, 5, *entropy);
  std::vector<std::int64_t> draws(500);
  for (auto& one : draws) one = noise.draw();
  EXPECT_TRUE(plausible(draws, {1, 1}, 5));
  EXPECT_FALSE(plausible(draws, {1, 1}, 1));
}
}  // namespace
}  // namespace nrm::test
