// nrm policy adopt: a running mechanism takes a new version of its pack from a day on
// (common/runtime/adoption.hpp). Who may do this is who may write the folder; that it was done is
// in every log.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "common/runtime/run.hpp"
#include "common/step/policy_check.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/verification.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/policy_findings.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

// A process looks twice a second; a busy one commits within seconds.
constexpr std::chrono::seconds taken_within{10};

struct Adopted {
  std::string policy, digest;
  Instant from;
  std::vector<std::string> taken;    // logs that say so already
  std::vector<std::string> waiting;  // that will when their service runs
};
BOOST_DESCRIBE_STRUCT(Adopted, (), (policy, digest, from, taken, waiting))

const Policy& latest(const Folder& folder) {
  return folder.adopted().empty() ? folder.policy() : *folder.adopted().back().policy;
}

Result<Instant> first_moment(const Folder& folder, const Policy& next, const std::string& day) {
  const auto date = Date::parse(day);
  if (!date) return Error(Code::invalid_date, "--from", "a date, as in 2024-01-01");
  const Instant from = next.start_of_local(*date);
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  const Instant now = clock->now();
  if (from <= now)
    return Error(Code::out_of_range, "--from",
                 "a day to come (there it is " + next.local_date(now).text() +
                     "): what was decided keeps the rules of its day");
  if (!folder.adopted().empty() && from < folder.adopted().back().adoption.from)
    return Error(Code::out_of_range, "--from",
                 "not before " + folder.adopted().back().adoption.policy + ", adopted already");
  return from;
}

Result<void> keep(const Folder& folder, const std::string& bytes, const std::string& digest) {
  std::error_code fault;
  fs::create_directory(folder.file("policy"), fault);  // of a folder that an older build made
  const std::string like = folder.file("policy.json");
  NRM_TRY_ASSIGN(const std::string first, read_file(like));
  NRM_TRY(write_like(folder.file(adopted_pack_file(folder.policy_digest())), first, like));
  return write_like(folder.file(adopted_pack_file(digest)), bytes, like);
}

Result<Adopted> adopt(const Folder& folder, const Policy& next, const std::string& pack,
                      Instant from) {
  if (folder.adopted().size() >= adoptions_max)
    return Error(Code::out_of_range, "", "this folder has as many versions as it may have");
  const std::string appointed = appoint(pack, next, *folder.policy().appointments);
  const std::string bytes = folder.mechanism().sandbox ? widened(appointed) : appointed;
  Adopted out{.policy = next.name(),
              .digest = crypto::sha256(bytes).hex(),
              .from = from,
              .taken = {},
              .waiting = {}};
  NRM_TRY(keep(folder, bytes, out.digest));
  PolicyAdoptions list;
  for (const AdoptedPolicy& one : folder.adopted()) list.adopted.push_back(one.adoption);
  list.adopted.push_back({.policy = out.policy, .policy_digest = out.digest, .from = from});
  NRM_TRY(
      write_like(folder.file(adoptions_file), to_json(list) + '\n', folder.file("policy.json")));
  return out;
}

bool has_taken(const Folder& folder, Service service, const std::string& digest) {
  const auto store = open_rocksdb({.folder = folder.store(to_text(service)), .read_only = true});
  const auto noted = store ? noted_policies(**store) : Result<PolicyAdoptions>(store.error());
  if (!noted) return false;
  for (const PolicyAdopted& one : noted->adopted)
    if (one.policy_digest == digest) return true;
  return false;
}

void wait_until_taken(const Folder& folder, Adopted& adopted) {
  const auto until = std::chrono::steady_clock::now() + taken_within;
  for (;;) {
    adopted.taken.clear();
    adopted.waiting.clear();
    for (const Service service : log_owners)
      (has_taken(folder, service, adopted.digest) ? adopted.taken : adopted.waiting)
          .emplace_back(to_text(service));
    if (adopted.waiting.empty() || !in_use(folder) || std::chrono::steady_clock::now() >= until)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}
}  // namespace

int policy_adopt(const PolicyOptions& options) {
  crypto::start();
  const auto folder = Folder::open(absolute_folder(options.dir));
  if (!folder) return fail(folder.error());
  const auto pack = read_pack(options.file);
  if (!pack)
    return fail(pack.error(), pack.error().code == Code::not_found
                                  ? ""
                                  : "nrm policy check " + options.file + " shows every mistake");
  const Policy next = std::move(read_policy(*pack)).value();
  if (const auto findings = check_succession(latest(*folder), next); !findings.empty()) {
    std::fputs(text_of_findings(options.file, *pack, findings).c_str(), stderr);
    return fail(Exit::usage, next.name() + " cannot follow " + latest(*folder).name());
  }
  const auto from = first_moment(*folder, next, options.from);
  if (!from) return fail(from.error());
  auto adopted = adopt(*folder, next, *pack, *from);
  if (!adopted) return fail(adopted.error());
  wait_until_taken(*folder, *adopted);
  if (options.json) {
    std::printf("%s\n", to_json(*adopted).c_str());
    return Exit::done;
  }
  std::printf("%s from %s on; what runs keeps the end that it has\n", adopted->policy.c_str(),
              adopted->from.text().c_str());
  if (!adopted->taken.empty()) std::printf("  in the logs of %s\n", joined(adopted->taken).c_str());
  if (!adopted->waiting.empty())
    std::printf("  %s: as soon as they run\n", joined(adopted->waiting).c_str());
  return Exit::done;
}
}  // namespace nrm::cli
