// Where the tiles of a log are (C2SP tlog-tiles), and the port that reads them: a folder of static
// files, HTTPS, a store. What a source gives is not trusted; TiledLog (tiled_log.hpp) checks it.
//
//   tile/<L>/<N>        256 hashes: entry i is the root of the complete subtree of 256^L records
//                       number 256 N + i; the last of a level as <N>.p/<W> with W hashes
//   tile/entries/<N>    256 records, each after its length (big-endian, two bytes); .p/<W> likewise
//
// N is written in groups of three digits, all but the last with an "x" before: 1234067 is
// x001/x234/067.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/limits.hpp"
#include "common/ledger/proofs.hpp"

namespace nrm {
inline constexpr unsigned tile_width = 256;     // entries of a full tile
inline constexpr unsigned tile_levels_max = 8;  // sizes are 64-bit
inline constexpr std::size_t bundle_bytes_max = tile_width * (2 + limits::record_bytes_max);

struct Tile {
  static constexpr int entries = -1;  // as a level: the records themselves

  int level = 0;  // 0 to 7, or entries
  std::uint64_t number = 0;
  unsigned width = tile_width;
  bool operator==(const Tile&) const = default;
};
std::string tile_path(std::uint64_t number);  // "x001/x234/067"
std::string tile_path(const Tile& tile);      // "tile/0/x001/x234/067.p/5"
// Strict: one tile has one spelling.
std::optional<Tile> read_tile_path(std::string_view path);

// How many entries tile `number` of a level has in a log of `size` records; 0: there is no such.
unsigned tile_width_at(std::uint64_t size, int level, std::uint64_t number);
// All tiles of a log of `size` records, entries too; with `from`, those that a log of `from`
// records does not have in full. In an order in which each is useful at once: levels from below.
// `take` returns false to stop.
void each_tile(std::uint64_t from, std::uint64_t size,
               const std::function<bool(const Tile&)>& take);

class TileSource {
 public:
  virtual ~TileSource() = default;
  virtual std::string name() const = 0;  // for people: a folder's path, an address
  // The bytes as they are there. ERRORS: not_found (it is not there); io_failed, unavailable,
  // too_large. The detail begins with the file's path.
  virtual Result<std::string> read(const Tile& tile) const = 0;
  virtual Result<std::string> checkpoint() const = 0;
};

// A partial tile may be gone once the full one is there (tlog-tiles, Partial Tiles): then the full
// one, cut. Checks the length. ERRORS: as the source; corrupt.
Result<std::string> read_hash_tile(const TileSource& source, const Tile& tile);
// The records of a bundle; they borrow from `bytes`. ERRORS: corrupt, named by the tile's path.
Result<std::vector<std::string_view>> split_bundle(std::string_view bytes, const Tile& tile);
// ... of a partial bundle, or of the full one that has taken its place; `bytes` is filled.
Result<std::vector<std::string_view>> read_bundle(const TileSource& source, const Tile& tile,
                                                  std::string& bytes);

// Reads hash tiles of a log of `size` records for proofs.hpp. Unchecked but for length: a proof
// is verified as a whole. `source` lives longer.
ReadHashes hashes_at(const TileSource& source, std::uint64_t size);
}  // namespace nrm
