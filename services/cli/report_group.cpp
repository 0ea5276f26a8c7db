// nrm report-group: all people that one operation found, in one command. Each is taken in or
// refused by name; sent again with the same key, everything that was taken in is answered as it
// was.
#include <cstdio>
#include <map>

#include "common/base/json_text.hpp"
#include "common/ledger/merkle.hpp"
#include "services/cli/api.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"

namespace nrm::cli {
namespace {
// A raid's people, each with as large a report as there may be.
constexpr std::size_t file_bytes_max = std::size_t{64} * 1024 * 1024;

struct Refusal {
  std::size_t number = 0;  // in the file, from 1
  std::string why;
};

struct Outcome {
  std::string group;
  std::size_t taken = 0;
  std::vector<std::string> references;
  std::vector<Refusal> refused;
};

// The report as it is in the file, with the group's id.
std::string with_group(json::Value report, const std::string& group) {
  std::string out;
  json::append_value(out, report);
  const std::string member = "\"group\":\"" + group + "\"";
  const bool empty = out == "{}";
  out.insert(out.size() - 1, (empty ? "" : ",") + member);
  return out;
}

// Of the report as it is: one that was refused and mended is another request, while those that were
// taken in are answered as they were, wherever they stand in the file. Equal ones are told apart by
// their number: two people of whom nothing differs yet.
std::string key_of(const std::string& key, const std::string& body,
                   std::map<std::string, std::size_t>& equal) {
  const std::string digest = leaf_hash(body).hex().substr(0, 32);
  return key + '-' + digest + '-' + std::to_string(++equal[digest]);
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

Result<Outcome> send_all(Api& api, const ReportGroupOptions& options, json::Value reports,
                         std::size_t count, std::size_t people, const std::string& key) {
  std::string event = "{\"kind\":";
  json::append_string(event, options.kind);
  event += ",\"region\":";
  json::append_string(event, options.region);
  event += ",\"on\":";
  json::append_string(event, options.on);
  event += ",\"people\":" + std::to_string(people) + '}';
  NRM_TRY_ASSIGN(
      const auto recorded,
      api.post({.target = "/v1/group-events", .body = event, .key = key, .if_match = {}}));
  NRM_TRY_ASSIGN(const Read answer, read_answer(recorded));
  Outcome out;
  out.group = text_of(answer.root(), "group");
  Progress progress("Reporting the people of one operation", count, options.access.json);
  std::size_t number = 0;
  std::map<std::string, std::size_t> equal;
  for (const json::Value report : reports) {
    ++number;
    const std::string body = with_group(report, out.group);
    const auto taken = api.post(
        {.target = "/v1/reports", .body = body, .key = key_of(key, body, equal), .if_match = {}});
    progress.add();
    if (taken) {
      NRM_TRY_ASSIGN(const Read read, read_answer(*taken));
      ++out.taken;
      out.references.emplace_back(text_of(read.root(), "reference"));
    } else if (const int code = exit_code(taken.error());
               code == Exit::usage || code == Exit::refused) {
      std::string why = taken.error().detail.empty() ? std::string(row_of(taken.error().code).title)
                                                     : taken.error().detail;
      out.refused.push_back({number, one_line(std::move(why))});
    } else {
      return taken.error();  // the way there: all of it is sent again, with the same key
    }
  }
  return out;
}

void show(const Outcome& outcome, const std::string& key, std::size_t people, bool as_json) {
  if (as_json) {
    std::string out = "{\"group\":";
    json::append_string(out, outcome.group);
    out += ",\"taken\":" + std::to_string(outcome.taken) + ",\"references\":[";
    for (std::size_t i = 0; i < outcome.references.size(); ++i) {
      if (i > 0) out += ',';
      json::append_string(out, outcome.references[i]);
    }
    out += "],\"refused\":[";
    for (std::size_t i = 0; i < outcome.refused.size(); ++i) {
      out += (i > 0 ? ",{\"number\":" : "{\"number\":") +
             std::to_string(outcome.refused[i].number) + ",\"why\":";
      json::append_string(out, outcome.refused[i].why);
      out += '}';
    }
    std::printf("%s]}\n", out.c_str());
    return;
  }
  std::printf("group %s: %zu taken in, %zu refused\n", outcome.group.c_str(), outcome.taken,
              outcome.refused.size());
  for (const Refusal& one : outcome.refused)
    std::printf("  person %zu of the file: %s\n", one.number, one.why.c_str());
  if (!outcome.refused.empty())
    std::printf(
        "mend these and send the file again with --key %s --people %zu: nobody is taken in "
        "twice\n",
        key.c_str(), people);
}
}  // namespace

int report_group(const ReportGroupOptions& options) {
  const auto bytes = read_file(options.file, file_bytes_max);
  if (!bytes) return fail(Exit::usage, bytes.error().detail);
  json::Document document;
  if (const auto read = document.parse_strict(*bytes, file_bytes_max); !read)
    return fail(Exit::usage, options.file + ": " + read.error().detail);
  if (document.root().kind() != json::Kind::array)
    return fail(Exit::usage, options.file + " is not an array of reports",
                "each is a body as in: nrm report --example");
  std::size_t count = 0;
  for (const json::Value report : document.root()) {
    if (report.kind() != json::Kind::object)
      return fail(Exit::usage,
                  options.file + ": item " + std::to_string(count + 1) + " is not a report",
                  "each is a body as in: nrm report --example");
    ++count;
  }
  const std::size_t people = options.people > 0 ? options.people : count;
  const auto api = Api::open(options.access, "first_responder");
  if (!api) return fail(api.error());
  const std::string& key = (*api)->key();
  const auto outcome = send_all(**api, options, document.root(), count, people, key);
  if (!outcome) return fail_at_api(outcome.error(), options.access.dir);
  show(*outcome, key, people, options.access.json);
  return outcome->refused.empty() ? Exit::done : Exit::refused;
}
}  // namespace nrm::cli
