#include <numeric>

#include "services/audit/audit.hpp"

namespace nrm {
namespace {
void fold(Publication& publication, const PublicationProposed& e) {
  publication.status = PublicationStatus::proposed;
  publication.proposed_by = e.by;
  publication.terms = e.terms;
  publication.digest = e.digest;
  publication.approve_by = e.approve_by;
}
void fold(Publication& publication, const FiguresPublished&) {
  publication.status = PublicationStatus::published;
}
void fold(Publication& publication, const PublicationRefused&) {
  publication.status = PublicationStatus::refused;
}
void fold(Publication& publication, const PublicationLapsed&) {
  publication.status = PublicationStatus::lapsed;
}
void fold(Publication& publication, const PublicationRevised& e) {
  publication.status = PublicationStatus::revised;
  publication.revised_by = e.by;
}
template <class Other>
void fold(Publication&, const Other&) {}
}  // namespace

std::optional<ClockName> Publication::running_clock() const {
  if (status == PublicationStatus::proposed) return ClockName::publication_approval;
  return std::nullopt;
}

std::optional<Epsilon> minus(const Epsilon& left, const Epsilon& spent) {
  if (left.denominator == 0 || spent.denominator == 0) return std::nullopt;
  const std::uint64_t whole = std::uint64_t{left.numerator} * spent.denominator;
  const std::uint64_t part = std::uint64_t{spent.numerator} * left.denominator;
  if (part > whole) return std::nullopt;
  const std::uint64_t numerator = whole - part;
  const std::uint64_t denominator = std::uint64_t{left.denominator} * spent.denominator;
  const std::uint64_t common = std::gcd(numerator, denominator);
  if (numerator / common > UINT32_MAX || denominator / common > UINT32_MAX) return std::nullopt;
  return Epsilon{static_cast<std::uint32_t>(numerator / common),
                 static_cast<std::uint32_t>(denominator / common)};
}

std::string report_of(const ReleaseTerms& terms) {
  const std::string_view method = terms.method.text();
  return std::string(method.substr(0, method.find('@')));
}

std::string series_of(const ReleaseTerms& terms) {
  std::string out = report_of(terms);
  out += '|';
  if (terms.from) out += terms.from->text();
  out += '|';
  if (terms.to) out += terms.to->text();
  for (const auto* names : {&terms.rows, &terms.columns}) {
    out += '|';
    for (const auto& name : *names) (out += name.text()) += ' ';
  }
  out += '|';
  out += to_text(terms.rule);
  out += '|';
  out += to_text(terms.format);
  return out;
}

void Audit::evolve(Publication& publication, const Event& event) {
  std::visit([&](const auto& e) { fold(publication, e); }, event);
}

void Audit::evolve(PrivacyBudget& budget, const Event& event) {
  if (const auto* opened = std::get_if<BudgetOpened>(&event)) {
    budget.year = opened->year;
    budget.left = opened->whole;
  } else if (const auto* spent = std::get_if<BudgetSpent>(&event)) {
    budget.left = spent->left;
  }
}
}  // namespace nrm
