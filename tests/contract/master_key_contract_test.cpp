// Every master key passes one suite: in memory from a file, a credential and shares that were
// entered over the real socket; and in a real token (SoftHSM).
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/runtime/folder.hpp"
#include "services/vault/master_key.hpp"
#include "services/vault/open_master.hpp"
#include "services/vault/pkcs11.hpp"
#include "services/vault/unseal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm {
namespace {
constexpr const char* softhsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* digits = "6b6579206f6620746865206d6173746572206b65792c2033322062797465732e";
const Sensitive<std::string> pin(std::string("4711"));

// A token of this test's own.
void make_token(const std::string& folder) {
  std::filesystem::create_directories(folder + "/tokens");
  ASSERT_TRUE(write_file(
      folder + "/softhsm2.conf",
      "directories.tokendir = " + folder + "/tokens\nobjectstore.backend = file\n", 0600));
  ::setenv("SOFTHSM2_CONF", (folder + "/softhsm2.conf").c_str(), 1);
  ASSERT_EQ(std::system("softhsm2-util --init-token --free --label nrm --pin 4711 --so-pin 4712 "
                        ">/dev/null"),
            0);
}

class MasterKeys : public ::testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    const std::string kind = GetParam();
    auto made = kind == "file"         ? from_file()
                : kind == "credential" ? from_credential()
                : kind == "shares"     ? from_shares()
                                       : from_token();
    ASSERT_TRUE(made) << made.error().detail;
    master = std::move(made).value();
  }
  Result<std::unique_ptr<MasterKey>> from_file() {
    NRM_TRY(write_file(folder.file("master"), std::string(digits) + '\n', 0400));
    NRM_TRY_ASSIGN(auto key, read_master_file(folder.file("master")));
    return master_in_memory(std::move(key));
  }
  Result<std::unique_ptr<MasterKey>> from_credential() {
    NRM_TRY(write_file(folder.file("nrm-vault-master"), digits, 0440));
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    NRM_TRY_ASSIGN(auto key, read_master_credential("nrm-vault-master"));
    return master_in_memory(std::move(key));
  }
  Result<std::unique_ptr<MasterKey>> from_shares() {
    const auto key = crypto::SecretKey::random();
    const auto shares = split_key(key, 5, 3);
    const auto checks = checks_of(shares, 3, key);
    Result<crypto::SecretKey> got = Error(Code::internal);
    std::thread vault(
        [&] { got = wait_for_shares(folder.file("s"), checks, [] { return false; }); });
    for (const std::size_t i : {4, 0, 2})
      while (!give_share(folder.file("s"), write_share(shares[i], 3))) std::this_thread::yield();
    vault.join();
    if (!got) return got.error();
    return master_in_memory(std::move(got).value());
  }
  Result<std::unique_ptr<MasterKey>> from_token() {
    make_token(folder.path());
    const TokenPlace place{softhsm, "nrm", "master"};
    NRM_TRY(make_token_key(place, pin));
    return open_token(place, pin);
  }

  nrm::test::TemporaryFolder folder;
  std::unique_ptr<MasterKey> master;
};

TEST_P(MasterKeys, WhatIsWrappedComesBack) {
  const auto key = crypto::SecretKey::random();
  const auto one = master->wrap("epoch/1", key), two = master->wrap("epoch/1", key);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_EQ(one->find(key.reveal()), std::string::npos);
  const auto again = master->unwrap("epoch/1", *one);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reveal(), key.reveal());
}

TEST_P(MasterKeys, NothingElseDoes) {
  const auto wrapped = master->wrap("epoch/1", crypto::SecretKey::random());
  ASSERT_TRUE(wrapped);
  const auto code = [&](std::string_view bound, std::string_view bytes) {
    const auto key = master->unwrap(bound, bytes);
    return key ? Code::internal : key.error().code;
  };
  EXPECT_EQ(code("epoch/2", *wrapped), Code::corrupt);
  EXPECT_EQ(code("", *wrapped), Code::corrupt);
  EXPECT_EQ(code("epoch/1", ""), Code::corrupt);
  EXPECT_EQ(code("epoch/1", *wrapped + "x"), Code::corrupt);
  EXPECT_EQ(code("epoch/1", wrapped->substr(1)), Code::corrupt);
  for (std::size_t at = 0; at < wrapped->size(); ++at) {
    std::string changed = *wrapped;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    ASSERT_EQ(code("epoch/1", changed), Code::corrupt) << at;
  }
  EXPECT_NE(code("epoch/1", *wrapped), Code::corrupt) << "and it still opens";
}

