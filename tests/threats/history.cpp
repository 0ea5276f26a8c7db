#include "tests/threats/history.hpp"

#include <stdlib.h>

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/rebuild.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/cores.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace fs = std::filesystem;

bool names(const AllFound& found, const std::string& place) {
  return std::ranges::any_of(
      found, [&](const Found& one) { return one.fault.text.find(place) != std::string::npos; });
}
bool names(const AllFound& found, const std::string& log, std::uint64_t seq) {
  return std::ranges::any_of(
      found, [&](const Found& one) { return one.fault.log == log && one.fault.seq == seq; });
}
bool names_file(const AllFound& found, const std::string& file) {
  return std::ranges::any_of(found,
                             [&](const Found& one) { return one.fault.file.ends_with(file); });
}
std::string told(const AllFound& found) {
  std::string out = found.empty() ? "nothing was found" : "";
  for (const Found& one : found) out += layer_text(one.layer) + ": " + one.fault.text + '\n';
  return out;
}

std::unique_ptr<Installation> History::at_;
std::string History::scratch_;

std::string History::wrong_;

// A failed assertion here would only skip the tests.
void History::SetUpTestSuite() { wrong_ = live(); }

std::string History::live() {
  crypto::start();
  diag::start("history", diag::Level::error);
  char folder[] = "/tmp/nrm-history-XXXXXX";
  if (::mkdtemp(folder) == nullptr) return "no folder in /tmp";
  scratch_ = folder;
  fs::create_directories(scratch_ + "/check");
  at_ = std::make_unique<Installation>("uk");
  at_->up();
  const std::string token = responder_token(*at_);
  {
    Reporter reporter(*at_);
    for (int i = 0; i < 12; ++i)
      if (!reporter.report(token, "history-" + std::to_string(i))) return "no report was taken in";
  }
  if (at_->down() != 0) return "it did not stop";
  fs::copy(at_->dir() + "/store", place("half"), fs::copy_options::recursive);
  const auto half = verify_folder(Folder::open(at_->dir()).value(),
                                  {.scratch = place("check"), .save_result = place("half-result")});
  if (!half) return half.error().detail;
  if (!fs::exists(place("half-result/result.json"))) return told(faults_of(*half));
  at_->up();
  // On a busy machine one refusal may come that it did not expect; what it lived is history.
  const Ran lived = at_->nrm({"rehearse"});
  if (at_->down() != 0) return "it did not stop";
  for (const Service service : log_owners)  // the audit's has no publications, and a record a day
    if (service != Service::audit &&
        records(at_->dir() + "/store", service) <= records(place("half"), service) + 8)
      return log_name(service) + " hardly grew: " + lived.err;
  return {};
}

void History::TearDownTestSuite() {
  fs::remove_all(scratch_);
  at_.reset();
}

void History::SetUp() {
  ASSERT_EQ(wrong_, "");
  ASSERT_EQ(told(faults()), "nothing was found");
}

std::vector<Layer> History::layers_of(const LogEvidence& evidence, VerifyOptions how) {
  how.scratch = place("check");
  auto layers = verify(evidence, how);
  EXPECT_TRUE(layers) << layers.error().detail;
  return layers ? std::move(layers).value() : std::vector<Layer>();
}

AllFound History::faults_of(const std::vector<Layer>& layers) {
  AllFound out;
  for (const Layer& layer : layers)
    for (const Fault& fault : layer.faults) out.push_back({layer.name, fault});
  return out;
}

AllFound History::faults(VerifyOptions how) {
  how.scratch = place("check");
  const auto layers = verify_folder(folder(), how);
  if (!layers)
    return {{LayerName::files, {.log = {}, .seq = {}, .file = {}, .text = layers.error().detail}}};
  return faults_of(*layers);
}

std::uint64_t History::records(const std::string& dir, Service service) {
  const auto store =
      open_rocksdb({.folder = dir + '/' + std::string(to_text(service)), .read_only = true});
  return log_head(**store).value();
}

Forger::Forger(const Folder& folder, Service service) : folder_(folder), service_(service) {
  store_ = open_rocksdb({.folder = folder.store(to_text(service))}).value();
  EXPECT_TRUE(read_log(*store_, 0, [&](std::uint64_t, std::string_view bytes) {
    records_.emplace_back(bytes);
    return true;
  }));
}

