// Cosignatures: C2SP tlog-cosignature, its example, and what no honest cosigner writes.
#include "common/ledger/cosignature.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/base/hex.hpp"
#include "common/base/limits.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
constexpr std::string_view origin = "nrm.example/vault/0";
constexpr Instant noon{1'700'000'000'000};

crypto::Signer signer_of(char name) {
  crypto::start();
  return crypto::Signer::from_seed(std::string(32, name)).value();
}

class Cosignatures : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  crypto::Signer log = signer_of('l'), witness = signer_of('w');
  NoteKey key{"witness.example/w1", KeyType::cosignature_v1, witness.public_key()};
  std::string text = write_checkpoint({std::string(origin), 7, leaf_hash("root")});
  Note note = read_note(sign_note(text, origin, log)).value();

  std::string line(Instant at = noon) const { return cosign(text, key.name, witness, at); }
  Note with(const std::string& lines) const { return read_note(write_note(note) + lines).value(); }
};

TEST_F(Cosignatures, SayWhenAndCountForTheirKeyAlone) {
  EXPECT_EQ(cosigned_at(note, key).value(), std::nullopt);
  EXPECT_EQ(cosigned_at(with(line()), key).value(), noon);
  EXPECT_EQ(cosigned_at(with(line(Instant{noon.ms + 999})), key).value(), noon) << "to a second";
  NoteKey other = key;
  other.name = "witness.example/w2";
  EXPECT_EQ(cosigned_at(with(line()), other).value(), std::nullopt);
  // The log's signature is none, even by a key of the same bytes.
  EXPECT_EQ(
      cosigned_at(note, {std::string(origin), KeyType::cosignature_v1, log.public_key()}).value(),
      std::nullopt);
}

TEST_F(Cosignatures, AreBytesOfTheSpecification) {
  const auto signatures = read_signatures(line()).value();
  ASSERT_EQ(signatures.size(), 1u);
  EXPECT_EQ(signatures[0].key_id,
            crypto::sha256(key.name + "\n\x04" +
                           std::string(reinterpret_cast<const char*>(key.key.data()), 32))
                .view()
                .substr(0, 4));
  ASSERT_EQ(signatures[0].signature.size(), 72u);
  EXPECT_EQ(to_hex(signatures[0].signature.substr(0, 8)), "000000006553f100");
  EXPECT_TRUE(crypto::verify(key.key, "cosignature/v1\ntime 1700000000\n" + text,
                             signatures[0].signature.substr(8)));
}

// The line of C2SP tlog-cosignature's example: we know no key of it, but it reads as one.
TEST_F(Cosignatures, TheExampleOfC2spReads) {
  const auto read = read_signatures(
      "— witness.example.com/w1 "
      "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
      "mbIUBkBIfZ+qnA==\n");
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].signature.size(), 72u);
  EXPECT_EQ(to_hex((*read)[0].signature.substr(0, 8)), "00000000641850cb");  // time 1679315147
}

TEST_F(Cosignatures, OneBadLineOfAKeyRefusesTheNote) {
  std::string bad = line();
  const auto at = bad.size() - 10;
  bad[at] = bad[at] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(cosigned_at(with(bad), key));
  EXPECT_FALSE(cosigned_at(with(line() + bad), key));
  // A plain signature under the cosigner's id, a time beyond what a time may be, a short one.
  const auto under_id = [&](const std::string& bytes) { return signature_line(key, bytes); };
  EXPECT_FALSE(cosigned_at(with(under_id(witness.sign(text))), key));
  EXPECT_FALSE(cosigned_at(with(under_id(std::string(8, '\xff') + witness.sign(text))), key));
  EXPECT_FALSE(cosigned_at(with(under_id("x")), key));
  // Over another text.
  const std::string other = write_checkpoint({std::string(origin), 8, leaf_hash("root")});
  EXPECT_FALSE(cosigned_at(with(cosign(other, key.name, witness, noon)), key));
}

TEST_F(Cosignatures, TheNewestOfEachKeyIsKept) {
  const Instant later{noon.ms + 60'000};
  const auto both = with_cosignatures(note, line(later) + line(), {key}).value();
  EXPECT_EQ(both.signatures.size(), 2u) << "the log's and one of the witness";
  EXPECT_EQ(cosigned_at(both, key).value(), later);
  const auto renewed = with_cosignatures(with(line()), line(later), {key}).value();
  EXPECT_EQ(renewed.signatures.size(), 2u);
  EXPECT_EQ(cosigned_at(renewed, key).value(), later);
  const auto older = with_cosignatures(renewed, line(), {key}).value();
  EXPECT_EQ(older, renewed);
  EXPECT_TRUE(open_note(write_note(older), origin, log.public_key())) << "the log's own stays";
}

TEST_F(Cosignatures, WhatIsNotAskedForIsLeftOut) {
  const crypto::Signer stranger = signer_of('s');
  const std::string lines = cosign(text, "witness.example/s", stranger, noon) + line();
  EXPECT_EQ(with_cosignatures(note, lines, {key}).value().signatures.size(), 2u);
  EXPECT_EQ(with_cosignatures(note, lines, {}).value(), note);
  for (const char* bad : {"x", "— a b\n", "\n", "— witness.example/w1 AAAA"})
    EXPECT_FALSE(with_cosignatures(note, bad, {key})) << bad;
  std::string many;
  while (many.size() <= limits::note_bytes_max) many += line();
  EXPECT_EQ(with_cosignatures(note, many, {key}).error().code, Code::too_large);
}

RC_GTEST_PROP(CosignatureProperty, WhatWasCosignedReadsBack,
              (std::uint32_t size, std::uint32_t seconds)) {
  const crypto::Signer witness = signer_of('w');
  const NoteKey key{"w", KeyType::cosignature_v1, witness.public_key()};
  const Note note{write_checkpoint({std::string(origin), size, leaf_hash(std::to_string(size))}),
                  {}};
  const Instant at{std::int64_t{seconds} * 1'000};
  const auto back = with_cosignatures(note, cosign(note.text, key.name, witness, at), {key});
  RC_ASSERT(back.has_value());
  const auto again = cosigned_at(read_note(write_note(*back)).value(), key).value();
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->ms == at.ms);
}

RC_GTEST_PROP(CosignatureProperty, AnyChangedCharacterCountsForNothing, (std::size_t where)) {
  const crypto::Signer witness = signer_of('w');
  const NoteKey key{"w", KeyType::cosignature_v1, witness.public_key()};
  const std::string text = write_checkpoint({std::string(origin), 9, leaf_hash("x")});
  std::string whole = text + "\n" + cosign(text, key.name, witness, noon);
  const std::size_t at = where % whole.size();
  const char before = whole[at];
  whole[at] = before == '0' ? '1' : '0';
  const auto note = read_note(whole);
  if (!note) return;
  const auto cosigned = cosigned_at(*note, key);
  const bool counts = cosigned.has_value() && cosigned->has_value();
  RC_ASSERT(!counts);
}
}  // namespace
}  // namespace nrm
