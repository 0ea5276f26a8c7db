// Figures from real processes: proposed, approved by a second person, exported, and computed again
// by somebody who has the export and nothing else.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

std::string text_of(const std::string& file) {
  std::stringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

std::string rows_of_a_quarter(int from, int to) {
  std::ifstream in(NRM_SOURCE_FOLDER "/tests/data/uk-nrm/uk_nrm_referrals_2023_q3.csv");
  std::string out, line;
  std::getline(in, line);
  out = line + "\n";
  for (int row = 0; row < to && std::getline(in, line); ++row)
    if (row >= from) out += line + "\n";
  return out;
}

class Publications : public testing::Test {
 protected:
  Publications() {
    crypto::start();
    at_.up();
    load(0, 60);
  }
  void load(int from, int to) {
    const std::string file = at_.dir() + "/people.csv";
    std::ofstream(file) << rows_of_a_quarter(from, to);
    const Ran loaded = at_.nrm({"load", file});
    ASSERT_EQ(loaded.exit_code, 0) << loaded.out << loaded.err;
  }
  std::string file(const std::string& name) const { return at_.dir() + "/" + name; }
  // The id of what was proposed; empty when it was refused.
  std::string publish(std::vector<std::string> more, Ran* said = nullptr) {
    std::vector<std::string> command{
        "audit", "publish", "referrals", "--rows", "first_responder_type", "--columns", "gender"};
    command.insert(command.end(), more.begin(), more.end());
    const Ran ran = at_.nrm(command);
    if (said != nullptr) *said = ran;
    return ran.exit_code == 0 ? ran.out.substr(0, 36) : std::string();
  }
  Ran publication(std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "publication"});
    return at_.nrm(more);
  }

  Installation at_{"uk"};
};

TEST_F(Publications, GoFromProposalToPrintAndFollowFromAnExport) {
  Ran said;
  const std::string id = publish({"--rule", "suppressed", "--out", file("one.csv")}, &said);
  ASSERT_EQ(id.size(), 36u) << said.out << said.err;
  EXPECT_TRUE(fs::exists(file("one.codebook.csv")));
  // Who proposed does not approve; who approves computes it again.
  EXPECT_EQ(publication({"approve", id, "--as", "competent-authority"}).exit_code, 1);
  const Ran approved = publication({"approve", id, "--as", "auditor"});
  ASSERT_EQ(approved.exit_code, 0) << approved.out << approved.err;

  // Later people are not in it: it stays as published, and as now known is another one.
  load(60, 90);
  EXPECT_EQ(publication({"verify", id}).exit_code, 0);
  const std::string again = publish({"--rule", "suppressed", "--out", file("two.csv")}, &said);
  EXPECT_EQ(again, "") << "it must say what it revises";
  EXPECT_NE(said.err.find("revises"), std::string::npos) << said.err;
  const std::string revision =
      publish({"--rule", "suppressed", "--out", file("two.csv"), "--revises", id}, &said);
  ASSERT_EQ(revision.size(), 36u) << said.err;
  ASSERT_EQ(publication({"approve", revision, "--as", "auditor"}).exit_code, 0);
  const Ran listed = publication({"list"});
  EXPECT_NE(listed.out.find("revised"), std::string::npos) << listed.out;

  // With the export alone: both versions, bit by bit; without the services.
  EXPECT_EQ(at_.down(), 0);
  EXPECT_EQ(at_.nrm({"audit", "verify"}).exit_code, 0);
  ASSERT_EQ(at_.nrm({"audit", "export", file("export")}).exit_code, 0);
  const Ran verified = publication({"verify", "--from", file("export")});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_NE(verified.out.find(id), std::string::npos);
  EXPECT_NE(verified.out.find(revision), std::string::npos);
  const Ran one = publication({"verify", id, "--from", file("export"), "--file", file("one.csv")});
  EXPECT_EQ(one.exit_code, 0) << one.out << one.err;
  const Ran other =
      publication({"verify", id, "--from", file("export"), "--file", file("two.csv")});
  EXPECT_EQ(other.exit_code, 65) << "another file is not what was published";

  // A record of the export that was changed gives other people, and is found out before that.
  const std::string bundle = file("export/identification-0/tile/entries");
  for (const auto& entry : fs::recursive_directory_iterator(bundle)) {
    if (!entry.is_regular_file()) continue;
    std::string bytes = text_of(entry.path());
    const auto place = bytes.find("\"gender\":\"male\"");
    if (place == bytes.npos) continue;
    bytes[place + 11] = 'f';
    std::ofstream(entry.path(), std::ios::binary) << bytes;
    break;
  }
  EXPECT_EQ(publication({"verify", "--from", file("export")}).exit_code, 65);
}

