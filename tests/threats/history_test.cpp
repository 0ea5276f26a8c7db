// Row 8: who can write our files, or even holds a service's own signing key, edits history. Every
// edit is found by `nrm audit verify`'s layers, and the place is named.
//
// A few edits here; NRM_MUTATIONS=2000 NRM_FORGERIES=500 build/bin/history_test is the campaign,
// with the same code. NRM_SEED repeats one.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/rebuild.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/verification.hpp"
#include "services/cores.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

int number_from(const char* name, int otherwise) {
  const char* text = ::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

// One installation with some history, for all tests here.
class Threat08_EditedHistory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    crypto::start();
    at_ = std::make_unique<Installation>("uk");
    at_->up();
    const std::string token = responder_token(*at_);
    Reporter reporter(*at_);
    for (int i = 0; i < 12; ++i)
      ASSERT_TRUE(reporter.report(token, "history-" + std::to_string(i))) << reporter.last();
    const Ran lived = at_->nrm({"rehearse"});
    ASSERT_EQ(lived.exit_code, 0) << lived.err;
    ASSERT_EQ(at_->down(), 0);
    ASSERT_TRUE(::mkdtemp(scratch_));
  }
  static void TearDownTestSuite() {
    fs::remove_all(scratch_);
    at_.reset();
  }
  void SetUp() override {
    ASSERT_EQ(faults(), std::vector<std::string>{}) << "it holds before anybody touches it";
  }

  static Folder folder() { return Folder::open(at_->dir()).value(); }
  static std::vector<std::string> faults() {
    const auto layers =
        verify_folder(folder(), {.live = false, .scratch = scratch_, .progress = {}});
    if (!layers) return {layers.error().detail};
    std::vector<std::string> out;
    for (const Layer& layer : *layers)
      for (const std::string& fault : layer.faults) out.push_back(layer.name + ": " + fault);
    return out;
  }
  static bool names(const std::vector<std::string>& faults, const std::string& place) {
    return std::ranges::any_of(faults,
                               [&](const auto& one) { return one.find(place) != one.npos; });
  }

  static std::unique_ptr<Installation> at_;
  static char scratch_[];
};
std::unique_ptr<Installation> Threat08_EditedHistory::at_;
char Threat08_EditedHistory::scratch_[] = "/tmp/nrm-history-XXXXXX";

void flip_bit(const std::string& file, std::uint64_t where, unsigned bit) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(where));
  const char changed = static_cast<char>(bytes.get() ^ (1u << bit));
  bytes.seekp(static_cast<std::streamoff>(where));
  bytes.put(changed);
}

TEST_F(Threat08_EditedHistory, OneBitOfAnyFileThatHoldsHistory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(at_->dir() + "/store")) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    if (name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST") ||
        name == "CURRENT")
      files.push_back(entry.path());
  }
  ASSERT_GE(files.size(), 21u);
  const int seed = number_from("NRM_SEED", 8), mutations = number_from("NRM_MUTATIONS", 12);
  std::mt19937_64 dice(static_cast<std::uint64_t>(seed));
  for (int n = 0; n < mutations; ++n) {
    const fs::path& file = files[dice() % files.size()];
    const std::uint64_t where = dice() % fs::file_size(file);
    const auto bit = static_cast<unsigned>(dice() % 8);
    flip_bit(file, where, bit);
    const auto found = faults();
    EXPECT_TRUE(names(found, file.filename().string()))
        << file << " byte " << where << " bit " << bit << ", seed " << seed << ": "
        << (found.empty() ? "nothing found" : found.front());
    flip_bit(file, where, bit);
  }
}

// Somebody with a service's store and signing key, who knows our formats: after an edit the numbers
// are dense again, the tree is whole, the checkpoint is signed, the states follow from the log.
class Forger {
 public:
  Forger(const Folder& folder, Service service) : folder_(folder), service_(service) {
    store_ = open_rocksdb({.folder = folder.store(to_text(service))}).value();
    EXPECT_TRUE(read_log(*store_, 0, [&](std::uint64_t, std::string_view bytes) {
      records_.emplace_back(bytes);
      return true;
    }));
  }
  std::vector<std::string>& records() { return records_; }

  void sign() {
    Batch batch;
    EXPECT_TRUE(store_->scan(Family::log, {}, [&](auto key, auto) {
      batch.erase(Family::log, std::string(key));
      return true;
    }));
    MerkleTree tree;
    for (std::size_t seq = 0; seq < records_.size(); ++seq) {
      std::string& record = records_[seq];
      const auto end = record.find(',');
      ASSERT_TRUE(record.starts_with("{\"seq\":"));
      record = "{\"seq\":" + std::to_string(seq) + record.substr(end);
      batch.put(Family::log, keys::log(seq), record);
      tree.append(leaf_hash(record), batch);
    }
    batch.put(Family::merkle, "frontier", tree.frontier());
    const std::string origin = folder_.origin(service_);
    batch.put(Family::meta, "checkpoint",
              sign_note(write_checkpoint({origin, tree.size(), tree.root()}), origin,
                        folder_.signer(service_).value()));
    ASSERT_TRUE(store_->commit(batch, Sync::yes));
    (void)rebuild(core_of(service_), *store_);  // what cannot be folded is found as such
    ASSERT_TRUE(store_->flush());
  }

 private:
  const Folder& folder_;
  const Service service_;
  std::unique_ptr<Store> store_;
  std::vector<std::string> records_;
};

