// What people outside can prove with files that they keep: receipts, mirrors, checkpoints seen
// before.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/hex.hpp"
#include "common/http/http.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/cosignature.hpp"
#include "common/ledger/receipt.hpp"
#include "common/ledger/tiled_log.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
const std::string nrm_program = std::string(NRM_BINARY_FOLDER) + "/nrm";

class Proofs : public testing::Test {
 protected:
  Proofs() {
    crypto::start();
    at.up();
    token_ = responder_token(at);
  }
  std::string place(const std::string& name) const {
    return fs::path(at.dir()).parent_path() / name;
  }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(at.port()); }
  Ran report(const std::string& receipt) {
    const std::string file = place("report.json");
    std::ofstream(file) << at.nrm({"report", "--example"}).out;
    return at.nrm({"report", file, "--token", token_, "--receipt", receipt});
  }
  Ran fetch() { return at.nrm({"audit", "fetch", url(), place("mirror")}); }
  std::string key_file() {
    const auto folder = Folder::open(at.dir());
    const std::string file = place("keys");
    std::ofstream out(file);
    out << "# of the logs\n";
    for (const Process& process : folder->mechanism().processes)
      if (!process.log_key.empty()) out << process.log_key << '\n';
    return file;
  }
  // Everything that whoever backs up has: all stores, and the keys of the vault's epochs.
  void keep(const std::string& name) {
    fs::create_directory(place(name));
    fs::copy(at.dir() + "/store", place(name) + "/store", all);
    fs::copy(epochs(), place(name) + "/epochs", all);
  }
  void restore(const std::string& name) {
    for (const auto& [from, to] : {std::pair(place(name) + "/store", at.dir() + "/store"),
                                   std::pair(place(name) + "/epochs", epochs())}) {
      fs::remove_all(to);
      fs::copy(from, to, all);
      fs::permissions(to, fs::perms::owner_all);
      for (const auto& one : fs::recursive_directory_iterator(to))
        if (one.is_directory()) fs::permissions(one.path(), fs::perms::owner_all);
    }
  }
  std::string epochs() const { return at.dir() + "/keys/vault/epochs"; }

  static constexpr auto all = fs::copy_options::recursive;
  Installation at;
  std::string token_;
};

// In a name space without network and with a root that holds the program's libraries, the receipt
// and the keys; no data folder anywhere.
Ran verify_alone(const std::string& folder, const std::vector<std::string>& words) {
  std::vector<std::string> command = {"/usr/bin/unshare",
                                      "--net",
                                      "--mount",
                                      "/bin/sh",
                                      "-c",
                                      "mount -t tmpfs none /tmp && mount -t tmpfs none /work && "
                                      "mount -t tmpfs none /root && cd /mnt && "
                                      "test -z \"$(ls /tmp)\" && exec \"$@\"",
                                      "sh"};
  command.insert(command.end(), words.begin(), words.end());
  // The program and the two files, under /mnt.
  std::string script = "mount --bind " + folder + " /mnt && exec \"$@\"";
  std::vector<std::string> outer = {
      "/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh"};
  outer.insert(outer.end(), command.begin(), command.end());
  return run(outer);
}

TEST_F(Proofs, AReceiptVerifiesWhereThereIsNothingButItAndTheKeys) {
  const std::string alone = place("alone");
  fs::create_directory(alone);
  const Ran taken = report(alone + "/receipt");
  ASSERT_EQ(taken.exit_code, 0) << taken.out << taken.err;
  fs::copy(key_file(), alone + "/keys");
  fs::copy(nrm_program, alone + "/nrm");
  ASSERT_EQ(at.down(), 0);

  const Ran good = verify_alone(alone, {"./nrm", "receipt", "verify", "receipt", "--keys", "keys"});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  for (const char* said :
       {"PROVEN: what this receipt is about is in the log.", "nrm.example/identification/0",
        "nrm.case.report_received.v1 about case/", "witnesses   none", "no witness has confirmed"})
    EXPECT_NE(good.out.find(said), std::string::npos) << said << '\n' << good.out;

  const Ran no_keys = verify_alone(alone, {"./nrm", "receipt", "verify", "receipt"});
  EXPECT_EQ(no_keys.exit_code, 1);
  EXPECT_NE(no_keys.out.find("NOT PROVEN: it is only held against the key that it brings along"),
            std::string::npos)
      << no_keys.out;

  // Each part of it changed, and the reason said.
  const auto receipt = read_receipt(file_bytes(alone + "/receipt"));
  ASSERT_TRUE(receipt) << receipt.error().detail;
  const auto refused = [&](const nrm::Receipt& changed, const std::string& why) {
    std::ofstream(alone + "/changed") << write_receipt(changed);
    const Ran ran =
        run({nrm_program, "receipt", "verify", alone + "/changed", "--keys", alone + "/keys"});
    EXPECT_EQ(ran.exit_code, 65) << why;
    EXPECT_NE(ran.out.find("NOT PROVEN: " + why), std::string::npos) << ran.out;
  };
  nrm::Receipt changed = *receipt;
  ASSERT_TRUE(changed.record);
  changed.record->replace(changed.record->find("urgent"), 6, "unsure");
  refused(changed, "the record in it does not have the hash that it names");
  changed.leaf = leaf_hash(*changed.record);
  refused(changed, "its proof does not lead from the record");
  changed = *receipt;
  ++changed.proof.index;
  refused(changed, "its ");
  changed = *receipt;
  changed.proof.hashes.at(0).bytes[7] ^= 1;
  refused(changed, "its proof does not lead from the record");
  changed = *receipt;
  const auto size_at = changed.proof.note.find('\n') + 1;
  changed.proof.note.insert(size_at, "1");
  refused(changed, "its checkpoint: ");
  changed = *receipt;
  changed.proof.note.replace(0, changed.proof.note.find('/'), "another.example");
  refused(changed, "none of the keys given is one of another.example");
}

