#include "services/gateway/log_feed.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/json_text.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm::gateway {
namespace {
// After so many that do not match a reader is told where the feed is.
constexpr std::uint64_t passed_max = 8'192;

template <class Each>
void each_part(std::string_view list, const Each& each) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    each(list.substr(0, comma));
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
  }
}

std::string_view text(json::Value object, std::string_view member) {
  const json::Value value = object ? object.find(member) : json::Value();
  return value && value.kind() == json::Kind::string ? value.text() : std::string_view();
}

std::optional<std::size_t> log_of(std::string_view name) {
  for (std::size_t i = 0; i < std::size(log_owners); ++i)
    if (log_name(log_owners[i]) == name) return i;
  return std::nullopt;
}

// What a command is about, by its members' names: "subject" is a case, "referral" a referral …
template <class Each>
void each_named(json::Value input, const Each& each) {
  const json::Value data = input ? input.find("data") : json::Value();
  if (!data || data.kind() != json::Kind::object) return;
  for (const json::Value member : data) {
    if (member.kind() != json::Kind::string) continue;
    const std::string kind(member.key() == "subject" ? to_text(StreamKind::case_) : member.key());
    if (const auto key = StreamKey::parse(kind + '/' + std::string(member.text()))) each(*key);
  }
}

void append(std::string& out, std::string_view member, std::string_view value) {
  out += ",\"";
  out += member;
  out += "\":";
  json::append_string(out, value);
}
}  // namespace

std::string place_text(const FeedPlace& place) {
  std::string out;
  for (const std::uint64_t next : place) out += (out.empty() ? "" : ".") + std::to_string(next);
  return out;
}

std::optional<FeedPlace> read_feed_place(std::string_view text) {
  FeedPlace out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    const auto [end, fault] = std::from_chars(part.data(), part.data() + part.size(), out[i]);
    if (fault != std::errc() || end != part.data() + part.size()) return std::nullopt;
    if ((dot == text.npos) != (i + 1 == out.size())) return std::nullopt;
    text = dot == text.npos ? std::string_view() : text.substr(dot + 1);
  }
  return out;
}

bool FeedFilter::follows(Service service) const {
  return services.empty() || std::ranges::find(services, service) != services.end();
}

Result<FeedFilter> read_feed_filter(std::string_view services, std::string_view types,
                                    std::string_view subject) {
  FeedFilter out;
  bool good = true;
  each_part(services, [&](std::string_view name) {
    const auto service = enum_from<Service>(name);
    good &= service && std::ranges::find(log_owners, *service) != std::end(log_owners);
    if (good) out.services.push_back(*service);
  });
  if (!good)
    return Error(Code::unknown_code, "",
                 "service: vault, identification, referral, assistance or closure");
  std::vector<std::string_view> known{refused_type};
  for (const Service service : log_owners) {
    const auto owned = unwanted_types(service, [](std::string_view) { return false; });
    known.insert(known.end(), owned.begin(), owned.end());
  }
  each_part(types, [&](std::string_view type) {
    good &= std::ranges::find(known, type) != known.end();
    out.types.emplace_back(type);
  });
  if (!good) return Error(Code::unknown_code, "", "type: an event type, as nrm.case.closed.v1");
  if (subject.empty()) return out;
  out.subject = Uuid::parse(subject);
  if (!out.subject) return Error(Code::bad_request, "", "case: the id of a case");
  return out;
}

LogFeed::LogFeed(const FeedPlace& from, FeedFilter filter, SubjectOf subject_of)
    : place_(from), filter_(std::move(filter)), subject_of_(std::move(subject_of)) {}

std::string_view LogFeed::Held::record() const {
  const auto high = static_cast<unsigned char>(bytes[at]);
  const auto low = static_cast<unsigned char>(bytes[at + 1]);
  return std::string_view(bytes).substr(at + 2, std::size_t{high} << 8 | low);
}

std::vector<LogFeed::Want> LogFeed::wants() const {
  std::vector<Want> out;
  for (std::size_t i = 0; i < place_.size(); ++i)
    if (follows(i) && held_[i].empty() && place_[i] < ends_[i])
      out.push_back({log_owners[i], place_[i]});
  return out;
}

bool LogFeed::all_taken() const {
  for (std::size_t i = 0; i < place_.size(); ++i)
    if (follows(i) && place_[i] < ends_[i]) return false;
  return true;
}

Result<void> LogFeed::put(const Want& want, std::string stretch) {
  const auto log = static_cast<std::size_t>(std::ranges::find(log_owners, want.service) -
                                            std::begin(log_owners));
  if (!held_[log].empty() || place_[log] != want.from) return {};
  for (std::size_t at = 0; at < stretch.size();) {
    if (stretch.size() - at < 2) return Error(Code::corrupt, "", "a stretch is cut off");
    Held probe;
    const auto high = static_cast<unsigned char>(stretch[at]);
    const auto low = static_cast<unsigned char>(stretch[at + 1]);
    at += 2 + (std::size_t{high} << 8 | low);
    if (at > stretch.size()) return Error(Code::corrupt, "", "a stretch is cut off");
  }
  held_[log] = Held{.bytes = std::move(stretch), .at = 0, .time = {}, .cause = {}, .known = false};
  return {};
}

