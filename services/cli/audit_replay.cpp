// nrm audit replay: folds the logs again up to a moment, and shows how many streams were in which
// state then, or the states of one case in every service.
#include <cstdio>

#include "common/base/json_text.hpp"
#include "services/cli/api.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/replay.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"
#include "services/cores.hpp"

namespace nrm::cli {
namespace {
Result<std::vector<Service>> read_services(const std::string& text) {
  if (text.empty()) return std::vector<Service>(std::begin(log_owners), std::end(log_owners));
  const auto service = enum_from<Service>(text);
  for (const Service owner : log_owners)
    if (service == owner) return std::vector<Service>{owner};
  return Error(Code::unknown_code, "--service",
               "one of: vault, identification, referral, assistance, closure");
}

bool is_about(const StreamKey& stream, json::Value state, const Uuid& subject) {
  return (stream.kind == StreamKind::case_ && stream.id == subject) ||
         (stream.kind == StreamKind::referral && text_of(state, "subject") == subject.text());
}

Result<std::string> replay_case(const Folder& folder, const std::vector<Service>& services,
                                const Uuid& subject, std::optional<Instant> until, bool as_json) {
  std::string out = as_json ? "[" : "";
  for (const Service service : services) {
    Replay replay(core_of(service));
    NRM_TRY(replay.run(folder, service, until));
    NRM_TRY(replay.each([&](const StreamKey& stream, json::Value state) {
      if (!is_about(stream, state, subject)) return;
      if (as_json) {
        out += out.size() > 1 ? ",\n" : "\n";
        out += "{\"service\":\"" + std::string(to_text(service)) + "\",\"stream\":\"" +
               stream.text() + "\",\"state\":";
        json::append_value(out, state);
        out += '}';
        return;
      }
      out += std::string(to_text(service)) + ", " + stream.text() + '\n';
      for (const json::Value member : state) {
        out += "    " + std::string(member.key()) + ": ";
        json::append_value(out, member);
        out += '\n';
      }
    }));
  }
  return as_json ? out + "\n]\n" : out;
}

Result<std::string> replay_counts(const Folder& folder, const std::vector<Service>& services,
                                  std::optional<Instant> until, bool as_json) {
  Table table({"service", "of", "state", "streams"});
  std::string out = "[";
  for (const Service service : services) {
    NRM_TRY_ASSIGN(const auto counts, count_states(folder, service, until));
    for (const StateCount& one : counts) {
      const std::string of(to_text(one.kind)), name(to_text(service));
      table.add({name, of, one.status, with_commas(one.streams)});
      out += out.size() > 1 ? ",\n" : "\n";
      out += "{\"service\":\"" + name + "\",\"kind\":\"" + of + "\",\"status\":\"" + one.status +
             "\",\"streams\":" + std::to_string(one.streams) + '}';
    }
  }
  return as_json ? out + "\n]\n" : table.text();
}

Result<std::string> replay(const AuditReplayOptions& options) {
  NRM_TRY_ASSIGN(const auto until, read_moment("--until", options.until));
  NRM_TRY_ASSIGN(const auto services, read_services(options.service));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(options.dir));
  if (options.subject.empty()) return replay_counts(folder, services, until, options.json);
  NRM_TRY_ASSIGN(const Uuid subject, find_subject(folder, options.subject));
  return replay_case(folder, services, subject, until, options.json);
}
}  // namespace

int audit_replay(const AuditReplayOptions& options) {
  crypto::start();
  const auto text = replay(options);
  if (!text) return fail(text.error());
  std::fwrite(text->data(), 1, text->size(), stdout);
  return Exit::done;
}
}  // namespace nrm::cli
