#include "tests/support/consent_talk.hpp"

#include <iterator>

namespace nrm::test {
namespace {
Actor of_case(const Cast& cast, const CaseId& subject, std::uint32_t n, Role role) {
  return {AccountId(derive(subject, n)), cast.ngo.organisation, role};
}
}  // namespace

Actor person_of(const Cast& cast, const CaseId& subject) {
  return of_case(cast, subject, 1'001, Role::person);
}
Actor guardian_of(const Cast& cast, const CaseId& subject) {
  return of_case(cast, subject, 1'002, Role::guardian);
}

std::vector<Actor> visitors_of(const Cast& cast, const CaseId& subject) {
  std::vector<Actor> out = {cast.police,
                            cast.ngo,
                            cast.authority,
                            cast.board,
                            cast.manager,
                            cast.second_manager,
                            cast.operator_,
                            person_of(cast, subject),
                            guardian_of(cast, subject)};
  out.insert(out.end(), cast.providers.begin(), cast.providers.end());
  return out;
}

OpenDossier opening_of(const CaseId& subject, OpeningPurpose purpose, DataClass wanted) {
  return {subject, purpose, {wanted}, EmergencyGround::threat_to_life, std::nullopt};
}

void ConsentTalk::see(const StreamKey& stream, const Event& event) {
  const CaseId subject(stream.id);
  if (holds<DossierReported>(event)) {
    cases_[subject];
  } else if (const auto* denied = get_if<AccessDenied>(&event)) {
    cases_[subject].to_lift.push_back({subject, denied->account, denied->organisation});
  } else if (const auto* declared = get_if<ConflictDeclared>(&event)) {
    cases_[subject].to_lift.push_back({subject, declared->account, {}});
  } else if (holds<GuardianAppointed>(event)) {
    cases_[subject].guarded = true;
  } else if (holds<GuardianshipEnded>(event)) {
    cases_[subject].guarded = false;
  }
}

// Each organisation once, by somebody of it.
std::vector<Actor> ConsentTalk::organisations() const {
  std::vector<Actor> out = {cast_.police, cast_.ngo, cast_.authority, cast_.manager};
  out.insert(out.end(), cast_.providers.begin(), cast_.providers.end());
  return out;
}

// A consent names only organisations that are registered.
Wish ConsentTalk::register_next() {
  const Actor& one = organisations()[registered_];
  const std::string name(1, static_cast<char>('A' + registered_++));
  return {cast_.operator_,
          RegisterOrganisation{*Text<120>::parse(name), OrganisationKind::ngo, one.organisation},
          {}};
}

const Actor& ConsentTalk::any(Dice& dice, std::initializer_list<const Actor*> actors) const {
  return *actors.begin()[pick(dice, actors.size())];
}

Wish ConsentTalk::consent(Dice& dice, const CaseId& subject, Instant now) const {
  const Actor person = person_of(cast_, subject), guardian = guardian_of(cast_, subject);
  const Actor& speaker = any(dice, {&cast_.manager, &cast_.manager, &cast_.police, &cast_.ngo,
                                    &cast_.providers[0], &cast_.providers[1], &person, &guardian});
  constexpr ConsentPurpose purposes[] = {ConsentPurpose::identification, ConsentPurpose::support,
                                         ConsentPurpose::support, ConsentPurpose::data_sharing};
  Consent word;
  word.purpose = purposes[pick(dice, std::size(purposes))];
  word.given = chance(dice, 70);
  word.by = speaker.role == Role::guardian ? ConsentGiver::guardian : ConsentGiver::individual;
  if (chance(dice, 65))
    for (const Actor& one : organisations())
      if (chance(dice, 25)) word.recipients.push_back(one.organisation);
  if (word.given && chance(dice, 60))
    for (const DataClass one : all_classes)
      if (chance(dice, 40)) word.classes.push_back(one);
  if (word.given && chance(dice, 40)) word.until = now.date().plus(static_cast<int>(pick(dice, 9)));
  return {speaker, RecordConsent{subject, std::move(word)}, {}};
}

Wish ConsentTalk::denial(Dice& dice, const CaseId& subject, const Known& known) const {
  if (!known.to_lift.empty() && chance(dice, 60))
    return {cast_.manager, known.to_lift[pick(dice, known.to_lift.size())], {}};
  const Actor& who = any(dice, {&cast_.police, &cast_.authority, &cast_.second_manager,
                                &cast_.providers[0], &cast_.providers[1], &cast_.providers[2]});
  if (chance(dice, 30)) return {who, DeclareConflict{subject, ConflictGround::family}, {}};
  DenyAccess deny{subject, {}, {}, DenialGround::safety_of_person};
  if (chance(dice, 50))
    deny.account = who.account;
  else
    deny.organisation = who.organisation;
  return {cast_.manager, deny, {}};
}

Wish ConsentTalk::guardian(Dice& dice, const CaseId& subject, Known& known) const {
  const auto issue = [&](const Actor& one) {
    IssueAccount account{one.organisation, one.role, Text<64>::parse(std::string(64, '0'))};
    account.account = one.account;
    account.subject = subject;
    return Wish{cast_.operator_, std::move(account), {}};
  };
  const Actor one = guardian_of(cast_, subject);
  if (!std::exchange(known.asked_for_guardian, true)) return issue(one);
  if (!std::exchange(known.asked_for_person, true)) return issue(person_of(cast_, subject));
  if (known.guarded && chance(dice, 60))
    return {
        cast_.manager, EndGuardianship{subject, one.account, GuardianshipEndReason::replaced}, {}};
  return {cast_.manager, AppointGuardian{subject, one.account, GuardianKind::parent}, {}};
}

std::optional<Wish> ConsentTalk::wish(Dice& dice, Instant now) {
  if (registered_ < organisations().size()) return register_next();
  if (cases_.empty()) return std::nullopt;
  const auto one =
      std::next(cases_.begin(), static_cast<std::ptrdiff_t>(pick(dice, cases_.size())));
  const CaseId subject = one->first;
  const std::size_t what = pick(dice, 12);
  if (what < 5) return consent(dice, subject, now);
  if (what < 7) return denial(dice, subject, one->second);
  if (what < 9) return guardian(dice, subject, one->second);
  const auto visitors = visitors_of(cast_, subject);
  return Wish{visitors[pick(dice, visitors.size())],
              opening_of(subject, all_purposes[pick(dice, std::size(all_purposes))],
                         all_classes[pick(dice, std::size(all_classes))]),
              {}};
}
}  // namespace nrm::test
