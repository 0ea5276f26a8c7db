// Rows 12, 14, 21 and 26 of the threat table (reliability.md, section 2): what lies in the vault's
// store (RocksDB) tells nothing, cannot be put in another's place, and is never opened without a
// record. Ids and times come from a seed, so that a failure comes again; keys and nonces do not.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/base/hex.hpp"
#include "common/event/personal.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/threats/vault_at_work.hpp"

namespace nrm::test {
namespace {
constexpr DataClass all_classes[] = {DataClass::identity,     DataClass::contact,
                                     DataClass::safe_contact, DataClass::narrative,
                                     DataClass::medical,      DataClass::family};
// common/crypto/README.md: version, nonce, commitment, tag.
constexpr std::size_t sealed_overhead = 1 + 24 + 32 + 16;

std::string keys_of(const CaseId& id) { return "keys/" + id.text(); }
std::string parts_of(const CaseId& id) { return "parts/" + id.text(); }

// Written from the description in sealing.hpp, not from its code.
std::map<DataClass, std::string> read_parts(std::string_view row) {
  std::map<DataClass, std::string> out;
  EXPECT_EQ(row.at(0), 2);
  for (std::size_t at = 1; at < row.size();) {
    std::size_t size = 0;
    for (int i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(row.at(at + i));
    out[static_cast<DataClass>(row.at(at))] = row.substr(at + 5, size);
    at += 5 + size;
  }
  return out;
}
std::string write_parts(const std::map<DataClass, std::string>& parts) {
  std::string row(1, 2);
  for (const auto& [one, sealed] : parts) {
    row += static_cast<char>(one);
    for (int shift = 24; shift >= 0; shift -= 8) row += static_cast<char>(sealed.size() >> shift);
    row += sealed;
  }
  return row;
}

class Vaults : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  std::string get(const std::string& key) { return store.get(Family::sealed, key).value().value(); }
  void put(const std::string& key, const std::string& value) {
    Batch batch;
    batch.put(Family::sealed, key, value);
    ASSERT_TRUE(store.commit(batch, Sync::yes));
  }
  // The attempt: nothing may come out.
  void expect_refused(const CaseId& id, DataClass one, const std::string& what) {
    ++attempts;
    const auto said = vault.open(id, {one});
    EXPECT_FALSE(said.accepted()) << what;
    EXPECT_EQ(said.opened, "") << what;
    refused += !said.accepted() && said.opened.empty();
  }

  TemporaryFolder folder;
  TemporaryStore disk;
  Store& store = disk.store();
  VaultAtWork vault{store, folder.file("epochs")};
  int attempts = 0, refused = 0;
};

class Threat12_SwappedCiphertexts : public Vaults {};

TEST_F(Threat12_SwappedCiphertexts, EveryPairOfFieldsAndCases) {
  const CaseId cases[] = {vault.report(person_called("Ana")), vault.report(person_called("Bela"))};
  std::map<DataClass, std::string> parts[] = {read_parts(get(parts_of(cases[0]))),
                                              read_parts(get(parts_of(cases[1])))};
  ASSERT_EQ(parts[0].size(), std::size(all_classes));
  for (int to = 0; to < 2; ++to)
    for (const DataClass place : all_classes) {
      for (int from = 0; from < 2; ++from)
        for (const DataClass taken : all_classes) {
          if (from == to && taken == place) continue;
          auto swapped = parts[to];
          swapped[place] = parts[from][taken];
          put(parts_of(cases[to]), write_parts(swapped));
          expect_refused(cases[to], place, "a part in another's place");
        }
      put(parts_of(cases[to]), write_parts(parts[to]));
      EXPECT_TRUE(vault.open(cases[to], {place}).accepted()) << "in its own place it opens";
    }
  EXPECT_EQ(attempts, 2 * 6 * (2 * 6 - 1));
  EXPECT_EQ(refused, attempts);
}

TEST_F(Threat12_SwappedCiphertexts, WholeRowsBetweenCases) {
  const CaseId ana = vault.report(person_called("Ana")), bela = vault.report(person_called("Bela"));
  const std::string keys = get(keys_of(ana)), parts = get(parts_of(ana));
  put(keys_of(ana), get(keys_of(bela)));
  expect_refused(ana, DataClass::identity, "another's keys");
  put(parts_of(ana), get(parts_of(bela)));
  expect_refused(ana, DataClass::identity, "another's keys and parts, together");
  put(keys_of(ana), keys);
  expect_refused(ana, DataClass::identity, "another's parts");
  put(parts_of(ana), parts);
  EXPECT_TRUE(vault.open(ana).accepted());
}

TEST_F(Threat12_SwappedCiphertexts, EveryVersionButTheLast) {
  const CaseId ana = vault.report(person_called("Ana"));
  std::vector<std::string> versions = {get(keys_of(ana))};
  for (int epoch = 0; epoch < 3; ++epoch) {
    vault.pass(days(8));
    versions.push_back(get(keys_of(ana)));
  }
  EXPECT_EQ(std::set<std::string>(versions.begin(), versions.end()).size(), 4u);
  for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
    put(keys_of(ana), versions[i]);
    expect_refused(ana, DataClass::identity, "keys of an epoch that has ended");
    // The number of the epoch is bound, too.
    std::string renumbered = versions[i];
    renumbered.replace(1, 4, versions.back().substr(1, 4));
    put(keys_of(ana), renumbered);
    expect_refused(ana, DataClass::identity, "old keys under the present epoch's number");
  }
  for (const int version : {0, 1, 3}) {
    std::string other = versions.back();
    other[0] = static_cast<char>(version);
    put(keys_of(ana), other);
    expect_refused(ana, DataClass::identity, "another format");
  }
  put(keys_of(ana), versions.back());
  EXPECT_TRUE(vault.open(ana).accepted());
  EXPECT_EQ(refused, attempts);
}

// A store whose disk fails when the test says so, over a real one: a disk that fails at each call
// by itself is in tests/torture.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& real) : real_(real) {}
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    return real_.get(family, key);
  }
  Result<void> scan(Family family, const Range& range, const Take& take,
                    bool reverse) const override {
    return real_.scan(family, range, take, reverse);
  }
  Result<void> commit(const Batch& batch, Sync sync) override {
    if (fails) return Error(Code::io_failed, "", "the disk is gone");
    return real_.commit(batch, sync);
  }
  Result<void> flush() override { return real_.flush(); }
  bool fails = false;

 private:
  Store& real_;
};

