#include "common/base/one_of.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nrm {
namespace {
// Counts its values, so that one that is destroyed twice, or never, shows.
struct Counted {
  static inline int alive = 0;
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
};
struct Empty {};
struct Name {
  std::string text;
};
struct alignas(32) Wide {
  std::vector<std::string> lines;
  Counted counted;
};
}  // namespace

struct Thing;
template <>
struct AlternativesOf<Thing> {
  using type = boost::mp11::mp_list<Empty, Name, Wide>;
};
struct Thing : OneOf<Thing> {
  using OneOf::OneOf;
};

namespace {
const std::string long_text(100, 'x');  // not within the string itself

TEST(OneOf, IsTheFirstAlternativeAtFirst) {
  const Thing thing;
  EXPECT_EQ(Thing::count, 3u);
  EXPECT_EQ(thing.index(), 0u);
  EXPECT_TRUE(holds<Empty>(thing));
}

TEST(OneOf, HoldsWhatItWasMadeOf) {
  Thing thing = Name{long_text};
  EXPECT_EQ(thing.index(), 1u);
  EXPECT_EQ(get<Name>(thing).text, long_text);
  EXPECT_EQ(get_if<Wide>(&thing), nullptr);
  ASSERT_NE(get_if<Name>(&thing), nullptr);
  get_if<Name>(&thing)->text = "short";
  EXPECT_EQ(get<Name>(std::as_const(thing)).text, "short");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(thing.address()) % alignof(Wide), 0u);
}

TEST(OneOfDeathTest, GivesNoOtherAlternative) {
  const Thing thing = Name{"x"};
  EXPECT_DEATH(static_cast<void>(get<Wide>(thing)), "another alternative");
}

TEST(OneOf, CopiesAndMovesAndEndsEachValueOnce) {
  {
    const Thing wide = Wide{{long_text, "b"}, {}};
    Thing copy = wide;
    EXPECT_EQ(get<Wide>(copy).lines, get<Wide>(wide).lines);
    EXPECT_EQ(Counted::alive, 2);
    Thing moved = std::move(copy);
    EXPECT_EQ(get<Wide>(moved).lines[0], long_text);

    Thing other = Name{long_text};
    other = moved;  // of another alternative
    EXPECT_EQ(get<Wide>(other).lines.size(), 2u);
    other = wide;  // of the same one
    Thing& same = other;
    other = same;
    EXPECT_EQ(get<Wide>(other).lines[0], long_text);
    other = Thing(Name{"n"});
    EXPECT_EQ(get<Name>(other).text, "n");
    EXPECT_EQ(Counted::alive, 3) << "wide, copy (moved from), moved";
    moved.emplace<Name>().text = "m";
    EXPECT_EQ(get<Name>(moved).text, "m");
    EXPECT_EQ(Counted::alive, 2);
  }
  EXPECT_EQ(Counted::alive, 0);
}

TEST(OneOf, IsVisitedAsWhatItIs) {
  const auto size = [](const auto& value) { return sizeof value; };
  EXPECT_EQ(visit(size, Thing()), sizeof(Empty));
  EXPECT_EQ(visit(size, Thing(Name{})), sizeof(Name));
  EXPECT_EQ(visit(size, Thing(Wide{})), sizeof(Wide));
  Thing thing = Name{"a"};
  visit(
      [](auto& value) {
        if constexpr (requires { value.text; }) value.text += "b";
      },
      thing);
  EXPECT_EQ(get<Name>(thing).text, "ab");
}
}  // namespace
}  // namespace nrm
