#include "common/event/record_reader.hpp"

#include "common/base/json_text.hpp"
#include "common/event/codec.hpp"

namespace nrm {
namespace {
Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }

template <class T>
bool read_tolerant(json::Value in, T& out) {
  Reading reading(Unknown::ignore);
  return in && read_json(in, out, reading);
}
}  // namespace

Result<void> RecordReader::open(std::string_view bytes) {
  bytes_ = bytes;
  actor_.reset();
  request_.reset();
  due_.reset();
  texts_.clear();
  begun_ = index_ = 0;
  unread_ = ended_ = false;
  scan_.emplace(bytes, Unknown::ignore);
  if (scan_head()) return {};
  return begin_tree();
}

bool RecordReader::scan_head() {
  Uuid id;
  if (!scan_->take("{\"seq\":") || !scan_json(*scan_, seq_) || !scan_->take(",\"id\":") ||
      !scan_json(*scan_, id) || !scan_->take(",\"at\":") || !scan_json(*scan_, at_))
    return false;
  if (scan_->take(",\"actor\":") && !scan_json(*scan_, actor_)) return false;
  if (!scan_->take(",\"input\":") || !scan_input()) return false;
  // No text holds an unescaped quote, so these bytes are the member itself. A record without events
  // is rare, and the tree's.
  constexpr std::string_view begin = ",\"events\":[";
  const auto at = scan_->rest().find(begin);
  if (at == std::string_view::npos) return false;
  scan_->drop(at + begin.size());
  return true;
}

bool RecordReader::scan_input() {
  if (scan_->take("{\"command\":")) {
    std::string_view type;
    request_.emplace();
    return scan_->string(type) && scan_->take(",\"key\":") && scan_json(*scan_, request_->key) &&
           scan_->take(",\"digest\":") && scan_json(*scan_, request_->digest);
  }
  if (scan_->take("{\"due\":")) {
    due_.emplace();
    return scan_json(*scan_, due_->name) && scan_->take(",\"stream\":") &&
           scan_json(*scan_, due_->stream) && scan_->take(",\"set_for\":") &&
           scan_json(*scan_, due_->set_for);
  }
  return true;
}

Result<void> RecordReader::begin_tree() {
  scan_.reset();
  NRM_TRY(document_.parse_trusted(bytes_));
  const json::Value root = document_.root();
  NRM_TRY_ASSIGN(const RecordOutline outline, read_outline(root));
  seq_ = outline.seq;
  at_ = outline.at;
  actor_ = outline.actor;
  const json::Value input = root.find("input");
  if (!input) return corrupt("a record without an input");
  request_.reset();
  due_.reset();
  if (input.find("command")) {
    request_.emplace();
    if (!read_tolerant(input.find("key"), request_->key) ||
        !read_tolerant(input.find("digest"), request_->digest))
      return corrupt("a command without its key");
  } else if (input.find("due")) {
    due_.emplace();
    if (!read_tolerant(input.find("due"), due_->name) ||
        !read_tolerant(input.find("stream"), due_->stream) ||
        !read_tolerant(input.find("set_for"), due_->set_for))
      return corrupt("a clock without its time");
  }
  return {};
}

Result<bool> RecordReader::next() {
  if (ended_) return false;
  if (scan_) {
    if (const auto came = scan_next()) return *came;
    NRM_TRY(begin_tree());
  }
  return next_in_tree();
}

std::optional<bool> RecordReader::scan_next() {
  if (begun_ > 0) {
    if ((unread_ && !scan_->skip()) || !scan_->take("}")) return std::nullopt;
    unread_ = false;
    ended_ = scan_->take("]");
    if (ended_) return false;
    if (!scan_->take(",")) return std::nullopt;
  }
  if (!scan_->take("{\"type\":") || !scan_->string(type_) || !scan_->take(",\"stream\":") ||
      !scan_json(*scan_, stream_) || !scan_->take(",\"data\":"))
    return std::nullopt;
  index_ = begun_++;
  unread_ = true;
  return true;
}

Result<bool> RecordReader::next_in_tree() {
  const json::Value events = document_.root().find("events");
  std::uint32_t at = 0;
  for (const json::Value event : events) {
    if (at++ != begun_) continue;
    const json::Value type = event.find("type");
    data_ = event.find("data");
    if (!type || !data_ || !read_tolerant(event.find("stream"), stream_))
      return corrupt("an event without its members");
    type_ = type.text();
    index_ = begun_++;
    return true;
  }
  ended_ = true;
  return false;
}

Result<Event> RecordReader::event() {
  CHECK(begun_ > 0 && !ended_, "next() came to an event");
  if (scan_) {
    Event event;
    const std::string_view before = scan_->rest();
    if (scan_event(type_, *scan_, event)) {
      data_text_ = before.substr(0, before.size() - scan_->rest().size());
      unread_ = false;
      return event;
    }
    NRM_TRY(begin_tree());
    begun_ = index_;
    NRM_TRY(next_in_tree());
  }
  return read_event(type_, data_, Unknown::ignore);
}

std::string_view RecordReader::data() {
  CHECK(begun_ > 0 && !ended_ && !(scan_ && unread_), "event() came before");
  if (scan_) return data_text_;
  json::append_value(texts_.emplace_back(), data_);
  return texts_.back();
}

Result<std::vector<ClockChange>> RecordReader::clocks() {
  CHECK(ended_, "the clocks come after the events");
  std::vector<ClockChange> out;
  if (scan_) {
    if (scan_->take(",\"clocks\":")) {
      if (scan_json(*scan_, out)) return out;
    } else if (scan_->rest().starts_with(",\"rejection\":") ||
               scan_->rest().starts_with(",\"policy\":")) {
      return out;  // it has none; anything else is no record of ours, or one that is cut short
    }
    NRM_TRY(begin_tree());
    out.clear();
  }
  const json::Value clocks = document_.root().find("clocks");
  if (clocks && !read_tolerant(clocks, out)) return corrupt("clocks that cannot be read");
  return out;
}
}  // namespace nrm
