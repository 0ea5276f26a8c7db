#include "tests/threats/town.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "common/base/hex.hpp"
#include "common/base/json_text.hpp"
#include "common/http/framing.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/service_loop.hpp"
#include "common/store/memory_store.hpp"
#include "services/audit/decided_log.hpp"
#include "services/cores.hpp"
#include "services/gateway/ask_side.hpp"
#include "services/gateway/gateway.hpp"
#include "services/vault/vault_hooks.hpp"
#include "tests/support/manual_sandbox.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/threats/town_archive.hpp"

namespace nrm::test {
namespace {
std::string hex_of(const crypto::PublicKey& key) {
  return to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

template <class Id>
Id id_in(const http::Answer& answer, std::string_view name) {
  const auto id = Id::parse(member(answer, name));
  EXPECT_TRUE(id) << answer.status << ' ' << answer.body;
  return id.value_or(Id());
}

// What stands at "a/0/b"; false when nothing does.
json::Value find(json::Value at, std::string_view path) {
  if (path.empty() || !at) return at;
  const auto end = std::min(path.find('/'), path.size());
  const std::string part(path.substr(0, end));
  path.remove_prefix(std::min(end + 1, path.size()));
  if (at.kind() == json::Kind::object) return find(at.find(part), path);
  if (at.kind() != json::Kind::array) return {};
  std::size_t left = std::stoul(part);
  for (const json::Value item : at)
    if (left-- == 0) return find(item, path);
  return {};
}

std::string text_of(json::Value value) {
  if (!value) return {};
  if (value.kind() == json::Kind::string) return std::string(value.text());
  std::string out;
  json::append_value(out, value);
  return out;
}
}  // namespace

std::string member(const http::Answer& answer, std::string_view path) {
  json::Document document;
  if (!document.parse_trusted(answer.body)) return {};
  return text_of(find(document.root(), path));
}

std::vector<std::string> members(const http::Answer& answer, std::string_view name) {
  std::vector<std::string> out;
  json::Document document;
  if (!document.parse_trusted(answer.body)) return out;
  for (const json::Value item : document.root().find("items"))
    out.push_back(text_of(find(item, name)));
  return out;
}

std::string code_of(const http::Answer& answer) {
  const std::string type = member(answer, "type");
  return type.substr(type.rfind('/') + 1);
}

std::string fresh_id() { return system_entropy()->uuid().text(); }

namespace {
constexpr auto no_wait = std::chrono::milliseconds(0);
const std::string master(32, 'm'), duplicates(32, 'd'), gateway_secret(32, 's');

struct Machine {
  std::unique_ptr<Store> store;
  crypto::Signer signer = crypto::Signer::random();
  std::unique_ptr<Bus> bus;
  std::unique_ptr<VaultHooks> hooks;
  std::unique_ptr<ServiceLoop> loop;
};

struct Founding {
  const char* account;
  const char* name;
  OrganisationKind kind;
  Role role;
};
constexpr Founding foundings[] = {
    {"competent-authority", "Competent authority", OrganisationKind::competent_authority,
     Role::competent_authority},
    {"case-manager", "Case management", OrganisationKind::case_management, Role::case_manager},
    {"case-manager-2", "Case management", OrganisationKind::case_management, Role::case_manager},
    {"operator", "Operator", OrganisationKind::operator_, Role::operator_},
    {"auditor", "Auditor", OrganisationKind::auditor, Role::auditor}};
}  // namespace

struct Town::Works {
  explicit Works(Wires wires) : lines(make_lines(wires, folder.path())) {
    for (const Service service : log_owners)
      machines[service].store = open_store(store_folder(to_text(service)));
    rows = open_store(store_folder("gateway"));
  }
  std::string store_folder(std::string_view process) const {
    return folder.file("store-" + std::string(process));
  }

