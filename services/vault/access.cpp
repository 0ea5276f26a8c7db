#include "services/vault/access.hpp"

#include <algorithm>
#include <optional>

#include "common/step/desk.hpp"

namespace nrm {
namespace {
using enum DataClass;
using enum OpeningPurpose;
using ClassSet = std::uint32_t;

template <class... C>
constexpr ClassSet set(C... classes) {
  return ((ClassSet{1} << static_cast<unsigned>(classes)) | ...);
}
constexpr bool has(ClassSet classes, DataClass one) { return (classes & set(one)) != 0; }

ClassSet set_of(std::span<const DataClass> classes) {
  ClassSet out = 0;
  for (const DataClass one : classes) out |= set(one);
  return out;
}

// Which classes a role may open for a purpose, and the consent that it takes (README.md, "Who may
// open what"). Nobody has a row for shelter_location: it is sealed to organisations.
struct OpeningRight {
  Role role;
  OpeningPurpose purpose;
  ClassSet classes;
  std::optional<ConsentPurpose> consent;  // none: risk to life, or the person asks
};
constexpr OpeningRight opening_rights[] = {
    {Role::first_responder, safety, set(identity, contact, safe_contact), {}},
    {Role::competent_authority, decision, set(identity, narrative), ConsentPurpose::identification},
    {Role::competent_authority, statutory_notice, set(identity, safe_contact),
     ConsentPurpose::data_sharing},
    {Role::case_manager, support, set(identity, contact, safe_contact, medical, family),
     ConsentPurpose::support},
    // Who agreed to be in the mechanism may be reached, and asked for the rest.
    {Role::case_manager, support, set(safe_contact), ConsentPurpose::identification},
    {Role::case_manager,
     safety,
     set(identity, contact, safe_contact, narrative, medical, family, staff_identity),
     {}},
    {Role::case_manager, statutory_notice, set(identity, safe_contact),
     ConsentPurpose::data_sharing},
    {Role::case_manager,
     own_request,
     set(identity, contact, safe_contact, narrative, medical, family),
     {}},
    {Role::service_provider, support, set(identity, safe_contact), ConsentPurpose::support},
    {Role::service_provider, safety, set(identity, contact, safe_contact, medical), {}},
};
// What saves a life tonight; the story in the person's words does not.
constexpr ClassSet behind_glass = set(identity, contact, safe_contact, medical, family);
constexpr ClassSet whole_person = set(identity, contact, safe_contact, narrative);

constexpr DataClass all_classes[] = {identity, contact, safe_contact,     narrative,
                                     medical,  family,  shelter_location, staff_identity};

Error forbidden_class(std::size_t at) {
  return Error(Code::forbidden, "/classes/" + std::to_string(at),
               "this role may not open this class for this purpose");
}

bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}

// A child is identified and its case made known without consent (Council of Europe Convention,
// art. 10(3); domain.md, b6): support still needs the guardian's.
bool waived(const Dossier& dossier, ConsentPurpose consent) {
  return dossier.safeguarded &&
         (consent == ConsentPurpose::identification || consent == ConsentPurpose::data_sharing);
}
}  // namespace

bool barred(const Dossier& dossier, const Actor& actor) {
  return contains(dossier.conflicted, actor.account) ||
         std::ranges::any_of(dossier.denials, [&](const Denial& denial) {
           return denial.account == actor.account || denial.organisation == actor.organisation;
         });
}

bool related(const Dossier& dossier, const CaseId& subject, const Actor& actor,
             const AccountFile* account, const Appointments& offices) {
  switch (actor.role) {
    case Role::first_responder:
      return dossier.reporter == actor.organisation;
    case Role::competent_authority:  // who decides this case: nobody else opens it to decide
      return actor.organisation == dossier.decider.value_or(offices.competent_authority);
    case Role::case_manager:
      // The state owner answers for every case, also for one that another case management has.
      return is_appointed(actor, offices) || dossier.owner == actor.organisation;
    case Role::service_provider:
      return dossier.supports(actor.organisation);
    case Role::person:
      return account != nullptr && account->role == Role::person && account->subject == subject;
    case Role::guardian:
      return contains(dossier.guardians, actor.account);
    case Role::auditor:
    case Role::operator_:
    case Role::witness:
      return false;
  }
  return false;
}

const BrokenGlass* open_glass(const Dossier& dossier, const Actor& actor, Instant now) {
  for (const BrokenGlass& glass : dossier.broken)
    if (glass.account == actor.account && now < glass.until) return &glass;
  return nullptr;
}

Result<void> check_right(Role role, OpeningPurpose purpose, std::span<const DataClass> classes) {
  ClassSet all = 0;
  for (const OpeningRight& right : opening_rights)
    if (right.role == role && right.purpose == purpose) all |= right.classes;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (!has(all, classes[i])) return forbidden_class(i);
  return {};
}

Result<void> check_consent(const Dossier& dossier, const Actor& actor, OpeningPurpose purpose,
                           std::span<const DataClass> classes, Instant now) {
  const ClassSet wanted = set_of(classes);
  for (const OpeningRight& right : opening_rights) {
    if (right.role != actor.role || right.purpose != purpose || (wanted & ~right.classes) != 0)
      continue;
    if (!right.consent || waived(dossier, *right.consent) ||
        consented(dossier.consents, *right.consent, actor.organisation, classes, now))
      return {};
  }
  return Error(Code::consent_missing, "/purpose",
               "no consent of the person opens this to you for this purpose now");
}

Result<void> check_glass(OpeningPurpose purpose, std::span<const DataClass> classes) {
  if (purpose != safety)
    return Error(Code::forbidden, "/purpose", "a broken glass opens for safety alone");
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (!has(behind_glass, classes[i])) return forbidden_class(i);
  return {};
}

bool needs_two_people(OpeningPurpose purpose, std::span<const DataClass> classes) {
  return purpose == own_request || (set_of(classes) & whole_person) == whole_person;
}

std::vector<OrganisationId> closed_to(const Dossier& dossier,
                                      std::span<const OrganisationId> recipients,
                                      const Consent& latest, Instant now) {
  std::vector<Consent> after = dossier.consents;
  note_consent(after, latest);
  std::vector<OrganisationId> out;
  for (const OrganisationId& recipient : recipients) {
    const Consent* before = consent_for(dossier.consents, latest.purpose, recipient);
    if (before == nullptr || !before->given) continue;
    // What was opened under a consent that has expired since is withdrawn all the same.
    const bool closes = std::ranges::any_of(all_classes, [&](const DataClass& one) {
      const std::span<const DataClass> single(&one, 1);
      return consented(dossier.consents, latest.purpose, recipient, single, now) &&
             !consented(after, latest.purpose, recipient, single, now);
    });
    const Consent* counts = consent_for(after, latest.purpose, recipient);
    if (closes || !counts->given) out.push_back(recipient);
  }
  return out;
}
}  // namespace nrm
