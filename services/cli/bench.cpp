// nrm bench: the figures that are promised, each beside a bare contender in the same run.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "common/base/codec.hpp"
#include "common/crypto/crypto.hpp"
#include "common/diag/diag.hpp"
#include "services/cli/bench.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"

namespace nrm::cli {
namespace {
using measure::Figure;
using measure::Spread;
using measure::spread_of;

struct Measurement {
  std::string_view name;
  Result<Figure> (*run)(const measure::Options&);
  std::vector<std::string_view> contenders;  // programs
};
const std::vector<Measurement>& measurements() {
  static const std::vector<Measurement> all = {
      {"hops", measure::measure_hops, {"bench-raw-writers", "bench-postgres-chain"}},
      {"latency", measure::measure_latency, {"bench-idle-sync"}},
      {"intake", measure::measure_intake, {"bench-tls-echo"}},
      {"replay", measure::measure_replay, {"bench-raw-iterator"}},
      {"verify", measure::measure_verify, {"bench-raw-iterator"}}};
  return all;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}
std::string range(const Spread& of) {
  return number(of.median) + " (" + number(of.low) + "-" + number(of.high) + ")";
}

void show(const Figure& figure) {
  std::printf("%s\n  ours        %s %s\n", figure.name.c_str(),
              range(spread_of(figure.ours)).c_str(), figure.unit.c_str());
  for (const auto& [name, values] : figure.beside)
    std::printf("              %s %s\n", range(spread_of(values)).c_str(), name.c_str());
  for (const auto& one : figure.contenders) {
    const Spread ratio = spread_of(one.ratios);
    const bool held = one.at_most ? ratio.median <= one.wanted : ratio.median >= one.wanted;
    std::printf("  contender   %s %s\n  ratio       %s  %s %s, aim %s: %s\n",
                range(spread_of(one.theirs)).c_str(), one.name.c_str(), range(ratio).c_str(),
                one.at_most ? "at most" : "at least", number(one.wanted).c_str(),
                number(one.aim).c_str(), held ? "held" : "MISSED");
  }
  std::printf("\n");
}

void append_numbers(std::string& out, std::string_view name, const std::vector<double>& values) {
  out += '"';
  out += name;
  out += "\":[";
  for (std::size_t i = 0; i < values.size(); ++i) out += (i ? "," : "") + number(values[i]);
  out += ']';
}

std::string json_of(const Figure& figure) {
  std::string out = "{\"name\":";
  json::append_string(out, figure.name);
  out += ",\"unit\":";
  json::append_string(out, figure.unit);
  out += ',';
  append_numbers(out, "ours", figure.ours);
  out += ",\"contenders\":[";
  for (const auto& one : figure.contenders) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    json::append_string(out, one.name);
    out += ',';
    append_numbers(out, "theirs", one.theirs);
    out += ',';
    append_numbers(out, "ratios", one.ratios);
    out += ",\"ratio\":" + number(spread_of(one.ratios).median) + ",\"" +
           (one.at_most ? "at_most" : "at_least") + "\":" + number(one.wanted) +
           ",\"aim\":" + number(one.aim) + '}';
  }
  return out + "]}";
}

// A folder for everything, gone at the end unless the user named it.
class Workplace {
 public:
  explicit Workplace(const std::string& wanted) : named_(!wanted.empty()) {
    if (named_) {
      path_ = absolute_folder(wanted) + "/bench";
      std::filesystem::create_directories(path_);
    } else {
      char made[] = "/tmp/nrm-bench-XXXXXX";
      path_ = ::mkdtemp(made) != nullptr ? made : "";
    }
  }
  ~Workplace() {
    std::error_code fault;
    if (!path_.empty()) std::filesystem::remove_all(path_, fault);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const std::string& path() const { return path_; }

 private:
  const bool named_;
  std::string path_;
};
}  // namespace

int bench(const BenchOptions& options) {
  diag::start("bench", diag::Level::error);
  crypto::start();
  const auto& all = measurements();
  const auto wanted = [&](const Measurement& one) {
    return options.only.empty() || options.only == one.name;
  };
  if (std::ranges::none_of(all, wanted))
    return fail(Exit::usage, "--only: " + options.only,
                "one of hops, latency, intake, replay, verify");
  for (const Measurement& one : all)
    for (const std::string_view program : one.contenders)
      if (const auto found = measure::program_beside(std::string(program)); wanted(one) && !found)
        return fail(Exit::usage, found.error().detail);
  const Workplace place(options.dir);
  if (place.path().empty()) return fail(Exit::our_fault, "no folder can be made in /tmp");
  std::string json;
  for (const Measurement& one : all) {
    if (!wanted(one)) continue;
    const auto figure = one.run({place.path(), options.rounds, options.seconds});
    if (!figure) return fail(figure.error());
    if (!options.json) show(*figure);
    json += (json.empty() ? "[" : ",") + json_of(*figure);
  }
  if (options.json) std::printf("%s]\n", json.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
