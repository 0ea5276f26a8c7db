// Of the audit's decider: releases of figures.
#include "services/audit/methods.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/rules.hpp"

namespace nrm {
namespace {
// Who stands for figures: the appointed competent authority, whose statistics they are, and the
// overseers, who can compute all of them from the logs (domain.md, a39: no unmethodical praise).
Result<void> only_publishers(const Desk& desk) {
  NRM_TRY(desk.only({Role::competent_authority, Role::auditor},
                    "only the competent authority or an auditor publishes figures"));
  const Actor& actor = *desk.input.actor;
  if (actor.role == Role::competent_authority && !is_appointed(actor, offices(desk.policy)))
    return Error(Code::forbidden, "", "another organisation holds this office");
  return {};
}

Result<void> check_period(const ReleaseTerms& terms) {
  std::optional<int> from, to;
  if (terms.from && !(from = quarter_number(terms.from->text())))
    return Error(Code::out_of_range, "/terms/from", "a quarter, as in 2023Q3");
  if (terms.to && !(to = quarter_number(terms.to->text())))
    return Error(Code::out_of_range, "/terms/to", "a quarter, as in 2023Q3");
  if (from && to && *from > *to)
    return Error(Code::out_of_range, "/terms/to", "not before the first quarter");
  return {};
}

Result<void> check_positions(const ReleaseTerms& terms) {
  if (terms.known.size() != std::size(log_owners))
    return Error(Code::out_of_range, "/terms/known", "one position for each log");
  for (std::size_t i = 0; i < terms.known.size(); ++i)
    if (terms.known[i].log.text() != log_name(log_owners[i]) ||
        !is_hash(terms.known[i].root.text()))
      return Error(Code::out_of_range, "/terms/known/" + std::to_string(i),
                   "the position of " + log_name(log_owners[i]) + ", with its root");
  return {};
}

// What protects people in this release: what the pack asks for, or more.
Result<void> check_protection(const Desk& desk, const ProposePublication& command) {
  const ReleaseTerms& terms = command.terms;
  const ReleasePolicy rule = desk.policy.release();
  const Method* method = find_method(terms.method.text());
  for (const auto& [names, where] :
       {std::pair(&terms.rows, "/terms/rows"), std::pair(&terms.columns, "/terms/columns")})
    for (const Text<32>& name : *names)
      if (!has_dimension(*method, name.text()))
        return Error(Code::unknown_code, where,
                     "dimensions of this report: " + std::string(method->dimensions));
  if (terms.rule == ReleaseRule::exact) return {};
  if (!method->people)
    return Error(Code::out_of_range, "/terms/rule", "this report does not count people");
  if (terms.rows.empty() || terms.columns.empty())
    return Error(Code::missing_field, "/terms/rows", "a public table has rows and columns");
  if (terms.rule == ReleaseRule::suppressed) {
    if (terms.threshold < rule.threshold)
      return Error(Code::out_of_range, "/terms/threshold",
                   "at least " + std::to_string(rule.threshold));
    if (terms.rounding < rule.rounding)
      return Error(Code::out_of_range, "/terms/rounding",
                   "at least " + std::to_string(rule.rounding));
    if (!command.left_out)
      return Error(Code::missing_field, "/left_out", "how many cells are left out, and why");
    return {};
  }
  if (!terms.epsilon || terms.epsilon->numerator == 0 || terms.epsilon->denominator == 0)
    return Error(Code::missing_field, "/terms/epsilon", "what the noise costs, above zero");
  return {};
}

// The publication that this one must revise, if there is one of its series.
std::optional<PublicationId> published_of_series(const Desk& desk, const ReleaseTerms& terms) {
  std::optional<PublicationId> found;
  desk.view.rows("series/" + series_of(terms) + '/', [&](std::string_view key, std::string_view) {
    found = PublicationId::parse(key.substr(key.rfind('/') + 1));
    return false;
  });
  return found;
}

Result<void> check_series(const Desk& desk, const ReleaseTerms& terms) {
  const auto published = published_of_series(desk, terms);
  if (published == terms.revises) return {};
  if (!terms.revises)
    return Error(
        Code::already_exists, "/terms/revises",
        "these figures are published as " + published->text() + ": say that this revises it");
  return Error(Code::not_in_state, "/terms/revises",
               "that is not the publication in force of these figures");
}

// A public table is made so that it gives nothing away beside those published before it: no other
// may come in between (differencing.hpp).
Result<void> check_alone(const Desk& desk, const ReleaseTerms& terms) {
  if (terms.rule != ReleaseRule::suppressed) return {};
  std::string waiting;
  desk.view.rows("open/" + std::string(report_of(terms.method.text())) + '/',
                 [&](std::string_view key, std::string_view) {
                   waiting = key.substr(key.rfind('/') + 1);
                   return false;
                 });
  if (waiting.empty()) return {};
  return Error(Code::not_in_state, "/terms/method",
               "another public table of this report waits for approval: " + waiting);
}

// Noise is paid for when it is made, published or not: somebody has seen it.
Result<void> spend(const Desk& desk, const ReleaseTerms& terms, const PublicationId& publication,
                   Decision& out) {
  const int year = year_of(desk.input.at.date());
  const StreamKey stream = budget_stream(year);
  const PrivacyBudget* budget = desk.view.find<PrivacyBudget>(stream.id);
  Epsilon left = desk.policy.release().epsilon_per_year;
  if (budget != nullptr)
    left = budget->left;
  else
    out.emit(stream, BudgetOpened{.year = static_cast<std::uint32_t>(year), .whole = left});
  const auto rest = minus(left, *terms.epsilon);
  if (!rest)
    return Error(Code::budget_spent, "/terms/epsilon",
                 std::to_string(left.numerator) + "/" + std::to_string(left.denominator) +
                     " is left in " + std::to_string(year));
  out.emit(stream, BudgetSpent{.publication = publication, .spent = *terms.epsilon, .left = *rest});
  return {};
}

Result<const Publication*> find_proposed(const Desk& desk, const PublicationId& id) {
  NRM_TRY(only_publishers(desk));
  const Publication* found = desk.view.find<Publication>(id);
  if (found == nullptr) return Error(Code::not_found, "/publication", "there is no such release");
  if (found->status != PublicationStatus::proposed)
    return Error(Code::not_in_state, "/publication",
                 "it is " + std::string(to_text(*found->status)) + " already");
  return found;
}
}  // namespace

bool is_hash(std::string_view hex) {
  return hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == hex.npos;
}

Result<Decision> decide(const Desk& desk, const ProposePublication& command) {
  NRM_TRY(only_publishers(desk));
  const ReleaseTerms& terms = command.terms;
  const Method* method = find_method(terms.method.text());
  if (method == nullptr)
    return Error(Code::unknown_code, "/terms/method", "no method of this name and version");
  // Earlier ones are kept to check what was published by them. Some hide less.
  if (const Method* newest = method_of(method->report); newest != method)
    return Error(Code::unknown_version, "/terms/method",
                 "an earlier version; now it is " + std::string(newest->id));
  NRM_TRY(check_period(terms));
  NRM_TRY(check_positions(terms));
  if (terms.as_of > desk.input.at)
    return Error(Code::out_of_range, "/terms/as_of", "not in the future");
  if (!is_hash(command.digest.text()))
    return Error(Code::out_of_range, "/digest", "SHA-256 of the bytes, in hexadecimal");
  NRM_TRY(check_protection(desk, command));
  NRM_TRY(check_series(desk, terms));
  NRM_TRY(check_alone(desk, terms));
  const auto publication = desk.input.fresh<PublicationId>(0);
  const StreamKey stream = publication_stream(publication);
  const Instant approve_by = due_or(desk, ClockName::publication_approval, 14);
  Decision out;
  out.emit(stream, PublicationProposed{.by = *desk.input.actor,
                                       .terms = terms,
                                       .digest = command.digest,
                                       .size = command.size,
                                       .left_out = command.left_out,
                                       .approve_by = approve_by})
      .set_clock(stream, ClockName::publication_approval, approve_by);
  if (terms.rule == ReleaseRule::differentially_private)
    NRM_TRY(spend(desk, terms, publication, out));
  return out;
}

Result<Decision> decide(const Desk& desk, const ApprovePublication& command) {
  NRM_TRY_ASSIGN(const Publication* proposed, find_proposed(desk, command.publication));
  if (desk.input.actor->account == proposed->proposed_by.account)
    return Error(Code::second_person_required, "", "who proposes figures does not approve them");
  if (command.digest != proposed->digest)
    return Error(Code::figures_differ, "/digest",
                 "compute them from the same records, or refuse the release");
  NRM_TRY(check_series(desk, proposed->terms));  // another one may have been faster
  const StreamKey stream = publication_stream(command.publication);
  Decision out;
  out.emit(stream, FiguresPublished{.approved_by = *desk.input.actor, .digest = proposed->digest})
      .clear_clock(stream, ClockName::publication_approval);
  if (proposed->terms.revises)
    out.emit(publication_stream(*proposed->terms.revises),
             PublicationRevised{.by = command.publication});
  return out;
}

Result<Decision> decide(const Desk& desk, const RefusePublication& command) {
  NRM_TRY_ASSIGN(const Publication* proposed, find_proposed(desk, command.publication));
  (void)proposed;
  const StreamKey stream = publication_stream(command.publication);
  return Decision()
      .emit(stream, PublicationRefused{.by = *desk.input.actor, .reason = command.reason})
      .clear_clock(stream, ClockName::publication_approval);
}

Result<Decision> publication_due(const Desk& desk, const Due& due) {
  const Publication* found = desk.view.find<Publication>(due.stream.id);
  if (found == nullptr || found->running_clock() != due.name) return Decision();  // moved on
  return Decision().emit(due.stream, PublicationLapsed{});
}
}  // namespace nrm
