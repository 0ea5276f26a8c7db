// What may be asked of closure.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct InformPerson {
  NRM_COMMAND(closure, "nrm.person.inform.v1")
  CaseId subject;
  InformChannel channel{};
};
BOOST_DESCRIBE_STRUCT(InformPerson, (), (subject, channel))

struct RequestClosure {
  NRM_COMMAND(closure, "nrm.closure.request.v1")
  CaseId subject;
  ClosureReason reason{};
  std::optional<ClosureEvidence> evidence = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(RequestClosure, (), (subject, reason, evidence))

struct ApproveClosure {
  NRM_COMMAND(closure, "nrm.closure.approve.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ApproveClosure, (), (subject))

struct RefuseClosure {
  NRM_COMMAND(closure, "nrm.closure.refuse.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RefuseClosure, (), (subject))

struct ReopenCase {
  NRM_COMMAND(closure, "nrm.case.reopen.v1")
  CaseId subject;
  ReopenCause cause{};
};
BOOST_DESCRIBE_STRUCT(ReopenCase, (), (subject, cause))

struct RecordFollowUp {
  NRM_COMMAND(closure, "nrm.follow_up.record.v1")
  FollowUpId follow_up;
  InformChannel channel{};
  Wellbeing wellbeing{};
};
BOOST_DESCRIBE_STRUCT(RecordFollowUp, (), (follow_up, channel, wellbeing))

// The person wants no visits.
struct RefuseFollowUp {
  NRM_COMMAND(closure, "nrm.follow_up.refuse.v1")
  FollowUpId follow_up;
};
BOOST_DESCRIBE_STRUCT(RefuseFollowUp, (), (follow_up))

using ClosureCommands =
    boost::mp11::mp_list<InformPerson, RequestClosure, ApproveClosure, RefuseClosure, ReopenCase,
                         RecordFollowUp, RefuseFollowUp>;
}  // namespace nrm
