// nrm witness: what an outside body runs (services/witness). It needs no data folder of a
// mechanism.
#include <cstdio>

#include "common/base/json.hpp"
#include "common/diag/diag.hpp"
#include "common/runtime/confinement.hpp"
#include "common/runtime/run.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/witness/serving.hpp"

namespace nrm::cli {
namespace {
void show(const WitnessOptions& options, const std::string& vkey) {
  if (!options.json) return (void)std::printf("%s\n", vkey.c_str());
  std::string out = "{\"vkey\":";
  json::append_string(out, vkey);
  std::printf("%s}\n", out.c_str());
}

// "127.0.0.1:8444", "[::1]:8444"
Result<void> read_listen(const std::string& listen, WitnessServing& out) {
  const auto colon = listen.rfind(':');
  unsigned port = 0;
  char rest = 0;
  if (colon == listen.npos || colon == 0 ||
      std::sscanf(listen.c_str() + colon + 1, "%5u%c", &port, &rest) != 1 || port > 65'535)
    return Error(Code::out_of_range, "--listen", "an address and a port, as in 127.0.0.1:8444");
  out.address = listen.substr(0, colon);
  if (out.address.starts_with('[') && out.address.ends_with(']'))
    out.address = out.address.substr(1, out.address.size() - 2);
  out.port = static_cast<std::uint16_t>(port);
  return {};
}

int serve(const WitnessOptions& options) {
  WitnessServing serving{.dir = absolute_folder(options.dir),
                         .hosts = options.hosts,
                         .certificate_file = options.certificate,
                         .key_file = options.key};
  if (const auto good = read_listen(options.listen, serving); !good) return fail(good.error());
  if (options.certificate.empty() != options.key.empty())
    return fail(Exit::usage, "--certificate and --key go together");
  serving.stop = stop_wanted;
  serving.ready = [&](std::uint16_t port) {
    if (options.quiet) return;
    std::printf("ready: https://%s:%u/add-checkpoint  (folder %s, stop with Ctrl-C)\n",
                serving.address.c_str(), port, serving.dir.c_str());
    std::fflush(stdout);
  };
  stop_on_signals();
  const auto served = serve_witness(serving);
  return served ? Exit::done : fail(served.error());
}
}  // namespace

int witness(const WitnessOptions& options) {
  crypto::start();
  harden_process();
  const std::string dir = absolute_folder(options.dir);
  if (options.action.empty()) {
    diag::start("witness");
    return serve(options);
  }
  const auto vkey = options.action == "init" ? init_witness(dir, options.name) : witness_vkey(dir);
  if (!vkey)
    return vkey.error().code == Code::already_exists
               ? fail(vkey.error(),
                      "name another folder with --dir, or use that one: nrm witness "
                      "--dir " +
                          dir)
               : fail(vkey.error());
  show(options, *vkey);
  if (options.action != "init" || options.json) return Exit::done;
  std::fprintf(stderr,
               "Give this line to those whose logs you witness, in person or on paper.\n"
               "Put the vkeys of their logs into %s/logs, then start: nrm witness --dir %s\n",
               dir.c_str(), dir.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
