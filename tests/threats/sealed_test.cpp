// Threat 2: a shelter's address leaks through something that nobody thought of. It is sealed by the
// sender's client to the organisations entitled to it; here are a thousand of them, and every
// answer, log, metric, export and file is searched.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "common/base/hex.hpp"
#include "services/vault/sealed_items.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
constexpr int cases_with_canaries = 1'000;

const char* const processes[] = {"vault",      "identification", "referral",
                                 "assistance", "closure",        "gateway"};

// Every key and value that a process has stored, one text for each family.
template <class See>
void search_stores(const Town& town, See&& see) {
  for (const char* process : processes) {
    const Store& store = town.store(process);
    for (std::size_t f = 0; f < family_count; ++f) {
      std::string all;
      ASSERT_TRUE(store.scan(static_cast<Family>(f), {}, [&](auto key, auto value) {
        all.append(key).append(1, ' ').append(value).append(1, '\n');
        return true;
      }));
      see(std::string(process) + " " + std::string(family_name(static_cast<Family>(f))), all);
    }
  }
}

// What a secret opens of a row of the vault's store; `bound` as sealing.hpp says.
std::optional<std::string> opened_by(const std::string& secret, const std::string& bound,
                                     std::string_view sealed) {
  const auto key = crypto::SecretKey::from(secret);
  if (!key) return std::nullopt;
  const auto plain = crypto::open(*key, bound, sealed);
  return plain ? std::optional(plain->reveal()) : std::nullopt;
}

// The keys of sealed items, as the vault's own secrets open them: "<case>/<item>" -> key.
std::map<std::string, std::string> item_keys(const Town& town) {
  std::map<std::string, std::string> out;
  const Store& vault = town.store("vault");
  EXPECT_TRUE(vault.scan(Family::sealed, prefixed("keys/"), [&](auto key, auto row) {
    const std::string item(key.substr(5));
    if (item.size() != 73) return true;  // of a case's fields
    for (const std::string& secret : town.secrets())
      if (const auto keys = opened_by(secret, "nrm-vault-2/keys/" + item + "/1", row.substr(5)))
        out[item] = keys->substr(32);
    return true;
  }));
  return out;
}

// The boxes that the vault keeps, by key, out of the vault's own layer.
std::vector<std::pair<std::string, std::string>> stored_boxes(const Town& town) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto keys = item_keys(town);
  const Store& vault = town.store("vault");
  EXPECT_TRUE(vault.scan(Family::sealed, prefixed("box/"), [&](auto key, auto row) {
    const std::string name(key);
    const auto box = opened_by(keys.at(name.substr(4, 73)), "nrm-vault-2/" + name, row);
    EXPECT_TRUE(box) << name;
    out.emplace_back(name, box.value_or(""));
    return true;
  }));
  return out;
}

// What a process holds as keys, and every 32 bytes that it keeps in its store: wrapped keys,
// salts, tokens, and what else somebody may take for a key.
std::vector<std::string> all_secrets(const Town& town) {
  std::vector<std::string> out = town.secrets();
  for (const auto& [item, key] : item_keys(town)) out.push_back(key);
  for (const char* process : processes) {
    const Store& store = town.store(process);
    for (const Family family : {Family::sealed, Family::meta})
      EXPECT_TRUE(store.scan(family, {}, [&](auto key, std::string_view value) {
        if (key.starts_with("box/")) return true;
        for (const std::string& bytes : {std::string(value), from_hex(value).value_or("")})
          for (std::size_t at = 0; at + 32 <= bytes.size(); ++at)
            out.push_back(bytes.substr(at, 32));
        return true;
      }));
  }
  return out;
}

struct Planted {
  std::string subject, item, address;
};

class Threat02_ShelterAddress : public ::testing::Test {
 protected:
  explicit Threat02_ShelterAddress(Wires wires = Wires::zeromq) : town(wires) {}

