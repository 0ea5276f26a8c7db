#include <gtest/gtest.h>

#include <set>

#include "common/crypto/crypto.hpp"

namespace nrm {
namespace {
TEST(Entropy, IdsAreUuidsOfVersionFourAndDiffer) {
  crypto::start();
  const auto entropy = system_entropy();
  std::set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) {
    const Uuid id = entropy->uuid();
    EXPECT_EQ(id.text()[14], '4');
    EXPECT_NE(std::string("89ab").find(id.text()[19]), std::string::npos) << id.text();
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Entropy, OneSeedGivesOneSequence) {
  const auto a = seeded_entropy(7), b = seeded_entropy(7), c = seeded_entropy(8);
  std::set<Uuid> seen;
  for (int i = 0; i < 100; ++i) {
    const Uuid id = a->uuid();
    EXPECT_EQ(id, b->uuid());
    EXPECT_TRUE(seen.insert(id).second);
    EXPECT_TRUE(seen.insert(c->uuid()).second);
  }
}

// A simulation that failed must fail again on another machine and with another build.
TEST(Entropy, TheSequenceOfASeedNeverChanges) {
  const auto entropy = seeded_entropy(1);
  EXPECT_EQ(entropy->uuid().text(), "04069b5f-37e8-4f91-9c37-fd5eb99f1a41");
  EXPECT_EQ(entropy->uuid().text(), "1cfd9e4f-e36b-4156-890e-a3fd72f7e91f");
}
}  // namespace
}  // namespace nrm
