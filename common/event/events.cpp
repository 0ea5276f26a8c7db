#include "common/event/events.hpp"

#include <memory>

namespace nrm {
Event::Event() = default;
Event::Event(const Event& other) = default;
Event::Event(Event&& other) noexcept = default;
Event::~Event() = default;

// Not the variant's own: that is compiled for each of two hundred types assigned to the same type
// and to another one, and took half of this file's five minutes.
Event& Event::operator=(const Event& other) {
  if (this != &other) *this = Event(other);
  return *this;
}
Event& Event::operator=(Event&& other) noexcept {
  if (this == &other) return *this;
  std::destroy_at(this);
  return *std::construct_at(this, std::move(other));
}
}  // namespace nrm
