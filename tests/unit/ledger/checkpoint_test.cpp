#include "common/ledger/checkpoint.hpp"

#include <gtest/gtest.h>

#include "common/base/hex.hpp"
#include "tests/support/golden.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm {
namespace {
constexpr std::string_view origin = "nrm.example/identification/0";

std::string counted_bytes() {
  std::string seed;
  for (char c = 0; c < 32; ++c) seed += c;
  return seed;
}

class Notes : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }

  crypto::Signer signer = crypto::Signer::from_seed(counted_bytes()).value();
  crypto::Signer other = crypto::Signer::from_seed(std::string(32, 'o')).value();
  Checkpoint checkpoint{std::string(origin), 1000, leaf_hash("root")};
  std::string text = write_checkpoint(checkpoint);
  std::string note = sign_note(text, origin, signer);

  Result<std::string> opened(std::string_view bytes) const {
    return open_note(bytes, origin, signer.public_key());
  }
};

// --- checkpoints
// ----------------------------------------------------------------------------------

TEST_F(Notes, CheckpointsRoundTrip) {
  EXPECT_EQ(read_checkpoint(text).value(), checkpoint);
  checkpoint.size = 0;
  EXPECT_EQ(read_checkpoint(write_checkpoint(checkpoint)).value(), checkpoint);
  checkpoint.size = UINT64_MAX;
  EXPECT_EQ(read_checkpoint(write_checkpoint(checkpoint)).value(), checkpoint);
}

TEST_F(Notes, TheExampleOfC2spTlogCheckpoint) {
  const auto read = read_checkpoint(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(read->size, 20'852'163u);
  EXPECT_EQ(to_base64(read->root.view()), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
}

TEST_F(Notes, CheckpointsHaveOneSpelling) {
  const std::string root = to_base64(checkpoint.root.view());
  const std::string bad[] = {
      "",
      "\n",
      "o\n1\n",
      "o\n1\n" + root,          // no newline at the end
      "\n1\n" + root + "\n",    // no origin
      "o\n\n" + root + "\n",    // no size
      "o\n01\n" + root + "\n",  // leading zero
      "o\n+1\n" + root + "\n",
      "o\n-1\n" + root + "\n",
      "o\n 1\n" + root + "\n",
      "o\n0x1\n" + root + "\n",
      "o\n18446744073709551616\n" + root + "\n",  // 2^64
      "o\n1\n" + root.substr(4) + "\n",           // 29 bytes
      "o\n1\n" + root + "AAAA\n",
      "o\n1\n" + root.substr(0, 43) + "\n",  // no padding
      "o\n1\n" + root.substr(0, 42) + "==\n",
      "o\n1\n" + root + "\nextension\n",  // nobody can audit what these say
      "o\r\n1\n" + root + "\n",
      std::string("o\0\n1\n", 5) + root + "\n",
      "\xff\n1\n" + root + "\n",
  };
  for (const auto& one : bad) {
    const auto read = read_checkpoint(one);
    ASSERT_FALSE(read) << testing::PrintToString(one);
    EXPECT_EQ(read.error().code, Code::corrupt);
  }
}

// --- golden: accepted by golang.org/x/mod 0.7.0 (sumdb/note, sumdb/tlog), see note_check.go
// -------

TEST_F(Notes, TheBytesThatGoAccepted) {
  test::GrowingTree grown;
  for (std::uint64_t i = 0; i < 1000; ++i) grown.append(test::numbered_leaf(i));
  const Checkpoint golden{std::string(origin), 1000, grown.tree.root()};
  EXPECT_EQ(sign_note(write_checkpoint(golden), origin, signer), test::golden("checkpoint.note"));
  EXPECT_EQ(verifier_key(origin, signer.public_key()) + "\n", test::golden("checkpoint.vkey"));
  const auto lines = [](const std::vector<Hash>& hashes) {
    std::string out;
    for (const Hash& hash : hashes) out += to_base64(hash.view()) + "\n";
    return out;
  };
  EXPECT_EQ(lines(grown.tree.inclusion_proof(333, grown.reader()).value()),
            test::golden("inclusion_333_of_1000.txt"));
  EXPECT_EQ(lines(grown.tree.consistency_proof(700, grown.reader()).value()),
            test::golden("consistency_700_to_1000.txt"));
}

// The example in the documentation of golang.org/x/mod/sumdb/note: a note that we did not make.
TEST_F(Notes, ANoteThatGoSigned) {
  const auto key =
      read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->first, "PeterNeumann");
  const std::string words =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const auto read =
      open_note(words +
                    "\n— PeterNeumann "
                    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
                    "pRZb6KE6RyyBwJnAM=\n",
                key->first, key->second);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, words);
}

// --- verifier keys
// --------------------------------------------------------------------------------

TEST_F(Notes, VerifierKeysRoundTrip) {
  const std::string vkey = verifier_key(origin, signer.public_key());
  const auto read = read_verifier_key(vkey);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->first, origin);
  EXPECT_EQ(read->second, signer.public_key());
  for (std::size_t i = 0; i < vkey.size(); ++i) {
    std::string changed = vkey;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_verifier_key(changed)) << changed;
    EXPECT_FALSE(read_verifier_key(vkey.substr(0, i))) << i;
  }
  EXPECT_FALSE(read_verifier_key(vkey + "+"));
}

