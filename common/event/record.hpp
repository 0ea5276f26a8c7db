// Record: one input and what was decided on it. A log is a dense list of them: 0, 1, 2, …
//
// The bytes are JSON, written once, stored, hashed, signed and sent exactly so; nobody ever writes
// a record again from its parts. Grammar, in this order, `?` = may be left out:
//
//   record    = { seq, id, at, actor?, input, events?, clocks?, rejection?, policy, engine }
//   input     = { command, key, digest, expects?, data }     a client asked
//             | { log, seq, index, hash }                    another service's event, by name
//             | { due, stream, set_for }                     a clock ran out
//             | { opened: true }                             record 0, keys of the process
//   events    = [ { type, stream, data } … ]                 or a rejection, never both
//   clocks    = [ { stream, name, due? } … ]                 without `due`: cleared
//   rejection = { code, where, detail }
//
// INVARIANT: at(n) >= at(n-1); at most record_bytes_max bytes; nothing that identifies a person.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/digest.hpp"
#include "common/base/json.hpp"
#include "common/event/commands.hpp"
#include "common/event/events.hpp"
#include "common/event/stream.hpp"

namespace nrm {
// The rules that this build decides by. Raised when a decider's answer changes for an old input.
inline constexpr std::uint32_t engine_version = 1;

struct Emit {
  StreamKey stream;
  Event event;
};

struct ClockChange {
  StreamKey stream;
  ClockName name{};
  std::optional<Instant> due;
  bool operator==(const ClockChange&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClockChange, (), (stream, name, due))

// The version of a stream that the client saw (HTTP If-Match).
struct Expectation {
  StreamKey stream;
  std::uint64_t version = 0;
  bool operator==(const Expectation&) const = default;
};
BOOST_DESCRIBE_STRUCT(Expectation, (), (stream, version))

struct CommandNote {
  Command command;
  Digest16 key;     // of idempotency: BLAKE2b-128 of organisation and Idempotency-Key
  Digest16 digest;  // keyed BLAKE2b-128 of the request's bytes
  std::optional<Expectation> expects;
};
struct ReceivedNote {
  std::string log;  // "identification/0"
  std::uint64_t seq = 0;
  std::uint32_t index = 0;  // of the event in that record
  std::string hash;         // leaf hash of that record, hex
};
struct DueNote {
  ClockName name{};
  StreamKey stream;
  Instant set_for;
};
struct OpenedNote {};
using InputNote = std::variant<OpenedNote, CommandNote, ReceivedNote, DueNote>;

struct Record {
  std::uint64_t seq = 0;
  Uuid id;
  Instant at;
  std::optional<Actor> actor;
  InputNote input;
  std::vector<Emit> events;
  std::vector<ClockChange> clocks;
  std::optional<Error> rejection;
  std::string policy;
  std::uint32_t engine = engine_version;
};

// "identification/0": partitions are in names from the first day.
std::string log_name(Service service, std::uint32_t partition = 0);
}  // namespace nrm
