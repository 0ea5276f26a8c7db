#include "common/clock/clock.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace nrm {
namespace {
using std::chrono::hours;
using std::chrono::milliseconds;

// The machine's clock runs on while a test looks; far less than the hours that tests move it.
constexpr Milliseconds slack = std::chrono::minutes(10);

class SandboxClockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "nrm_clock_XXXXXX";
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    folder = pattern;
    file = folder + "/clock";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<SandboxClock> open() {
    auto clock = open_sandbox_clock(file);
    EXPECT_TRUE(clock);
    return std::move(*clock);
  }

  std::string folder, file;
};

void expect_near(Instant a, Instant b) {
  EXPECT_LT(a - b, slack);
  EXPECT_LT(b - a, slack);
}

TEST(SystemClock, is_the_time_of_the_machine) {
  const auto machine = std::chrono::system_clock::now().time_since_epoch();
  expect_near(system_clock()->now(), {std::chrono::duration_cast<milliseconds>(machine).count()});
}

TEST_F(SandboxClockTest, a_fresh_one_shows_the_time_of_the_machine) {
  expect_near(open()->now(), system_clock()->now());
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(status.st_size, 8);
}

TEST_F(SandboxClockTest, all_who_have_it_open_see_a_move) {
  const auto one = open();
  const auto other = open();
  const Instant before = other->now();
  const Instant moved = one->advance(hours(24 * 45));
  EXPECT_GE(moved - before, hours(24 * 45));
  EXPECT_GE(other->now(), moved);
  expect_near(other->now(), moved);
  expect_near(open()->now(), moved);  // and who opens it later
}

TEST_F(SandboxClockTest, another_process_sees_a_move) {
  const auto clock = open();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto its_own = open_sandbox_clock(file);
    if (its_own) (*its_own)->advance(hours(1'000));
    ::_exit(its_own ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  expect_near(clock->now(), system_clock()->now() + hours(1'000));
}

TEST_F(SandboxClockTest, moves_of_many_threads_all_count_and_time_never_goes_back) {
  const auto clock = open();
  const Instant start = clock->now();
  std::atomic<bool> went_back = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      const auto mine = open();
      Instant last = mine->now();
      for (int i = 0; i < 1'000; ++i) {
        const Instant moved = mine->advance(hours(1));
        if (moved < last + hours(1)) went_back = true;
        last = moved;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(went_back);
  expect_near(clock->now(), start + hours(4'000));
}

TEST_F(SandboxClockTest, the_start_is_set_once) {
  const auto begin = *Instant::parse("2024-01-01T08:00:00.000Z");
  const auto clock = open();
  EXPECT_EQ(clock->start_at(begin), begin);
  expect_near(clock->now(), begin);
  const auto other = open();
  expect_near(other->start_at(*Instant::parse("2030-01-01T08:00:00.000Z")), begin);
  expect_near(clock->now(), begin);
}

TEST_F(SandboxClockTest, stops_at_the_last_year_that_has_a_text) {
  const auto clock = open();
  const Instant last = clock->advance(Milliseconds::max());
  EXPECT_EQ(last.text().substr(0, 4), "9999");
  EXPECT_GE(clock->advance(hours(1)), last);
  EXPECT_GE(clock->now(), last);
}

TEST_F(SandboxClockTest, a_file_that_is_something_else_is_refused) {
  std::ofstream(file) << "not a clock";
  EXPECT_EQ(open_sandbox_clock(file).error().code, Code::corrupt);
  EXPECT_EQ(open_sandbox_clock(folder + "/no/such/folder").error().code, Code::io_failed);
  std::filesystem::create_symlink(file, folder + "/link");
  EXPECT_EQ(open_sandbox_clock(folder + "/link").error().code, Code::io_failed);
}

TEST_F(SandboxClockTest, backwards_is_a_mistake_of_ours) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto clock = open();
  EXPECT_DEATH(clock->advance(milliseconds(-1)), "forward");
}

TEST(ManualClock, shows_what_it_is_told) {
  ManualClock clock(Instant{1'000});
  clock.advance(milliseconds(5));
  EXPECT_EQ(clock.now(), Instant{1'005});
  clock.set(Instant{7});
  EXPECT_EQ(clock.now(), Instant{7});
}
}  // namespace
}  // namespace nrm
