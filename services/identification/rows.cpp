#include "services/identification/identification.hpp"

namespace nrm {
namespace {
struct Place {
  std::string_view queue;
  Instant since;  // until when, or since when, whichever orders the queue
};

std::optional<Place> place_of(const CaseFile& file) {
  if (file.settled()) return std::nullopt;
  switch (file.status) {
    case IdentificationStatus::reported:
      return Place{"first_stage", *file.decide_by};
    case IdentificationStatus::recovery_period:
      return Place{"recovery", *file.recovery_until};
    case IdentificationStatus::awaiting_second_stage:
      return Place{"second_stage", file.decide_by.value_or(*file.recovery_until)};
    default:
      return Place{"reconsideration", *file.reconsider_until};
  }
}

struct QueueRow {
  IdentificationStatus status{};
  OrganisationId owner;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(QueueRow, (), (status, owner, overdue))
}  // namespace

void Identification::rows(const StreamKey& stream, const CaseFile& file, Rows& out) {
  const auto place = place_of(file);
  if (!place) return;
  std::string key = "queue/";
  key += place->queue;
  key += '/';
  place->since.append_to(key);
  key += '/';
  stream.id.append_to(key);
  out.put(std::move(key), to_json(QueueRow{file.status, file.owner, file.overdue}));
}
}  // namespace nrm
