// nrm audit replay: folds the logs again up to a moment or a record, and shows how many streams
// were in which state then, or the states of one case; writes all of them to a file; goes on with
// every new record.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <thread>

#include "common/base/json_text.hpp"
#include "common/runtime/run.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/run_beside.hpp"
#include "services/cli/api.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/scratch.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
// How long a change may go unseen; each look reads the ends of five write-ahead logs.
constexpr std::chrono::milliseconds look_each{500};

Result<std::vector<Service>> read_services(const std::string& text) {
  if (text.empty()) return std::vector<Service>(std::begin(log_owners), std::end(log_owners));
  const auto service = enum_from<Service>(text);
  for (const Service owner : log_owners)
    if (service == owner) return std::vector<Service>{owner};
  std::string all;
  for (const Service owner : log_owners)
    all += (all.empty() ? "one of: " : ", ") + std::string(to_text(owner));
  return Error(Code::unknown_code, "--service", all);
}

Result<ReplayEnd> read_end(const AuditReplayOptions& options) {
  const auto clash = [](const char* option, const char* why) {
    return Error(Code::bad_request, option, why);
  };
  if (options.at_record && options.service.empty())
    return clash("--at-record", "say with --service whose record is meant");
  if (options.at_record && !options.until.empty())
    return clash("--at-record", "--until says the end already; give one of them");
  if (options.follow && (options.at_record || !options.until.empty()))
    return clash("--follow", "goes on for ever, so --until and --at-record make no sense with it");
  if (options.follow && !options.out.empty())
    return clash("--follow", "prints changes; write a file without it");
  NRM_TRY_ASSIGN(const auto until, read_moment("--until", options.until));
  return ReplayEnd{until, options.at_record};
}

bool is_about(const StreamKey& stream, json::Value state, const Uuid& subject) {
  return stream.kind == StreamKind::case_ ? stream.id == subject
                                          : text_of(state, "subject") == subject.text();
}

// One service's replay with the store that it folds into.
struct Bench {
  Scratch scratch;
  std::unique_ptr<Store> store;
  Replay replay;
  Result<void> run = {};

  static Result<std::unique_ptr<Bench>> make(Service service) {
    NRM_TRY_ASSIGN(Scratch scratch, Scratch::make());
    NRM_TRY_ASSIGN(auto store, open_rocksdb({.folder = scratch.path() + "/store",
                                             .footprint = Footprint::small}));
    Store& folded_into = *store;
    return std::unique_ptr<Bench>(
        new Bench{std::move(scratch), std::move(store), Replay(service, folded_into)});
  }
};

class Replays {
 public:
  Replays(Logs& logs, const AuditReplayOptions& options, std::optional<Uuid> subject)
      : logs_(logs), options_(options), subject_(subject) {}

  // Logs are independent of each other here, so two are taken at a time.
  Result<void> run(const std::vector<Service>& services, const ReplayEnd& end) {
    std::uint64_t all = 0;
    for (const Service service : services) {
      NRM_TRY_ASSIGN(const std::uint64_t head, logs_.head(service));
      all += end.record ? std::min(*end.record + 1, head) : head;
      NRM_TRY_ASSIGN(auto bench, Bench::make(service));
      benches_.push_back(std::move(bench));
    }
    Progress progress(
        "Replaying " + (services.size() == 1 ? log_name(services.front()) : "the logs"), all);
    std::mutex telling;
    std::vector<std::function<void()>> tasks;
    for (const auto& bench : benches_)
      tasks.push_back([&, one = bench.get(), told = std::uint64_t{0}]() mutable {
        one->run = one->replay.run(logs_, end, [&](std::uint64_t records) {
          const std::scoped_lock lock(telling);
          progress.add(records - std::exchange(told, records));
          return !stop_wanted();
        });
        if (one->run) one->run = one->store->flush();  // its memory is the next one's
      });
    run_beside(std::move(tasks));
    for (const auto& bench : benches_) NRM_TRY(bench->run);
    return stop_wanted() ? Error(Code::unavailable, "", "stopped before the end") : Result<void>();
  }