void Forger::sign(std::optional<std::uint64_t> gap, bool foldable, const crypto::Signer* with) {
  Batch batch;
  EXPECT_TRUE(store_->scan(Family::log, {}, [&](auto key, auto) {
    batch.erase(Family::log, std::string(key));
    return true;
  }));
  // Tiles of records that are not there any more would give it away.
  EXPECT_TRUE(store_->scan(Family::merkle, {}, [&](auto key, auto) {
    batch.erase(Family::merkle, std::string(key));
    return true;
  }));
  MerkleTree tree;
  std::uint64_t noted = 0;
  Hash signed_root;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const std::uint64_t seq = gap && i >= *gap ? i + 1 : i;
    std::string& record = records_[i];
    const auto end = record.find(',');
    ASSERT_TRUE(record.starts_with("{\"seq\":"));
    record = "{\"seq\":" + std::to_string(seq) + record.substr(end);
    batch.put(Family::log, keys::log(seq), record);
    // A foreign key signs what is before the record in which it names the real one.
    if (with == nullptr || i + 1 < records_.size()) noted = i + 1;
    if (noted == i) signed_root = tree.root();
    tree.append(leaf_hash(record), batch);
  }
  tree.put_frontier(batch);
  const std::string origin = folder_.origin(service_);
  const auto own = folder_.signer(service_);
  batch.put(
      Family::meta, "checkpoint",
      sign_note(write_checkpoint({origin, noted, noted == tree.size() ? tree.root() : signed_root}),
                origin, with != nullptr ? *with : own.value()));
  ASSERT_TRUE(store_->commit(batch, Sync::yes));
  // What no service would write, no service folds: then the states stay as they were.
  if (foldable) (void)rebuild(core_of(service_), *store_);
  ASSERT_TRUE(store_->flush());
}

namespace {
// Moves the first instant in a record back by a year.
bool back_date(std::string& record) {
  const auto at = record.find("\"at\":\"2");
  if (at == record.npos) return false;
  record[at + 9] = static_cast<char>(record[at + 9] == '0' ? '9' : record[at + 9] - 1);
  return true;
}

// Another actor, case, value or time: one digit somewhere behind the number and before the engine.
void change_digit(std::string& record, std::mt19937_64& dice) {
  const auto begin = record.find(','), end = record.rfind("\"policy\"");
  auto at = record.find_first_of("0123456789", begin + dice() % (end - begin));
  if (at >= end) at = record.find_first_of("0123456789", begin);
  record[at] = record[at] == '1' ? '2' : '1';
}
}  // namespace

Edit edit(std::vector<std::string>& records, int kind, std::mt19937_64& dice) {
  const std::size_t n = 1 + dice() % (records.size() - 2);
  const auto here = records.begin() + static_cast<std::ptrdiff_t>(n);
  const std::string place = " record " + std::to_string(n);
  switch (kind) {
    case 0:
      records.erase(here);
      return {"deleted" + place, n, {}, false};
    case 1:
      std::swap(*here, *(here + 1));
      return {"swapped" + place + " and the next", n, {}};
    case 2: {
      const std::string copy = *here;
      records.insert(here, copy);
      return {"inserted a copy of" + place, n + 1, {}};
    }
    case 3: {  // what happened later, before
      const std::size_t from = n + dice() % (records.size() - n);
      const std::string later = records[from];
      records.insert(here, later);
      return {"inserted a later record before" + place, from == n ? n + 1 : n, {}};
    }
    case 4:
      EXPECT_TRUE(back_date(*here)) << *here;
      return {"back-dated" + place, n, {}};
    case 5:
      records.resize(n);
      return {"cut off before" + place, n, {}};
    case 6:
      return {"renumbered from" + place, n, n};
    default:
      change_digit(*here, dice);
      return {"changed and signed anew" + place, n, {}, false};
  }
}

void forget_archive(const Folder& folder) {
  const auto store = open_rocksdb({.folder = folder.store("audit")}).value();
  Batch batch;
  const auto forget = [&](Family family, const std::string& prefix) {
    CHECK(store->scan(family, prefixed(prefix),
                      [&](std::string_view key, std::string_view) {
                        batch.erase(family, std::string(key));
                        return true;
                      }),
          "the store is whole");
  };
  forget(Family::archive, "");
  for (const Service service : log_owners)
    for (const char* what : {"archived/", "tree/", "checkpoint/", "keys/"})
      forget(Family::meta, what + log_name(service));
  CHECK(store->commit(batch, Sync::yes), "the store is whole");
}
}  // namespace nrm::test
