#include "common/event/commands.hpp"

namespace nrm {
template class OneOf<Command>;
}  // namespace nrm