// --- notes
// ----------------------------------------------------------------------------------------

TEST_F(Notes, WhatIsSignedCanBeOpened) { EXPECT_EQ(opened(note).value(), text); }

TEST_F(Notes, EveryFlippedBitIsRefused) {
  for (std::size_t i = 0; i < note.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      ASSERT_FALSE(opened(changed)) << "byte " << i << " bit " << bit;
    }
  for (std::size_t n = 0; n < note.size(); ++n) ASSERT_FALSE(opened(note.substr(0, n))) << n;
}

TEST_F(Notes, AnotherKeyOrNameDoesNotOpen) {
  EXPECT_FALSE(open_note(note, origin, other.public_key()));
  EXPECT_FALSE(open_note(note, "nrm.example/referral/0", signer.public_key()));
}

std::string signature_line(std::string_view note) {
  return std::string(note.substr(note.rfind("\n\n") + 2));
}

TEST_F(Notes, SignaturesOfOthersAreIgnored) {
  const std::string witness = signature_line(sign_note(text, "witness.example/1", other));
  EXPECT_EQ(opened(note + witness).value(), text);
  EXPECT_EQ(opened(text + "\n" + witness + signature_line(note)).value(), text);
  // Same name, another key (a key that was replaced), and a type of signature unknown here.
  EXPECT_EQ(opened(note + signature_line(sign_note(text, origin, other))).value(), text);
  EXPECT_EQ(opened(note + "— someone.example AAAAAAE=\n").value(), text);
  EXPECT_FALSE(opened(text + "\n" + witness));
}

TEST_F(Notes, ABadSignatureByAKnownKeyRefusesTheNote) {
  const std::string bad = signature_line(sign_note("another text\n", origin, signer));
  EXPECT_FALSE(opened(text + "\n" + bad));
  EXPECT_FALSE(opened(note + bad)) << "although a good one by the same key is there";
  EXPECT_FALSE(opened(text + "\n" + bad + signature_line(note)));
}

TEST_F(Notes, SixteenWitnessesFit) {
  std::string many = note;
  for (int i = 0; i < 16; ++i)
    many += signature_line(sign_note(text, "witness.example/" + std::to_string(i), other));
  EXPECT_EQ(opened(many).value(), text);
  while (many.size() <= 16 * 1024) many += signature_line(sign_note(text, "w", other));
  EXPECT_FALSE(opened(many));
}

TEST_F(Notes, TheTextEndsAtTheLastEmptyLine) {
  const std::string poem = "trafitto da un raggio di sole:\n\ned è subito sera.\n";
  EXPECT_EQ(opened(sign_note(poem, origin, signer)).value(), poem);
}

TEST_F(Notes, MalformedNotesAreRefused) {
  const std::string line = signature_line(note);
  const std::string bad[] = {
      text,
      text + line,  // no empty line
      text + "\n",
      text + "\n" + line.substr(0, line.size() - 1),  // no newline at the end
      text + "\n- " + line.substr(4),                 // hyphen
      note + "garbage\n",
      note + "— name\n",
      note + "— name \n",
      note + "— name AAAA\n",     // a key id without a signature
      note + "— name AAAAAAE\n",  // base64 without padding
      note + "— na+me AAAAAAE=\n",
      note + "— na me AAAAAAE=\n",
      note + "— na\xc2\xa0me AAAAAAE=\n",      // no-break space
      note + "— na\xe2\x80\x89me AAAAAAE=\n",  // thin space
      note + "— na\xe3\x80\x80me AAAAAAE=\n",  // ideographic space
      note + "—  AAAAAAE=\n",
      note + "\n",
  };
  for (const auto& one : bad) EXPECT_FALSE(opened(one)) << testing::PrintToString(one);
}

TEST_F(Notes, ControlCharactersAreRefusedEvenWhenSigned) {
  for (const std::string& bad :
       {std::string("a\tb\n"), std::string("a\r\n"), std::string("a\0\n", 3),
        std::string("\x1b[2J\n"), std::string("\xff\n")}) {
    std::string forged = bad + "\n— " + std::string(origin) + " ";
    // The key id comes from a good line: the signature itself is right.
    const std::string line = signature_line(note);
    const std::string id = from_base64(line.substr(line.rfind(' ') + 1, 92)).value().substr(0, 4);
    forged += to_base64(id + signer.sign(bad)) + "\n";
    EXPECT_FALSE(opened(forged)) << testing::PrintToString(bad);
  }
}

TEST_F(Notes, SigningWhatIsNoNoteStopsTheProcess) {
  EXPECT_DEATH((void)sign_note("no newline", origin, signer), "lines of clean text");
  EXPECT_DEATH((void)sign_note("tab\t\n", origin, signer), "lines of clean text");
  EXPECT_DEATH((void)sign_note(text, "a b", signer), "no spaces");
  EXPECT_DEATH((void)write_checkpoint({"two\nlines", 1, {}}), "one line");
}
}  // namespace
}  // namespace nrm