// Time and cause of the record that stands there. False: it is not the record of this number.
bool LogFeed::look(std::size_t log) {
  Held& held = held_[log];
  if (held.known) return true;
  if (!document_.parse_trusted(held.record())) return false;
  const json::Value root = document_.root();
  if (root.kind() != json::Kind::object) return false;
  const auto at = Instant::parse(text(root, "at"));
  const json::Value number = root.find("seq"), input = root.find("input");
  if (!at || !number || number.kind() != json::Kind::integer || !input ||
      static_cast<std::uint64_t>(number.integer()) != place_[log])
    return false;
  held.time = *at;
  held.cause.reset();
  if (const auto owner = log_of(text(input, "log"))) {
    const json::Value seq = input.find("seq");
    if (seq && seq.kind() == json::Kind::integer)
      held.cause.emplace(*owner, static_cast<std::uint64_t>(seq.integer()));
  }
  return held.known = true;
}

bool LogFeed::may_go(const Held& held) const {
  return !held.cause || !follows(held.cause->first) ||
         held.cause->second < place_[held.cause->first];
}

std::optional<LogFeed::Event> LogFeed::next() {
  while (!broken_ && passed_ < passed_max) {
    // While some of a log is on its way, nobody knows what is next by time.
    if (!wants().empty()) return std::nullopt;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      Held& held = held_[i];
      if (held.empty() || place_[i] >= ends_[i]) continue;
      if (broken_ = !look(i); broken_) return std::nullopt;
      if (may_go(held) && (!best || held.time < held_[*best].time)) best = i;
    }
    if (!best) return std::nullopt;
    Held& held = held_[*best];
    const std::string_view record = held.record();
    CHECK(document_.parse_trusted(record), "it was parsed just now");
    const bool wanted = matches(document_.root());
    ++place_[*best];
    std::optional<Event> event;
    if (wanted) event = event_of(*best, record);
    held.at += 2 + record.size();
    held.known = false;
    ++passed_;
    if (event) return event;
  }
  return std::nullopt;
}

bool LogFeed::is_of_case(const StreamKey& stream) const {
  if (stream.kind == StreamKind::case_) return stream.id == *filter_.subject;
  return subject_of_(stream) == *filter_.subject;
}
bool LogFeed::is_of_case(json::Value stream) const {
  const auto key = stream && stream.kind() == json::Kind::string ? StreamKey::parse(stream.text())
                                                                 : std::nullopt;
  return key && is_of_case(*key);
}

// A record holds the type and is about the case, in its events, its input, or what it answers.
bool LogFeed::matches(json::Value record) const {
  const json::Value events = record.find("events");
  if (!filter_.types.empty()) {
    const auto wants = [&](std::string_view type) {
      return std::ranges::find(filter_.types, type) != filter_.types.end();
    };
    bool found = wants(refused_type) && bool(record.find("rejection"));
    if (events)
      for (const json::Value event : events) found |= wants(text(event, "type"));
    if (!found) return false;
  }
  if (!filter_.subject) return true;
  const std::string id = filter_.subject->text();
  const auto names = [&](json::Value object) {
    if (!object || object.kind() != json::Kind::object) return false;
    for (const json::Value member : object)
      if (member.kind() == json::Kind::string && member.text() == id) return true;
    return false;
  };
  if (events)
    for (const json::Value event : events)
      if (is_of_case(event.find("stream")) || names(event.find("data"))) return true;
  const json::Value input = record.find("input");
  if (names(input.find("data")) || is_of_case(input.find("stream"))) return true;
  const json::Value expects = input.find("expects");
  bool found = expects && is_of_case(expects.find("stream"));
  if (record.find("rejection"))
    each_named(input, [&](const StreamKey& key) { found |= is_of_case(key); });
  return found;
}

LogFeed::Event LogFeed::event_of(std::size_t log, std::string_view record) const {
  const json::Value root = document_.root();
  Event out{.cursor = place_text(place_), .json = R"({"specversion":"1.0")"};
  out.json.reserve(record.size() + 384);
  append(out.json, "id", std::to_string(root.find("seq").integer()));
  append(out.json, "source", log_name(log_owners[log]));
  append(out.json, "type", "nrm.record.v1");
  if (const json::Value events = root.find("events"))
    for (const json::Value event : events) {
      append(out.json, "subject", text(event, "stream"));
      break;
    }
  if (const json::Value rejection = root.find("rejection")) {
    std::optional<StreamKey> about;
    each_named(root.find("input"), [&](const StreamKey& key) {
      if (!about) about = key;
    });
    if (about) append(out.json, "subject", about->text());
    append(out.json, "refused", text(rejection, "code"));
  }
  append(out.json, "time", text(root, "at"));
  append(out.json, "leafhash", leaf_hash(record).hex());
  append(out.json, "cursor", out.cursor);
  append(out.json, "datacontenttype", "application/json");
  out.json += ",\"data\":";
  out.json += record;
  out.json += '}';
  return out;
}

LogFeed::Event LogFeed::bookmark(Instant now) const {
  Event out{.cursor = place_text(place_), .json = R"({"specversion":"1.0")"};
  append(out.json, "id", out.cursor + '@' + now.text());
  append(out.json, "source", "feed");
  append(out.json, "type", "nrm.feed.bookmark.v1");
  append(out.json, "time", now.text());
  append(out.json, "cursor", out.cursor);
  append(out.json, "datacontenttype", "application/json");
  out.json += std::string(",\"data\":{\"caught_up\":") + (caught_up() ? "true" : "false") + "}}";
  return out;
}
}  // namespace nrm::gateway
