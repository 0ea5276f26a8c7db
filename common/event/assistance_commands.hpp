// What may be asked of assistance.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct AgreePlan {
  NRM_COMMAND(assistance, "nrm.plan.agree.v1")
  CaseId subject;
  std::vector<PlanGoal> goals;
  bool agreed_by_person = false;
};
BOOST_DESCRIBE_STRUCT(AgreePlan, (), (subject, goals, agreed_by_person))

struct RecordService {
  NRM_COMMAND(assistance, "nrm.service.record.v1")
  CaseId subject;
  ReferralId referral;
  Date on;
  std::uint32_t units = 0;
};
BOOST_DESCRIBE_STRUCT(RecordService, (), (subject, referral, on, units))

struct HoldReview {
  NRM_COMMAND(assistance, "nrm.review.hold.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(HoldReview, (), (subject))

struct EndService {
  NRM_COMMAND(assistance, "nrm.service.end.v1")
  CaseId subject;
  ReferralId referral;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(EndService, (), (subject, referral, reason))

using AssistanceCommands = boost::mp11::mp_list<AgreePlan, RecordService, HoldReview, EndService>;
}  // namespace nrm
