// What this person's `nrm` has seen of each log: the last checkpoint, so that an installation that
// takes records back or shows another history is found out by who used it before.
//
// One file, `checkpoints.json` (0600) in $NRM_STATE_DIR, $XDG_STATE_HOME/nrm or
// ~/.local/state/nrm; nothing is kept where none of these is set. An installation is known by its
// authority's certificate, a log by its origin. At most seen_logs_max, the oldest give way.
// THREAD: one; two `nrm` at once may forget what one of them saw last, never mix it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/ledger/note.hpp"
#include "services/cli/api.hpp"

namespace nrm::cli {
inline constexpr std::size_t seen_logs_max = 256;  // forty installations

struct SeenLog {
  std::string installation;  // SHA-256 of tls/ca.pem
  std::string origin, key;   // key: vkey that signed the note
  std::string note;
};
BOOST_DESCRIBE_STRUCT(SeenLog, (), (installation, origin, key, note))

struct SeenLogs {
  std::vector<SeenLog> logs;
};
BOOST_DESCRIBE_STRUCT(SeenLogs, (), (logs))

std::string state_folder();  // empty: none

// Compares each of these logs with what was seen and remembers what they are now. A log that was
// never seen is remembered. Asks once for each log.
// ERRORS: diverged: the alarm, in words; corrupt; of the way there.
struct KnownLog {
  std::string log;  // "identification/0"
  NoteKey key;      // as the installation names it
};
Result<void> look_again(Api& api, const std::vector<KnownLog>& logs);
}  // namespace nrm::cli