  Result<std::string> counts() const {
    Table table({"service", "of", "state", "streams"}), ends({"log", "records", "until", "tree"});
    for (const auto& bench : benches_) {
      const Replay& replay = bench->replay;
      NRM_TRY_ASSIGN(const auto counted, count_states(replay));
      for (const StateCount& one : counted)
        table.add({std::string(to_text(one.service)), std::string(to_text(one.kind)), one.status,
                   with_commas(one.streams)});
      ends.add({log_name(replay.service()), with_commas(replay.records()),
                replay.records() ? replay.at().text() : "-", replay.root().hex()});
    }
    return table.text() + '\n' + ends.text();
  }
  Result<std::string> counts_json() const {
    std::string out = "[";
    for (const auto& bench : benches_) {
      NRM_TRY_ASSIGN(const auto counted, count_states(bench->replay));
      for (const StateCount& one : counted) {
        out += out.size() > 1 ? ",\n" : "\n";
        out += "{\"service\":\"" + std::string(to_text(one.service)) + "\",\"kind\":\"" +
               std::string(to_text(one.kind)) + "\",\"status\":\"" + one.status +
               "\",\"streams\":" + std::to_string(one.streams) + '}';
      }
    }
    return out + "\n]\n";
  }
  Result<std::string> of_case() const {
    std::string out;
    for (const auto& bench : benches_)
      NRM_TRY(bench->replay.each([&](const StreamKey& stream, json::Value folded) {
        if (!is_about(stream, folded.find("state"), *subject_)) return;
        out += std::string(to_text(bench->replay.service())) + ", " + stream.text() + '\n';
        for (const json::Value member : folded.find("state")) {
          out += "    " + std::string(member.key()) + ": ";
          json::append_value(out, member);
          out += '\n';
        }
      }));
    return out;
  }

  // Every line of the export: first how far each log was read, then each stream, by service in the
  // order of the logs and by key. Nothing in it depends on when or where it was made.
  Result<void> each_line(const std::function<bool(const std::string&)>& take) const {
    bool going = true;
    for (const auto& bench : benches_) {
      const Replay& replay = bench->replay;
      if (!subject_)
        going = going &&
                take("{\"log\":\"" + log_name(replay.service()) +
                     "\",\"records\":" + std::to_string(replay.records()) +
                     (replay.records() ? ",\"at\":\"" + replay.at().text() + '"' : std::string()) +
                     ",\"root\":\"" + replay.root().hex() + "\"}");
    }
    for (const auto& bench : benches_)
      NRM_TRY(bench->replay.each([&](const StreamKey& stream, json::Value folded) {
        if (!going || (subject_ && !is_about(stream, folded.find("state"), *subject_))) return;
        std::string line = "{\"service\":\"" + std::string(to_text(bench->replay.service())) +
                           "\",\"stream\":\"" + stream.text() + '"';
        for (const json::Value member : folded) {
          line += ',';
          json::append_string(line, member.key());
          line += ':';
          json::append_value(line, member);
        }
        going = take(line + '}');
      }));
    if (!going) return Error(Code::io_failed, "--export", options_.out + ": cannot be written");
    return {};
  }
  Result<void> write_file() const {
    const bool array = options_.out.ends_with(".json");
    const auto fault = [&] {
      return Error(Code::io_failed, "--export", options_.out + ": cannot be written");
    };
    // Coded facts of every case are still confidential; and half a file is none. A pipe or a device
    // is written as it is.
    std::error_code unknown;
    const auto kind = std::filesystem::status(options_.out, unknown).type();
    const bool in_place = kind != std::filesystem::file_type::regular &&
                          kind != std::filesystem::file_type::not_found;
    const std::string fresh = in_place ? options_.out : options_.out + ".tmp";
    const int made = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    std::FILE* file = made < 0 ? nullptr : ::fdopen(made, "wb");
    if (file == nullptr) return fault();
    std::uint64_t lines = 0;
    const auto written = each_line([&](const std::string& line) {
      const char* before = array ? (lines == 0 ? "[\n" : ",\n") : "";
      ++lines;
      return std::fprintf(file, "%s%s%s", before, line.c_str(), array ? "" : "\n") >= 0;
    });
    if (array) std::fputs(lines == 0 ? "[]\n" : "\n]\n", file);
    const bool closed = std::fclose(file) == 0;
    const bool whole = written && closed;
    if (whole && (in_place || ::rename(fresh.c_str(), options_.out.c_str()) == 0)) return {};
    if (!in_place) ::unlink(fresh.c_str());
    return written ? Result<void>(fault()) : written;
  }

