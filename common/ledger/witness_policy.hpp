// Which cosignatures make a checkpoint trusted: C2SP tlog-policy, the format and its rules.
//
//   log     <vkey> [<url>]                      whose checkpoints are meant
//   witness <name> <vkey> [<url>]               url: its submission prefix (c2sp.org/tlog-witness)
//   group   <name> <all|any|k> <member>…        k of witnesses and groups that are named above it
//   quorum  <name|none>                         exactly once
//
// "2 of 3 NGOs and 1 abroad":
//
//   group ngos 2 helpline shelter-network legal-aid
//   group abroad any university-b monitor-c
//   group both all ngos abroad
//   quorum both
//
// Pure. Reading is strict: a line that is not understood is a quorum that somebody misread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/cosignature.hpp"

namespace nrm {
struct WitnessPolicy {
  struct Log {
    NoteKey key;  // its name is the log's origin
    std::string url;
  };
  struct Witness {
    std::string name;  // in this file only
    NoteKey key;
    std::string url;
  };
  struct Group {
    std::string name;
    std::size_t needed = 0;
    std::vector<std::string> members;  // names of witnesses and of groups before it
  };
  std::vector<Log> logs;
  std::vector<Witness> witnesses;
  std::vector<Group> groups;
  std::string quorum;  // a witness, a group, or "none"

  std::vector<NoteKey> witness_keys() const;
};
// The specification asks for at least 32 of each; a mechanism has a dozen.
inline constexpr std::size_t policy_logs_max = 256, policy_witnesses_max = 64,
                             policy_groups_max = 64;
inline constexpr std::size_t witness_policy_bytes_max = 128 * 1024;

// ERRORS: corrupt, with "line N" as its place and what to do in its detail; too_large.
Result<WitnessPolicy> read_witness_policy(std::string_view text);
// Only the `log` lines of such a file: what a witness is configured with. ERRORS: as above, and
// what is no log line.
Result<std::vector<WitnessPolicy::Log>> read_witnessed_logs(std::string_view text);

// What a policy says of a note.
struct Trust {
  bool trusted = false;
  // Since when it has been: all of a quorum cosigned then or later. With `quorum none`: none.
  std::optional<Instant> at;
  std::optional<Checkpoint> checkpoint;         // none: not signed by a log of the policy
  std::vector<std::string> signed_by, missing;  // names of the policy's witnesses
  std::string why;                              // in plain words, for people
};
// `origin`: the log that is meant. When the policy has `log` lines, one of them must have signed;
// when it has none, the caller has checked the log's own signature. A bad signature of a log or
// witness that the policy names makes the note one of nobody.
Trust is_trusted(const Note& note, const WitnessPolicy& policy, std::string_view origin);
}  // namespace nrm
