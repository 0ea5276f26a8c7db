// A folder of static tiles (C2SP tlog-tiles), as `nrm audit export` writes it and `nrm audit fetch`
// mirrors it: `checkpoint`, `vkey`, `tile/…`.
//
// THREAD: any. ERRORS: each detail begins with the file's path in the folder: not_found (missing),
// too_large (longer than such a file can be), io_failed.
#pragma once
#include <string>

#include "common/ledger/tiles.hpp"

namespace nrm {
class TileFolder final : public TileSource {
 public:
  explicit TileFolder(std::string folder) : folder_(std::move(folder)) {}
  std::string name() const override { return folder_; }
  Result<std::string> read(const Tile& tile) const override;
  Result<std::string> checkpoint() const override;
  Result<std::string> verifier_key() const;  // the file `vkey`, without its newline

 private:
  Result<std::string> file(const std::string& relative, std::size_t bytes_max) const;
  std::string folder_;
};
}  // namespace nrm
