// Row 8, for who has no data folder: an export, a kept result, a kept checkpoint.
#include <fstream>

#include "common/store/rocksdb_store.hpp"
#include "services/audit/log_export.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/support/file_bytes.hpp"
#include "tests/threats/history.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

class ExportedHistory : public History {
 protected:
  // All logs as they are now, and the pack they were decided by.
  static void export_to(const std::string& out) {
    fs::remove_all(out);
    for (const Service service : log_owners) {
      const auto store =
          open_rocksdb({.folder = folder().store(to_text(service)), .read_only = true});
      ASSERT_TRUE(store);
      const auto done =
          export_log(**store, {.origin = folder().origin(service),
                               .key = folder().log_key(service).value(),
                               .folder = out + '/' + std::string(to_text(service)) + "-0",
                               .progress = {}});
      ASSERT_TRUE(done) << done.error().detail;
    }
    fs::create_directories(out + "/policy");
    fs::copy(folder().file("policy.json"), out + "/policy/policy.json");
  }
  static std::vector<Layer> check(const std::string& dir, VerifyOptions how = {}) {
    const auto evidence = evidence_of_export(dir, how.policy_dir);
    EXPECT_TRUE(evidence) << evidence.error().detail;
    return layers_of(*evidence, how);
  }
  static const Layer& at(const std::vector<Layer>& layers, LayerName name) {
    return layers.at(static_cast<std::size_t>(name));
  }
};

TEST_F(ExportedHistory, IsVerifiedFromTheRecordsAlone) {
  export_to(place("export"));
  const auto of_folder = verify_folder(folder(), {.scratch = place("check")});
  const auto layers = check(place("export"));
  EXPECT_EQ(told(faults_of(layers)), "nothing was found");
  EXPECT_EQ(exit_code_of(layers), 0);
  using enum LayerName;
  for (const LayerName name : {files, tiles, checkpoints, LayerName::records, cross_log, decisions,
                               conservation, openings})
    EXPECT_TRUE(at(layers, name).done && (at(layers, name).checked > 0 || name == openings))
        << layer_text(name);  // nobody opened anything in this history
  for (const LayerName name : {archive, refold}) {
    EXPECT_FALSE(at(layers, name).done) << layer_text(name);
    EXPECT_NE(at(layers, name).remark.find("not in an export"), std::string::npos);
  }
  for (const LayerName name : {LayerName::records, decisions, conservation, openings})
    EXPECT_EQ(at(layers, name).checked, at(*of_folder, name).checked) << layer_text(name);
}

TEST_F(ExportedHistory, WithoutItsRulesSaysWhichFileToGet) {
  export_to(place("export"));
  fs::remove_all(place("export/policy"));
  auto layers = check(place("export"));
  EXPECT_EQ(exit_code_of(layers), 19);
  for (const LayerName name : {LayerName::decisions, LayerName::openings}) {
    EXPECT_FALSE(at(layers, name).done);
    EXPECT_NE(at(layers, name).remark.find(folder().policy_digest()), std::string::npos)
        << at(layers, name).remark;
  }
  // Another pack of that name is not the one.
  fs::create_directories(place("packs"));
  std::ofstream(place("packs/policy.json")) << file_bytes(folder().file("policy.json")) << '\n';
  EXPECT_EQ(exit_code_of(check(place("export"), {.policy_dir = place("packs")})), 19);
  fs::copy(folder().file("policy.json"), place("packs/uk.json"));
  layers = check(place("export"), {.policy_dir = place("packs")});
  EXPECT_EQ(exit_code_of(layers), 0) << told(faults_of(layers));
}

