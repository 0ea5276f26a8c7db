#include "tests/unit/gateway/world.hpp"

#include "common/base/hex.hpp"
#include "common/base/json_text.hpp"
#include "common/http/framing.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm::gateway::test {
namespace {
// As much of a pack as the gateway asks.
Policy some_policy() {
  Policy out;
  out.regions = {*Region::parse("XX-N"), *Region::parse("XX-S")};
  ClockRule answer;
  answer.name = ClockName::answer_offer;
  answer.unit = ClockUnit::hours;
  answer.length = 48;
  out.clocks = {answer};
  out.referral.enquiry_k = 5;
  return out;
}
}  // namespace

World::World(const Admission::Rates& rates)
    : clock(*Instant::parse("2024-03-04T09:00:00.000Z")),
      sandbox(clock),
      freshness(clock),
      first_pack(some_policy()),
      chronicle_(store),
      entropy_(seeded_entropy(7)) {
  crypto::start();
  offices = {OrganisationId(id()), OrganisationId(id()), OrganisationId(id())};
  std::vector<Projection::Followed> followed;
  for (const Service owner : log_owners) followed.push_back({owner, Link{1}});
  auto projection =
      Projection::open(core_of<Views>(), store, followed,
                       [this](const std::string& log, const Projection::Told& record,
                              Batch& batch) { chronicle_.record(log, record, batch); });
  projection_ = std::move(projection).value();
  witnessed = WitnessedLogs::open(store, clock.now(), std::chrono::minutes(1)).value();
  gateway = std::make_unique<Gateway>(Gateway::Parts{
      .store = store,
      .ask = [this](Question question,
                    Answered done) { answer(std::move(question), std::move(done)); },
      .status = [this] { return logs; },
      .freshness = freshness,
      .clock = clock,
      .sandbox = &sandbox,
      .offices = offices,
      .listed_per_hour = {1'000, 1'500},
      .secret = Sensitive<std::string>(std::string(32, 's')),
      .rates = rates,
      .witnessed = witnessed.get(),
      .archive =
          [this](const std::string& log, const std::string& what, Fetched done) {
            done(archived ? archived(log, what) : Result<std::string>(Error(Code::unavailable)));
          },
      .policy = &policy});
}

Uuid World::id() { return entropy_->uuid(); }

void World::report(const CaseId& subject, const OrganisationId& reporter) {
  publish(Service::identification,
          {{case_stream(subject), ReportReceived{.reference = *Text<16>::parse("4FJ2K-7QX0M-9"),
                                                 .organisation = reporter,
                                                 .owner = offices.competent_authority,
                                                 .facts = some_facts(),
                                                 .decide_by = clock.now() + days(5)}}},
          Actor{AccountId(id()), reporter, Role::first_responder});
}

std::uint64_t World::publish(Service service, std::vector<Emit> events,
                             std::optional<Actor> actor) {
  const std::uint64_t seq = next_[service]++;
  Record record{.seq = seq, .id = id(), .at = clock.now(), .actor = actor};
  record.events = std::move(events);
  std::string bytes;
  write_record(bytes, record);
  const auto taken = projection_->on(
      wire::Records{.log = log_name(service), .first = seq, .head = seq + 1, .items = {bytes}},
      clock.now());
  CHECK(taken, "the projection takes a record");
  CHECK(projection_->commit(bus_, clock.now()), "the projection commits");
  if (chronicle_.committed()) freshness.accounts_changed();
  freshness.projected(service, seq + 1);
  freshness.release();
  return seq;
}

std::string World::account(Role role, const OrganisationId& organisation) {
  std::string raw(32, '\0');
  entropy_->fill(reinterpret_cast<unsigned char*>(raw.data()), raw.size());
  const std::string token = to_hex(raw);
  publish(Service::vault,
          {{account_stream(id()),
            AccountIssued{organisation, role, *Text<64>::parse(*token_digest(token))}}});
  return token;
}

