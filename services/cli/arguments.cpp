// The command line. The only file that sees CLI11, because it costs seven seconds to compile.
#include <CLI/CLI.hpp>

#include "services/cli/commands.hpp"

namespace nrm::cli {
namespace {
// A subcommand: fills its options, then is run.
struct Chosen {
  int (*run)(const void*) = nullptr;
};

constexpr const char* exit_codes =
    "Exit codes: 0 done; 1 the answer is no; 64 wrong usage or input; 65 a folder or file does "
    "not\n"
    "check out; 69 nobody answers; 70 our own fault; 75 try again; 76 two histories differ.";

void add_access(CLI::App* app, Access& access) {
  app->add_option("--dir", access.dir, "data folder")->capture_default_str()->envname("NRM_DIR");
  app->add_option("--as", access.as, "account of a sandbox, as in sandbox/tokens.json");
  app->add_option("--token", access.token, "token of an account")->envname("NRM_TOKEN");
  app->add_flag("--json", access.json, "print JSON");
}
void add_dir(CLI::App* app, std::string& dir) {
  app->add_option("--dir", dir, "data folder")->capture_default_str()->envname("NRM_DIR");
}

class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {
    add_init();
    add_up();
    add_status();
  }
  int run() const { return run_ ? run_() : 64; }

 private:
  CLI::App* add(const char* name, const char* what, const char* examples) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->footer(std::string("Examples:\n") + examples + "\n" + exit_codes);
    return sub;
  }
  template <class Options>
  void on(CLI::App* sub, const Options& options, int (*command)(const Options&)) {
    sub->callback(
        [this, &options, command] { run_ = [&options, command] { return command(options); }; });
  }

  void add_init() {
    CLI::App* sub = add("init", "make a data folder: keys, first organisations and accounts",
                        "  nrm init\n  nrm init --dir /srv/nrm --policy uk --begin 2023-07-03\n"
                        "  nrm init --dir /srv/nrm --production --name nrm.gov.example\n");
    add_dir(sub, init_.dir);
    sub->add_option("--policy", init_.policy, "policy pack, by name or file")
        ->capture_default_str();
    sub->add_option("--name", init_.name, "name of the installation, part of every checkpoint")
        ->capture_default_str();
    sub->add_option("--port", init_.port, "HTTPS port on loopback")->capture_default_str();
    sub->add_flag("--production", init_.production, "no movable clock, tokens are shown once");
    sub->add_option("--begin", init_.begin, "day on which a sandbox's clock starts");
    sub->add_flag("--json", init_.json, "print JSON");
    on(sub, init_, init);
  }
  void add_up() {
    CLI::App* sub = add("up", "run all services of a data folder until Ctrl-C",
                        "  nrm up\n  nrm up --dir /srv/nrm --port 9443\n");
    add_dir(sub, up_.dir);
    sub->add_option("--port", up_.port, "another HTTPS port, from now on");
    sub->add_flag("--quiet", up_.quiet, "say nothing when ready");
    on(sub, up_, up);
  }
  void add_status() {
    CLI::App* sub = add("status", "what every service has, and whether all is ready",
                        "  nrm status\n  nrm status --wait 60 --json\n");
    add_access(sub, status_.access);
    sub->add_option("--wait", status_.wait_seconds, "seconds to wait until all is ready");
    on(sub, status_, status);
  }

  CLI::App& app_;
  std::function<int()> run_;
  InitOptions init_;
  UpOptions up_;
  StatusOptions status_;
};
}  // namespace

int run(int argc, char** argv) {
  CLI::App app("nrm: an event-driven national referral mechanism", "nrm");
  app.footer(exit_codes);
  app.require_subcommand(1);
  Commands commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  return commands.run();
}
}  // namespace nrm::cli
