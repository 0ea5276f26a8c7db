// The project's own sources as text, for the tidy tests.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nrm::tidy {
struct SourceFile {
  std::string path;  // from the root: "common/base/json.cpp"
  std::vector<std::string> lines;

  std::string folder() const { return path.substr(0, path.rfind('/')); }
  std::string name() const { return path.substr(path.rfind('/') + 1); }
  bool is_header() const { return path.ends_with(".hpp"); }
};

// All *.cpp and *.hpp below common, services and tests.
std::vector<SourceFile> read_sources();
std::string read_text(const std::string& path);  // from the root

// One row of the table in common/README.md.
struct FolderRule {
  std::set<std::string> may_include;                       // folder names below common/
  std::map<std::string, std::set<std::string>> libraries;  // library -> files; "any" = all
};
std::map<std::string, FolderRule> read_rules();

struct Include {
  std::string target;  // without quotes or brackets
  bool is_ours = false;
  std::size_t line = 0;
};
std::vector<Include> includes_of(const SourceFile& file);
// The library of a system include: "RocksDB" for <rocksdb/db.h>; empty for the standard library.
std::string library_of(const std::string& target);
}  // namespace nrm::tidy
