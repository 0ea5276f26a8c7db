// What services, followers and the gateway say to each other over the bus. Pure codec.
//
//   RESUME   log, next seq, hash of the record before it, credit, [type …]   follower -> owner
//   RECORDS  log, first seq, head, hash of the last, [record …]     owner -> follower
//   CREDIT   log, next seq that may not be sent yet                 follower -> owner
//   BEAT     log, head, log time, note, [note …]                   owner -> follower, each second
//   REFUSED  log, why                                               owner -> follower
//   PROVE    log, two sizes                                        follower -> owner
//   PROOF    log, two sizes, hash …                                owner -> follower
//   ASK      [command …]                                            client -> service
//   ANSWER   [answer …]                                             service -> client
//   FETCH    number, log, what, from which byte                    client -> archive
//   FETCHED  number, code, length of the whole, bytes               archive -> client
//
// Frame 0 is the verb, frame 1 the fixed part (of ANSWER: the checkpoint that its answers share),
// frame 2 the packed list. All numbers little-endian,
// texts and list items with a 32-bit length before them. A message that does not parse is dropped
// and counted: the bus promises nothing, so every sender asks again.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/crypto/crypto.hpp"
#include "common/event/record.hpp"

namespace nrm::wire {
// Notes of other logs in one heartbeat: there are five logs.
inline constexpr std::size_t gossip_notes_max = 16;
// Hashes of one consistency proof: a tree of 2^63 records needs no more than twice its height.
inline constexpr std::size_t proof_hashes_max = 128;

struct Resume {
  std::string log;
  std::uint64_t next = 0;
  Hash last;  // leaf hash of record next-1; zeros when next is 0
  std::uint64_t credit_until = 0;
  // Event types that the follower knows and has no use for.
  std::vector<std::string_view> skips{};  // borrow from the frames
};
struct Records {
  std::string log;
  std::uint64_t first = 0;
  std::uint64_t head = 0;  // records in the owner's log
  // Borrow from the frames. Empty: all that is in this record is among the types that the follower
  // has no use for.
  std::vector<std::string_view> items;
  std::optional<Hash> last{};  // leaf hash of the last record, when its item is empty
};
struct Credit {
  std::string log;
  std::uint64_t until = 0;  // records below this number may be sent
};
struct Beat {
  std::string log;
  std::uint64_t head = 0;
  std::string checkpoint;
  Instant at;  // the owner's log time: what comes after `head` is not dated before it
  // Of the logs that the owner follows itself: the last checkpoint that it was shown of each
  // (gossip.hpp). In a frame of its own, which earlier builds pass over.
  std::vector<std::string> seen{};
};
struct Refused {
  std::string log;
  std::string why;  // "ahead" or "diverged"
};

// Asks for the proof that the log of `size` records begins with the one of `old_size` (RFC 6962,
// 2.1.2).
struct Prove {
  std::string log;
  std::uint64_t old_size = 0, size = 0;
};
struct Proof {
  std::string log;
  std::uint64_t old_size = 0, size = 0;
  std::vector<Hash> hashes;
};

// One command of a client. `number` is the client's own and comes back with the answer.
struct Ask {
  std::uint64_t number = 0;
  std::string key;  // idempotency, 16 bytes: hash of organisation and Idempotency-Key
  Actor actor;
  std::optional<Expectation> expects;
  std::string_view type;
  std::string_view data;      // JSON of the command
  std::string_view personal;  // to the vault alone
};

// What became of it.
struct Answer {
  std::uint64_t number = 0;
  // From Code, or none when the command was accepted. `unavailable`: not taken in, safe to retry.
  std::optional<Error> rejection;
  std::uint64_t seq = 0;  // of the record, also of a rejection's
  Hash leaf;
  std::string_view record;      // the record's bytes
  std::string_view checkpoint;  // a note that covers the record
  std::string_view opened;      // personal part that the vault opened; empty otherwise
  bool repeated = false;        // the stored answer to an earlier, equal request
};
struct Asks {
  std::vector<Ask> items;
};
struct Answers {
  std::vector<Answer> items;
};

// A piece of what the archive keeps of a log: "checkpoint", "tile/…", a proof (archive_tiles.hpp).
struct Fetch {
  std::uint64_t number = 0;  // the client's own; comes back with the answer
  std::string log;
  std::string what;
  std::uint64_t from = 0;  // of what is longer than a message
};
struct Fetched {
  std::uint64_t number = 0;
  std::optional<Code> refused{};
  std::uint64_t whole = 0;   // its length, of which `bytes` are those from `from` on
  std::string_view bytes{};  // borrow from the frames; of a refusal: why
};

using Message = std::variant<Resume, Records, Credit, Beat, Refused, Prove, Proof, Asks, Answers,
                             Fetch, Fetched>;

Frames write(const Resume& message);
Frames write(const Records& message);
Frames write(const Credit& message);
Frames write(const Beat& message);
Frames write(const Refused& message);
Frames write(const Prove& message);
Frames write(const Proof& message);
Frames write(const Asks& message);
Frames write(const Answers& message);
Frames write(const Fetch& message);
Frames write(const Fetched& message);

// The message; its views borrow from `frames`. None when it is not one.
std::optional<Message> read(const Frames& frames);
}  // namespace nrm::wire
