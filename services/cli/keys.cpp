// nrm keys: a process gets a second key beside its first, takes it while it runs, and the first is
// retired. Who may do this is who may write the folder's keys; what was done is in the logs, signed
// by the key before (runtime/signing.hpp).
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "common/base/hex.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/runtime/run.hpp"
#include "common/runtime/signing.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

// Longer than the slowest process takes to see a change (0.5 s), to change a connection over (2 s)
// and to read what was on its way (15 s).
constexpr std::chrono::seconds changed_over_after{20};
// Between a tcp:// address and the one of the next key.
constexpr unsigned next_port_distance = 32;

Error io_error(const std::string& path) {
  return Error(Code::io_failed, "", path + ": " + std::strerror(errno));
}

// For those who start, and then for those who run.
Result<void> write_mechanism(const Folder& folder, const Mechanism& mechanism) {
  const std::string path = folder.file("mechanism.json"), text = to_json(mechanism) + '\n';
  NRM_TRY(write_like(path, text, path));
  std::error_code fault;
  fs::create_directory(folder.file("rotation"), fault);  // of a folder that an older build made
  return write_like(folder.file(rotation_file), text, path);
}

// The address for the other key: each key of a process has one of its own.
std::string other_endpoint(const std::string& endpoint, std::uint32_t http_port) {
  constexpr std::string_view second = "-2.sock", first = ".sock";
  std::string out = endpoint;
  if (out.ends_with(second)) return out.replace(out.size() - second.size(), second.size(), first);
  if (out.ends_with(first)) return out.replace(out.size() - first.size(), first.size(), second);
  const auto colon = out.rfind(':');
  if (colon == out.npos) return out;
  const unsigned port = static_cast<unsigned>(std::atoi(out.c_str() + colon + 1));
  const bool is_next = port > http_port + next_port_distance;
  return out.replace(
      colon + 1, out.npos,
      std::to_string(is_next ? port - next_port_distance : port + next_port_distance));
}

Process* find(Mechanism& mechanism, const std::string& name) {
  for (Process& process : mechanism.processes)
    if (process.name.text() == name) return &process;
  return nullptr;
}

std::string key_file(const Folder& folder, const Process& process, const char* name) {
  return folder.file("keys/" + process.name.text() + "/" + name);
}

Result<void> add_curve(const Folder& folder, Process& process, NextKeys& next) {
  const CurveKey key = make_curve_key();
  const std::string path = key_file(folder, process, "curve");
  NRM_TRY(write_like(path + ".next", key.secret_key + '\n', path));
  next.curve_key = key.public_key;
  if (!process.endpoint.empty())
    next.endpoint = other_endpoint(process.endpoint, folder.mechanism().http_port);
  return {};
}

Result<void> add_log(const Folder& folder, Process& process, NextKeys& next) {
  const auto signer = crypto::Signer::random();
  const std::string path = key_file(folder, process, "log");
  NRM_TRY(write_like(path + ".next", to_hex(signer.seed()) + '\n', path));
  next.log_key = verifier_key(folder.mechanism().name.text() + '/' + process.name.text() + "/0",
                              signer.public_key());
  return {};
}

// Said again when it was begun before: what an interrupted command left is completed.
Result<void> rotate(const Folder& folder, const KeysOptions& options) {
  Mechanism mechanism = folder.mechanism();
  Process& process = *find(mechanism, options.process);
  if (process.next) {
    NRM_TRY(write_mechanism(folder, mechanism));
    return Error(Code::already_exists, "",
                 options.process + " has a second key already: nrm keys retire " + options.process);
  }
  if (options.log && process.log_key.empty())
    return Error(Code::bad_request, "--log", options.process + " has no log");
  const bool both = !options.curve && !options.log;
  NextKeys next;
  if (options.curve || both) NRM_TRY(add_curve(folder, process, next));
  if (options.log || (both && !process.log_key.empty())) NRM_TRY(add_log(folder, process, next));
  process.next = std::move(next);
  return write_mechanism(folder, mechanism);
}

