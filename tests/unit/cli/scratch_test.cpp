#include "services/cli/scratch.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

TEST(Scratch, IsGoneAtTheEnd) {
  const test::TemporaryFolder parent;
  std::string path;
  {
    const auto scratch = Scratch::make(parent.path());
    ASSERT_TRUE(scratch);
    path = scratch->path();
    std::ofstream(path + "/state") << "coded facts";
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Scratch, OfACommandThatWasKilledGoesWithTheNextOne) {
  const test::TemporaryFolder parent;
  const pid_t killed = ::fork();
  if (killed == 0) {
    const auto scratch = Scratch::make(parent.path());
    if (scratch) std::ofstream(scratch->path() + "/state") << "coded facts";
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(killed, &status, 0), killed);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(std::distance(fs::directory_iterator(parent.path()), {}), 1) << "it left one";

  const auto first = Scratch::make(parent.path()), second = Scratch::make(parent.path());
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(fs::exists(first->path())) << "in use";
  EXPECT_TRUE(fs::exists(second->path()));
  EXPECT_EQ(std::distance(fs::directory_iterator(parent.path()), {}), 2);
}

TEST(Scratch, LeavesAloneWhatIsNotItsOwn) {
  const test::TemporaryFolder parent;
  fs::create_directory(parent.file("nrm-other"));
  const std::string other = parent.file("nrm-other"), link = parent.file(".nrm-scratch-abcdef");
  fs::create_directory_symlink(other, link);
  std::ofstream(other + "/made-for-one-command") << "";
  // Somebody's export; named like ours by chance, but without our mark; and longer.
  const std::string theirs[] = {parent.file("nrm-audit-june10"), parent.file("nrm-audit-export"),
                                parent.file(".nrm-scratch-june10"),
                                parent.file(".nrm-scratch-june2026")};
  for (const std::string& folder : theirs) {
    fs::create_directory(folder);
    std::ofstream(folder + "/evidence") << "the only copy";
  }
  std::ofstream(theirs[3] + "/made-for-one-command") << "";
  ASSERT_TRUE(Scratch::make(parent.path()));
  EXPECT_TRUE(fs::is_symlink(link) && fs::exists(other + "/made-for-one-command"));
  for (const std::string& folder : theirs) EXPECT_TRUE(fs::exists(folder + "/evidence")) << folder;
}
}  // namespace
}  // namespace nrm::cli
