#include "services/audit/audit.hpp"
#include "services/audit/methods.hpp"

namespace nrm {
namespace {
void put_in_queue(std::string_view queue, Instant due, const Uuid& id, Rows& out) {
  std::string key = "queue/";
  (key += queue) += '/';
  due.append_to(key);
  key += '/';
  id.append_to(key);
  out.put(std::move(key));
}
}  // namespace

// queue/publication_approval/<due>/<id>: what waits for a second person.
// open/<report>/<id>: a public table of that report that waits.
// series/<series>/<id>: what is published of each series, so that a later release must revise it.
void Audit::rows(const StreamKey& stream, const Publication& publication, Rows& out) {
  if (publication.status == PublicationStatus::proposed) {
    put_in_queue("publication_approval", publication.approve_by, stream.id, out);
    if (publication.terms.rule != ReleaseRule::suppressed) return;
    std::string open = "open/" + std::string(report_of(publication.terms.method.text())) + '/';
    stream.id.append_to(open);
    out.put(std::move(open));
  } else if (publication.status == PublicationStatus::published) {
    std::string key = "series/" + series_of(publication.terms) + '/';
    stream.id.append_to(key);
    out.put(std::move(key));
  }
}

// Under the name of the clock that runs: what is to be registered, answered, said to an answer (by
// who complained), concluded (by the ombudsman).
void Audit::rows(const StreamKey& stream, const Complaint& complaint, Rows& out) {
  if (const auto clock = complaint.running_clock())
    put_in_queue(to_text(*clock), complaint.due, stream.id, out);
}

void Audit::rows(const StreamKey& stream, const Warning& warning, Rows& out) {
  if (warning.running_clock())
    put_in_queue("early_warning", warning.acknowledge_by, stream.id, out);
}
}  // namespace nrm
