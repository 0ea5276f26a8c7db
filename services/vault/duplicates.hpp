// DuplicateTokens: whether a new dossier may be of a person who is in the mechanism already. Never
// an oracle: who reports gets the same answer either way, and only the case managers' queue tells.
//
// A token is a keyed hash (BLAKE2b, key in keys/vault/duplicates) of one composite:
//   name_and_birth    words of the name, folded (base/folding.hpp), sorted, and the date of birth;
//                     once more with the other name, so that an alias meets a name
//   document_number   letters and digits, folded, without separators; at least 5
//   phone             the last 9 digits (national numbers with or without their prefix); at least 7
// Exact tokens only: tokens that survive small differences (Bloom filters) give names away
// (reliability.md 1.5). A composite that is missing or too short is looked up all the same, as
// something that nobody has, so that the work is the same.
//
//   Family::sealed   duplicate/<token>   = the newest cases that have it, 16 bytes each, 8 at most:
//                                         who is older was told of when they came
//                    tokens/<case>       = its tokens, for erasure
// One lookup by key for each token: a walk over `duplicate/<token>/…` costs 18 us, four a report.
// THREAD: the vault's loop thread.
#pragma once
#include <unordered_map>

#include "common/crypto/crypto.hpp"
#include "common/event/personal.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
class DuplicateTokens {
 public:
  DuplicateTokens(crypto::SecretKey key, const Store& store)
      : key_(std::move(key)), store_(store) {}

  // Completes the command with the cases that share a token. ERRORS: of the store.
  Result<void> look_up(const PersonalPart& part, const CaseId& subject, SealDossier& command);
  void decided(const Record& record, Batch& batch);
  void erase_case(const Uuid& subject, Batch& batch);  // in memory, too
  // What was decided is in the store. REQUIRES: between two batches.
  void committed() { fresh_.clear(); }

 private:
  struct Token {
    std::string text;  // hex
    DuplicateGround ground{};
    bool meant = false;  // false: looked up only for the same work
  };
  struct Held {  // a token of the present input, and the cases that have it already
    Token token;
    std::string cases;
  };
  std::vector<Token> tokens_of(const PersonalPart& part, const Uuid& subject) const;
  Result<std::string> cases_of(const std::string& token) const;
  void write(const std::string& token, std::string cases, Batch& batch);

  crypto::SecretKey key_;
  const Store& store_;
  std::vector<Held> held_;
  // What this batch puts: token -> its cases.
  std::unordered_map<std::string, std::string> fresh_;
};

// The composites of a personal part, as they are hashed; for tests and for the rules' sake.
std::string name_composite(std::string_view name, const Date& born);  // empty: too little
std::string document_composite(std::string_view number);
std::string phone_composite(std::string_view number);
}  // namespace nrm
