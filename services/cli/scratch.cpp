#include "services/cli/scratch.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace nrm::cli {
Result<Scratch> Scratch::make() {
  std::error_code fault;
  const auto parent = std::filesystem::temp_directory_path(fault);
  std::string name = (fault ? "/tmp" : parent.string()) + "/nrm-audit-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    return Error(Code::io_failed, "", name + ": cannot be made; TMPDIR says where to");
  return Scratch(std::move(name));
}

Scratch::~Scratch() {
  std::error_code fault;
  if (!path_.empty()) std::filesystem::remove_all(path_, fault);
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
}  // namespace nrm::cli
