#include "common/base/hex.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
std::string all_bytes() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

TEST(Hex, RoundTrips) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xf0\xff", 4)), "000ff0ff");
  EXPECT_EQ(from_hex(to_hex(all_bytes())), all_bytes());
  EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, HasOneSpelling) {
  for (const char* bad : {"0", "0g", "AB", "aB", "0x00", " 00", "00 "})
    EXPECT_FALSE(from_hex(bad)) << bad;
}

TEST(Base64, VectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base64(plain), text);
    EXPECT_EQ(from_base64(text), plain);
  }
}

TEST(Base64, RoundTripsEveryByteAtEveryOffset) {
  for (std::size_t skip = 0; skip < 3; ++skip) {
    const std::string bytes = all_bytes().substr(skip);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Base64, HasOneSpelling) {
  for (const char* bad :
       {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm9v=", "Zh==" /* spare bits */,
        "Zm9=" /* spare bits */, "Zm 9v", "Zm9v\n", "Zm-_", "Zg==Zg==", "Z=g="})
    EXPECT_FALSE(from_base64(bad)) << bad;
  EXPECT_FALSE(from_base64(std::string_view("Zm9\0", 4)));
}
}  // namespace
}  // namespace nrm