TEST_F(ExportedHistory, AByteOfAnyOfItsFiles) {
  export_to(place("export"));
  std::vector<fs::path> all;
  for (const auto& entry : fs::recursive_directory_iterator(place("export")))
    if (entry.is_regular_file() && entry.path().parent_path().filename() != "policy")
      all.push_back(entry.path());
  std::ranges::sort(all);
  std::mt19937_64 dice(static_cast<std::uint64_t>(number_from("NRM_SEED", 5)));
  const int mutations = number_from("NRM_MUTATIONS", 20) / 2;
  for (int n = 0; n < mutations; ++n) {
    const fs::path file = all[dice() % all.size()];
    const std::string whole = file_bytes(file.string());
    std::string changed = whole;
    const std::size_t where = dice() % whole.size();
    if (n % 5 == 4)
      changed.resize(where);
    else
      changed[where] = static_cast<char>(changed[where] ^ (1 << dice() % 8));
    std::ofstream(file, std::ios::binary | std::ios::trunc) << changed;
    const auto found = faults_of(check(place("export"), {.last = LayerName::archive}));
    // The file, its log, and of a bundle the record, or the tile that it does not fit.
    const std::string log = fs::relative(file, place("export")).begin()->string();
    const bool named = std::ranges::any_of(found, [&](const Found& one) {
      const std::string& in = one.fault.log;
      return !in.empty() && in.substr(0, in.find('/')) + "-0" == log;
    });
    EXPECT_TRUE(named) << file << " byte " << where << ":\n" << told(found);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole;
  }
  EXPECT_EQ(told(faults_of(check(place("export"), {.last = LayerName::archive}))),
            "nothing was found");
}

// The operator, with every key, shows an auditor another history than before: all of it is signed
// and whole. A checkpoint that was kept gives it away, a kept result names the record.
TEST_F(ExportedHistory, ASplitViewToAnAuditor) {
  export_to(place("yesterday"));
  fs::remove_all(place("seen"));
  ASSERT_EQ(told(faults_of(check(place("yesterday"), {.save_result = place("seen")}))),
            "nothing was found");
  std::mt19937_64 dice(static_cast<std::uint64_t>(number_from("NRM_SEED", 3)));
  for (const Service service : log_owners) {
    if (service == Service::audit) continue;  // its log has only its first record here
    const Kept kept(folder().store(to_text(service)), place("kept"));
    Edit edited;
    const Folder folder = this->folder();
    {
      Forger forger(folder, service);
      edited = edit(forger.records(), edit_kinds - 1, dice);
      forger.sign({}, edited.foldable);
    }
    export_to(place("today"));
    const auto by_note = faults_of(check(place("today"), {.since = place("yesterday")}));
    EXPECT_TRUE(std::ranges::any_of(by_note, [&](const Found& one) {
      return one.layer == LayerName::checkpoints && one.fault.log == log_name(service);
    })) << told(by_note);
    const std::string note = place("yesterday/") + std::string(to_text(service)) + "-0/checkpoint";
    EXPECT_TRUE(names(faults_of(check(place("today"), {.since = note})), "who verifies"));
    const auto by_result = faults_of(check(place("today"), {.since = place("seen")}));
    EXPECT_TRUE(names(by_result, log_name(service), edited.seq))
        << edited.what << " of " << log_name(service) << ":\n"
        << told(by_result);
  }
}

// Yesterday's result is a start: only what came since is read, and the same is found.
TEST_F(ExportedHistory, GoesOnFromAnEarlierRun) {
  const auto whole = verify_folder(folder(), {.scratch = place("check")});
  fs::remove_all(place("later"));
  const VerifyOptions how{
      .scratch = place("check"), .since = place("half-result"), .save_result = place("later")};
  const auto rest = verify_folder(folder(), how);
  ASSERT_TRUE(rest) << rest.error().detail;
  EXPECT_EQ(told(faults_of(*rest)), "nothing was found");
  std::uint64_t before = 0;
  for (const Service service : log_owners) before += records(place("half"), service);
  EXPECT_EQ(at(*rest, LayerName::records).checked + before, at(*whole, LayerName::records).checked);
  EXPECT_LT(at(*rest, LayerName::decisions).checked, at(*whole, LayerName::decisions).checked);
  // What they know of people and openings is of the whole.
  for (const LayerName name : {LayerName::conservation, LayerName::openings}) {
    EXPECT_EQ(at(*rest, name).checked, at(*whole, name).checked);
    ASSERT_EQ(at(*rest, name).counts.size(), at(*whole, name).counts.size());
    for (std::size_t i = 0; i < at(*rest, name).counts.size(); ++i)
      EXPECT_EQ(at(*rest, name).counts[i].number, at(*whole, name).counts[i].number)
          << at(*rest, name).counts[i].of;
  }
  const auto nothing_new =
      verify_folder(folder(), {.scratch = place("check"), .since = place("later")});
  ASSERT_TRUE(nothing_new);
  EXPECT_EQ(told(faults_of(*nothing_new)), "nothing was found");
  EXPECT_EQ(at(*nothing_new, LayerName::records).checked, 0u);
}

