// nrm sealed put, ask, allow, get: the text is sealed and opened here, on the organisation's own
// machine; what goes over the wire and into the vault only the recipients' key files open.
#include <algorithm>
#include <cstdio>

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "services/cli/organisation_keys.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
namespace {
// The newest item of a class that this reader has on its list.
struct Listed {
  std::string item;
  std::uint32_t version = 0;
  OrganisationId sender;
  std::vector<std::string> keys;     // of the reader's organisation
  std::vector<std::string> waiting;  // accounts that wait for a second person
};

Result<std::vector<Listed>> list_items(Api& api, const std::string& subject,
                                       const std::string& item_class) {
  std::vector<Listed> out;
  NRM_TRY(each_item(api, "/v1/cases/" + subject + "/sealed-items", [&](json::Value item) {
    if (text_of(item, "class") != item_class) return;
    Listed one{std::string(text_of(item, "item")),
               static_cast<std::uint32_t>(number_of(item, "version")),
               OrganisationId::parse(text_of(item, "sender")).value_or(OrganisationId()),
               {},
               {}};
    for (const json::Value key : item.find("keys")) one.keys.emplace_back(key.text());
    for (const json::Value asked : item.find("waiting"))
      if (asked.find("approved") && !asked.find("approved").boolean())
        one.waiting.emplace_back(text_of(asked, "account"));
    out.push_back(std::move(one));
  }));
  return out;
}

Result<Listed> newest(Api& api, const std::string& subject, const SealedOptions& options) {
  NRM_TRY_ASSIGN(auto all, list_items(api, subject, options.item_class));
  std::erase_if(all, [](const Listed& one) { return one.keys.empty(); });
  if (all.empty())
    return Error(Code::not_found, "", "nothing of this class is sealed to your organisation");
  return *std::ranges::max_element(all, {}, &Listed::version);
}

// The one key of an organisation that is in force now; the newest when a rotation left two.
Result<KnownKey> key_in_force(Api& api, const std::string& name) {
  NRM_TRY_ASSIGN(const auto organisation, find_organisation_by_name(api, name));
  NRM_TRY_ASSIGN(const auto keys, known_keys(api, organisation));
  for (const KnownKey& key : keys)
    if (key.status == KeyStatus::approved) return key;
  return Error(Code::key_not_approved, "--to",
               name + " has no key in force: nrm sealed keys \"" + name + '"');
}

Result<void> put(Api& api, const std::string& subject, const SealedOptions& options) {
  NRM_TRY_ASSIGN(const KeyFile file, read_key_file(options.key_file));
  NRM_TRY_ASSIGN(const KnownKey own, find_own_key(api, file));
  NRM_TRY_ASSIGN(const std::string read, read_file(options.file, 16'000));
  const Sensitive<std::string> text(read);
  std::uint32_t version = 1;
  NRM_TRY_ASSIGN(const auto listed, list_items(api, subject, options.item_class));
  for (const Listed& one : listed)
    if (one.sender == file.organisation) version = std::max(version, one.version + 1);
  std::string boxes;
  for (const std::string& name : options.to) {
    NRM_TRY_ASSIGN(const KnownKey to, key_in_force(api, name));
    const crypto::ItemLabel label{*CaseId::parse(subject), options.item_class, version, to.id};
    NRM_TRY_ASSIGN(const std::string box,
                   crypto::seal_item(label, to.box_key, file.sign, own.id, text.reveal()));
    if (!boxes.empty()) boxes += ',';
    boxes += "{\"key\":\"" + to.id.text() + "\",\"box\":\"" + to_base64(box) + "\"}";
    std::printf("sealed to %s, key %s\n", name.c_str(), crypto::spoken(to.fingerprint).c_str());
  }
  NRM_TRY(api.post({.target = "/v1/cases/" + subject + "/sealed-items",
                    .body = "{\"class\":\"" + options.item_class + "\",\"version\":" +
                            std::to_string(version) + ",\"boxes\":[" + boxes + "]}",
                    .key = {},
                    .if_match = {}}));
  std::printf("stored as version %u of %s\n", version, options.item_class.c_str());
  return {};
}

Result<void> ask(Api& api, const std::string& subject, const SealedOptions& options) {
  NRM_TRY_ASSIGN(const Listed item, newest(api, subject, options));
  NRM_TRY(api.post({.target = "/v1/sealed-items/" + item.item + "/requests",
                    .body = {},
                    .key = {},
                    .if_match = {}}));
  std::puts("asked; a colleague approves within the hour: nrm sealed allow");
  return {};
}

Result<void> allow(Api& api, const std::string& subject, const SealedOptions& options) {
  NRM_TRY_ASSIGN(const Listed item, newest(api, subject, options));
  if (item.waiting.empty()) return Error(Code::not_found, "", "nobody waits for an approval");
  for (const std::string& account : item.waiting)
    NRM_TRY(api.post({.target = "/v1/sealed-items/" + item.item + "/approval",
                      .body = "{\"account\":\"" + account + "\"}",
                      .key = {},
                      .if_match = {}}));
  std::printf("approved %zu\n", item.waiting.size());
  return {};
}

Result<void> get(Api& api, const std::string& subject, const SealedOptions& options) {
  NRM_TRY_ASSIGN(const KeyFile file, read_key_file(options.key_file));
  NRM_TRY_ASSIGN(const KnownKey own, find_own_key(api, file));
  NRM_TRY_ASSIGN(const Listed item, newest(api, subject, options));
  // The sender's key too must have been approved once: a key that the installation made up signs
  // nothing that anybody should read.
  NRM_TRY_ASSIGN(const auto senders, known_keys(api, item.sender));
  const crypto::SenderKey sender_key =
      [&](const OrganisationKeyId& id) -> Result<crypto::PublicKey> {
    const auto found = std::ranges::find(senders, id, &KnownKey::id);
    if (found == senders.end() || found->status == KeyStatus::registered)
      return Error(Code::key_not_approved, "", "the sender's key was never approved");
    return found->sign_key;
  };
  NRM_TRY_ASSIGN(const auto answer,
                 api.post({.target = "/v1/sealed-items/" + item.item + "/openings",
                           .body = "{\"purpose\":\"" + options.purpose + "\"}",
                           .key = {},
                           .if_match = {}}));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  for (const json::Value copy : read.root().find("boxes")) {
    if (text_of(copy, "key") != own.id.text()) continue;
    const auto box = from_base64(text_of(copy, "box"));
    const crypto::ItemLabel label{*CaseId::parse(subject), options.item_class, item.version,
                                  own.id};
    NRM_TRY_ASSIGN(const auto opened,
                   crypto::open_item(label, file.box, box.value_or(""), sender_key));
    std::fputs(opened.text.reveal().c_str(), stdout);
    if (!opened.text.reveal().ends_with('\n')) std::puts("");
    return {};
  }
  return Error(Code::not_found, "--key", "there is no copy for this key");
}
}  // namespace

int sealed(const SealedOptions& options) {
  const auto api = Api::open(options.access, "service_provider");
  if (!api) return fail(api.error());
  const auto subject = find_case_id(**api, options.subject);
  if (!subject) return fail_at_api(subject.error(), options.access.dir);
  const auto command = options.action == "put"     ? put
                       : options.action == "ask"   ? ask
                       : options.action == "allow" ? allow
                                                   : get;
  const auto done = command(**api, *subject, options);
  return done ? Exit::done : fail_at_api(done.error(), options.access.dir);
}
}  // namespace nrm::cli
