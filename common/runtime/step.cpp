#include "common/runtime/step.hpp"

#include <algorithm>

#include "common/base/hex.hpp"
#include "common/base/sensitive.hpp"
#include "common/runtime/decided.hpp"

namespace nrm {
Step::Step(Parts parts)
    : parts_(std::move(parts)), fold_(parts_.core, parts_.store), policies_(parts_.policy) {}

Result<std::unique_ptr<Step>> Step::open(Parts parts, Instant now) {
  std::unique_ptr<Step> step(new Step(std::move(parts)));
  NRM_TRY(step->load(now));
  step->checkpoint();  // kept with the first batch: no batch of records is without a note
  return step;
}

void Step::note(Event event, Instant now) {
  Input input = make_input(now, std::nullopt);
  Record record{.id = input.id, .at = input.at, .input = OpenedNote{}};
  record.events.push_back({StreamKey{StreamKind::log, record.id}, std::move(event)});
  take(std::move(record));
}

Result<void> Step::note_key(KeyUse use, const std::string& key,
                            const std::optional<std::string>& next, Instant now) {
  CHECK(idle(), "keys change between two batches");
  NRM_TRY_ASSIGN(auto noted, noted_key(parts_.store, use));
  const std::string& wanted = next ? *next : key;
  bool changed = !noted.has_value();
  if (!noted) noted = NotedKey{key, ""};  // of a log that a first build opened, or a first start
  if (noted->key != wanted) {
    const std::string signature = signer().sign(endorsement_text(parts_.origin, use, wanted));
    note(LogKeyAdopted{use, *Text<64>::parse(wanted), *Text<128>::parse(to_hex(signature))}, now);
    noted = NotedKey{wanted, noted->key};
    changed = true;
  }
  if (!next && !noted->before.empty()) {
    note(LogKeyRetired{use, *Text<64>::parse(noted->before)}, now);
    noted->before.clear();
    changed = true;
  }
  if (changed) put_noted_key(use, *noted, batch_);
  return {};
}

void Step::note_policy(const AdoptedPolicy& adopted, Instant now) {
  CHECK(idle(), "packs change between two batches");
  if (policies_.has(adopted.adoption.policy_digest)) return;
  note(adopted.adoption, now);  // by the version before
  policies_.take(adopted);
  put_noted_policies(policies_.adoptions(), batch_);
}

Input Step::make_input(Instant now, std::optional<Actor> actor) {
  // Log time never runs backwards, whatever the machine's clock does.
  last_at_ = std::max(last_at_, now);
  return {.id = parts_.entropy.uuid(), .at = last_at_, .actor = actor, .what = {}};
}

Result<Command> Step::read_asked(const wire::Ask& ask) {
  // The gateway read the client's bytes strictly and wrote these itself: one look is enough.
  if (ask.data.size() > limits::body_bytes_max)
    return Error(Code::too_large, "", "the command is too large");
  Command command;
  Scan scan(ask.data, Unknown::refuse);
  if (!scan_command(ask.type, scan, command) || !scan.done()) {
    if (!document_.parse_trusted(ask.data))
      return Error(Code::malformed_json, "", "the command is not JSON");
    Reading reading(Unknown::refuse);
    NRM_TRY_ASSIGN(command, read_command(ask.type, document_.root(), reading));
  }
  if (target_of(command) != parts_.core.service())
    return Error(Code::bad_request, "", "this command is for another service");
  return command;
}

std::vector<Digest16> Step::digests_of(const wire::Ask& ask) const {
  std::string coded(ask.type);
  coded.append(1, '\n').append(ask.data).append(1, '\n');
  coded = crypto::keyed_digest(secret_, coded, 16);
  if (ask.personal.empty()) return {Digest16::from(coded)};
  std::vector<Digest16> out;
  const auto add = [&](std::string_view key) {
    const std::string personal = crypto::keyed_digest(key, ask.personal, 16);
    out.push_back(Digest16::from(coded.substr(0, 8) + personal.substr(0, 8)));
  };
  if (parts_.hooks != nullptr)
    for (const crypto::SecretKey* key : parts_.hooks->request_keys()) add(key->reveal());
  if (out.empty()) add(secret_);
  return out;
}

namespace {
Error reused(const wire::Ask& ask) {
  return Error(Code::key_reused, "",
               ask.personal.empty()
                   ? "this key came before with other content"
                   : "this key came before with other content, or too long ago to compare personal "
                     "parts: look whether it was taken in before you send it with a new key");
}
}  // namespace

Result<Decision> Step::decide(Input& input, const wire::Ask& ask, Batch& sealed) {
  const auto redacted = parts_.core.redact(fold_, input, policy_at(input.at));
  if (ask.expects) NRM_TRY(fold_.is_at(*ask.expects));
  NRM_TRY(redacted);
  if (parts_.hooks != nullptr) NRM_TRY(parts_.hooks->before(input, ask.personal, sealed));
  return parts_.core.decide(fold_, input, policy_at(input.at));
}

void Step::ask(const wire::Ask& ask, std::uint64_t ticket, Instant now) {
  auto command = read_asked(ask);
  if (!command) {
    tickets_.push_back({.ticket = ticket, .fault = command.error()});
    return;
  }
  const Digest16 key = Digest16::from(ask.key);
  const std::vector<Digest16> digests = digests_of(ask);
  if (const auto before = fold_.earlier(key)) {
    const bool same = std::ranges::any_of(digests, [&](const Digest16& digest) {
      return crypto::equal(before->digest.view(), digest.view());
    });
    if (same)
      tickets_.push_back({.ticket = ticket, .seq = before->seq, .repeated = true});
    else
      tickets_.push_back({.ticket = ticket, .fault = reused(ask)});
    return;
  }
  Input input = make_input(now, ask.actor);
  input.what = std::move(command).value();
  Batch sealed;
  auto decision = decide(input, ask, sealed);
  Record record{.id = input.id, .at = input.at, .actor = input.actor};
  if (decision)
    for (const auto& change : sealed.changes())
      batch_.put(change.family, change.key, *change.value);
  put_decided(std::move(decision), record);
  record.input = CommandNote{.command = std::move(std::get<Command>(input.what)),
                             .key = key,
                             .digest = digests.front(),
                             .expects = ask.expects};
  const std::uint64_t seq = tree_.size();
  take(std::move(record));
  tickets_.push_back({.ticket = ticket, .seq = seq});
}

void Step::receive(Received received, std::optional<Actor> actor, Instant now) {
  ReceivedNote note{received.log, received.seq, received.index, received.hash};
  Input input = make_input(now, actor);
  input.what = std::move(received);
  auto decision = parts_.core.decide(fold_, input, policy_at(input.at));
  // Nothing to do here: the cursor moves, no record.
  if (decision && decision->events.empty() && decision->clocks.empty()) return;
  if (decision)
    for (const Emit& emit : decision->events) pressed_ |= parts_.core.presses(emit.event);
  Record record{.id = input.id, .at = input.at, .actor = actor, .input = std::move(note)};
  put_decided(std::move(decision),
              record);  // a rejection is the dead letter: visible, in order, for ever
  take(std::move(record));
}

void Step::refuse(ReceivedNote note, Error why, Instant now) {
  const Input input = make_input(now, std::nullopt);
  Record record{.id = input.id, .at = input.at, .input = std::move(note)};
  record.rejection = std::move(why);
  take(std::move(record));
}

void Step::due(const Due& due, Instant now) {
  // Cleared or moved by an earlier input of this batch.
  if (!fold_.runs(due.stream, due.name, due.set_for)) return;
  pressed_ = true;
  Input input = make_input(now, std::nullopt);
  input.what = due;
  auto decision = parts_.core.decide(fold_, input, policy_at(input.at));
  Record record{
      .id = input.id, .at = input.at, .input = DueNote{due.name, due.stream, due.set_for}};
  put_decided(std::move(decision), record);
  take(std::move(record));
}

void Step::ask_itself(Command command, Instant now) {
  Input input = make_input(now, std::nullopt);
  input.what = std::move(command);
  Record record{.id = input.id, .at = input.at};
  put_decided(parts_.core.decide(fold_, input, policy_at(input.at)), record);
  // Its own id: nobody can send this request again.
  const std::string_view id(reinterpret_cast<const char*>(input.id.bytes.data()), 16);
  const Digest16 once = Digest16::from(crypto::keyed_digest(secret_, id, 16));
  record.input = CommandNote{.command = std::move(std::get<Command>(input.what)),
                             .key = once,
                             .digest = once,
                             .expects = {}};
  take(std::move(record));
}

void Step::take(Record record) {
  record.seq = tree_.size();
  record.policy = policies_.name_at(record.at);
  CHECK(record.events.size() <= limits::events_per_record_max, "a decision is bounded");
  std::string bytes;
  bytes.reserve(1024);
  write_record(bytes, record);
  CHECK(bytes.size() <= limits::record_bytes_max, "a record fits its 16-bit length");
  fold_.apply(record);
  for (const ClockChange& change : record.clocks)
    if (change.due && (!earliest_due_ || *change.due < *earliest_due_)) earliest_due_ = change.due;
  if (parts_.hooks != nullptr) parts_.hooks->decided(record, batch_);
  if (records_.empty()) first_ = record.seq;
  batch_.put(Family::log, keys::log(record.seq), bytes);
  Outcome outcome{.leaf = leaf_hash(bytes), .rejection = record.rejection, .record = {}};
  tree_.append(outcome.leaf, batch_);
  records_.push_back(std::move(bytes));
  if (parts_.hooks != nullptr) outcome.record = std::move(record);
  outcomes_.push_back(std::move(outcome));
}

void Step::move_cursor(const std::string& log, const LogPlace& place) {
  cursors_[log] = place;
  moved_.insert(log);
}

bool Step::idle() const { return batch_.empty() && tickets_.empty() && moved_.empty(); }

Result<Step::Committed> Step::commit() {
  Committed out;
  for (const auto& log : moved_)
    batch_.put(Family::meta, keys::cursor(log), write_place(cursors_.at(log)));
  moved_.clear();
  if (!batch_.empty()) {
    if (!records_.empty()) {
      tree_.put_frontier(batch_);
      // The note over what was there before this batch: it was synced, so it may be kept.
      if (!checkpoint_.empty()) batch_.put(Family::meta, "checkpoint", checkpoint_);
    }
    // A cursor alone may be lost: what it passed over had no effect here.
    NRM_TRY(parts_.store.commit(batch_, records_.empty() ? Sync::no : Sync::yes));
    batch_.clear();
  }
  if (next_signer_) signer_ = std::exchange(next_signer_, std::nullopt);
  out.first = first_;
  out.records = std::move(records_);
  records_.clear();
  for (const Ticket& ticket : tickets_) NRM_TRY(complete(ticket, out));
  tickets_.clear();
  outcomes_.clear();
  pressed_ = false;
  return out;
}

Result<void> Step::write_back() {
  CHECK(idle(), "a batch is committed before the fold is written");
  if (folded_ == tree_.size()) return {};
  Batch batch;
  fold_.flush(batch);
  put_folded_until(tree_.size(), batch);
  // Who reads beside us (an export) finds a signed end soon after the last record, also of a log
  // that rests then.
  batch.put(Family::meta, "checkpoint", checkpoint());
  NRM_TRY(parts_.store.commit(batch, Sync::no));
  folded_ = tree_.size();
  return {};
}

Result<Step::Outcome> Step::read_outcome(std::string_view bytes) {
  NRM_TRY(document_.parse_trusted(bytes));
  NRM_TRY_ASSIGN(Record record, read_record(document_.root()));
  Outcome out{.leaf = leaf_hash(bytes), .rejection = record.rejection, .record = {}};
  if (parts_.hooks != nullptr) out.record = std::move(record);
  return out;
}

Result<void> Step::complete(const Ticket& ticket, Committed& out) {
  Answered answered{.ticket = ticket.ticket, .answer = {}};
  wire::Answer& answer = answered.answer;
  if (ticket.fault) {
    answer.rejection = ticket.fault;
    out.answers.push_back(std::move(answered));
    return {};
  }
  answer.seq = ticket.seq;
  answer.repeated = ticket.repeated;
  Outcome earlier;
  const Outcome* outcome = &earlier;
  if (ticket.seq >= out.first && ticket.seq - out.first < out.records.size()) {
    answer.record = out.records[ticket.seq - out.first];
    outcome = &outcomes_[ticket.seq - out.first];
  } else {
    NRM_TRY_ASSIGN(std::string bytes, read_record_bytes(ticket.seq));
    answer.record = out.kept.emplace_back(std::move(bytes));
    NRM_TRY_ASSIGN(earlier, read_outcome(answer.record));
  }
  if (out.checkpoint.empty()) out.checkpoint = out.kept.emplace_back(checkpoint());
  answer.checkpoint = out.checkpoint;
  answer.leaf = outcome->leaf;
  answer.rejection = outcome->rejection;
  if (parts_.hooks != nullptr && !answer.rejection) {
    // The record stands; what it promised may be gone by now (a stored answer to an old request).
    auto opened = parts_.hooks->answer(*outcome->record, ticket.repeated);
    if (opened)
      answer.opened = out.kept.emplace_back(opened->reveal());
    else
      answer.rejection = std::move(opened).error();
  }
  out.answers.push_back(std::move(answered));
  return {};
}

const std::string& Step::checkpoint() {
  CHECK(records_.empty(), "only what is on disk is signed");
  if (checkpoint_size_ != tree_.size()) {
    checkpoint_ = sign_note(write_checkpoint({parts_.origin, tree_.size(), tree_.root()}),
                            parts_.origin, signer());
    checkpoint_size_ = tree_.size();
  }
  return checkpoint_;
}

Result<void> Step::close() {
  NRM_TRY(write_back());
  Batch last;
  last.put(Family::meta, "checkpoint", checkpoint());
  NRM_TRY(parts_.store.commit(last, Sync::yes));
  return parts_.store.flush();
}

std::vector<Due> Step::overdue(Instant now, std::size_t max, Instant settled,
                               const std::set<StreamKey>& unsettled) {
  CHECK(idle(), "clocks are looked up before a batch");
  std::vector<Due> out;
  if (!earliest_due_ || now < *earliest_due_) return out;
  earliest_due_.reset();
  fold_.clocks([&](const keys::DueKey& due) {
    if (due.due > now || out.size() == max) {
      if (!earliest_due_) earliest_due_ = due.due;
      return false;
    }
    const bool waits =
        parts_.hooks != nullptr && !parts_.hooks->may_take_up({due.stream, due.clock, due.due});
    const bool unheard = due.due >= settled || unsettled.contains(due.stream);
    if (waits || (destroys(due.clock) && unheard)) {
      if (!earliest_due_) earliest_due_ = due.due;  // looked at again
      return true;
    }
    out.push_back({due.stream, due.clock, due.due});
    return true;
  });
  return out;
}

Result<std::string> Step::read_record_bytes(std::uint64_t seq) const {
  NRM_TRY_ASSIGN(auto bytes, parts_.store.get(Family::log, keys::log(seq)));
  if (!bytes) return Error(Code::corrupt, "", "record " + std::to_string(seq) + " is missing");
  return std::move(*bytes);
}

Result<Hash> Step::leaf(std::uint64_t seq) const {
  NRM_TRY_ASSIGN(const std::string bytes, read_record_bytes(seq));
  return leaf_hash(bytes);
}

LogPlace Step::cursor(const std::string& log) const {
  const auto found = cursors_.find(log);
  return found == cursors_.end() ? LogPlace{} : found->second;
}
}  // namespace nrm