// Before the kept result by the tree, after it by the rules and the archive; both by their number.
TEST_F(ExportedHistory, AnEditBeforeAndAfterAKeptResult) {
  std::mt19937_64 dice(static_cast<std::uint64_t>(number_from("NRM_SEED", 4)));
  for (const Service service : log_owners) {
    const std::uint64_t then = records(place("half"), service);
    for (const bool before : {true, false}) {
      const Kept kept(folder().store(to_text(service)), place("kept"));
      const Folder folder = this->folder();
      std::uint64_t seq = 0;
      {
        Forger forger(folder, service);
        auto& all = forger.records();
        const std::size_t end = before ? then : all.size();
        std::vector<std::string> part(
            all.begin() + (before ? 0 : static_cast<std::ptrdiff_t>(then)),
            all.begin() + static_cast<std::ptrdiff_t>(end));
        if (part.size() < 3) continue;
        seq = edit(part, edit_kinds - 1, dice).seq + (before ? 0 : then);
        std::ranges::copy(part, all.begin() + (before ? 0 : static_cast<std::ptrdiff_t>(then)));
        forger.sign({}, false);
      }
      const auto found = faults({.since = place("half-result")});
      EXPECT_TRUE(names(found, log_name(service), seq))
          << log_name(service) << ' ' << seq << (before ? " before" : " after") << ":\n"
          << told(found);
      EXPECT_EQ(names(found, "the past of this log was rewritten"), before) << told(found);
    }
  }
}

// What programs get: a code for each class, and every fault with its place.
TEST_F(ExportedHistory, TheCommandSaysWhichClassAndWhere) {
  const Ran good = at_->nrm({"audit", "verify", "--json"});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_NE(good.out.find("\"holds\":true,\"complete\":true,\"exit_code\":0"), std::string::npos);
  EXPECT_NE(good.out.find("{\"of\":\"clock first_stage met\",\"number\":"), std::string::npos);
  const Kept kept(folder().store("closure"), place("kept"));
  const Folder folder = this->folder();
  {
    Forger forger(folder, Service::closure);
    // One that nobody else has taken anything of.
    auto& records = forger.records();
    const auto noted = std::ranges::find_if(records.rbegin(), records.rend(), [](const auto& one) {
      return one.find("nrm.case.obligation_noted.v1") != one.npos;
    });
    ASSERT_NE(noted, records.rend());
    noted->replace(noted->find("\"policy\":\"uk@"), 13, "\"policy\":\"xx@");
    forger.sign();
  }
  const Ran bad = at_->nrm({"audit", "verify", "--json"});
  EXPECT_EQ(bad.exit_code, 22) << bad.out << "the archive has a checkpoint over other records";
  EXPECT_NE(bad.out.find("{\"layer\":\"decisions\",\"log\":\"closure/0\",\"seq\":"),
            std::string::npos)
      << bad.out;
  {
    const Kept archive(folder.store("audit"), place("archive"));
    forget_archive(folder);
    const Ran alone = at_->nrm({"audit", "verify"});
    EXPECT_EQ(alone.exit_code, 27) << "decisions alone are broken\n" << alone.out;
  }
  const Ran nowhere = at_->nrm({"audit", "verify", place("nowhere")});
  EXPECT_EQ(nowhere.exit_code, 64) << nowhere.err;
}
}  // namespace
}  // namespace nrm::test
