// What `nrm` can do: one options struct and one function per subcommand. arguments.cpp fills the
// structs (the only file that sees CLI11) and calls the functions.
//
// Each returns the process's exit code: 0 done; 1 the answer is "no" (verification found a fault,
// a service is down); 64 wrong usage or input, said with what to do next; 65 a data folder or file
// does not check out; 69 nobody answers; 70 our own fault; 75 try again; 76 two copies of one
// history differ.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nrm::cli {
// How to reach an installation through its public API, and as whom.
struct Access {
  std::string dir = "nrm-data";  // --dir: data folder; finds port, CA and sandbox tokens
  std::string token;             // --token or $NRM_TOKEN; in a sandbox --as NAME is enough
  std::string as;                // --as: name of a sandbox account, e.g. "competent-authority"
  bool json = false;             // --json
};

struct InitOptions {
  std::string dir = "nrm-data";
  std::string policy = "osce";  // a pack of deploy/policy, or a file
  std::string name = "nrm.example";
  std::uint16_t port = 8443;
  bool production = false;  // default: sandbox
  std::string begin;        // --begin 2023-07-01: where a sandbox's clock starts
  bool json = false;
};
int init(const InitOptions& options);

struct UpOptions {
  std::string dir = "nrm-data";
  std::uint16_t port = 0;  // --port: another one than the folder's, from now on
  bool quiet = false;
};
int up(const UpOptions& options);

struct StatusOptions {
  Access access;
  std::uint32_t wait_seconds = 0;  // --wait: until everything is ready
};
int status(const StatusOptions& options);

struct AccountsAddOptions {
  Access access;
  std::string organisation;  // name
  std::string kind;          // OrganisationKind
  std::string role;          // Role
  std::string name;          // of the account in a sandbox; the organisation's when empty
};
int accounts_add(const AccountsAddOptions& options);

struct SandboxAdvanceOptions {
  Access access;
  std::string by;  // "35d"
};
int sandbox_advance(const SandboxAdvanceOptions& options);

struct ReportOptions {
  Access access;
  bool example = false;
  std::string file;  // "-" = standard input
  std::string key;   // Idempotency-Key; made when empty and shown
};
int report(const ReportOptions& options);

struct InboxOptions {
  Access access;
  bool follow = false;
};
int inbox(const InboxOptions& options);

struct ReferOptions {
  Access access;
  std::string action;  // acknowledge accept waitlist decline cancel retry
  std::string referral;
  std::string reason;
  std::string if_match;
};
int refer(const ReferOptions& options);

struct DecideOptions {
  Access access;
  std::string stage;  // "first" or "second"
  std::string subject;
  std::string outcome;
  std::string ground;
  std::string if_match;
};
int decide(const DecideOptions& options);

struct CaseOptions {
  Access access;
  std::string action;   // "show" or "timeline"
  std::string subject;  // id or reference
};
int case_(const CaseOptions& options);

struct SealedOptions {
  Access access;
  std::string action;      // keygen register keys approve revoke; put ask allow get
  std::string subject;     // case, organisation's name, or key id
  std::string key_file;    // --key: the organisation's private keys
  std::string file;        // --file: the text to seal
  std::string item_class;  // --class
  std::string purpose = "safety";
  std::string fingerprint;  // as the organisation showed it
  std::string replaces, reason;
  std::vector<std::string> to;  // organisations' names
};
int organisation_key(const SealedOptions& options);
int sealed(const SealedOptions& options);

struct LoadOptions {
  Access access;
  std::string file;
  std::size_t connections = 32;
  bool check_only = false;  // --check: reads the file and submits nothing
};
int load(const LoadOptions& options);

struct RehearseOptions {
  Access access;
  std::size_t connections = 32;
  bool summary_only = false;
  std::string prepare;  // --prepare FILE.csv: only registers providers, for as many as it counts
  std::string compare;  // --compare FILE.csv: the published table against the computed one
};
int rehearse(const RehearseOptions& options);

struct AuditVerifyOptions {
  std::string dir = "nrm-data";
  bool json = false;
};
int audit_verify(const AuditVerifyOptions& options);

struct AuditReplayOptions {
  std::string dir = "nrm-data";
  std::string service;
  std::string subject;  // --case
  std::string until;
  bool json = false;
};
int audit_replay(const AuditReplayOptions& options);

struct AuditStatisticsOptions {
  std::string dir = "nrm-data";
  std::string table = "referrals";
  std::string format = "text";  // text, csv, json
};
int audit_statistics(const AuditStatisticsOptions& options);

struct BenchOptions {
  std::string dir;  // work folder; made and removed when empty
  std::size_t rounds = 5;
  double seconds = 3;
  std::string only;  // hops, latency, intake, replay
  bool json = false;
};
int bench(const BenchOptions& options);

// arguments.cpp
int run(int argc, char** argv);
}  // namespace nrm::cli