TEST_F(Proofs, AQuorumThatIsNotThereIsSaid) {
  const std::string receipt = place("receipt");
  ASSERT_EQ(report(receipt).exit_code, 0);
  const NoteKey ngo{"ngo.example", KeyType::cosignature_v1, crypto::Signer::random().public_key()};
  std::string policy;
  const std::string keys = file_bytes(key_file());
  for (std::string_view rest = keys; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (!line.starts_with('#')) policy += "log " + std::string(line) + '\n';
  }
  const std::string file = place("policy");
  std::ofstream(file) << policy << "witness ngo " << ngo.vkey() << "\nquorum ngo\n";
  const Ran without = run({nrm_program, "receipt", "verify", receipt, "--policy", file});
  EXPECT_EQ(without.exit_code, 1) << without.out << without.err;
  EXPECT_NE(without.out.find("NOT PROVEN: its checkpoint is not trusted by the policy"),
            std::string::npos)
      << without.out;
  // A witness cosigns the very checkpoint: then it is.
  auto held = read_receipt(file_bytes(receipt)).value();
  const auto signer = crypto::Signer::random();
  const NoteKey own{"ngo.example", KeyType::cosignature_v1, signer.public_key()};
  held.proof.note +=
      cosign(note_text(held.proof.note), own.name, signer, Instant{1'700'000'000'000});
  std::ofstream(file) << policy << "witness ngo " << own.vkey() << "\nquorum ngo\n";
  std::ofstream(receipt) << write_receipt(held);
  const Ran with = run({nrm_program, "receipt", "verify", receipt, "--policy", file});
  EXPECT_EQ(with.exit_code, 0) << with.out << with.err;
  EXPECT_EQ(with.out.find("no witness has confirmed"), std::string::npos) << with.out;
}

TEST_F(Proofs, AMirrorGrowsAndRefusesAnotherHistory) {
  ASSERT_EQ(report(place("r1")).exit_code, 0);
  const Ran first = fetch();
  ASSERT_EQ(first.exit_code, 0) << first.out << first.err;
  const std::string log = place("mirror") + "/identification-0";
  const auto before = TiledLog::open_folder(log);
  ASSERT_TRUE(before) << before.error().detail;
  ASSERT_EQ(report(place("r2")).exit_code, 0);
  const Ran second = fetch();
  ASSERT_EQ(second.exit_code, 0) << second.out << second.err;
  const auto after = TiledLog::open_folder(log);
  ASSERT_TRUE(after) << after.error().detail;
  EXPECT_GT(after->size(), before->size());
  EXPECT_TRUE(after->consistency_proof(before->checkpoint()));
  EXPECT_EQ(fs::status(log).permissions(), fs::perms::owner_all);
  // The very bytes that an export has.
  ASSERT_EQ(at.down(), 0);
  ASSERT_EQ(at.nrm({"audit", "export", place("export")}).exit_code, 0);
  const auto exported = TiledLog::open_folder(place("export") + "/identification-0");
  ASSERT_TRUE(exported);
  EXPECT_GE(exported->size(), after->size());
  EXPECT_TRUE(exported->consistency_proof(after->checkpoint()));
  EXPECT_EQ(exported->verifier_key(), after->verifier_key());
}