INSTANTIATE_TEST_SUITE_P(All, MasterKeys,
                         ::testing::Values("file", "credential", "shares", "token"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(MasterFiles, AnythingMoreOpenIsRefused) {
  crypto::start();
  nrm::test::TemporaryFolder folder;
  const std::string path = folder.file("master");
  const auto refused = [&] {
    const auto key = read_master_file(path);
    return key ? std::string() : std::string(row_of(key.error().code).name);
  };
  EXPECT_EQ(refused(), "not_found");
  ASSERT_TRUE(write_file(path, digits, 0400));
  EXPECT_EQ(refused(), "");
  for (const mode_t mode : {0440, 0404, 0420, 0402, 0600, 0500, 0644, 0777}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    EXPECT_EQ(refused(), "forbidden") << std::oct << mode;
    EXPECT_NE(read_master_file(path).error().detail.find("chmod 0400 " + path), std::string::npos);
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path.c_str(), 65'534, 65'534), 0);
    EXPECT_EQ(refused(), "forbidden");
    ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  }
  std::filesystem::create_symlink(path, folder.file("link"));
  EXPECT_FALSE(read_master_file(folder.file("link"))) << "a link could be turned elsewhere";
  for (const char* text : {"", "00", "zz", "6b6579"}) {
    ASSERT_TRUE(write_file(path, text, 0400));
    EXPECT_EQ(refused(), "corrupt");
  }
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_FALSE(read_master_credential("nrm-vault-master"));
}

TEST(Shares, AnyThreeOfFiveAndNoTwo) {
  crypto::start();
  const auto key = crypto::SecretKey::random();
  const auto shares = split_key(key, 5, 3);
  const auto checks = checks_of(shares, 3, key);
  const auto again = [&](std::initializer_list<std::size_t> which) {
    std::vector<Share> some;
    for (const std::size_t i : which)
      some.push_back(read_share(write_share(shares[i], 3).reveal()).value());
    return is_master_of(checks, combine_shares(some));
  };
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = 0; b < 5; ++b)
      for (std::size_t c = 0; c < 5; ++c) {
        const bool different = a != b && b != c && a != c;
        EXPECT_TRUE(!different || again({a, b, c}));
      }
  EXPECT_TRUE(again({0, 1, 2, 3, 4}));
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = a + 1; b < 5; ++b) EXPECT_FALSE(again({a, b})) << a << b;
}

// FIPS 197, 4.2: {57} times {83} is {c1}. Secret 2a, coefficient 57: share 1 is 2a^57, share 131 is
// 2a^c1.
TEST(Shares, ThePolynomialIsThatOfAes) {
  crypto::start();
  const auto all = [](char byte) { return crypto::SecretKey::from(std::string(32, byte)).value(); };
  std::vector<Share> shares;
  shares.push_back({1, all(0x7d)});
  shares.push_back({131, all(static_cast<char>(0xeb))});
  EXPECT_EQ(combine_shares(shares).reveal(), std::string(32, 0x2a));
}

