#include "common/diag/pseudonyms.hpp"

#include <gtest/gtest.h>

#include "common/diag/diag.hpp"

namespace nrm::diag {
namespace {
const std::string id = "055a1b2c-3d4e-4f50-8123-456789abcdef";

std::string in_brackets(std::string_view given) { return "[" + std::string(given) + "]"; }

class Pseudonyms : public ::testing::Test {
 protected:
  ~Pseudonyms() override {
    name_ids_by([](std::string_view) { return std::string("(id)"); });
  }
};

TEST_F(Pseudonyms, AnIdIsNeverWritten) {
  start("nrm-test");
  ::testing::internal::CaptureStderr();
  error("stopped", {{"why", "case/" + id + ": is missing"}});
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(line.find(id), std::string::npos) << line;
  EXPECT_NE(line.find("case/(id): is missing"), std::string::npos) << line;
}

TEST_F(Pseudonyms, AllOfThemAreFoundWhereverTheyStand) {
  name_ids_by(in_brackets);
  const std::string upper = "055A1B2C-3D4E-4F50-8123-456789ABCDEF";
  EXPECT_EQ(without_ids(id), "[" + id + "]");
  EXPECT_EQ(without_ids(upper), "[" + id + "]") << "one id, one pseudonym";
  EXPECT_EQ(without_ids("a" + id + id + "z"), "a[" + id + "][" + id + "]z");
  EXPECT_EQ(without_ids("case/" + id + " of " + upper), "case/[" + id + "] of [" + id + "]");
}

TEST_F(Pseudonyms, OtherTextStaysAsItIs) {
  name_ids_by(in_brackets);
  for (const std::string& text :
       {std::string("identification/0"), std::string(), id.substr(0, 35), id.substr(1),
        std::string("055a1b2c-3d4e-4f50-8123x456789abcdef"), std::string(64, 'a')})
    EXPECT_EQ(without_ids(text), text);
}
}  // namespace
}  // namespace nrm::diag
