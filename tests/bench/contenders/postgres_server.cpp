#include "tests/bench/contenders/postgres_server.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

namespace nrm::bench {
namespace {
namespace fs = std::filesystem;

[[noreturn]] void die(const std::string& what) { throw std::runtime_error(what); }

std::string newest_programs() {
  std::set<std::string> found;
  std::error_code fault;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", fault))
    if (fs::exists(version.path() / "bin/initdb")) found.insert((version.path() / "bin").string());
  if (found.empty()) die("not installed (apt-get install postgresql)");
  return *found.rbegin();
}

// As PostgreSQL's manual recommends for a machine that has something else to do as well; what
// makes it durable stays on, as it is by default.
constexpr const char* settings =
    "listen_addresses = ''\n"
    "shared_buffers = 1GB\n"
    "max_wal_size = 8GB\n"
    "checkpoint_timeout = 15min\n"
    "synchronous_commit = on\n"
    "fsync = on\n"
    "full_page_writes = on\n";
}  // namespace

PostgresServer::PostgresServer(std::string dir)
    : dir_(std::move(dir)), programs_(newest_programs()) {
  fs::remove_all(dir_);
  fs::create_directories(dir_);
  // initdb refuses to run as root, and its user must be able to reach the folder.
  for (fs::path at = dir_; at.has_relative_path(); at = at.parent_path()) {
    std::error_code not_ours;
    fs::permissions(at, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add, not_ours);
  }
  if (::geteuid() == 0 && std::system(("chown postgres '" + dir_ + "'").c_str()) != 0)
    die("there is no user postgres");
  if (!run("initdb -D '" + dir_ + "/data' -A trust -U bench -E UTF8 --locale=C"))
    die("initdb failed in " + dir_);
  std::ofstream(dir_ + "/data/postgresql.conf", std::ios::app)
      << settings << "unix_socket_directories = '" << dir_ << "'\n";
  if (!run("pg_ctl -D '" + dir_ + "/data' -l '" + dir_ + "/log' -w start"))
    die("it does not start: " + dir_ + "/log");
}

PostgresServer::~PostgresServer() {
  run("pg_ctl -D '" + dir_ + "/data' -m immediate -w stop");
  std::error_code fault;
  fs::remove_all(dir_, fault);
}

std::string PostgresServer::connection() const {
  return "host=" + dir_ + " user=bench dbname=postgres";
}

bool PostgresServer::run(const std::string& command) const {
  const std::string as = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
  return std::system((as + programs_ + '/' + command + " >/dev/null 2>&1").c_str()) == 0;
}
}  // namespace nrm::bench
