#include "services/audit/verification.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>

#include "common/base/descriptor.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/layers.hpp"
#include "services/audit/run_beside.hpp"

namespace nrm {
Fault CheckedLog::fault(std::string text, std::optional<std::uint64_t> seq,
                        std::string file) const {
  return {.log = name, .seq = seq, .file = std::move(file), .text = std::move(text)};
}

Fault CheckedLog::at(std::uint64_t seq, const std::string& what) const {
  return fault(name + " record " + std::to_string(seq) + ": " + what, seq);
}

const CheckedLog* Check::find(const std::string& name) const {
  const auto found = std::ranges::find(logs, name, &CheckedLog::name);
  return found == logs.end() ? nullptr : &*found;
}

const CheckedLog* Check::find(Service service) const {
  const auto found = std::ranges::find(logs, service, &CheckedLog::service);
  return found == logs.end() ? nullptr : &*found;
}

Recompute::Pack Check::pack_of(const CheckedLog& log) const {
  // The evidence keeps them for longer than anybody needs them.
  const auto adopted = [this](const std::string& digest) -> std::shared_ptr<const Policy> {
    const AdoptedPack* found = evidence.packs.find(digest);
    if (found == nullptr) return nullptr;
    return {std::shared_ptr<void>(), &found->policy};
  };
  Recompute::Pack out{
      .policy = log.pack->policy, .digest = log.pack->digest, .adopted = adopted, .before = {}};
  if (log.from == 0) return out;
  for (const PolicyAdopted& one : before->find(log.name)->adopted)
    if (auto policy = adopted(one.policy_digest)) out.before.push_back({one, std::move(policy)});
  return out;
}

void Check::tell(const std::string& what, std::uint64_t done, std::uint64_t of) {
  if (!options.progress) return;
  const std::scoped_lock lock(telling_);
  options.progress(what, done, of);
}

namespace {
CheckedLog begin(const LogEvidence& evidence, const LogEvidence::Log& given) {
  CheckedLog log;
  log.given = &given;
  log.service = given.service;
  log.name = given.name;
  log.store = given.store.get();
  if (log.store == nullptr) return log;
  if (const auto opened = opened_under(*log.store)) log.opened = *opened;
  if (log.opened) log.pack = evidence.packs.find(*log.opened);
  if (log.pack == nullptr && evidence.fallback) log.pack = &*evidence.fallback;
  return log;
}

Result<void> make_scratch(Check& check) {
  std::error_code error;
  std::filesystem::create_directories(check.options.scratch, error);
  NRM_TRY_ASSIGN(check.scratch, open_rocksdb({.folder = check.options.scratch + "/rules",
                                              .footprint = Footprint::small}));
  check.conservation.spill_to(*check.scratch);
  check.openings.spill_to(*check.scratch);
  return {};
}

Result<void> go_on(Check& check) {
  NRM_TRY_ASSIGN(Since since, read_since(check.options.since));
  check.kept = std::move(since.notes);
  if (!since.result) return {};
  check.before = std::move(since.result);
  for (const CheckedLog& log : check.logs) {
    const SavedLog* before = check.before->find(log.name);
    if (before == nullptr || (log.store != nullptr && before->origin != log.given->origin))
      return Error(Code::not_found, "",
                   check.before->folder + ": is not a result about these logs (" + log.name + ")");
  }
  return resume_rules(*check.before, check.conservation, check.openings);
}

void skip_after(Findings& findings, LayerName last) {
  for (auto i = static_cast<std::size_t>(last) + 1; i < layer_count; ++i)
    findings.skip(static_cast<LayerName>(i), "not asked for");
}

// RocksDB holds this lock, of fcntl(2), while a process writes there.
bool is_open(const std::string& store) {
  const Descriptor file(::open((store + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC));
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return file && ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
}  // namespace

Result<std::vector<Layer>> verify(const LogEvidence& evidence, const VerifyOptions& options) {
  Check check(evidence, options);
  for (const LogEvidence::Log& given : evidence.logs) check.logs.push_back(begin(evidence, given));
  if (options.last > LayerName::archive || !options.since.empty()) NRM_TRY(make_scratch(check));
  if (!options.since.empty()) NRM_TRY(go_on(check));
  skip_after(check.findings, options.last);
  check_stored_files(check);
  if (options.last == LayerName::files && !check.exported()) return check.findings.take();
  read_hashes(check);
  check_checkpoints(check);
  check_causes(check);
  check_archive(check);
  if (options.last > LayerName::archive) {
    std::vector<std::function<void()>> tasks, afterwards;
    check_rules(check, tasks, afterwards);
    check_decisions(check, tasks, afterwards);
    check_observations(check, tasks, afterwards);
    run_beside(std::move(tasks));
    for (const auto& one : afterwards) one();
  }
  Result<void> saved;
  if (!options.save_result.empty()) saved = save_result(check);
  std::error_code error;
  for (const char* folder : {"/states", "/rules"})
    std::filesystem::remove_all(options.scratch + folder, error);
  NRM_TRY(saved);
  return check.findings.take();
}

Result<std::vector<Layer>> verify_folder(const Folder& folder, const VerifyOptions& options) {
  NRM_TRY_ASSIGN(const LogEvidence evidence, evidence_of(folder, options.policy_dir, options.live));
  return verify(evidence, options);
}

bool in_use(const Folder& folder) {
  const Descriptor lock(::open(folder.file("run/up.lock").c_str(), O_RDONLY | O_CLOEXEC));
  if (lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0) return true;
  return std::ranges::any_of(
      log_owners, [&](Service service) { return is_open(folder.store(to_text(service))); });
}
}  // namespace nrm