// The key may go only when the log says that the next one has come.
Result<void> check_adopted(const Folder& folder, const Process& process, KeyUse use,
                           const std::string& key) {
  if (process.log_key.empty()) return {};  // no log that could say it
  NRM_TRY_ASSIGN(const auto store,
                 open_rocksdb({.folder = folder.store(process.name.text()), .read_only = true}));
  NRM_TRY_ASSIGN(const auto noted, noted_key(*store, use));
  if (noted && noted->key == key) return {};
  return Error(Code::unavailable, "",
               process.name.text() + " has not taken its new key yet: it must run (nrm up), and " +
                   "mechanism.json must be readable for it");
}

Result<void> check_changed_over(const Folder& folder) {
  std::error_code fault;
  const auto written = fs::last_write_time(folder.file(rotation_file), fault);
  const auto age = fs::file_time_type::clock::now() - written;
  if (fault || age >= changed_over_after) return {};
  return Error(Code::unavailable, "",
               "the others are changing over: again in " +
                   std::to_string(
                       std::chrono::ceil<std::chrono::seconds>(changed_over_after - age).count()) +
                   " s");
}

Result<void> replace(const Folder& folder, const Process& process, const char* name) {
  const std::string path = key_file(folder, process, name);
  if (::rename((path + ".next").c_str(), path.c_str()) != 0 && errno != ENOENT)
    return io_error(path);
  return {};
}

Result<void> retire(const Folder& folder, const KeysOptions& options) {
  Mechanism mechanism = folder.mechanism();
  Process& process = *find(mechanism, options.process);
  if (!process.next) {
    NRM_TRY(write_mechanism(folder, mechanism));
    return Error(Code::not_found, "",
                 options.process + " has one key: nrm keys rotate " + options.process);
  }
  NRM_TRY(check_changed_over(folder));
  const NextKeys next = *process.next;
  if (process.rotates_curve())
    NRM_TRY(check_adopted(folder, process, KeyUse::curve, next.curve_key));
  if (process.rotates_log()) {
    NRM_TRY_ASSIGN(const auto key, read_verifier_key(next.log_key));
    NRM_TRY(check_adopted(folder, process, KeyUse::log, key_text(key.second)));
    NRM_TRY(replace(folder, process, "log"));
    process.log_key = next.log_key;
  }
  if (process.rotates_curve()) {
    NRM_TRY(replace(folder, process, "curve"));
    process.curve_key = next.curve_key;
    if (!next.endpoint.empty()) process.endpoint = next.endpoint;
  }
  process.next.reset();
  return write_mechanism(folder, mechanism);
}
}  // namespace

int audit_pseudonym(const AuditPseudonymOptions& options) {
  crypto::start();
  const auto folder = Folder::open(absolute_folder(options.dir));
  if (!folder) return fail(folder.error());
  const auto id = Uuid::parse(options.id);
  if (!id)
    return fail(Exit::usage, options.id + " is no id", "as in nrm case show REFERENCE --json");
  const auto key = folder->secret("keys/audit/log-pseudonyms");
  if (!key) return fail(key.error());
  const auto bytes = from_hex(key->reveal());
  if (!bytes) return fail(Exit::corrupt, "keys/audit/log-pseudonyms is no key");
  std::printf("%s\n", log_pseudonym(*bytes, id->text()).c_str());
  return Exit::done;
}

int keys(const KeysOptions& options) {
  crypto::start();
  harden_process();
  const std::string dir = absolute_folder(options.dir);
  const auto folder = Folder::open(dir);
  if (!folder) return fail(folder.error());
  if (folder->mechanism().find(options.process) == nullptr)
    return fail(Exit::usage, options.process + " is no process of " + dir,
                "mechanism.json names them: vault, identification, …");
  const bool rotates = options.action == "rotate";
  const auto done = rotates ? rotate(*folder, options) : retire(*folder, options);
  if (!done) return fail(done.error());
  if (rotates)
    std::printf(
        "%s: a second key beside the first; all who run change over by themselves.\n"
        "In %lld seconds: nrm keys retire %s --dir %s\n",
        options.process.c_str(), static_cast<long long>(changed_over_after.count()),
        options.process.c_str(), dir.c_str());
  else
    std::printf("%s: the key before is not accepted any more\n", options.process.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
