// Server-sent events as text (WHATWG HTML, 9.2.6): written by servers, read by Client::follow.
//
// THREAD: one at a time. OWNERSHIP: what `take` gets is borrowed for the call.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace nrm::http {
class EventReader {
 public:
  using Take = std::function<bool(std::string_view id, std::string_view data)>;

  // Feeds bytes as they come, cut anywhere. True: `take` returned false, and no more is wanted.
  // ERRORS: too_large (an event beyond limits::http_event_bytes_max).
  Result<bool> feed(std::string_view bytes, const Take& take);

 private:
  bool end_line(const Take& take);  // true: stop

  std::string line_, data_, id_;
  bool at_start_ = true;   // a byte order mark may come
  bool after_cr_ = false;  // a line feed now belongs to the line end before
};
}  // namespace nrm::http
