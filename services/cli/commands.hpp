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
  std::string key;               // --key: Idempotency-Key of an earlier try without an answer
  bool keyed = false;            // the command has --key
};

struct InitOptions {
  std::string dir = "nrm-data";
  std::string policy = "osce";  // a pack of deploy/policy, or a file
  std::string name = "nrm.example";
  std::uint16_t port = 8443;
  bool production = false;  // default: sandbox
  std::string begin;        // --begin 2023-07-01: where a sandbox's clock starts
  std::string witness_policy, witness_authority;  // files: witnesses/policy, witnesses/ca.pem
  bool json = false;
};
int init(const InitOptions& options);

struct UpOptions {
  std::string dir = "nrm-data";
  std::uint16_t port = 0;  // --port: another one than the folder's, from now on
  bool quiet = false;
};
int up(const UpOptions& options);

struct AuditPseudonymOptions {
  std::string dir = "nrm-data";
  std::string id;
};
int audit_pseudonym(const AuditPseudonymOptions& options);

struct PolicyOptions {
  std::string action;       // check, diff, list, show
  std::string file, other;  // packs, by name or file
  std::string after;        // check: the version that it shall follow
  std::string dir = "nrm-data";
  std::string from;  // adopt: "2024-01-01"
  bool json = false;
};
int policy(const PolicyOptions& options);
int policy_adopt(const PolicyOptions& options);

struct KeysOptions {
  std::string dir = "nrm-data";
  std::string action;  // "rotate" or "retire"
  std::string process;
  bool curve = false, log = false;  // which; neither: both that it has
};
int keys(const KeysOptions& options);

struct StatusOptions {
  Access access;
  std::uint32_t wait_seconds = 0;  // --wait: until everything is ready
};
int status(const StatusOptions& options);

struct AccountsAddOptions {
  Access access;
  std::string organisation;       // name
  std::string kind;               // OrganisationKind
  std::string role;               // Role
  std::string name;               // of the account in a sandbox; the organisation's when empty
  std::string subject;            // --case: the one case of a person or guardian
  std::string by = "token";       // AccountKind: what proves it
  std::string scopes;             // "read,refer"; empty: all that the role may do
  std::string expires;            // "90d", or an instant; empty: never
  std::string certificate;        // file: what the account is bound to
  std::string issue_certificate;  // NAME: makes NAME.pem and NAME-key.pem for the account
};
int accounts_add(const AccountsAddOptions& options);

struct AccountsFindOptions {
  std::string dir = "nrm-data";
  std::string subject;  // as the identity provider names it
};
int accounts_find(const AccountsFindOptions& options);

struct AccountsRevokeOptions {
  Access access;
  std::string account;      // id
  std::string certificate;  // file, of the folder's own authority of clients
};
int accounts_revoke(const AccountsRevokeOptions& options);

struct SandboxAdvanceOptions {
  Access access;
  std::string by;  // "35d"
};
int sandbox_advance(const SandboxAdvanceOptions& options);

struct ReportOptions {
  Access access;
  bool example = false;
  std::string file;     // "-" = standard input
  std::string receipt;  // --receipt FILE: where the proof that it is in the log is kept
};
int report(const ReportOptions& options);

struct ReportGroupOptions {
  Access access;
  std::string file;  // an array of reports
  std::string kind;  // GroupEventKind
  std::string region;
  std::string on;            // the day of the operation
  std::uint32_t people = 0;  // found there; the file's reports when 0
};
int report_group(const ReportGroupOptions& options);

struct InboxOptions {
  Access access;
  bool follow = false;
};
int inbox(const InboxOptions& options);

struct ReferOptions {
  Access access;
  std::string action;  // see act.cpp
  std::string referral;
  std::string reason;
  std::string then;     // --then: of revoke
  std::string channel;  // --channel: of deliver and outcome
  std::string outcome;  // --outcome: of outcome
  std::string on;       // --on: of start
  std::string if_match;
};
int refer(const ReferOptions& options);

struct DirectoryOptions {
  Access access;
  std::string file;  // HSDS 3 JSON; "-": standard output, or input
};
int directory_import(const DirectoryOptions& options);
int directory_export(const DirectoryOptions& options);

struct DecideOptions {
  Access access;
  std::string stage;  // "first" or "second"
  std::string subject;
  std::string outcome;
  std::string ground;
  std::string if_match;
};
int decide(const DecideOptions& options);

// Any act of the API that has no command of its own.
struct ActOptions {
  Access access;
  std::string target;  // "cases/4FJ2K-7QX0M-9/information-request"
  std::string body;    // JSON; "-" = standard input
  std::string if_match;
};
int act(const ActOptions& options);

struct CaseOptions {
  Access access;
  std::string action;   // "show" or "timeline"
  std::string subject;  // id or reference
};
int case_(const CaseOptions& options);
int case_matters(const CaseOptions& options);

struct CaseActOptions {
  Access access;
  std::string action;               // "alarm", "close" …: case_act.hpp
  std::string subject;              // case id or reference, or the id of what hangs on it
  std::vector<std::string> values;  // "ground=unreachable"
  std::string if_match;
};
int case_act(const CaseActOptions& options);

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
  std::string follow;   // --follow-published DIR: decide as many as its tables say, in --quarter
  std::string quarter;  // "2023Q3"; the newest that DIR has a table of referrals of
  std::string until;    // --until DAY: stops after it; a later run goes on
};
int rehearse(const RehearseOptions& options);

struct AuditReplayOptions {
  std::string dir = "nrm-data";
  std::string from;     // "archive", or an export; the folder's own logs without it
  std::string service;  // all without it
  std::string subject;  // --case
  std::string until;
  std::optional<std::uint64_t> at_record;
  std::string out;  // --export: file
  bool follow = false;
  bool json = false;
};
int audit_replay(const AuditReplayOptions& options);

