#include "common/ledger/tile_folder.hpp"

#include <cstring>

#include "common/base/descriptor.hpp"

namespace nrm {
Result<std::string> TileFolder::file(const std::string& relative, std::size_t bytes_max) const {
  const auto fault = [&](const char* what) {
    const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::io_failed;
    return Error(code, "", relative + ": " + what + " (" + std::strerror(errno) + ")");
  };
  const Descriptor file(::open((folder_ + '/' + relative).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fault(errno == ENOENT ? "is missing" : "cannot be opened");
  std::string out;
  char buffer[16'384];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fault("cannot be read");
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > bytes_max)
      return Error(Code::too_large, "", relative + ": is longer than such a file can be");
  }
}

Result<std::string> TileFolder::read(const Tile& tile) const {
  return file(tile_path(tile), tile.level == Tile::entries ? bundle_bytes_max : tile_width * 32);
}

Result<std::string> TileFolder::checkpoint() const {
  return file("checkpoint", limits::note_bytes_max);
}

Result<std::string> TileFolder::verifier_key() const {
  NRM_TRY_ASSIGN(std::string text, file("vkey", limits::note_bytes_max));
  if (!text.ends_with('\n')) return Error(Code::corrupt, "", "vkey: is not one line");
  text.pop_back();
  return text;
}
}  // namespace nrm