// Moves the first instant in a record back by a year.
bool back_date(std::string& record) {
  const auto at = record.find("\"at\":\"2");
  if (at == record.npos) return false;
  record[at + 9] = static_cast<char>(record[at + 9] == '0' ? '9' : record[at + 9] - 1);
  return true;
}

std::string forge(std::vector<std::string>& records, std::mt19937_64& dice) {
  const std::size_t n = 1 + dice() % (records.size() - 2);
  const auto here = records.begin() + static_cast<std::ptrdiff_t>(n);
  const std::string place = " record " + std::to_string(n);
  switch (dice() % 6) {
    case 0:
      records.erase(here);
      return "deleted" + place;
    case 1:
      std::swap(*here, *(here + 1));
      return "swapped" + place;
    case 2: {
      const std::string copy = *here;
      records.insert(here, copy);
      return "doubled" + place;
    }
    case 3:
      EXPECT_TRUE(back_date(*here)) << *here;
      return "back-dated" + place;
    case 4:
      records.resize(n);
      return "cut off before" + place;
    default: {
      // Another actor, case or value: one hexadecimal digit of the last id or hash in the record.
      const auto digit = here->find_last_of("0123456789");
      (*here)[digit] = (*here)[digit] == '1' ? '2' : '1';
      return "changed" + place;
    }
  }
}

TEST_F(Threat08_EditedHistory, WhateverTheHolderOfAServicesOwnKeyEdits) {
  const int seed = number_from("NRM_SEED", 88), forgeries = number_from("NRM_FORGERIES", 8);
  std::mt19937_64 dice(static_cast<std::uint64_t>(seed));
  const Folder folder = this->folder();
  const std::string kept = std::string(scratch_) + ".kept";
  for (int n = 0; n < forgeries; ++n) {
    // The audit's log, the last one, has too few records here to be edited in all these ways.
    const Service service = log_owners[dice() % (std::size(log_owners) - 1)];
    const std::string store = folder.store(to_text(service));
    fs::copy(store, kept, fs::copy_options::recursive);
    std::string what;
    {
      Forger forger(folder, service);
      what = forge(forger.records(), dice);
      forger.sign();
    }
    const auto found = faults();
    EXPECT_TRUE(names(found, log_name(service)))
        << log_name(service) << ": " << what << ", seed " << seed << ": "
        << (found.empty() ? "nothing found" : found.front());
    fs::remove_all(store);
    fs::rename(kept, store);
  }
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

// Numbers, tree, signatures and states all agree with the edit, and no archive or peer is looked
// at: the rules alone say that this is not what they give.
TEST_F(Threat08_EditedHistory, ADecisionThatTheRulesDoNotGive) {
  const Folder folder = this->folder();
  const auto edit = [](std::string& record, const std::string& from, const std::string& to) {
    const auto at = record.find(from);
    if (at == record.npos) return false;
    record.replace(at, from.size(), to);
    return true;
  };
  const struct {
    Service service;
    const char *in, *from, *to;
  } edits[] = {
      // A clock a year later than the law has it.
      {Service::identification, "\"name\":\"first_stage\"", "\"due\":\"2023", "\"due\":\"2024"},
      // Somebody with another role decided.
      {Service::identification, "\"command\":\"nrm.", "\"role\":\"competent_authority\"",
       "\"role\":\"first_responder\""},
      // Silence, where there was an answer.
      {Service::referral, "\"type\":\"nrm.referral.accepted.v1\"", "\"clocks\":[",
       "\"clocks\":[{\"stream\":\"referral/00000000-0000-0000-0000-000000000001\","
       "\"name\":\"answer_offer\"},"},
  };
  // Rules that nobody can look up, of a log that has one pack.
  for (const auto& [from, to, says] :
       {std::tuple{"\"policy\":\"uk@", "\"policy\":\"xx@", "it names another pack"},
        std::tuple{"\"engine\":1", "\"engine\":0", "it names an engine"}}) {
    const std::string store = folder.store("closure"), kept = std::string(scratch_) + ".kept";
    fs::copy(store, kept, fs::copy_options::recursive);
    {
      Forger forger(folder, Service::closure);
      ASSERT_TRUE(edit(forger.records().back(), from, to)) << forger.records().back();
      forger.sign();
    }
    EXPECT_TRUE(names(faults(), says)) << says;
    fs::remove_all(store);
    fs::rename(kept, store);
  }
  for (const auto& one : edits) {
    const std::string store = folder.store(to_text(one.service));
    const std::string kept = std::string(scratch_) + ".kept";
    fs::copy(store, kept, fs::copy_options::recursive);
    std::string place;
    {
      Forger forger(folder, one.service);
      for (std::string& record : forger.records()) {
        if (record.find(one.in) == record.npos || !edit(record, one.from, one.to)) continue;
        place = log_name(one.service) + " record " +
                std::to_string(&record - forger.records().data()) + ": decided again";
        break;
      }
      forger.sign();
    }
    ASSERT_FALSE(place.empty()) << one.in;
    const auto found = faults();
    EXPECT_TRUE(names(found, "decisions: " + place)) << place << ", found " << found.size();
    // From there on states are not what the rules gave, and deciders trust their states.
    EXPECT_TRUE(names(found, "decisions: not checked: the ")) << place;
    fs::remove_all(store);
    fs::rename(kept, store);
  }
  EXPECT_EQ(faults(), std::vector<std::string>{});
}
}  // namespace
}  // namespace nrm::test
