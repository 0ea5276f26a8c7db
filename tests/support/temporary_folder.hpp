// A folder of its own for a test, gone at the end.
#pragma once
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace nrm::test {
class TemporaryFolder {
 public:
  TemporaryFolder() : TemporaryFolder(std::filesystem::temp_directory_path()) {}
  // On a file system in memory, where the machine has one with room: each sync is made and costs
  // nothing. For tests that commit thousands of times and do not ask what a power cut leaves.
  static TemporaryFolder in_memory() {
    constexpr std::uintmax_t room = std::uintmax_t{1} << 30;
    const std::filesystem::path memory = "/dev/shm";
    std::error_code fault;
    const auto space = std::filesystem::space(memory, fault);
    if (fault || space.available < room) return TemporaryFolder();
    return TemporaryFolder(memory);
  }
  ~TemporaryFolder() {
    std::error_code fault;
    if (!path_.empty()) std::filesystem::remove_all(path_, fault);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + '/' + name; }

 private:
  explicit TemporaryFolder(const std::filesystem::path& parent) {
    std::string name = (parent / "nrm-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) ? name : std::string();
  }

  std::string path_;
};
}  // namespace nrm::test
