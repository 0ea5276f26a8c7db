// nrm init: makes a data folder as common/runtime/folder.hpp describes it. It is built beside its
// place and moved there when it is complete, so a failed init leaves nothing behind.
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/clock/clock.hpp"
#include "common/http/certificate.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/witness_policy.hpp"
#include "common/runtime/run.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/founding.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view followers[] = {"gateway", "bench"};
constexpr std::size_t socket_path_max = 100;  // sockaddr_un has 108 bytes

std::string random_key() { return to_hex(crypto::SecretKey::random().reveal()); }

// A folder that is removed again unless it was kept.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) {}
  ~Draft() {
    std::error_code fault;
    if (!path_.empty()) fs::remove_all(path_, fault);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }
  Result<void> move_to(const std::string& place) {
    // Keys, stores and the folders they are in: none of it is made again after a power cut.
    {
      const Descriptor made(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!made || ::syncfs(made.get()) != 0)
        return Error(Code::io_failed, "", path_ + ": cannot be synced");
    }
    std::error_code fault;
    fs::rename(path_, place, fault);
    if (fault) return Error(Code::io_failed, "", place + ": " + fault.message());
    path_.clear();
    if (!sync_folder(fs::path(place).parent_path().string()))
      return Error(Code::io_failed, "", place + ": cannot be synced");
    return {};
  }

 private:
  std::string path_;
};

Result<void> make_folders(const std::string& dir) {
  std::error_code fault;
  for (const std::string_view name :
       {"keys", "store", "run", "logs", "sandbox", "rotation", "policy"}) {
    fs::create_directories(dir + '/' + std::string(name), fault);
    if (fault) return Error(Code::io_failed, "", dir + ": " + fault.message());
  }
  return {};
}

Result<void> write_key(const std::string& dir, const std::string& name, const std::string& text) {
  std::error_code fault;
  const std::string path = dir + "/keys/" + name;
  fs::create_directories(fs::path(path).parent_path(), fault);
  if (fault) return Error(Code::io_failed, "", path + ": " + fault.message());
  return write_file(path, text + '\n', 0400);
}

// `place`: where the folder will be; the sockets' addresses are there.
std::string endpoint_of(const std::string& place, std::string_view name, std::size_t number,
                        std::uint16_t http_port) {
  const std::string socket = place + "/run/" + std::string(name) + ".sock";
  if (socket.size() < socket_path_max) return "ipc://" + socket;
  return "tcp://127.0.0.1:" + std::to_string(http_port + 1 + number);
}

Result<Process> make_process(const std::string& dir, std::string_view name,
                             const std::string& pseudonyms) {
  const CurveKey curve = make_curve_key();
  NRM_TRY(write_key(dir, std::string(name) + "/log-pseudonyms", pseudonyms));
  NRM_TRY(write_key(dir, std::string(name) + "/curve", curve.secret_key));
  return Process{
      .name = *Text<32>::parse(name), .endpoint = {}, .curve_key = curve.public_key, .log_key = {}};
}

Result<Mechanism> make_mechanism(const std::string& dir, const std::string& place,
                                 const InitOptions& options) {
  const auto name = Text<64>::parse(options.name);
  if (!name) return Error(Code::invalid_text, "--name", "1 to 64 bytes without control characters");
  Mechanism out{.name = *name,
                .sandbox = !options.production,
                .http_port = options.port,
                .processes = {},
                .edge = {}};
  const std::string pseudonyms = random_key();
  std::size_t number = 0;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(Process process, make_process(dir, to_text(service), pseudonyms));
    process.endpoint = endpoint_of(place, to_text(service), number++, options.port);
    const auto signer = crypto::Signer::random();
    NRM_TRY(write_key(dir, std::string(to_text(service)) + "/log", to_hex(signer.seed())));
    process.log_key = verifier_key(options.name + '/' + log_name(service), signer.public_key());
    out.processes.push_back(std::move(process));
  }
  for (const std::string_view follower : followers) {
    NRM_TRY_ASSIGN(Process process, make_process(dir, follower, pseudonyms));
    // The archive answers the gateway; the others only connect.
    if (follower == to_text(Service::audit))
      process.endpoint = endpoint_of(place, follower, number++, options.port);
    out.processes.push_back(std::move(process));
  }
  return out;
}

Result<void> start_clock(const std::string& dir, const InitOptions& options) {
  if (options.production) return {};
  NRM_TRY_ASSIGN(const auto clock, open_sandbox_clock(dir + "/sandbox/clock"));
  if (!options.begin.empty()) clock->start_at(start_of(*Date::parse(options.begin)) + hours(8));
  return {};
}

