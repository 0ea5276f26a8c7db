// The HTTP API as OpenAPI 3.1, from the gateway's route table, forms and answers.
#include <algorithm>
#include <set>

#include "schemas/generator/examples.hpp"
#include "schemas/generator/generate.hpp"
#include "services/gateway/answers.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/route_table.hpp"

namespace nrm::schemas {
namespace {
using gateway::About;
using gateway::Route;

template <class List, class F>
void for_types(F&& visit) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, List>>(
      [&](auto identity) { visit(identity); });
}

Tree refer_to(std::string_view to) {
  return Tree::object({{"$ref", "#/components/" + std::string(to)}});
}
Tree text_schema() { return Tree::object({{"type", "string"}}); }
Tree described(std::string_view description) {
  return Tree::object({{"description", description}});
}
Tree header(std::string_view description) {
  return described(description).set("schema", text_schema());
}

// Two sets of definitions in one: what both name means the same in both.
void merge(Tree& into, const Tree& from) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Tree* known = into.find(from.key(i));
    CHECK(known == nullptr || known->compact() == from.child(i).compact(),
          "one name, one definition");
    into.set(from.key(i), from.child(i));
  }
}

// Forms are read strictly, answers tolerantly: a struct that occurs in both is closed in a form
// ("ReportFactsInput") and open in an answer ("ReportFacts").
Tree component_schemas() {
  Shapes asked({.prefix = "#/components/schemas/", .suffix = "Input"});
  Shapes answered({.prefix = "#/components/schemas/", .unknown = Unknown::ignore});
  Tree out = Tree::object();
  for_types<gateway::Forms>([&](auto identity) {
    using Form = typename decltype(identity)::type;
    out.set(Form::form, asked.object<Form>().set("example", example_of<Form>()));
  });
  for_types<gateway::Answers>([&](auto identity) {
    using Answer = typename decltype(identity)::type;
    answered.of<Answer>();
  });
  merge(out, asked.definitions());
  merge(out, answered.definitions());
  out["TimelineItem"]["properties"].set(
      "data", Tree::object({{"type", "object"}, {"description", "the event: schemas/events"}}));
  out["TimelineItem"]["required"].add("data");
  out.set("Health", Tree::object({{"type", "object"}}));
  out["Health"]["properties"].set(
      "status", Tree::object({{"type", "string"}, {"enum", Tree::array({"pass", "fail"})}}));
  out.set("Problem", problem_schema());
  return out;
}

bool is_health(const Route& route) { return route.answer == "application/health+json"; }
bool is_inbox(const Route& route) { return route.pattern == "/v1/inbox"; }
bool is_page(const Route& route) { return route.answer.ends_with("[]"); }
// Its path names something that has a version.
bool of_a_version(const Route& route) {
  return route.about() == About::a_case || route.about() == About::a_referral;
}

bool has_version(const Route& route) {
  return route.method == "GET" && of_a_version(route) && route.pattern.ends_with("{id}");
}

Tree page_of(std::string_view item, bool of_inbox) {
  Tree items = Tree::object({{"type", "array"}});
  items.set("items", refer_to("schemas/" + std::string(item)));
  Tree out = Tree::object({{"type", "object"}});
  out["properties"].set("items", std::move(items));
  out["properties"].set("next", text_schema().set("description", "cursor of the next page"));
  if (of_inbox)
    out["properties"].set("position", text_schema().set("description", "where the stream goes on"));
  return out.set("required", Tree::array({"items"}));
}

std::string media_type(const Route& route) {
  return route.answer.find('/') == route.answer.npos ? "application/json"
                                                     : std::string(route.answer);
}

Tree answer_schema(const Route& route) {
  if (is_page(route))
    return page_of(route.answer.substr(0, route.answer.size() - 2), is_inbox(route));
  if (is_health(route)) return refer_to("schemas/Health");
  if (route.answer.find('/') != route.answer.npos) return text_schema();
  return refer_to("schemas/" + std::string(route.answer));
}

Tree success(const Route& route) {
  Tree out = described(route.summary);
  Tree headers = Tree::object();
  if (has_version(route)) headers.set("ETag", refer_to("headers/ETag"));
  if (is_page(route)) headers.set("Link", refer_to("headers/Link"));
  if (route.answer == "ReportTaken" || route.answer == "ReferralCreated")
    headers.set("Location", refer_to("headers/Location"));
  out.set_if_any("headers", std::move(headers));
  out["content"].set(media_type(route), Tree::object({{"schema", answer_schema(route)}}));
  return out;
}

// The statuses of problems that this route can answer with.
std::vector<int> problem_statuses(const Route& route) {
  if (route.roles.empty() && route.method == "GET") return {400, 500};
  std::vector<int> out{400, 401, 403, 408, 421, 429, 431, 500, 503};
  const bool changes = route.method == "POST";
  if (route.roles.empty()) out.push_back(429);  // who signs in may have to wait
  if (route.pattern.find('{') != route.pattern.npos) out.push_back(404);
  if (route.method != "GET" || route.pattern.starts_with("/v1/sandbox")) out.push_back(409);
  if (changes) out.insert(out.end(), {413, 415});
  if (changes || !route.parameters.empty()) out.push_back(422);
  if (changes && of_a_version(route)) out.push_back(412);
  std::ranges::sort(out);
  return out;
}

