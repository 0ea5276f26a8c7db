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
};
BOOST_DESCRIBE_STRUCT(RequestClosure, (), (subject, reason))

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

using ClosureCommands =
    boost::mp11::mp_list<InformPerson, RequestClosure, ApproveClosure, RefuseClosure>;
}  // namespace nrm
