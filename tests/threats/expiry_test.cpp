// Row 25, the tokens' half: a clock that is set back makes no token last longer.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "common/runtime/folder.hpp"
#include "tests/threats/issuer.hpp"

namespace nrm::test {
namespace {
TEST(Threat25_Clock, SetBackRevivesNoToken) {
  Installation at;
  at.up();
  const Ran made = at.nrm({"accounts", "add", "--organisation", "Kent Police", "--kind", "police",
                           "--role", "first_responder", "--expires", "2h", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string token = made.out.substr(made.out.find("\"token\":\"") + 9, 64);
  auto client = http::connect(client_of(at)).value();
  ASSERT_EQ(get(*client, "/v1/cases", token).status, 200);
  ASSERT_EQ(at.nrm({"sandbox", "advance", "3h"}).exit_code, 0);
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401);
  // A record of the later time, then the machine's clock goes back by a day.
  ASSERT_EQ(at.nrm({"accounts", "add", "--organisation", "Essex Police", "--kind", "police",
                    "--role", "first_responder"})
                .exit_code,
            0);
  const auto set_back = [&] {
    const std::string file = at.dir() + "/sandbox/clock";
    std::int64_t offset = 0;
    std::ifstream(file, std::ios::binary).read(reinterpret_cast<char*>(&offset), sizeof offset);
    offset -= 24 * 3'600'000;
    std::fstream(file, std::ios::binary | std::ios::in | std::ios::out)
        .write(reinterpret_cast<const char*>(&offset), sizeof offset);
  };
  set_back();  // while it runs
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401);
  at.down();  // and across a start, which knows only what the logs say
  at.up();
  client = http::connect(client_of(at)).value();
  EXPECT_EQ(get(*client, "/v1/cases", token).status, 401);
  EXPECT_EQ(get(*client, "/v1/cases", at.token("Essex Police")).status, 200);
}
}  // namespace
}  // namespace nrm::test