  Town town;
  Party police = town.join("Example Police", OrganisationKind::police, Role::first_responder);
  Party house = town.provider("Safe house 1", "safe_accommodation");
  Party colleague = town.colleague(house, Role::service_provider);
  Party clinic = town.provider("Clinic 1", "medical");
  Party manager = town.office("case-manager");
  Keys house_keys, manager_keys;

  // One case whose shelter's address the managers sealed to the safe house.
  Planted plant(int number, const std::string& padding = {}) {
    const std::string subject = town.report(police);
    town.accept(house, subject);
    const std::string address =
        "CANARY-" + std::to_string(number) + "-" + fresh_id() + " Hidden Lane" + padding;
    const auto stored =
        town.post(manager, "/v1/cases/" + subject + "/sealed-items",
                  town.sealed_body(subject, 1, manager_keys, {&house_keys}, address));
    EXPECT_EQ(stored.status, 201) << stored.body;
    return {subject, member(stored, "item"), address};
  }
  // What the safe house reads, with two of its people.
  http::Answer read(const Planted& one) {
    const std::string item = "/v1/sealed-items/" + one.item;
    EXPECT_EQ(town.post(house, item + "/requests", "{}").status, 200);
    EXPECT_EQ(
        town.post(colleague, item + "/approval", "{\"account\":\"" + house.account.text() + "\"}")
            .status,
        200);
    return town.post(house, item + "/openings", R"({"purpose":"safety"})");
  }
  Result<crypto::OpenedItem> open(const Planted& one, const http::Answer& answer) {
    const auto box = from_base64(member(answer, "boxes/0/box"));
    return crypto::open_item({*CaseId::parse(one.subject), "shelter_location", 1, house_keys.id},
                             house_keys.box, box.value_or(""),
                             [&](const OrganisationKeyId&) -> Result<crypto::PublicKey> {
                               return manager_keys.sign.public_key();
                             });
  }
};

