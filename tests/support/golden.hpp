// Golden files: bytes that must never change, in tests/golden. A format is changed by adding a new
// version with a file of its own, never by writing these anew.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace nrm::test {
// The whole file tests/golden/<name>; it ends in a newline, as committed text does.
inline std::string golden(const std::string& name) {
  std::ifstream file(std::string(NRM_SOURCE_FOLDER) + "/tests/golden/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << "tests/golden/" << name << " is missing";
  return {std::istreambuf_iterator<char>(file), {}};
}
}  // namespace nrm::test
