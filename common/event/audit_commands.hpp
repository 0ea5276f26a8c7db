// What may be asked of audit.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct ProposePublication {
  NRM_COMMAND(audit, "nrm.publication.propose.v1")
  ReleaseTerms terms;
  Text<64> digest;
  std::uint64_t size = 0;
  std::optional<Suppression> left_out;
};
BOOST_DESCRIBE_STRUCT(ProposePublication, (), (terms, digest, size, left_out))

// `digest`: of the bytes that the approver computed, or was given when they have noise.
struct ApprovePublication {
  NRM_COMMAND(audit, "nrm.publication.approve.v1")
  PublicationId publication;
  Text<64> digest;
};
BOOST_DESCRIBE_STRUCT(ApprovePublication, (), (publication, digest))

struct RefusePublication {
  NRM_COMMAND(audit, "nrm.publication.refuse.v1")
  PublicationId publication;
  PublicationRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(RefusePublication, (), (publication, reason))

using AuditCommands =
    boost::mp11::mp_list<ProposePublication, ApprovePublication, RefusePublication>;
}  // namespace nrm
