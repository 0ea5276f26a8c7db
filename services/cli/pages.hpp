// Lists of the API: all pages of one, item by item.
#pragma once
#include <functional>

#include "services/cli/api.hpp"

namespace nrm::cli {
using TakeItem = std::function<void(json::Value item)>;

// Follows "next" to the end. `target` may have a query already.
Result<void> each_item(Api& api, const std::string& target, const TakeItem& take);
// The same with somebody else's token.
Result<void> each_item(Api& api, const std::string& target, const std::string& token,
                       const TakeItem& take);
// The id of a case by its id or by the reference that people write down.
Result<std::string> find_case_id(Api& api, const std::string& id_or_reference);
}  // namespace nrm::cli
