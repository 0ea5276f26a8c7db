// How a step begins: from what its store holds, or with the first record of its log.
#include "common/runtime/rebuild.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
Result<void> Step::load(Instant now) {
  NRM_TRY_ASSIGN(auto tree, MerkleTree::stored(parts_.store));
  if (!tree) return open_log(now);
  tree_ = std::move(*tree);
  NRM_TRY_ASSIGN(auto secret, parts_.store.get(Family::meta, "secret"));
  if (!secret || tree_.size() == 0)
    return Error(Code::corrupt, "", "the store has lost its beginning");
  secret_ = *secret;

  NRM_TRY_ASSIGN(const std::string first, read_record_bytes(0));
  NRM_TRY(document_.parse_trusted(first));
  NRM_TRY_ASSIGN(const Record opened, read_record(document_.root()));
  const auto* log =
      opened.events.size() == 1 ? get_if<LogOpened>(&opened.events[0].event) : nullptr;
  if (log == nullptr || log->service != parts_.core.service() || log->sandbox != parts_.sandbox)
    return Error(Code::diverged, "", "this store belongs to another service or mode");
  if (log->policy_digest != parts_.policy_digest)
    return Error(Code::diverged, "", "this log was opened under another policy: " + log->policy);

  NRM_TRY(load_policies());

  NRM_TRY_ASSIGN(const std::string last, read_record_bytes(tree_.size() - 1));
  NRM_TRY(document_.parse_trusted(last));
  NRM_TRY_ASSIGN(const RecordOutline outline, read_outline(document_.root()));
  last_at_ = outline.at;
  earliest_due_ = Instant{};  // look once
  NRM_TRY(fold_rest());
  return parts_.store.scan(Family::meta, prefixed("cursor/"),
                           [&](std::string_view key, std::string_view value) {
                             const auto place = read_place(value);
                             CHECK(place, "a stored cursor is readable");
                             cursors_[std::string(key.substr(7))] = *place;
                             return true;
                           });
}

Result<void> Step::load_policies() {
  NRM_TRY_ASSIGN(const PolicyAdoptions noted, noted_policies(parts_.store));
  for (const PolicyAdopted& one : noted.adopted) {
    const auto found = std::ranges::find_if(parts_.adopted, [&](const AdoptedPolicy& candidate) {
      return candidate.adoption.policy_digest == one.policy_digest;
    });
    if (found == parts_.adopted.end())
      return Error(Code::diverged, "",
                   "this log has adopted " + one.policy + ", which is not in the folder: put " +
                       adopted_pack_file(one.policy_digest) + " back");
    policies_.take({one, found->policy});
  }
  return {};
}

// The records that were committed after the last write_back().
Result<void> Step::fold_rest() {
  auto folded = folded_until(parts_.store);
  if (!folded && folded.error().code == Code::unavailable)
    folded = rebuild(parts_.core, parts_.store);
  if (!folded) return folded.error();
  folded_ = *folded;
  if (folded_ > tree_.size())
    return Error(Code::corrupt, "", "the stored states are ahead of their log");
  Result<void> folded_rest;
  NRM_TRY(read_log(parts_.store, folded_, [&](std::uint64_t seq, std::string_view bytes) {
    folded_rest = fold_.replay(seq, bytes);
    return folded_rest.has_value();
  }));
  NRM_TRY(folded_rest);
  return write_back();
}

Result<void> Step::open_log(Instant now) {
  unsigned char secret[32];
  parts_.entropy.fill(secret, sizeof secret);
  secret_.assign(reinterpret_cast<const char*>(secret), sizeof secret);
  batch_.put(Family::meta, "secret", secret_);
  Record record;
  record.id = parts_.entropy.uuid();
  record.at = last_at_ = now;
  record.input = OpenedNote{};
  LogOpened opened{.service = parts_.core.service(),
                   .partition = 0,
                   .sandbox = parts_.sandbox,
                   .policy = parts_.policy.name(),
                   .policy_digest = parts_.policy_digest,
                   .key = Text<64>::parse(key_text(parts_.signer.public_key()))};
  put_noted_key(KeyUse::log, {opened.key->text(), ""}, batch_);
  record.events.push_back({StreamKey{StreamKind::log, record.id}, std::move(opened)});
  take(std::move(record));
  NRM_TRY(commit());
  return write_back();
}
}  // namespace nrm
