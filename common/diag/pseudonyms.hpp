// Ids in log lines. No line is meant to hold one, but an error's text may; so whatever looks like
// an id (a UUID) is replaced before it is written: by a pseudonym, keyed for the installation, so
// that an operator can follow one case through the lines of all processes and cannot tell which it
// is. Who has the key can: nrm audit pseudonym ID.
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace nrm::diag {
using Pseudonym = std::function<std::string(std::string_view id)>;  // THREAD: any

// Once per process, before its second thread. Until then an id is written as "(id)".
void name_ids_by(Pseudonym pseudonym);
// The text with all ids replaced.
std::string without_ids(std::string_view text);
}  // namespace nrm::diag
