#include "services/cli/supervisor.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <thread>

#include "common/runtime/folder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;
using Ticks = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr std::chrono::seconds generous{60};

class SupervisorTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(dir_.file("run"));
    fs::create_directories(dir_.file("logs"));
  }
  // A shell script; $1 is the data folder.
  Program script(const std::string& name, const std::string& text) {
    const std::string path = dir_.file(name + ".sh");
    EXPECT_TRUE(write_file(path, "#!/bin/sh\n" + text + "\n", 0700));
    return {name, path};
  }
  // Turns the supervisor until `done`; false when it takes too long. Keeps the final exit code.
  template <class Done>
  bool turn_until(Supervisor& supervisor, Done done) {
    const auto until = Ticks::now() + generous;
    while (!done()) {
      if (Ticks::now() > until) return false;
      if (const int code = supervisor.reap(Ticks::now()); code != 0) final_code_ = code;
      supervisor.start_due(Ticks::now());
      std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
  }
  std::string text(const std::string& name) const {
    const auto read = read_file(dir_.file(name));
    return read ? *read : std::string();
  }
  long lines(const std::string& name) const {
    const std::string all = text(name);
    return std::count(all.begin(), all.end(), '\n');
  }
  test::TemporaryFolder dir_;
  int final_code_ = 0;
};

// As on a full disk: what cannot be started now must not take the others with it.
TEST_F(SupervisorTest, TriesAgainWhatCannotBeStarted) {
  fs::create_directories(dir_.file("logs/a.log"));  // no file can be opened there
  fs::create_directories(dir_.file("run/b.pid"));   // nor this one be written
  Supervisor supervisor(dir_.path(), {script("a", "echo a >> $1/a; sleep 60"),
                                      script("b", "echo b >> $1/b; sleep 60")});
  EXPECT_TRUE(turn_until(supervisor, [&] { return lines("b") == 1; }));
  EXPECT_EQ(lines("a"), 0);
  fs::remove(dir_.file("logs/a.log"));
  EXPECT_TRUE(turn_until(supervisor, [&] { return lines("a") == 1; }));
  EXPECT_EQ(lines("b"), 1) << "it was started once, and runs";
  EXPECT_EQ(final_code_, 0);
}

TEST_F(SupervisorTest, StartsAgainWhatDied) {
  Supervisor supervisor(dir_.path(), {script("a", "echo started >> $1/starts; exit 70")});
  EXPECT_TRUE(turn_until(supervisor, [&] { return lines("starts") >= 3; }));
  EXPECT_EQ(final_code_, 0);
}

TEST_F(SupervisorTest, StartsAgainWhatWasKilled) {
  Supervisor supervisor(dir_.path(), {script("a", "echo $$ >> $1/pids; exec sleep 600")});
  ASSERT_TRUE(turn_until(supervisor, [&] { return lines("pids") == 1; }));
  EXPECT_EQ(text("run/a.pid"), text("pids"));
  ::kill(std::stoi(text("pids")), SIGKILL);
  EXPECT_TRUE(turn_until(supervisor, [&] { return lines("pids") == 2; }));
}

TEST_F(SupervisorTest, TellsWhoMustNotBeStartedAgain) {
  Supervisor supervisor(dir_.path(), {script("a", "echo x >> $1/starts; exit 76")});
  EXPECT_TRUE(turn_until(supervisor, [&] { return final_code_ != 0; }));
  EXPECT_EQ(final_code_, 76);
  EXPECT_EQ(lines("starts"), 1);
}

TEST_F(SupervisorTest, StopsInTheOppositeOrder) {
  const auto child = [&](const std::string& name) {
    return script(name, "trap 'echo " + name + " >> $1/stopped; exit 0' TERM\necho " + name +
                            " >> $1/started\nwhile :; do sleep 0.01; done");
  };
  Supervisor supervisor(dir_.path(), {child("first"), child("second"), child("third")});
  ASSERT_TRUE(turn_until(supervisor, [&] { return lines("started") == 3; }));
  supervisor.stop(generous);
  EXPECT_EQ(text("stopped"), "third\nsecond\nfirst\n");
  EXPECT_FALSE(fs::exists(dir_.file("run/first.pid")));
}

TEST_F(SupervisorTest, EndsWhoDoesNotListen) {
  Supervisor supervisor(dir_.path(), {script("deaf",
                                             "trap '' TERM\necho $$ > $1/pid\nwhile :; do "
                                             "sleep 0.01; done")});
  ASSERT_TRUE(turn_until(supervisor, [&] { return lines("pid") == 1; }));
  supervisor.stop(milliseconds(20));
  EXPECT_NE(::kill(std::stoi(text("pid")), 0), 0);
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsTriedAgain) {
  Supervisor supervisor(dir_.path(), {{"ghost", dir_.file("nowhere")}});
  supervisor.start_due(Ticks::now());
  const auto until = Ticks::now() + generous;
  while (fs::exists(dir_.file("run/ghost.pid")) && Ticks::now() < until) {
    EXPECT_EQ(supervisor.reap(Ticks::now()), 0);
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_FALSE(fs::exists(dir_.file("run/ghost.pid")));
}
}  // namespace
}  // namespace nrm::cli
