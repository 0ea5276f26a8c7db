#include "common/runtime/messages.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

namespace nrm::wire {
namespace {
// Appends little-endian numbers and length-prefixed texts.
class Writer {
 public:
  void number(std::uint64_t value, int bytes = 8) {
    char little[8];
    for (int i = 0; i < 8; ++i) little[i] = static_cast<char>(value >> (8 * i));
    out.append(little, static_cast<std::size_t>(bytes));
  }
  void text(std::string_view value) {
    number(value.size(), 4);
    out += value;
  }
  void raw(std::string_view value) { out += value; }
  std::string out;
};

// Reads what Writer wrote. After the first fault every answer is empty and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  std::uint64_t number(int bytes = 8) {
    const auto part = raw(static_cast<std::size_t>(bytes));
    std::uint64_t value = 0;
    for (std::size_t i = part.size(); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(part[i]);
    return value;
  }
  std::string_view text() { return raw(number(4)); }
  std::string_view raw(std::size_t size) {
    if (size > in_.size()) {
      good_ = false;
      in_ = {};
      return {};
    }
    const auto part = in_.substr(0, size);
    in_.remove_prefix(size);
    return part;
  }
  Hash hash() { return Hash::from(raw(32)).value_or(Hash{}); }
  bool more() const { return good_ && !in_.empty(); }
  bool good() const { return good_; }
  bool done() const { return good_ && in_.empty(); }

