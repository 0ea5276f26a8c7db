// Row 13 of the threat table (reliability.md, section 2): an operator who keeps copies of
// everything opens no erased case once the epoch of its keys has ended, not even together with an
// organisation whose key opens what is sealed to it; the log stays provable.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "common/base/hex.hpp"
#include "common/crypto/sealed_item.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/support/file_bytes.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/threats/vault_at_work.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

std::vector<fs::path> files_below(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path());
  return out;
}

std::string bound_keys(std::string_view row_key, std::uint32_t epoch) {
  return "nrm-vault-2/keys/" + std::string(row_key.substr(5)) + '/' + std::to_string(epoch);
}
std::string bound_epoch(std::uint32_t epoch) {
  return "nrm-vault-2/epoch/" + std::to_string(epoch);
}

// All key material that still exists: every file below `folder` that the master opens as any
// epoch's key, and the master itself.
std::vector<crypto::SecretKey> existing_keys(const std::string& folder) {
  std::vector<crypto::SecretKey> out;
  const auto master = VaultAtWork::master();
  for (const fs::path& file : files_below(folder))
    for (std::uint32_t epoch = 1; epoch < 10; ++epoch)
      if (auto key = master->unwrap(bound_epoch(epoch), file_bytes(file)))
        out.push_back(std::move(key).value());
  out.push_back(crypto::SecretKey::from(std::string(32, 'm')).value());
  return out;
}

// The cases whose keys open in this copy of the store, by any key and as of any epoch.
std::set<std::string> opened_in(const std::string& copy,
                                const std::vector<crypto::SecretKey>& keys) {
  std::set<std::string> out;
  const auto store = open_rocksdb({.folder = copy, .read_only = true});
  EXPECT_TRUE(store) << copy;
  EXPECT_TRUE((*store)->scan(Family::sealed, prefixed("keys/"), [&](auto key, auto row) {
    for (const auto& one : keys)
      for (std::uint32_t epoch = 1; epoch < 10; ++epoch)
        if (crypto::open(one, bound_keys(key, epoch), row.substr(5))) out.emplace(key.substr(5));
    return true;
  }));
  return out;
}

// An organisation, with its keys as its own machine has them.
struct Sealer {
  Actor actor;
  crypto::BoxKey box = crypto::BoxKey::random();
  crypto::Signer sign = crypto::Signer::random();
  OrganisationKeyId key;
};

