#include "services/identification/identification.hpp"

namespace nrm {
namespace {
using enum IdentificationStatus;

struct Place {
  std::string_view queue;
  Instant since;  // until when, or since when, whichever orders the queue
};

std::optional<Place> place_of(const CaseFile& file) {
  if (file.settled()) return std::nullopt;
  switch (file.status) {
    case signal:
      return Place{"signals", *file.decide_by};
    case reported:
      return Place{"first_stage", *file.decide_by};
    case information_requested:
      return Place{"information", *file.await_until};
    case recovery_period:
      return Place{"recovery", *file.recovery_until};
    case awaiting_second_stage:
      return Place{"second_stage", file.decide_by.value_or(*file.recovery_until)};
    case reconsideration:
      return Place{"reconsideration_decision", *file.decide_by};
    case contact_lost:
      return Place{"contact_lost", *file.await_until};
    default:
      return Place{"reconsideration", *file.reconsider_until};
  }
}

struct QueueRow {
  IdentificationStatus status{};
  OrganisationId owner;
  bool overdue = false;
  std::optional<std::uint32_t> score;  // of the latest screening: who is looked at first
};
BOOST_DESCRIBE_STRUCT(QueueRow, (), (status, owner, overdue, score))

std::string queue_key(std::string_view queue, Instant since, const Uuid& id) {
  std::string key = "queue/";
  key += queue;
  key += '/';
  since.append_to(key);
  key += '/';
  id.append_to(key);
  return key;
}

// Whether there is a person of whom no other case speaks: those alone hide others among them.
bool is_counted(const CaseFile& file) {
  const bool in_error = file.status == ended ? file.suspended.back().status == opened_in_error
                                             : file.status == opened_in_error;
  return !file.traits.empty() && !file.merged_by && !in_error;
}
}  // namespace

void Identification::rows(const StreamKey& stream, const CaseFile& file, Rows& out) {
  if (is_counted(file)) out.put("traits/" + file.traits + '/' + stream.id.text());
  const auto place = place_of(file);
  if (!place) return;
  const auto score = file.score > 0 ? std::optional(file.score) : std::nullopt;
  out.put(queue_key(place->queue, place->since, stream.id),
          to_json(QueueRow{file.status, file.owner, file.overdue, score}));
}

void Identification::rows(const StreamKey& stream, const GroupFile& file, Rows& out) {
  if (!file.closed()) out.put(queue_key("groups", file.report_by, stream.id), to_json(file));
}
}  // namespace nrm
