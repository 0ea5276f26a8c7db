// Planted strings (canaries), and the search for them in bytes of any kind.
// THREAD: any; a Planted never changes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace nrm::test {
// Every canary contains one marker, random for each run, so that one search finds all of them.
class Planted {
 public:
  Planted();
  // The value of one personal field of one case; unique.
  std::string text(std::string_view field, int number) const;
  const std::string& marker() const { return marker_; }

  // How it is in there: "text", "hex", "base64", "UTF-16"; empty when it is not.
  std::string find(std::string_view bytes) const;

 private:
  struct Needle {
    const char* how;
    std::string bytes;
  };
  std::string marker_;
  std::vector<Needle> needles_;
};

// Everything below `folder`: names and bytes of files, and keys and values of every store in it
// (blocks are compressed, so their bytes alone would not do). One line per hit: where, how.
struct Searched {
  std::vector<std::string> hits;
  std::size_t files = 0, stores = 0;
  std::uint64_t bytes = 0;
};
Searched search_folder(const Planted& planted, const std::string& folder);
}  // namespace nrm::test
