#include "tests/unit/http/attacks.hpp"

#include <cstdlib>
#include <fstream>

#include "common/base/check.hpp"

namespace nrm::http::test {
namespace {
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    CHECK(++i < text.size(), "attacks.txt: a backslash escapes something");
    switch (text[i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '\\':
        out += '\\';
        break;
      default:
        CHECK(text[i] == 'x' && i + 2 < text.size(), "attacks.txt: \\r \\n \\t \\xNN or \\\\");
        out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
        i += 2;
    }
  }
  return out;
}

// Braces first: what is in them is escaped as well.
std::string bytes_of(const std::string& line) {
  std::string out, plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '{') {
      plain += line[i];
      continue;
    }
    out += unescaped(plain);
    plain.clear();
    const auto end = line.find('}', i);
    CHECK(end != std::string::npos, "attacks.txt: a brace is closed");
    const std::string inside = line.substr(i + 1, end - i - 1);
    const auto star = inside.find('*');
    CHECK(inside == "smuggled" || star != std::string::npos, "attacks.txt: {smuggled} or {3*x}");
    out += inside == "smuggled"
               ? smuggled
               : repeat(unescaped(inside.substr(star + 1)), std::atoi(inside.c_str()));
    i = end;
  }
  return out + unescaped(plain);
}

Attack read_heading(const std::string& line) {
  const auto space = line.find(' '), first = line.find(" | "), second = line.find(" | ", first + 3);
  CHECK(space < first && second != std::string::npos, "attacks.txt: name status | source | why");
  return {.name = line.substr(0, space),
          .status = std::atoi(line.c_str() + space),
          .source = line.substr(first + 3, second - first - 3),
          .why = line.substr(second + 3),
          .bytes = {}};
}

std::vector<Attack> read(bool answered) {
  const std::string indent(6, ' ');
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) + "/tests/data/http/attacks.txt");
  std::vector<Attack> out;
  std::string heading, bytes;
  while (std::getline(in, heading)) {
    if (heading.empty() || heading.front() == '#') continue;
    CHECK(std::getline(in, bytes) && bytes.starts_with(indent), "attacks.txt: bytes, indented");
    Attack attack = read_heading(heading);
    attack.bytes = bytes_of(bytes.substr(indent.size()));
    if ((attack.status == 200) == answered) out.push_back(std::move(attack));
  }
  CHECK(!out.empty(), "attacks.txt is there");
  return out;
}
}  // namespace

const std::vector<Attack>& attacks() {
  static const auto all = read(false);
  return all;
}
const std::vector<Attack>& harmless() {
  static const auto all = read(true);
  return all;
}
}  // namespace nrm::http::test