class SealedItemBoxes : public ::testing::Test {
 protected:
  static std::unique_ptr<Sealing> open_sealing(Store& store, Entropy& entropy,
                                               const std::string& folder) {
    crypto::start();
    auto epochs = EpochKeys::open(
        folder, master_in_memory(crypto::SecretKey::from(std::string(32, 'm')).value()));
    return Sealing::open(store, std::move(epochs).value(), entropy).value();
  }
  struct Item {
    CaseId subject;
    SealedItemId id;
    std::vector<OrganisationKeyId> keys;
  };
  static std::string box_of(char filling) {
    return std::string(1'024 + crypto::box_overhead, filling);
  }
  // With a box for each of two keys, in `batch`.
  Item put(const CaseId& subject) {
    Item out{subject, {}, {OrganisationKeyId(entropy->uuid()), OrganisationKeyId(entropy->uuid())}};
    Input input{
        .id = entropy->uuid(),
        .at = {},
        .actor = {},
        .what = Command(StoreSealedItem{
            .subject = subject, .class_ = {}, .version = 1, .keys = out.keys, .digest = {}})};
    EXPECT_TRUE(items.before(
        input, "[\"" + to_base64(box_of('a')) + "\",\"" + to_base64(box_of('b')) + "\"]"));
    out.id = input.fresh<SealedItemId>(0);
    Record record;
    record.events.push_back({item_stream(out.id), SealedItemStored{}});
    items.decided(record, batch);
    return out;
  }
  void commit() {
    ASSERT_TRUE(store.commit(batch, Sync::yes));
    batch.clear();
    items.committed();
  }
  // What somebody gets who has a copy under the first key.
  Result<Sensitive<std::string>> read(const Item& item) {
    Record record;
    SealedItemOpened opened;
    opened.subject = item.subject;
    opened.keys = {item.keys[0]};
    record.events.push_back({item_stream(item.id), std::move(opened)});
    return *items.answer(record, false);
  }
  std::map<std::string, std::string> rows(std::string_view prefix) {
    std::map<std::string, std::string> out;
    const Store& sealed = store;
    EXPECT_TRUE(sealed.scan(Family::sealed, prefixed(prefix), [&](auto key, auto row) {
      out.emplace(key, row);
      return true;
    }));
    return out;
  }

  TemporaryFolder folder;
  TemporaryStore disk;
  Store& store = disk.store();
  const std::unique_ptr<Entropy> entropy = seeded_entropy(1);
  const std::unique_ptr<Sealing> sealing = open_sealing(store, *entropy, folder.file("epochs"));
  SealedItems items{store, *entropy, *sealing};
  Batch batch;
};

// Erasing a case takes boxes and keys along, also those that the same batch puts.
TEST_F(SealedItemBoxes, GoWithTheirCase) {
  const CaseId erased(entropy->uuid()), kept(entropy->uuid());
  const Item gone = put(erased), there = put(kept);
  commit();
  EXPECT_EQ(rows("box/").size(), 4u);
  EXPECT_EQ(rows("keys/").size(), 2u);
  const Item late = put(erased);
  items.erase_case(erased, batch);
  commit();
  EXPECT_EQ(rows("box/").size(), 2u);
  EXPECT_EQ(rows("keys/").size(), 1u);
  // The record of a reading in the same batch stands; nothing leaves.
  EXPECT_EQ(read(gone)->reveal(), "[]");
  EXPECT_EQ(read(late)->reveal(), "[]");
  EXPECT_NE(read(there)->reveal().find(to_base64(box_of('a'))), std::string::npos);
}

class Threat12_SwappedBoxes : public SealedItemBoxes {};

TEST_F(Threat12_SwappedBoxes, ARowInAnothersPlaceOpensNothing) {
  const CaseId subject(entropy->uuid());
  const Item item = put(subject);
  put(subject);
  put(CaseId(entropy->uuid()));
  commit();
  int attempts = 0;
  for (const std::string prefix : {"box/", "keys/"}) {
    const auto all = rows(prefix);
    const std::string own = prefix + subject.text() + '/' + item.id.text() +
                            (prefix == "box/" ? '/' + item.keys[0].text() : "");
    ASSERT_TRUE(all.contains(own));
    for (const auto& [key, row] : all) {
      if (key == own) continue;
      batch.put(Family::sealed, own, row);
      commit();
      EXPECT_FALSE(read(item)) << key;
      ++attempts;
    }
    batch.put(Family::sealed, own, all.at(own));
    commit();
    EXPECT_TRUE(read(item));
  }
  EXPECT_EQ(attempts, 5 + 2);
}

// The pages of a list, one after the other.
std::string whole_list(Town& town, const Party& who, const std::string& target) {
  std::string out, cursor;
  do {
    const auto page = town.get(who, target + (target.find('?') == target.npos ? "?" : "&") +
                                        "limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
    out += page.body;
    cursor = member(page, "next");
  } while (!cursor.empty());
  return out;
}

// A thousand lives are ten times as fast over the bus in memory.
class Threat02_ManyAddresses : public Threat02_ShelterAddress {
 protected:
  Threat02_ManyAddresses() : Threat02_ShelterAddress(Wires::memory) {}
};

// Every byte of every file below the folder.
template <class See>
void search_files(const std::string& folder, See&& see) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    see(entry.path().string(), std::string(std::istreambuf_iterator<char>(in), {}));
  }
}

