// Code books: what each column of an export means, which values it takes, and where they are from.
// THREAD: any; functions of their arguments.
#pragma once
#include "services/audit/methods.hpp"
#include "services/audit/printed.hpp"

namespace nrm {
// One row per column of a report, and one each for the rule and the marks.
Printed codebook_of(const Method& method, const std::vector<std::string>& columns);
}  // namespace nrm
