// The body of add-checkpoint: one spelling, bounded.
#include "common/ledger/add_checkpoint.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
// The request that is printed in C2SP tlog-witness.
constexpr std::string_view example =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— example.com/behind-the-sofa "
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/"
    "V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

TEST(AddCheckpointBody, TheExampleOfC2spReadsAndIsWrittenTheSame) {
  const auto read = read_add_checkpoint(example);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->old_size, 20'852'014u);
  EXPECT_EQ(read->proof.size(), 4u);
  EXPECT_EQ(read->note.signatures.size(), 2u);
  EXPECT_EQ(write_add_checkpoint(*read), example);
}

TEST(AddCheckpointBody, HasOneSpelling) {
  const std::string text(example);
  const std::string note = text.substr(text.find("\n\n") + 2);
  const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
  const std::string bad[] = {
      "",
      "old 0\n",
      "old 0\n\n",
      "old\n\n" + note,
      "old \n\n" + note,
      "old 01\n\n" + note,
      "old +1\n\n" + note,
      "old -1\n\n" + note,
      "old 1 \n\n" + note,
      "old  1\n\n" + note,
      "Old 1\n\n" + note,
      "old 18446744073709551616\n\n" + note,
      "old 1\r\n\r\n" + note,
      "\nold 1\n\n" + note,
      "old 1\n" + hash.substr(1) + "\n" + note,
      "old 1\n" + hash.substr(0, 43) + "\n\n" + note,
      "old 1\n" + hash + note,  // no empty line: the origin is no hash
      "old 1\n\n" + note.substr(0, note.size() - 1),
      "old 1\n\n" + note + "x",
      "old 1\n\n" + note.substr(0, note.find("\n\n") + 1),
      "old 1\n\n\n" + std::string(16 * 1024, 'x'),
  };
  for (const std::string& one : bad) EXPECT_FALSE(read_add_checkpoint(one)) << one;
  std::string longest = "old 1\n";
  for (std::size_t i = 0; i < proof_lines_max; ++i) longest += hash;
  EXPECT_TRUE(read_add_checkpoint(longest + "\n" + note));
  EXPECT_FALSE(read_add_checkpoint(longest + hash + "\n" + note));
}

RC_GTEST_PROP(AddCheckpointBodyProperty, AnyBytesReadBackOrAreRefused, (std::string bytes)) {
  const auto read = read_add_checkpoint(bytes);
  if (read) RC_ASSERT(write_add_checkpoint(*read) == bytes);
}

RC_GTEST_PROP(AddCheckpointBodyProperty, WhatWasChangedReadsBackOrIsRefused,
              (std::size_t where, char byte)) {
  std::string text(example);
  text[where % text.size()] = byte;
  const auto read = read_add_checkpoint(text);
  if (read) RC_ASSERT(write_add_checkpoint(*read) == text);
}
}  // namespace
}  // namespace nrm
