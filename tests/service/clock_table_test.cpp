// The clock table (common/step/clock_table.hpp) against what the deciders do in all their scripts:
// which service sets which clock, after which events, and that every row is true of some script.
#include "common/step/clock_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "common/event/events.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;

// One clock that was set: by which service, with which events, and whether its own end set it.
struct Setting {
  std::string place, service;
  std::vector<std::string> events;
  bool by_its_own_end = false;
};

std::multimap<std::string, Setting> all_settings() {
  std::multimap<std::string, Setting> out;
  for (const auto& file :
       fs::recursive_directory_iterator(fs::path(NRM_SOURCE_FOLDER) / "tests/service/scripts")) {
    if (file.path().extension() != ".txt") continue;
    const std::string service = file.path().parent_path().filename();
    std::ifstream in(file.path());
    std::vector<std::string> events;
    std::string line, ended;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      std::istringstream words(line);
      std::string first, second, third, fourth;
      words >> first >> second >> third >> fourth;
      if (first == "when" || first == "received" || first == "due" || first == "stray") {
        events.clear();
        ended = first == "due" ? third : "";
      } else if (first == "then") {
        events.push_back(second);
      } else if (first == "clock" && fourth != "cleared") {
        out.emplace(third, Setting{.place = file.path().string() + ':' + std::to_string(number),
                                   .service = service,
                                   .events = events,
                                   .by_its_own_end = ended == third});
      }
    }
  }
  return out;
}

// After these a clock runs on that stood still: its rest, not its length, and no start of it.
constexpr std::string_view resumptions[] = {InformationAnswered::type, InformationOverdue::type,
                                            ContactRegained::type, CaseUnmerged::type,
                                            IdentificationResumed::type};

bool runs_on(const Setting& setting) {
  return std::ranges::any_of(setting.events, [](const std::string& event) {
    return std::ranges::find(resumptions, std::string_view(event)) != std::end(resumptions);
  });
}

bool starts(const ClockRow& row, const Setting& setting) {
  return std::ranges::any_of(setting.events, [&](const std::string& event) {
    return std::ranges::find(row.starts, std::string_view(event)) != row.starts.end();
  });
}

TEST(ClockTable, HasARowForEveryClockAndOneOnly) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<ClockName>>([&](auto d) {
    EXPECT_EQ(std::ranges::count(clock_table(), d.value, &ClockRow::name), 1) << d.name;
    const ClockRow* row = clock_row(d.value);
    if (row == nullptr) return;
    EXPECT_FALSE(row->set_by.empty()) << d.name;
    EXPECT_FALSE(row->starts.empty()) << d.name;
    EXPECT_FALSE(row->expiry.empty()) << d.name << ": a clock without an end";
  });
}

TEST(ClockTable, SaysWhatTheDecidersDo) {
  const auto settings = all_settings();
  ASSERT_GT(settings.size(), 100u) << "the scripts were not read";
  for (const auto& [name, setting] : settings) {
    const auto clock = enum_from<ClockName>(name);
    ASSERT_TRUE(clock) << setting.place;
    const ClockRow* row = clock_row(*clock);
    ASSERT_NE(row, nullptr) << setting.place;
    EXPECT_TRUE(std::ranges::any_of(
        row->set_by, [&](Service service) { return to_text(service) == setting.service; }))
        << setting.place << ": the table does not say that " << setting.service << " sets " << name;
    EXPECT_TRUE(starts(*row, setting) || setting.by_its_own_end || runs_on(setting))
        << setting.place << ": " << name << " is started by none of the table's events";
  }
}

// Not in any script: epochs of keys and erasures are tested with the vault's sealing
// (tests/service/vault), which has no script words for what lies beside a command. A procedure's
// reminder and a claim's limitation period are lengths alone: the clock `procedure` runs by them.
TEST(ClockTable, SaysNothingThatNoScriptShows) {
  std::map<ClockName, std::set<std::string>> shown;
  for (const auto& [name, setting] : all_settings())
    if (const auto clock = enum_from<ClockName>(name))
      shown[*clock].insert(setting.events.begin(), setting.events.end());
  const std::set<ClockName> elsewhere{ClockName::key_epoch, ClockName::key_retirement,
                                      ClockName::erasure_answer, ClockName::erasure_hold,
                                      ClockName::procedure_reminder, ClockName::compensation_claim,
                                      // More people than one record moves: policies_test.cpp,
                                      // call_up_test.cpp.
                                      ClockName::suspension_sweep};
  for (const ClockRow& row : clock_table()) {
    if (elsewhere.contains(row.name)) continue;
    for (const std::string_view event : row.starts)
      EXPECT_TRUE(shown[row.name].contains(std::string(event)))
          << "no script shows that " << event << " starts " << to_text(row.name);
  }
}
}  // namespace
}  // namespace nrm
