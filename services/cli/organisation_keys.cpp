// nrm sealed keygen, register, keys, approve, revoke.
#include "services/cli/organisation_keys.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/base/json_text.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
namespace {
constexpr std::string_view first_line = "nrm-organisation-key-1";

std::string_view take_line(std::string_view& rest, std::string_view name) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (!line.starts_with(name)) return {};
  line.remove_prefix(name.size());
  return line.starts_with(' ') ? line.substr(1) : line;
}

std::string hex_of(const crypto::PublicKey& key) {
  return to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::string fingerprint_line(const OrganisationId& organisation, const crypto::PublicKey& box,
                             const crypto::PublicKey& sign) {
  return crypto::spoken(crypto::key_fingerprint(organisation, box, sign));
}

Result<KnownKey> read_known(json::Value item) {
  const Error fault(Code::diverged, "",
                    "this list shows a key that does not check out: do not seal to it, and tell "
                    "the auditor");
  const auto id = OrganisationKeyId::parse(text_of(item, "key"));
  const auto organisation = OrganisationId::parse(text_of(item, "organisation"));
  const auto box = from_hex(text_of(item, "box_key")), sign = from_hex(text_of(item, "sign_key")),
             proof = from_hex(text_of(item, "proof"));
  const auto status = enum_from<KeyStatus>(text_of(item, "status"));
  if (!id || !organisation || !box || !sign || !proof || !status) return fault;
  const auto box_key = crypto::public_key_from(*box), sign_key = crypto::public_key_from(*sign);
  if (!box_key || !sign_key || !crypto::is_box_key(*box_key)) return fault;
  KnownKey out{*id,
               *organisation,
               *box_key,
               *sign_key,
               crypto::key_fingerprint(*organisation, *box_key, *sign_key),
               *status,
               {},
               number_of(item, "anomalies")};
  if (out.fingerprint.hex() != text_of(item, "fingerprint") ||
      !crypto::verify(*sign_key, crypto::key_statement(*organisation, *box_key, *sign_key), *proof))
    return fault;
  for (const json::Value role : item.find("approved_by"))
    out.approved_by += (out.approved_by.empty() ? "" : ", ") + std::string(role.text());
  return out;
}

Result<void> make(const SealedOptions& options) {
  NRM_TRY_ASSIGN(const auto api, Api::open(options.access, "operator"));
  NRM_TRY_ASSIGN(const auto organisation, find_organisation_by_name(*api, options.subject));
  const KeyFile key{organisation, crypto::BoxKey::random(), crypto::Signer::random()};
  std::error_code fault;
  if (std::filesystem::exists(options.key_file, fault))
    return Error(Code::already_exists, "--key",
                 options.key_file + " is there already and stays as it is");
  const auto place = std::filesystem::absolute(options.key_file, fault);
  if (fault) return Error(Code::io_failed, "--key", options.key_file + ": " + fault.message());
  NRM_TRY(write_file(place.string(), write_key_file(key), 0400));
  std::printf("%s: keep it where only your organisation can read it; nobody can make it again.\n",
              options.key_file.c_str());
  std::printf("fingerprint  %s\n",
              fingerprint_line(organisation, key.box.public_key(), key.sign.public_key()).c_str());
  return {};
}

Result<void> enrol(const SealedOptions& options) {
  NRM_TRY_ASSIGN(const KeyFile key, read_key_file(options.key_file));
  NRM_TRY_ASSIGN(const auto api, Api::open(options.access, "service_provider"));
  const auto &box = key.box.public_key(), &sign = key.sign.public_key();
  std::string body =
      "{\"box_key\":\"" + hex_of(box) + "\",\"sign_key\":\"" + hex_of(sign) + "\",\"proof\":\"" +
      to_hex(key.sign.sign(crypto::key_statement(key.organisation, box, sign))) + '"';
  if (!options.replaces.empty()) {
    body += ",\"replaces\":";
    json::append_string(body, options.replaces);
  }
  NRM_TRY_ASSIGN(const auto answer,
                 api->post({.target = "/v1/organisations/" + key.organisation.text() + "/keys",
                            .body = body + '}',
                            .key = {},
                            .if_match = {}}));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  std::printf("registered   %s\nfingerprint  %s\n",
              std::string(text_of(read.root(), "key")).c_str(),
              fingerprint_line(key.organisation, box, sign).c_str());
  std::puts("Show the fingerprint to operator and auditor, in person or on a known number.");
  return {};
}

Result<void> list(const SealedOptions& options) {
  NRM_TRY_ASSIGN(const auto api, Api::open(options.access, "operator"));
  NRM_TRY_ASSIGN(const auto organisation, find_organisation_by_name(*api, options.subject));
  NRM_TRY_ASSIGN(const auto keys, known_keys(*api, organisation));
  for (const KnownKey& key : keys)
    std::printf("%s  %s%s%s; alarms: %lld\n  %s\n", key.id.text().c_str(),
                std::string(to_text(key.status)).c_str(), key.approved_by.empty() ? "" : "; by ",
                key.approved_by.c_str(), static_cast<long long>(key.anomalies),
                crypto::spoken(key.fingerprint).c_str());
  return {};
}

// What somebody pasted may hold anything.
std::string one_member(std::string_view name, std::string_view text) {
  std::string out = "{\"" + std::string(name) + "\":";
  json::append_string(out, text);
  return out + '}';
}

Result<void> act(const SealedOptions& options, const std::string& path, const std::string& body,
                 const char* default_role, const char* done) {
  NRM_TRY_ASSIGN(const auto api, Api::open(options.access, default_role));
  NRM_TRY(api->post({.target = "/v1/organisation-keys/" + options.subject + path,
                     .body = body,
                     .key = {},
                     .if_match = {}}));
  std::puts(done);
  return {};
}
}  // namespace