TEST_F(Threat02_ManyAddresses, AThousandAreFoundNowhere) {
  ::testing::internal::CaptureStderr();  // where log lines go
  town.enrol(manager, manager_keys);
  town.enrol(house, house_keys);
  std::vector<Planted> planted;
  for (int i = 0; i < cases_with_canaries; ++i) planted.push_back(plant(i));
  // What is planted can be found: the safe house reads and has the address.
  std::string box_text;
  for (int i = 0; i < 10; ++i) {
    const Planted& one = planted[static_cast<std::size_t>(i) * 99];
    const auto answer = read(one);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto opened = open(one, answer);
    ASSERT_TRUE(opened);
    ASSERT_EQ(opened->text.reveal(), one.address);
    box_text = member(answer, "boxes/0/box");
  }
  std::string seen;
  const auto look = [&](const Party& who, const std::string& target) {
    seen += town.get(who, target).body;
  };
  for (const char* name : {"case-manager", "competent-authority", "operator", "auditor"}) {
    const Party office = town.office(name);
    for (const char* list : {"/v1/cases", "/v1/organisations", "/v1/providers", "/v1/status",
                             "/v1/queues/plan", "/v1/queues/escalated", "/v1/queues/duplicates"})
      seen += whole_list(town, office, list);
    for (const Planted& one : planted) {
      if (&one != &planted.front() && &one != &planted.back()) continue;
      for (const char* part : {"", "/timeline", "/referrals", "/sealed-items"})
        look(office, "/v1/cases/" + one.subject + part);
      seen +=
          town.post(office, "/v1/sealed-items/" + one.item + "/openings", R"({"purpose":"safety"})")
              .body;
    }
  }
  for (const Party* who : {&police, &clinic})
    for (const Planted& one : planted) {
      for (const char* part : {"", "/timeline", "/referrals", "/sealed-items"})
        look(*who, "/v1/cases/" + one.subject + part);
      seen += town.post(*who, "/v1/sealed-items/" + one.item + "/openings",
                        R"({"purpose":"safety"})", {{"Prefer", "return=representation"}})
                  .body;
    }
  seen += whole_list(town, police, "/v1/cases");
  seen += town.get(town.office("operator"), "/metrics").body;
  EXPECT_EQ(seen.find("CANARY"), seen.npos);
  // Not the ciphertext either: who may not read has nothing to keep until a key leaks.
  EXPECT_EQ(seen.find("\"box\":"), seen.npos);
  EXPECT_EQ(seen.find(box_text.substr(0, 40)), seen.npos);
  std::printf("%zu bytes of answers to police, clinic and offices: 0 hits\n", seen.size());

  std::size_t bytes = 0;
  search_stores(town, [&](const std::string& where, const std::string& text) {
    bytes += text.size();
    EXPECT_EQ(text.find("CANARY"), text.npos) << where;
  });
  std::printf("%zu bytes of logs, states, rows and sealed parts: 0 hits of %d addresses\n", bytes,
              cases_with_canaries);
  bytes = 0;
  std::size_t known = 0;  // what lies there in clear is found: case ids, in write-ahead logs
  search_files(town.folder(), [&](const std::string& where, const std::string& text) {
    bytes += text.size();
    known += text.find(planted.back().subject) != text.npos;
    EXPECT_EQ(text.find("CANARY"), text.npos) << where;
  });
  EXPECT_GE(known, std::size(processes));
  std::printf("%zu bytes of files, as they lie on the disk: 0 hits\n", bytes);
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(lines.find("CANARY"), lines.npos);
}