struct AuditTimelineOptions {
  std::string dir = "nrm-data";
  std::string from;     // as in AuditReplayOptions
  std::string subject;  // --case: id or reference
  std::string until;
  std::string policy;                      // pack, by name or file; the folder's own without it
  std::string html;                        // file
  std::string format = "text";             // text, json, cloudevents; or one of
  bool json = false, cloudevents = false;  // --json, --cloudevents
};
int audit_timeline(const AuditTimelineOptions& options);

struct AuditFeedOptions {
  Access access;
  std::string after;  // a cursor, "now", or "0"; the beginning without it
  std::string service, type, subject;
  bool follow = false;
  bool bookmarks = false;
};
int audit_feed(const AuditFeedOptions& options);

struct AuditAccessOptions {
  std::string dir = "nrm-data";
  std::string from;          // as in AuditReplayOptions
  std::string subject;       // --case: id or reference; or
  std::string account;       // --account: id; or
  std::string organisation;  // --organisation: id or name
  std::string at;            // day or instant; now without it
  bool json = false;
};
int audit_access(const AuditAccessOptions& options);

struct ConsentOptions {
  Access access;
  std::string action;   // give, withdraw, tasks, acknowledge
  std::string subject;  // id or reference of the case; to acknowledge: id of the withdrawal
  std::string purpose, by = "individual", language = "en", until, outcome;
  std::vector<std::string> recipients, classes;
};
int consent(const ConsentOptions& options);

// Which figures, of which records, protected how.
struct FiguresQuery {
  std::string dir = "nrm-data";
  std::string exported;                       // a folder that nrm audit export wrote, instead
  std::string report = "referrals";           // name or code; "list"
  std::string format = "text";                // text, csv, csv-bom, json, xlsx
  std::string as_of, known_at;                // a day or instant
  std::string from, to;                       // quarters
  std::string rows, columns;                  // dimensions, with commas
  std::string rule = "exact";                 // exact, suppressed, private
  std::string epsilon;                        // of private
  std::uint32_t threshold = 0, rounding = 0;  // 0: as the pack says
  std::string revises;                        // of a publication
  std::string out;                            // a file
  bool chart = false;                         // drawn, whether or not to a terminal
};
int audit_statistics(const FiguresQuery& query);

struct PublishOptions {
  Access access;
  FiguresQuery query;
};
int audit_publish(const PublishOptions& options);

struct PublicationOptions {
  Access access;
  std::string action;  // list, verify, approve, refuse
  std::string publication;
  std::string exported, file, reason;
};
int audit_publication(const PublicationOptions& options);

struct AuditComplaintsOptions {
  std::string dir = "nrm-data";
  std::string exported;         // a folder that nrm audit export wrote, instead
  std::string format = "text";  // text, csv, json
  std::string as_of;            // a day or instant; now without it
};
int audit_complaints(const AuditComplaintsOptions& options);

struct AuditExportOptions {
  std::string dir = "nrm-data";
  std::string out;
  bool json = false;
};
int audit_export(const AuditExportOptions& options);

struct AuditFetchOptions {
  Access access;
  std::string url, out;
  std::string authority;  // --ca: PEM of the server's authority; the data folder's without
  std::string keys;       // --keys: verifier keys that the logs must have; what is served without
  bool quiet = false;     // says nothing of what came
};
int audit_fetch(const AuditFetchOptions& options);

struct ReceiptGetOptions {
  Access access;
  std::string what;  // a case by id or reference, or a record: identification/0/12
  std::string out = "receipt.tlog-proof";
};
int receipt_get(const ReceiptGetOptions& options);

struct ReceiptVerifyOptions {
  std::string file;
  std::string keys;    // --keys: verifier keys, one a line
  std::string policy;  // --policy: which witnesses must have cosigned (C2SP tlog-policy)
  bool json = false;
};
int receipt_verify(const ReceiptVerifyOptions& options);

struct VaultSplitOptions {
  std::string dir = "nrm-data";
  std::uint32_t shares = 5;
  std::uint32_t threshold = 3;
};
int vault_split(const VaultSplitOptions& options);

struct VaultUnsealOptions {  // the share comes on standard input
  std::string dir = "nrm-data";
};
int vault_unseal(const VaultUnsealOptions& options);

struct VaultRewrapOptions {
  std::string dir = "nrm-data";
  std::string to = "file";  // file, token, credential
  std::string module, token, key, pin_file;
  std::vector<std::string> paths;  // where the module keeps its token
  std::string out;                 // for `credential`: where the fresh key is put
};
int vault_rewrap(const VaultRewrapOptions& options);

struct VaultEraseOptions {
  Access access;
  std::string subject;  // id or reference
  std::string ground;
  bool emergency = false;
  bool confirm = false;  // the second person's word
  bool cancel = false;
};
int vault_erase(const VaultEraseOptions& options);

struct VaultErasureOptions {
  Access access;
  std::string subject;
};
int vault_erasure(const VaultErasureOptions& options);

struct VaultAccessOptions {
  Access access;
  std::string subject;  // id or reference; with `approve` the proposal's id
  std::string language = "en";
  std::string proposal;  // that a second person approved; without it one is made
  bool approve = false;
};
int vault_access(const VaultAccessOptions& options);

struct WitnessOptions {
  std::string action;  // empty: serves; "init", "key"
  std::string dir = "nrm-witness";
  std::string name;                       // of its key
  std::string listen = "127.0.0.1:8444";  // address and port
  std::vector<std::string> hosts;         // --host: public names
  std::string certificate, key;           // PEM files; those in the folder without
  bool quiet = false, json = false;
};
int witness(const WitnessOptions& options);

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
