// nrm policy check, diff, list, show: packs as files; nothing of an installation is read.
#include <cstdio>
#include <filesystem>
#include <set>

#include "common/clock/clock.hpp"
#include "common/step/policy_check.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/json_place.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/policy_diff.hpp"
#include "services/cli/policy_findings.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

// The policy of a pack, or what to do about it, said already.
std::optional<Policy> take(const std::string& name_or_file) {
  const auto bytes = read_pack(name_or_file);
  if (!bytes) {
    fail(bytes.error(), bytes.error().code == Code::not_found
                            ? ""
                            : "nrm policy check " + name_or_file + " shows every mistake");
    return std::nullopt;
  }
  return std::move(read_policy(*bytes)).value();
}

int check(const PolicyOptions& options) {
  const std::string file = find_pack(options.file);
  if (file.empty()) return fail(no_pack(options.file));
  const auto bytes = read_file(file, limits::policy_bytes_max);
  if (!bytes) return fail(bytes.error());
  PolicyCheck check = check_policy(*bytes, anchored_clock()->now().date());
  if (!options.after.empty()) {
    const auto before = take(options.after);
    if (!before) return Exit::usage;
    if (check.policy) append_findings(check.findings, check_succession(*before, *check.policy));
  }
  const std::size_t mistakes = check.mistakes();
  std::fputs(options.json ? json_of_findings(file, *bytes, check.findings).c_str()
                          : text_of_findings(file, *bytes, check.findings).c_str(),
             stdout);
  if (!options.json && mistakes == 0)
    std::printf("%s: %s can be adopted\n", file.c_str(),
                check.policy ? check.policy->name().c_str() : "it");
  return mistakes == 0 ? Exit::done : Exit::corrupt;
}

int diff(const PolicyOptions& options) {
  const auto a = take(options.file), b = a ? take(options.other) : std::nullopt;
  if (!b) return Exit::usage;
  const auto all = differences(*a, *b);
  if (options.json) {
    std::printf("%s\n", all.empty() ? "[]" : to_json(all).c_str());
  } else if (all.empty()) {
    std::puts("They say the same.");
  } else {
    std::printf("%s -> %s\n%s", a->name().c_str(), b->name().c_str(),
                text_of_differences(all).c_str());
  }
  return all.empty() ? Exit::done : Exit::refused;
}

int list(const PolicyOptions& options) {
  std::set<std::string> seen;
  Table table({"pack", "version", "clocks", "calendar until", "title"});
  std::string lines;
  for (const std::string& folder : pack_folders()) {
    std::error_code fault;
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder, fault))
      if (entry.path().extension() == ".json") names.insert(entry.path().stem().string());
    for (const std::string& name : names) {
      if (!seen.insert(name).second) continue;
      const auto bytes = read_pack(name);
      if (!bytes) {
        table.add({name, "-", "-", "-", "does not read: nrm policy check " + name});
        continue;
      }
      const Policy policy = std::move(read_policy(*bytes)).value();
      table.add({policy.pack.text(), std::to_string(policy.version),
                 std::to_string(policy.clocks.size()), policy.calendar_until.text(),
                 policy.title.text()});
      lines += "{\"pack\":\"" + policy.pack.text() +
               "\",\"version\":" + std::to_string(policy.version) + ",\"calendar_until\":\"" +
               policy.calendar_until.text() + "\",\"title\":";
      json::append_string(lines, policy.title.text());
      lines += "}\n";
    }
  }
  std::fputs(options.json ? lines.c_str() : table.text().c_str(), stdout);
  if (seen.empty()) return fail(no_pack(""));
  return Exit::done;
}

std::string length_of(const ClockRule& rule) {
  return std::to_string(rule.length) + ' ' + words(to_text(rule.unit));
}

int show(const PolicyOptions& options) {
  const auto bytes = read_pack(options.file);
  if (!bytes) return fail(bytes.error());
  if (options.json) {
    std::fputs(bytes->c_str(), stdout);
    return Exit::done;
  }
  const Policy policy = std::move(read_policy(*bytes)).value();
  std::printf("%s: %s\n\n", policy.name().c_str(), policy.title.text().c_str());
  Table clocks({"clock", "", "length", "at its end", "source"});
  for (const ClockRule& rule : policy.clocks)
    clocks.add({words(to_text(rule.name)) +
                    (rule.urgency ? " (" + std::string(to_text(*rule.urgency)) + ')' : ""),
                std::string(to_text(rule.kind)), length_of(rule),
                rule.expiry ? words(to_text(*rule.expiry)) : "", rule.source.text()});
  std::printf("%s\n", clocks.text().c_str());
  Table deciders({"stage", "route", "who", "source"});
  for (const DeciderRule& rule : policy.identification.deciders)
    deciders.add(
        {std::string(to_text(rule.stage)), std::string(to_text(rule.route)),
         rule.kind == DeciderKind::committee
             ? "committee, " + std::to_string(rule.quorum) + " of " +
                   std::to_string(rule.members.value_or(0))
             : std::string("authority") + (rule.trusted_partners ? " or trusted partner" : ""),
         rule.source.text()});
  std::printf("%s\n", deciders.text().c_str());
  std::printf("%zu regions, %zu holidays, calendar until %s, UTC+%u:%02u%s\n",
              policy.regions.size(), policy.holidays.size(), policy.calendar_until.text().c_str(),
              policy.zone.minutes_ahead / 60, policy.zone.minutes_ahead % 60,
              policy.zone.summer_time ? " with summer time" : "");
  return Exit::done;
}
}  // namespace

int policy(const PolicyOptions& options) {
  if (options.action == "check") return check(options);
  if (options.action == "diff") return diff(options);
  return options.action == "show" ? show(options) : list(options);
}
}  // namespace nrm::cli
