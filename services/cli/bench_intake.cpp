// intake: reports accepted over HTTPS by the real gateway, vault and identification, with 128
// connections, against a bare TLS echo of the same library. wrk makes the load for both.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "common/http/http.hpp"
#include "services/cli/bench.hpp"
#include "services/cli/bench_caseload.hpp"
#include "services/cli/bench_site.hpp"
#include "services/cli/tokens.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::string_view names[] = {"vault", "identification", "gateway"};
constexpr const char* connections = "128";

// The body of a report as a first responder's system sends it; about 1 KiB. `%08d` is the person:
// two thousand reports of one would be two thousand suspected duplicates.
constexpr std::string_view body =
    R"({"route":"formal","consents":[{"purpose":"identification","given":true,"by":"individual",)"
    R"("language":"en"},{"purpose":"support","given":true,"by":"individual","language":"en"}],)"
    R"("personal":{"name":"Example Person%08d","date_of_birth":"1999-04-01",)"
    R"("phone":"+44 77 %08d","safe_contact":"Through the support worker, in the mornings",)"
    R"("account":"Came for work in a restaurant; papers were kept; paid for four of ten months."},)"
    R"("facts":{"entry_source":"police_operation","exploitation":["labour"],)"
    R"("means_of_control":["debt_bondage","threats"],"age_at_exploitation":"adult",)"
    R"("age_now":"adult","gender":"female","nationalities":[{"country":"AL"}],)"
    R"("place":{"scope":"in_country"},"indicators":[{"code":"deception","value":"present"},)"
    R"({"code":"withholding_of_wages","value":"present"}],"needs":["safe_accommodation"],)"
    R"("urgency":"urgent","languages":["sq"],"region":"XX-N"}})";

Result<void> write_script(const std::string& file, const std::string& token) {
  std::ofstream out(file);
  out << "local id, count = 0, 0\n"
         "function setup(thread) thread:set('seed', os.time()) end\n"
         "function request()\n"
         "  count = count + 1\n"
         "  local person = seed % 1000 * 100000 + count\n"
         "  return wrk.format('POST', '/v1/reports', {['Content-Type'] = 'application/json',\n"
         "    ['Authorization'] = 'Bearer "
      << token
      << "', ['Idempotency-Key'] = seed .. '-' .. count},\n"
         "    string.format([==["
      << body << "]==], person, person))\nend\n";
  if (!out.flush()) return Error(Code::io_failed, "", file + " cannot be written");
  return {};
}

// wrk writes times as "812.00us", "1.52ms" or "1.20s".
double milliseconds(const std::string& text) {
  const double value = std::atof(text.c_str());
  if (text.ends_with("us")) return value / 1e3;
  return text.ends_with("ms") ? value : value * 1e3;
}

struct Load {
  double per_second = 0, p50 = 0, p99 = 0;
};
Result<Load> run_wrk(const std::string& script, std::uint16_t port, double seconds) {
  const std::string command = "wrk -t1 -c" + std::string(connections) + " -d" +
                              std::to_string(static_cast<int>(seconds + 0.5)) + "s --latency -s '" +
                              script + "' https://127.0.0.1:" + std::to_string(port) + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return Error(Code::io_failed, "", "wrk cannot be started");
  Load out;
  char line[512], word[64];
  std::string said;
  double refused = 0;
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    said += line;
    double number = 0;
    if (std::sscanf(line, " Requests/sec: %lf", &number) == 1) out.per_second = number;
    if (std::sscanf(line, " 50%% %63s", word) == 1) out.p50 = milliseconds(word);
    if (std::sscanf(line, " 99%% %63s", word) == 1) out.p99 = milliseconds(word);
    if (std::sscanf(line, " Non-2xx or 3xx responses: %lf", &number) == 1) refused = number;
  }
  if (::pclose(pipe) != 0 || out.per_second == 0)
    return Error(Code::not_found, "", "wrk is needed (apt-get install wrk): " + said);
  if (refused != 0) return Error(Code::internal, "", "not all reports were accepted:\n" + said);
  return out;
}

// The contender, while it lives.
class Echo {
 public:
  static Result<std::unique_ptr<Echo>> start(const Folder& folder) {
    NRM_TRY_ASSIGN(const std::string path, program_beside("bench-tls-echo"));
    std::unique_ptr<Echo> echo(new Echo);
    echo->port_ = free_port();
    const std::string port = std::to_string(echo->port_);
    const std::string certificate = folder.file("tls/server.pem");
    const std::string key = folder.file("tls/server-key.pem");
    echo->process_ = ::fork();
    if (echo->process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execl(path.c_str(), path.c_str(), port.c_str(), certificate.c_str(), key.c_str(), "900",
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return echo;
  }
  ~Echo() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  Echo() = default;
  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

Result<void> wait_until_ready(const Folder& folder, std::uint16_t port) {
  NRM_TRY_ASSIGN(const auto client,
                 http::connect({.port = port, .authority_file = folder.file("tls/ca.pem")}));
  const double until = seconds_now() + 60;
  while (seconds_now() < until) {
    const auto answer = client->call({.target = "/livez"});
    if (answer && answer->status == 200) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return Error(Code::timeout, "", "the gateway does not answer");
}
}  // namespace

Result<Figure> measure_intake(const Options& options) {
  Figure figure{.name = "intake", .unit = "reports accepted/s over HTTPS, 128 connections"};
  figure.contenders = {{"bare TLS echo, answers/s", {}, {}, 0.30, 0.45}};
  std::vector<double> p50, p99, echo_p50;
  const std::uint16_t port = free_port();
  NRM_TRY_ASSIGN(const auto site, Site::make(options.dir + "/site", port));
  NRM_TRY_ASSIGN(const auto load, Caseload::open(site->folder(), 1));
  for (const auto name : names) NRM_TRY(site->start(name));
  const Sensitive<std::string> token = random_token();
  NRM_TRY(
      load->issue_account(OrganisationKind::police, Role::first_responder, token_digest(token)));
  NRM_TRY(wait_until_ready(site->folder(), port));
  const std::string script = options.dir + "/report.lua";
  NRM_TRY(write_script(script, token.reveal()));
  NRM_TRY_ASSIGN(const auto echo, Echo::start(site->folder()));
  NRM_TRY(run_wrk(script, echo->port(), 1));  // both warm
  std::this_thread::sleep_for(std::chrono::seconds(1));
  NRM_TRY(run_wrk(script, port, 1));
  for (std::size_t round = 0; round < options.rounds; ++round) {
    // A key of its own in each run: the script counts from the second in which it began.
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
    NRM_TRY_ASSIGN(const Load ours, run_wrk(script, port, options.seconds));
    NRM_TRY_ASSIGN(const Load theirs, run_wrk(script, echo->port(), options.seconds));
    figure.ours.push_back(ours.per_second);
    p50.push_back(ours.p50);
    p99.push_back(ours.p99);
    echo_p50.push_back(theirs.p50);
    figure.contenders[0].theirs.push_back(theirs.per_second);
    figure.contenders[0].ratios.push_back(ours.per_second / theirs.per_second);
  }
  figure.beside = {{"p50, ms", p50}, {"p99, ms", p99}, {"p50 of the echo, ms", echo_p50}};
  return figure;
}
}  // namespace nrm::cli::measure
