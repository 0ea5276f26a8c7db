// Assistance, told as stories: tests/service/scripts/assistance/*.txt.
#include <gtest/gtest.h>

#include "services/assistance/assistance.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
class AssistanceStory : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(AssistanceStory, ends_as_written) { expect_script(core_of<Assistance>(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Scripts, AssistanceStory, testing::ValuesIn(scripts_of("assistance")),
                         [](const auto& story) { return script_name(story.param); });
}  // namespace
}  // namespace nrm::test
