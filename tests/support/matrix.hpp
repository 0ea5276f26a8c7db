// Matrix: a service's whole space of commands and states, in every pack of deploy/policy.
//
// All stories of the service are lived in each of the six packs. Wherever a stream comes to a
// status that was not looked at yet, every command of the vocabulary is aimed at it, by everybody
// whom the story knows and by one actor of each role; and every clock fires that is not running.
// Each command is tried with every value of each of its codes; it is refused with a named code, or
// it is allowed: then it happens in a copy of that world, where the Desk checks its promises. What
// runs there runs out in a copy, too. A status that few stories come to in that pack is looked at
// from there in the same way. No clock fails.
//
// What came of it is tests/service/matrix/<service>.txt: for each status what is allowed there, to
// which roles and in which packs, and the codes that all else is refused with; every transition and
// every event, with the packs that have it. A `+` is before what no story tells of. REWRITE=1
// writes it anew: read the diff.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/script.hpp"

namespace nrm::test {
class Matrix {
 public:
  explicit Matrix(const Core& core) : core_(core) {}
  void live(std::string_view service);

  std::string page() const;
  bool tells_of(std::string_view event_type) const {
    const auto seen = events_.find(std::string(event_type));
    return seen != events_.end() && !seen->second.told.empty();
  }
  const std::set<std::string>& faults() const { return faults_; }

 private:
  using Packs = std::set<std::string>;
  using Place = std::pair<StreamKind, std::string>;  // with what status
  struct Allowed {
    Packs packs;
    std::set<std::string> roles;
    bool told = false;  // by a story; else it was tried here alone
  };
  struct Cell {
    Packs packs;
    std::map<std::string, Allowed> allowed;  // by the command's type
    std::set<std::string> codes;             // that the others were refused with
  };
  // Of an event, or of a step from one status to another.
  struct Seen {
    Packs told, tried;
  };
  // A world that things are tried in.
  struct Moment {
    const Desk& desk;
    Instant now;
  };
  // A story as it goes on.
  struct Life {
    Script& script;
    std::string pack;
    std::map<StreamKey, std::string> statuses{};
    std::vector<Actor> actors{};
  };

  void live(Script& script, const std::filesystem::path& story, const std::string& pack);
  void follow(Life& life, const Input& input, const Outcome& outcome);
  void note_command(const Life& life, const Input& input);
  bool is_to_be_looked_at(const Life& life, const StreamKey& stream, const std::string& status);
  void try_everything(Life& life, const Moment& moment, const StreamKey& stream,
                      const std::string& status);
  void try_command(Life& life, const Moment& moment, Cell& cell, const Command& command,
                   const Actor& actor);
  void try_clocks(Life& life, const Moment& moment, const StreamKey& stream);
  void happen(Life& life, const Moment& moment, const Input& input, std::string_view what);

  const Core& core_;
  std::map<Place, Cell> cells_;
  std::map<std::pair<std::string, Place>, unsigned> looks_;  // by pack
  std::map<std::tuple<StreamKind, std::string, std::string>, Seen> transitions_;
  std::map<std::string, Seen> events_;
  std::set<std::string> faults_;
};

// Lives it, compares it with its page, and fails where a promise was broken or where the service
// has an event that no story tells of. `elsewhere`: streams whose stories are tests in C++.
void expect_matrix(const Core& core, std::string_view service,
                   const std::set<StreamKind>& elsewhere = {});
}  // namespace nrm::test
