// The command line. The only file that sees CLI11, because it costs seven seconds to compile.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "common/diag/diag.hpp"
#include "services/cli/audit_verify.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/completion.hpp"
#include "services/cli/login.hpp"

namespace nrm::cli {
namespace {
constexpr const char* exit_codes =
    "Exit codes: 0 done; 1 the answer is no; 64 wrong usage or input; 65 a folder or file does\n"
    "not check out; 69 nobody answers; 70 our own fault; 75 try again; 76 two histories differ.";

void add_dir(CLI::App* sub, std::string& dir) {
  sub->add_option("--dir", dir, "data folder")->capture_default_str()->envname("NRM_DIR");
}
void add_from(CLI::App* sub, std::string& from) {
  sub->add_option("--from", from,
                  "where the logs are: \"archive\" for the audit's copy of them, or a folder that "
                  "nrm audit export wrote; the data folder's own without it");
}
// `keyed`: what is said again with the key of a try without an answer is done once.
void add_access(CLI::App* sub, Access& access, bool keyed = false) {
  add_dir(sub, access.dir);
  sub->add_option("--as", access.as, "account of a sandbox, as in sandbox/tokens.json");
  sub->add_option("--token", access.token, "token of an account")->envname("NRM_TOKEN");
  sub->add_flag("--json", access.json, "print JSON");
  access.keyed = keyed;
  if (keyed) sub->add_option("--key", access.key, "Idempotency-Key of an earlier try");
}

class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {
    add_init();
    add_up();
    add_keys();
    add_policy();
    add_status();
    add_accounts();
    add_login();
    add_logout();
    add_sandbox();
    add_report();
    add_report_group();
    add_inbox();
    add_refer();
    add_directory();
    add_decide();
    add_act();
    add_case();
    add_consent();
    add_sealed();
    add_load();
    add_rehearse();
    add_audit();
    add_receipt();
    add_vault_keys();
    add_vault_erasure();
    add_witness();
    add_bench();
    add_completion();
  }
  int run() const { return run_(); }

 private:
  // `examples`: lines that work as they are.
  CLI::App* add(CLI::App& parent, const char* name, const char* what, const char* examples) {
    CLI::App* sub = parent.add_subcommand(name, what);
    sub->footer(std::string("Examples:\n") + examples + "\n" + exit_codes);
    return sub;
  }
  template <class Options>
  void on(CLI::App* sub, const Options& options, int (*command)(const Options&)) {
    sub->callback(
        [this, &options, command] { run_ = [&options, command] { return command(options); }; });
  }

