// Question: one command of a client on its way to the service that decides it, and what comes back.
// The seam between routes and the bus; tests answer with a function object.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/sensitive.hpp"
#include "common/runtime/messages.hpp"

namespace nrm::gateway {
struct Question {
  Service service{};
  std::string key;  // 16 bytes, see wire_key()
  Actor actor;
  std::optional<Expectation> expects;
  std::string_view type;  // a literal
  std::string data;
  Sensitive<std::string> personal;  // to the vault alone
  bool urgent = false;              // goes before others that wait
};
// The answer borrows and is valid during the call. ERRORS: unavailable.
using Answered = std::function<void(Result<wire::Answer>)>;
// Calls `done` once, now or later, on any thread.
using Ask = std::function<void(Question, Answered done)>;
}  // namespace nrm::gateway
