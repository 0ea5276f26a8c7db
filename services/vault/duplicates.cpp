#include "services/vault/duplicates.hpp"

#include <algorithm>

#include "common/base/folding.hpp"
#include "common/base/hex.hpp"

namespace nrm {
namespace {
constexpr std::size_t document_characters_min = 5;
constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_kept = 9;
// Tokens that one batch can put: older ones are in the store.
constexpr std::size_t fresh_max = limits::inputs_per_batch_max * 4;

std::string token_key(std::string_view token, const Uuid& subject) {
  return "duplicate/" + std::string(token) + '/' + subject.text();
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
    const std::string text = "nrm-duplicate-1\n" + std::string(to_text(ground)) + '\n' + composite;
    out.push_back({to_hex(crypto::keyed_digest(key_.reveal(), text, 32)), ground, meant});
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

Result<void> DuplicateTokens::find(const Token& token, std::vector<DuplicateCandidate>& out) const {
  const auto [first, last] = fresh_.equal_range(token.text);
  for (auto at = first; at != last; ++at) note(out, at->second.first, at->second.second);
  return store_.scan(Family::sealed, prefixed("duplicate/" + token.text + '/'),
                     [&](std::string_view key, std::string_view) {
                       const auto other = CaseId::parse(key.substr(key.size() - 36));
                       if (other) note(out, *other, token.ground);
                       return out.size() < limits::duplicate_candidates_max;
                     });
}

Result<void> DuplicateTokens::before(Input& input, std::string_view personal) {
  held_.clear();
  auto* command = std::get_if<SealDossier>(&std::get<Command>(input.what));
  if (command == nullptr) return {};
  json::Document document;
  NRM_TRY(document.parse_strict(personal));
  PersonalPart part;
  Reading reading(Unknown::refuse);
  if (!read_json(document.root(), part, reading)) return reading.faults().front();
  held_ = tokens_of(part, input.fresh<CaseId>(0));
  command->duplicates.clear();
  for (const Token& token : held_) NRM_TRY(find(token, command->duplicates));
  return {};
}

void DuplicateTokens::decided(const Record& record, Batch& batch) {
  const bool sealed =
      !record.events.empty() && std::holds_alternative<DossierSealed>(record.events[0].event);
  std::string all;
  for (const Token& token : held_) {
    if (!sealed || !token.meant) continue;
    const CaseId subject(record.events[0].stream.id);
    batch.put(Family::sealed, token_key(token.text, subject), std::string(to_text(token.ground)));
    all += token.text;
    fresh_.emplace(token.text, std::pair(subject, token.ground));
    fresh_order_.push_back(token.text);
    if (fresh_order_.size() <= fresh_max) continue;
    if (const auto oldest = fresh_.find(fresh_order_.front()); oldest != fresh_.end())
      fresh_.erase(oldest);
    fresh_order_.pop_front();
  }
  if (!all.empty())
    batch.put(Family::sealed, tokens_key(record.events[0].stream.id), std::move(all));
  held_.clear();
}

void DuplicateTokens::erase_case(const Uuid& subject, Batch& batch) {
  std::erase_if(fresh_, [&](const auto& one) { return one.second.first == subject; });
  const auto all = store_.get(Family::sealed, tokens_key(subject));
  CHECK(all, "what is to be destroyed can be found");
  if (!*all) return;
  for (std::size_t at = 0; at + 64 <= (*all)->size(); at += 64)
    batch.erase(Family::sealed, token_key(std::string_view(**all).substr(at, 64), subject));
  batch.erase(Family::sealed, tokens_key(subject));
}
}  // namespace nrm
