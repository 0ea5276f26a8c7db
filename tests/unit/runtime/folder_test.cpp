#include "common/runtime/folder.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace nrm::test {
namespace {
class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    char name[] = "/tmp/nrm-folder-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~FolderTest() override { std::filesystem::remove_all(path); }
  std::string path;
};

TEST_F(FolderTest, WhatIsWrittenIsReadAndModesAreAsAsked) {
  const std::string file = path + "/x";
  ASSERT_TRUE(write_file(file, "text", 0400));
  EXPECT_EQ(read_file(file).value(), "text");
  const auto mode = std::filesystem::status(file).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read);
  ASSERT_TRUE(write_file(file, "other", 0400)) << "replaced as a whole";
  EXPECT_EQ(read_file(file).value(), "other");
}

TEST_F(FolderTest, AFileNeedsNoFolderInItsName) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(path);
  EXPECT_TRUE(write_file("here", "text", 0400));
  EXPECT_EQ(read_file("here").value(), "text");
  std::filesystem::current_path(before);
}

TEST_F(FolderTest, MissingAndLargeFilesAreErrorsThatNameThem) {
  const auto missing = read_file(path + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  EXPECT_NE(missing.error().detail.find("/none"), std::string::npos);
  ASSERT_TRUE(write_file(path + "/big", std::string(100, 'x'), 0600));
  EXPECT_EQ(read_file(path + "/big", 99).error().code, Code::too_large);
}

TEST_F(FolderTest, AFolderThatIsNoneSaysHowToMakeOne) {
  const auto folder = Folder::open(path);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().detail.find("nrm init --dir " + path), std::string::npos);
}
}  // namespace
}  // namespace nrm::test
