#include "services/cli/scratch.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace nrm::cli {
namespace {
// Empty: it cannot be made there.
std::string folder_in(const std::string& parent) {
  std::string name = parent + "/nrm-audit-XXXXXX";
  return ::mkdtemp(name.data()) == nullptr ? std::string() : name;
}
}  // namespace

Result<Scratch> Scratch::make(const std::string& parent) {
  std::string made = parent.empty() ? std::string() : folder_in(parent);
  if (!made.empty()) return Scratch(std::move(made));
  std::error_code fault;
  const auto temporary = std::filesystem::temp_directory_path(fault);
  const std::string last = fault ? "/tmp" : temporary.string();
  made = folder_in(last);
  if (made.empty())
    return Error(Code::io_failed, "", last + ": no folder can be made here; TMPDIR says where to");
  return Scratch(std::move(made));
}

Scratch::~Scratch() {
  std::error_code fault;
  if (!path_.empty()) std::filesystem::remove_all(path_, fault);
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
}  // namespace nrm::cli
