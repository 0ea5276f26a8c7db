// The vocabulary: every fact that the system records, one struct per event, in one header per
// owner.
//
// `Event` is closed: adding one makes the compiler list every place that must know it. An event
// belongs to one stream; the stream's id is in the record beside it and not repeated inside.
// A struct that was ever written to a log is never changed; a new version is a new struct with
// a new type name (`.v2`), see schemas/README.md.
// INVARIANT: nothing here identifies a person (design.md, promise 3); no floating point.
#pragma once
#include <boost/mp11/algorithm.hpp>

#include "common/base/one_of.hpp"
#include "common/event/assistance_events.hpp"
#include "common/event/audit_events.hpp"
#include "common/event/closure_events.hpp"
#include "common/event/identification_events.hpp"
#include "common/event/referral_events.hpp"
#include "common/event/vault_events.hpp"

namespace nrm {
// --- every log ----------------------------------------------------------------------------------

// Record 0 of every log: what the log is. A sandbox stays one for ever (only it has a movable
// clock).
struct LogOpened {
  static constexpr std::string_view type = "nrm.log.opened.v1";
  static constexpr StreamKind stream = StreamKind::log;
  Service service{};
  std::uint32_t partition = 0;
  bool sandbox = false;
  std::string policy;         // pack@version
  std::string policy_digest;  // SHA-256 of the pack's bytes, hex
  // Ed25519 public key that signs the checkpoints, hex, until a LogKeyAdopted; none in logs of the
  // first builds: their key was in mechanism.json alone.
  std::optional<Text<64>> key;
};
BOOST_DESCRIBE_STRUCT(LogOpened, (), (service, partition, sandbox, policy, policy_digest, key))

// The process that writes this log has another key of its own from here on. A log key signs the
// checkpoints that cover this record; a curve key is that of its connections.
struct LogKeyAdopted {
  static constexpr std::string_view type = "nrm.log.key_adopted.v1";
  static constexpr StreamKind stream = StreamKind::log;
  KeyUse use{};
  Text<64> key;  // public, hex
  // By the log key in force before: Ed25519 over endorsement_text() (runtime/signing.hpp), hex. So
  // only who has the old key can name a new one.
  Text<128> endorsement;
};
BOOST_DESCRIBE_STRUCT(LogKeyAdopted, (), (use, key, endorsement))

// The key before it is not accepted any more.
struct LogKeyRetired {
  static constexpr std::string_view type = "nrm.log.key_retired.v1";
  static constexpr StreamKind stream = StreamKind::log;
  KeyUse use{};
  Text<64> key;
};
BOOST_DESCRIBE_STRUCT(LogKeyRetired, (), (use, key))

// Another version of the pack is this log's from here on: records whose time is not before `from`
// are decided by it. What runs keeps the end that it was given.
struct PolicyAdopted {
  static constexpr std::string_view type = "nrm.log.policy_adopted.v1";
  static constexpr StreamKind stream = StreamKind::log;
  std::string policy;         // pack@version
  std::string policy_digest;  // SHA-256 of the pack's bytes, hex
  Instant from;
};
BOOST_DESCRIBE_STRUCT(PolicyAdopted, (), (policy, policy_digest, from))

using LogEvents = boost::mp11::mp_list<LogOpened, LogKeyAdopted, LogKeyRetired, PolicyAdopted>;

using AllEvents =
    boost::mp11::mp_append<LogEvents, VaultEvents, IdentificationEvents, ReferralEvents,
                           AssistanceEvents, ClosureEvents, AuditEvents>;
struct Event;
template <>
struct AlternativesOf<Event> {
  using type = AllEvents;
};

// One of them.
struct Event : OneOf<Event> {
  using OneOf::OneOf;
};
extern template class OneOf<Event>;
}  // namespace nrm