// Without the data folder: an address, the authority's certificate, a token, the adopted pack.
TEST_F(Proofs, AnInstallationIsVerifiedAtItsAddress) {
  ASSERT_EQ(report(place("r1")).exit_code, 0);
  const auto verify = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {nrm_program, "audit",
                                      "verify",    "https://localhost:" + std::to_string(at.port()),
                                      "--token",   at.token("auditor"),
                                      "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  };
  const std::string ca = at.dir() + "/tls/ca.pem", packs = place("packs");
  fs::create_directory(packs);
  fs::copy(at.dir() + "/policy.json", packs + "/pack.json");
  const Ran good = verify({"--ca", ca, "--policy-dir", packs, "--keep", place("kept")});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_NE(good.out.find("\"holds\":true"), std::string::npos) << good.out;
  EXPECT_TRUE(TiledLog::open_folder(place("kept") + "/identification-0"));

  const Ran no_rules = verify({"--ca", ca});
  EXPECT_EQ(no_rules.exit_code, 19) << no_rules.out << no_rules.err;
  EXPECT_NE(no_rules.out.find("--policy-dir"), std::string::npos) << no_rules.out;
  const Ran no_file = verify({"--ca", place("nothing.pem")});
  EXPECT_EQ(no_file.exit_code, 64) << no_file.out << no_file.err;
  EXPECT_NE(no_file.err.find("--ca: "), std::string::npos) << no_file.err;
  const Ran no_certificate = verify({"--ca", packs + "/pack.json"});
  EXPECT_EQ(no_certificate.exit_code, 64) << no_certificate.out << no_certificate.err;
}

// All stores of an installation, audit's and gateway's too, are set back: no peer can see it. Who
// used it before does.
TEST_F(Proofs, WhoSawACheckpointFindsARollbackAndAnotherHistory) {
  ASSERT_EQ(report(place("r1")).exit_code, 0);
  ASSERT_EQ(at.down(), 0);
  keep("older");
  at.up();
  ASSERT_EQ(report(place("r2")).exit_code, 0);
  ASSERT_EQ(at.nrm({"status"}).exit_code, 0);
  ASSERT_EQ(fetch().exit_code, 0);
  EXPECT_EQ(fs::status(place("state") + "/checkpoints.json").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_EQ(at.down(), 0);
  restore("older");
  at.up();
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const Ran status = at.nrm({"status"});
  EXPECT_EQ(status.exit_code, 76) << status.out << status.err;
  EXPECT_NE(status.err.find("ROLLBACK: nrm.example/"), std::string::npos) << status.err;
  const Ran mirror = fetch();
  EXPECT_EQ(mirror.exit_code, 76) << mirror.out << mirror.err;
  EXPECT_NE(mirror.err.find("ROLLBACK: nrm.example/identification/0"), std::string::npos)
      << mirror.err;
  // It grows beyond what was seen, with other records.
  for (int i = 0; i < 3; ++i) report(place("r3"));
  const Ran other = fetch();
  EXPECT_EQ(other.exit_code, 76) << other.out << other.err;
  EXPECT_NE(other.err.find("ANOTHER HISTORY: nrm.example/identification/0"), std::string::npos)
      << other.err;
  const Ran receipt = report(place("r4"));
  EXPECT_EQ(receipt.exit_code, 76) << receipt.out << receipt.err;
  EXPECT_NE(receipt.err.find("ANOTHER HISTORY"), std::string::npos) << receipt.err;
}

// Checkpoints at least every second while there are new records: a record is covered by a
// checkpoint that the API serves within the second that a heartbeat takes, and a little.
TEST_F(Proofs, EveryRecordIsCoveredByAServedCheckpointWithinSeconds) {
  const auto client = http::connect(
      {.port = static_cast<std::uint16_t>(at.port()), .authority_file = at.dir() + "/tls/ca.pem"});
  ASSERT_TRUE(client);
  Reporter reporter(at);
  const http::Headers auditor = {{"Authorization", "Bearer " + at.token("auditor")}};
  for (int i = 0; i < 5; ++i) {
    const auto receipt = reporter.report(token_, "key-" + std::to_string(i));
    ASSERT_TRUE(receipt) << reporter.last();
    const auto began = std::chrono::steady_clock::now();
    for (;;) {
      const auto answer =
          (*client)->call({.target = "/v1/logs/identification-0/checkpoint", .headers = auditor});
      ASSERT_TRUE(answer);
      const auto took = std::chrono::steady_clock::now() - began;
      const auto checkpoint = read_checkpoint(note_text(answer->body));
      if (answer->status == 200 && checkpoint && checkpoint->size > receipt->seq) break;
      ASSERT_LT(took, std::chrono::seconds(3)) << answer->body;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}
}  // namespace
}  // namespace nrm::test
