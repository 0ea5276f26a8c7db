// What is in a file, also one of /proc; "" when it cannot be read.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace nrm::test {
inline std::string file_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace nrm::test
