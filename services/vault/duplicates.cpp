#include "services/vault/duplicates.hpp"

#include <algorithm>
#include <cstring>

#include "common/base/folding.hpp"
#include "common/base/hex.hpp"

namespace nrm {
namespace {
constexpr std::size_t document_characters_min = 5;
constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_kept = 9;

constexpr std::size_t token_size = 64;  // hex
constexpr std::size_t case_size = sizeof(Uuid::bytes);
constexpr std::size_t cases_max = limits::duplicate_candidates_max * case_size;

std::string token_key(std::string_view token) { return "duplicate/" + std::string(token); }
CaseId case_at(std::string_view cases, std::size_t at) {
  CaseId out;
  std::memcpy(out.bytes.data(), cases.data() + at, case_size);
  return out;
}
std::string tokens_key(const Uuid& subject) { return "tokens/" + subject.text(); }

// "0000000" and "xxxxx" are what people type when they know nothing.
bool says_something(std::string_view text) {
  return std::ranges::any_of(text, [&](char c) { return c != text.front(); });
}

void note(std::vector<DuplicateCandidate>& out, const CaseId& other, DuplicateGround ground) {
  auto found = std::ranges::find(out, other, &DuplicateCandidate::other);
  if (found == out.end()) {
    if (out.size() == limits::duplicate_candidates_max) return;
    found = out.insert(out.end(), {other, {}});
  }
  if (std::ranges::find(found->grounds, ground) == found->grounds.end())
    found->grounds.push_back(ground);
}
}  // namespace

std::string name_composite(std::string_view name, const Date& born) {
  auto words = folded_words(name);
  if (words.empty()) return {};
  std::ranges::sort(words);
  std::string out;
  for (const std::string& word : words) out += word + ' ';
  born.append_to(out);
  return out;
}

std::string document_composite(std::string_view number) {
  std::string out;
  for (const std::string& word : folded_words(number)) out += word;
  return out.size() >= document_characters_min && says_something(out) ? out : std::string();
}

std::string phone_composite(std::string_view number) {
  std::string out;
  for (const char c : number)
    if (c >= '0' && c <= '9') out += c;
  if (out.size() < phone_digits_min || !says_something(out)) return {};
  return out.substr(out.size() - std::min(out.size(), phone_digits_kept));
}

std::vector<DuplicateTokens::Token> DuplicateTokens::tokens_of(const PersonalPart& part,
                                                               const Uuid& subject) const {
  std::vector<Token> out;
  const auto add = [&](DuplicateGround ground, std::string composite) {
    const bool meant = !composite.empty();
    if (!meant) composite = "nobody " + subject.text() + std::to_string(out.size());
    std::string text = "nrm-duplicate-1\n" + std::string(to_text(ground)) + '\n' + composite;
    out.push_back({to_hex(crypto::keyed_digest(key_.reveal(), text, 32)), ground, meant});
    wipe(text);  // names and birthdays
    wipe(composite);
  };
  for (const auto* name : {&part.name, &part.also_known_as})
    add(DuplicateGround::name_and_birth,
        *name && part.date_of_birth
            ? name_composite((*name)->reveal().text(), part.date_of_birth->reveal())
            : std::string());
  add(DuplicateGround::document_number,
      part.document_number ? document_composite(part.document_number->reveal().text()) : "");
  add(DuplicateGround::phone, part.phone ? phone_composite(part.phone->reveal().text()) : "");
  return out;
}

Result<std::string> DuplicateTokens::cases_of(const std::string& token) const {
  if (const auto found = fresh_.find(token); found != fresh_.end()) return found->second;
  NRM_TRY_ASSIGN(auto cases, store_.get(Family::sealed, token_key(token)));
  return cases ? std::move(*cases) : std::string();
}

void DuplicateTokens::write(const std::string& token, std::string cases, Batch& batch) {
  if (cases.empty())
    batch.erase(Family::sealed, token_key(token));
  else
    batch.put(Family::sealed, token_key(token), cases);
  fresh_.insert_or_assign(token, std::move(cases));
}

Result<void> DuplicateTokens::look_up(const PersonalPart& part, const CaseId& subject,
                                      SealDossier& command) {
  held_.clear();
  command.duplicates.clear();
  for (Token& token : tokens_of(part, subject)) {
    NRM_TRY_ASSIGN(std::string cases, cases_of(token.text));
    for (std::size_t at = 0; at < cases.size(); at += case_size)
      note(command.duplicates, case_at(cases, at), token.ground);
    held_.push_back({std::move(token), std::move(cases)});
  }
  return {};
}

void DuplicateTokens::decided(const Record& record, Batch& batch) {
  const bool sealed = !record.events.empty() && holds<DossierSealed>(record.events[0].event);
  std::string all;
  for (Held& held : held_) {
    if (!sealed || !held.token.meant) continue;
    all += held.token.text;
    std::string cases = std::move(held.cases);
    if (cases.size() == cases_max) cases.erase(0, case_size);
    const auto& subject = record.events[0].stream.id.bytes;
    cases.append(subject.begin(), subject.end());
    write(held.token.text, std::move(cases), batch);
  }
  if (!all.empty())
    batch.put(Family::sealed, tokens_key(record.events[0].stream.id), std::move(all));
  held_.clear();
}

void DuplicateTokens::erase_case(const Uuid& subject, Batch& batch) {
  const auto all = store_.get(Family::sealed, tokens_key(subject));
  CHECK(all, "what is to be destroyed can be found");
  if (!*all) return;
  for (std::size_t at = 0; at + token_size <= (*all)->size(); at += token_size) {
    const std::string token = (*all)->substr(at, token_size);
    auto cases = cases_of(token);
    CHECK(cases, "what is to be destroyed can be found");
    for (std::size_t one = 0; one < cases->size();)
      if (case_at(*cases, one) == subject)
        cases->erase(one, case_size);
      else
        one += case_size;
    write(token, *std::move(cases), batch);
  }
  batch.erase(Family::sealed, tokens_key(subject));
}
}  // namespace nrm