  // Until somebody wants it to stop.
  Result<void> follow() {
    while (!stop_wanted()) {
      std::this_thread::sleep_for(look_each);
      NRM_TRY_ASSIGN(const bool changed, logs_.refresh());
      if (!changed) continue;
      for (const auto& bench : benches_) NRM_TRY(catch_up(bench->replay));
      std::ranges::stable_sort(changes_, {}, &Change::at);
      for (const Change& change : changes_) std::printf("%s\n", change.line.c_str());
      changes_.clear();
      if (std::fflush(stdout) != 0) return {};  // nobody reads any more
    }
    return {};
  }

 private:
  struct Change {
    Instant at;
    std::string line;
  };

  Result<void> catch_up(Replay& replay) {
    Result<void> good;
    NRM_TRY(logs_.read(replay.service(), replay.records(), [&](auto seq, auto bytes) {
      good = show(replay, seq, bytes);
      return good && !stop_wanted();
    }));
    return good;
  }
  Result<void> show(Replay& replay, std::uint64_t seq, std::string_view bytes) {
    RecordReader reader;
    std::vector<std::pair<StreamKey, std::string>> touched;  // and their status before
    std::vector<std::string> types;
    NRM_TRY(reader.open(bytes));
    for (;;) {
      NRM_TRY_ASSIGN(const bool more, reader.next());
      if (!more) break;
      NRM_TRY_ASSIGN(auto before, replay.status(reader.stream()));
      touched.emplace_back(reader.stream(), std::move(before));
      types.emplace_back(reader.type());
    }
    NRM_TRY(replay.take(seq, bytes));
    NRM_TRY(replay.write());
    for (std::size_t i = 0; i < touched.size(); ++i)
      NRM_TRY(show_event(replay, seq, types[i], touched[i].first, touched[i].second));
    return {};
  }
  Result<void> show_event(const Replay& replay, std::uint64_t seq, const std::string& type,
                          const StreamKey& stream, const std::string& before) {
    NRM_TRY_ASSIGN(const std::string now, replay.status(stream));
    if (subject_) {
      NRM_TRY_ASSIGN(const bool theirs, replay.concerns(stream, *subject_));
      if (!theirs) return {};
    }
    std::string line;
    if (options_.json) {
      line = "{\"at\":\"" + replay.at().text() + "\",\"log\":\"" + log_name(replay.service()) +
             "\",\"seq\":" + std::to_string(seq) + ",\"stream\":\"" + stream.text() +
             "\",\"type\":\"" + type + "\",\"before\":\"" + before + "\",\"status\":\"" + now +
             "\"}";
    } else {
      line = replay.at().text() + "  " + log_name(replay.service()) + ' ' + std::to_string(seq) +
             "  " + stream.text() + "  " + type + "  ";
      line += before == now ? now : (before.empty() ? "new" : before) + " -> " + now;
    }
    changes_.push_back({replay.at(), std::move(line)});
    return {};
  }

  Logs& logs_;
  const AuditReplayOptions& options_;
  const std::optional<Uuid> subject_;
  std::vector<std::unique_ptr<Bench>> benches_;
  std::vector<Change> changes_;
};

Result<void> replay(const AuditReplayOptions& options) {
  NRM_TRY_ASSIGN(const auto services, read_services(options.service));
  NRM_TRY_ASSIGN(const ReplayEnd end, read_end(options));
  NRM_TRY_ASSIGN(const auto logs, open_logs(options.from, options.dir));
  std::optional<Uuid> subject;
  if (!options.subject.empty()) {
    NRM_TRY_ASSIGN(subject, find_subject(*logs, options.subject));
  }
  Replays replays(*logs, options, subject);
  NRM_TRY(replays.run(services, end));
  if (!options.out.empty()) return replays.write_file();
  if (options.json && subject && !options.follow) {
    std::string out = "[";
    NRM_TRY(replays.each_line([&](const std::string& line) {
      out += (out.size() > 1 ? ",\n" : "\n") + line;
      return true;
    }));
    std::printf("%s\n]\n", out.c_str());
    return {};
  }
  if (!(options.follow && options.json)) {
    NRM_TRY_ASSIGN(const std::string text, subject        ? replays.of_case()
                                           : options.json ? replays.counts_json()
                                                          : replays.counts());
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  if (!options.follow) return {};
  std::fflush(stdout);
  return replays.follow();
}
}  // namespace

int audit_replay(const AuditReplayOptions& options) {
  crypto::start();
  stop_on_signals();
  const auto done = replay(options);
  if (!done && stop_wanted()) return fail(Exit::try_again, "stopped before the end");
  return done ? Exit::done : fail(done.error());
}
}  // namespace nrm::cli
