// nrm directory import and export: the directory as HSDS 3 JSON (hsds.hpp), through the public API.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "services/cli/hsds.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"

namespace nrm::cli {
namespace {
// The directory as the API has it, by provider.
Result<std::map<ProviderId, DirectoryEntry>> read_directory(Api& api) {
  NRM_TRY_ASSIGN(const auto names, organisation_names(api));
  std::map<ProviderId, DirectoryEntry> out;
  bool good = true;
  NRM_TRY(each_item(api, "/v1/providers", [&](json::Value item) {
    DirectoryEntry entry;
    Reading reading(Unknown::ignore);
    const auto id = ProviderId::parse(text_of(item, "provider"));
    if (!id || !read_json(item.find("offering"), entry.offering, reading)) {
      good = false;
      return;
    }
    entry.provider = *id;
    entry.organisation = entry.offering.organisation;
    const auto name = names.find(entry.organisation.text());
    entry.name = Text<120>::parse(name == names.end() ? entry.organisation.text() : name->second)
                     .value_or(Text<120>());
    entry.reserved = static_cast<std::uint32_t>(number_of(item, "reserved"));
    entry.suspended = !text_of(item, "suspended").empty();
    out.emplace(*id, std::move(entry));
  }));
  if (!good) return Error(Code::internal, "", "the gateway's answer is not understood");
  return out;
}

Result<std::string> read_input(const std::string& file) {
  if (file != "-") return read_file(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

// The form's body: what is not there is left out.
std::string body_of(const ServiceOffering& offering) { return to_json(offering); }

// The same file again is the same request: its bytes make the key.
std::string key_of(std::string_view what, const Uuid& id, std::string_view body) {
  return to_hex(
      crypto::digest(std::string(what) + '\n' + id.text() + '\n' + std::string(body), 16));
}

struct Imported {
  std::size_t added = 0, changed = 0, same = 0;
};

Result<void> import_one(Api& api, const std::map<ProviderId, DirectoryEntry>& known,
                        const std::map<std::string, std::string>& names, DirectoryEntry entry,
                        Imported& done) {
  const auto found = known.find(entry.provider);
  if (found != known.end()) {
    if (found->second.offering == entry.offering) {
      ++done.same;
      return {};
    }
    const std::string body = body_of(entry.offering);
    NRM_TRY(api.post({.target = "/v1/providers/" + entry.provider.text() + "/offering",
                      .body = body,
                      .key = key_of("offering", entry.provider, body),
                      .if_match = {}}));
    ++done.changed;
    return {};
  }
  if (!names.contains(entry.organisation.text())) {
    NRM_TRY_ASSIGN(
        entry.offering.organisation,
        register_organisation(api, entry.name.text(), OrganisationKind::service_provider));
  }
  const std::string body = body_of(entry.offering);
  NRM_TRY(api.post({.target = "/v1/providers",
                    .body = body,
                    .key = key_of("provider", entry.provider, body),
                    .if_match = {}}));
  ++done.added;
  return {};
}
}  // namespace

int directory_export(const DirectoryOptions& options) {
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const auto directory = read_directory(**api);
  if (!directory) return fail_at_api(directory.error(), options.access.dir);
  std::vector<DirectoryEntry> entries;
  for (const auto& [id, entry] : *directory) entries.push_back(entry);
  const std::string text = write_hsds(entries) + '\n';
  if (options.file.empty() || options.file == "-") {
    std::fputs(text.c_str(), stdout);
    return Exit::done;
  }
  std::ofstream file(options.file, std::ios::binary);
  if (!file.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    return fail(Exit::usage, options.file + " cannot be written");
  std::printf("%zu services written to %s\n", entries.size(), options.file.c_str());
  return Exit::done;
}

int directory_import(const DirectoryOptions& options) {
  const auto text = read_input(options.file);
  if (!text) return fail(text.error());
  const ReadDirectory read = read_hsds(*text);
  if (!read.faults.empty()) {
    for (const Error& one : read.faults) fail(one);
    return fail(Exit::usage, "nothing was taken in", "mend the file where it says, and try again");
  }
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const auto known = read_directory(**api);
  if (!known) return fail_at_api(known.error(), options.access.dir);
  const auto names = organisation_names(**api);
  if (!names) return fail_at_api(names.error(), options.access.dir);
  Imported done;
  for (const DirectoryEntry& entry : read.entries)
    if (const auto taken = import_one(**api, *known, *names, entry, done); !taken)
      return fail_at_api(taken.error(), options.access.dir);
  if (options.access.json)
    std::printf("{\"added\":%zu,\"changed\":%zu,\"same\":%zu}\n", done.added, done.changed,
                done.same);
  else
    std::printf("%zu services added, %zu changed, %zu as they were\n", done.added, done.changed,
                done.same);
  return Exit::done;
}
}  // namespace nrm::cli