Tree responses(const Route& route) {
  Tree out = Tree::object();
  out.set(std::to_string(route.status), success(route));
  if (has_version(route)) out.set("304", described("You have this version already"));
  for (const int status : problem_statuses(route)) {
    const std::string text = std::to_string(status);
    out.set(text, refer_to("responses/Problem" + text));
  }
  if (is_health(route)) out.set("503", success(route).set("description", "Not ready"));
  return out;
}

void add_parameters(Tree& out, const Route& route) {
  if (route.pattern.find("{id}") != route.pattern.npos) out.add(refer_to("parameters/id"));
  if (route.pattern.find("{name}") != route.pattern.npos)
    out.add(refer_to(route.pattern.starts_with("/v1/logs") ? "parameters/log" : "parameters/name"));
  if (route.pattern.find("{rest}") != route.pattern.npos) out.add(refer_to("parameters/rest"));
  for (std::size_t at = 0; at < route.parameters.size();) {
    const auto end = std::min(route.parameters.find(' ', at), route.parameters.size());
    std::string name(route.parameters.substr(at, end - at));
    at = end + 1;
    // The one name with two meanings.
    if (name == "status") name = is_inbox(route) ? "referral_status" : "case_status";
    if (name == "name") name = "organisation_name";
    out.add(refer_to("parameters/" + name));
  }
  if (route.method == "POST" && route.pattern != "/v1/sessions")
    out.add(refer_to("parameters/IdempotencyKey"));
  if (route.method == "POST" && of_a_version(route)) out.add(refer_to("parameters/IfMatch"));
  if (!route.commands[0].empty()) out.add(refer_to("parameters/Prefer"));
  if (has_version(route)) out.add(refer_to("parameters/IfNoneMatch"));
  if (route.answer == "text/event-stream") out.add(refer_to("parameters/LastEventId"));
}

// "post" and "/v1/cases/{id}/first-stage-decision": "postCasesIdFirstStageDecision".
std::string operation_id(std::string_view method, std::string_view path) {
  std::string out(method);
  if (path.starts_with("/v1")) path.remove_prefix(3);
  bool upper = true;
  for (const char c : path) {
    const bool letter = c >= 'a' && c <= 'z';
    if (letter) out += upper ? static_cast<char>(c - 32) : c;
    upper = !letter;
  }
  return out;
}

std::string tag_of(std::string_view path) {
  if (!path.starts_with("/v1/")) return "operations";
  path.remove_prefix(4);
  return std::string(path.substr(0, path.find('/')));
}

// Whether all of a form is in the path and the token.
bool is_empty_form(std::string_view name) {
  bool empty = false;
  for_types<gateway::Forms>([&](auto identity) {
    using Form = typename decltype(identity)::type;
    using Members = boost::describe::describe_members<Form, boost::describe::mod_public>;
    if (Form::form == name) empty = boost::mp11::mp_empty<Members>::value;
  });
  return empty;
}

Tree operation(const Route& route, const std::string& method) {
  Tree out = Tree::object({{"operationId", operation_id(method, route.pattern)},
                           {"tags", Tree::array({tag_of(route.pattern)})},
                           {"summary", route.summary}});
  Tree roles = Tree::array(), commands = Tree::array(), parameters = Tree::array();
  for (const std::string& name : names_of<Role>())
    if (route.roles.has(enum_from<Role>(name).value())) roles.add(name);
  for (const std::string_view type : route.commands)
    if (!type.empty()) commands.add(type);
  if (route.roles.empty()) out.set("security", Tree::array());
  out.set_if_any("x-roles", std::move(roles));
  out.set_if_any("x-commands", std::move(commands));
  add_parameters(parameters, route);
  out.set_if_any("parameters", std::move(parameters));
  if (!route.form.empty()) {
    Tree& body = out["requestBody"];
    body.set("required", !is_empty_form(route.form));
    body["content"].set("application/json",
                        Tree::object({{"schema", refer_to("schemas/" + std::string(route.form))}}));
  }
  return out.set("responses", responses(route));
}

Tree parameter(std::string_view place, std::string_view name, std::string_view description,
               Tree schema, bool required = false) {
  Tree out = Tree::object({{"in", place}, {"name", name}, {"description", description}});
  if (required) out.set("required", true);
  return out.set("schema", std::move(schema));
}