std::string write_key_file(const KeyFile& key) {
  return std::string(first_line) + "\norganisation " + key.organisation.text() + "\nbox " +
         to_hex(key.box.reveal()) + "\nsign " + to_hex(key.sign.seed()) + '\n';
}

Result<KeyFile> read_key_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0)
    return Error(Code::forbidden, "--key",
                 path + ": others can read this key (chmod 0400 " + path + ")");
  NRM_TRY_ASSIGN(const std::string text, read_file(path, 4'096));
  const Error fault(Code::corrupt, "--key", path + " is not a key file of nrm sealed keygen");
  std::string_view rest = text;
  if (!rest.starts_with(first_line)) return fault;
  take_line(rest, first_line);
  const auto organisation = OrganisationId::parse(take_line(rest, "organisation"));
  const auto box = from_hex(take_line(rest, "box")), sign = from_hex(take_line(rest, "sign"));
  if (!organisation || !box || !sign) return fault;
  NRM_TRY_ASSIGN(auto box_key, crypto::BoxKey::from(*box));
  NRM_TRY_ASSIGN(auto signer, crypto::Signer::from_seed(*sign));
  return KeyFile{*organisation, std::move(box_key), std::move(signer)};
}

Result<std::vector<KnownKey>> known_keys(Api& api, const OrganisationId& organisation) {
  std::vector<KnownKey> out;
  Result<void> read;
  NRM_TRY(
      each_item(api, "/v1/organisations/" + organisation.text() + "/keys", [&](json::Value item) {
        auto key = read_known(item);
        if (key && key->organisation == organisation)
          out.push_back(std::move(*key));
        else if (!key)
          read = key.error();
      }));
  NRM_TRY(read);
  return out;
}

Result<OrganisationId> find_organisation_by_name(Api& api, const std::string& name) {
  std::vector<OrganisationId> found;
  NRM_TRY(each_item(api, "/v1/organisations?name=" + percent_encoded(name), [&](json::Value item) {
    if (const auto id = OrganisationId::parse(text_of(item, "organisation"))) found.push_back(*id);
  }));
  if (found.size() == 1) return found[0];
  return Error(Code::not_found, "",
               found.empty() ? "there is no organisation \"" + name + '"'
                             : "several organisations have the name \"" + name + '"');
}

Result<KnownKey> find_own_key(Api& api, const KeyFile& file) {
  NRM_TRY_ASSIGN(const auto keys, known_keys(api, file.organisation));
  const auto found = std::ranges::find(keys, file.box.public_key(), &KnownKey::box_key);
  if (found != keys.end()) return *found;
  return Error(Code::not_found, "--key", "this key is not registered: nrm sealed register");
}

int organisation_key(const SealedOptions& options) {
  Result<void> done;
  std::string fingerprint = options.fingerprint;
  std::erase(fingerprint, ' ');
  if (options.action == "keygen") {
    crypto::start();
    done = make(options);
  } else if (options.action == "register") {
    crypto::start();
    done = enrol(options);
  } else if (options.action == "keys") {
    done = list(options);
  } else if (options.action == "approve") {
    done =
        act(options, "/approval", one_member("fingerprint", fingerprint), "operator", "approved");
  } else {
    done = act(options, "/revocation", one_member("reason", options.reason), "service_provider",
               "revoked");
  }
  return done ? Exit::done : fail_at_api(done.error(), options.access.dir);
}
}  // namespace nrm::cli
