// The command line. The only file that sees CLI11, because it costs seven seconds to compile.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "common/diag/diag.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/completion.hpp"

namespace nrm::cli {
namespace {
constexpr const char* exit_codes =
    "Exit codes: 0 done; 1 the answer is no; 64 wrong usage or input; 65 a folder or file does\n"
    "not check out; 69 nobody answers; 70 our own fault; 75 try again; 76 two histories differ.";

void add_dir(CLI::App* sub, std::string& dir) {
  sub->add_option("--dir", dir, "data folder")->capture_default_str()->envname("NRM_DIR");
}
void add_access(CLI::App* sub, Access& access) {
  add_dir(sub, access.dir);
  sub->add_option("--as", access.as, "account of a sandbox, as in sandbox/tokens.json");
  sub->add_option("--token", access.token, "token of an account")->envname("NRM_TOKEN");
  sub->add_flag("--json", access.json, "print JSON");
}

class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {
    add_init();
    add_up();
    add_status();
    add_accounts();
    add_sandbox();
    add_report();
    add_inbox();
    add_refer();
    add_decide();
    add_case();
    add_sealed();
    add_load();
    add_rehearse();
    add_audit();
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
    sub->add_option("--kind", accounts_add_.kind, "police, ngo, service_provider, …")->required();
    sub->add_option("--role", accounts_add_.role, "first_responder, service_provider, …")
        ->required();
    sub->add_option("--name", accounts_add_.name, "of the account in a sandbox, for --as");
    on(sub, accounts_add_, accounts_add);
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
  void add_report() {
    CLI::App* sub = add(app_, "report", "report a person",
                        "  nrm report --example > report.json\n"
                        "  nrm report report.json --as \"Kent Police\"\n");
    add_access(sub, report_.access);
    sub->add_flag("--example", report_.example, "print a complete valid body");
    sub->add_option("file", report_.file, "JSON file, - for standard input");
    sub->add_option("--key", report_.key, "Idempotency-Key, to send the same report again");
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
    CLI::App* sub = add(app_, "refer", "answer an offer, or an escalation",
                        "  nrm refer accept 5f0c…\n  nrm refer decline 5f0c… --reason no_capacity\n"
                        "  nrm refer retry 5f0c…\n");
    add_access(sub, refer_.access);
    sub->add_option("action", refer_.action,
                    "acknowledge, accept, waitlist, decline (provider); cancel, retry (manager)")
        ->required();
    sub->add_option("referral", refer_.referral, "its id")->required();
    sub->add_option("--reason", refer_.reason, "code, to decline or cancel");
    sub->add_option("--if-match", refer_.if_match, "ETag that was seen");
    on(sub, refer_, refer);
  }
  void add_decide() {
    CLI::App* sub = add(app_, "decide", "decide the first or second stage of a case",
                        "  nrm decide first 4FJ2K-7QX0M9 positive\n"
                        "  nrm decide second 4FJ2K-7QX0M9 negative --ground outside_definition\n");
    add_access(sub, decide_.access);
    sub->add_option("stage", decide_.stage, "first or second")->required();
    sub->add_option("case", decide_.subject, "case id or reference")->required();
    sub->add_option("outcome", decide_.outcome, "positive or negative")->required();
    sub->add_option("--ground", decide_.ground, "of the decision");
    sub->add_option("--if-match", decide_.if_match, "ETag that was seen");
    on(sub, decide_, decide);
  }
  void add_case() {
    CLI::App* group = add(app_, "case", "look at a case", "  nrm case timeline 4FJ2K-7QX0M9\n");
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
                        "  nrm rehearse\n  nrm rehearse --summary --compare FILE.csv\n");
    add_access(sub, rehearse_.access);
    sub->add_option("--connections", rehearse_.connections, "requests under way at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    sub->add_option("--prepare", rehearse_.prepare,
                    "only register providers, for as many people as this table counts");
    sub->add_flag("--summary", rehearse_.summary_only, "only the summary");
    sub->add_option("--compare", rehearse_.compare, "published table to compare with");
    on(sub, rehearse_, rehearse);
  }
  void add_audit() {
    CLI::App* group = add(app_, "audit", "what the logs prove", "  nrm audit verify\n");
    group->require_subcommand(1);
    CLI::App* verify = add(*group, "verify", "check every byte, hash, signature and rule",
                           "  nrm audit verify --dir /srv/nrm\n");
    add_dir(verify, verify_.dir);
    verify->add_flag("--json", verify_.json, "print JSON");
    on(verify, verify_, audit_verify);

    CLI::App* replay = add(*group, "replay", "the states as of a moment, folded from the logs",
                           "  nrm audit replay --until 2023-08-01\n"
                           "  nrm audit replay --case 4FJ2K-7QX0M9\n");
    add_dir(replay, replay_.dir);
    replay->add_option("--service", replay_.service, "only this service");
    replay->add_option("--case", replay_.subject, "case id or reference");
    replay->add_option("--until", replay_.until, "day or instant");
    replay->add_flag("--json", replay_.json, "print JSON");
    on(replay, replay_, audit_replay);

    CLI::App* statistics = add(*group, "statistics", "published tables, from the logs alone",
                               "  nrm audit statistics referrals --format csv\n");
    add_dir(statistics, statistics_.dir);
    statistics->add_option("table", statistics_.table, "referrals")->capture_default_str();
    statistics->add_option("--format", statistics_.format, "text, csv or json")
        ->capture_default_str();
    on(statistics, statistics_, audit_statistics);
  }
  void add_bench() {
    CLI::App* sub = add(app_, "bench", "measure, as ratios to bare contenders in the same run",
                        "  nrm bench\n  nrm bench --only hops --rounds 5\n");
    sub->add_option("--dir", bench_.dir, "work folder; a temporary one without it");
    sub->add_option("--rounds", bench_.rounds, "interleaved rounds")->capture_default_str();
    sub->add_option("--seconds", bench_.seconds, "of each measurement")->capture_default_str();
    sub->add_option("--only", bench_.only, "hops, latency, intake or replay");
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
  StatusOptions status_;
  AccountsAddOptions accounts_add_;
  SandboxAdvanceOptions sandbox_advance_;
  ReportOptions report_;
  InboxOptions inbox_;
  ReferOptions refer_;
  DecideOptions decide_;
  CaseOptions case__;
  SealedOptions sealed_;
  LoadOptions load_;
  RehearseOptions rehearse_;
  AuditVerifyOptions verify_;
  AuditReplayOptions replay_;
  AuditStatisticsOptions statistics_;
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
