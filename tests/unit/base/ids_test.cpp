#include "common/base/ids.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace nrm {
namespace {
constexpr const char* some_id = "5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab";

TEST(Ids, ParseAndText) {
  const auto id = Uuid::parse(some_id);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), some_id);
  EXPECT_EQ(id->bytes[0], 0x5f);
  EXPECT_EQ(id->bytes[15], 0xab);
  EXPECT_FALSE(id->nil());
  EXPECT_TRUE(Uuid::parse("00000000-0000-0000-0000-000000000000")->nil());
}

TEST(Ids, HaveOneSpelling) {
  const std::string good = some_id;
  EXPECT_FALSE(Uuid::parse(""));
  EXPECT_FALSE(Uuid::parse(good.substr(1)));
  EXPECT_FALSE(Uuid::parse(good + "0"));
  EXPECT_FALSE(Uuid::parse("{" + good + "}"));
  EXPECT_FALSE(Uuid::parse("5F0C9A1E-7B2D-4C3F-8E4A-0123456789AB"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = good[i] == '-' ? '0' : '-';
    EXPECT_FALSE(Uuid::parse(changed)) << changed;
    changed[i] = 'g';
    EXPECT_FALSE(Uuid::parse(changed)) << changed;
  }
}

TEST(Ids, OneTypePerKindOfThing) {
  static_assert(!std::is_convertible_v<CaseId, ReferralId>);
  static_assert(!std::is_convertible_v<Uuid, CaseId>);
  EXPECT_EQ(CaseId::parse(some_id)->text(), some_id);
  EXPECT_FALSE(CaseId::parse("case"));
}

// Checked with another ChaCha20: `openssl enc -chacha20 -K <seed><seed> -iv <n, little-endian, 16
// bytes>` over zeros; its first 16 bytes are the id but for the six bits of version and variant.
TEST(Ids, DerivedIdsNeverChange) {
  const Uuid seed = *Uuid::parse("00010203-0405-0607-0809-0a0b0c0d0e0f");
  EXPECT_EQ(derive(seed, 0).text(), "f9df12c5-4ff6-4ea4-a83a-e65d98d86256");
  EXPECT_EQ(derive(seed, 1).text(), "734636e7-5888-40bf-bc91-4d47d951bd36");
}

TEST(Ids, DerivedIdsAreUuidsOfVersionFourAndDiffer) {
  std::unordered_set<Uuid> seen;
  Uuid seed;
  for (std::uint8_t s = 0; s < 32; ++s) {
    seed.bytes[0] = s;
    for (std::uint32_t n = 0; n < 64; ++n) {
      const Uuid id = derive(seed, n);
      EXPECT_TRUE(seen.insert(id).second);
      EXPECT_EQ(id.text()[14], '4');
      EXPECT_NE(std::string("89ab").find(id.text()[19]), std::string::npos);
    }
  }
}
}  // namespace
}  // namespace nrm
