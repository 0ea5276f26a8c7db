// The vault as its process runs it, on one thread: real core, step, hooks and files of epoch keys,
// over a store that the test gives.
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/runtime/step.hpp"
#include "services/vault/vault.hpp"
#include "services/vault/vault_hooks.hpp"

namespace nrm::test {
class VaultAtWork {
 public:
  // `keys`: the folder of the epochs' keys.
  VaultAtWork(Store& store, std::string keys);

  // Stops and starts; false when it refuses to.
  bool restart();
  struct Said {
    std::optional<Error> rejection;
    std::string record, opened;
    bool accepted() const { return !rejection; }
    Uuid stream() const;  // of the first event
  };
  // One command in a batch of its own. `key`: a fresh one when empty.
  Said ask(const Command& command, const Actor& actor, std::string_view personal = {},
           std::string key = {});
  // A person's dossier, sealed and reported.
  CaseId report(const std::string& personal);
  // What one opening by the case manager (risk to life) gives.
  Said open(const CaseId& subject, std::vector<DataClass> classes = {DataClass::identity});
  // That many openings in one batch, as under load; how many gave something.
  std::size_t open_together(const CaseId& subject, const std::vector<DataClass>& classes,
                            std::size_t count);
  // Two people, no hold.
  void erase(const CaseId& subject);
  // Moves the clock and takes up what is due, until nothing is.
  void pass(Milliseconds time);
  void wait(Milliseconds time) { now_ = now_ + time; }
  void take_up_once();  // one batch of what is due, without upkeep

  Step& step() { return *step_; }
  Sealing& sealing() { return *sealing_; }
  std::vector<std::string> records() const;
  Instant now() const { return now_; }

  // Everything that the fixture's master wraps; the test's own copy of the master.
  static std::unique_ptr<MasterKey> master();

  Actor police, manager, second_manager, authority;

 private:
  Store& store_;
  const std::string keys_;
  std::unique_ptr<Entropy> entropy_ = seeded_entropy(1);
  crypto::Signer signer_ = crypto::Signer::from_seed(std::string(32, 's')).value();
  Policy policy_;
  Instant now_ = *Instant::parse("2023-07-03T09:00:00.000Z");
  std::unique_ptr<VaultHooks> hooks_;
  Sealing* sealing_ = nullptr;  // the hooks' own
  std::unique_ptr<Step> step_;
};

// A person whose every field says whose it is.
std::string person_called(const std::string& name);
}  // namespace nrm::test
