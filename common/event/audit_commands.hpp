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

// --- complaints ---------------------------------------------------------------------------------

struct SubmitComplaint {
  NRM_COMMAND(audit, "nrm.complaint.submit.v1")
  OrganisationId about;
  ComplaintMatter matter{};
  std::optional<CaseId> subject = std::nullopt;
  std::optional<SealedItemId> item = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(SubmitComplaint, (), (about, matter, subject, item))

struct RecordComplaint {
  NRM_COMMAND(audit, "nrm.complaint.record.v1")
  ComplaintId complaint;
};
BOOST_DESCRIBE_STRUCT(RecordComplaint, (), (complaint))

struct AssignComplaint {
  NRM_COMMAND(audit, "nrm.complaint.assign.v1")
  ComplaintId complaint;
  OrganisationId to;
};
BOOST_DESCRIBE_STRUCT(AssignComplaint, (), (complaint, to))

struct RejectComplaint {
  NRM_COMMAND(audit, "nrm.complaint.reject.v1")
  ComplaintId complaint;
  InadmissibleReason reason{};
};
BOOST_DESCRIBE_STRUCT(RejectComplaint, (), (complaint, reason))

struct AnswerComplaint {
  NRM_COMMAND(audit, "nrm.complaint.answer.v1")
  ComplaintId complaint;
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
};
BOOST_DESCRIBE_STRUCT(AnswerComplaint, (), (complaint, finding, remedy))

struct AcceptComplaintAnswer {
  NRM_COMMAND(audit, "nrm.complaint.accept_answer.v1")
  ComplaintId complaint;
};
BOOST_DESCRIBE_STRUCT(AcceptComplaintAnswer, (), (complaint))

struct EscalateComplaint {
  NRM_COMMAND(audit, "nrm.complaint.escalate.v1")
  ComplaintId complaint;
};
BOOST_DESCRIBE_STRUCT(EscalateComplaint, (), (complaint))

struct ConcludeComplaint {
  NRM_COMMAND(audit, "nrm.complaint.conclude.v1")
  ComplaintId complaint;
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
};
BOOST_DESCRIBE_STRUCT(ConcludeComplaint, (), (complaint, finding, remedy))

struct WithdrawComplaint {
  NRM_COMMAND(audit, "nrm.complaint.withdraw.v1")
  ComplaintId complaint;
};
BOOST_DESCRIBE_STRUCT(WithdrawComplaint, (), (complaint))

// --- feedback and early warnings ----------------------------------------------------------------

struct GiveFeedback {
  NRM_COMMAND(audit, "nrm.feedback.give.v1")
  CaseId subject;
  std::vector<FeedbackAnswer> answers;
  std::vector<FeedbackTheme> praised;
  std::vector<FeedbackTheme> missed;
};
BOOST_DESCRIBE_STRUCT(GiveFeedback, (), (subject, answers, praised, missed))

// Of the process itself, without an actor: what it counted in the logs up to `known`. Nobody can
// send it; whoever has the logs counts again.
struct ObserveIndicators {
  NRM_COMMAND(audit, "nrm.indicators.observe.v1")
  Indicators indicators;
  std::vector<LogPosition> known;  // of all logs but audit's, in the order of log_owners
};
BOOST_DESCRIBE_STRUCT(ObserveIndicators, (), (indicators, known))

struct AcknowledgeWarning {
  NRM_COMMAND(audit, "nrm.warning.acknowledge.v1")
  WarningId warning;
  WarningResponse response{};
};
BOOST_DESCRIBE_STRUCT(AcknowledgeWarning, (), (warning, response))

using AuditCommands =
    boost::mp11::mp_list<ProposePublication, ApprovePublication, RefusePublication, SubmitComplaint,
                         RecordComplaint, AssignComplaint, RejectComplaint, AnswerComplaint,
                         AcceptComplaintAnswer, EscalateComplaint, ConcludeComplaint,
                         WithdrawComplaint, GiveFeedback, ObserveIndicators, AcknowledgeWarning>;
}  // namespace nrm
