#include "services/cli/story.hpp"

#include <gtest/gtest.h>

#include "common/event/codec.hpp"

namespace nrm::cli {
namespace {
std::string told(const std::string& item, const Names& names = {}) {
  json::Document document;
  EXPECT_TRUE(document.parse_trusted(item));
  return story_line(document.root(), names);
}

TEST(StoryTest, TellsWhoWhenAndWhere) {
  const Names names{{"00000000-0000-4000-8000-000000000001", "Kent Police"}};
  EXPECT_EQ(told(R"({"at":"2023-07-03T08:00:00.000Z","log":"identification/0","seq":7,)"
                 R"("type":"nrm.case.report_received.v1","data":{"reference":"AAAAA-AAAAA-A",)"
                 R"("organisation":"00000000-0000-4000-8000-000000000001",)"
                 R"("decide_by":"2023-07-10T23:59:59.999Z"}})",
                 names),
            "2023-07-03 08:00  REPORTED by Kent Police, reference AAAAA-AAAAA-A; first stage due "
            "2023-07-10  (identification/0 7)");
}

TEST(StoryTest, AReferralIsToldApart) {
  const std::string line =
      told(R"({"at":"2023-07-03T08:00:00.000Z","log":"referral/0","seq":1,)"
           R"("type":"nrm.referral.declined.v1","referral":"5f0c1a2b-0000-4000-8000-000000000001",)"
           R"("data":{"reason":"no_capacity"}})");
  EXPECT_EQ(line, "2023-07-03 08:00  [5f0c1a2b] declined: no capacity  (referral/0 1)");
}

// What a reader may not see is left out of an item; the story goes on without it.
TEST(StoryTest, ToldWithoutTheDataThatIsNotDisclosed) {
  const std::string line = told(
      R"({"at":"2023-07-03T08:00:00.000Z","log":"closure/0","seq":1,"type":"nrm.case.closed.v1"})");
  EXPECT_NE(line.find("CLOSED: not told"), std::string::npos);
}

template <class List>
struct EachType;
template <class... E>
struct EachType<boost::mp11::mp_list<E...>> {
  static std::vector<std::string_view> names() { return {E::type...}; }
};

// An event that was added without its sentence would show as its type's name.
TEST(StoryTest, EveryEventOfACaseHasItsSentence) {
  for (const std::string_view type : EachType<AllEvents>::names()) {
    if (!type.starts_with("nrm.case.") && !type.starts_with("nrm.referral.")) continue;
    const std::string line = told(R"({"at":"2023-07-03T08:00:00.000Z","log":"x/0","seq":1,)"
                                  R"("type":")" +
                                  std::string(type) + R"(","data":{}})");
    EXPECT_EQ(line.find("nrm."), std::string::npos) << type;
    EXPECT_EQ(line.find('{'), std::string::npos) << type;
  }
}
}  // namespace
}  // namespace nrm::cli
