// Records, events and commands from trees of any shape. A record that is read can be written and
// read again, and is then the same.
#include "common/base/check.hpp"
#include "common/event/codec.hpp"
#include "common/event/record_reader.hpp"

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

// The short way through a record, whatever the bytes are; and that it agrees with the long way on
// what this build wrote.
std::size_t read_to_the_end(std::string_view text) {
  nrm::RecordReader reader;
  std::size_t events = 0;
  if (!reader.open(text)) return events;
  for (;;) {
    const auto more = reader.next();
    if (!more || !*more) break;
    if (events++ % 2 == 0) (void)reader.event();
  }
  return events;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  (void)read_to_the_end(text);
  (void)nrm::event_types_in(text);
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
  CHECK(read_to_the_end(once) == record->events.size(), "both ways find the same events");
  return 0;
}
