#include "tests/support/machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace nrm::test {
namespace {
std::string read_whole(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

// "nrm.first_stage.decide.v1" is first_stage.decide to people.
std::string short_name(std::string_view by) {
  std::string out(by);
  if (out.starts_with("nrm.")) out.erase(0, 4);
  if (out.ends_with(".v1")) out.erase(out.size() - 3);
  return out;
}

// One arrow per pair of statuses; what leads there stands on it, one line each.
std::string diagram(StreamKind kind, const std::set<Transition>& transitions) {
  std::map<std::pair<std::string, std::string>, std::string> arrows;
  for (const Transition& one : transitions) {
    if (one.kind != kind || one.from == one.to) continue;
    std::string& label = arrows[{one.from, one.to}];
    label += (label.empty() ? "" : "<br/>") + short_name(one.by);
  }
  std::string out = "```mermaid\nstateDiagram-v2\n";
  for (const auto& [ends, label] : arrows)
    out += "  " + (ends.first.empty() ? "[*]" : ends.first) + " --> " + ends.second + ": " + label +
           "\n";
  return out + "```\n";
}

void expect_diagram(const std::filesystem::path& readme, StreamKind kind,
                    const std::set<Transition>& transitions) {
  std::string text = read_whole(readme);
  const std::string begin = "<!-- machine " + std::string(to_text(kind)) + " -->\n";
  const auto from = text.find(begin);
  ASSERT_NE(from, text.npos) << readme << " has no place for the machine of " << to_text(kind);
  const auto to = text.find("<!-- end -->", from);
  ASSERT_NE(to, text.npos) << readme;
  const std::string wanted = diagram(kind, transitions);
  const std::string there = text.substr(from + begin.size(), to - from - begin.size());
  if (std::getenv("REWRITE") != nullptr && there != wanted) {
    text.replace(from + begin.size(), there.size(), wanted);
    std::ofstream(readme, std::ios::binary | std::ios::trunc) << text;
    return;
  }
  EXPECT_EQ(there, wanted) << readme << ": run this test with REWRITE=1 and read the diff";
}
}  // namespace

void expect_machines(const Core& core, std::string_view service,
                     std::span<const Machine> machines) {
  std::set<Transition> transitions;
  std::map<std::pair<StreamKind, std::string>, Standing> standings;
  for (const auto& file : scripts_of(service)) {
    Script script(core);
    script.run(file);
    transitions.insert(script.transitions().begin(), script.transitions().end());
    for (const auto& [where, standing] : script.standings()) {
      Standing& all = standings.try_emplace(where, standing).first->second;
      all.queued &= standing.queued;
      all.timed &= standing.timed;
    }
  }
  for (const Machine& machine : machines) {
    for (const std::string_view status : machine.statuses) {
      const auto found = standings.find({machine.kind, std::string(status)});
      EXPECT_NE(found, standings.end()) << "no story of " << service << " reaches " << status;
      if (found == standings.end() || machine.at_rest.contains(status)) continue;
      EXPECT_TRUE(found->second.queued || machine.elsewhere.contains(status))
          << status << " is in no work queue";
      EXPECT_TRUE(found->second.timed || machine.aged.contains(status))
          << status << " has no clock, and no rule says that age orders it";
    }
    expect_diagram(std::filesystem::path(NRM_SOURCE_FOLDER) / "services" / service / "README.md",
                   machine.kind, transitions);
  }
}
}  // namespace nrm::test
