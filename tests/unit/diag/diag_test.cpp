#include "common/diag/diag.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/text.hpp"
#include "common/base/time.hpp"

namespace nrm::diag {
namespace {
// What reaches the real stderr.
template <class F>
std::string written(F&& write_lines) {
  ::testing::internal::CaptureStderr();
  write_lines();
  return ::testing::internal::GetCapturedStderr();
}

json::Value parse(json::Document& document, const std::string& line) {
  const auto parsed = document.parse_strict(line);
  EXPECT_TRUE(parsed) << line;
  return document.root();
}

class Diag : public ::testing::Test {
 protected:
  void SetUp() override { start("nrm-test", Level::info); }
};

TEST_F(Diag, a_line_is_one_json_object) {
  const auto line = written([] {
    warning("feed_stalled", {{"log", "identification/0"}, {"seq", 42}, {"live", true}});
  });
  ASSERT_EQ(std::ranges::count(line, '\n'), 1);
  json::Document document;
  const auto root = parse(document, line);
  ASSERT_EQ(root.kind(), json::Kind::object);
  EXPECT_EQ(root.find("level").text(), "warning");
  EXPECT_EQ(root.find("process").text(), "nrm-test");
  EXPECT_EQ(root.find("event").text(), "feed_stalled");
  EXPECT_EQ(root.find("log").text(), "identification/0");
  EXPECT_EQ(root.find("seq").integer(), 42);
  EXPECT_TRUE(root.find("live").boolean());
  EXPECT_TRUE(Instant::parse(root.find("time").text()));
}

TEST_F(Diag, hostile_text_stays_inside_its_string) {
  const std::string hostile[] = {"\"}\n{\"level\":\"error\"",
                                 std::string("\0\r\n\t", 4),
                                 "\x1b[31mred\x1b[0m",
                                 "\x7f\xc2\x9b"
                                 "31m",
                                 "\xff\xfe broken \xc3",
                                 "%v {} {0} %s\\",
                                 std::string(100'000, '\n'),
                                 "\xe2\x80\xa8line separator"};
  for (const auto& text : hostile) {
    const auto line = written([&] { error("a", {{"text", text}}); });
    ASSERT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    json::Document document;
    const auto root = parse(document, line);
    EXPECT_EQ(root.find("level").text(), "error");
    ASSERT_TRUE(root.find("text"));
    EXPECT_TRUE(is_clean_text(line.substr(0, line.size() - 1)));  // nothing a terminal obeys
  }
}

TEST_F(Diag, lines_below_the_level_are_dropped) {
  EXPECT_EQ(written([] { write(Level::debug, "quiet"); }), "");
  start("nrm-test", Level::error);
  EXPECT_EQ(written([] { warning("quiet"); }), "");
  EXPECT_NE(written([] { error("loud"); }), "");
}

TEST_F(Diag, lines_of_several_threads_do_not_mix) {
  const auto lines = written([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) info("tick", {{"i", i}});
      });
    for (auto& thread : threads) thread.join();
  });
  std::istringstream in(lines);
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    json::Document document;
    EXPECT_EQ(parse(document, line).find("event").text(), "tick");
  }
  EXPECT_EQ(count, 800);
}

// "name value" lines by name; comments are checked to be HELP or TYPE.
std::map<std::string, double> samples() {
  std::map<std::string, double> out;
  std::istringstream in(metrics_text());
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ") || line.empty()) continue;
    const auto space = line.rfind(' ');
    EXPECT_NE(space, std::string::npos) << line;
    std::size_t used = 0;
    out[line.substr(0, space)] = std::stod(line.substr(space + 1), &used);
    EXPECT_EQ(used, line.size() - space - 1) << line;
  }
  return out;
}

TEST(Metrics, text_has_what_was_counted) {
  count("test_inputs_total");
  count("test_inputs_total", 4);
  gauge("test_queue_inputs", 7);
  gauge("test_queue_inputs", -3);
  observe_seconds("test_commit_seconds", 0.0002);
  observe_seconds("test_commit_seconds", 20);
  auto values = samples();
  EXPECT_EQ(values["test_inputs_total"], 5);
  EXPECT_EQ(values["test_queue_inputs"], -3);
  EXPECT_EQ(values["test_commit_seconds_count"], 2);
  EXPECT_EQ(values["test_commit_seconds_bucket{le=\"0.0001\"}"], 0);
  EXPECT_EQ(values["test_commit_seconds_bucket{le=\"0.0003\"}"], 1);
  EXPECT_EQ(values["test_commit_seconds_bucket{le=\"+Inf\"}"], 2);
}

TEST(Metrics, threads_lose_no_count) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 10'000; ++i) {
        count("test_shared_total");
        gauge("test_thread_" + std::to_string(t), i);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(samples()["test_shared_total"], 40'000);
}

TEST(MetricsDeathTest, names_that_are_wrong_stop_the_program) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(count("not a name"), "metric name");
  EXPECT_DEATH(count("test_down_total", -1), "only grows");
  EXPECT_DEATH(
      {
        count("test_two_kinds");
        gauge("test_two_kinds", 1);
      },
      "one kind");
  EXPECT_DEATH(
      {
        for (int i = 0; i < 1'000; ++i) count("test_" + std::to_string(i));
      },
      "literals");
}
}  // namespace
}  // namespace nrm::diag
