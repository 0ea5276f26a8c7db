// EdgeSettings: what an operator may say about the HTTPS edge: member "edge" of mechanism.json.
//
//   "edge": {"host_names": ["nrm.example"], "connections_per_address": 400,
//            "reads": {"burst": 300, "per_minute": 1200}}
//
// What is not named stays at its default: in production the limits of common/base/limits.hpp, in a
// sandbox none, because a rehearsal is one machine that plays everybody.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/base/limits.hpp"
#include "common/base/text.hpp"

namespace nrm {
struct Allowance {
  std::uint32_t burst = 0, per_minute = 0;
};
BOOST_DESCRIBE_STRUCT(Allowance, (), (burst, per_minute))

struct EdgeSettings {
  std::vector<Text<253>> host_names;  // besides the loopback ones; without port
  std::optional<std::uint32_t> connections_per_address;
  std::optional<Allowance> urgent_reports, acts, openings, reads;  // of one account
};
BOOST_DESCRIBE_STRUCT(EdgeSettings, (),
                      (host_names, connections_per_address, urgent_reports, acts, openings, reads))

// ERRORS: out_of_range, invalid_text, too_long; `where` is a pointer into mechanism.json.
Result<void> check(const EdgeSettings& settings);

// What holds, with the defaults filled in.
struct Edge {
  std::vector<std::string> hosts;
  std::size_t connections_per_address;
  // None: not limited.
  std::optional<limits::Rate> urgent_reports, acts, openings, reads;
};
Edge edge_of(const std::optional<EdgeSettings>& settings, bool sandbox);
}  // namespace nrm