TEST_F(Threat02_ShelterAddress, NoKeyOfAnyServiceOpensOne) {
  town.enrol(manager, manager_keys);
  town.enrol(house, house_keys);
  plant(1);
  plant(2, std::string(3'000, 'x'));
  const auto boxes = stored_boxes(town);
  ASSERT_EQ(boxes.size(), 2u);
  const auto secrets = all_secrets(town);
  ASSERT_GT(secrets.size(), 50u);
  for (const auto& [key, box] : boxes) {
    EXPECT_TRUE(crypto::is_box_size(box.size())) << "a length tells only a bucket";
    for (const std::string& secret : secrets) {
      EXPECT_FALSE(crypto::open_box(*crypto::BoxKey::from(secret), box));
      EXPECT_FALSE(crypto::open(*crypto::SecretKey::from(secret), "nrm-vault-2/" + key, box));
    }
    EXPECT_TRUE(crypto::open_box(house_keys.box, box)) << "the safe house's own key does";
  }
  std::printf("%zu secrets tried on %zu boxes: none opens\n", secrets.size(), boxes.size());
}

TEST_F(Threat02_ShelterAddress, TwoPeopleOfTheOrganisationAreNeededWithinTheHour) {
  town.enrol(manager, manager_keys);
  town.enrol(house, house_keys);
  const Planted one = plant(1);
  const std::string item = "/v1/sealed-items/" + one.item;
  const std::string asks = "{\"account\":\"" + house.account.text() + "\"}";
  const auto open_now = [&] {
    return town.post(house, item + "/openings", R"({"purpose":"safety"})");
  };
  EXPECT_EQ(code_of(open_now()), "second_person_required");
  EXPECT_EQ(town.post(colleague, item + "/approval", asks).status, 404) << "nobody asked yet";
  EXPECT_EQ(town.post(house, item + "/requests", "{}").status, 200);
  EXPECT_EQ(code_of(open_now()), "second_person_required") << "asked alone";
  EXPECT_EQ(code_of(town.post(house, item + "/approval", asks)), "second_person_required")
      << "who asks does not approve";
  EXPECT_EQ(town.post(manager, item + "/approval", asks).status, 404) << "another organisation";
  EXPECT_EQ(town.post(colleague, item + "/approval", asks).status, 200);
  EXPECT_EQ(member(town.get(colleague, "/v1/cases/" + one.subject + "/sealed-items"),
                   "items/0/waiting/0/approved"),
            "true");
  EXPECT_EQ(town.post(town.office("operator"), "/v1/sandbox/clock", R"({"advance":"61m"})").status,
            200);
  EXPECT_EQ(code_of(open_now()), "second_person_required") << "an hour later";
  const auto answer = read(one);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(open(one, answer));
  EXPECT_EQ(code_of(open_now()), "second_person_required") << "each reading takes two";
  // A box cannot be passed off as another case's, another version's or another sender's.
  const auto box = from_base64(member(answer, "boxes/0/box")).value_or("");
  const crypto::ItemLabel label{*CaseId::parse(one.subject), "shelter_location", 1, house_keys.id};
  const auto fails = [&](crypto::ItemLabel other, const crypto::PublicKey& sender) {
    return !crypto::open_item(other, house_keys.box, box,
                              [&](auto&) -> Result<crypto::PublicKey> { return sender; });
  };
  auto other = label;
  other.subject = *CaseId::parse(fresh_id());
  EXPECT_TRUE(fails(other, manager_keys.sign.public_key()));
  other = label;
  other.version = 2;
  EXPECT_TRUE(fails(other, manager_keys.sign.public_key()));
  EXPECT_TRUE(fails(label, house_keys.sign.public_key()));
  EXPECT_FALSE(fails(label, manager_keys.sign.public_key()));
}

TEST_F(Threat02_ShelterAddress, WhoHelpsNoLongerReadsNoLonger) {
  town.enrol(manager, manager_keys);
  town.enrol(house, house_keys);
  const Planted one = plant(1);
  EXPECT_EQ(read(one).status, 200);
  const std::string subject = "/v1/cases/" + one.subject;
  const std::string referral =
      members(town.get(house, "/v1/inbox?status=accepted"), "referral").at(0);
  const auto ended = town.post(house, subject + "/service-ends",
                               "{\"referral\":\"" + referral + "\",\"reason\":\"person_left\"}");
  ASSERT_EQ(ended.status, 200) << ended.body;
  town.settle();
  EXPECT_EQ(town.post(house, "/v1/sealed-items/" + one.item + "/requests", "{}").status, 404);
  EXPECT_EQ(
      town.post(house, "/v1/sealed-items/" + one.item + "/openings", R"({"purpose":"safety"})")
          .status,
      404);
}
}  // namespace
}  // namespace nrm::test
