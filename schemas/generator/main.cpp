// nrm-schemas OUT_FOLDER: writes everything generated, and samples of events that have none yet.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

#include "schemas/generator/generate.hpp"

namespace nrm::schemas {
namespace {
namespace fs = std::filesystem;

bool write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  out.close();
  if (!out) std::fprintf(stderr, "nrm-schemas: cannot write %s\n", path.c_str());
  return bool(out);
}

bool write_all(const fs::path& folder) {
  for (const auto& [path, bytes] : generate())
    if (!write_file(folder / path, bytes)) return false;
  // A sample is what was written once and must be readable for ever: never written anew.
  for (const auto& [path, bytes] : samples())
    if (!fs::exists(folder / path) && !write_file(folder / path, bytes)) return false;
  return true;
}
}  // namespace
}  // namespace nrm::schemas

int main(int argc, char** argv) {
  if (argc != 2 || argv[1][0] == '-') {  // "--help" is not to become a folder
    std::fprintf(stderr, "usage: nrm-schemas OUT_FOLDER\n");
    return 64;
  }
  try {
    return nrm::schemas::write_all(argv[1]) ? 0 : 1;
  } catch (const std::exception& fault) {  // of std::filesystem
    std::fprintf(stderr, "nrm-schemas: %s\n", fault.what());
    return 1;
  }
}
