// The strict reader survives any bytes, and what it accepts the trusted reader reads as the same
// tree. Run: json_fuzz -max_len=4096
#include <algorithm>

#include "common/base/check.hpp"
#include "common/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static nrm::json::Document strict, trusted;  // used again and again, as services do
  if (const auto parsed = strict.parse_strict(text); !parsed) {
    CHECK(!strict.root(), "a refused document has no root");
    CHECK(!parsed.error().detail.empty(), "a refusal says why");
    return 0;
  }
  CHECK(trusted.parse_trusted(text).has_value(), "both readers accept it");
  const auto &a = strict.nodes(), &b = trusted.nodes();
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end(),
                   [](const nrm::json::Node& x, const nrm::json::Node& y) {
                     return x.kind == y.kind && x.key == y.key && x.text == y.text &&
                            x.integer == y.integer && x.end == y.end;
                   }),
        "both readers make one tree");
  return 0;
}
