#include "services/audit/openings.hpp"

#include <algorithm>

#include "common/base/limits.hpp"

namespace nrm {
namespace {
using enum DataClass;
using enum OpeningPurpose;

constexpr Milliseconds clocks_apart_max = std::chrono::seconds(limits::clocks_apart_seconds_max);

// services/vault/README.md, "Who may open what": each row once more, in the auditor's words.
struct Right {
  Role role;
  OpeningPurpose purpose;
  std::vector<DataClass> classes;
  std::optional<ConsentPurpose> consent;
};
const std::vector<Right>& rights() {
  static const std::vector<Right> all{
      {Role::first_responder, safety, {identity, contact, safe_contact}, {}},
      {Role::competent_authority, decision, {identity, narrative}, ConsentPurpose::identification},
      {Role::competent_authority,
       statutory_notice,
       {identity, safe_contact},
       ConsentPurpose::data_sharing},
      {Role::case_manager,
       support,
       {identity, contact, safe_contact, medical, family},
       ConsentPurpose::support},
      {Role::case_manager, support, {safe_contact}, ConsentPurpose::identification},
      {Role::case_manager,
       safety,
       {identity, contact, safe_contact, narrative, medical, family, staff_identity},
       {}},
      {Role::case_manager,
       statutory_notice,
       {identity, safe_contact},
       ConsentPurpose::data_sharing},
      {Role::case_manager,
       own_request,
       {identity, contact, safe_contact, narrative, medical, family},
       {}},
      {Role::service_provider, support, {identity, safe_contact}, ConsentPurpose::support},
      {Role::service_provider, safety, {identity, contact, safe_contact, medical}, {}},
  };
  return all;
}

bool within(const std::vector<DataClass>& wanted, const std::vector<DataClass>& given) {
  return std::ranges::all_of(
      wanted, [&](DataClass one) { return std::ranges::find(given, one) != given.end(); });
}

// The right's consent stands, or the law asks for none.
std::optional<OpeningGround> ground_of(const CaseAccess& about, const DossierOpened& opened,
                                       Instant now) {
  for (const Right& right : rights()) {
    if (right.role != opened.by.role || right.purpose != opened.purpose ||
        !within(opened.classes, right.classes))
      continue;
    if (!right.consent)
      return right.purpose == safety ? OpeningGround::safety : OpeningGround::own_request;
    const bool waived = about.safeguarded() && (*right.consent == ConsentPurpose::identification ||
                                                *right.consent == ConsentPurpose::data_sharing);
    if (waived) return OpeningGround::law;
    if (consented(about.consents(), *right.consent, opened.by.organisation, opened.classes, now))
      return OpeningGround::consent;
  }
  return std::nullopt;
}
}  // namespace

void Openings::take(const Record& record, const Rules& rules) {
  cases_.trim();
  items_.trim();
  for (const Emit& emit : record.events) take_event(emit, record, rules);
}

void Openings::take_event(const Emit& emit, const Record& record, const Rules& rules) {
  switch (emit.stream.kind) {
    case StreamKind::account:
      return take_account(accounts_, AccountId(emit.stream.id), emit.event, record.at);
    case StreamKind::proposal:
      return take_proposal(emit.stream.id, emit.event);
    case StreamKind::item:
      return take_item(SealedItemId(emit.stream.id), emit, record, rules);
    case StreamKind::case_:
      break;
    default:
      return;
  }
  if (const auto* opened = get_if<DossierOpened>(&emit.event)) {
    OpeningGround ground{};
    const auto fault = fault_of(CaseId(emit.stream.id), *opened, record, rules, ground);
    count(fault, ground, emit, record.seq);
  } else {
    cases_[emit.stream.id].take(emit.event, record.at);
  }
}

void Openings::count(const std::string& fault, OpeningGround ground, const Emit& emit,
                     std::uint64_t seq) {
  ++openings_;
  if (fault.empty()) {
    ++by_ground_[ground];
  } else if (++groundless_count_ <= limits::violations_listed_max) {
    groundless_.push_back({seq, emit.stream, fault});
  }
}

std::string Openings::fault_of_actor(const Actor& by, const Record& record) const {
  if (record.actor != by) return "the record is not by who it says opened it";
  const auto account = accounts_.find(by.account);
  if (account == accounts_.end()) return "no such account was issued";
  if (account->second.revoked) return "the account was revoked";
  // The gateway looked by its own clock, a moment before.
  if (!account->second.in_force(record.at - clocks_apart_max)) return "the account had expired";
  return account->second.organisation == by.organisation && account->second.role == by.role
             ? ""
             : "the account is of another organisation or role";
}

std::string Openings::fault_of(const CaseId& subject, const DossierOpened& opened,
                               const Record& record, const Rules& rules, OpeningGround& ground) {
  if (std::string fault = fault_of_actor(opened.by, record); !fault.empty()) return fault;
  const CaseAccess* found = cases_.find(subject);
  if (found == nullptr || !found->known()) return "there was nothing to open then";
  const CaseAccess& about = *found;
  if (about.barred(opened.by)) return "who opened it was barred from the case";
  if (opened.classes.empty() || within({shelter_location}, opened.classes))
    return "nobody may open that";
  if (opened.emergency) {
    const auto glass = about.open_glass(opened.by, *opened.emergency, record.at);
    if (!glass) return "no glass that this account broke was open";
    if (opened.purpose != safety || opened.ground != *glass ||
        !within(opened.classes, {identity, contact, safe_contact, medical, family}))
      return "more was opened than a broken glass gives";
    ground = OpeningGround::broken_glass;
  } else {
    const auto relation =
        about.relation_of(subject, opened.by, record.at, rules.offices, accounts_);
    if (!relation || relation == AccessGround::break_glass) return "there was no relation to it";
    const auto had = ground_of(about, opened, record.at);
    if (!had) return "no right and consent covered it";
    if (had == OpeningGround::safety && !opened.ground)
      return "it does not say why life was at risk";
    ground = *had;
  }
  if (opened.purpose == safety && !opened.notice_to) return "nobody was told of it";
  return fault_of_two(subject, opened, record.at);
}

// The whole person at once, and every copy for the person's own request, takes two people.
std::string Openings::fault_of_two(const CaseId& subject, const DossierOpened& opened,
                                   Instant now) {
  const bool whole = within({identity, contact, safe_contact, narrative}, opened.classes);
  if (!whole && opened.purpose != own_request) return {};
  const auto found = opened.proposal ? proposals_.find(*opened.proposal) : proposals_.end();
  if (found == proposals_.end()) return "two people were needed, and no proposal was open";
  const Proposal& proposal = found->second;
  const bool fits = proposal.subject == subject && proposal.by == opened.by &&
                    proposal.purpose == opened.purpose && proposal.classes == opened.classes &&
                    proposal.approved_by && *proposal.approved_by != opened.by.account &&
                    now < proposal.until;
  proposals_.erase(found);  // it serves once
  if (!fits) return "no second person had approved just this within the hour";
  ++by_two_;
  return {};
}

void Openings::take_proposal(const Uuid& id, const Event& event) {
  if (const auto* proposed = get_if<OpeningProposed>(&event)) {
    proposals_[id] = {proposed->subject, proposed->by, proposed->purpose,
                      proposed->classes, {},           proposed->approve_by};
  } else if (const auto* approved = get_if<OpeningApproved>(&event)) {
    if (const auto found = proposals_.find(id); found != proposals_.end()) {
      found->second.approved_by = approved->by;
      found->second.until = approved->until;
    }
  } else if (holds<ProposalLapsed>(event) || holds<ProposalUsed>(event)) {
    proposals_.erase(id);
  }
}

void Openings::take_item(const SealedItemId& id, const Emit& emit, const Record& record,
                         const Rules& rules) {
  if (const auto* stored = get_if<SealedItemStored>(&emit.event)) {
    Item& item = items_[id] = {stored->subject, stored->class_, {}, {}};
    for (const SealedCopy& copy : stored->copies) item.readers.push_back(copy.organisation);
    return;
  }
  Item& item = items_[id];
  if (const auto* requested = get_if<SealedItemRequested>(&emit.event)) {
    std::erase_if(item.requests, [&](const Request& one) {
      return one.until < record.at || one.by == requested->by;
    });
    item.requests.push_back({requested->by, requested->until, {}});
  } else if (const auto* approved = get_if<SealedItemApproved>(&emit.event)) {
    for (Request& one : item.requests)
      if (one.by.account == approved->requested_by &&
          one.by.organisation == approved->by.organisation && one.until >= record.at)
        one.approved_by = approved->by.account;
  } else if (const auto* opened = get_if<SealedItemOpened>(&emit.event)) {
    count(fault_of(item, *opened, record, rules), OpeningGround::sealed_key, emit, record.seq);
  }
}

std::string Openings::fault_of(Item& item, const SealedItemOpened& opened, const Record& record,
                               const Rules& rules) {
  if (std::string fault = fault_of_actor(opened.by, record); !fault.empty()) return fault;
  if (item.subject.nil() || item.subject != opened.subject) return "no such item was sealed";
  const CaseAccess* about = cases_.find(item.subject);
  if (about == nullptr || !about->known()) return "the case was not there";
  if (about->barred(opened.by)) return "who opened it was barred from the case";
  const auto relation =
      about->relation_of(item.subject, opened.by, record.at, rules.offices, accounts_);
  if (!relation || relation == AccessGround::break_glass) return "there was no relation to it";
  if (std::ranges::find(item.readers, opened.by.organisation) == item.readers.end())
    return "no copy was sealed to that organisation";
  if (!rules.two_people.contains(item.class_)) return {};
  const auto request = std::ranges::find_if(item.requests, [&](const Request& one) {
    return one.by == opened.by && one.until >= record.at && one.approved_by;
  });
  if (request == item.requests.end() || *request->approved_by == opened.by.account ||
      opened.approved_by != request->approved_by)
    return "no second person had approved it within the hour";
  item.requests.erase(request);  // each reading takes two
  ++by_two_;
  return {};
}
}  // namespace nrm
