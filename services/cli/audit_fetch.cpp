// nrm audit fetch: mirrors the logs that an installation serves into a folder, and refuses another
// history than the folder has (services/audit/log_mirror.hpp).
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "common/base/codec.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/cosigned.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/receipts.hpp"
#include "services/cli/remote_logs.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t at_once = 16;  // requests; the archive lets 64 of everybody wait

struct Fetched {
  std::string log, folder;
  std::uint64_t before = 0, records = 0, files = 0;
  std::string root;
};
BOOST_DESCRIBE_STRUCT(Fetched, (), (log, folder, before, records, files, root))

// "https://host:8443", with or without a slash behind it.
Result<http::ClientOptions> read_address(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  const Error bad(Code::bad_request, "URL", "an address as in https://nrm.example:8443");
  if (!url.starts_with(scheme)) return bad;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  http::ClientOptions out;
  out.port = 443;
  const auto colon = url.rfind(':');
  if (colon != url.npos && url.find(']', colon) == url.npos) {
    const std::string_view port = url.substr(colon + 1);
    const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (fault != std::errc() || end != port.data() + port.size() || out.port == 0) return bad;
    url = url.substr(0, colon);
  }
  if (url.empty() || url.find('/') != url.npos) return bad;
  out.host = url;
  return out;
}

// What --ca names. ERRORS: not_found, bad_request.
Result<void> check_authority(const std::string& file) {
  const auto pem = read_file(file);
  if (!pem) return Error(Code::not_found, "--ca", pem.error().detail);
  if (pem->find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return Error(Code::bad_request, "--ca", file + ": not a certificate in PEM form");
  return {};
}

// The folder's keys are the first ones that count; a new one must follow from the log's records.
Result<std::vector<NoteKey>> keys_of(const ServedLog& served, const std::string& keys_file) {
  if (keys_file.empty()) return std::vector<NoteKey>{served.key};
  NRM_TRY_ASSIGN(const auto given, read_keys_file(keys_file));
  std::vector<NoteKey> out;
  for (const NoteKey& key : given)
    if (key.name == served.key.name) out.push_back(key);
  if (out.empty()) return Error(Code::corrupt, "", keys_file + " has no key of " + served.key.name);
  return out;
}

Result<Fetched> fetch(HttpLog& remote, const ServedLog& served, const AuditFetchOptions& options) {
  const std::string folder = options.out + '/' + log_folder(served.log);
  NRM_TRY_ASSIGN(auto keys, keys_of(served, options.keys));
  std::unique_ptr<Progress> bar;
  NRM_TRY_ASSIGN(const Mirrored mirrored,
                 mirror_log(remote, {.folder = folder,
                                     .keys = std::move(keys),
                                     .progress = [&](std::uint64_t done, std::uint64_t of) {
                                       if (!bar)
                                         bar = std::make_unique<Progress>("Fetching " + served.log,
                                                                          of, options.access.json);
                                       bar->to(done);
                                     }}));
  if (!served.cosigned.empty()) NRM_TRY(put_cosigned(folder, served.cosigned, mirrored.now.size));
  return Fetched{served.log,        folder,         mirrored.before.size,
                 mirrored.now.size, mirrored.files, mirrored.now.root.hex()};
}
}  // namespace

int audit_fetch(const AuditFetchOptions& options) {
  crypto::start();
  auto address = read_address(options.url);
  if (!address) return fail(Exit::usage, address.error().where + ": " + address.error().detail);
  address->connections = at_once;
  address->authority_file = options.authority;
  if (!options.authority.empty())
    if (const auto good = check_authority(options.authority); !good)
      return fail(Exit::usage, good.error().where + ": " + good.error().detail,
                  "the authority that signed the server's certificate; an installation's own is "
                  "tls/ca.pem in its data folder");
  std::string token = options.access.token;
  if (token.empty() || address->authority_file.empty()) {  // beside the installation itself
    const auto api = Api::open(options.access, "auditor");
    if (!api)
      return fail(api.error(), "from elsewhere: --token TOKEN of an auditor, --ca FILE.pem");
    token = (*api)->token();
    if (address->authority_file.empty())
      address->authority_file = (*api)->folder().file("tls/ca.pem");
  }
  const auto client = http::connect(*address);
  if (!client) return fail(client.error());
  const auto logs = served_logs(**client, token, patient_tries);
  if (!logs)
    return fail(logs.error(), "an auditor's account may fetch, and what it fetches is recorded");
  Table table({"log", "records", "new", "files", "folder"});
  std::string lines;
  int code = Exit::done;
  for (const ServedLog& served : *logs) {
    HttpLog remote(**client, token, served.log, at_once, patient_tries);
    const auto fetched = fetch(remote, served, options);
    if (!fetched) {
      Error why = fetched.error();
      why.detail = served.log + ": " + why.detail;
      code = fail(why, why.code == Code::diverged
                           ? "keep this folder as it is: it is the evidence; compare with a "
                             "witness's checkpoint and other mirrors"
                           : "what was fetched stays; run it again to go on");
      if (why.code != Code::diverged) return code;
      continue;  // the others may be whole, and who compares wants them
    }
    table.add({fetched->log, with_commas(fetched->records),
               with_commas(fetched->records - fetched->before), with_commas(fetched->files),
               fetched->folder});
    lines += to_json(*fetched) + '\n';
  }
  if (!options.quiet)
    std::fputs(options.access.json ? lines.c_str() : table.text().c_str(), stdout);
  return code;
}
}  // namespace nrm::cli
