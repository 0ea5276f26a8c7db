#include "common/http/event_stream.hpp"

#include "common/base/limits.hpp"
#include "common/http/http.hpp"

namespace nrm::http {
Result<bool> EventReader::feed(std::string_view bytes, const Take& take) {
  for (const char c : bytes) {
    const bool second_half = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_half) continue;
    if (c == '\r' || c == '\n') {
      if (end_line(take)) return true;
      continue;
    }
    line_ += c;
    if (line_.size() + data_.size() > limits::http_event_bytes_max)
      return Error(Code::too_large, {}, "a server-sent event beyond the limit");
  }
  return false;
}

bool EventReader::end_line(const Take& take) {
  std::string_view line = line_;
  if (at_start_ && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  at_start_ = false;
  bool stop = false;
  if (line.empty()) {
    // The block ends. One without data is no event, but its id counts.
    if (!data_.empty()) {
      data_.pop_back();  // the line end after the last data line
      stop = !take(id_, data_);
    }
    data_.clear();
  } else {
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);  // a comment starts with the colon: no field
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
      data_ += value;
      data_ += '\n';
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
      id_ = value;
    }
  }
  line_.clear();
  return stop;
}

std::string event_text(std::string_view id, std::string_view data) {
  std::string out;
  out.reserve(id.size() + data.size() + 16);
  if (!id.empty()) {
    CHECK(id.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
          "the id of an event is one line");
    out += "id: ";
    out += id;
    out += '\n';
  }
  for (bool last = false; !last;) {
    const auto end = data.find_first_of("\r\n");
    last = end == std::string_view::npos;
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (last) break;
    const bool pair = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (pair ? 2 : 1));
  }
  out += '\n';
  return out;
}
}  // namespace nrm::http