TEST(Shares, AWrongOneIsNamedAndMistypedOnesAreTold) {
  crypto::start();
  nrm::test::TemporaryFolder folder;
  const auto key = crypto::SecretKey::random();
  const auto shares = split_key(key, 3, 2), others = split_key(key, 3, 2);
  const auto checks = checks_of(shares, 2, key);
  const std::string socket = folder.file("s");
  Result<crypto::SecretKey> got = Error(Code::internal);
  std::thread vault([&] { got = wait_for_shares(socket, checks, [] { return false; }); });
  const auto say = [&](const std::string& line) {
    for (;;)
      if (auto said = give_share(socket, Sensitive<std::string>(line))) return *said;
  };
  const std::string good = write_share(shares[0], 2).reveal();
  EXPECT_EQ(say("hello").substr(0, 3), "no:");
  std::string mistyped = good;
  mistyped[20] = mistyped[20] == '0' ? '1' : '0';
  EXPECT_NE(say(mistyped).find("mistyped"), std::string::npos);
  EXPECT_EQ(say(write_share(others[1], 2).reveal()), "no: share 2 is not of this key's splitting");
  EXPECT_EQ(say(good), "ok: share 1, 1 more needed");
  EXPECT_EQ(say(good), "ok: share 1 was here already");
  struct stat status {};
  ASSERT_EQ(::stat(socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(say(write_share(shares[2], 2).reveal()).substr(0, 5), "done:");
  vault.join();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reveal(), key.reveal());
  EXPECT_FALSE(std::filesystem::exists(socket));
  EXPECT_FALSE(wait_for_shares(socket, checks, [] { return true; })) << "a stop ends the waiting";
}

TEST(Tokens, SayWhatIsMissing) {
  crypto::start();
  nrm::test::TemporaryFolder folder;
  make_token(folder.path());
  const auto code = [](const Result<std::unique_ptr<MasterKey>>& opened) {
    return opened ? Code::internal : opened.error().code;
  };
  EXPECT_EQ(code(open_token({"/nowhere.so", "nrm", "k"}, pin)), Code::not_found);
  EXPECT_EQ(code(open_token({softhsm, "other", "k"}, pin)), Code::not_found);
  EXPECT_EQ(code(open_token({softhsm, "nrm", "k"}, pin)), Code::not_found);
  EXPECT_EQ(code(open_token({softhsm, "nrm", "k"}, Sensitive<std::string>("1111"))),
            Code::forbidden);
  ASSERT_TRUE(make_token_key({softhsm, "nrm", "k"}, pin));
  EXPECT_FALSE(make_token_key({softhsm, "nrm", "k"}, pin));
  EXPECT_TRUE(open_token({softhsm, "nrm", "k"}, pin));
  // A key that somebody brought in from outside could be elsewhere, too.
  ASSERT_EQ(std::system(("pkcs11-tool --module " + std::string(softhsm) +
                         " --token-label nrm --login --pin 4711 --keygen --key-type AES:32 --label "
                         "open --extractable >/dev/null 2>&1")
                            .c_str()),
            0);
  EXPECT_EQ(code(open_token({softhsm, "nrm", "open"}, pin)), Code::forbidden);
}

// The vault's own start: a token outside all that a process may open by itself.
class TokensElsewhere : public ::testing::Test {
 protected:
  TokensElsewhere() {
    ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
    crypto::start();
    std::filesystem::create_directories(data.file("keys/vault"));
    make_token(elsewhere.path());
  }
  void say(const std::string& paths) {
    ASSERT_TRUE(write_file(data.file("keys/vault/master.json"),
                           R"({"kind":"token","module":")" + std::string(softhsm) +
                               R"(","token":"nrm","key":"master","pin_file":"keys/vault/pin")" +
                               paths + '}',
                           0600));
  }
  // 0: the token can be used; 1: it cannot.
  [[noreturn]] void start() {
    harden_process();
    const auto places = token_places(data.path());
    const auto confined = places ? confine_files(data.path(), "vault", *places) : places.error();
    if (!confined) ::_exit(2);
    if (!*confined) ::_exit(3);  // a kernel without Landlock
    const TokenPlace place{softhsm, "nrm", "master"};
    ::_exit(make_token_key(place, pin) && open_token(place, pin) ? 0 : 1);
  }
  nrm::test::TemporaryFolder data, elsewhere;
};

TEST_F(TokensElsewhere, AreOpenedWhereMasterJsonNamesTheirPath) {
  say(R"(,"paths":[")" + elsewhere.path() + R"("])");
  EXPECT_EXIT(start(), ::testing::ExitedWithCode(0), "");
}

TEST_F(TokensElsewhere, AreOutOfReachOtherwise) {
  say("");
  EXPECT_EXIT(start(), ::testing::ExitedWithCode(1), "");
}

// Each would open what the confinement is there to close.
TEST_F(TokensElsewhere, AreNeitherRelativeNorAroundNorInTheDataFolder) {
  for (const std::string& path :
       {std::string("tokens"), std::string("/"), data.path(), data.path() + "/store/..",
        data.path() + "/keys/gateway", std::filesystem::path(data.path()).parent_path().string()}) {
    say(R"(,"paths":[")" + path + R"("])");
    const auto places = token_places(data.path());
    ASSERT_FALSE(places) << path;
    EXPECT_EQ(places.error().code, Code::out_of_range);
    EXPECT_NE(places.error().detail.find(path), std::string::npos);
  }
  say(R"(,"paths":[")" + elsewhere.path() + R"(/"])");
  ASSERT_TRUE(token_places(data.path()));
  EXPECT_EQ(token_places(data.path())->at(0).path, softhsm);
  EXPECT_FALSE(token_places(data.path())->at(0).writes);
  // A key that is elsewhere needs no token's places.
  ASSERT_TRUE(write_file(data.file("keys/vault/master.json"), R"({"kind":"file"})", 0600));
  EXPECT_TRUE(token_places(data.path())->empty());
}
}  // namespace
}  // namespace nrm
