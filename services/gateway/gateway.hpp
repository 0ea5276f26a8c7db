// Gateway: takes a request, finds its route, who asks and whether they may, and hands it to the
// route's handler. The HTTP server calls handle(); the ask side answers what handlers ask.
//
// THREAD: handle() on the server thread; what waited for a service goes on on the ask thread, what
// waited for rows on the feed thread, what waited for an identity provider's keys on its own.
// OWNERSHIP: borrows all of Parts.
#pragma once
#include <atomic>
#include <deque>
#include <map>

#include "services/gateway/archive_side.hpp"
#include "services/gateway/authentication.hpp"
#include "services/gateway/call.hpp"
#include "services/gateway/feed_side.hpp"
#include "services/gateway/listing.hpp"
#include "services/gateway/paging.hpp"
#include "services/gateway/policy_in_force.hpp"
#include "services/gateway/request_metrics.hpp"
#include "services/gateway/sessions.hpp"

namespace nrm::gateway {
class Gateway {
 public:
  struct Parts {
    const Store& store;
    Ask ask;
    std::function<std::vector<FeedSide::LogStatus>()> status;
    Freshness& freshness;
    const Clock& clock;               // the time of the logs
    SandboxClock* sandbox = nullptr;  // none in production
    Appointments offices;
    Listing::PerHour listed_per_hour = {};  // things about people
    Sensitive<std::string> secret;          // account tokens and cursors are made with it; 32 bytes
    Admission::Rates rates{};               // of one account; none: not limited
    // By which what we issued runs out, and what others issued; both `clock` without.
    const Clock* expiry = nullptr;
    const Clock* world = nullptr;
    const WitnessedLogs* witnessed = nullptr;  // none: nobody asks witnesses
    FetchArchived archive{};                   // none: what it has cannot be asked for
    Identity* identity = nullptr;              // none: no identity provider is connected
    PolicyInForce* policy = nullptr;           // none: nothing that depends on it is answered
  };
  explicit Gateway(Parts parts);

  void handle(http::Request request, http::Reply reply);

  const Parts& parts() const { return parts_; }
  const Cursors& cursors() const { return cursors_; }
  Authentication& authentication() { return authentication_; }
  Listing& listing() { return listing_; }
  Sessions& sessions() { return sessions_; }
  const RequestMetrics& metrics() const { return metrics_; }
  Admission& admission() { return admission_; }
  // Takes from the caller's bucket, and a place for what is not a read.
  // ERRORS: too_many_requests, unavailable. THREAD: any.
  Result<void> let_in(Call& call, Admission::Kind kind);
  std::atomic<std::size_t>& streams() { return streams_; }
  // A sandbox's clock is moved once per key, also when the client asks again.
  std::map<std::string, std::pair<std::string, Instant>>& clock_moves() { return clock_moves_; }
  std::mutex& clock_moves_mutex() { return clock_moves_mutex_; }

 private:
  http::Reply counted(std::size_t route, http::Reply reply);
  Result<void> admit(Call& call);
  void go_on(const CallPtr& call);  // when it can be told who asks

  Parts parts_;
  Cursors cursors_;
  Authentication authentication_;
  Admission admission_;
  Listing listing_;
  RequestMetrics metrics_;
  std::atomic<std::size_t> streams_{0};
  Sessions sessions_;
  std::mutex clock_moves_mutex_;
  std::map<std::string, std::pair<std::string, Instant>> clock_moves_;
};
}  // namespace nrm::gateway
