// The checkpoints that a client keeps: as many as it may keep can be read back.
#include "services/cli/seen.hpp"

#include <gtest/gtest.h>

#include "common/runtime/described_file.hpp"

namespace nrm::cli {
namespace {
TEST(Seen, AsManyAsMayBeKeptAreReadBack) {
  SeenLogs seen;
  seen.logs.resize(seen_logs_max);
  for (auto& log : seen.logs) log.note = std::string(400, 'n');
  const std::string text = to_json(seen);
  const auto again = read_described<SeenLogs>("checkpoints.json", text, seen_logs_max);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->logs.size(), seen_logs_max);
}
}  // namespace
}  // namespace nrm::cli
