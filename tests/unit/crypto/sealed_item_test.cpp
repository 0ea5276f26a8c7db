#include "common/crypto/sealed_item.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nrm::crypto {
namespace {
class SealedItemTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { start(); }

  BoxKey recipient = BoxKey::random();
  Signer sender = Signer::random();
  std::unique_ptr<Entropy> entropy = seeded_entropy(1);
  OrganisationKeyId sender_key{entropy->uuid()};
  ItemLabel label{CaseId(entropy->uuid()), "shelter_location", 3,
                  OrganisationKeyId(entropy->uuid())};

  SenderKey known = [this](const OrganisationKeyId& id) -> Result<PublicKey> {
    if (id != sender_key) return Error(Code::not_found);
    return sender.public_key();
  };
  std::string seal(std::string_view text) {
    return seal_item(label, recipient.public_key(), sender, sender_key, text).value();
  }
};

TEST_F(SealedItemTest, OpensForItsRecipientAlone) {
  const std::string box = seal("1 Safe Road\nring twice");
  const auto opened = open_item(label, recipient, box, known);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->text.reveal(), "1 Safe Road\nring twice");
  EXPECT_EQ(opened->sender, sender_key);
  EXPECT_FALSE(open_item(label, BoxKey::random(), box, known));
  EXPECT_NE(seal("1 Safe Road\nring twice"), box) << "two boxes of one text are two";
}

TEST_F(SealedItemTest, IsBoundToCaseClassVersionAndRecipient) {
  const std::string box = seal("text");
  auto other = label;
  other.subject = CaseId(entropy->uuid());
  EXPECT_FALSE(open_item(other, recipient, box, known));
  other = label;
  other.item_class = "medical";
  EXPECT_FALSE(open_item(other, recipient, box, known));
  other = label;
  other.version = 2;
  EXPECT_FALSE(open_item(other, recipient, box, known));
  other = label;
  other.recipient = OrganisationKeyId(entropy->uuid());
  EXPECT_FALSE(open_item(other, recipient, box, known));
}

// Who gets a text may not pass it on to a third as if the sender had sealed it to them.
TEST_F(SealedItemTest, CannotBeForwardedAsTheSendersOwn) {
  const auto opened = open_box(recipient, seal("text"));
  ASSERT_TRUE(opened);
  const BoxKey third = BoxKey::random();
  EXPECT_FALSE(open_item(label, third, seal_box(third.public_key(), opened->reveal()), known));
}

TEST_F(SealedItemTest, NeedsTheSendersSignature) {
  const auto forged =
      seal_item(label, recipient.public_key(), Signer::random(), sender_key, "text");
  EXPECT_FALSE(open_item(label, recipient, *forged, known));
  const auto stranger =
      seal_item(label, recipient.public_key(), sender, OrganisationKeyId(entropy->uuid()), "text");
  EXPECT_EQ(open_item(label, recipient, *stranger, known).error().code, Code::not_found);
}

TEST_F(SealedItemTest, ChangedBytesOpenNothing) {
  const std::string box = seal("text");
  for (std::size_t i = 0; i < box.size(); i += 7) {
    std::string changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_item(label, recipient, changed, known)) << i;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{47}, std::size_t{48}, box.size() - 1})
    EXPECT_FALSE(open_item(label, recipient, box.substr(0, size), known));
}

TEST_F(SealedItemTest, LengthsTellABucket) {
  std::set<std::size_t> sizes;
  for (std::size_t length = 0; length < 16'000; length += 37) {
    const std::string text(length, 'x');
    const std::string box = seal(text);
    EXPECT_TRUE(is_box_size(box.size())) << length;
    EXPECT_EQ(open_item(label, recipient, box, known)->text.reveal(), text);
    sizes.insert(box.size());
  }
  EXPECT_EQ(sizes.size(), 3u);
  EXPECT_EQ(seal_item(label, recipient.public_key(), sender, sender_key, std::string(17'000, 'x'))
                .error()
                .code,
            Code::too_long);
}

TEST_F(SealedItemTest, PointsOfSmallOrderAreNoKeys) {
  PublicKey zero{}, one{};
  one[0] = 1;
  EXPECT_FALSE(is_box_key(zero));
  EXPECT_FALSE(is_box_key(one));
  EXPECT_FALSE(is_sign_key(zero));
  EXPECT_TRUE(is_box_key(recipient.public_key()));
  EXPECT_TRUE(is_sign_key(sender.public_key()));
}

TEST_F(SealedItemTest, AFingerprintIsOfOrganisationAndBothKeys) {
  const OrganisationId organisation(entropy->uuid()), other(entropy->uuid());
  const auto of = [&](const OrganisationId& id, const PublicKey& box, const PublicKey& sign) {
    return key_fingerprint(id, box, sign);
  };
  const auto mine = of(organisation, recipient.public_key(), sender.public_key());
  EXPECT_EQ(mine, of(organisation, recipient.public_key(), sender.public_key()));
  EXPECT_NE(mine, of(other, recipient.public_key(), sender.public_key()));
  EXPECT_NE(mine, of(organisation, sender.public_key(), recipient.public_key()));
  EXPECT_EQ(spoken(mine).size(), 79u);
}
}  // namespace
}  // namespace nrm::crypto
