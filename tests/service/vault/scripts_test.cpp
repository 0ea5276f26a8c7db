// The vault, told as stories: tests/service/scripts/vault/*.txt.
#include <gtest/gtest.h>

#include "services/vault/vault.hpp"
#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
class VaultStory : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(VaultStory, ends_as_written) { expect_script(core_of<Vault>(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Scripts, VaultStory, testing::ValuesIn(scripts_of("vault")),
                         [](const auto& story) { return script_name(story.param); });
}  // namespace
}  // namespace nrm::test