void World::answer(Question question, Answered done) {
  asked.push_back(std::move(question));
  const Question& last = asked.back();
  if (!says) return done(Error(Code::unavailable));
  const Said said = says(last);
  if (!said && said.error().code == Code::unavailable) return done(said.error());
  wire::Answer answer;
  answer.repeated = repeated;
  if (!said) {
    answer.rejection = said.error();
    return done(answer);
  }
  Record record{.seq = 41, .id = id(), .at = clock.now(), .actor = last.actor};
  record.events = *said;
  std::string bytes;
  write_record(bytes, record);
  const std::string personal = opened;
  answer.seq = 41;
  answer.leaf = leaf_hash(bytes);
  answer.record = bytes;
  answer.checkpoint = "a note";
  answer.opened = personal;
  done(answer);
}

http::Response World::request(http::Request request) {
  http::Response out;
  int answers = 0;
  gateway->handle(std::move(request), [&](http::Response response) {
    out = std::move(response);
    ++answers;
  });
  CHECK(answers == 1, "a request is answered once");
  return out;
}

http::Response World::get(const std::string& target, const std::string& token,
                          http::Headers headers) {
  auto decoded = http::decode_target(target);
  http::Request out{.method = "GET",
                    .path = decoded->path,
                    .query = decoded->query,
                    .headers = std::move(headers)};
  if (!token.empty()) out.headers.emplace_back("authorization", "Bearer " + token);
  return request(std::move(out));
}

http::Response World::post(const std::string& path, const std::string& token, std::string body,
                           http::Headers headers) {
  http::Request out{.method = "POST", .path = path, .headers = std::move(headers)};
  if (!token.empty()) out.headers.emplace_back("authorization", "Bearer " + token);
  if (out.header("idempotency-key").empty()) out.headers.emplace_back("idempotency-key", "key");
  if (out.header("content-type").empty())
    out.headers.emplace_back("content-type", "application/json");
  out.body = std::move(body);
  return request(std::move(out));
}

namespace {
json::Value parsed(const http::Response& response) {
  thread_local json::Document document;
  CHECK(document.parse_trusted(response.body), "an answer is JSON");
  return document.root();
}
}  // namespace

std::string code_of(const http::Response& response) {
  if (response.content_type != "application/problem+json") return {};
  const std::string type(parsed(response).find("type").text());
  return type.substr(type.rfind('/') + 1);
}

std::vector<std::string> errors_of(const http::Response& response) {
  std::vector<std::string> out;
  for (const json::Value error : parsed(response).find("errors"))
    out.push_back(std::string(error.find("pointer").text()) + ' ' +
                  std::string(error.find("code").text()));
  return out;
}

std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

std::string member_of(const http::Response& response, std::string_view path) {
  json::Value at = parsed(response);
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    at = at.find(path.substr(0, end));
    if (!at) return {};
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (at.kind() == json::Kind::string) return std::string(at.text());
  std::string out;
  json::append_value(out, at);
  return out;
}

std::vector<std::string> items_of(const http::Response& response, std::string_view member) {
  std::vector<std::string> out;
  for (const json::Value item : parsed(response).find("items"))
    out.emplace_back(item.find(member) ? item.find(member).text() : std::string_view());
  return out;
}

ReportFacts some_facts() {
  ReportFacts facts;
  facts.entry_source = EntrySource::police_operation;
  facts.exploitation = {Exploitation::labour};
  facts.age_now = AgeBand::adult;
  facts.gender = Gender::female;
  facts.needs = {ServiceType::safe_accommodation};
  facts.urgency = Urgency::urgent;
  facts.region = *Region::parse("GB-LND");
  return facts;
}

std::string report_body(std::string_view route) {
  std::string out = R"({"route":")" + std::string(route) + '"';
  if (route == "formal")
    out += R"(,"consents":[{"purpose":"identification","given":true,"by":"individual",)"
           R"("language":"en"}],"personal":{"name":"A. Person"})";
  return out + ",\"facts\":" + to_json(some_facts()) + '}';
}
}  // namespace nrm::gateway::test
