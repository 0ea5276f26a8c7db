// Shell completion, from the tree of subcommands and their options.
#pragma once
#include <string>
#include <vector>

namespace nrm::cli {
struct CommandWords {
  std::string name;
  std::vector<std::string> options;  // "--dir"
  std::vector<CommandWords> subcommands;
};
// A script for `eval "$(nrm completion bash)"`.
std::string bash_completion(const CommandWords& program);
}  // namespace nrm::cli
