#include "common/event/events.hpp"

namespace nrm {
template class OneOf<Event>;
}  // namespace nrm
