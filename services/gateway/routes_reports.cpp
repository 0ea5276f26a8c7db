// A report: the vault seals the personal part and gives the case its id; identification takes in
// the facts by reference. Both commands carry keys made from the client's one, so a retry after a
// crash in between goes on where the first try stopped.
#include "common/event/personal.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
// Pointers of SealDossier and SubmitReport, in the client's body.
std::string place_in_report(std::string_view where) {
  if (where == "/age_now") return "/facts/age_now";
  if (where == "/route") return "/decided_by";
  const bool ours = where.starts_with("/facts") || where.starts_with("/consents") ||
                    where.starts_with("/personal") || where == "/addressed_to" ||
                    where == "/group" || where == "/signal";
  return ours ? std::string(where) : std::string();
}

template <class E>
void answer_taken(const CallPtr& call, const Accepted& accepted) {
  const auto taken = accepted.event<E>();
  if (!taken) return call->fail(taken.error());
  auto response =
      item_response(ReportTaken{CaseId(taken->id), taken->event.reference, accepted.receipt},
                    call->route->status);
  response.headers.emplace_back("Location", "/v1/cases/" + taken->id.text());
  call->answer(std::move(response));
}

void notify(Gateway& gateway, const CallPtr& call, ReportForm form) {
  std::vector<Error> faults;
  if (form.personal) faults.emplace_back(Code::personal_part_not_allowed, "/personal");
  if (!form.consents.empty()) faults.emplace_back(Code::personal_part_not_allowed, "/consents");
  const auto formal_alone = [&](bool given, std::string where) {
    if (given) faults.emplace_back(Code::unknown_field, std::move(where), "of a formal report");
  };
  formal_alone(form.decided_by.has_value(), "/decided_by");
  formal_alone(form.addressed_to.has_value(), "/addressed_to");
  formal_alone(form.group.has_value(), "/group");
  formal_alone(form.signal.has_value(), "/signal");
  if (!faults.empty()) return call->fail(faults);
  send(gateway, call,
       {.service = Service::identification,
        .type = SubmitNotification::type,
        .data = to_json(SubmitNotification{std::move(form.facts)}),
        .place = place_in_report},
       answer_taken<NotificationRecorded>);
}

void submit_sealed(Gateway& gateway, const CallPtr& call, SubmitReport report,
                   const Accepted& sealed) {
  const auto dossier = sealed.event<DossierSealed>();
  if (!dossier) return call->fail(dossier.error());
  const auto& [id, event] = *dossier;
  report.subject = CaseId(id);
  report.dossier = event.digest;
  // Identification refuses what comes so late that the vault may destroy the dossier.
  report.report_by = event.report_by;
  send(gateway, call,
       {.service = Service::identification,
        .type = SubmitReport::type,
        .data = to_json(report),
        .place = place_in_report},
       answer_taken<ReportReceived>);
}
}  // namespace

void post_report(Gateway& gateway, const CallPtr& call) {
  auto form = read_form<ReportForm>(*call);
  if (!form) return;
  const auto kind = form->facts.urgency == Urgency::routine ? Admission::Kind::act
                                                            : Admission::Kind::urgent_report;
  if (const auto in = gateway.let_in(*call, kind); !in) return call->fail(in.error());
  if (form->route == ReportRoute::anonymous) return notify(gateway, call, std::move(*form));
  auto personal = form->personal ? write_personal(*form->personal) : Sensitive<std::string>();
  if (personal.reveal().size() <= 2)  // absent, or {}
    return call->fail(Error(Code::personal_part_missing, "/personal"));
  wipe(call->request.body);  // the clear text is needed no longer
  SealDossier seal{.age_now = form->facts.age_now, .consents = std::move(form->consents)};
  SubmitReport report;
  report.facts = std::move(form->facts);
  report.route = form->decided_by;
  report.addressed_to = form->addressed_to;
  report.group = form->group;
  report.signal = form->signal;
  send(gateway, call,
       {.service = Service::vault,
        .type = SealDossier::type,
        .data = to_json(seal),
        .step = "seal",
        .personal = std::move(personal),
        .place = place_in_report},
       [&gateway, report = std::move(report)](const CallPtr& asked, const Accepted& sealed) {
         submit_sealed(gateway, asked, report, sealed);
       });
}

void post_signal(Gateway& gateway, const CallPtr& call) {
  send_form<SignalForm>(gateway, call, [](const CallPtr& asked, const Accepted& accepted) {
    const auto taken = accepted.event<SignalReceived>();
    if (!taken) return asked->fail(taken.error());
    auto response =
        item_response(SignalTaken{CaseId(taken->id), taken->event.reference, accepted.receipt},
                      asked->route->status);
    response.headers.emplace_back("Location", "/v1/cases/" + taken->id.text());
    asked->answer(std::move(response));
  });
}
}  // namespace nrm::gateway