TEST_F(Publications, WithNoiseAreCheckedAndPaidFor) {
  Ran said;
  // What cannot be written is not paid for.
  EXPECT_EQ(publish({"--rule", "private", "--epsilon", "2/3", "--out", file("nowhere/x.csv")}), "");
  const std::vector<std::string> noisy{"--rule", "private", "--epsilon",
                                       "2/3",    "--out",   file("noisy.csv")};
  const std::string id = publish(noisy, &said);
  ASSERT_EQ(id.size(), 36u) << said.out << said.err;
  EXPECT_EQ(publication({"approve", id, "--as", "auditor"}).exit_code, 64)
      << "the file is needed: noise is not made again";
  const Ran approved = publication({"approve", id, "--as", "auditor", "--file", file("noisy.csv")});
  ASSERT_EQ(approved.exit_code, 0) << approved.out << approved.err;
  EXPECT_EQ(publication({"verify", id, "--file", file("noisy.csv")}).exit_code, 0);
  std::ofstream(file("changed.csv")) << text_of(file("noisy.csv")) + "\r\n";
  EXPECT_EQ(publication({"verify", id, "--file", file("changed.csv")}).exit_code, 65);
  // A third of the year's budget is left.
  EXPECT_EQ(
      publish({"--rule", "private", "--epsilon", "1/2", "--revises", id, "--out", file("more.csv")},
              &said),
      "");
  EXPECT_NE(said.err.find("1/3 is left"), std::string::npos) << said.err;
  EXPECT_FALSE(fs::exists(file("more.csv"))) << "noise that was not paid for is not given out";
  EXPECT_FALSE(fs::exists(file("more.csv.draft")));
  EXPECT_FALSE(fs::exists(file("noisy.csv.draft")));
}

TEST_F(Publications, StatisticsSayWhatIsWrongAndWhatThereIs) {
  EXPECT_EQ(at_.nrm({"audit", "statistics", "R99"}).exit_code, 64);
  EXPECT_EQ(at_.nrm({"audit", "statistics", "R3", "--from", "2023"}).exit_code, 64);
  EXPECT_EQ(at_.nrm({"audit", "statistics", "R2", "--rule", "suppressed"}).exit_code, 64);
  const Ran listed = at_.nrm({"audit", "statistics", "list"});
  EXPECT_EQ(listed.exit_code, 0);
  for (const char* code : {"R1", "R8", "R21", "not here: R12"})
    EXPECT_NE(listed.out.find(code), std::string::npos) << code;
  for (const char* report : {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11",
                             "R14", "R15", "R17", "R18", "R19", "R20", "R21", "htcds"}) {
    for (const char* format : {"text", "csv", "csv-bom", "json"}) {
      const Ran ran = at_.nrm({"audit", "statistics", report, "--format", format});
      EXPECT_EQ(ran.exit_code, 0) << report << ' ' << format << ran.err;
    }
    const std::string sheet = file(std::string(report) + ".xlsx");
    EXPECT_EQ(
        at_.nrm({"audit", "statistics", report, "--format", "xlsx", "--out", sheet}).exit_code, 0);
    EXPECT_TRUE(text_of(sheet).starts_with("PK")) << report;
  }
  // Drawn for eyes, and never into a file that a program reads.
  const Ran piped = at_.nrm({"audit", "statistics", "R1"});
  EXPECT_EQ(piped.out.find("█"), std::string::npos) << piped.out;
  const Ran drawn = at_.nrm({"audit", "statistics", "R1", "--chart"});
  EXPECT_NE(drawn.out.find("█"), std::string::npos) << drawn.out;
  const Ran referrals = at_.nrm({"audit", "statistics", "referrals", "--chart"});
  EXPECT_NE(referrals.out.find("█"), std::string::npos) << referrals.out;
  for (const char* format : {"csv", "json"})
    EXPECT_EQ(at_.nrm({"audit", "statistics", "R1", "--chart", "--format", format}).exit_code, 64);
  // What was known before the first report: nobody.
  const Ran before =
      at_.nrm({"audit", "statistics", "R1", "--known-at", "2001-01-01", "--format", "csv"});
  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_EQ(before.out, "quarter,age,place,people\r\n");
}

