#include "services/cli/bench_site.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "services/cli/bench.hpp"

namespace nrm::cli::measure {
namespace {
namespace fs = std::filesystem;

// In a program of its own, because init() hardens the process it runs in, and prints. (Only forked,
// it would wait for ever for RocksDB's threads, which stay with the parent.)
Result<bool> init_apart(const std::string& dir, std::uint16_t port) {
  NRM_TRY_ASSIGN(const std::string path, program_beside("nrm"));
  const std::string number = std::to_string(port);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(nothing, STDOUT_FILENO);
    ::execl(path.c_str(), path.c_str(), "init", "--dir", dir.c_str(), "--policy", "osce", "--name",
            "bench.example", "--port", number.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

std::string log_of(const std::string& dir, std::string_view process) {
  return dir + "/logs/" + std::string(process) + ".log";
}

std::uint64_t number_in(json::Value line, std::string_view member) {
  const json::Value value = line.find(member);
  return value ? static_cast<std::uint64_t>(value.integer()) : 0;
}

// The lines that a process writes when it begins ("ready"), ends ("closed") and closes its store.
Result<Written> read_written(const std::string& log) {
  Written out;
  std::uint64_t before = 0;
  std::ifstream lines(log);
  json::Document document;
  for (std::string text; std::getline(lines, text);) {
    if (!document.parse_trusted(text)) continue;
    const json::Value line = document.root();
    const std::string_view event = line.find("event") ? line.find("event").text() : "";
    if (event == "ready") {
      before = number_in(line, "records");
    } else if (event == "closed") {
      out.records = number_in(line, "records") - before;
    } else if (event == "store.closed") {
      out.families.clear();  // of an earlier life
      out.batches = number_in(line, "synced");
    } else if (event == "store.written") {
      out.families[std::string(line.find("family").text())] = {
          number_in(line, "puts"), number_in(line, "erased"), number_in(line, "key_bytes"),
          number_in(line, "value_bytes")};
    }
  }
  if (out.batches == 0) return Error(Code::not_found, "", log + ": says nothing of its store");
  return out;
}
}  // namespace

Result<std::unique_ptr<Site>> Site::make(const std::string& dir, std::uint16_t http_port) {
  std::unique_ptr<Site> site(new Site(dir));
  std::error_code fault;
  fs::remove_all(dir, fault);
  fs::create_directories(fs::path(dir).parent_path(), fault);
  NRM_TRY_ASSIGN(const bool made, init_apart(dir, http_port));
  if (!made) return Error(Code::io_failed, "", dir + " could not be made");
  NRM_TRY_ASSIGN(site->folder_, Folder::open(dir));
  return site;
}

Site::~Site() {
  running_.clear();
  std::error_code fault;
  fs::remove_all(dir_, fault);
}

Result<void> Site::start(std::string_view process) {
  const std::string name(process);
  NRM_TRY_ASSIGN(const std::string program, program_beside("nrm-" + name));
  auto supervisor = std::make_unique<Supervisor>(dir_, std::vector<Program>{{name, program}});
  supervisor->start_due(Supervisor::Time::clock::now());
  running_[name] = std::move(supervisor);
  return {};
}

Result<Written> Site::stop(std::string_view process) {
  const auto found = running_.find(process);
  CHECK(found != running_.end(), "what is stopped was started");
  found->second->stop(std::chrono::seconds(30));
  running_.erase(found);
  return read_written(log_of(dir_, process));
}
}  // namespace nrm::cli::measure
