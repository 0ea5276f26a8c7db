// Requests that must be refused: the smuggling and framing corpus, tests/data/http/attacks.txt.
// Each one would reach a handler, or desynchronise the stream, in a server that is less strict.
#pragma once
#include <string>
#include <vector>

namespace nrm::http::test {
struct Attack {
  std::string name;
  int status = 0;  // 200: harmless, answered as what it says
  std::string source, why;
  std::string bytes;
};

// REQUIRES: the file is well-formed; else the test program ends and says where.
const std::vector<Attack>& attacks();   // all that are refused
const std::vector<Attack>& harmless();  // all that are answered

inline std::string post(const std::string& fields, const std::string& body = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
inline std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
inline std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}
}  // namespace nrm::http::test