  void add_init() {
    CLI::App* sub = add(app_, "init", "make a data folder: keys, first organisations and accounts",
                        "  nrm init\n  nrm init --dir /srv/nrm --policy uk --begin 2023-07-03\n"
                        "  nrm init --dir /srv/nrm --production --name nrm.gov.example\n");
    add_dir(sub, init_.dir);
    sub->add_option("--policy", init_.policy, "policy pack, by name or file")
        ->capture_default_str();
    sub->add_option("--name", init_.name, "name of the installation, part of every checkpoint")
        ->capture_default_str();
    sub->add_option("--port", init_.port, "HTTPS port on loopback")->capture_default_str();
    sub->add_flag("--production", init_.production, "no movable clock; tokens are shown once");
    sub->add_option("--witness-policy", init_.witness_policy,
                    "file: whose cosignatures are enough (C2SP tlog-policy)");
    sub->add_option("--witness-authority", init_.witness_authority,
                    "file: who issued the witnesses' certificates (PEM); the system's without");
    sub->add_option("--begin", init_.begin, "day on which a sandbox's clock starts");
    sub->add_flag("--json", init_.json, "print JSON");
    on(sub, init_, init);
  }
  void add_up() {
    CLI::App* sub = add(app_, "up", "run all services of a data folder until Ctrl-C",
                        "  nrm up\n  nrm up --dir /srv/nrm --port 9443\n");
    add_dir(sub, up_.dir);
    sub->add_option("--port", up_.port, "another HTTPS port, from now on");
    sub->add_flag("--quiet", up_.quiet, "say nothing when ready");
    on(sub, up_, up);
  }
  void add_policy() {
    CLI::App* group = add(app_, "policy", "packs: a country's rules as data",
                          "  nrm policy list\n  nrm policy check uk\n");
    group->require_subcommand(1);
    CLI::App* check =
        policy_action(*group, "check", "every mistake of a pack, with its place and what to write",
                      "  nrm policy check my-country.json\n"
                      "  nrm policy check uk-5.json --after uk --json\n");
    check->add_option("pack", policy_.file, "name or file")->required();
    check->add_option("--after", policy_.after, "the version that it shall follow, name or file");
    CLI::App* diff = policy_action(*group, "diff", "what two packs say otherwise (exit code 1)",
                                   "  nrm policy diff osce georgia\n");
    diff->add_option("before", policy_.file, "name or file")->required();
    diff->add_option("after", policy_.other, "name or file")->required();
    policy_action(*group, "list", "the packs that there are", "  nrm policy list\n");
    CLI::App* show = policy_action(*group, "show", "clocks and deciders of a pack, with sources",
                                   "  nrm policy show ireland\n");
    show->add_option("pack", policy_.file, "name or file")->required();
    CLI::App* adopt =
        add(*group, "adopt", "a mechanism takes a new version of its pack from a day on",
            "  nrm policy adopt uk-5.json --from 2024-01-01 --dir /srv/nrm\n");
    add_dir(adopt, policy_.dir);
    adopt->add_option("pack", policy_.file, "name or file")->required();
    adopt->add_option("--from", policy_.from, "first day, in the pack's own time zone")->required();
    adopt->add_flag("--json", policy_.json, "print JSON");
    on(adopt, policy_, policy_adopt);
  }
  CLI::App* policy_action(CLI::App& group, const char* action, const char* what,
                          const char* examples) {
    CLI::App* sub = add(group, action, what, examples);
    sub->add_flag("--json", policy_.json, "print JSON");
    sub->callback([this, action] {
      policy_.action = action;
      run_ = [this] { return policy(policy_); };
    });
    return sub;
  }
  void add_status() {
    CLI::App* sub = add(app_, "status", "what every service has, and whether all is ready",
                        "  nrm status\n  nrm status --wait 60 --json\n");
    add_access(sub, status_.access);
    sub->add_option("--wait", status_.wait_seconds, "seconds to wait until all is ready");
    on(sub, status_, status);
  }
  void add_accounts() {
    CLI::App* group =
        add(app_, "accounts", "accounts of organisations", "  nrm accounts add --help\n");
    group->require_subcommand(1);
    CLI::App* sub = add(*group, "add", "issue an account, and register its organisation when new",
                        "  nrm accounts add --organisation \"Kent Police\" --kind police --role "
                        "first_responder\n");
    add_access(sub, accounts_add_.access);
    sub->add_option("--organisation", accounts_add_.organisation, "its name")->required();
    sub->add_option("--kind", accounts_add_.kind, "police, ngo, service_provider, …, witness")
        ->required();
    sub->add_option("--role", accounts_add_.role, "first_responder, …, operator, auditor, witness")
        ->required();
    sub->add_option("--name", accounts_add_.name, "of the account in a sandbox, for --as");
    sub->add_option("--case", accounts_add_.subject, "the one case of a person or guardian");
    sub->add_option("--by", accounts_add_.by, "what proves it: token, certificate or password")
        ->capture_default_str();
    sub->add_option("--scopes", accounts_add_.scopes,
                    "what it may be used for: report,read,open,decide,refer,support,close,"
                    "administer,audit; all without");
    sub->add_option("--expires", accounts_add_.expires, "90d, or an instant; never without");
    sub->add_option("--certificate", accounts_add_.certificate,
                    "works only beside this client certificate (PEM)");
    sub->add_option("--issue-certificate", accounts_add_.issue_certificate,
                    "--by certificate, and make NAME.pem and NAME-key.pem for it");
    on(sub, accounts_add_, accounts_add);
    CLI::App* find = add(*group, "find", "the account of a person of the identity provider",
                         "  nrm accounts find 248289761001\n");
    add_dir(find, accounts_find_.dir);
    find->add_option("subject", accounts_find_.subject, "`sub` as the provider has it")->required();
    on(find, accounts_find_, accounts_find);
    CLI::App* revoke = add(*group, "revoke", "end an account, or a client certificate, at once",
                           "  nrm accounts revoke 055bfa60-6da8-4f5e-9f1c-0d0a7ad3b7a5\n"
                           "  nrm accounts revoke --certificate kent.pem\n");
    add_access(revoke, accounts_revoke_.access);
    revoke->add_option("account", accounts_revoke_.account, "its id");
    revoke->add_option("--certificate", accounts_revoke_.certificate,
                       "file, made with --issue-certificate");
    on(revoke, accounts_revoke_, accounts_revoke);
    CLI::App* password =
        add(*group, "password", "another password, by its holder; all sessions end",
            "  nrm accounts password 055bfa60-6da8-4f5e-9f1c-0d0a7ad3b7a5\n");
    add_dir(password, password_.dir);
    password->add_option("account", password_.account, "its id")->required();
    password->add_option("--key", password_.key, "Idempotency-Key of a try without an answer");
    on(password, password_, accounts_password);
  }
  void add_logout() {
    CLI::App* sub = add(app_, "logout", "end the session of a local account", "  nrm logout\n");
    add_dir(sub, logout_.dir);
    sub->add_option("--token-file", logout_.token_file, "as nrm login wrote it; it is removed")
        ->capture_default_str();
    on(sub, logout_, logout);
  }
  void add_login() {
    CLI::App* sub = add(app_, "login", "a token for a person, by identity provider or password",
                        "  nrm login --client nrm-cli\n"
                        "  nrm login --account 055bfa60-6da8-4f5e-9f1c-0d0a7ad3b7a5\n");
    add_dir(sub, login_.access.dir);
    sub->add_option("--client", login_.client, "this program's name at the provider")
        ->capture_default_str();
    sub->add_option("--resource", login_.resource, "the service, where a provider wants it named");
    sub->add_option("--scope", login_.scope, "as in \"openid nrm:read\"")->capture_default_str();
    sub->add_option("--account", login_.account, "a local account: password and code instead");
    sub->add_option("--out", login_.out, "file for the token")->capture_default_str();
    sub->add_option("--wait", login_.wait_seconds, "seconds to sign in")->capture_default_str();
    on(sub, login_, login);
  }
  void add_sandbox() {
    CLI::App* group = add(app_, "sandbox", "a sandbox's clock", "  nrm sandbox advance 35d\n");
    group->require_subcommand(1);
    CLI::App* sub = add(*group, "advance", "move the clock; what is due on the way happens",
                        "  nrm sandbox advance 12h\n  nrm sandbox advance 35d\n");
    add_access(sub, sandbox_advance_.access);
    sub->add_option("by", sandbox_advance_.by, "90s, 15m, 36h, 35d, 2w")->required();
    on(sub, sandbox_advance_, sandbox_advance);
  }
  void add_keys() {
    CLI::App* group = add(app_, "keys", "a process's own keys, changed while it runs",
                          "  nrm keys rotate vault\n  nrm keys retire vault\n");
    group->require_subcommand(1);
    for (const char* action : {"rotate", "retire"}) {
      const bool rotates = std::string_view(action) == "rotate";
      CLI::App* sub = add(*group, action,
                          rotates ? "give it a second key, valid beside the first"
                                  : "end the validity of the key before",
                          rotates ? "  nrm keys rotate vault\n  nrm keys rotate gateway --curve\n"
                                  : "  nrm keys retire vault\n");
      add_dir(sub, keys_.dir);
      sub->add_option("process", keys_.process, "vault, identification, …, gateway")->required();
      if (rotates) {
        sub->add_flag("--curve", keys_.curve, "only the key of its connections");
        sub->add_flag("--log", keys_.log, "only the key that signs its log");
      }
      sub->callback([this, action] {
        keys_.action = action;
        run_ = [this] { return keys(keys_); };
      });
    }
  }
  void add_report() {
    CLI::App* sub = add(app_, "report", "report a person",
                        "  nrm report --example > report.json\n"
                        "  nrm report report.json --as \"Kent Police\" --receipt r.tlog-proof\n");
    add_access(sub, report_.access, true);
    sub->add_flag("--example", report_.example, "print a complete valid body");
    sub->add_option("file", report_.file, "JSON file, - for standard input");
    sub->add_option("--receipt", report_.receipt, "file for the proof that it is in the log");
    on(sub, report_, report);
  }
  void add_inbox() {
    CLI::App* sub = add(app_, "inbox", "a provider's offers, waiting list and running referrals",
                        "  nrm inbox --as \"Safe house 1\"\n  nrm inbox --follow\n");
    add_access(sub, inbox_.access);
    sub->add_flag("--follow", inbox_.follow, "print news as it comes, until Ctrl-C");
    on(sub, inbox_, inbox);
  }
  void add_refer() {
    CLI::App* sub = add(app_, "refer", "one act of a provider or case manager about a referral",
                        "  nrm refer accept 5f0c…\n  nrm refer decline 5f0c… --reason no_capacity\n"
                        "  nrm refer revoke 5f0c… --reason better_match --then next_match\n"
                        "  nrm refer outcome 5f0c… --channel phone --outcome accepted\n"
                        "  nrm refer retry 5f0c…\n");
    add_access(sub, refer_.access, true);
    sub->add_option("action", refer_.action,
                    "provider: acknowledge, accept, waitlist, decline, start, hold, resume, fail; "
                    "manager: cancel, retry, send, revoke, deliver, outcome, override, reroute, "
                    "keep")
        ->required();
    sub->add_option("referral", refer_.referral, "its id")->required();
    sub->add_option("--reason", refer_.reason,
                    "code, to decline, hold, fail, cancel, revoke, override");
    sub->add_option("--then", refer_.then, "after revoke: next_match, draft or end");
    sub->add_option("--channel", refer_.channel, "of deliver and outcome: phone, paper, in_person");
    sub->add_option("--outcome", refer_.outcome, "what the provider said");
    sub->add_option("--on", refer_.on, "the day of the start, as 2024-03-04");
    sub->add_option("--if-match", refer_.if_match, "ETag that was seen");
    on(sub, refer_, refer);
  }
  void add_directory() {
    CLI::App* directory =
        add(app_, "directory", "organisations' services, as HSDS 3 JSON",
            "  nrm directory export directory.json\n  nrm directory import directory.json\n");
    directory->require_subcommand(1);
    CLI::App* import =
        add(*directory, "import", "take in a file: new services, and changes of known ones",
            "  nrm directory import directory.json\n");
    add_access(import, directory_import_.access);
    import->add_option("file", directory_import_.file, "HSDS 3 JSON, - for standard input")
        ->required();
    on(import, directory_import_, directory_import);
    CLI::App* write = add(*directory, "export", "write all services; a place is a region, no more",
                          "  nrm directory export\n  nrm directory export directory.json\n");
    add_access(write, directory_export_.access);
    write->add_option("file", directory_export_.file, "standard output without it");
    on(write, directory_export_, directory_export);
  }
  void add_decide() {
    CLI::App* sub = add(app_, "decide", "decide the first or second stage of a case",
                        "  nrm decide first 4FJ2K-7QX0M9 positive\n"
                        "  nrm decide second 4FJ2K-7QX0M9 negative --ground outside_definition\n");
    add_access(sub, decide_.access, true);
    sub->add_option("stage", decide_.stage, "first or second")->required();
    sub->add_option("case", decide_.subject, "case id or reference")->required();
    sub->add_option("outcome", decide_.outcome, "positive or negative")->required();
    sub->add_option("--ground", decide_.ground, "of the decision");
    sub->add_option("--if-match", decide_.if_match, "ETag that was seen");
    on(sub, decide_, decide);
  }
  void add_act() {
    CLI::App* sub =
        add(app_, "act", "anything else that the API offers, by its path; see schemas/openapi.json",
            "  nrm act cases/4FJ2K-7QX0M-9/information-request '{\"topics\":[\"documents\"]}' "
            "--as competent-authority\n"
            "  nrm act cases/4FJ2K-7QX0M-9/contact-attempts '{\"channel\":\"visit\"}'\n");
    add_access(sub, act_.access, true);
    sub->add_option("path", act_.target, "behind /v1/")->required();
    sub->add_option("body", act_.body, "JSON, or - for standard input; none for an empty form");
    sub->add_option("--if-match", act_.if_match, "ETag that was seen");
    on(sub, act_, act);
  }
  void add_report_group() {
    CLI::App* sub = add(app_, "report-group", "report all people that one operation found",
                        "  nrm report-group people.json --kind raid --region XX-N --on "
                        "2026-11-20\n");
    add_access(sub, report_group_.access, true);
    sub->add_option("file", report_group_.file, "array of reports, as in nrm report --example")
        ->required();
    sub->add_option("--kind", report_group_.kind,
                    "raid, inspection, border_operation, closed_institution, rescue, other")
        ->required();
    sub->add_option("--region", report_group_.region, "where, a code of the policy pack")
        ->required();
    sub->add_option("--on", report_group_.on, "the day of it")->required();
    sub->add_option("--people", report_group_.people, "found there, if more than are in the file");
    on(sub, report_group_, report_group);
  }
  void add_case() {
    CLI::App* group =
        add(app_, "case", "look at a case, and act on it", "  nrm case timeline 4FJ2K-7QX0M9\n");
    group->require_subcommand(1);
    for (const char* action : {"show", "timeline"}) {
      CLI::App* sub =
          add(*group, action,
              std::string_view(action) == "show" ? "its two tracks and what is owed"
                                                 : "its story, event by event",
              "  nrm case show 4FJ2K-7QX0M9\n  nrm case timeline 4FJ2K-7QX0M9 --json\n");
      add_access(sub, case__.access);
      sub->add_option("case", case__.subject, "case id or reference")->required();
      sub->callback([this, action] {
        case__.action = action;
        run_ = [this] { return case_(case__); };
      });
    }
    CLI::App* matters =
        add(*group, "matters", "what is open of it: procedures, alarms, incidents, visits …",
            "  nrm case matters 4FJ2K-7QX0M9\n");
    add_access(matters, case__.access);
    matters->add_option("case", case__.subject, "case id or reference")->required();
    on(matters, case__, case_matters);
    CLI::App* act = add(*group, "act", "one act of support or closing",
                        "  nrm case act alarm 4FJ2K-7QX0M9 ground=did_not_return\n"
                        "  nrm case act end-alarm 5f0c… end=found_safe\n"
                        "  nrm case act close 4FJ2K-7QX0M9 reason=plan_completed "
                        "evidence.needs_reviewed=yes\n"
                        "  nrm case act approve 4FJ2K-7QX0M9 --as case-manager-2\n");
    add_access(act, case_act_.access, true);
    act->add_option("act", case_act_.action, "plan, contact, risk, alarm, close, reopen, …")
        ->required();
    act->add_option("subject", case_act_.subject,
                    "case id or reference; of what hangs on it its id, from: nrm case matters")
        ->required();
    act->add_option("values", case_act_.values, "NAME=VALUE, several codes with commas");
    act->add_option("--if-match", case_act_.if_match, "ETag that was seen");
    on(act, case_act_, case_act);
  }
  void add_consent() {
    CLI::App* group = add(app_, "consent", "a person's consents, and what recipients do about them",
                          "  nrm consent withdraw 4FJ2K-7QX0M9 --purpose support\n"
                          "  nrm consent tasks --as \"Safe house 1\"\n");
    group->require_subcommand(1);
    for (const char* action : {"give", "withdraw"}) {
      CLI::App* sub = consent_action(*group, action, "record one entry of the ledger", "case",
                                     "case id or reference");
      sub->add_option("--purpose", consent_.purpose, "identification, support, data_sharing, …")
          ->required();
      sub->add_option("--by", consent_.by, "individual, guardian, other")->capture_default_str();
      sub->add_option("--language", consent_.language, "in which it was explained")
          ->capture_default_str();
      sub->add_option("--recipient", consent_.recipients, "organisation; without: all who support")
          ->allow_extra_args(false);
      if (action != std::string_view("give")) continue;
      sub->add_option("--class", consent_.classes, "identity, safe_contact, …; without: all")
          ->allow_extra_args(false);
      sub->add_option("--until", consent_.until, "last day, as in 2024-07-01");
    }
    add_access(consent_action(*group, "tasks", "withdrawals that wait for you"), consent_.access,
               true);
    CLI::App* done = consent_action(*group, "acknowledge", "say what you did about a withdrawal",
                                    "withdrawal", "its id, from: nrm consent tasks");
    done->add_option("--outcome", consent_.outcome, "stopped, purged, kept_legal_ground")
        ->required();
  }
  CLI::App* consent_action(CLI::App& group, const char* action, const char* what,
                           const char* subject = nullptr, const char* described = "") {
    CLI::App* sub =
        add(group, action, what,
            "  nrm consent give 4FJ2K-7QX0M9 --purpose support --recipient \"Safe house "
            "1\" --class safe_contact --until 2024-07-01\n"
            "  nrm consent acknowledge 5f0c… --outcome purged\n");
    if (subject != nullptr) {
      add_access(sub, consent_.access, true);
      sub->add_option(subject, consent_.subject, described)->required();
    }
    sub->callback([this, action] {
      consent_.action = action;
      run_ = [this] { return consent(consent_); };
    });
    return sub;
  }
  CLI::App* add_sealed_action(CLI::App& group, const char* action, const char* what,
                              const char* subject, int (*command)(const SealedOptions&)) {
    CLI::App* sub =
        add(group, action, what, "  see deploy/README.md, \"Seal a shelter's address\"\n");
    add_access(sub, sealed_.access);
    if (subject != nullptr) sub->add_option(subject, sealed_.subject)->required();
    sub->callback([this, action, command] {
      sealed_.action = action;
      run_ = [this, command] { return command(sealed_); };
    });
    return sub;
  }
  void add_sealed() {
    CLI::App* group =
        add(app_, "sealed", "what only organisations open: keys, and items",
            "  nrm sealed keygen \"Safe house 1\" --key house.key\n"
            "  nrm sealed get 4FJ2K-7QX0M9 --class shelter_location --key house.key\n");
    group->require_subcommand(1);
    const auto key = [this](CLI::App* sub) {
      sub->add_option("--key", sealed_.key_file, "key file, mode 0400")->required();
      return sub;
    };
    const auto item = [this](CLI::App* sub) {
      sub->add_option("--class", sealed_.item_class, "shelter_location, …")->required();
      return sub;
    };
    key(add_sealed_action(*group, "keygen", "make a key file", "organisation", organisation_key));
    key(add_sealed_action(*group, "register", "register its public keys", nullptr,
                          organisation_key))
        ->add_option("--replaces", sealed_.replaces, "key that ends with the second approval");
    add_sealed_action(*group, "keys", "an organisation's keys", "organisation", organisation_key);
    add_sealed_action(*group, "approve", "approve a key", "key-id", organisation_key)
        ->add_option("--fingerprint", sealed_.fingerprint, "as the organisation showed it")
        ->required();
    add_sealed_action(*group, "revoke", "revoke a key", "key-id", organisation_key)
        ->add_option("--reason", sealed_.reason, "replaced, compromised, organisation_left")
        ->required();
    CLI::App* put = item(key(add_sealed_action(*group, "put", "seal a text", "case", sealed)));
    put->add_option("--file", sealed_.file, "text to seal")->required();
    put->add_option("--to", sealed_.to, "organisation, by name; may occur again")->required();
    item(add_sealed_action(*group, "ask", "ask to read where two people are needed", "case",
                           sealed));
    item(add_sealed_action(*group, "allow", "approve a colleague's reading", "case", sealed));
    item(key(add_sealed_action(*group, "get", "open what is sealed to you", "case", sealed)))
        ->add_option("--purpose", sealed_.purpose, "of the reading")
        ->capture_default_str();
  }
  void add_load() {
    CLI::App* sub = add(app_, "load", "report everybody behind a published table",
                        "  nrm load tests/data/uk-nrm/uk_nrm_referrals_2023_q3.csv\n"
                        "  nrm load FILE.csv --check\n");
    add_access(sub, load_.access);
    sub->add_option("file", load_.file, "CSV of the published columns")->required();
    sub->add_option("--connections", load_.connections, "requests under way at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    sub->add_flag("--check", load_.check_only, "read the file and submit nothing");
    on(sub, load_, load);
  }
  void add_rehearse() {
    CLI::App* sub = add(app_, "rehearse", "stand-ins act for everybody until all cases are closed",
                        "  nrm rehearse\n  nrm rehearse --summary --compare FILE.csv\n"
                        "  nrm rehearse --follow-published tests/data/uk-nrm --quarter 2023Q3\n");
    add_access(sub, rehearse_.access);
    sub->add_option("--connections", rehearse_.connections, "requests under way at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    sub->add_option("--prepare", rehearse_.prepare,
                    "only register providers, for as many people as this table counts");
    sub->add_flag("--summary", rehearse_.summary_only, "only the summary");
    CLI::Option* compare =
        sub->add_option("--compare", rehearse_.compare, "published table to compare with");
    CLI::Option* follow =
        sub->add_option("--follow-published", rehearse_.follow,
                        "folder of published tables: loads a quarter of them, and who is carried "
                        "over into it, and decides exactly as many as they say")
            ->excludes(compare);
    sub->add_option("--quarter", rehearse_.quarter, "which one, as 2023Q3; the newest without it")
        ->needs(follow);
    sub->add_option("--until", rehearse_.until, "stop after this day; a later run goes on");
    on(sub, rehearse_, rehearse);
  }
  // What happened, and who saw it.
  void add_audit_of_cases(CLI::App* group) {
    CLI::App* replay =
        add(*group, "replay", "the states as of a moment, folded again from the logs",
            "  nrm audit replay --until 2023-08-01\n"
            "  nrm audit replay --service referral --at-record 13834 --export referral.ndjson\n"
            "  nrm audit replay --case 4FJ2K-7QX0M9 --from /srv/www/nrm-logs\n"
            "  nrm audit replay --follow\n");
    add_dir(replay, replay_.dir);
    add_from(replay, replay_.from);
    replay->add_option("--service", replay_.service, "only this service");
    replay->add_option("--case", replay_.subject, "case id or reference");
    replay->add_option("--until", replay_.until, "day (to its end) or instant");
    replay->add_option("--at-record", replay_.at_record,
                       "number of the last record of --service that counts");
    replay->add_option("--export", replay_.out,
                       "write all streams to this file: NDJSON, or JSON when it ends in .json");
    replay->add_flag("--follow", replay_.follow, "go on with every new record until Ctrl-C");
    replay->add_flag("--json", replay_.json, "print JSON");
    on(replay, replay_, audit_replay);

    CLI::App* timeline =
        add(*group, "timeline", "one case across all services: who, what, why, which clock",
            "  nrm audit timeline --case 4FJ2K-7QX0M9\n"
            "  nrm audit timeline --case 4FJ2K-7QX0M9 --html case.html\n"
            "  nrm audit timeline --case 4FJ2K-7QX0M9 --format cloudevents\n");
    add_dir(timeline, timeline_.dir);
    add_from(timeline, timeline_.from);
    timeline->add_option("--case", timeline_.subject, "case id or reference")->required();
    timeline->add_option("--until", timeline_.until, "day (to its end) or instant");
    timeline->add_option("--policy", timeline_.policy,
                         "policy pack that names the rules' sources; the folder's without it");
    timeline->add_option("--html", timeline_.html, "write a page to this file, to read or print");
    timeline->add_option("--format", timeline_.format, "text, json, cloudevents")
        ->check(CLI::IsMember({"text", "json", "cloudevents"}));
    timeline->add_flag("--json", timeline_.json, "the same as --format json");
    timeline->add_flag("--cloudevents", timeline_.cloudevents, "the same as --format cloudevents");
    on(timeline, timeline_, audit_timeline);

    CLI::App* access =
        add(*group, "access", "who could see a case at a moment, and who did; what someone could",
            "  nrm audit access --case 4FJ2K-7QX0M9 --at 2024-03-03\n"
            "  nrm audit access --account 055bfa60-6da8-4f5e-9f1c-0d0a7ad3b7a5 --at 2024-03-03\n"
            "  nrm audit access --organisation \"Kent Police\"\n");
    add_dir(access, audit_access_.dir);
    add_from(access, audit_access_.from);
    CLI::Option_group* whose = access->add_option_group("of whom");
    whose->add_option("--case", audit_access_.subject, "case id or reference");
    whose->add_option("--account", audit_access_.account, "id of an account");
    whose->add_option("--organisation", audit_access_.organisation, "name or id");
    whose->require_option(1);
    access->add_option("--at", audit_access_.at, "day (to its end) or instant; now without it");
    access->add_flag("--json", audit_access_.json, "print JSON");
    on(access, audit_access_, audit_access);

    CLI::App* feed = add(*group, "feed", "the records of all logs, from any position on",
                         "  nrm audit feed --follow\n"
                         "  nrm audit feed --after 120.33.87.0.45 --service referral\n"
                         "  nrm audit feed --type nrm.case.closed.v1 --after now --follow\n");
    add_access(feed, audit_feed_.access);
    feed->add_option("--after", audit_feed_.after,
                     "cursor of an event, 0 for the beginning (without it), or now");
    feed->add_option("--service", audit_feed_.service, "only these services' logs: a,b");
    feed->add_option("--type", audit_feed_.type,
                     "only records that hold such an event, or are a refused command: a,b");
    feed->add_option("--case", audit_feed_.subject, "only records about this case: its id");
    feed->add_flag("--follow", audit_feed_.follow, "go on live until Ctrl-C");
    feed->add_flag("--bookmarks", audit_feed_.bookmarks, "print bookmarks too");
    on(feed, audit_feed_, audit_feed);
  }
  void add_audit() {
    CLI::App* group = add(app_, "audit", "what the logs prove", "  nrm audit verify\n");
    group->require_subcommand(1);
    CLI::App* verify =
        add(*group, "verify", "check every byte, hash, signature and rule",
            "  nrm audit verify --dir /srv/nrm\n"
            "  nrm audit verify /media/usb/nrm-logs --policy-dir /media/usb/policy\n"
            "  nrm audit verify https://nrm.example:8443 --token TOKEN --ca ca.pem --keep mirror\n"
            "  nrm audit verify --save-result monday\n"
            "  nrm audit verify --since monday --save-result tuesday\n\n"
            "Exit code 0: everything checks out. 19: nothing is wrong, and a layer was\n"
            "not checked for want of what --policy-dir gives. Else the lowest layer\n"
            "with a fault: 20 files, 21 tiles, 22 checkpoints, 23 records, 24 cross-log,\n"
            "25 archive, 26 refold, 27 decisions, 28 conservation, 29 openings.\n");
    add_dir(verify, verify_.dir);
    verify->add_option("place", verify_.place,
                       "data folder, folder that nrm audit export or fetch wrote, or address");
    verify->add_option("--keep", verify_.keep, "of an address: folder for what is fetched");
    verify->add_option("--token", verify_.token, "of an address: an auditor's")
        ->envname("NRM_TOKEN");
    verify->add_option("--ca", verify_.authority, "of an address: its authority's certificate");
    verify->add_option("--keys", verify_.keys, "of an address: keys that the logs must have");
    verify->add_option("--since", verify_.since,
                       "go on from a saved result; or hold to a checkpoint, or to an older export");
    verify->add_option("--save-result", verify_.save_result,
                       "new folder for what a later --since goes on from");
    verify->add_option("--quorum", verify_.quorum,
                       "policy file (c2sp.org/tlog-policy): whose cosignatures are needed");
    verify->add_option("--policy-dir", verify_.policy_dir, "folder of adopted packs (policy.json)");
    verify->add_flag("--json", verify_.json, "print JSON");
    on(verify, verify_, audit_verify);

    add_audit_of_cases(group);

    CLI::App* pseudonym = add(*group, "pseudonym", "what log lines call the holder of this id",
                              "  nrm audit pseudonym 055a1b2c-3d4e-4f50-8123-456789abcdef\n");
    add_dir(pseudonym, pseudonym_.dir);
    pseudonym->add_option("id", pseudonym_.id, "of a case, referral, account, …")->required();
    on(pseudonym, pseudonym_, audit_pseudonym);

    add_figures(*group);

    CLI::App* exports = add(*group, "export", "every log as static files that anybody can check",
                            "  nrm audit export /srv/www/nrm-logs\n");
    add_dir(exports, export_.dir);
    exports->add_option("out", export_.out, "folder; exporting again adds what is new")->required();
    exports->add_flag("--json", export_.json, "print JSON");
    on(exports, export_, audit_export);

    CLI::App* fetch =
        add(*group, "fetch", "mirror the served logs into a folder, and refuse another history",
            "  nrm audit fetch https://127.0.0.1:8443 mirror\n"
            "  nrm audit fetch https://nrm.gov.example mirror --ca nrm-ca.pem --keys nrm.vkeys\n");
    fetch->add_option("url", fetch_.url, "address of the API")->required();
    fetch->add_option("out", fetch_.out, "folder; fetching again adds what is new")->required();
    add_access(fetch, fetch_.access);
    fetch->add_option("--ca", fetch_.authority, "authority of the server's certificate (PEM)");
    fetch->add_option("--keys", fetch_.keys, "verifier keys of the logs, one a line");
    on(fetch, fetch_, audit_fetch);
  }
  void add_receipt() {
    CLI::App* group = add(app_, "receipt", "proofs that a record is in a log",
                          "  nrm receipt get 4FJ2K-7QX0M9 --out report.tlog-proof\n");
    group->require_subcommand(1);
    CLI::App* get = add(*group, "get", "fetch the proof for a case's report, or for a record",
                        "  nrm receipt get 4FJ2K-7QX0M9 --as \"Kent Police\"\n"
                        "  nrm receipt get referral/0/17 --as \"Safe house 1\"\n");
    add_access(get, receipt_get_.access);
    get->add_option("what", receipt_get_.what, "case id or reference, or LOG/NUMBER")->required();
    get->add_option("--out", receipt_get_.out, "file")->capture_default_str();
    on(get, receipt_get_, receipt_get);
    CLI::App* verify =
        add(*group, "verify", "say what a receipt proves; needs no installation and no network",
            "  nrm receipt verify report.tlog-proof --keys nrm.vkeys\n"
            "  nrm receipt verify report.tlog-proof --policy witnesses.policy\n");
    verify->add_option("file", receipt_verify_.file, "the receipt")->required();
    verify->add_option("--keys", receipt_verify_.keys, "verifier keys of the logs, one a line");
    verify->add_option("--policy", receipt_verify_.policy,
                       "which logs and witnesses count (C2SP tlog-policy)");
    verify->add_flag("--json", receipt_verify_.json, "print JSON");
    on(verify, receipt_verify_, receipt_verify);
  }
  void add_query(CLI::App* sub, FiguresQuery& query) {
    sub->add_option("report", query.report, "name or code, as in R3; list: all there are")
        ->capture_default_str();
    sub->add_option("--format", query.format, "text, csv, csv-bom, json or xlsx")
        ->capture_default_str();
    sub->add_option("--as-of", query.as_of, "count what was so at this day or instant");
    sub->add_option("--known-at", query.known_at, "from the records that there were then");
    sub->add_option("--from", query.from, "first quarter, as in 2023Q1");
    sub->add_option("--to", query.to, "last quarter");
    sub->add_option("--rows", query.rows, "of a public table: dimensions, with commas");
    sub->add_option("--columns", query.columns, "of a public table");
    sub->add_option("--rule", query.rule, "exact, suppressed (threshold) or private (noise)")
        ->capture_default_str();
    sub->add_option("--threshold", query.threshold, "k; as the pack says without");
    sub->add_option("--rounding", query.rounding, "base; as the pack says without");
    sub->add_option("--out", query.out, "file; its code book goes beside it");
  }
  void add_figures(CLI::App& group) {
    CLI::App* statistics =
        add(group, "statistics", "published tables, from the logs alone",
            "  nrm audit statistics list\n"
            "  nrm audit statistics referrals --format csv\n"
            "  nrm audit statistics R3 --from 2023Q1 --known-at 2023-10-01\n"
            "  nrm audit statistics first_stage --rule suppressed --rows quarter "
            "--columns outcome --format xlsx --out stage.xlsx\n");
    add_dir(statistics, statistics_.dir);
    statistics->add_option("--export", statistics_.exported, "an export, instead of --dir");
    add_query(statistics, statistics_);
    statistics->add_flag("--chart", statistics_.chart,
                         "draw bars into the text; without it, in a terminal only");
    on(statistics, statistics_, audit_statistics);

    CLI::App* complaints =
        add(group, "complaints", "the anonymised register of complaints, from the logs alone",
            "  nrm audit complaints\n"
            "  nrm audit complaints --format csv --as-of 2024-03-31\n");
    add_dir(complaints, complaints_.dir);
    complaints->add_option("--export", complaints_.exported, "an export, instead of --dir");
    complaints->add_option("--format", complaints_.format, "text, csv or json")
        ->check(CLI::IsMember({"text", "csv", "json"}))
        ->capture_default_str();
    complaints->add_option("--as-of", complaints_.as_of, "as it was at this day or instant");
    on(complaints, complaints_, audit_complaints);

    CLI::App* publish =
        add(group, "publish", "propose figures for publication; a second person approves them",
            "  nrm audit publish first_stage --rule suppressed --rows quarter --columns outcome "
            "--out stage.csv\n"
            "  nrm audit publish R1 --rule private --epsilon 1/4 --from 2023Q3 --to 2023Q3 "
            "--rows quarter --columns age --out age.csv\n");
    add_access(publish, publish_.access);
    add_query(publish, publish_.query);
    publish->add_option("--epsilon", publish_.query.epsilon, "what the noise costs, as in 1/4");
    publish->add_option("--revises", publish_.query.revises, "the publication that it corrects");
    on(publish, publish_, audit_publish);

    CLI::App* releases = add(group, "publication", "releases of figures: list, check, answer",
                             "  nrm audit publication list\n"
                             "  nrm audit publication verify --from /srv/www/nrm-logs\n");
    releases->require_subcommand(1);
    const auto action = [&](const char* name, const char* what, PublicationOptions& options) {
      CLI::App* sub = add(*releases, name, what,
                          ("  nrm audit publication " + std::string(name) + "\n").c_str());
      options.action = name;
      add_access(sub, options.access);
      on(sub, options, audit_publication);
      return sub;
    };
    CLI::App* list = action("list", "all releases, from the audit's log", publication_list_);
    list->add_option("--from", publication_list_.exported, "an export, instead of --dir");
    CLI::App* verify = action("verify", "compute them again, bit by bit", publication_verify_);
    verify->add_option("publication", publication_verify_.publication, "its id; all without");
    verify->add_option("--from", publication_verify_.exported, "an export, instead of --dir");
    verify->add_option("--file", publication_verify_.file, "what was published");
    CLI::App* approve = action("approve", "compute it again, then publish", publication_approve_);
    approve->add_option("publication", publication_approve_.publication, "its id")->required();
    approve->add_option("--file", publication_approve_.file, "what was proposed, with noise");
    CLI::App* refuse = action("refuse", "do not publish it", publication_refuse_);
    refuse->add_option("publication", publication_refuse_.publication, "its id")->required();
    refuse->add_option("--reason", publication_refuse_.reason, "figures_differ, …")->required();
  }
  void add_vault_keys() {
    vault_ = add(app_, "vault", "keys, and the end of a person's data", "  nrm vault rewrap\n");
    vault_->require_subcommand(1);
    CLI::App* split = add(*vault_, "split", "split the master key into shares, shown once",
                          "  nrm vault split --shares 5 --threshold 3\n");
    add_dir(split, vault_split_.dir);
    split->add_option("--shares", vault_split_.shares, "people")->capture_default_str();
    split->add_option("--threshold", vault_split_.threshold, "who must come together")
        ->capture_default_str();
    on(split, vault_split_, vault_split);

    CLI::App* unseal =
        add(*vault_, "unseal", "give one share to a vault that waits; typed or piped",
            "  nrm vault unseal\n");
    add_dir(unseal, vault_unseal_.dir);
    on(unseal, vault_unseal_, vault_unseal);

    CLI::App* rewrap = add(*vault_, "rewrap", "another master key, or another place for it",
                           "  nrm vault rewrap\n  nrm vault rewrap --to token --module "
                           "/usr/lib/softhsm/libsofthsm2.so --token-label nrm --key-label master "
                           "--pin-file keys/vault/pin\n");
    add_dir(rewrap, vault_rewrap_.dir);
    rewrap->add_option("--to", vault_rewrap_.to, "file, token or credential")
        ->capture_default_str();
    rewrap->add_option("--module", vault_rewrap_.module, "PKCS#11 library of the token");
    rewrap->add_option("--token-label", vault_rewrap_.token, "its label");
    rewrap->add_option("--key-label", vault_rewrap_.key, "its AES key, made when not there");
    rewrap->add_option("--token-path", vault_rewrap_.paths,
                       "where the module keeps its token or settings, when that is not "
                       "/var/lib/softhsm; as often as needed");
    rewrap->add_option("--pin-file", vault_rewrap_.pin_file, "in the data folder, mode 0400");
    rewrap->add_option("--out", vault_rewrap_.out, "for a credential: where the key is put");
    on(rewrap, vault_rewrap_, vault_rewrap);
  }
  void add_vault_erasure() {
    CLI::App* erase = add(*vault_, "erase", "ask to erase a person's data, confirm it, call it off",
                          "  nrm vault erase 4FJ2K-7QX0M-9 --ground person_asked\n"
                          "  nrm vault erase 4FJ2K-7QX0M-9 --confirm --as case-manager-2\n");
    add_access(erase, vault_erase_.access);
    erase->add_option("case", vault_erase_.subject, "case id or reference")->required();
    erase->add_option("--ground", vault_erase_.ground, "person_asked, unlawful, danger_to_life");
    erase->add_flag("--emergency", vault_erase_.emergency,
                    "no hold after the second person's word");
    erase->add_flag("--confirm", vault_erase_.confirm, "the second person's word");
    erase->add_flag("--cancel", vault_erase_.cancel, "call it off");
    on(erase, vault_erase_, vault_erase);

    CLI::App* erasure =
        add(*vault_, "erasure", "the receipt: every place where something was or is",
            "  nrm vault erasure 4FJ2K-7QX0M-9\n");
    add_access(erasure, vault_erasure_.access);
    erasure->add_option("case", vault_erasure_.subject, "case id or reference")->required();
    on(erasure, vault_erasure_, vault_erasure);

    CLI::App* access = add(*vault_, "access", "all that is kept about a person, for that person",
                           "  nrm vault access 4FJ2K-7QX0M-9 --language ro\n");
    add_access(access, vault_access_.access);
    access->add_option("case", vault_access_.subject, "case id or reference")->required();
    access->add_option("--language", vault_access_.language, "the person's")->capture_default_str();
    access->add_option("--proposal", vault_access_.proposal, "approved by a second person");
    access->add_flag("--approve", vault_access_.approve, "the second person's word");
    on(access, vault_access_, vault_access);
  }
  void add_witness() {
    CLI::App* sub = add(app_, "witness", "cosign other people's logs (C2SP tlog-witness), for them",
                        "  nrm witness init --dir /srv/witness --name witness.example/w1\n"
                        "  nrm witness --dir /srv/witness --listen 0.0.0.0:8444 --host "
                        "witness.example\n  nrm witness key --dir /srv/witness\n");
    const auto add_folder = [this](CLI::App* to) {
      to->add_option("--dir", witness_.dir, "its folder")->capture_default_str();
    };
    add_folder(sub);
    sub->add_option("--listen", witness_.listen, "address and port; port 0: any free one")
        ->capture_default_str();
    sub->add_option("--host", witness_.hosts, "public name, in its certificate; may be repeated");
    sub->add_option("--certificate", witness_.certificate, "PEM; tls/server.pem of its folder");
    sub->add_option("--key", witness_.key, "PEM; tls/server-key.pem of its folder");
    sub->add_flag("--quiet", witness_.quiet, "say nothing when ready");
    sub->require_subcommand(0, 1);
    for (const char* action : {"init", "key"}) {
      const bool makes = std::string_view(action) == "init";
      CLI::App* one = add(*sub, action, makes ? "make its folder and key" : "print its vkey",
                          makes ? "  nrm witness init --name witness.example/w1\n"
                                : "  nrm witness key --dir /srv/witness\n");
      add_folder(one);
      if (makes) one->add_option("--name", witness_.name, "of its key, for ever")->required();
      one->add_flag("--json", witness_.json, "print JSON");
      one->callback([this, action] { witness_.action = action; });
    }
    on(sub, witness_, witness);
  }
  void add_bench() {
    CLI::App* sub = add(app_, "bench", "measure, as ratios to bare contenders in the same run",
                        "  nrm bench\n  nrm bench --only hops --rounds 5\n");
    sub->add_option("--dir", bench_.dir, "work folder; a temporary one without it");
    sub->add_option("--rounds", bench_.rounds, "interleaved rounds")->capture_default_str();
    sub->add_option("--seconds", bench_.seconds, "of each measurement")->capture_default_str();
    sub->add_option("--only", bench_.only, "hops, latency, intake, replay or verify");
    sub->add_flag("--json", bench_.json, "print JSON");
    on(sub, bench_, bench);
  }
  // Every subcommand and option comes from the same tree that is parsed.
  void add_completion() {
    CLI::App* sub = add(app_, "completion", "print a completion script for the shell",
                        "  eval \"$(nrm completion bash)\"\n");
    sub->add_option("shell", shell_, "bash")->required()->check(CLI::IsMember({"bash"}));
    sub->callback([this] {
      run_ = [this] {
        std::fputs(bash_completion(words_of(app_)).c_str(), stdout);
        return 0;
      };
    });
  }
  static CommandWords words_of(const CLI::App& app) {
    CommandWords out{app.get_name(), {}, {}};
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) out.options.push_back("--" + name);
    for (const CLI::App* sub : app.get_subcommands({})) out.subcommands.push_back(words_of(*sub));
    return out;
  }