std::string hex_of(const crypto::PublicKey& key) {
  return to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

// Its keys, approved by operator and auditor.
void enrol(VaultAtWork& vault, Sealer& who) {
  const auto fresh = system_entropy();
  const OrganisationId organisation = who.actor.organisation;
  const auto office = [&](Role role) {
    return Actor{AccountId(fresh->uuid()), OrganisationId(fresh->uuid()), role};
  };
  const Actor operators = office(Role::operator_), auditors = office(Role::auditor);
  ASSERT_TRUE(vault
                  .ask(RegisterOrganisation{*Text<120>::parse("Case management"),
                                            OrganisationKind::case_management, organisation},
                       operators)
                  .accepted());
  const auto &box = who.box.public_key(), &sign = who.sign.public_key();
  const std::string proof = who.sign.sign(crypto::key_statement(organisation, box, sign));
  const auto registered =
      vault.ask(RegisterOrganisationKey{.organisation = organisation,
                                        .box_key = *Text<64>::parse(hex_of(box)),
                                        .sign_key = *Text<64>::parse(hex_of(sign)),
                                        .proof = *Text<128>::parse(to_hex(proof))},
                who.actor);
  ASSERT_TRUE(registered.accepted()) << registered.rejection->detail;
  who.key = OrganisationKeyId(registered.stream());
  const auto shown = *Text<64>::parse(crypto::key_fingerprint(organisation, box, sign).hex());
  for (const Actor& one : {operators, auditors})
    ASSERT_TRUE(vault.ask(ApproveOrganisationKey{who.key, shown}, one).accepted());
}

constexpr std::string_view door = "Maria opens the door";

// Sealed by this organisation to itself.
SealedItemId seal_item(VaultAtWork& vault, const CaseId& subject, const Sealer& who) {
  const auto box = crypto::seal_item({subject, "staff_identity", 1, who.key}, who.box.public_key(),
                                     who.sign, who.key, door);
  const auto stored = vault.ask(StoreSealedItem{.subject = subject,
                                                .class_ = SealedClass::staff_identity,
                                                .version = 1,
                                                .keys = {who.key},
                                                .digest = {}},
                                who.actor, "[\"" + to_base64(*box) + "\"]");
  EXPECT_TRUE(stored.accepted()) << stored.rejection->detail;
  return SealedItemId(stored.stream());
}

// The cases whose box this organisation opens in this copy of the store, with whatever keys exist
// besides its own: the box as it lies there, or what a key of its item gets out of it.
std::set<std::string> boxes_opened_in(const std::string& copy, const Sealer& who,
                                      const std::vector<crypto::SecretKey>& keys) {
  std::set<std::string> out;
  std::map<std::string, std::string> item_keys;  // "<case>/<item>" -> key
  const auto store = open_rocksdb({.folder = copy, .read_only = true});
  EXPECT_TRUE(store) << copy;
  EXPECT_TRUE((*store)->scan(Family::sealed, prefixed("keys/"), [&](auto key, auto row) {
    for (const auto& one : keys)
      for (std::uint32_t epoch = 1; epoch < 10; ++epoch)
        if (const auto plain = crypto::open(one, bound_keys(key, epoch), row.substr(5)))
          if (plain->reveal().size() >= 64)
            item_keys[std::string(key.substr(5))] = plain->reveal().substr(32, 32);
    return true;
  }));
  EXPECT_TRUE((*store)->scan(Family::sealed, prefixed("box/"), [&](auto key, auto row) {
    const std::string item(key.substr(4, 73)), bound = "nrm-vault-2/" + std::string(key);
    std::vector<std::string> tries = {std::string(row)};
    if (const auto known = item_keys.find(item); known != item_keys.end())
      if (const auto box = crypto::open(*crypto::SecretKey::from(known->second), bound, row))
        tries.push_back(box->reveal());
    for (const std::string& one : tries)
      if (crypto::open_box(who.box, one)) out.insert(item.substr(0, 36));
    return true;
  }));
  return out;
}

class Threat13_KeptKeys : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override { start(); }
  void start() {
    auto opened = open_rocksdb({.folder = folder.file("store")});
    ASSERT_TRUE(opened);
    store = std::move(opened).value();
    vault = std::make_unique<VaultAtWork>(*store, folder.file("keys"));
  }
  // What an operator's backup takes: all of the store as it lies on the disk, never keys/.
  std::string copy(const std::string& name) {
    EXPECT_TRUE(store->flush());
    const std::string to = folder.file(name);
    // The store works on: a file that it deletes meanwhile makes the copy begin anew.
    std::error_code raced;
    for (int tries = 0; tries < 20; ++tries) {
      fs::copy(folder.file("store"), to, fs::copy_options::recursive, raced);
      if (!raced) break;
      fs::remove_all(to);
    }
    EXPECT_FALSE(raced) << raced.message();
    return to;
  }
  void expect_provable_log() {
    MerkleTree tree;
    Batch nodes;
    for (const std::string& record : vault->records()) tree.append(leaf_hash(record), nodes);
    const auto signer = crypto::Signer::from_seed(std::string(32, 's'));
    const auto text = open_note(vault->step().checkpoint(), "test/vault/0", signer->public_key());
    ASSERT_TRUE(text);
    const auto checkpoint = read_checkpoint(*text);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->size, vault->records().size());
    EXPECT_EQ(checkpoint->root, tree.root());
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store;
  std::unique_ptr<VaultAtWork> vault;
};

