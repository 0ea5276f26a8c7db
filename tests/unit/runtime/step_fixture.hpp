// One step over a store in memory, and the words to talk to it.
#pragma once
#include <gtest/gtest.h>

#include "common/runtime/rebuild.hpp"
#include "common/runtime/step.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::test {
class StepFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    policy.pack = *Text<32>::parse("test");
    policy.version = 1;
    open();
  }
  Result<std::unique_ptr<Step>> try_open(bool sandbox = true) {
    return Step::open({.core = core_of<LedgerOfNotes>(),
                       .store = store,
                       .entropy = *entropy,
                       .policy = policy,
                       .policy_digest = "digest",
                       .signer = signer,
                       .origin = "test/vault/0",
                       .sandbox = sandbox},
                      now);
  }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().detail;
    step = std::move(opened).value();
  }

  static std::string key(char c) { return std::string(16, c); }
  static std::string consent(const Uuid& subject, bool given = true) {
    return to_json(RecordConsent{CaseId(subject), {ConsentPurpose::support, given}});
  }
  // Asks and does not commit.
  void ask(const std::string& idempotency_key, std::string data,
           std::optional<Expectation> expects = {}) {
    texts.push_back(std::move(data));
    step->ask({.number = 0,
               .key = idempotency_key,
               .actor = actor,
               .expects = expects,
               .type = RecordConsent::type,
               .data = texts.back(),
               .personal = {}},
              tickets++, now);
  }
  Step::Committed commit() {
    auto committed = step->commit();
    EXPECT_TRUE(committed);
    tickets = 0;
    return std::move(committed).value();
  }
  wire::Answer ask_and_commit(const std::string& idempotency_key, std::string data,
                              std::optional<Expectation> expects = {}) {
    ask(idempotency_key, std::move(data), expects);
    last = commit();
    EXPECT_EQ(last.answers.size(), 1u);
    return last.answers.at(0).answer;
  }
  std::string whole_store() const {
    std::string out;
    for (std::size_t f = 0; f < family_count; ++f) {
      const auto scanned = store.scan(
          static_cast<Family>(f), {},
          [&](std::string_view k, std::string_view v) {
            out.append(k).append(1, '=').append(v).append(1, '\n');
            return true;
          },
          false);
      EXPECT_TRUE(scanned);
    }
    return out;
  }

  void forget_everything() {
    Batch all;
    for (std::size_t f = 0; f < family_count; ++f)
      ASSERT_TRUE(store.scan(
          static_cast<Family>(f), {},
          [&](std::string_view k, std::string_view) {
            all.erase(static_cast<Family>(f), std::string(k));
            return true;
          },
          false));
    ASSERT_TRUE(store.commit(all, Sync::yes));
  }

  MemoryStore store;
  std::unique_ptr<Entropy> entropy = seeded_entropy(1);
  crypto::Signer signer = crypto::Signer::from_seed(std::string(32, 's')).value();
  Policy policy;
  Instant now = *Instant::parse("2023-07-03T09:00:00.000Z");
  Actor actor;
  std::unique_ptr<Step> step;
  std::deque<std::string> texts;
  std::uint64_t tickets = 0;
  Step::Committed last;
};
}  // namespace nrm::test