  CLI::App& app_;
  std::function<int()> run_;
  InitOptions init_;
  UpOptions up_;
  PolicyOptions policy_;
  KeysOptions keys_;
  AuditPseudonymOptions pseudonym_;
  StatusOptions status_;
  AccountsAddOptions accounts_add_;
  AccountsFindOptions accounts_find_;
  AccountsRevokeOptions accounts_revoke_;
  LoginOptions login_;
  LogoutOptions logout_;
  PasswordOptions password_;
  SandboxAdvanceOptions sandbox_advance_;
  ReportOptions report_;
  InboxOptions inbox_;
  ReferOptions refer_;
  DirectoryOptions directory_import_;
  DirectoryOptions directory_export_;
  ActOptions act_;
  ReportGroupOptions report_group_;
  DecideOptions decide_;
  CaseOptions case__;
  CaseActOptions case_act_;
  SealedOptions sealed_;
  LoadOptions load_;
  RehearseOptions rehearse_;
  VerifyOrder verify_;
  AuditReplayOptions replay_;
  AuditTimelineOptions timeline_;
  AuditAccessOptions audit_access_;
  AuditFeedOptions audit_feed_;
  AuditFetchOptions fetch_;
  ReceiptGetOptions receipt_get_;
  ReceiptVerifyOptions receipt_verify_;
  ConsentOptions consent_;
  FiguresQuery statistics_;
  AuditComplaintsOptions complaints_;
  PublishOptions publish_;
  PublicationOptions publication_list_, publication_verify_, publication_approve_,
      publication_refuse_;
  AuditExportOptions export_;
  CLI::App* vault_ = nullptr;
  VaultSplitOptions vault_split_;
  VaultUnsealOptions vault_unseal_;
  VaultRewrapOptions vault_rewrap_;
  VaultEraseOptions vault_erase_;
  VaultErasureOptions vault_erasure_;
  VaultAccessOptions vault_access_;
  WitnessOptions witness_;
  BenchOptions bench_;
  std::string shell_;
};
}  // namespace

int run(int argc, char** argv) {
  try {
    CLI::App app("nrm: an event-driven national referral mechanism", "nrm");
    app.footer(exit_codes);
    app.require_subcommand(1);
    Commands commands(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : 64;
    }
    diag::start("nrm", diag::Level::warning);
    return commands.run();
  } catch (const std::exception&) {  // out of memory, at most: nothing of ours throws
    std::fputs("nrm: could not go on\n", stderr);
    return 70;
  }
}
}  // namespace nrm::cli
