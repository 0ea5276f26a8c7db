// What may be asked of identification.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct SubmitReport {
  NRM_COMMAND(identification, "nrm.report.submit.v1")
  CaseId subject;  // given by the vault
  Text<64> dossier;
  ReportFacts facts;
  std::optional<Instant> report_by;  // the vault's word on how long the dossier is kept without it
};
BOOST_DESCRIBE_STRUCT(SubmitReport, (), (subject, dossier, facts, report_by))

struct SubmitNotification {
  NRM_COMMAND(identification, "nrm.notification.submit.v1")
  ReportFacts facts;
};
BOOST_DESCRIBE_STRUCT(SubmitNotification, (), (facts))

struct DecideFirstStage {
  NRM_COMMAND(identification, "nrm.first_stage.decide.v1")
  CaseId subject;
  Outcome outcome{};
  DecisionGround ground{};
};
BOOST_DESCRIBE_STRUCT(DecideFirstStage, (), (subject, outcome, ground))

struct DecideSecondStage {
  NRM_COMMAND(identification, "nrm.second_stage.decide.v1")
  CaseId subject;
  Outcome outcome{};
  DecisionGround ground{};
};
BOOST_DESCRIBE_STRUCT(DecideSecondStage, (), (subject, outcome, ground))

using IdentificationCommands =
    boost::mp11::mp_list<SubmitReport, SubmitNotification, DecideFirstStage, DecideSecondStage>;
}  // namespace nrm
