// One installation with some history, and somebody who holds a service's own key, for the tests of
// row 8.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "common/event/record.hpp"
#include "services/audit/evidence.hpp"
#include "services/audit/verification.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm::test {
inline int number_from(const char* name, int otherwise) {
  const char* text = ::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

struct Found {
  LayerName layer{};
  Fault fault;
};
using AllFound = std::vector<Found>;
bool names(const AllFound& found, const std::string& place);  // in words
bool names(const AllFound& found, const std::string& log, std::uint64_t seq);
bool names_file(const AllFound& found, const std::string& file);  // its last part
std::string told(const AllFound& found);

// Half of it was lived, verified and set aside (`half`), then the rest.
class History : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  static Folder folder() { return Folder::open(at_->dir()).value(); }
  static std::string place(const std::string& name) { return scratch_ + '/' + name; }
  static std::vector<Layer> layers_of(const LogEvidence& evidence, VerifyOptions how = {});
  static AllFound faults(VerifyOptions how = {});  // of the data folder
  static AllFound faults_of(const std::vector<Layer>& layers);
  static std::uint64_t records(const std::string& dir, Service service);

  static std::string live();  // what went wrong; empty: nothing

  static std::unique_ptr<Installation> at_;
  static std::string scratch_, wrong_;
};

// After an edit the numbers are dense again, the tree is whole, the checkpoint is signed, the
// states follow from the log: all that the holder of the key can do.
class Forger {
 public:
  Forger(const Folder& folder, Service service);
  std::vector<std::string>& records() { return records_; }
  // `gap`: the number that the log leaves out; none: dense. `with`: instead of the log's own
  // key, and of all but the last record.
  void sign(std::optional<std::uint64_t> gap = {}, bool foldable = true,
            const crypto::Signer* with = nullptr);

 private:
  const Folder& folder_;
  const Service service_;
  std::unique_ptr<Store> store_;
  std::vector<std::string> records_;
};

// A store set aside while its service's history is edited, and put back.
class Kept {
 public:
  Kept(const std::string& store, const std::string& aside) : store_(store), aside_(aside) {
    std::filesystem::copy(store_, aside_, std::filesystem::copy_options::recursive);
  }
  ~Kept() {
    std::filesystem::remove_all(store_);
    std::filesystem::rename(aside_, store_);
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  const std::string store_, aside_;
};

// The audit's copy of all logs is gone; its own log, in the same store, is not.
void forget_archive(const Folder& folder);

// Edits `records`; says what, and gives the number of the first record that is another than it was.
struct Edit {
  std::string what;
  std::uint64_t seq = 0;
  std::optional<std::uint64_t> gap;
  bool foldable = true;  // a core may rely on what it decided
};
inline constexpr int edit_kinds = 8;
Edit edit(std::vector<std::string>& records, int kind, std::mt19937_64& dice);
}  // namespace nrm::test
