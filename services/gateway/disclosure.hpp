// Disclosure: who may see a case or referral, and what of it. The one place where stored views
// become answers, for single things, lists, queues and timelines alike (peers.md, Primero 5).
//
// Role and relation decide; what is not allowed by name is left out. Absent and forbidden things
// look the same to a client.
// THREAD: any.
#pragma once
#include "common/step/policy.hpp"
#include "common/store/keys.hpp"
#include "common/store/store.hpp"
#include "services/gateway/answers.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
template <class View>
struct Found {
  View view;
  std::uint64_t version = 0;
};
// The stored view of one thing. ERRORS: not_found; io_failed, corrupt.
template <class View>
Result<Found<View>> find_view(const Store& store, const Uuid& id);

// Whether this caller holds the office of its role.
bool holds_office(const Actor& caller, const Appointments& offices);
// Of who holds an office: a case is decided by one body, and the others that decide do not see it.
bool decides_or_manages(const Actor& caller, const CaseView& view);

bool is_of_one_case(Role role);  // a person or guardian
// What absent things are answered with, and everything that is not for the caller.
Error nothing_here();

// The cases that are barred to this caller, by its account or its organisation.
class Bars {
 public:
  Bars(const Store& store, const Actor& caller);
  bool cover(const Uuid& subject) const;  // of a store that cannot be read: yes

 private:
  const Store& store_;
  std::vector<std::string> prefixes_;  // of rows; nearly always none
};

// The case that a stream belongs to, as its view has it; none: no case's.
std::optional<Uuid> subject_of(const Store& store, const StreamKey& stream);
// Whether a record names a case that is barred: in its input, also a refused one, or in its events.
bool cover_record(const Bars& bars, const Store& store, std::string_view record);

// ERRORS: not_found, also for a case that this caller may not see.
Result<Found<CaseView>> find_case(const Store& store, const Appointments& offices,
                                  const Actor& caller, const Uuid& id);
Result<Found<ReferralView>> find_referral(const Store& store, const Appointments& offices,
                                          const Actor& caller, const Uuid& id);

enum class Detail { item, full };
// REQUIRES: the caller may see the case. `walled`: behind_firewall().
CaseItem disclose(const CaseId& id, const CaseView& view, const Actor& caller, Detail detail,
                  bool walled);
ReferralItem disclose(const ReferralId& id, const ReferralView& view, const Actor& caller);
WithdrawalItem disclose(const WithdrawalId& id, const WithdrawalView& view);  // to its recipient
TransnationalItem disclose(const TransnationalId& id, const TransnationalView& view);
GroupEventItem disclose(const GroupEventId& id, const GroupView& view);
// Who complained, and who may handle it: never anybody of the body complained of.
bool may_see_complaint(const Actor& caller, const Appointments& offices, const ComplaintView& view);
// `sees_case`: whether this caller may see the case that it is about.
ComplaintItem disclose(const ComplaintId& id, const ComplaintView& view, bool sees_case);
WarningItem disclose(const WarningId& id, const WarningView& view);
SealedEntry disclose(const SealedItemId& id, const SealedItemView& view, const Actor& caller,
                     Instant now);
// Whether this account has ever broken the glass of this case: it knows that the case is there.
bool has_broken_glass(const Store& store, const Actor& caller, const Uuid& subject);
bool may_see_facts(Role role);
// Whether a receipt may show this reader the record itself: all of its events are for it by name.
bool may_see_record(const Actor& caller, std::string_view record);
// A stored timeline row as this reader gets it. REQUIRES: may_see_event().
std::string event_for(const Actor& caller, std::string_view row);
// Of one stored timeline row.
bool may_see_event(const Actor& caller, json::Value row);
// The firewall of assistance: what is noted of a person's support (contacts, risks, needs, plans,
// services, procedures, incidents) is never for those who investigate or decide: first responders,
// the competent authority, and organisations of criminal justice and borders in any role.
bool is_assistance_note(std::string_view event_type);
bool behind_firewall(const Store& store, const Actor& caller);
// What is open of a case beside it. ERRORS: not_found; io_failed, corrupt.
Result<MatterItem> find_matter(const Store& store, const StreamKey& stream);

json::Document& scratch();  // this thread's document: what was in it is gone
}  // namespace nrm::gateway
