#include "common/runtime/recompute.hpp"

#include <algorithm>

#include "common/event/codec.hpp"
#include "common/runtime/decided.hpp"

namespace nrm {
namespace {
// A batch of changed states is some 16 MiB, and what is folded most often stays decoded: two logs
// are decided again at a time, on an auditor's machine.
constexpr std::size_t changed_max = 8'192, hot_max = 16'384;

std::string in_words(const Record& record) {
  if (record.rejection) return "the refusal " + std::string(row_of(record.rejection->code).name);
  std::string out;
  for (const Emit& emit : record.events)
    out += (out.empty() ? "" : ", ") + std::string(type_of(emit.event));
  return out.empty() ? "nothing" : out;
}
}  // namespace

Recompute::Recompute(const Core& core, const Pack& pack, Store& target, Asks asks,
                     const Start& start)
    : core_(core),
      pack_(pack),
      policies_(pack.policy),
      target_(target),
      asks_(std::move(asks)),
      newest_(start.newest),
      rules_(&core),
      fold_(core, target, start.stored, hot_max),
      last_at_(start.at),
      last_engine_(start.engine) {
  for (const AdoptedPolicy& one : pack_.before) policies_.take(one);
}

Result<std::string> Recompute::take(std::uint64_t seq, std::string_view bytes) {
  NRM_TRY(document_.parse_trusted(bytes));
  NRM_TRY_ASSIGN(const Record recorded, read_record(document_.root()));
  if (recorded.seq != seq) return Error(Code::corrupt, "", "a record has another number");
  std::string out;
  if (sound_)
    out = differs(recorded, bytes);
  else
    ++counts_.after_fault;
  sound_ &= out.empty();
  last_at_ = std::max(last_at_, recorded.at);
  last_engine_ = std::max(last_engine_, recorded.engine);
  // What the rules do not give may be on a stream that never was: cores fold what cores decided.
  if (!sound_) return out;
  fold_.apply(recorded);
  if (fold_.changed() >= changed_max) NRM_TRY(write());
  return out;
}

Result<void> Recompute::write() {
  Batch batch;
  fold_.flush(batch);
  return target_.commit(batch, Sync::no);
}

std::string Recompute::differs(const Record& recorded, std::string_view bytes) {
  if (recorded.at < last_at_) return "its time is before that of the record before it";
  // A log has the pack of its record 0 and what it adopted since, and an engine does not grow
  // younger: else whoever forges a record would only have to name other rules.
  if (recorded.policy != policies_.name_at(recorded.at))
    return "it names another pack than its log has then";
  // The first engine was 1.
  if (recorded.engine == 0 || recorded.engine > newest_ || recorded.engine < last_engine_)
    return "it names an engine that did not write this log then";
  rules_ = recorded.engine == newest_ ? &core_ : asks_.golden(recorded.engine);
  if (rules_ == nullptr) {
    ++counts_.by_older_rules;
    return {};
  }
  return std::visit([&](const auto& note) { return differs(recorded, bytes, note); },
                    recorded.input);
}

// What a process says of itself: its opening, and its keys, which the layer `checkpoints` checks.
std::string Recompute::differs(const Record& recorded, std::string_view, const OpenedNote&) {
  for (const Emit& emit : recorded.events) {
    if (emit.stream.kind != StreamKind::log) return "nobody asked for it, and it is not of the log";
    const auto* opened = get_if<LogOpened>(&emit.event);
    if (opened != nullptr && opened->policy_digest != pack_.digest)
      return "its log was opened under another pack than this folder has";
    if (const auto* adoption = get_if<PolicyAdopted>(&emit.event))
      if (std::string why = adopts(*adoption); !why.empty()) return why;
  }
  return recorded.clocks.empty() && !recorded.rejection ? "" : "nobody asked for it";
}

std::string Recompute::adopts(const PolicyAdopted& adoption) {
  auto policy = pack_.adopted ? pack_.adopted(adoption.policy_digest) : nullptr;
  if (!policy) return "it adopts " + adoption.policy + ", whose rules are not here";
  if (policy->name() != adoption.policy) return "it adopts a pack under another name";
  policies_.take({adoption, std::move(policy)});
  return {};
}

std::string Recompute::differs(const Record& recorded, std::string_view bytes,
                               const CommandNote& note) {
  if (target_of(note.command) != core_.service()) return "the command is for another service";
  if (const auto earlier = fold_.earlier(note.key))
    return "the same request was answered by record " + std::to_string(earlier->seq);
  const auto expected = note.expects ? fold_.is_at(*note.expects) : Result<void>();
  if (!expected) return compare(recorded, bytes, expected.error());
  const Beside beside = asks_.beside(note.command);
  // Deciders trust that it is there.
  if (beside == Beside::missing && !recorded.rejection) return "it was taken without what it needs";
  std::string out;
  if (beside != Beside::missing) {
    const Input input{recorded.id, recorded.at, recorded.actor, note.command};
    out = compare(recorded, bytes, rules_->decide(fold_, input, policies_.at(recorded.at)));
    if (out.empty() || !recorded.rejection || beside == Beside::nothing) return out;
    --counts_.decided;
    if (recorded.engine < newest_) --counts_.by_golden_rules;
  }
  ++counts_.refused_first;
  return {};
}

std::string Recompute::differs(const Record& recorded, std::string_view bytes,
                               const ReceivedNote& note) {
  const auto named = asks_.named(note);
  if (!named && named.error().code == Code::unavailable) {
    ++counts_.cause_unread;
    return {};
  }
  if (!named)
    return "what it took is not there: record " + std::to_string(note.seq) + " of " + note.log;
  const Record& cause = **named;
  const bool forged = std::ranges::any_of(cause.events, [&](const Emit& emit) {
    const auto owner = owner_of(type_of(emit.event));
    return (owner && log_name(*owner) != note.log) ||
           (core_.wants(type_of(emit.event)) && emit.stream.kind != stream_kind_of(emit.event));
  });
  if (forged)  // ServiceLoop refuses the whole of it
    return recorded.rejection && recorded.clocks.empty() && !recorded.actor
               ? ""
               : "it took what its sender may not say";
  if (note.index >= cause.events.size()) return "what it took has fewer events";
  if (recorded.actor != cause.actor) return "it names another actor than its cause";
  const Emit& emit = cause.events[note.index];
  const Input input{recorded.id, recorded.at, recorded.actor,
                    Received{note.log, note.seq, note.index, note.hash, emit.stream, emit.event}};
  return compare(recorded, bytes, rules_->decide(fold_, input, policies_.at(recorded.at)));
}

std::string Recompute::differs(const Record& recorded, std::string_view bytes,
                               const DueNote& note) {
  if (!fold_.runs(note.stream, note.name, note.set_for) || recorded.at < note.set_for)
    return "that clock had not run out";
  if (recorded.actor) return "a clock has no actor";
  const Input input{recorded.id, recorded.at, recorded.actor,
                    Due{note.stream, note.name, note.set_for}};
  return compare(recorded, bytes, rules_->decide(fold_, input, policies_.at(recorded.at)));
}

std::string Recompute::compare(const Record& recorded, std::string_view bytes,
                               Result<Decision> again) {
  ++counts_.decided;
  if (recorded.engine < newest_) ++counts_.by_golden_rules;
  Record record{.seq = recorded.seq,
                .id = recorded.id,
                .at = recorded.at,
                .actor = recorded.actor,
                .input = recorded.input,
                .policy = recorded.policy,
                .engine = recorded.engine};
  put_decided(std::move(again), record);
  std::string text;
  write_record(text, record);
  if (text == bytes) return {};
  const std::string is = in_words(recorded), should = in_words(record);
  return "decided again it gives " +
         (is == should ? should + ", with other content or clocks" : should + ", and not " + is);
}
}  // namespace nrm
