// Town: a mechanism on one thread: the real gateway and the real services with their steps, feeds
// and hooks, each with its RocksDB, over ZeroMQ with CURVE; its parties with their tokens. What
// tests of threats ask over the API, they ask through here.
//
// Not real: the clock, which a test moves, and HTTPS itself (requests reach the gateway as the
// server would hand them over). With Wires::memory nor are the sockets: for tests that count turns
// or make thousands of requests. All of it at once is in the canary run (canary/). THREAD: one.
// Time passes by a millisecond a turn, and when a test moves it.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/crypto/sealed_item.hpp"
#include "common/event/codes.hpp"
#include "common/http/http.hpp"
#include "common/store/store.hpp"
#include "tests/threats/town_lines.hpp"

namespace nrm {
struct Policy;
}

namespace nrm::test {
struct Party {
  std::string name, token;
  OrganisationId organisation;
  AccountId account;
};

// An organisation's keys as its own machine has them.
struct Keys {
  crypto::BoxKey box = crypto::BoxKey::random();
  crypto::Signer sign = crypto::Signer::random();
  OrganisationKeyId id;
  std::string fingerprint;  // as the organisation shows it
};

class Town {
 public:
  // `amend`: what is different from the OSCE's pack.
  explicit Town(Wires wires = Wires::zeromq, const std::function<void(Policy&)>& amend = {});
  ~Town();

  // "competent-authority", "case-manager", "case-manager-2", "operator", "auditor"
  const Party& office(const std::string& name) const { return offices_.at(name); }
  // A new organisation and an account of it; of a person or guardian, for their one case.
  Party join(const std::string& name, OrganisationKind kind, Role role,
             const std::string& subject = {});
  Party colleague(const Party& of, Role role, const std::string& subject = {});

  http::Answer get(const Party& who, const std::string& target, http::Headers headers = {});
  // With a fresh Idempotency-Key, unless `headers` names one.
  http::Answer post(const Party& who, const std::string& target, const std::string& body,
                    http::Headers headers = {});
  http::Answer erase(const Party& who, const std::string& target, http::Headers headers = {});
  // `took`: processor time of gateway and services together, without a network.
  http::Answer call(http::Call call);
  // Milliseconds of the mechanism's own clock that the last call took: turns of its loops.
  int last_turns() const { return last_turns_; }
  void settle();  // until what is on the way has arrived everywhere

  // Everything that the service, or the gateway, has stored.
  const Store& store(std::string_view process) const;
  // What an auditor finds who decides everything again (services/audit/decided_log.hpp).
  std::vector<std::string> faults() const;
  // Where all of their files are.
  std::string folder() const;
  // Every secret that a process of the mechanism holds, as raw bytes; the vault's epoch key too.
  std::vector<std::string> secrets() const;

  // A formal report; `personal` as JSON. The case's id.
  std::string report(const Party& who, const std::string& personal = R"({"name":"A. Person"})");
  std::string report_body(const std::string& personal) const;
  // A provider of this service with places for everybody.
  Party provider(const std::string& name, const std::string& service);
  // Accepts the offer of this case that is in the inbox. The referral's id.
  std::string accept(const Party& provider, const std::string& subject);

  // Registers; approved by operator and auditor when asked for.
  void enrol(const Party& who, Keys& keys, bool approved = true);
  http::Answer approve(const Party& who, const OrganisationKeyId& key,
                       const std::string& fingerprint);
  // The body of POST …/sealed-items.
  std::string sealed_body(const std::string& subject, std::uint32_t version, const Keys& from,
                          const std::vector<const Keys*>& to, const std::string& text,
                          const std::string& item_class = "shelter_location") const;

 private:
  struct Works;  // the processes
  void turn(Milliseconds time = Milliseconds(1));

  std::unique_ptr<Works> works_;
  std::map<std::string, Party> offices_;
  std::uint64_t keys_ = 0;
  int last_turns_ = 0;
};

// Members of an answer's JSON, by path: "receipt/log", "items/0/case"; empty when not there.
std::string member(const http::Answer& answer, std::string_view path);
// Of every item of a list.
std::vector<std::string> members(const http::Answer& answer, std::string_view name);
std::string code_of(const http::Answer& answer);  // the last part of the problem's type
std::string fresh_id();                           // of nothing that exists
}  // namespace nrm::test
