#include "common/store/keys.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "common/base/hex.hpp"

namespace nrm {
namespace {
constexpr Instant earliest{std::numeric_limits<std::int64_t>::min()};
constexpr Instant latest{std::numeric_limits<std::int64_t>::max()};

StreamKey a_case() {
  return case_stream(Uuid::parse("00112233-4455-4677-8899-aabbccddeeff").value());
}

// What is written stays readable: change one of these only together with a migration.
TEST(Keys, GoldenBytes) {
  EXPECT_EQ(to_hex(keys::log(0x0102030405060708)), "0102030405060708");
  EXPECT_EQ(to_hex(keys::state(a_case())), "0300112233445546778899aabbccddeeff");
  EXPECT_EQ(to_hex(keys::due({Instant{1}, a_case(), static_cast<ClockName>(3)})),
            "8000000000000001"
            "0300112233445546778899aabbccddeeff"
            "03");
  EXPECT_EQ(to_hex(keys::archive("vault/0", 258)), "7661756c742f30000000000000000102");
  EXPECT_EQ(keys::cursor("vault/0"), "cursor/vault/0");
}

TEST(Keys, NumbersRoundTripAndSortAsNumbers) {
  const std::uint64_t numbers[] = {0, 1, 255, 256, 0xffffffff, 0x100000000, 1ull << 63, ~0ull};
  std::string before;
  for (const auto number : numbers) {
    const auto key = keys::log(number);
    EXPECT_EQ(key.size(), 8u);
    EXPECT_EQ(keys::read_u64(key), number);
    EXPECT_LT(before, key);
    before = key;
  }
  std::string out = "before";
  keys::append_u64(out, 7);
  EXPECT_EQ(keys::read_u64(std::string_view(out).substr(6)), 7u);
}

TEST(Keys, StreamsRoundTrip) {
  for (const auto& stream : {a_case(), referral_stream(a_case().id), provider_stream({}),
                             account_stream(a_case().id), organisation_stream(a_case().id)})
    EXPECT_EQ(keys::read_state(keys::state(stream)), stream);
  EXPECT_EQ(keys::read_state(keys::state(a_case()) + "!"), std::nullopt);
  EXPECT_EQ(keys::read_state(keys::log(1)), std::nullopt);
  EXPECT_EQ(keys::read_state(""), std::nullopt);
}

TEST(Keys, DeadlinesRoundTrip) {
  for (const auto at : {earliest, Instant{-1}, Instant{0}, Instant{1'700'000'000'000}, latest}) {
    const keys::DueKey key{at, a_case(), static_cast<ClockName>(2)};
    const auto read = keys::read_due(keys::due(key));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->due, key.due);
    EXPECT_EQ(read->stream, key.stream);
    EXPECT_EQ(read->clock, key.clock);
  }
  EXPECT_FALSE(keys::read_due(keys::state(a_case())));
  EXPECT_FALSE(keys::read_due(""));
}

TEST(Keys, DeadlinesSortByTimeAlsoBefore1970) {
  std::string before;
  for (const auto at : {earliest, Instant{-2}, Instant{-1}, Instant{0}, Instant{1}, latest}) {
    const auto key = keys::due({at, a_case(), {}});
    EXPECT_LT(before, key);
    before = key;
  }
}

TEST(Keys, OneLogIsAPrefixOfNoOther) {
  EXPECT_LT(keys::archive("vault/1", ~0ull), keys::archive("vault/10", 0));
  EXPECT_FALSE(keys::archive("vault/10", 0).starts_with(keys::archive("vault/1", 0).substr(0, 8)));
}
}  // namespace
}  // namespace nrm
