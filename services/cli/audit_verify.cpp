// nrm audit verify: runs services/audit/verification.hpp and shows what it found.
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "services/audit/verification.hpp"
#include "services/cli/commands.hpp"

namespace nrm::cli {
namespace {
struct LayerReport {
  std::string layer;
  std::uint64_t checked = 0;
  std::string unit;
  bool holds = false;
  std::vector<std::string> faults;
  std::string remark;
};
BOOST_DESCRIBE_STRUCT(LayerReport, (), (layer, checked, unit, holds, faults, remark))

struct Report {
  bool holds = true;
  bool live = false;
  std::vector<LayerReport> layers;
};
BOOST_DESCRIBE_STRUCT(Report, (), (holds, live, layers))

void show(const Report& report) {
  for (const LayerReport& layer : report.layers) {
    std::printf("%-13s %9llu %-9s %s\n", layer.layer.c_str(),
                static_cast<unsigned long long>(layer.checked), layer.unit.c_str(),
                layer.holds ? "ok" : "FAULT");
    if (!layer.remark.empty()) std::printf("    (%s)\n", layer.remark.c_str());
    for (const std::string& fault : layer.faults) std::printf("    %s\n", fault.c_str());
  }
  std::printf("%s\n", report.holds ? "Everything checks out."
                                   : "Something does not check out: keep this folder as it is and "
                                     "compare with the archive and with checkpoints kept outside.");
}

// A folder of our own beside the data, gone at the end.
class Scratch {
 public:
  explicit Scratch(const Folder& folder)
      : path_(folder.file("run/verify-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
}  // namespace

int audit_verify(const AuditVerifyOptions& options) {
  const auto folder = Folder::open(options.dir);
  if (!folder) {
    std::fprintf(stderr, "nrm audit verify: %s\n", folder.error().detail.c_str());
    return 65;
  }
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  VerifyOptions how{.live = in_use(*folder), .scratch = {}, .progress = {}};
  const Scratch scratch(*folder);
  how.scratch = scratch.path();
  if (terminal)
    how.progress = [](const std::string& what, std::uint64_t done, std::uint64_t of) {
      std::fprintf(stderr, "\r\033[K%s %llu%s", what.c_str(), static_cast<unsigned long long>(done),
                   of ? (" of " + std::to_string(of)).c_str() : "");
    };
  const auto layers = verify_folder(*folder, how);
  if (terminal) std::fprintf(stderr, "\r\033[K");
  if (!layers) {
    std::fprintf(stderr, "nrm audit verify: %s\n", layers.error().detail.c_str());
    return 65;
  }
  Report report{.holds = true, .live = how.live, .layers = {}};
  for (const Layer& layer : *layers) {
    report.layers.push_back(
        {layer.name, layer.checked, layer.unit, layer.faults.empty(), layer.faults, layer.remark});
    report.holds &= layer.faults.empty();
  }
  if (options.json)
    std::printf("%s\n", to_json(report).c_str());
  else
    show(report);
  return report.holds ? 0 : 1;
}
}  // namespace nrm::cli
