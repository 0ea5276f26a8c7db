// Records, events and commands from trees of any shape. A record that is read can be written and
// read again, and is then the same.
#include "common/base/check.hpp"
#include "common/event/codec.hpp"

namespace {
// The strict reader of what clients send, for the commands with the most members.
void read_some_command(nrm::json::Value root) {
  for (const char* type :
       {"nrm.report.submit.v1", "nrm.dossier.seal.v1", "nrm.provider.register.v1"}) {
    nrm::Reading reading(nrm::Unknown::refuse);
    const auto command = nrm::read_command(type, root, reading);
    CHECK(command.has_value() == reading.faults().empty(), "a refusal names its faults");
    CHECK(reading.faults().size() <= nrm::limits::field_errors_max, "faults are limited");
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static nrm::json::Document document;
  if (!document.parse_trusted(text)) return 0;
  read_some_command(document.root());
  (void)nrm::read_outline(document.root());
  const auto record = nrm::read_record(document.root());
  if (!record) return 0;

  std::string once, twice;
  nrm::write_record(once, *record);
  nrm::json::Document again;
  CHECK(again.parse_trusted(once).has_value(), "what we write is JSON");
  const auto second = nrm::read_record(again.root());
  CHECK(second.has_value(), "what we write is a record");
  nrm::write_record(twice, *second);
  CHECK(once == twice, "writing and reading is the identity");
  return 0;
}
