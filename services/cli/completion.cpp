#include "services/cli/completion.hpp"

namespace nrm::cli {
namespace {
// One line of a `case`: what may follow these words.
void append_choice(std::string& out, const CommandWords& command, const std::string& path) {
  std::string words;
  for (const CommandWords& sub : command.subcommands) words += sub.name + ' ';
  for (const std::string& option : command.options) words += option + ' ';
  out += "    \"" + path + "\") words=\"" + words + "\" ;;\n";
  for (const CommandWords& sub : command.subcommands)
    append_choice(out, sub, path.empty() ? sub.name : path + ' ' + sub.name);
}
}  // namespace

std::string bash_completion(const CommandWords& program) {
  std::string out =
      "_nrm() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} path=\"\" words=\"\" word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    [[ $word == -* ]] && break\n"
      "    case \"${path:+$path }$word\" in\n";
  std::string known;
  const auto list = [&](const auto& self, const CommandWords& command,
                        const std::string& path) -> void {
    for (const CommandWords& sub : command.subcommands) {
      const std::string at = path.empty() ? sub.name : path + ' ' + sub.name;
      known += (known.empty() ? "\"" : "|\"") + at + '"';
      self(self, sub, at);
    }
  };
  list(list, program, "");
  out += "      " + known +
         ") path=\"${path:+$path }$word\" ;;\n    esac\n  done\n"
         "  case \"$path\" in\n";
  append_choice(out, program, "");
  out +=
      "  esac\n"
      "  if [[ $current == -* || -n $words ]]; then COMPREPLY=($(compgen -W \"$words\" -- "
      "\"$current\")); fi\n"
      "  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "}\n"
      "complete -F _nrm nrm\n";
  return out;
}
}  // namespace nrm::cli
