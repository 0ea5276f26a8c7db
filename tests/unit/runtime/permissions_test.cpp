// A data folder with one permission wrong at a time: each is found, named, and the command that is
// told mends it.
#include "common/runtime/permissions.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

class PermissionsTest : public ::testing::Test {
 protected:
  PermissionsTest() {
    char name[] = "/tmp/nrm-permissions-XXXXXX";
    folder = ::mkdtemp(name);
    for (const char* sub : {"keys", "keys/vault", "keys/vault/epochs", "keys/gateway", "store",
                            "store/vault", "run", "tls", "sandbox", "identity"})
      make_folder(sub, 0700);
    for (const char* file :
         {"keys/vault/master.json", "keys/vault/shares", "mechanism.json", "policy.json",
          "identity/providers.json", "sandbox/clock", "keys/vault/epochs/1"})
      make_file(file, 0600);
    for (const char* key : {"keys/vault/curve", "keys/vault/log", "keys/vault/master",
                            "keys/gateway/curve", "tls/server-key.pem"})
      make_file(key, 0400);
  }
  ~PermissionsTest() override { fs::remove_all(folder); }

  std::string in(const std::string& relative) const { return folder + "/" + relative; }
  void make_folder(const std::string& relative, mode_t mode) {
    ASSERT_EQ(::mkdir(in(relative).c_str(), 0700), 0);
    ASSERT_EQ(::chmod(in(relative).c_str(), mode), 0);
  }
  void make_file(const std::string& relative, mode_t mode) {
    std::ofstream(in(relative)) << "x";
    ASSERT_EQ(::chmod(in(relative).c_str(), mode), 0);
  }
  // Refused with this path, and good again after the command that the error tells.
  void expect_refused_and_mended(const std::string& path, std::string_view process = "vault") {
    const auto bad = check_permissions(folder, process);
    ASSERT_FALSE(bad) << path;
    EXPECT_EQ(bad.error().code, Code::forbidden);
    const std::string& detail = bad.error().detail;
    EXPECT_TRUE(detail.starts_with(path + ": ")) << detail;
    const auto from = detail.find("(mend it with: ");
    ASSERT_NE(from, std::string::npos) << detail;
    const std::string command = detail.substr(from + 15, detail.size() - from - 16);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    const auto mended = check_permissions(folder, process);
    EXPECT_TRUE(mended) << command << "\n" << mended.error().detail;
  }
  std::string folder;
};

TEST_F(PermissionsTest, AFolderAsInitMakesItIsGood) {
  for (const char* process : {"vault", "gateway"}) {
    const auto good = check_permissions(folder, process);
    EXPECT_TRUE(good) << good.error().detail;
  }
}

TEST_F(PermissionsTest, EachPermissionTooManyIsFoundAndMended) {
  const std::pair<const char*, mode_t> wrong[] = {{"", 0755},
                                                  {"", 0770},
                                                  {"mechanism.json", 0660},
                                                  {"mechanism.json", 0604},
                                                  {"policy.json", 0620},
                                                  {"policy.json", 0644},
                                                  {"identity", 0770},
                                                  {"identity/providers.json", 0644},
                                                  {"keys", 0777},
                                                  {"keys/vault", 0750},
                                                  {"keys/vault/curve", 0600},
                                                  {"keys/vault/log", 0440},
                                                  {"keys/vault/master", 0444},
                                                  {"keys/vault/master", 0500},
                                                  {"keys/vault/epochs", 0711},
                                                  {"keys/vault/epochs/1", 0640},
                                                  {"store", 0702},
                                                  {"store/vault", 0705},
                                                  {"run", 0777},
                                                  {"run", 0770},
                                                  {"sandbox/clock", 0606}};
  for (const auto& [relative, mode] : wrong) {
    const std::string path = *relative == '\0' ? folder : in(relative);
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    expect_refused_and_mended(path);
  }
}

TEST_F(PermissionsTest, TheKeyOfTheCertificateIsTheGatewaysToCheck) {
  ASSERT_EQ(::chmod(in("tls/server-key.pem").c_str(), 0440), 0);
  EXPECT_TRUE(check_permissions(folder, "vault"));
  expect_refused_and_mended(in("tls/server-key.pem"), "gateway");
  ASSERT_EQ(::chmod(in("tls").c_str(), 0777), 0);
  expect_refused_and_mended(in("tls"), "gateway");
}

TEST_F(PermissionsTest, AKeyThatIsALinkIsRefused) {
  ASSERT_EQ(::rename(in("keys/vault/log").c_str(), in("elsewhere").c_str()), 0);
  ASSERT_EQ(::symlink(in("elsewhere").c_str(), in("keys/vault/log").c_str()), 0);
  const auto bad = check_permissions(folder, "vault");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().detail.find("not a plain file"), std::string::npos) << bad.error().detail;
}

TEST_F(PermissionsTest, AFolderThatIsNotThereSaysHowToMakeOne) {
  const auto bad = check_permissions(folder + "/none", "vault");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Code::not_found);
  EXPECT_NE(bad.error().detail.find("nrm init --dir"), std::string::npos);
}

// What root made for all is good for all; what is one's own must be one's own. Somebody else's
// file can only be made by root; without root, root's own files are somebody else's.
TEST_F(PermissionsTest, WhatBelongsToSomebodyElseIsRefused) {
  if (::geteuid() == 0) {
    for (const char* path : {"keys/vault/curve", "keys/vault", "store/vault", "mechanism.json"}) {
      ASSERT_EQ(::chown(in(path).c_str(), 61'001, static_cast<gid_t>(-1)), 0);
      expect_refused_and_mended(in(path));
    }
    return;
  }
  fs::remove(in("mechanism.json"));
  ASSERT_EQ(::symlink("/etc/passwd", in("mechanism.json").c_str()), 0);
  EXPECT_FALSE(check_permissions(folder, "vault")) << "a link to root's file";
  fs::remove(in("mechanism.json"));
  EXPECT_FALSE(check_permissions("/", "vault")) << "root's folder that others can read";
}

TEST_F(PermissionsTest, ASharedPlaceOfSocketsOpensTheSocketToItsGroup) {
  std::ofstream(in("run/vault.sock")) << "";
  ASSERT_EQ(::chmod(in("run/vault.sock").c_str(), 0600), 0);
  const std::string endpoint = "ipc://" + in("run/vault.sock");
  const auto mode = [&] {
    struct stat status {};
    EXPECT_EQ(::stat(in("run/vault.sock").c_str(), &status), 0);
    return status.st_mode & 07777;
  };
  ASSERT_TRUE(share_socket(folder, endpoint));
  EXPECT_EQ(mode(), 0600u) << "one user: nobody else";
  ASSERT_EQ(::chmod(in("run").c_str(), 03770), 0);
  EXPECT_TRUE(check_permissions(folder, "vault"));
  ASSERT_TRUE(share_socket(folder, endpoint));
  EXPECT_EQ(mode(), 0660u);
  EXPECT_TRUE(share_socket(folder, "tcp://127.0.0.1:1")) << "nothing to share";
  EXPECT_FALSE(share_socket(folder, endpoint + "-none"));
}
}  // namespace
}  // namespace nrm::test
