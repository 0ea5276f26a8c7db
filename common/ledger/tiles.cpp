#include "common/ledger/tiles.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "common/base/check.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;

Error corrupt(const Tile& tile, const std::string& what) {
  return Error(Code::corrupt, "", tile_path(tile) + ": " + what);
}

// A decimal number in its one spelling, up to `max`.
std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t max) {
  std::uint64_t out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc() || end != text.data() + text.size() || out > max) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return out;
}

bool is_group(std::string_view digits) {
  return digits.size() == 3 &&
         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

// "x001/x234/067"
std::optional<std::uint64_t> read_groups(std::string_view text) {
  constexpr std::uint64_t number_max = UINT64_MAX / 1'000 - 1;  // more records than there can be
  std::uint64_t out = 0;
  for (bool first = true;; first = false) {
    const auto slash = text.find('/');
    std::string_view group = text.substr(0, slash);
    const bool last = slash == text.npos;
    if (!last && !group.starts_with('x')) return std::nullopt;
    if (!last) group.remove_prefix(1);
    if (!is_group(group) || out > number_max) return std::nullopt;
    if (first && !last && group == "000") return std::nullopt;  // a leading zero
    std::uint64_t value = 0;
    std::from_chars(group.data(), group.data() + group.size(), value);
    out = out * 1'000 + value;
    if (last) return out;
    text.remove_prefix(slash + 1);
  }
}
}  // namespace

std::string tile_path(std::uint64_t number) {
  char group[8];
  std::snprintf(group, sizeof group, "%03u", static_cast<unsigned>(number % 1'000));
  std::string out = group;
  while (number >= 1'000) {
    number /= 1'000;
    std::snprintf(group, sizeof group, "x%03u/", static_cast<unsigned>(number % 1'000));
    out.insert(0, group);
  }
  return out;
}

std::string tile_path(const Tile& tile) {
  std::string out = "tile/";
  out += tile.level == Tile::entries ? "entries" : std::to_string(tile.level);
  out += '/' + tile_path(tile.number);
  if (tile.width < tile_width) out += ".p/" + std::to_string(tile.width);
  return out;
}

std::optional<Tile> read_tile_path(std::string_view path) {
  if (!path.starts_with("tile/")) return std::nullopt;
  path.remove_prefix(5);
  const auto slash = path.find('/');
  if (slash == path.npos) return std::nullopt;
  const std::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  Tile tile;
  if (level == "entries") {
    tile.level = Tile::entries;
  } else {
    const auto number = read_number(level, tile_levels_max - 1);
    if (!number) return std::nullopt;
    tile.level = static_cast<int>(*number);
  }
  if (const auto partial = path.find(".p/"); partial != path.npos) {
    const auto width = read_number(path.substr(partial + 3), tile_width - 1);
    if (!width || *width == 0) return std::nullopt;
    tile.width = static_cast<unsigned>(*width);
    path = path.substr(0, partial);
  }
  const auto number = read_groups(path);
  if (!number) return std::nullopt;
  tile.number = *number;
  return tile;
}

unsigned tile_width_at(std::uint64_t size, int level, std::uint64_t number) {
  const std::uint64_t entries = level > 0 ? size >> (8 * level) : size;
  if (entries / tile_width > number) return tile_width;
  return entries / tile_width == number ? static_cast<unsigned>(entries % tile_width) : 0;
}

void each_tile(std::uint64_t from, std::uint64_t size,
               const std::function<bool(const Tile&)>& take) {
  for (int level = Tile::entries; level < static_cast<int>(tile_levels_max); ++level) {
    const std::uint64_t had = level > 0 ? from >> (8 * level) : from;
    for (std::uint64_t number = had / tile_width;; ++number) {
      const unsigned width = tile_width_at(size, level, number);
      if (width == 0) break;
      if (width == tile_width_at(from, level, number)) continue;
      if (!take({level, number, width})) return;
    }
  }
}

Result<std::string> read_hash_tile(const TileSource& source, const Tile& tile) {
  CHECK(tile.level != Tile::entries && tile.width > 0, "a hash tile that there is");
  auto bytes = source.read(tile);
  if (!bytes && bytes.error().code == Code::not_found && tile.width < tile_width) {
    auto full = source.read({tile.level, tile.number, tile_width});
    if (full && full->size() != tile_width * hash_size)
      return corrupt({tile.level, tile.number, tile_width}, "a full tile has 256 hashes");
    if (full) {
      full->resize(tile.width * hash_size);
      return std::move(*full);
    }
  }
  if (!bytes) return bytes.error();
  if (bytes->size() != tile.width * hash_size)
    return corrupt(tile, "has " + std::to_string(bytes->size()) + " bytes, and " +
                             std::to_string(tile.width) + " hashes are " +
                             std::to_string(tile.width * hash_size));
  return std::move(*bytes);
}

Result<std::vector<std::string_view>> split_bundle(std::string_view bytes, const Tile& tile) {
  std::vector<std::string_view> records;
  records.reserve(tile.width);
  while (records.size() < tile.width) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t length = bytes.size() < 2 ? 0 : std::size_t{byte(0)} << 8 | byte(1);
    if (bytes.size() < 2 + length)
      return corrupt(tile, "ends inside entry " + std::to_string(records.size()));
    records.push_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (!bytes.empty()) return corrupt(tile, "goes on after its last entry");
  return records;
}

Result<std::vector<std::string_view>> read_bundle(const TileSource& source, const Tile& tile,
                                                  std::string& bytes) {
  CHECK(tile.level == Tile::entries && tile.width > 0, "a bundle that there is");
  auto there = source.read(tile);
  if (!there && there.error().code == Code::not_found && tile.width < tile_width) {
    const Tile full{Tile::entries, tile.number, tile_width};
    if (auto more = source.read(full)) {
      bytes = std::move(*more);
      NRM_TRY_ASSIGN(auto records, split_bundle(bytes, full));
      records.resize(tile.width);
      return records;
    }
  }
  if (!there) return there.error();
  bytes = std::move(*there);
  return split_bundle(bytes, tile);
}

ReadHashes hashes_at(const TileSource& source, std::uint64_t size) {
  return [&source, size](unsigned level, std::uint64_t number) -> Result<std::string> {
    const unsigned width = tile_width_at(size, static_cast<int>(level), number);
    CHECK(width > 0, "a proof asks for what the tree has");
    return read_hash_tile(source, {static_cast<int>(level), number, width});
  };
}
}  // namespace nrm
