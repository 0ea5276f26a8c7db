#include "common/base/text.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
TEST(Text, TakesUtf8) {
  for (const char* good : {"a", "Zoë", "漢字", "🕊", "\u07ff", "\u0800", "\ud7ff", "\ue000",
                           "\uffff", "\U00010000", "\U0010ffff"})
    EXPECT_TRUE(is_clean_text(good)) << good;
}

TEST(Text, RefusesWhatIsNotUtf8) {
  const std::string bad[] = {
      "\x80",              // a continuation that continues nothing
      "\xc3",              // cut off
      "\xe2\x82",          // cut off
      "\xf0\x9f\x95",      // cut off
      "\xc3(",             // continued by something else
      "\xc0\x80",          // overlong NUL
      "\xc1\xbf",          // overlong
      "\xe0\x9f\xbf",      // overlong
      "\xf0\x8f\xbf\xbf",  // overlong
      "\xed\xa0\x80",      // surrogate
      "\xed\xbf\xbf",      // surrogate
      "\xf4\x90\x80\x80",  // beyond U+10FFFF
      "\xf5\x80\x80\x80",
      "\xfe",
      "\xff",
  };
  for (const auto& one : bad) {
    EXPECT_FALSE(is_clean_text(one)) << testing::PrintToString(one);
    EXPECT_FALSE(is_clean_text("before" + one));
    EXPECT_FALSE(is_clean_text(one + "after"));
  }
}

TEST(Text, RefusesControlCharacters) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string one(1, static_cast<char>(c));
    EXPECT_FALSE(is_clean_text(one)) << c;
    EXPECT_EQ(is_clean_text(one, true), c == '\n' || c == '\t' || c == '\r') << c;
  }
  EXPECT_FALSE(is_clean_text("\x7f"));
  EXPECT_FALSE(is_clean_text("\u0080", true));
  EXPECT_FALSE(is_clean_text("\u009b", true)) << "a terminal's control sequence introducer";
  EXPECT_TRUE(is_clean_text("\u00a0"));
}

// What was masked for a reader never comes back as the value (text.hpp).
TEST(Text, RefusesAMaskWhereverItStands) {
  const std::string mask(mask_marker);
  for (const std::string& text : {mask, "+44 " + mask, mask + "23", "Ana " + mask + " B."}) {
    EXPECT_FALSE(Text<80>::parse(text)) << text;
    EXPECT_FALSE(is_clean_text("first line\n" + text, true)) << text;
  }
  EXPECT_TRUE(Text<80>::parse("\u2588\u2588"));
}

TEST(Text, HasBetweenOneAndNBytes) {
  EXPECT_FALSE(Text<4>::parse(""));
  EXPECT_EQ(Text<4>::parse("abcd")->text(), "abcd");
  EXPECT_FALSE(Text<4>::parse("abcde"));
  EXPECT_TRUE(Text<4>::parse("éé"));
  EXPECT_FALSE(Text<4>::parse("ééé")) << "bytes, not characters";
  EXPECT_FALSE(Text<4>::parse("a\nb"));
}

// --- what is sensitive leaves nothing behind

TEST(SensitiveValues, AreZeroedWhenTheyAreMovedAway) {
  Sensitive<std::string> from(std::string("short"));  // short enough to be inside the object
  const char* const bytes = from.reveal().data();
  const Sensitive<std::string> to(std::move(from));
  EXPECT_EQ(to.reveal(), "short");
  EXPECT_EQ(std::string(bytes, 5), std::string(5, '\0'));
}

TEST(SensitiveValues, AreZeroedToTheEndOfTheirBuffer) {
  std::string text(100, 'x');
  const char* const bytes = text.data();
  text.resize(3);  // the rest stays in the buffer
  wipe(text);
  EXPECT_EQ(text.size(), 0u);
  ASSERT_GE(text.capacity(), 100u);
  EXPECT_EQ(std::string(bytes, 100), std::string(100, '\0'));
}
}  // namespace
}  // namespace nrm
