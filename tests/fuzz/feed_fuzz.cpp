// The bus's messages: whatever a peer sends, reading neither crashes nor reads out of bounds, and
// what was read and written again is read the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/runtime/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nrm;
  static constexpr std::string_view verbs[] = {"RESUME",  "RECORDS", "CREDIT", "BEAT",
                                               "REFUSED", "ASK",     "ANSWER"};
  if (size < 2) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const std::size_t cut = bytes[1] * rest.size() / 255;
  const Frames frames{std::string(verbs[bytes[0] % std::size(verbs)]),
                      std::string(rest.substr(0, cut)), std::string(rest.substr(cut))};
  const auto message = wire::read(frames);
  if (!message) return 0;
  const Frames again = std::visit([](const auto& m) { return wire::write(m); }, *message);
  CHECK(wire::read(again).has_value(), "what was read can be read again");
  return 0;
}
