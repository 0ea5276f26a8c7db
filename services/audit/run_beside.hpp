// Runs all, at most two at a time: the cores of the machines that auditors have. Returns when all
// are done. REQUIRES: they share nothing that is not guarded.
#pragma once
#include <functional>
#include <vector>

namespace nrm {
void run_beside(std::vector<std::function<void()>> tasks);
}  // namespace nrm