TEST_F(Threat13_KeptKeys, NoCopyOpensOnceTheEpochHasEnded) {
  std::vector<CaseId> erased, kept;
  for (int i = 0; i < 1'000; ++i) erased.push_back(vault->report(person_called("Ana")));
  for (int i = 0; i < 50; ++i) kept.push_back(vault->report(person_called("Bela")));
  std::vector<std::string> copies = {copy("before")};
  const std::string old_epoch_file = file_bytes(folder.file("keys/1"));
  const auto old_key = VaultAtWork::master()->unwrap(bound_epoch(1), old_epoch_file);
  ASSERT_TRUE(old_key);

  for (const CaseId& id : erased) vault->erase(id);
  copies.push_back(copy("erased"));
  for (const CaseId& id : erased) {
    const auto said = vault->open(id);
    ASSERT_FALSE(said.accepted());
    EXPECT_EQ(said.rejection->code, Code::not_found) << "as if there had never been a dossier";
  }
  // The attack works, so that its failure below means something: until the epoch ends, an old copy
  // still opens.
  EXPECT_EQ(opened_in(copies[0], existing_keys(folder.file("keys"))).size(), 1'050u);
  EXPECT_EQ(opened_in(copies[1], existing_keys(folder.file("keys"))).size(), 50u);

  vault->pass(days(8));
  copies.push_back(copy("epoch-ended"));
  EXPECT_FALSE(fs::exists(folder.file("keys/1")));
  const auto existing = existing_keys(folder.file("keys"));
  ASSERT_EQ(existing.size(), 3u) << "the present epoch, the next one made ahead, and the master";
  std::set<std::string> alive;
  for (const CaseId& id : kept) alive.insert(id.text());
  EXPECT_EQ(opened_in(copies[0], existing).size(), 0u);
  EXPECT_EQ(opened_in(copies[1], existing).size(), 0u);
  EXPECT_EQ(opened_in(copies[2], existing), alive);
  for (const CaseId& id : kept) EXPECT_NE(vault->open(id).opened.find("Bela"), std::string::npos);
  for (const CaseId& id : erased) ASSERT_FALSE(vault->open(id).accepted());

  // Not a byte of the old key, wrapped or not, in any file or copy.
  ASSERT_TRUE(store->flush());
  for (const fs::path& file : files_below(folder.path())) {
    const std::string bytes = file_bytes(file);
    EXPECT_EQ(bytes.find(old_epoch_file.substr(57)), std::string::npos) << file;
    EXPECT_EQ(bytes.find(old_key->reveal()), std::string::npos) << file;
  }
  expect_provable_log();
  ASSERT_TRUE(vault->restart());
  EXPECT_TRUE(vault->open(kept[0]).accepted());
}

// A box is sealed to an organisation, which keeps its key, and the operator keeps the store.
TEST_F(Threat13_KeptKeys, NoBoxInACopyOpensWithTheKeyItWasSealedTo) {
  Sealer managers{.actor = vault->manager};
  enrol(*vault, managers);
  std::set<std::string> all, alive;
  std::vector<CaseId> erased;
  std::map<CaseId, SealedItemId> kept;
  for (int i = 0; i < 330; ++i) {
    const CaseId id = vault->report(R"({"name":"Ana"})");
    const SealedItemId item = seal_item(*vault, id, managers);
    all.insert(id.text());
    if (i % 11 != 0) {
      erased.push_back(id);
    } else {
      kept.emplace(id, item);
      alive.insert(id.text());
    }
  }
  const auto opened = [&](const std::string& in) {
    return boxes_opened_in(in, managers, existing_keys(folder.file("keys")));
  };
  std::vector<std::string> copies = {copy("before")};
  for (const CaseId& id : erased) vault->erase(id);
  copies.push_back(copy("erased"));
  // The attack works until the epoch ends.
  EXPECT_EQ(opened(copies[0]), all);
  EXPECT_EQ(opened(copies[1]), alive);

  vault->pass(days(8));
  copies.push_back(copy("epoch-ended"));
  EXPECT_EQ(opened(copies[0]), std::set<std::string>());
  EXPECT_EQ(opened(copies[1]), std::set<std::string>());
  EXPECT_EQ(opened(copies[2]), alive);

  // Who may read reads on, epoch after epoch, and after a start.
  vault->pass(days(8));
  ASSERT_TRUE(vault->restart());
  for (const auto& [subject, item] : kept) {
    const auto said = vault->ask(OpenSealedItem{item, OpeningPurpose::support}, managers.actor);
    json::Document document;
    ASSERT_TRUE(said.accepted() && document.parse_strict(said.opened)) << said.opened;
    std::string box;
    for (const json::Value one : document.root()) box = *from_base64(one.find("box").text());
    const auto text = crypto::open_item(
        {subject, "staff_identity", 1, managers.key}, managers.box, box,
        [&](auto&) -> Result<crypto::PublicKey> { return managers.sign.public_key(); });
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text.reveal(), door);
  }
  expect_provable_log();
}

// A request is known by a digest when it comes again. Of a personal part that is keyed by what ends
// with the epoch: else whoever has the store could ask it whether somebody was reported.
TEST_F(Threat13_KeptKeys, NoDigestConfirmsWhoIsGuessed) {
  const std::string key(16, 'k'), ana = person_called("Ana");
  const Command command = SealDossier{AgeBand::adult, {{ConsentPurpose::identification, true}}};
  const auto report = [&](const std::string& who) {
    return vault->ask(command, vault->police, who, key);
  };
  const auto first = report(ana);
  ASSERT_TRUE(first.accepted());
  EXPECT_EQ(report(ana).record, first.record) << "answered as it was";
  ASSERT_FALSE(report(person_called("Eva")).accepted());
  EXPECT_EQ(report(person_called("Eva")).rejection->code, Code::key_reused);

  json::Document document;
  ASSERT_TRUE(document.parse_trusted(first.record));
  const Record record = read_record(document.root()).value();
  const std::string digest(std::get<CommandNote>(record.input).digest.view());
  const std::string secret = *store->get(Family::meta, "secret").value();
  std::string coded(type_of(command));
  coded += '\n';
  write_command(coded, command);
  coded += '\n';
  const auto confirms = [&](std::string_view with) {
    for (const std::string& guess : {coded + ana, ana, '\n' + ana}) {
      const std::string tried = crypto::keyed_digest(with, guess, 16);
      if (digest.find(tried.substr(0, 8)) != digest.npos) return true;
    }
    return false;
  };
  EXPECT_FALSE(confirms(secret));
  for (const auto& one : existing_keys(folder.file("keys"))) EXPECT_FALSE(confirms(one.reveal()));

  // Known again after a restart, and over the end of the epoch; then nobody can tell any more.
  ASSERT_TRUE(vault->restart());
  EXPECT_EQ(report(ana).record, first.record);
  vault->pass(days(8));
  EXPECT_EQ(report(ana).record, first.record);
  vault->pass(days(8));
  ASSERT_FALSE(report(ana).accepted());
  EXPECT_EQ(report(ana).rejection->code, Code::key_reused);
}

// What the upkeep of an ending epoch does is cut off after any number of its steps.
TEST_F(Threat13_KeptKeys, ACrashAtAnyPointOfTheEndLosesNobody) {
  std::vector<CaseId> cases;
  for (std::size_t i = 0; i < 2 * limits::rewrapped_rows_per_step_max + 9; ++i)
    cases.push_back(vault->report(R"({"name":"Ana"})"));
  for (std::uint32_t epoch = 1; epoch < 6; ++epoch) {
    // Only the record that begins the epoch; then as many steps of upkeep as this round allows.
    ASSERT_TRUE(vault->sealing().upkeep());
    vault->wait(days(8));
    vault->take_up_once();
    ASSERT_EQ(vault->sealing().epoch(), epoch + 1);
    for (std::uint32_t step = 0; step + 1 < epoch; ++step) ASSERT_TRUE(vault->sealing().upkeep());
    ASSERT_TRUE(vault->restart());
    vault->pass(Milliseconds(0));
    EXPECT_FALSE(fs::exists(folder.file("keys/" + std::to_string(epoch))));
    for (std::size_t i = epoch; i < cases.size(); i += epoch < 5 ? 16 : 1)
      ASSERT_TRUE(vault->open(cases[i]).accepted());
  }
  expect_provable_log();
}

TEST_F(Threat13_KeptKeys, ARowThatDoesNotOpenKeepsTheOldKey) {
  const CaseId good = vault->report(R"({"name":"Ana"})"), bad = vault->report(R"({"name":"Bo"})");
  const std::string key = "keys/" + bad.text();
  const std::string row = store->get(Family::sealed, key)->value();
  Batch batch;
  batch.put(Family::sealed, key, row.substr(0, row.size() - 1) + "x");
  ASSERT_TRUE(store->commit(batch, Sync::yes));
  ASSERT_TRUE(vault->sealing().upkeep());
  vault->wait(days(8));
  vault->take_up_once();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(vault->sealing().upkeep());
  vault->take_up_once();
  EXPECT_TRUE(fs::exists(folder.file("keys/1"))) << "destroying it would end the chance to mend";
  EXPECT_TRUE(vault->open(good).accepted());
  batch.clear();
  batch.put(Family::sealed, key, row);
  ASSERT_TRUE(store->commit(batch, Sync::yes));
  ASSERT_TRUE(vault->restart());
  vault->pass(Milliseconds(0));
  EXPECT_FALSE(fs::exists(folder.file("keys/1")));
  EXPECT_TRUE(vault->open(bad).accepted());
}

TEST_F(Threat13_KeptKeys, TwoPeopleAndTimeToCallItOff) {
  const CaseId ana = vault->report(person_called("Ana"));
  const auto code = [](const VaultAtWork::Said& said) {
    return said.rejection ? said.rejection->code : Code::internal;
  };
  const EraseCase wish{ana, ErasureGround::person_asked, false};
  EXPECT_EQ(code(vault->ask(wish, vault->police)), Code::forbidden);
  EXPECT_EQ(code(vault->ask(wish, vault->authority)), Code::forbidden);
  Actor stranger = vault->manager;
  stranger.organisation = vault->police.organisation;
  EXPECT_EQ(code(vault->ask(wish, stranger)), Code::not_found);
  EXPECT_EQ(code(vault->ask(ConfirmErasure{ana}, vault->authority)), Code::not_in_state);

  EXPECT_TRUE(vault->ask(wish, vault->manager).accepted());
  EXPECT_EQ(code(vault->ask(wish, vault->manager)), Code::not_in_state);
  EXPECT_EQ(code(vault->ask(ConfirmErasure{ana}, vault->manager)), Code::second_person_required);
  EXPECT_TRUE(vault->ask(ConfirmErasure{ana}, vault->authority).accepted());
  vault->pass(hours(71));
  EXPECT_TRUE(vault->open(ana).accepted()) << "held for 72 hours";
  EXPECT_TRUE(vault->ask(CancelErasure{ana}, vault->second_manager).accepted());
  vault->pass(hours(2));
  EXPECT_TRUE(vault->open(ana).accepted()) << "it was called off";

  EXPECT_TRUE(vault->ask(wish, vault->manager).accepted());
  vault->pass(days(9));  // silence is told
  const auto records = vault->records();
  EXPECT_TRUE(std::ranges::any_of(records, [](const std::string& record) {
    return record.find(ErasureOverdue::type) != std::string::npos;
  }));
  EXPECT_TRUE(vault->ask(ConfirmErasure{ana}, vault->second_manager).accepted());
  vault->pass(hours(72));
  EXPECT_EQ(code(vault->open(ana)), Code::not_found);
  EXPECT_EQ(code(vault->ask(CancelErasure{ana}, vault->manager)), Code::not_found);
  EXPECT_EQ(code(vault->ask(wish, vault->manager)), Code::not_found);
}
}  // namespace
}  // namespace nrm::test