 private:
  std::string_view in_;
  bool good_ = true;
};

void write_uuid(Writer& w, const Uuid& id) {
  w.raw({reinterpret_cast<const char*>(id.bytes.data()), 16});
}
Uuid read_uuid(Reader& r) {
  Uuid id;
  const auto raw = r.raw(16);
  for (std::size_t i = 0; i < raw.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(raw[i]);
  return id;
}

std::optional<Ask> read_ask(Reader& r) {
  Ask ask;
  ask.number = r.number();
  ask.key = r.raw(16);
  ask.actor.account = AccountId(read_uuid(r));
  ask.actor.organisation = OrganisationId(read_uuid(r));
  const auto role = r.number(1);
  if (role >= boost::mp11::mp_size<boost::describe::describe_enumerators<Role>>::value)
    return std::nullopt;
  ask.actor.role = static_cast<Role>(role);
  if (r.number(1) == 1) {
    const auto stream = StreamKey::parse(r.text());
    const auto version = r.number();
    if (!stream) return std::nullopt;
    ask.expects = Expectation{*stream, version};
  }
  ask.type = r.text();
  ask.data = r.text();
  ask.personal = r.text();
  return ask;
}

// Answers of one commit share their checkpoint: it is in the message once, in frame 1.
enum CheckpointIs : std::uint8_t { none, of_the_message, its_own };

std::optional<Answer> read_answer(Reader& r, std::string_view shared) {
  Answer answer;
  answer.number = r.number();
  if (r.number(1) == 1) {
    const auto code = code_from(r.text());
    const std::string where(r.text()), detail(r.text());
    if (!code) return std::nullopt;
    answer.rejection.emplace(*code, where, detail);
  }
  answer.seq = r.number();
  answer.leaf = r.hash();
  answer.record = r.text();
  const auto checkpoint = r.number(1);
  if (checkpoint > its_own) return std::nullopt;
  answer.checkpoint = checkpoint == its_own          ? r.text()
                      : checkpoint == of_the_message ? shared
                                                     : std::string_view();
  answer.opened = r.text();
  answer.repeated = r.number(1) == 1;
  return answer;
}

template <class Out, class Item, class Read>
std::optional<Message> read_list(std::string_view in, Read read) {
  Out out;
  Reader r(in);
  while (r.more()) {
    auto item = read(r);
    if (!item || !r.good()) return std::nullopt;
    out.items.push_back(std::move(*item));
  }
  return Message(std::move(out));
}
}  // namespace

Frames write(const Resume& m) {
  Writer w;
  w.text(m.log), w.number(m.next), w.raw(m.last.view()), w.number(m.credit_until);
  for (const auto type : m.skips) w.text(type);
  return {"RESUME", std::move(w.out)};
}
Frames write(const Records& m) {
  Writer head, list;
  CHECK(m.items.empty() || !m.items.back().empty() || m.last, "the last record has its hash");
  head.text(m.log), head.number(m.first), head.number(m.head);
  if (m.last) head.raw(m.last->view());
  for (const auto item : m.items) list.text(item);
  return {"RECORDS", std::move(head.out), std::move(list.out)};
}
Frames write(const Credit& m) {
  Writer w;
  w.text(m.log), w.number(m.until);
  return {"CREDIT", std::move(w.out)};
}
Frames write(const Beat& m) {
  Writer w;
  w.text(m.log), w.number(m.head), w.number(static_cast<std::uint64_t>(m.at.ms));
  w.text(m.checkpoint);
  if (m.seen.empty()) return {"BEAT", std::move(w.out)};
  Writer seen;
  for (const std::string& note : m.seen) seen.text(note);
  return {"BEAT", std::move(w.out), std::move(seen.out)};
}
Frames write(const Refused& m) {
  Writer w;
  w.text(m.log), w.text(m.why);
  return {"REFUSED", std::move(w.out)};
}

Frames write(const Prove& m) {
  Writer w;
  w.text(m.log), w.number(m.old_size), w.number(m.size);
  return {"PROVE", std::move(w.out)};
}
Frames write(const Proof& m) {
  Writer w;
  w.text(m.log), w.number(m.old_size), w.number(m.size);
  for (const Hash& hash : m.hashes) w.raw(hash.view());
  return {"PROOF", std::move(w.out)};
}

Frames write(const Asks& m) {
  Writer w;
  for (const Ask& ask : m.items) {
    CHECK(ask.key.size() == 16, "an idempotency key is 16 bytes here");
    w.number(ask.number), w.raw(ask.key);
    write_uuid(w, ask.actor.account), write_uuid(w, ask.actor.organisation);
    w.number(static_cast<std::uint64_t>(ask.actor.role), 1);
    w.number(ask.expects ? 1 : 0, 1);
    if (ask.expects) w.text(ask.expects->stream.text()), w.number(ask.expects->version);
    w.text(ask.type), w.text(ask.data), w.text(ask.personal);
  }
  return {"ASK", {}, std::move(w.out)};
}

Frames write(const Answers& m) {
  Writer w;
  std::string_view shared;
  for (const Answer& answer : m.items) {
    w.number(answer.number), w.number(answer.rejection ? 1 : 0, 1);
    if (answer.rejection)
      w.text(row_of(answer.rejection->code).name), w.text(answer.rejection->where),
          w.text(answer.rejection->detail);
    w.number(answer.seq), w.raw(answer.leaf.view());
    w.text(answer.record);
    if (shared.empty()) shared = answer.checkpoint;
    if (answer.checkpoint.empty())
      w.number(none, 1);
    else if (answer.checkpoint == shared)
      w.number(of_the_message, 1);
    else
      w.number(its_own, 1), w.text(answer.checkpoint);
    w.text(answer.opened);
    w.number(answer.repeated ? 1 : 0, 1);
  }
  return {"ANSWER", std::string(shared), std::move(w.out)};
}

Frames write(const Fetch& m) {
  Writer w;
  w.number(m.number), w.text(m.log), w.text(m.what), w.number(m.from);
  return {"FETCH", std::move(w.out)};
}
Frames write(const Fetched& m) {
  Writer w;
  w.number(m.number), w.text(m.refused ? row_of(*m.refused).name : std::string_view());
  w.number(m.whole);
  return {"FETCHED", std::move(w.out), std::string(m.bytes)};
}

std::optional<Message> read(const Frames& frames) {
  if (frames.size() < 2) return std::nullopt;
  const std::string_view verb = frames[0];
  Reader r(frames[1]);
  if (verb == "ASK" || verb == "ANSWER") {
    if (frames.size() != 3) return std::nullopt;
    return verb == "ASK" ? read_list<Asks, Ask>(frames[2], read_ask)
                         : read_list<Answers, Answer>(frames[2], [&](Reader& list) {
                             return read_answer(list, frames[1]);
                           });
  }
  std::optional<Message> out;
  if (verb == "RESUME") {
    Resume m{.log = std::string(r.text()), .next = r.number()};
    m.last = r.hash(), m.credit_until = r.number();
    while (r.more() && m.skips.size() < limits::feed_skipped_types_max) m.skips.push_back(r.text());
    out = std::move(m);
  } else if (verb == "RECORDS" && frames.size() == 3) {
    Records m{.log = std::string(r.text()), .first = r.number(), .head = r.number()};
    Reader list(frames[2]);
    while (list.more()) m.items.push_back(list.text());
    if (r.more()) m.last = r.hash();
    if (!list.good() || (!m.items.empty() && m.items.back().empty() && !m.last))
      return std::nullopt;
    out = std::move(m);
  } else if (verb == "CREDIT") {
    out = Credit{std::string(r.text()), r.number()};
  } else if (verb == "BEAT") {
    Beat m{.log = std::string(r.text()), .head = r.number()};
    m.at.ms = static_cast<std::int64_t>(r.number());
    m.checkpoint = r.text();
    Reader seen(frames.size() > 2 ? std::string_view(frames[2]) : std::string_view());
    while (seen.more() && m.seen.size() < gossip_notes_max) m.seen.emplace_back(seen.text());
    if (!seen.good()) return std::nullopt;
    out = std::move(m);
  } else if (verb == "REFUSED") {
    Refused m{.log = std::string(r.text())};
    m.why = r.text();
    out = std::move(m);
  } else if (verb == "PROVE") {
    out = Prove{std::string(r.text()), r.number(), r.number()};
  } else if (verb == "PROOF") {
    Proof m{.log = std::string(r.text()), .old_size = r.number(), .size = r.number(), .hashes = {}};
    while (r.more() && m.hashes.size() < proof_hashes_max) m.hashes.push_back(r.hash());
    out = std::move(m);
  }
  if (verb == "FETCH") {
    Fetch m{.number = r.number()};
    m.log = r.text(), m.what = r.text(), m.from = r.number();
    out = std::move(m);
  } else if (verb == "FETCHED" && frames.size() == 3) {
    Fetched m{.number = r.number()};
    const auto code = r.text();
    if (!code.empty() && !(m.refused = code_from(code))) return std::nullopt;
    m.whole = r.number(), m.bytes = frames[2];
    out = std::move(m);
  }
  return out && r.done() ? std::move(out) : std::nullopt;
}
}  // namespace nrm::wire
