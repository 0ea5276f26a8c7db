#include "services/audit/audit.hpp"

namespace nrm {
// queue/publication_approval/<due>/<id>: what waits for a second person.
// open/<report>/<id>: a public table of that report that waits.
// series/<series>/<id>: what is published of each series, so that a later release must revise it.
void Audit::rows(const StreamKey& stream, const Publication& publication, Rows& out) {
  if (publication.status == PublicationStatus::proposed) {
    std::string key = "queue/publication_approval/";
    publication.approve_by.append_to(key);
    key += '/';
    stream.id.append_to(key);
    out.put(std::move(key));
    if (publication.terms.rule != ReleaseRule::suppressed) return;
    std::string open = "open/" + report_of(publication.terms) + '/';
    stream.id.append_to(open);
    out.put(std::move(open));
  } else if (publication.status == PublicationStatus::published) {
    std::string key = "series/" + series_of(publication.terms) + '/';
    stream.id.append_to(key);
    out.put(std::move(key));
  }
}
}  // namespace nrm
