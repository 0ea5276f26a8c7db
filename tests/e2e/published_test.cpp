// A quarter whose published decisions are followed, on a real installation: small tables of the
// published shape, real processes, every decision over HTTPS. R2 to R5 come out as published, and a
// published count that is another one is found.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "common/base/csv.hpp"
#include "common/crypto/crypto.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

// Nobody of unknown age is in the table, and some are decided: all of them are carried over.
constexpr const char* referrals =
    "first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,"
    "people\r\n"
    "Police,Kent Police,Criminal,Child (17 or under),Male,UK,2\r\n"
    "Police,Kent Police,Labour,Adult (18 or over),Female,Albanian,3\r\n"
    "Local Authority,Kent County Council,Sexual,Child (17 or under),Female,Vietnamese,1\r\n"
    "NGO and third sector,Salvation Army,Sexual & Labour,Adult (18 or over),Female,Eritrean,2\r\n";

// Negative, positive: adults, children, unknown.
struct Published {
  std::array<int, 6> first{1, 2, 1, 3, 1, 1}, second{1, 1, 0, 2, 1, 0};
  int notified = 3;
};

std::string decisions(const std::string& words, const std::array<int, 6>& counts) {
  std::string head = "Year,Quarter", row = "2023,Q3";
  int total = 0, i = 0;
  for (const char* age :
       {"Adult (18 or over)", "Child (17 or under)", "Age not specified or unknown"}) {
    for (const char* outcome : {"Negative", "Positive"}) {
      head += std::string(",") + age + " - " + outcome + ' ' + words;
      total += counts[static_cast<std::size_t>(i)];
      row += ',' + std::to_string(counts[static_cast<std::size_t>(i++)]);
    }
    head += std::string(",") + age + " - Total";
    row += ',' + std::to_string(counts[static_cast<std::size_t>(i - 1)] +
                                counts[static_cast<std::size_t>(i - 2)]);
  }
  return head + ",Total\r\n" + row + ',' + std::to_string(total) + "\r\n";
}

std::string write_tables(const std::string& folder, const Published& published) {
  fs::create_directories(folder);
  std::ofstream(folder + "/small_2023_q3.csv", std::ios::binary) << referrals;
  std::ofstream(folder + "/reasonable_grounds.csv")
      << decisions("reasonable grounds", published.first);
  std::ofstream(folder + "/conclusive_grounds.csv")
      << decisions("conclusive grounds", published.second);
  std::ofstream(folder + "/duty_to_notify.csv")
      << "Year,Quarter,Total\r\n2023,Q3," + std::to_string(published.notified) + "\r\n";
  return folder;
}

// "Adult (18 or over)|positive" -> decisions, as the command that anybody may run prints them.
std::map<std::string, int> counted(const Installation& at, const std::string& report) {
  const Ran ran = at.nrm(
      {"audit", "statistics", report, "--from", "2023Q3", "--to", "2023Q3", "--format", "csv"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = csv::read(ran.out);
  EXPECT_TRUE(rows);
  std::map<std::string, int> out;
  for (std::size_t i = 1; rows && i < rows->size(); ++i) {
    const auto& cells = (*rows)[i].cells;
    out[cells.size() < 5 ? "" : cells[2] + '|' + cells[3]] += std::atoi(cells.back().c_str());
  }
  return out;
}

void expect_counts(const std::map<std::string, int>& got, const std::array<int, 6>& wanted,
                   const char* report) {
  std::size_t i = 0;
  for (const char* age : {"Adult (18 or over)", "Child (17 or under)", "Not specified or unknown"})
    for (const char* outcome : {"negative", "positive"}) {
      const auto found = got.find(std::string(age) + '|' + outcome);
      EXPECT_EQ(found == got.end() ? 0 : found->second, wanted[i++])
          << report << ' ' << age << ' ' << outcome;
    }
}

TEST(FollowsPublished, DecisionsOfAQuarterAreThePublishedOnes) {
  crypto::start();
  const Published published;
  Installation at("uk", "2023-06-17");
  const std::string tables = write_tables(at.dir() + "/../tables", published);
  at.up();
  // No second stage before day 38: six weeks into the quarter all of them were there.
  const Ran played = at.nrm(
      {"rehearse", "--follow-published", tables, "--quarter", "2023Q3", "--until", "2023-08-14"});
  EXPECT_EQ(played.exit_code, 0) << played.out << played.err;
  EXPECT_NE(played.out.find("Decisions of 2023Q3, published and computed from the logs: EQUAL, "
                            "cell by cell"),
            std::string::npos)
      << played.out;
  EXPECT_NE(played.out.find("computed from the logs: EQUAL, cell by cell\n  " + tables),
            std::string::npos)
      << played.out;
  expect_counts(counted(at, "R3"), published.first, "R3");
  expect_counts(counted(at, "R4"), published.second, "R4");
  int notified = 0;
  for (const auto& [labels, people] : counted(at, "R5")) notified += people;
  EXPECT_EQ(notified, published.notified);
  EXPECT_EQ(
      at.nrm({"audit", "statistics", "R2", "--from", "2023Q3", "--to", "2023Q3", "--format", "csv"})
          .out,
      referrals);

  // A count that was published otherwise is seen, and named.
  Published other = published;
  ++other.second[3];
  const std::string changed = write_tables(at.dir() + "/../changed", other);
  const Ran differs = at.nrm({"rehearse", "--summary", "--follow-published", changed, "--quarter",
                              "2023Q3", "--until", "2023-08-14"});
  EXPECT_EQ(differs.exit_code, 1) << differs.out << differs.err;
  EXPECT_NE(differs.out.find("DIFFERENT in 1 cells"), std::string::npos) << differs.out;
  EXPECT_EQ(at.down(), 0);
}

// Who cannot be reported in time any more is not reported at all.
TEST(FollowsPublished, SaysWhatDoesNotGoBeforeAnybodyIsReported) {
  crypto::start();
  Installation at("uk", "2023-07-03");
  const std::string tables = write_tables(at.dir() + "/../tables", {});
  at.up();
  const auto follow = [&](const std::string& folder, const std::string& quarter) {
    return at.nrm({"rehearse", "--follow-published", folder, "--quarter", quarter});
  };
  const Ran late = follow(tables, "2023Q3");
  EXPECT_NE(late.exit_code, 0);
  EXPECT_NE(late.err.find("nrm init --begin 2023-06-17"), std::string::npos) << late.err;
  EXPECT_EQ(follow(tables, "2023Q2").exit_code, 64);
  EXPECT_EQ(follow(tables, "summer").exit_code, 64);
  const Ran nowhere = follow(at.dir() + "/nowhere", "2023Q3");
  EXPECT_EQ(nowhere.exit_code, 64);
  EXPECT_NE(nowhere.err.find("there is no such folder"), std::string::npos) << nowhere.err;
  EXPECT_EQ(at.nrm({"rehearse", "--quarter", "2023Q3"}).exit_code, 64);
  const Ran csv = at.nrm({"audit", "statistics", "referrals", "--format", "csv"});
  EXPECT_EQ(csv.out.find('\n'), csv.out.size() - 1) << "the head alone: nobody was reported";
  EXPECT_EQ(at.down(), 0);
}
}  // namespace
}  // namespace nrm::test
