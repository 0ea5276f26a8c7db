#include "common/crypto/crypto.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/base/hex.hpp"
#include "tests/support/golden.hpp"

namespace nrm::crypto {
namespace {
std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

class Crypto : public testing::Test {
 protected:
  static void SetUpTestSuite() { start(); }
};

SecretKey key_of(char c) { return SecretKey::from(std::string(32, c)).value(); }

// --- hashes -------------------------------------------------------------------------------------

TEST_F(Crypto, Sha256AsFips180HasIt) {
  EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_F(Crypto, Sha256OfPartsIsSha256OfTheWhole) {
  EXPECT_EQ(sha256(0x01, "left", "right"), sha256(std::string("\x01leftright", 10)));
  EXPECT_EQ(sha256(0x00, ""), sha256(std::string_view("\0", 1)));
}

TEST_F(Crypto, Sha256InManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  for (auto& count : wrong)
    threads.emplace_back([&count] {
      const std::string text(1000, 'x');
      const Hash expected = sha256(text);
      for (int i = 0; i < 2000; ++i)
        count += sha256('x', std::string_view(text).substr(1)) != expected;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

TEST_F(Crypto, HashFromNeeds32Bytes) {
  EXPECT_TRUE(Hash::from(std::string(32, 'x')));
  EXPECT_FALSE(Hash::from(std::string(31, 'x')));
  EXPECT_FALSE(Hash::from(std::string(33, 'x')));
}

TEST_F(Crypto, Blake2bAsRfc7693AppendixAHasIt) {
  EXPECT_EQ(to_hex(digest("abc", 64)),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
  // Checked with Python's hashlib.blake2b(b"text", key=b"k" * 32, digest_size=32).
  EXPECT_EQ(to_hex(keyed_digest(std::string(32, 'k'), "text")),
            "f43effdad0de6052d7ddd2a27828a1904f07727a31309322f85a1896b6a3bf23");
}

TEST_F(Crypto, DigestsDependOnKeyTextAndSize) {
  const std::string key(32, 'k'), other(32, 'l');
  EXPECT_EQ(keyed_digest(key, "text"), keyed_digest(key, "text"));
  EXPECT_NE(keyed_digest(key, "text"), keyed_digest(other, "text"));
  EXPECT_NE(keyed_digest(key, "text"), keyed_digest(key, "texT"));
  EXPECT_NE(keyed_digest(key, "text"), digest("text"));
  EXPECT_EQ(keyed_digest(key, "text", 16).size(), 16u);
  EXPECT_NE(keyed_digest(key, "text", 16), keyed_digest(key, "text").substr(0, 16));
}

TEST_F(Crypto, DigestRefusesKeysThatAreNone) {
  EXPECT_DEATH((void)keyed_digest("", "text"), "16 to 64 bytes");
  EXPECT_DEATH((void)keyed_digest(std::string(65, 'k'), "text"), "16 to 64 bytes");
}

TEST_F(Crypto, Equal) {
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("token", "token"));
  EXPECT_FALSE(equal("token", "tokem"));
  EXPECT_FALSE(equal("token", "toke"));
  EXPECT_FALSE(equal("", "x"));
}

// --- keys ---------------------------------------------------------------------------------------

TEST_F(Crypto, KeysAreRandomAndMove) {
  SecretKey a = SecretKey::random();
  const std::string bytes_of_a(a.reveal());
  EXPECT_NE(a.reveal(), SecretKey::random().reveal());
  SecretKey b = std::move(a);
  EXPECT_EQ(b.reveal(), bytes_of_a);
  EXPECT_DEATH((void)a.reveal(), "moved away");
  EXPECT_FALSE(SecretKey::from("short"));
}

TEST_F(Crypto, ASlotIsZeroedWhenItIsGivenBack) {
  unsigned char* slot = nullptr;
  {
    const SecretKey key = key_of('k');
    slot = reinterpret_cast<unsigned char*>(const_cast<char*>(key.reveal().data()));
    EXPECT_EQ(slot[0], 'k');
  }
  for (std::size_t i = 0; i < KeySlot::bytes; ++i) EXPECT_EQ(slot[i], 0) << i;
}

TEST_F(Crypto, MoreKeysThanOneRegionHolds) {
  std::vector<SecretKey> keys;
  std::set<std::string> different;
  for (int i = 0; i < 3000; ++i) {
    keys.push_back(SecretKey::random());
    different.emplace(keys.back().reveal());
  }
  EXPECT_EQ(different.size(), 3000u);
}

// --- sealing ------------------------------------------------------------------------------------

constexpr std::size_t overhead = 1 + 24 + 32 + 16;  // version, nonce, commitment, tag

TEST_F(Crypto, WhatIsSealedCanBeOpened) {
  const SecretKey key = SecretKey::random();
  for (std::size_t size : {0, 1, 63, 64, 65, 1000, 65'535, 65'536, 200'000}) {
    const std::string plain(size, 'p');
    const auto opened = open(key, "case/1", seal(key, "case/1", plain));
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(opened->reveal(), plain) << size;
  }
}

TEST_F(Crypto, TextsThatEndLikePaddingSurvive) {
  const SecretKey key = SecretKey::random();
  for (std::string plain : {std::string("\x80"), std::string("\x80\0\0", 3), std::string(63, '\0'),
                            std::string(63, '\x80')})
    EXPECT_EQ(open(key, "b", seal(key, "b", plain))->reveal(), plain);
}

TEST_F(Crypto, LengthTellsOnlyTheBucket) {
  const SecretKey key = SecretKey::random();
  const auto sealed_size = [&](std::size_t n) {
    return seal(key, "b", std::string(n, 'x')).size();
  };
  const std::pair<std::size_t, std::size_t> cases[] = {
      {0, 64},          {1, 64},          {63, 64},          {64, 256},         {255, 256},
      {256, 1024},      {1023, 1024},     {1024, 4096},      {4095, 4096},      {4096, 16'384},
      {16'384, 65'536}, {65'535, 65'536}, {65'536, 131'072}, {131'071, 131'072}};
  for (const auto& [plain, bucket] : cases)
    EXPECT_EQ(sealed_size(plain), bucket + overhead) << plain;
}

TEST_F(Crypto, TwoSealingsOfOneTextDiffer) {
  const SecretKey key = SecretKey::random();
  const std::string a = seal(key, "b", "text"), b = seal(key, "b", "text");
  EXPECT_NE(a, b);
  EXPECT_NE(a.substr(1, 24), b.substr(1, 24));    // nonce
  EXPECT_NE(a.substr(25, 32), b.substr(25, 32));  // commitment
}

TEST_F(Crypto, AnotherKeyOrBoundDoesNotOpen) {
  const SecretKey key = key_of('a'), other = key_of('b');
  const std::string sealed = seal(key, "case/1", "text");
  EXPECT_TRUE(open(key, "case/1", sealed));
  EXPECT_EQ(open(other, "case/1", sealed).error().code, Code::corrupt);
  EXPECT_EQ(open(key, "case/2", sealed).error().code, Code::corrupt);
  EXPECT_EQ(open(key, "", sealed).error().code, Code::corrupt);
}

TEST_F(Crypto, EveryFlippedBitIsSeen) {
  const SecretKey key = SecretKey::random();
  const std::string sealed = seal(key, "case/1", "text");
  for (std::size_t i = 0; i < sealed.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      ASSERT_FALSE(open(key, "case/1", changed)) << "byte " << i << " bit " << bit;
    }
}

TEST_F(Crypto, EveryOtherLengthIsRefused) {
  const SecretKey key = SecretKey::random();
  const std::string sealed = seal(key, "b", "text");
  for (std::size_t n = 0; n < sealed.size(); ++n)
    ASSERT_FALSE(open(key, "b", std::string_view(sealed).substr(0, n))) << n;
  EXPECT_FALSE(open(key, "b", sealed + "x"));
  EXPECT_FALSE(open(key, "b", sealed + std::string(192, 'x')));
}

// The commitment decides, not the cipher: a text with another commitment is refused although the
// ciphertext is good. That is what stops one text from opening under two keys.
TEST_F(Crypto, TheCommitmentBelongsToTheText) {
  const SecretKey key = SecretKey::random();
  std::string a = seal(key, "b", "text");
  const std::string b = seal(key, "b", "text");
  a.replace(25, 32, b, 25, 32);
  EXPECT_FALSE(open(key, "b", a));
}

TEST_F(Crypto, WhatWasSealedByThisFormatOpensForEver) {
  // Written by this code when the format was made; version 1 must stay readable as long as a
  // dossier lives.
  const std::string hex = test::golden("sealed_v1.hex");
  const auto opened = open(key_of('k'), "case/1", bytes(hex.substr(0, hex.size() - 1)));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "sealed once, opened for ever");
}

// --- signatures ---------------------------------------------------------------------------------

struct SignatureVector {
  const char *seed, *public_key, *message, *signature;
};
// RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
constexpr SignatureVector rfc_8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e"
     "0303dca179c138ac17ad9bef1177331a704"},
};

TEST_F(Crypto, SignaturesOfRfc8032) {
  for (const auto& vector : rfc_8032) {
    const Signer signer = Signer::from_seed(bytes(vector.seed)).value();
    const PublicKey& key = signer.public_key();
    EXPECT_EQ(to_hex({reinterpret_cast<const char*>(key.data()), key.size()}), vector.public_key);
    EXPECT_EQ(to_hex(signer.seed()), vector.seed);
    const std::string message = bytes(vector.message);
    EXPECT_EQ(to_hex(signer.sign(message)), vector.signature);
    EXPECT_TRUE(verify(key, message, bytes(vector.signature)));
  }
}

TEST_F(Crypto, ASignatureFitsOneKeyAndOneMessage) {
  const Signer signer = Signer::random(), other = Signer::random();
  const std::string signature = signer.sign("message");
  EXPECT_TRUE(verify(signer.public_key(), "message", signature));
  EXPECT_FALSE(verify(other.public_key(), "message", signature));
  EXPECT_FALSE(verify(signer.public_key(), "messagE", signature));
  EXPECT_FALSE(verify(signer.public_key(), "message", signature.substr(0, 63)));
  EXPECT_FALSE(verify(signer.public_key(), "message", signature + "x"));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify(signer.public_key(), "message", changed)) << i;
  }
}

TEST_F(Crypto, ASeedHas32Bytes) {
  EXPECT_FALSE(Signer::from_seed(std::string(31, 's')));
  EXPECT_FALSE(Signer::from_seed(std::string(64, 's')));
}
}  // namespace
}  // namespace nrm::crypto
