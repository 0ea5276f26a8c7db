#include "tests/tidy/source_tree.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace nrm::tidy {
namespace {
namespace fs = std::filesystem;
const fs::path root = NRM_SOURCE_FOLDER;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) out.push_back(part);
  return out;
}

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" `"), to = text.find_last_not_of(" `");
  return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}
}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream in(root / path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<SourceFile> read_sources() {
  std::vector<SourceFile> out;
  for (const char* top : {"common", "services", "tests", "schemas"})
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      const std::string path = fs::relative(entry.path(), root).string();
      if ((extension != ".cpp" && extension != ".hpp") ||
          path.find("node_modules") != std::string::npos)
        continue;
      out.push_back({path, split(read_text(path), '\n')});
    }
  return out;
}

std::map<std::string, FolderRule> read_rules() {
  std::map<std::string, FolderRule> rules;
  for (const std::string& line : split(read_text("common/README.md"), '\n')) {
    if (!line.starts_with("| `common/")) continue;
    const auto cells = split(line, '|');
    FolderRule& rule = rules[trimmed(cells.at(1))];
    if (trimmed(cells.at(2)) != "-")
      for (const std::string& name : split(trimmed(cells.at(2)), ' '))
        rule.may_include.insert(name);
    // "RocksDB: `a.cpp`, `b.cpp`; ZeroMQ, OpenSSL: any"
    for (const std::string& group : split(cells.at(3), ';')) {
      const auto colon = group.find(':');
      if (colon == std::string::npos) continue;
      for (const std::string& library : split(group.substr(0, colon), ','))
        for (const std::string& file : split(group.substr(colon + 1), ','))
          rule.libraries[trimmed(library)].insert(trimmed(file));
    }
  }
  return rules;
}

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex pattern(R"re(^#include (["<])([^">]+)[">])re");
  std::vector<Include> out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(file.lines[i], match, pattern))
      out.push_back({match[2], match[1] == "\"", i + 1});
  }
  return out;
}

std::string library_of(const std::string& target) {
  static const std::pair<const char*, const char*> prefixes[] = {
      {"rocksdb/", "RocksDB"},
      {"zmq", "ZeroMQ"},
      {"boost/asio", "Asio"},
      {"boost/beast", "Beast"},
      {"boost/json", "Boost.JSON"},
      {"boost/describe", "Boost.Describe"},
      {"boost/mp11", "Boost.Mp11"},
      {"boost/system", "Boost.System"},
      {"simdjson", "simdjson"},
      {"sodium", "libsodium"},
      {"utf8proc", "utf8proc"},
      {"openssl/", "OpenSSL"},
      {"spdlog/", "spdlog"},
      {"prometheus/", "prometheus-cpp"},
      {"CLI/", "CLI11"},
      {"boost/", "Boost"},
      {"seccomp.h", "libseccomp"},
      {"xlsxwriter", "libxlsxwriter"},
      {"fmt/", "fmt"}};
  for (const auto& [prefix, library] : prefixes)
    if (target.starts_with(prefix)) return library;
  return "";
}
}  // namespace nrm::tidy
