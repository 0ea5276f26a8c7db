// Plain tables for people: columns as wide as they need to be, numbers to the right.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nrm::cli {
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  // REQUIRES: as many cells as the head has.
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string with_commas(std::uint64_t number);  // 4,138
std::string words(std::string_view code);       // safe_contact: "safe contact"
}  // namespace nrm::cli
