#include "services/witness/serving.hpp"

#include <sys/file.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/clock/clock.hpp"
#include "common/diag/diag.hpp"
#include "common/http/certificate.hpp"
#include "common/http/http.hpp"
#include "common/runtime/confinement.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr const char* logs_text =
    "# Whom this witness witnesses: one line for each key of each log (C2SP tlog-policy),\n"
    "#   log <vkey>\n"
    "# Of a mechanism run by nrm: GET /v1/logs, or the files vkey of `nrm audit export`.\n"
    "# Read at the start.\n";
constexpr std::size_t secret_bytes_max = 4'096;
constexpr std::chrono::milliseconds stop_grace{2'000}, look_each{50};

std::string seed_file(const std::string& dir) { return dir + "/keys/witness/signer"; }

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

Result<void> make_folder(const std::string& path) {
  std::error_code fault;
  fs::create_directories(path, fault);
  if (fault) return Error(Code::io_failed, "", path + ": " + fault.message());
  return {};
}

// Each of two processes would remember by itself, and could cosign another history.
Result<Descriptor> lock_memory(const std::string& folder) {
  Descriptor held(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!held) return Error(Code::io_failed, "", folder + " cannot be opened");
  if (::flock(held.get(), LOCK_EX | LOCK_NB) == 0) return held;
  return Error(Code::unavailable, "", "the witness of this folder runs already");
}

Result<crypto::Signer> read_signer(const std::string& dir) {
  const std::string path = seed_file(dir);
  NRM_TRY_ASSIGN(const auto text, read_file(path, secret_bytes_max));
  std::error_code fault;
  if ((fs::status(path, fault).permissions() & (fs::perms::group_all | fs::perms::others_all)) !=
      fs::perms::none)
    return Error(Code::forbidden, "",
                 path + ": others can read this key (chmod 0400 " + path + ")");
  const auto seed = from_hex(first_line(text));
  if (!seed) return Error(Code::corrupt, "", path + " is not hexadecimal");
  return crypto::Signer::from_seed(*seed);
}

// Answers on the server's thread, one after the other, and waits for the disk there: that is what
// makes checking and keeping one step.
class Desk {
 public:
  Desk(Witness& witness, const Clock& clock) : witness_(witness), clock_(clock) {}

  void handle(const http::Request& request, const http::Reply& reply) {
    http::Response response;
    response.content_type = "text/plain; charset=utf-8";
    if (failed_) {
      response.status = 500;
    } else if (request.path != "/add-checkpoint") {
      response.status = 404;
      response.body = "there is only POST /add-checkpoint here (c2sp.org/tlog-witness)\n";
    } else if (request.method != "POST") {
      response.status = 405;
      response.headers.emplace_back("Allow", "POST");
    } else if (auto answer = witness_.add_checkpoint(request.body, clock_.now())) {
      response.status = answer->status;
      response.content_type = answer->type;
      response.body = std::move(answer->body);
    } else {
      why_ = answer.error();
      failed_ = true;
      response.status = 500;
    }
    reply(std::move(response));
  }
  bool failed() const { return failed_; }
  Error why() const { return why_; }  // when it has failed

 private:
  Witness& witness_;
  const Clock& clock_;
  Error why_{};
  std::atomic<bool> failed_{false};
};
}  // namespace

Result<std::string> init_witness(const std::string& dir, const std::string& name) {
  if (!is_key_name(name))
    return Error(Code::invalid_text, "--name",
                 "a name without spaces and plus, as in "
                 "witness.example/w1");
  std::error_code fault;
  if (fs::exists(dir, fault) && !fs::is_empty(dir, fault))
    return Error(Code::already_exists, "", dir + " is there already and stays as it is");
  NRM_TRY(make_folder(dir + "/keys/witness"));
  NRM_TRY(make_folder(dir + "/store/witness"));
  NRM_TRY(http::make_development_certificate(dir + "/tls"));
  const auto signer = crypto::Signer::random();
  const std::string vkey = NoteKey{name, KeyType::cosignature_v1, signer.public_key()}.vkey();
  NRM_TRY(write_file(dir + "/logs", logs_text, 0644));
  NRM_TRY(write_file(dir + "/vkey", vkey + '\n', 0644));
  NRM_TRY(write_file(seed_file(dir), to_hex(signer.seed()) + '\n', 0400));
  return vkey;
}

Result<std::string> witness_vkey(const std::string& dir) {
  const auto text = read_file(dir + "/vkey", secret_bytes_max);
  if (!text && text.error().code == Code::not_found)
    return Error(
        Code::not_found, "",
        dir + " is not a witness's folder (make one with: nrm witness init --dir " + dir + ")");
  if (!text) return text.error();
  return first_line(*text);
}

Result<Witness> open_witness(const std::string& dir) {
  NRM_TRY_ASSIGN(const auto vkey, witness_vkey(dir));
  const auto key = read_note_key(vkey);
  NRM_TRY_ASSIGN(auto signer, read_signer(dir));
  if (!key || key->type != KeyType::cosignature_v1 || key->key != signer.public_key())
    return Error(Code::corrupt, "", dir + "/vkey is not of the key in " + seed_file(dir));
  NRM_TRY_ASSIGN(const auto text, read_file(dir + "/logs", witness_policy_bytes_max));
  auto logs = read_witnessed_logs(text);
  if (!logs)
    return Error(logs.error().code, "",
                 dir + "/logs, " + logs.error().where + ": " + logs.error().detail);
  return Witness::open({.folder = dir + "/store/witness",
                        .name = key->name,
                        .signer = std::move(signer),
                        .logs = std::move(*logs),
                        .keep = [](const std::string& path, const std::string& bytes) {
                          return write_file(path, bytes, 0600);
                        }});
}

Result<void> serve_witness(const WitnessServing& serving) {
  const std::string memory = serving.dir + "/store/witness";
  NRM_TRY(make_folder(memory));
  NRM_TRY_ASSIGN(const Descriptor lock, lock_memory(memory));
  NRM_TRY_ASSIGN(auto witness, open_witness(serving.dir));
  std::vector<OwnPlace> places;
  for (const std::string& file : {serving.certificate_file, serving.key_file})
    if (!file.empty()) places.push_back({.path = file});
  NRM_TRY_ASSIGN(const bool enforced, confine_files(serving.dir, "witness", places));
  diag::info("files_confined", {{"enforced", enforced}});
  NRM_TRY(confine_calls());
  const auto clock = anchored_clock();
  Desk desk(witness, *clock);
  const auto or_else = [&](const std::string& given, const char* own) {
    return given.empty() ? serving.dir + own : given;
  };
  http::ServerOptions options{
      .address = serving.address,
      .port = serving.port,
      .certificate_file = or_else(serving.certificate_file, "/tls/server.pem"),
      .key_file = or_else(serving.key_file, "/tls/server-key.pem"),
      .body_bytes_max = add_checkpoint_bytes_max};
  options.hosts.insert(options.hosts.end(), serving.hosts.begin(), serving.hosts.end());
  NRM_TRY_ASSIGN(const auto server,
                 http::serve(options, [&desk](http::Request request, http::Reply reply) {
                   desk.handle(request, reply);
                 }));
  diag::info("ready", {{"port", server->port()}, {"logs", witness.logs()}});
  if (serving.ready) serving.ready(server->port());
  while (!serving.stop() && !desk.failed()) std::this_thread::sleep_for(look_each);
  server->stop(desk.failed() ? std::chrono::milliseconds(0) : stop_grace);
  if (desk.failed()) return desk.why();
  return {};
}
}  // namespace nrm