// A complaint about the authority from hand to hand, one that the offices leave lying, and the days
// that the process looked at by itself; then all of it from the logs alone.
TEST_F(Publications, ComplaintsAndObservedDaysFollowFromTheLogs) {
  const auto folder = Folder::open(at_.dir());
  ASSERT_TRUE(folder);
  const auto offices = *folder->policy().appointments;
  const auto act = [&](const std::string& path, const std::string& body, const std::string& as) {
    const Ran ran = at_.nrm({"act", path, body, "--as", as, "--json"});
    EXPECT_EQ(ran.exit_code, 0) << path << ran.out << ran.err;
    return ran.out;
  };
  const auto complain = [&] {
    const std::string said =
        act("complaints",
            R"({"about":")" + offices.competent_authority.text() + R"(","matter":"delay"})",
            "case-manager");
    const auto at = said.find("\"complaint\":\"");
    return at == said.npos ? std::string() : said.substr(at + 13, 36);
  };
  const std::string one = complain(), left_lying = complain();
  ASSERT_EQ(one.size(), 36u);
  act("complaints/" + one + "/record", "{}", "auditor");
  // Never to the body complained of; nor does that body see it.
  const Ran wrong =
      at_.nrm({"act", "complaints/" + one + "/assignment",
               R"({"to":")" + offices.competent_authority.text() + "\"}", "--as", "auditor"});
  EXPECT_EQ(wrong.exit_code, 64) << wrong.out << wrong.err;
  EXPECT_NE(at_.nrm({"act", "complaints/" + one + "/record", "{}", "--as", "competent-authority"})
                .exit_code,
            0);
  act("complaints/" + one + "/withdrawal", "{}", "case-manager");

  ASSERT_EQ(at_.nrm({"sandbox", "advance", "9d"}).exit_code, 0);
  ASSERT_EQ(at_.nrm({"sandbox", "advance", "1d"}).exit_code, 0);
  // The services say once a second how far they are; then the day is over everywhere.
  std::string told;
  for (int i = 0; i < 80 && told.find(R"("kind":"warning")") == told.npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    told = at_.nrm({"audit", "replay", "--service", "audit", "--json"}).out;
  }
  EXPECT_NE(told.find(R"("kind":"warning")"), std::string::npos) << told;
  EXPECT_NE(told.find(R"("kind":"complaint","status":"escalated","streams":1)"), std::string::npos)
      << told << left_lying;
  EXPECT_EQ(at_.down(), 0);
  const Ran verified = at_.nrm({"audit", "verify", "--json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  const auto days = verified.out.find("days of early warnings counted again");
  EXPECT_NE(days, std::string::npos) << verified.out;
  const Ran listed = at_.nrm({"audit", "complaints", "--format", "csv"});
  EXPECT_TRUE(listed.out.starts_with("quarter,by,value,complaints\r\n2023Q3,")) << listed.out;
  EXPECT_NE(listed.out.find(",total,all,c\r\n"), std::string::npos) << "two: too few to show";
}
}  // namespace
}  // namespace nrm::test
