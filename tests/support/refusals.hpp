// The negative space of a service: every command of the vocabulary, tried in a state that a story
// reaches. A test says which of them are allowed there; all others must be refused and change
// nothing.
#pragma once
#include <functional>
#include <set>
#include <string>

#include "tests/support/script.hpp"

namespace nrm::test {
// One valid body of every command in the vocabulary, about this case and in this pack's terms.
std::vector<Command> every_command(const CaseId& subject, const Policy& policy);

// Who gives a command, as in `as`: role@organisation or role@organisation/account.
using ActorOf = std::function<std::string(std::string_view command_type)>;

// Types of the commands that were accepted, each tried in a world of its own.
// Fails the test where the story does, where a refusal changes anything, where a command is
// neither accepted nor refused, and where a promise of the Desk is broken.
std::set<std::string_view> accepted_after(const Core& core, const std::filesystem::path& story,
                                          std::string_view subject, const ActorOf& actor_of);
}  // namespace nrm::test