  // Stores, sockets, and the keys of the vault's epochs.
  TemporaryFolder folder = TemporaryFolder::in_memory();
  std::unique_ptr<Entropy> entropy = system_entropy();
  std::unique_ptr<Lines> lines;
  ManualClock clock{*Instant::parse("2023-07-03T08:00:00.000Z")}, ticks{Instant{1'000'000}};
  ManualSandbox sandbox{clock};
  Policy policy;
  std::map<Service, Machine> machines;
  std::unique_ptr<Store> rows;
  gateway::Presence presence;
  gateway::Freshness freshness{ticks};
  std::unique_ptr<Bus> ask_bus, feed_bus;
  std::unique_ptr<gateway::FeedSide> feed;
  std::unique_ptr<gateway::AskSide> asks;
  std::unique_ptr<TownArchive> archive;
  std::unique_ptr<gateway::Gateway> gateway;

  Step::Parts step_of(Service service, Machine& machine) {
    return {.core = core_of(service),
            .store = *machine.store,
            .entropy = *entropy,
            .policy = policy,
            .policy_digest = "town",
            .signer = machine.signer,
            .origin = "town/" + log_name(service),
            .sandbox = true,
            .hooks = machine.hooks.get()};
  }
  // As nrm init does: the first organisations and accounts are in the vault's log.
  std::map<std::string, Party> found() {
    std::map<std::string, Party> out;
    std::map<std::string, OrganisationId> organisations;
    auto step = Step::open(step_of(Service::vault, machines[Service::vault]), clock.now());
    CHECK(step, "a fresh log opens");
    const Actor clerk{AccountId(entropy->uuid()), OrganisationId(entropy->uuid()), Role::operator_};
    const auto ask = [&]<class C>(const C& command) {
      const std::string data = to_json(command);
      const Uuid key = entropy->uuid();
      (*step)->ask({.number = 1,
                    .key = std::string(key.bytes.begin(), key.bytes.end()),
                    .actor = clerk,
                    .expects = std::nullopt,
                    .type = C::type,
                    .data = data,
                    .personal = {}},
                   1, clock.now());
      auto committed = (*step)->commit();
      CHECK(committed && !committed->answers[0].answer.rejection, "the founding succeeds");
    };
    for (const Founding& one : foundings) {
      const auto [at, fresh] = organisations.try_emplace(one.name, entropy->uuid());
      if (fresh) ask(RegisterOrganisation{*Text<120>::parse(one.name), one.kind, at->second});
      unsigned char token[32];
      entropy->fill(token, sizeof token);
      const std::string text = to_hex({reinterpret_cast<const char*>(token), sizeof token});
      ask(IssueAccount{at->second, one.role, *Text<64>::parse(*gateway::token_digest(text))});
      out.emplace(one.account, Party{one.name, text, at->second, {}});
    }
    CHECK((*step)->close(), "a good disk can be written");
    policy.appointments =
        Appointments{organisations["Competent authority"], organisations["Case management"]};
    return out;
  }
  void open(Service service) {
    Machine& machine = machines[service];
    std::vector<std::string> peers;
    for (const Service owner : core_of(service).follows()) peers.emplace_back(to_text(owner));
    machine.bus = lines->join(std::string(to_text(service)), peers);
    auto loop = ServiceLoop::open(
        {.step = step_of(service, machine), .bus = *machine.bus, .clock = clock, .ticks = ticks});
    CHECK(loop, "a service starts");
    machine.loop = std::move(loop).value();
  }
  // The newest checkpoint of a log that its owner told.
  std::string heard(const std::string& log) const {
    for (const auto& one : feed->status())
      if (one.log == log) return one.checkpoint;
    return {};
  }
  void open_gateway() {
    // A name has one bus here: the one that asks is the gateway's, the other may follow all logs.
    std::vector<std::string> owners;
    for (const Service owner : log_owners) owners.emplace_back(to_text(owner));
    ask_bus = lines->join("gateway", owners);
    feed_bus = lines->join("bench", owners);
    feed = gateway::FeedSide::open({*rows, *feed_bus, ticks, presence, freshness, nullptr,
                                    [this](Service owner) {
                                      return std::vector{
                                          verifier_key("town/" + log_name(owner),
                                                       machines.at(owner).signer.public_key())};
                                    }})
               .value();
    std::vector<TownArchive::Owner> logs;
    for (auto& [service, machine] : machines)
      logs.push_back({log_name(service), "town/" + log_name(service),
                      [this, log = log_name(service)] { return heard(log); }, machine.store.get(),
                      machine.signer.public_key()});
    archive = std::make_unique<TownArchive>(std::move(logs));
    asks = std::make_unique<gateway::AskSide>(
        gateway::AskSide::Parts{*ask_bus, ticks, presence, freshness});
    gateway = std::make_unique<gateway::Gateway>(gateway::Gateway::Parts{
        .store = *rows,
        .ask = [this](gateway::Question question,
                      gateway::Answered done) { asks->ask(std::move(question), std::move(done)); },
        .status = [this] { return feed->status(); },
        .freshness = freshness,
        .clock = clock,
        .sandbox = &sandbox,
        .offices = *policy.appointments,
        .secret = Sensitive<std::string>(gateway_secret),
        .archive = [this](const std::string& log, const std::string& what,
                          const gateway::Fetched& done) { done(archive->fetch(log, what)); }});
  }
};

Town::Town(Wires wires, const std::function<void(Policy&)>& amend)
    : works_((crypto::start(), std::make_unique<Works>(wires))) {
  const auto pack = read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/osce.json");
  works_->policy = read_policy(*pack).value();
  works_->policy.access_limits.clear();  // as nrm init does for a clock that stands still
  if (amend) amend(works_->policy);
  Machine& vault = works_->machines[Service::vault];
  auto epochs = EpochKeys::open(works_->folder.file("epochs"),
                                master_in_memory(crypto::SecretKey::from(master).value()));
  auto sealing = Sealing::open(*vault.store, std::move(epochs).value(), *works_->entropy);
  vault.hooks = std::make_unique<VaultHooks>(std::move(sealing).value(),
                                             crypto::SecretKey::from(duplicates).value(),
                                             *vault.store, *works_->entropy);
  offices_ = works_->found();
  for (const Service service : log_owners) works_->open(service);
  works_->open_gateway();
  settle();
}
Town::~Town() = default;

void Town::turn(Milliseconds time) {
  works_->ticks.advance(time);
  works_->clock.advance(time);
  for (auto& [service, machine] : works_->machines)
    CHECK(machine.loop->turn(no_wait) && !machine.loop->stopped(),
          "a turn succeeds on a good disk");
  works_->asks->turn(no_wait);
  CHECK(works_->feed->turn(no_wait), "the rows can be written");
  works_->lines->turn();
}

// Two seconds of beats, and what they set off; and until everybody has read every log to its end.
void Town::settle() {
  const auto behind = [&](const std::string& log, std::uint64_t next) {
    const auto owner = enum_from<Service>(std::string_view(log).substr(0, log.find('/')));
    return next != works_->machines.at(*owner).loop->step().head();
  };
  const auto settled = [&] {
    for (const auto& [service, machine] : works_->machines)
      for (const FeedCursor& cursor : machine.loop->cursors())
        if (behind(cursor.log(), cursor.next())) return false;
    return std::ranges::none_of(works_->feed->status(), [&](const auto& one) {
      return !one.heard || behind(one.log, one.next);
    });
  };
  const auto time = works_->lines->turns_take_time() ? Milliseconds(25) : Milliseconds(1);
  for (Milliseconds passed{0}; passed < Milliseconds(2'500); passed += time) turn(time);
  for (int i = 0; i < 100'000 && !settled(); ++i) turn();
  EXPECT_TRUE(settled()) << "the town does not come to rest";
}

namespace {
// Of this thread: what else the machine does is not in it.
std::chrono::microseconds cpu_time() {
  timespec now{};
  CHECK(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "threads have a clock");
  return std::chrono::microseconds(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000);
}
}  // namespace

http::Answer Town::call(http::Call call) {
  const auto target = http::decode_target(call.target);
  EXPECT_TRUE(target) << call.target;
  http::Request request{.method = call.method,
                        .path = target->path,
                        .query = target->query,
                        .headers = {},
                        .body = std::move(call.body)};
  for (auto& [name, value] : call.headers) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    request.headers.emplace_back(name, value);
  }
  std::optional<http::Response> response;
  const auto began = cpu_time();
  works_->gateway->handle(std::move(request),
                          [&](http::Response given) { response = std::move(given); });
  for (last_turns_ = 0; !response && last_turns_ < 20'000; ++last_turns_) turn();
  const auto took = cpu_time() - began;
  EXPECT_TRUE(response) << call.method << ' ' << call.target << " was not answered";
  if (!response) return {};
  response->headers.emplace_back("Content-Type", response->content_type);
  return {.status = response->status,
          .headers = std::move(response->headers),
          .body = std::move(response->body),
          .took = took};
}

std::vector<std::string> Town::faults() const {
  std::vector<std::string> out;
  for (const auto& [service, machine] : works_->machines) {
    MemoryStore scratch;
    DecidedLog decided({.service = service,
                        .log = *machine.store,
                        .pack = {works_->policy, "town"},
                        .owner = [&](const std::string& log) -> const Store* {
                          for (const auto& [owner, one] : works_->machines)
                            if (log_name(owner) == log) return one.store.get();
                          return nullptr;
                        }});
    decided.check(scratch);
    for (const auto* faults : {&decided.fold_faults(), &decided.decision_faults()})
      for (const RecordFault& fault : *faults) out.push_back(fault.text);
  }
  return out;
}

const Store& Town::store(std::string_view process) const {
  const auto service = enum_from<Service>(process);
  return service && works_->machines.contains(*service) ? *works_->machines.at(*service).store
                                                        : *works_->rows;
}

std::string Town::folder() const { return works_->folder.path(); }

std::vector<std::string> Town::secrets() const {
  std::vector<std::string> out{master, duplicates, gateway_secret};
  for (const auto& [service, machine] : works_->machines) out.emplace_back(machine.signer.seed());
  for (const auto& [name, party] : offices_) out.push_back(*from_hex(party.token));
  const auto wrapped = read_file(works_->folder.file("epochs/1"));
  const auto epoch = master_in_memory(crypto::SecretKey::from(master).value())
                         ->unwrap("nrm-vault-2/epoch/1", wrapped.value());
  out.emplace_back(epoch.value().reveal());
  return out;
}

http::Answer Town::get(const Party& who, const std::string& target, http::Headers headers) {
  if (!who.token.empty()) headers.emplace_back("Authorization", "Bearer " + who.token);
  return call({.method = "GET", .target = target, .headers = std::move(headers), .body = {}});
}

http::Answer Town::erase(const Party& who, const std::string& target, http::Headers headers) {
  if (!who.token.empty()) headers.emplace_back("Authorization", "Bearer " + who.token);
  return call({.method = "DELETE", .target = target, .headers = std::move(headers), .body = {}});
}

http::Answer Town::post(const Party& who, const std::string& target, const std::string& body,
                        http::Headers headers) {
  if (!who.token.empty()) headers.emplace_back("Authorization", "Bearer " + who.token);
  headers.emplace_back("Content-Type", "application/json");
  bool keyed = false;
  for (const auto& [name, value] : headers) keyed |= name == "Idempotency-Key";
  if (!keyed) headers.emplace_back("Idempotency-Key", "town-" + std::to_string(++keys_));
  return call({.method = "POST", .target = target, .headers = std::move(headers), .body = body});
}

Party Town::join(const std::string& name, OrganisationKind kind, Role role,
                 const std::string& subject) {
  std::string body = "{\"name\":";
  json::append_string(body, name);
  body += ",\"kind\":\"" + std::string(to_text(kind)) + "\"}";
  const Party organisation{
      name,
      {},
      id_in<OrganisationId>(post(office("operator"), "/v1/organisations", body), "organisation"),
      {}};
  return colleague(organisation, role, subject);
}

Party Town::colleague(const Party& of, Role role, const std::string& subject) {
  const auto answer = post(office("operator"), "/v1/accounts",
                           "{\"organisation\":\"" + of.organisation.text() + "\",\"role\":\"" +
                               std::string(to_text(role)) + '"' +
                               (subject.empty() ? "" : ",\"subject\":\"" + subject + '"') + '}');
  EXPECT_EQ(answer.status, 201) << answer.body;
  return {of.name, member(answer, "token"), of.organisation, id_in<AccountId>(answer, "account")};
}

std::string Town::report_body(const std::string& personal) const {
  return R"({"route":"formal","consents":[{"purpose":"identification","given":true,)"
         R"("by":"individual","language":"en"},{"purpose":"support","given":true,)"
         R"("by":"individual","language":"en"}],"personal":)" +
         personal +
         R"(,"facts":{"entry_source":"police_operation","exploitation":["labour"],)"
         R"("means_of_control":[],"age_at_exploitation":"adult","age_now":"adult",)"
         R"("gender":"female","nationalities":[],"place":{"scope":"in_country","countries":[]},)"
         R"("indicators":[],"needs":["safe_accommodation"],"urgency":"urgent","languages":["en"],)"
         R"("region":"XX-N"}})";
}

std::string Town::report(const Party& who, const std::string& personal) {
  const auto answer = post(who, "/v1/reports", report_body(personal));
  EXPECT_EQ(answer.status, 201) << answer.body;
  return member(answer, "case");
}

Party Town::provider(const std::string& name, const std::string& service) {
  const Party out = join(name, OrganisationKind::service_provider, Role::service_provider);
  const auto answer =
      post(out, "/v1/providers", "{\"service\":\"" + service + "\",\"places\":100000}");
  EXPECT_EQ(answer.status, 201) << answer.body;
  return out;
}

std::string Town::accept(const Party& provider, const std::string& subject) {
  for (int attempt = 0; attempt < 2'000; ++attempt) {
    for (int i = 0; i < 20; ++i) turn();
    const auto inbox = get(provider, "/v1/inbox?limit=200&status=offered");
    const auto cases = members(inbox, "case"), referrals = members(inbox, "referral");
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (cases[i] != subject) continue;
      EXPECT_EQ(post(provider, "/v1/referrals/" + referrals[i] + "/acceptance", "{}").status, 200);
      // Until the gateway knows that the case is theirs.
      for (int wait = 0; wait < 10'000; ++wait) {
        if (get(provider, "/v1/cases/" + subject).status == 200) return referrals[i];
        turn();
      }
    }
  }
  ADD_FAILURE() << "no offer of " << subject << " reached " << provider.name;
  return {};
}

void Town::enrol(const Party& who, Keys& keys, bool approved) {
  const auto &box = keys.box.public_key(), &sign = keys.sign.public_key();
  const std::string statement = crypto::key_statement(who.organisation, box, sign);
  const auto answer = post(who, "/v1/organisations/" + who.organisation.text() + "/keys",
                           "{\"box_key\":\"" + hex_of(box) + "\",\"sign_key\":\"" + hex_of(sign) +
                               "\",\"proof\":\"" + to_hex(keys.sign.sign(statement)) + "\"}");
  EXPECT_EQ(answer.status, 201) << answer.body;
  keys.id = id_in<OrganisationKeyId>(answer, "key");
  keys.fingerprint = crypto::key_fingerprint(who.organisation, box, sign).hex();
  if (!approved) return;
  for (const char* name : {"operator", "auditor"}) {
    const auto said = approve(office(name), keys.id, keys.fingerprint);
    EXPECT_EQ(said.status, 200) << said.body;
  }
}

http::Answer Town::approve(const Party& who, const OrganisationKeyId& key,
                           const std::string& fingerprint) {
  return post(who, "/v1/organisation-keys/" + key.text() + "/approval",
              "{\"fingerprint\":\"" + fingerprint + "\"}");
}

std::string Town::sealed_body(const std::string& subject, std::uint32_t version, const Keys& from,
                              const std::vector<const Keys*>& to, const std::string& text,
                              const std::string& item_class) const {
  std::string out =
      "{\"class\":\"" + item_class + "\",\"version\":" + std::to_string(version) + ",\"boxes\":[";
  for (const Keys* one : to) {
    const auto box = crypto::seal_item({*CaseId::parse(subject), item_class, version, one->id},
                                       one->box.public_key(), from.sign, from.id, text);
    EXPECT_TRUE(box);
    if (out.back() != '[') out += ',';
    out += "{\"key\":\"" + one->id.text() + "\",\"box\":\"" + to_base64(*box) + "\"}";
  }
  return out + "]}";
}
}  // namespace nrm::test
