// Facts of audit: which figures were published, and what their noise cost.
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
// Somebody computed figures and wants them published; a second person computes them again.
struct PublicationProposed {
  NRM_EVENT(audit, publication, "nrm.publication.proposed.v1")
  Actor by;
  ReleaseTerms terms;
  Text<64> digest;                      // SHA-256 of the exact bytes, hex
  std::uint64_t size = 0;               // of them
  std::optional<Suppression> left_out;  // of a public table
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(PublicationProposed, (), (by, terms, digest, size, left_out, approve_by))

// From here on the figures may leave.
struct FiguresPublished {
  NRM_EVENT(audit, publication, "nrm.publication.published.v1")
  Actor approved_by;
  Text<64> digest;
};
BOOST_DESCRIBE_STRUCT(FiguresPublished, (), (approved_by, digest))

struct PublicationRefused {
  NRM_EVENT(audit, publication, "nrm.publication.refused.v1")
  Actor by;
  PublicationRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(PublicationRefused, (), (by, reason))

// Nobody answered in time.
struct PublicationLapsed {
  NRM_EVENT(audit, publication, "nrm.publication.lapsed.v1")
};
BOOST_DESCRIBE_STRUCT(PublicationLapsed, (), ())

// A later release corrects this one. Both stay.
struct PublicationRevised {
  NRM_EVENT(audit, publication, "nrm.publication.revised.v1")
  PublicationId by;
};
BOOST_DESCRIBE_STRUCT(PublicationRevised, (), (by))

// What noise may cost in a year, as the pack said when the first of it was spent.
struct BudgetOpened {
  NRM_EVENT(audit, budget, "nrm.budget.opened.v1")
  std::uint32_t year = 0;
  Epsilon whole;
};
BOOST_DESCRIBE_STRUCT(BudgetOpened, (), (year, whole))

// When the release is proposed: noise that somebody has seen is spent, published or not.
struct BudgetSpent {
  NRM_EVENT(audit, budget, "nrm.budget.spent.v1")
  PublicationId publication;
  Epsilon spent;
  Epsilon left;
};
BOOST_DESCRIBE_STRUCT(BudgetSpent, (), (publication, spent, left))

using AuditEvents =
    boost::mp11::mp_list<PublicationProposed, FiguresPublished, PublicationRefused,
                         PublicationLapsed, PublicationRevised, BudgetOpened, BudgetSpent>;
}  // namespace nrm
