// A log as static files: what Go's verifier says of it (export_check.go), and what refuses to go
// out or in.
#include "services/audit/log_export.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "common/base/hex.hpp"
#include "common/ledger/tiled_log.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/keys.hpp"
#include "common/store/memory_store.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr std::string_view origin = "export.test/identification/0";

std::string record_text(std::uint64_t n) {
  // Of many lengths, the longest that there may be among them.
  const std::size_t size = n == 1 ? limits::record_bytes_max : n * 7 % 90;
  return "record " + std::to_string(n) + std::string(size > 20 ? size - 20 : size, '.');
}

// A log as a service's step keeps it, signed at `signed_at` and grown on to `size`.
class ExportedLog : public testing::Test {
 protected:
  ExportedLog() {
    char name[] = "/tmp/nrm-export-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~ExportedLog() override { fs::remove_all(folder_); }

  void grow_to(std::uint64_t size) {
    Batch batch;
    for (std::uint64_t n = tree_.size(); n < size; ++n) {
      batch.put(Family::log, keys::log(n), record_text(n));
      tree_.append(leaf_hash(record_text(n)), batch);
    }
    tree_.put_frontier(batch);
    ASSERT_TRUE(store_->commit(batch, Sync::yes));
  }
  void sign() {
    Batch batch;
    const std::string text = write_checkpoint({std::string(origin), tree_.size(), tree_.root()});
    batch.put(Family::meta, "checkpoint", sign_note(text, origin, signer_));
    ASSERT_TRUE(store_->commit(batch, Sync::yes));
  }
  void change(Family family, const std::string& key) {
    auto bytes = store_->get(family, key).value().value();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    Batch batch;
    batch.put(family, key, bytes);
    ASSERT_TRUE(store_->commit(batch, Sync::yes));
  }
  Result<Checkpoint> run(const std::string& into) {
    return export_log(*store_, {std::string(origin), signer_.public_key(), into, {}});
  }
  std::string into(std::uint64_t size) const { return folder_ + '/' + std::to_string(size); }

  const std::unique_ptr<Store> store_ = std::make_unique<MemoryStore>();
  const crypto::Signer signer_ = [] {
    crypto::start();
    return crypto::Signer::random();
  }();
  MerkleTree tree_;
  std::string folder_;
};

test::Ran go_check(const std::vector<std::string>& folders) {
  std::vector<std::string> command = {"/usr/bin/env",
                                      "GO111MODULE=off",
                                      "GOPATH=/usr/share/gocode",
                                      "GOFLAGS=",
                                      "HOME=" + std::string(fs::temp_directory_path()),
                                      "go",
                                      "run",
                                      NRM_SOURCE_FOLDER "/tests/service/audit/export_check.go"};
  command.insert(command.end(), folders.begin(), folders.end());
  return test::run(command);
}

// What our code proves from the tiles of an export, for Go to judge (export_check.go). The number
// of proofs.
std::size_t write_proofs(const std::string& folder, const std::vector<Checkpoint>& before) {
  const auto log = TiledLog::open_folder(folder);
  if (!log) return 0;
  std::string lines;
  std::size_t proofs = 0;
  const auto add = [&](const char* kind, std::uint64_t number, const std::vector<Hash>& proof) {
    lines += kind + (' ' + std::to_string(number));
    for (const Hash& hash : proof) lines += ' ' + to_base64(hash.view());
    lines += '\n';
    ++proofs;
  };
  const std::uint64_t size = log->size();
  for (const std::uint64_t index :
       std::set<std::uint64_t>{0, 1, 2, 254, 255, 256, 257, 65'535, 65'536, size / 3, size - 1}) {
    if (index >= size) continue;
    const auto proof = log->inclusion_proof(index, leaf_hash(record_text(index)));
    if (proof) add("inclusion", index, *proof);
  }
  for (const Checkpoint& old : before) {
    if (old.size == 0) continue;  // Go has no proof from nothing
    const auto proof = log->consistency_proof(old);
    if (proof) add("consistency", old.size, *proof);
  }
  std::ofstream(folder + ".proofs") << lines;
  return proofs;
}

TEST_F(ExportedLog, GoAcceptsItAtEverySizeWhereSomethingChanges) {
  std::vector<std::string> folders;
  std::vector<Checkpoint> before;
  std::string wanted;
  std::size_t proofs = 0;
  for (const std::uint64_t size : {0, 1, 2, 3, 255, 256, 257, 65'535, 65'536, 65'537}) {
    grow_to(size);
    sign();
    const auto exported = run(into(size));
    ASSERT_TRUE(exported) << exported.error().detail;
    EXPECT_EQ(exported->size, size);
    before.push_back(*exported);
    folders.push_back(into(size));
    const std::size_t made = write_proofs(into(size), before);
    proofs += made;
    wanted += std::string(origin) + ' ' + std::to_string(size) + ' ' + std::to_string(made) + '\n';
  }
  EXPECT_EQ(proofs, 45u + 52u) << "to every smaller size, and of records at every boundary";
  const test::Ran checked = go_check(folders);
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_EQ(checked.out, wanted);
}

TEST_F(ExportedLog, GoRefusesAProofOfAnotherRecord) {
  grow_to(300);
  sign();
  const auto exported = run(into(300));
  ASSERT_TRUE(exported);
  ASSERT_GT(write_proofs(into(300), {*exported}), 3u);
  auto lines = read_file(into(300) + ".proofs").value();
  lines.replace(lines.find("inclusion 254"), 13, "inclusion 253");
  std::ofstream(into(300) + ".proofs") << lines;
  EXPECT_NE(go_check({into(300)}).exit_code, 0);
}

TEST_F(ExportedLog, WhatTheCheckpointDoesNotCoverStaysIn) {
  grow_to(300);
  sign();
  grow_to(520);  // the tile of record 300 is full by now
  ASSERT_TRUE(run(into(1)));
  const test::Ran checked = go_check({into(1)});
  EXPECT_EQ(checked.out, std::string(origin) + " 300 0\n") << checked.err;
}

TEST_F(ExportedLog, GoRefusesOneChangedByteOfAnyFile) {
  grow_to(600);
  sign();
  ASSERT_TRUE(run(into(600)));
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(into(600)))
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  EXPECT_EQ(files.size(), 9u);  // checkpoint, vkey, 3 bundles, 3 + 1 tiles
  for (const std::string& file : files) {
    const auto bytes = read_file(file);
    ASSERT_TRUE(bytes);
    std::string changed = *bytes;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    std::ofstream(file, std::ios::binary) << changed;
    const test::Ran checked = go_check({into(600)});
    EXPECT_NE(checked.exit_code, 0) << file;
    std::ofstream(file, std::ios::binary) << *bytes;
  }
  EXPECT_EQ(go_check({into(600)}).exit_code, 0);
}

TEST_F(ExportedLog, ExportingAgainAddsWhatIsNew) {
  grow_to(300);
  sign();
  ASSERT_TRUE(run(into(1)));
  const auto full = fs::last_write_time(into(1) + "/tile/entries/000");
  grow_to(700);
  sign();
  ASSERT_TRUE(run(into(1)));
  EXPECT_EQ(fs::last_write_time(into(1) + "/tile/entries/000"), full) << "written once";
  const test::Ran checked = go_check({into(1)});
  EXPECT_EQ(checked.out, std::string(origin) + " 700 0\n") << checked.err;
}

TEST_F(ExportedLog, AnotherHistoryDoesNotGoIntoTheSameFolder) {
  grow_to(300);
  sign();
  ASSERT_TRUE(run(into(1)));
  std::ofstream(into(1) + "/tile/entries/000", std::ios::binary | std::ios::app) << "x";
  const auto again = run(into(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::corrupt);
  EXPECT_NE(again.error().detail.find("another history"), std::string::npos);
}

TEST_F(ExportedLog, WhatDoesNotCheckOutDoesNotGoOut) {
  grow_to(600);
  const auto unsigned_log = run(into(1));
  ASSERT_FALSE(unsigned_log);
  EXPECT_EQ(unsigned_log.error().code, Code::not_found);
  sign();
  for (const auto& [family, key] :
       std::vector<std::pair<Family, std::string>>{{Family::log, keys::log(7)},
                                                   {Family::log, keys::log(599)},
                                                   {Family::merkle, tile_key(0, 1)},
                                                   {Family::merkle, "frontier"},
                                                   {Family::merkle, std::string("f\0\2", 3)},
                                                   {Family::meta, "checkpoint"}}) {
    change(family, key);
    const auto refused = run(into(2));
    ASSERT_FALSE(refused) << key;
    EXPECT_EQ(refused.error().code, Code::corrupt);
    EXPECT_FALSE(fs::exists(into(2) + "/checkpoint")) << "nobody takes it for whole";
    change(family, key);
    fs::remove_all(into(2));
  }
  EXPECT_TRUE(run(into(2)));
}
}  // namespace
}  // namespace nrm
