// Row 8: who can write our files, or even holds a service's own signing key, edits history. Every
// edit is found by `nrm audit verify`'s layers, and the place is named: file, or log and record.
//
// A few edits here; the campaign is the same code:
//   NRM_MUTATIONS=2000 NRM_TRUNCATIONS=200 NRM_FORGERIES=500 build/bin/history_test
// NRM_SEED repeats one.
#include <algorithm>
#include <fstream>

#include "common/base/hex.hpp"
#include "common/event/codec.hpp"
#include "common/runtime/signing.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/support/file_bytes.hpp"
#include "tests/threats/history.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
using Threat08_EditedHistory = History;

void flip_bit(const std::string& file, std::uint64_t where, unsigned bit) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(where));
  const char changed = static_cast<char>(bytes.get() ^ (1u << bit));
  bytes.seekp(static_cast<std::streamoff>(where));
  bytes.put(changed);
}

// That hold history: not LOCK, LOG, OPTIONS.
std::vector<fs::path> history_files(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    if (name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST") ||
        name == "CURRENT")
      out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

TEST_F(Threat08_EditedHistory, OneBitOfAnyFileThatHoldsHistory) {
  const std::vector<fs::path> files = history_files(at_->dir() + "/store");
  ASSERT_GE(files.size(), 21u);
  const int seed = number_from("NRM_SEED", 8), mutations = number_from("NRM_MUTATIONS", 24);
  std::mt19937_64 dice(static_cast<std::uint64_t>(seed));
  int found_there = 0;
  for (int n = 0; n < mutations; ++n) {
    const fs::path& file = files[dice() % files.size()];
    const std::uint64_t where = dice() % fs::file_size(file);
    const auto bit = static_cast<unsigned>(dice() % 8);
    flip_bit(file, where, bit);
    const auto found = faults({.last = LayerName::files});
    const bool named = names_file(found, file.filename().string());
    found_there += named;
    EXPECT_TRUE(named) << file << " byte " << where << " bit " << bit << ", seed " << seed << ": "
                       << told(found);
    flip_bit(file, where, bit);
  }
  std::printf("%d of %d flipped bits found, in the file named\n", found_there, mutations);
}

TEST_F(Threat08_EditedHistory, AFileCutShortOrTakenAway) {
  const std::vector<fs::path> files = history_files(at_->dir() + "/store");
  std::mt19937_64 dice(static_cast<std::uint64_t>(number_from("NRM_SEED", 9)));
  const int truncations = number_from("NRM_TRUNCATIONS", 8);
  int found_there = 0;
  for (int n = 0; n < truncations; ++n) {
    const fs::path& file = files[dice() % files.size()];
    const std::string service = file.parent_path().filename().string();
    const Kept kept(file.parent_path().string(), place("kept"));
    const std::uint64_t size = dice() % fs::file_size(file);
    const bool away = dice() % 5 == 0;
    if (away)
      fs::remove(file);
    else
      fs::resize_file(file, size);
    const auto found = faults({.last = LayerName::archive});
    // By its name; or, when what is left is whole in itself, what its log lacks.
    const bool named = std::ranges::any_of(found, [&](const Found& one) {
      return one.fault.file.starts_with("store/" + service + '/') ||
             one.fault.log == service + "/0";
    });
    found_there += named;
    EXPECT_TRUE(named) << file << (away ? " taken away" : " cut to ") << size << ": "
                       << told(found);
  }
  std::printf("%d of %d truncations and removals found, in the place named\n", found_there,
              truncations);
}

// Each file is whole and honest, and in the place of another one.
TEST_F(Threat08_EditedHistory, FilesInEachOthersPlace) {
  std::mt19937_64 dice(static_cast<std::uint64_t>(number_from("NRM_SEED", 10)));
  std::vector<fs::path> tables, stores;
  for (const fs::path& file : history_files(at_->dir() + "/store"))
    if (file.extension() == ".sst") tables.push_back(file);
  for (const Service service : log_owners) stores.push_back(folder().store(to_text(service)));
  ASSERT_GE(tables.size(), 2u);
  const auto swap = [this](const fs::path& one, const fs::path& other) {
    fs::rename(one, place("between"));
    fs::rename(other, one);
    fs::rename(place("between"), other);
  };
  const auto expect_found = [&](const fs::path& one, const fs::path& other) {
    const auto found = faults({.last = LayerName::archive});
    const auto blames = [&](const fs::path& file) {
      const fs::path store = fs::is_directory(file) ? file : file.parent_path();
      const std::string service = store.filename().string();
      return std::ranges::any_of(found, [&](const Found& fault) {
        return fault.fault.file.starts_with("store/" + service + '/') ||
               fault.fault.log == service + "/0";
      });
    };
    EXPECT_TRUE(blames(one) || blames(other)) << one << " and " << other << ": " << told(found);
  };
  const int swaps = number_from("NRM_TRUNCATIONS", 8);
  for (int n = 0; n < swaps; ++n) {
    const fs::path& one = tables[dice() % tables.size()];
    const fs::path& other = tables[dice() % tables.size()];
    if (one == other) continue;
    if (file_bytes(one) == file_bytes(other)) continue;
    const Kept kept(one.parent_path().string(), place("kept"));
    std::optional<Kept> kept_other;
    if (other.parent_path() != one.parent_path())
      kept_other.emplace(other.parent_path().string(), place("kept_other"));
    swap(one, other);
    expect_found(one, other);
  }
  // A service's whole store for another one's.
  for (std::size_t i = 1; i < stores.size(); ++i) {
    swap(stores[0], stores[i]);
    expect_found(stores[0], stores[i]);
    swap(stores[0], stores[i]);
  }
  EXPECT_EQ(told(faults()), "nothing was found");
}

// The first half of the edits beside an honest archive; in the other half the archive is gone, and
// the auditor has kept yesterday's result.
TEST_F(Threat08_EditedHistory, WhateverTheHolderOfAServicesOwnKeyEdits) {
  const int seed = number_from("NRM_SEED", 88), forgeries = number_from("NRM_FORGERIES", 16);
  std::mt19937_64 dice(static_cast<std::uint64_t>(seed));
  const Folder folder = this->folder();
  fs::remove_all(place("result"));
  ASSERT_EQ(told(faults({.save_result = place("result")})), "nothing was found");
  ASSERT_TRUE(fs::exists(place("result/result.json")));
  std::map<std::string, int> found_there;
  int all = 0;
  for (int n = 0; n < forgeries; ++n) {
    // The audit's log, the last one, has too few records here to be edited in all these ways.
    const Service service = log_owners[dice() % (std::size(log_owners) - 1)];
    const Kept kept(folder.store(to_text(service)), place("kept"));
    const Kept archive(folder.store("audit"), place("archive"));
    Edit edited;
    {
      Forger forger(folder, service);
      edited = edit(forger.records(), n % edit_kinds, dice);
      forger.sign(edited.gap, edited.foldable);
    }
    const bool alone = n >= forgeries / 2;
    if (alone) forget_archive(folder);
    const auto found = alone ? faults({.since = place("result")}) : faults();
    const bool named = names(found, log_name(service), edited.seq);
    all += named;
    found_there[edited.what.substr(0, edited.what.find(" record"))] += named;
    EXPECT_TRUE(named) << log_name(service) << ": " << edited.what
                       << ", to be named: " << edited.seq
                       << (alone ? ", by a kept result" : ", by the archive") << ", seed " << seed
                       << ":\n"
                       << told(found);
  }
  for (const auto& [what, count] : found_there) std::printf("  %4d %s\n", count, what.c_str());
  std::printf("%d of %d edits under a service's own key found, log and record named\n", all,
              forgeries);
  EXPECT_EQ(told(faults()), "nothing was found");
}

// Everything of it is signed and whole: it is only older than what others have of it.
TEST_F(Threat08_EditedHistory, OneServiceSetBack) {
  for (const Service service : log_owners) {
    if (service == Service::audit) continue;  // its log has only its first record here
    const std::string name(to_text(service));
    const Kept kept(folder().store(name), place("kept"));
    const std::uint64_t then = records(place("half"), service),
                        now = records(at_->dir() + "/store", service);
    ASSERT_LT(then, now) << name;
    fs::remove_all(folder().store(name));
    fs::copy(place("half/" + name), folder().store(name), fs::copy_options::recursive);
    const auto found = faults();
    EXPECT_TRUE(names(found, log_name(service), then)) << name << ":\n" << told(found);
    EXPECT_TRUE(names(found, "its end is missing")) << name;
  }
}

// Who cannot sign anew may hope that nobody misses the signature.
TEST_F(Threat08_EditedHistory, ACheckpointThatIsTakenAway) {
  const Kept kept(folder().store("closure"), place("kept"));
  {
    const auto store = open_rocksdb({.folder = folder().store("closure")}).value();
    Batch batch;
    batch.erase(Family::meta, "checkpoint");
    ASSERT_TRUE(store->commit(batch, Sync::yes));
  }
  EXPECT_TRUE(names(faults(), "closure/0: its signed checkpoint was taken away"));
}

// Nor does it help to leave no mark of what was folded, and no state.
TEST_F(Threat08_EditedHistory, ALogWithoutCheckpointAndStates) {
  const Kept kept(folder().store("closure"), place("kept"));
  {
    const auto store = open_rocksdb({.folder = folder().store("closure")}).value();
    Batch batch;
    batch.erase(Family::meta, "checkpoint");
    batch.erase(Family::meta, "folded");
    for (const Family family : {Family::state, Family::rows, Family::due, Family::idempotency})
      ASSERT_TRUE(store->scan(family, {}, [&](auto key, auto) {
        batch.erase(family, std::string(key));
        return true;
      }));
    ASSERT_TRUE(store->commit(batch, Sync::yes));
  }
  EXPECT_TRUE(names(faults(), "closure/0: its signed checkpoint was taken away"));
}

// Who has no key of the log begins it with a key of his own, and lets that one adopt the real one.
TEST_F(Threat08_EditedHistory, AForeignKeyThatAdoptsTheRealOne) {
  const Folder folder = this->folder();
  const Kept kept(folder.store("closure"), place("kept"));
  const auto own = crypto::Signer::random();
  const std::string real = key_text(folder.signer(Service::closure)->public_key());
  {
    Forger forger(folder, Service::closure);
    auto& records = forger.records();
    const auto at = records[0].find(real);
    ASSERT_NE(at, std::string::npos) << "record 0 names the key";
    records[0].replace(at, real.size(), key_text(own.public_key()));
    json::Document document;
    ASSERT_TRUE(document.parse_trusted(records.back()));
    const Record last = read_record(document.root()).value();
    Record adopts{.seq = records.size(),
                  .id = derive(last.id, 1),
                  .at = last.at,
                  .input = OpenedNote{},
                  .policy = last.policy};
    const std::string signature =
        own.sign(endorsement_text(folder.origin(Service::closure), KeyUse::log, real));
    adopts.events.push_back(
        {StreamKey{StreamKind::log, adopts.id},
         LogKeyAdopted{KeyUse::log, *Text<64>::parse(real), *Text<128>::parse(to_hex(signature))}});
    std::string bytes;
    write_record(bytes, adopts);
    records.push_back(bytes);
    forger.sign({}, true, &own);
  }
  forget_archive(folder);
  EXPECT_TRUE(names(faults(), "closure/0: the key that it names last has signed nothing of it"));
}

// What it took is not said: that is a fault of this record, and no reason to stop looking.
TEST_F(Threat08_EditedHistory, ARecordThatDoesNotSayWhatItTook) {
  const Folder folder = this->folder();
  const Kept kept(folder.store("closure"), place("kept"));
  std::uint64_t where = 0;
  {
    Forger forger(folder, Service::closure);
    auto& records = forger.records();
    const std::string input = R"("input":{"log":)";
    while (where < records.size() && records[where].find(input) == std::string::npos) ++where;
    ASSERT_LT(where, records.size());
    std::string& record = records[where];
    const auto from = record.find(input), to = record.find('}', from);
    record.replace(from, to + 1 - from, R"("input":{"log":"identification/0"})");
    forger.sign({}, false);
  }
  const auto found = faults();
  EXPECT_TRUE(names(found, "names no record of identification/0")) << told(found);
  EXPECT_TRUE(names(found, log_name(Service::closure), where)) << told(found);
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
    const Kept kept(folder.store("closure"), place("kept"));
    {
      Forger forger(folder, Service::closure);
      ASSERT_TRUE(edit(forger.records().back(), from, to)) << forger.records().back();
      forger.sign();
    }
    EXPECT_TRUE(names(faults(), says)) << says;
  }
  for (const auto& one : edits) {
    const Kept kept(folder.store(to_text(one.service)), place("kept"));
    std::string where;
    {
      Forger forger(folder, one.service);
      for (std::string& record : forger.records()) {
        if (record.find(one.in) == record.npos || !edit(record, one.from, one.to)) continue;
        where = log_name(one.service) + " record " +
                std::to_string(&record - forger.records().data()) + ": decided again";
        break;
      }
      forger.sign();
    }
    ASSERT_FALSE(where.empty()) << one.in;
    const auto found = faults();
    EXPECT_TRUE(names(found, where)) << where << ", found:\n" << told(found);
    // From there on states are not what the rules gave, and deciders trust their states.
    EXPECT_TRUE(names(found, "not checked: the ")) << where;
  }
  EXPECT_EQ(told(faults()), "nothing was found");
}

// What the process counted for early warnings is counted again, by whoever verifies: here every
// decision is still what the rules give, and only the counts are others.
TEST_F(Threat08_EditedHistory, ACountThatTheRecordsDoNotGive) {
  const Folder folder = this->folder();
  const Kept kept(folder.store("audit"), place("kept"));
  std::uint64_t seq = 0;
  {
    Forger forger(folder, Service::audit);
    for (std::string& record : forger.records()) {
      const auto at = record.find("\"week\":");
      if (record.find("nrm.indicators.observe.v1") == record.npos || at == record.npos) continue;
      record.insert(at + 7, "1");  // 3 reports: 13
      seq = static_cast<std::uint64_t>(&record - forger.records().data());
      break;
    }
    forger.sign();
  }
  ASSERT_NE(seq, 0u) << "no day of this history was observed";
  const auto found = faults();
  EXPECT_TRUE(names(found, "the records give other counts")) << told(found);
  EXPECT_TRUE(names(found, "audit/0", seq)) << told(found);
}
}  // namespace
}  // namespace nrm::test
