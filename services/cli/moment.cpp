#include "services/cli/moment.hpp"

namespace nrm::cli {
Result<std::optional<Instant>> read_moment(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<Instant>();
  if (const auto at = Instant::parse(text)) return std::optional(*at);
  if (const auto day = Date::parse(text)) return std::optional(end_of(*day));
  return Error(Code::invalid_date, option,
               "a day (2023-08-01, to its end) or an instant (2023-08-01T12:00:00.000Z)");
}

Result<Uuid> find_subject(Logs& logs, const std::string& text) {
  if (const auto id = Uuid::parse(text)) return *id;
  std::optional<Uuid> found;
  NRM_TRY(read_records(logs, Service::identification, [&](const Record& record) {
    for (const Emit& emit : record.events)
      if (const auto* report = get_if<ReportReceived>(&emit.event);
          report != nullptr && report->reference.text() == text)
        found = emit.stream.id;
    return !found;
  }));
  if (!found) return Error(Code::not_found, "--case", "no report has this id or reference");
  return *found;
}
}  // namespace nrm::cli