// Whose cosignatures are enough, and whose certificates they have.
Result<void> name_witnesses(const std::string& dir, const InitOptions& options) {
  if (options.witness_policy.empty()) return {};
  std::error_code fault;
  fs::create_directories(dir + "/witnesses", fault);
  if (fault) return Error(Code::io_failed, "", dir + "/witnesses: " + fault.message());
  NRM_TRY_ASSIGN(const auto policy, read_file(options.witness_policy, witness_policy_bytes_max));
  const auto good = read_witness_policy(policy);
  if (!good)
    return Error(Code::out_of_range, options.witness_policy + ", " + good.error().where,
                 good.error().detail);
  NRM_TRY(write_file(dir + "/witnesses/policy", policy, 0600));
  if (options.witness_authority.empty()) return {};
  NRM_TRY_ASSIGN(const auto authority, read_file(options.witness_authority));
  return write_file(dir + "/witnesses/ca.pem", authority, 0600);
}

// Fills the empty folder `dir`, which will stand at `place`.
Result<std::vector<HeldAccount>> build(const std::string& dir, const std::string& place,
                                       const InitOptions& options, const std::string& pack) {
  NRM_TRY(make_folders(dir));
  NRM_TRY_ASSIGN(const Policy policy, read_policy(pack));
  const auto entropy = system_entropy();
  const auto fresh = [&] { return OrganisationId(entropy->uuid()); };
  const OrganisationId auditor = fresh();
  const Founders founders{.offices = policy.appointments ? *policy.appointments
                                                         : appointments_of(policy, auditor, fresh),
                          .operator_ = fresh(),
                          .auditor = auditor};
  const std::string appointed = appoint(pack, policy, founders.offices);
  // A sandbox's clock stands still while thousands act: there an hour must hold all of them.
  const std::string adopted = options.production ? appointed : widened(appointed);
  NRM_TRY(write_file(dir + "/policy.json", adopted, 0600));
  const std::string kept = adopted_pack_file(crypto::sha256(adopted).hex());
  NRM_TRY(write_file(dir + '/' + kept, adopted, 0600));
  NRM_TRY_ASSIGN(const Mechanism mechanism, make_mechanism(dir, place, options));
  NRM_TRY(write_key(dir, "vault/master", random_key()));
  NRM_TRY(write_key(dir, "vault/duplicates", random_key()));
  NRM_TRY(write_key(dir, "gateway/tokens", random_key()));
  NRM_TRY(http::make_development_certificate(dir + "/tls"));
  NRM_TRY(start_clock(dir, options));
  NRM_TRY(name_witnesses(dir, options));
  NRM_TRY(write_file(dir + "/mechanism.json", to_json(mechanism) + '\n', 0600));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(dir));
  NRM_TRY_ASSIGN(auto accounts, found(folder, founders));
  if (mechanism.sandbox) NRM_TRY(keep_tokens(dir, accounts));
  return accounts;
}

Result<void> check(const InitOptions& options, const std::string& place) {
  std::error_code fault;
  if (fs::exists(place, fault) && !fs::is_empty(place, fault))
    return Error(Code::already_exists, "",
                 place + " is there already and stays as it is: start it with nrm up --dir " +
                     place + ", or name another folder with --dir");
  if (options.port == 0) return Error(Code::out_of_range, "--port", "1 to 65535");
  if (options.begin.empty()) return {};
  if (options.production)
    return Error(Code::clock_not_movable, "--begin", "only a sandbox has a movable clock");
  if (!Date::parse(options.begin))
    return Error(Code::invalid_date, "--begin", "a date, as in 2023-07-01");
  return {};
}

void show(const InitOptions& options, const std::string& place,
          const std::vector<HeldAccount>& accounts) {
  if (options.json) {
    std::string out = "{\"dir\":";
    json::append_string(out, place);
    out += ",\"port\":" + std::to_string(options.port) + ",\"accounts\":[";
    for (const HeldAccount& one : accounts) {
      if (out.back() != '[') out += ',';
      out += "{\"name\":\"" + one.name + "\",\"role\":\"" + std::string(to_text(one.role)) + '"';
      if (options.production) out += ",\"token\":\"" + one.token.reveal() + '"';
      out += '}';
    }
    std::printf("%s]}\n", out.c_str());
    return;
  }
  std::printf("%s: a %s with policy %s, port %u\n", place.c_str(),
              options.production ? "production folder" : "sandbox", options.policy.c_str(),
              options.port);
  if (options.production)
    std::puts("These tokens are shown once. Give each to its holder and keep none:");
  for (const HeldAccount& one : accounts)
    std::printf("  %-20s %s\n", one.name.c_str(),
                options.production ? one.token.reveal().c_str() : "--as");
  std::printf("Start it with: nrm up --dir %s\n", place.c_str());
}
}  // namespace

int init(const InitOptions& options) {
  const std::string place = absolute_folder(options.dir);
  if (const auto good = check(options, place); !good) {
    fail(good.error());
    return Exit::usage;
  }
  const auto pack = read_pack(options.policy);
  if (!pack) {
    fail(pack.error());
    return Exit::usage;
  }
  crypto::start();
  harden_process();
  Draft draft(place + ".new-" + std::to_string(::getpid()));
  const auto accounts = build(draft.path(), place, options, *pack);
  if (!accounts) return fail(accounts.error());
  if (const auto moved = draft.move_to(place); !moved) return fail(moved.error());
  show(options, place, *accounts);
  return Exit::done;
}
}  // namespace nrm::cli
