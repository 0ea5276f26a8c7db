// The pack by which the benchmarks of single hops decide: the one that the services have which they
// are held against.
#pragma once
#include <fstream>
#include <iterator>
#include <string>

#include "common/step/policy.hpp"

namespace nrm {
inline Policy an_example_policy() {
  std::ifstream file(NRM_SOURCE_FOLDER "/deploy/policy/osce.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto policy = read_policy(text);
  CHECK(policy, "the default pack is good");
  policy->appointments = Appointments{};
  return *std::move(policy);
}
}  // namespace nrm
