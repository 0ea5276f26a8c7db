// Packs: the rules as adopted, found by the name and the digest that a log was opened with (record
// 0, LogOpened). Whose file it is does not matter: another byte is another digest.
// THREAD: any, once filled.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/step/policy.hpp"
#include "common/store/store.hpp"

namespace nrm {
struct AdoptedPack {
  Policy policy;
  std::string digest;  // SHA-256 of the file's bytes, hex
  std::string file;
};

// What a log says of itself in record 0.
struct OpenedUnder {
  std::string policy, digest;  // "uk@1"
};
// None: record 0 does not say. ERRORS: corrupt, io_failed.
Result<std::optional<OpenedUnder>> opened_under(const Store& log);

class Packs {
 public:
  // Every *.json below the folder that is an adopted pack. ERRORS: not_found; the fault of a file
  // that is not one, with its name.
  Result<void> add_folder(const std::string& folder);
  Result<void> add_file(const std::string& path);
  // nullptr: no file here has this digest.
  const AdoptedPack* find(const OpenedUnder& opened) const;
  const AdoptedPack* find(std::string_view digest) const;
  bool empty() const { return packs_.empty(); }
  // What to do when there is none: which file to get and where to put it.
  static std::string wanted(const OpenedUnder& opened);

 private:
  std::vector<std::unique_ptr<AdoptedPack>> packs_;
};
}  // namespace nrm
