// The handlers that are more than a form on its way to a service, by area. See route_table.cpp.
#pragma once
#include "services/gateway/gateway.hpp"

namespace nrm::gateway {
// routes_registry.cpp
void post_account(Gateway& gateway, const CallPtr& call);
void post_revocation(Gateway& gateway, const CallPtr& call);
void get_organisations(Gateway& gateway, const CallPtr& call);
void get_providers(Gateway& gateway, const CallPtr& call);
// routes_sessions.cpp
void post_session(Gateway& gateway, const CallPtr& call);
void delete_session(Gateway& gateway, const CallPtr& call);
void post_password(Gateway& gateway, const CallPtr& call);
// routes_reports.cpp
void post_report(Gateway& gateway, const CallPtr& call);
void post_signal(Gateway& gateway, const CallPtr& call);
// routes_cases.cpp
void get_cases(Gateway& gateway, const CallPtr& call);
void get_case(Gateway& gateway, const CallPtr& call);
void get_timeline(Gateway& gateway, const CallPtr& call);
void get_case_referrals(Gateway& gateway, const CallPtr& call);
void get_matters(Gateway& gateway, const CallPtr& call);
void post_opening(Gateway& gateway, const CallPtr& call);
// routes_queues.cpp
void get_queue(Gateway& gateway, const CallPtr& call);
// routes_erasure.cpp
void get_erasure(Gateway& gateway, const CallPtr& call);
void post_subject_access(Gateway& gateway, const CallPtr& call);
// routes_feed.cpp
void get_log_feed(Gateway& gateway, const CallPtr& call);
// routes_proofs.cpp
void get_log_checkpoint(Gateway& gateway, const CallPtr& call);
void get_log_tile(Gateway& gateway, const CallPtr& call);
void get_log_entries(Gateway& gateway, const CallPtr& call);
void get_log_consistency(Gateway& gateway, const CallPtr& call);
void get_log_receipt(Gateway& gateway, const CallPtr& call);
void get_case_receipt(Gateway& gateway, const CallPtr& call);
// routes_access.cpp
void get_withdrawals(Gateway& gateway, const CallPtr& call);
void get_own_cases(Gateway& gateway, const CallPtr& call);
// routes_referrals.cpp
void get_inbox(Gateway& gateway, const CallPtr& call);
void get_inbox_stream(Gateway& gateway, const CallPtr& call);
void get_notices_stream(Gateway& gateway, const CallPtr& call);
void get_referral(Gateway& gateway, const CallPtr& call);
// routes_handover.cpp
void get_handovers(Gateway& gateway, const CallPtr& call);
void get_transnational(Gateway& gateway, const CallPtr& call);
// routes_capacity.cpp
void get_capacity(Gateway& gateway, const CallPtr& call);
// routes_seals.cpp
void get_organisation_keys(Gateway& gateway, const CallPtr& call);
void get_sealed_items(Gateway& gateway, const CallPtr& call);
void post_sealed_item(Gateway& gateway, const CallPtr& call);
void post_sealed_opening(Gateway& gateway, const CallPtr& call);
// routes_figures.cpp
void get_publications(Gateway& gateway, const CallPtr& call);
// routes_oversight.cpp
void post_complaint(Gateway& gateway, const CallPtr& call);
void get_complaints(Gateway& gateway, const CallPtr& call);
void get_complaint(Gateway& gateway, const CallPtr& call);
void post_feedback(Gateway& gateway, const CallPtr& call);
void get_warnings(Gateway& gateway, const CallPtr& call);
Result<void> find_complaint(const Gateway& gateway, const Call& call);      // ERRORS: not_found
Result<void> find_own_complaint(const Gateway& gateway, const Call& call);  // of who complained
ComplaintItem complaint_for(const Gateway& gateway, const Actor& caller, const ComplaintId& id,
                            const ComplaintView& view);
// routes_operations.cpp
void get_status(Gateway& gateway, const CallPtr& call);
void get_logs(Gateway& gateway, const CallPtr& call);
void get_clock(Gateway& gateway, const CallPtr& call);
void post_clock(Gateway& gateway, const CallPtr& call);
void get_livez(Gateway& gateway, const CallPtr& call);
void get_readyz(Gateway& gateway, const CallPtr& call);
void get_metrics(Gateway& gateway, const CallPtr& call);

// A form about a case whose service does not know who is related to it: a person, a guardian or a
// provider comes to its own cases alone, and this is where that is known.
template <class Form>
void submit_related(Gateway& gateway, const CallPtr& call) {
  // Whoever has just reported or accepted finds the case: its rows may be on their way.
  gateway.parts().freshness.when_fresh([&gateway, call] {
    const auto& parts = gateway.parts();
    if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
      return call->fail(seen.error());
    submit<Form>(gateway, call);
  });
}

// A form about a complaint: of one that is not for the caller, it looks like none.
template <class Form>
void submit_on_complaint(Gateway& gateway, const CallPtr& call) {
  gateway.parts().freshness.when_fresh([&gateway, call] {
    if (const auto seen = find_complaint(gateway, *call); !seen) return call->fail(seen.error());
    submit<Form>(gateway, call);
  });
}

template <class Form>
void submit_on_own_complaint(Gateway& gateway, const CallPtr& call) {
  gateway.parts().freshness.when_fresh([&gateway, call] {
    if (const auto seen = find_own_complaint(gateway, *call); !seen)
      return call->fail(seen.error());
    submit<Form>(gateway, call);
  });
}

// The id at the end of a row's key. REQUIRES: it ends in one.
template <class Id>
Id id_of(std::string_view key) {
  const auto id = Id::parse(key.substr(key.size() - 36));
  CHECK(id, "a row of a list ends in an id");
  return *id;
}
inline Reader reader_of(const Call& call) { return {call.request, call.caller.account}; }
template <class Item>
http::Response item_response(const Item& item, int status = 200) {
  http::Response response;
  response.status = status;
  write_json(response.body, item);
  return response;
}
}  // namespace nrm::gateway