Tree component_parameters() {
  const Tree text = text_schema();
  const Tree limit = Tree::object({{"type", "integer"},
                                   {"minimum", 1},
                                   {"maximum", limits::page_items_max},
                                   {"default", limits::page_items_default}});
  const Tree key = text_schema()
                       .set("minLength", 1)
                       .set("maxLength", limits::idempotency_key_bytes_max)
                       .set("pattern", "^[!-~]+$");
  const Tree uuid = Tree::parse(Uuid::schema);
  const std::string key_words =
      "new for each act; a retry with the same key and body gets the first answer";
  return Tree::object(
      {{"id", parameter("path", "id", "of the thing", uuid, true)},
       {"name", parameter("path", "name", "of the queue", text, true)},
       {"log", parameter("path", "name", "of the log, as in identification-0", text, true)},
       {"rest",
        parameter(
            "path", "rest",
            "of a tile, as C2SP tlog-tiles has it: 0/x001/067.p/3 (slashes are not escaped); of "
            "a receipt, the record's number",
            text, true)},
       {"from", parameter("query", "from", "size of the checkpoint that one has", text)},
       {"cursor", parameter("query", "cursor", "`next` of the page before", text)},
       {"limit", parameter("query", "limit", "items of one page", limit)},
       {"queue", parameter("query", "queue", "a work queue's name", text)},
       {"case_status", parameter("query", "status", "of identification",
                                 refer_to("schemas/IdentificationStatus"))},
       {"referral_status",
        parameter("query", "status", "of the referral", refer_to("schemas/ReferralStatus"))},
       {"reference", parameter("query", "reference", "as written down by people", text)},
       {"organisation_name", parameter("query", "name", "the whole name", text)},
       {"after", parameter("query", "after", "`position` of the inbox's list", text)},
       {"IdempotencyKey", parameter("header", "Idempotency-Key", key_words, key, true)},
       {"IfMatch", parameter("header", "If-Match", "the ETag that the act is based on", text)},
       {"IfNoneMatch", parameter("header", "If-None-Match", "the ETag that you have", text)},
       {"Prefer", parameter("header", "Prefer",
                            "`return=representation`: the record itself in the receipt", text)},
       {"LastEventId", parameter("header", "Last-Event-ID", "where the stream goes on", text)}});
}

// One per status that some route answers with.
Tree component_responses() {
  std::set<int> used;
  for (const Route& route : gateway::routes())
    for (const int status : problem_statuses(route)) used.insert(status);
  Tree out = Tree::object();
  for (const CodeRow& row : code_rows) {
    if (!used.contains(row.status)) continue;
    const std::string name = "Problem" + std::to_string(row.status);
    if (out.find(name) == nullptr) {
      Tree& made = out[name].set("description", "");
      if (row.status == 401) made["headers"].set("WWW-Authenticate", header("`Bearer`"));
      if (row.status == 503 || row.status == 429)
        made["headers"].set("Retry-After", header("seconds; retry with the same key"));
      made["content"].set("application/problem+json",
                          Tree::object({{"schema", refer_to("schemas/Problem")}}));
      made.set("x-codes", Tree::array());
    }
    std::string words = out[name].find("description")->text();
    words += (words.empty() ? "" : "; ") + std::string(row.title);
    out[name].set("description", words);
    out[name]["x-codes"].add(row.name);
  }
  return out;
}

Tree components() {
  Tree out = Tree::object({{"schemas", component_schemas()},
                           {"responses", component_responses()},
                           {"parameters", component_parameters()}});
  Tree& headers = out["headers"];
  headers.set("ETag", header("version of the thing, for If-Match"));
  headers.set("Link", header("the next page (RFC 8288)"));
  headers.set("Location", header("path of what was made"));
  out["securitySchemes"].set(
      "token",
      Tree::object({{"type", "http"},
                    {"scheme", "bearer"},
                    {"description",
                     "an account's token, as issued by POST /v1/accounts or /v1/sessions, or an "
                     "access token of the identity provider (RFC 9068)"}}));
  out["securitySchemes"].set(
      "certificate",
      Tree::object({{"type", "mutualTLS"},
                    {"description", "a client certificate with the URI name of the account"}}));
  return out;
}
}  // namespace

void add_openapi(Files& files) {
  Tree paths = Tree::object();
  for (const Route& route : gateway::routes()) {
    const std::string method = route.method == "GET"      ? "get"
                               : route.method == "DELETE" ? "delete"
                                                          : "post";
    paths[route.pattern].set(method, operation(route, method));
  }
  Tree out = Tree::object({{"openapi", "3.1.0"}});
  out.set("info",
          Tree::object({{"title", "National referral mechanism"},
                        {"version", "1"},
                        {"description",
                         "A 2xx to a POST means: on disk, synced, in the log, exactly once. "
                         "Bodies are read strictly: a member that is not described, or "
                         "twice, is refused. GET routes answer HEAD too."}}));
  out.set("servers", Tree::array({Tree::object({{"url", "https://localhost:8443"}})}));
  out.set("security", Tree::array({Tree::object({{"token", Tree::array()}}),
                                   Tree::object({{"certificate", Tree::array()}})}));
  out.set("paths", std::move(paths));
  out.set("components", components());
  files["openapi.json"] = out.pretty();
}
}  // namespace nrm::schemas
