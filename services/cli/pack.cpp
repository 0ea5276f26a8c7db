#include "services/cli/pack.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

namespace nrm::cli {
namespace fs = std::filesystem;

std::string program_folder() {
  std::error_code fault;
  const auto self = fs::read_symlink("/proc/self/exe", fault);
  return fault ? std::string(".") : self.parent_path().string();
}

std::string absolute_folder(const std::string& dir) {
  std::error_code fault;
  std::string out = fs::absolute(dir, fault).lexically_normal().string();
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

std::vector<std::string> pack_folders() {
  std::vector<std::string> out;
  if (const char* named = std::getenv("NRM_POLICY_DIR"); named != nullptr && *named != '\0')
    out.emplace_back(named);
  out.push_back(program_folder() + "/../share/nrm/policy");
  out.push_back(program_folder() + "/" NRM_POLICY_FOLDER);
  return out;
}

namespace {
std::string known_packs() {
  std::set<std::string> names;
  for (const std::string& folder : pack_folders()) {
    std::error_code fault;
    for (const auto& entry : fs::directory_iterator(folder, fault))
      if (entry.path().extension() == ".json") names.insert(entry.path().stem().string());
  }
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none found; set NRM_POLICY_DIR" : out;
}

Error io_error(const std::string& path) {
  return Error(Code::io_failed, "", path + ": " + std::strerror(errno));
}
}  // namespace

std::string find_pack(const std::string& name_or_file) {
  std::error_code fault;
  if (name_or_file.find('/') == std::string::npos)
    for (const std::string& folder : pack_folders())
      if (const std::string file = folder + '/' + name_or_file + ".json"; fs::exists(file, fault))
        return file;
  return fs::is_regular_file(name_or_file, fault) ? name_or_file : std::string();
}

Error no_pack(const std::string& name_or_file) {
  return Error(Code::not_found, "",
               "there is no policy pack \"" + name_or_file + "\" (packs here: " + known_packs() +
                   "; or name a file)");
}

Result<std::string> read_pack(const std::string& name_or_file) {
  const std::string file = find_pack(name_or_file);
  if (file.empty()) return no_pack(name_or_file);
  NRM_TRY_ASSIGN(std::string bytes, read_file(file, limits::policy_bytes_max));
  if (const auto policy = read_policy(bytes); !policy) {
    Error fault = policy.error();
    fault.where = file + fault.where;
    return fault;
  }
  return bytes;
}

std::string appoint(const std::string& pack, const Policy& policy, const Appointments& offices) {
  if (policy.appointments) return pack;
  const std::size_t end = pack.rfind('}');  // read_policy() has read an object
  const std::size_t last = pack.find_last_not_of(" \t\r\n", end - 1);
  return pack.substr(0, last + 1) + ",\n  \"appointments\": " + to_json(offices) + "\n}\n";
}

Result<void> write_like(const std::string& path, const std::string& bytes,
                        const std::string& like) {
  struct stat status {};
  if (::stat(like.c_str(), &status) != 0) return io_error(like);
  const std::string fresh = path + ".fresh";
  NRM_TRY(write_file(fresh, bytes, status.st_mode & 0777));
  if (::chmod(fresh.c_str(), status.st_mode & 0777) != 0) return io_error(fresh);  // umask
  if (::geteuid() == 0 && ::chown(fresh.c_str(), status.st_uid, status.st_gid) != 0)
    return io_error(fresh);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return io_error(path);
  return {};
}

Result<void> export_packs(const Folder& folder, const std::string& to) {
  std::error_code fault;
  fs::create_directories(to, fault);
  if (fault) return Error(Code::io_failed, "", to + ": " + fault.message());
  const auto copy = [&](const std::string& from, const std::string& digest) -> Result<void> {
    NRM_TRY_ASSIGN(const std::string bytes, read_file(folder.file(from)));
    return write_file(to + '/' + digest + ".json", bytes, 0644);
  };
  NRM_TRY(copy("policy.json", folder.policy_digest()));
  for (const AdoptedPolicy& one : folder.adopted())
    NRM_TRY(copy(adopted_pack_file(one.adoption.policy_digest), one.adoption.policy_digest));
  return {};
}

std::string widened(const std::string& pack) {
  constexpr std::string_view member = "\"per_hour\"", digits = "0123456789";
  std::string out = pack;
  for (std::size_t at = out.find(member); at != out.npos; at = out.find(member, at)) {
    at = out.find_first_of(digits, at + member.size());  // read_policy() has read a number there
    const std::size_t end = out.find_first_not_of(digits, at);
    out.replace(at, end - at, std::to_string(limits::access_per_hour_max));
  }
  return out;
}
}  // namespace nrm::cli
