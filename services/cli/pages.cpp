#include "services/cli/pages.hpp"

#include "common/base/ids.hpp"
#include "common/base/limits.hpp"

namespace nrm::cli {
namespace {
// A list of a million cases; more means that a cursor goes in circles.
constexpr std::size_t pages_max = 1'000'000 / limits::page_items_max;
}  // namespace

Result<void> each_item(Api& api, const std::string& target, const std::string& token,
                       const TakeItem& take) {
  const std::string base = target + (target.find('?') == target.npos ? "?" : "&") +
                           "limit=" + std::to_string(limits::page_items_max);
  std::string next;
  for (std::size_t page = 0; page < pages_max; ++page) {
    NRM_TRY_ASSIGN(const auto answer,
                   api.get(next.empty() ? base : base + "&cursor=" + next, token));
    NRM_TRY_ASSIGN(const Read read, read_answer(answer));
    for (const json::Value item : read.root().find("items")) take(item);
    next = text_of(read.root(), "next");
    if (next.empty()) return {};
  }
  return Error(Code::internal, "", "this list does not end");
}

Result<void> each_item(Api& api, const std::string& target, const TakeItem& take) {
  return each_item(api, target, api.token(), take);
}

Result<std::string> find_case_id(Api& api, const std::string& id_or_reference) {
  if (CaseId::parse(id_or_reference)) return id_or_reference;
  std::string id;
  NRM_TRY(each_item(api, "/v1/cases?reference=" + percent_encoded(id_or_reference),
                    [&](json::Value item) { id = text_of(item, "case"); }));
  if (id.empty())
    return Error(Code::not_found, "",
                 "there is no case \"" + id_or_reference +
                     "\" for you (a case id, or a reference as in the receipt)");
  return id;
}
}  // namespace nrm::cli