std::size_t openings_in(const std::vector<std::string>& records) {
  std::size_t out = 0;
  for (const std::string& record : records)
    out += record.find(DossierOpened::type) != std::string::npos;
  return out;
}

TEST(Threat14_ReadsWithoutTrace, NothingLeavesWhenTheRecordCannotBeWritten) {
  crypto::start();
  TemporaryFolder folder;
  TemporaryStore disk;
  FailingStore store(disk.store());
  VaultAtWork vault(store, folder.file("epochs"));
  const CaseId ana = vault.report(person_called("Ana"));
  for (int i = 0; i < 50; ++i) {
    store.fails = true;
    const auto said = vault.open(ana);
    EXPECT_FALSE(said.accepted());
    EXPECT_EQ(said.opened, "") << "plaintext without a record";
    store.fails = false;
    ASSERT_TRUE(vault.restart());  // as a process that lost its disk must
    EXPECT_EQ(openings_in(vault.records()), static_cast<std::size_t>(i));
    EXPECT_NE(vault.open(ana).opened.find("Ana"), std::string::npos);
  }
}

TEST(Threat14_ReadsWithoutTrace, AsManyRecordsAsOpenings) {
  crypto::start();
  TemporaryFolder folder;
  TemporaryStore disk;
  Store& store = disk.store();
  VaultAtWork vault(store, folder.file("epochs"));
  std::vector<CaseId> cases;
  for (int i = 0; i < 20; ++i) cases.push_back(vault.report(person_called("Ana")));
  const Command wish = OpenDossier{
      cases[0], OpeningPurpose::safety, {DataClass::identity}, EmergencyGround::threat_to_life};
  std::size_t opened = 0;
  for (int i = 0; i < 20'000; ++i) {
    const CaseId& id = cases[static_cast<std::size_t>(i) % cases.size()];
    switch (i % 10) {
      case 7:  // somebody who may not
        EXPECT_EQ(vault.ask(OpenDossier{id, OpeningPurpose::own_request, {}}, vault.police).opened,
                  "");
        break;
      case 8:  // the same request again and again: recorded once, answered once
        opened += !vault.ask(wish, vault.manager, {}, std::string(16, 'k')).opened.empty();
        break;
      default:
        opened += !vault.open(id).opened.empty();
    }
  }
  EXPECT_EQ(opened, 16'001u);
  EXPECT_EQ(openings_in(vault.records()), opened);
}

TEST(Threat21_DictionaryAttack, TheLogMatchesNoTrueName) {
  crypto::start();
  TemporaryFolder folder;
  TemporaryStore disk;
  Store& store = disk.store();
  VaultAtWork vault(store, folder.file("epochs"));
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("Name" + std::to_string(7919 * i));
  std::vector<CaseId> cases;
  for (const std::string& name : names) cases.push_back(vault.report(person_called(name)));
  for (const CaseId& id : cases) EXPECT_TRUE(vault.open(id).accepted());
  std::string log;
  for (const std::string& record : vault.records()) log += record + '\n';
  ASSERT_GT(log.size(), 100'000u);
  // Whoever has the true list tries each name, each field and each whole part, plain and hashed.
  int matches = 0, tried = 0;
  for (const std::string& name : names) {
    json::Document document;
    PersonalPart part;
    Reading reading(Unknown::refuse);
    ASSERT_TRUE(document.parse_strict(person_called(name)));
    ASSERT_TRUE(read_json(document.root(), part, reading));
    std::vector<std::string> guesses = {name, "+373 " + name, person_called(name),
                                        write_personal(part).reveal()};
    for (const DataClass one : all_classes) guesses.push_back(write_personal(part, one).reveal());
    for (const std::string& guess : guesses)
      for (const std::string& form :
           {guess, crypto::sha256(guess).hex(), to_hex(crypto::digest(guess)),
            to_hex(crypto::digest(guess, 16))}) {
        ++tried;
        matches += log.find(form) != std::string::npos;
      }
  }
  EXPECT_EQ(tried, 200 * 10 * 4);
  EXPECT_EQ(matches, 0);
  // Two people of one name leave nothing in common.
  const std::size_t before = vault.records().size();
  vault.report(person_called("Twin"));
  vault.report(person_called("Twin"));
  const auto records = vault.records();
  std::set<std::string> digests;
  for (std::size_t i = before; i < records.size(); ++i)
    if (const auto at = records[i].find("\"digest\":\"", records[i].find("\"events\""));
        at != std::string::npos)
      digests.insert(records[i].substr(at, 74));
  EXPECT_EQ(digests.size(), 2u);
}

TEST(Threat26_SizesOfCiphertexts, OnlyTheBuckets) {
  crypto::start();
  TemporaryFolder folder;
  TemporaryStore disk;
  Store& store = disk.store();
  VaultAtWork vault(store, folder.file("epochs"));
  for (const std::size_t size : {1, 2, 10, 40, 60, 100, 199}) {
    vault.report(R"({"name":")" + std::string(size, 'n') + R"("})");
    vault.report(person_called(std::string(size / 3 + 1, 'p')));
  }
  for (const std::size_t size : {1, 500, 1'000, 3'000, 9'000, 16'000})
    vault.report(R"({"account":")" + std::string(size, 'a') + R"("})");
  vault.pass(days(8));  // what is wrapped anew keeps to them, too
  const std::set<std::size_t> buckets = {64, 256, 1'024, 4'096, 16'384, 65'536};
  std::size_t seen = 0;
  std::set<std::size_t> used;
  const auto expect_bucket = [&](std::string_view sealed) {
    ++seen;
    ASSERT_GT(sealed.size(), sealed_overhead);
    EXPECT_TRUE(buckets.contains(sealed.size() - sealed_overhead)) << sealed.size();
    used.insert(sealed.size() - sealed_overhead);
  };
  const Store& stored = store;
  ASSERT_TRUE(stored.scan(Family::sealed, {}, [&](std::string_view key, std::string_view row) {
    if (key.starts_with("parts/")) {
      for (const auto& [one, sealed] : read_parts(row)) expect_bucket(sealed);
    } else if (key.starts_with("keys/")) {
      expect_bucket(row.substr(5));
      EXPECT_EQ(row.size(), 5 + 256 + sealed_overhead) << "how many classes there are";
    } else if (key.starts_with("duplicate/") || key.starts_with("tokens/")) {
      EXPECT_TRUE(key.starts_with("duplicate/") || row.size() % 64 == 0) << "hashes, of one size";
    } else {
      EXPECT_EQ(key, "epoch");
    }
    return true;
  }));
  EXPECT_EQ(seen, 20u + 7 + 6 * 7 + 6);
  EXPECT_GE(used.size(), 4u) << "the buckets are really used";
}
}  // namespace
}  // namespace nrm::test
