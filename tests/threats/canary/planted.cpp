#include "tests/threats/canary/planted.hpp"

#include <gtest/gtest.h>
#include <string.h>

#include <cctype>
#include <filesystem>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
constexpr std::uint64_t file_bytes_max = 1ull << 31;

// The characters of base64 that do not depend on what stands before and after.
std::string base64_core(const std::string& text, std::size_t before) {
  static constexpr char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string bytes = std::string(before, '\0') + text;
  std::string out;
  for (std::size_t bit = 0; bit + 6 <= bytes.size() * 8; bit += 6) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 6; ++i)
      value = value << 1 | (static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8) & 1u);
    if (bit >= before * 8) out += digits[value];
  }
  return out;
}
}  // namespace

Planted::Planted() {
  unsigned char random[5];
  system_entropy()->fill(random, sizeof random);
  marker_ = "kanarie" + to_hex({reinterpret_cast<const char*>(random), sizeof random});
  const std::string hex = to_hex(marker_);
  std::string upper = hex, wide;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const char c : marker_) (wide += c) += '\0';
  needles_ = {{"text", marker_}, {"hex", hex}, {"hex", upper}, {"UTF-16", wide}};
  for (std::size_t before = 0; before < 3; ++before)
    needles_.push_back({"base64", base64_core(marker_, before)});
}

std::string Planted::text(std::string_view field, int number) const {
  return marker_ + ' ' + std::string(field) + ' ' + std::to_string(number);
}

std::string Planted::find(std::string_view bytes) const {
  for (const Needle& needle : needles_)
    if (::memmem(bytes.data(), bytes.size(), needle.bytes.data(), needle.bytes.size()) != nullptr)
      return needle.how;
  return "";
}

Searched search_folder(const Planted& planted, const std::string& folder) {
  Searched out;
  const auto look = [&](std::string_view bytes, const std::string& where) {
    out.bytes += bytes.size();
    if (const auto how = planted.find(bytes); !how.empty()) out.hits.push_back(where + ": " + how);
  };
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    look(path, "the name " + path);
    if (entry.is_regular_file()) {
      const auto bytes = read_file(path, file_bytes_max);
      if (!bytes) ADD_FAILURE() << path << " cannot be read";
      if (bytes) look(*bytes, path);
      ++out.files;
    } else if (entry.is_directory() && fs::exists(entry.path() / "CURRENT")) {
      const auto store = open_rocksdb({.folder = path, .read_only = true});
      if (!store) {
        ADD_FAILURE() << path << ": " << store.error().detail;
        continue;
      }
      for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        const std::string where = path + ", " + std::string(family_name(family));
        EXPECT_TRUE((*store)->scan(family, {}, [&](auto key, auto value) {
          look(key, where + ", a key");
          look(value, where + ", a value");
          return true;
        }));
      }
      ++out.stores;
    }
  }
  return out;
}
}  // namespace nrm::test
