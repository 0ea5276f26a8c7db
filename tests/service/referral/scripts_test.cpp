// Referral, told as stories: tests/service/scripts/referral/*.txt.
#include <gtest/gtest.h>

#include "services/referral/referral.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
class ReferralStory : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ReferralStory, ends_as_written) { expect_script(core_of<Referrals>(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Scripts, ReferralStory, testing::ValuesIn(scripts_of("referral")),
                         [](const auto& story) { return script_name(story.param); });
}  // namespace
}  // namespace nrm::test
