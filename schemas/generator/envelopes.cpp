// What stands around the vocabulary: the record, the policy pack, the problem.
#include "common/event/record.hpp"
#include "common/step/policy.hpp"
#include "schemas/generator/generate.hpp"

namespace nrm::schemas {
namespace {
Tree plain(std::string_view description) {
  return Tree::object({{"type", "string"}, {"description", description}});
}

Tree object_with(Tree properties, std::vector<Tree> required) {
  Tree out = Tree::object({{"type", "object"}});
  out.set("properties", std::move(properties));
  return out.set("required", Tree::array(std::move(required)));
}

template <class List>
std::vector<Tree> types_of() {
  std::vector<Tree> out;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, List>>(
      [&](auto identity) { out.emplace_back(decltype(identity)::type::type); });
  return out;
}

// { `member`: one of `types` } decides which schema /data has.
Tree data_by_type(std::string_view member, const std::vector<Tree>& types,
                  std::string (*path)(std::string_view)) {
  Tree out = Tree::array();
  for (const Tree& type : types) {
    Tree when = Tree::object({{"properties", Tree::object()}});
    when["properties"].set(member, Tree::object({{"const", type}}));
    Tree then = Tree::object({{"properties", Tree::object()}});
    then["properties"].set("data",
                           Tree::object({{"$ref", std::string(base_id) + path(type.text())}}));
    out.add(Tree::object({{"if", std::move(when)}, {"then", std::move(then)}}));
  }
  return out;
}

Tree emit_schema(Shapes& shapes) {
  const auto types = types_of<AllEvents>();
  Tree properties = Tree::object({{"type", Tree::object({{"enum", Tree::array(types)}})},
                                  {"stream", shapes.of<StreamKey>()},
                                  {"data", Tree::object({{"type", "object"}})}});
  properties["type"].set("type", "string");
  Tree out = object_with(std::move(properties), {"type", "stream", "data"});
  return out.set("allOf", data_by_type("type", types, event_path));
}

// A command's data was checked when it came; an old record may lack what was added since.
Tree command_input(Shapes& shapes) {
  Tree properties = Tree::object(
      {{"command",
        Tree::object({{"type", "string"}, {"enum", Tree::array(types_of<AllCommands>())}})},
       {"key", plain("BLAKE2b-128 of organisation and Idempotency-Key, hex")},
       {"digest", plain("keyed BLAKE2b-128 of the request's bytes, hex")},
       {"expects", shapes.of<Expectation>()},
       {"data", Tree::object({{"type", "object"}})}});
  return object_with(std::move(properties), {"command", "key", "digest", "data"})
      .set("title", "A client asked");
}

Tree input_schema(Shapes& shapes) {
  Tree received =
      object_with(Tree::object({{"log", plain("the other log, as in \"identification/0\"")},
                                {"seq", shapes.of<std::uint64_t>()},
                                {"index", shapes.of<std::uint32_t>()},
                                {"hash", plain("leaf hash of that record, hex")}}),
                  {"log", "seq", "index", "hash"});
  Tree due = object_with(Tree::object({{"due", shapes.of<ClockName>()},
                                       {"stream", shapes.of<StreamKey>()},
                                       {"set_for", shapes.of<Instant>()}}),
                         {"due", "stream", "set_for"});
  Tree opened =
      object_with(Tree::object({{"opened", Tree::object({{"const", true}})}}), {"opened"});
  return Tree::object(
      {{"oneOf",
        Tree::array({command_input(shapes),
                     received.set("title", "Another service's event, by name"),
                     due.set("title", "A clock ran out"), opened.set("title", "Record 0")})}});
}

Tree code_names() {
  Tree out = Tree::array();
  for (const CodeRow& row : code_rows) out.add(row.name);
  return Tree::object({{"type", "string"}, {"enum", std::move(out)}});
}

void add_record(Files& files) {
  Shapes shapes({.unknown = Unknown::ignore});
  Tree rejection = object_with(Tree::object({{"code", code_names()},
                                             {"where", plain("JSON pointer into the command")},
                                             {"detail", plain("for people; nothing personal")}}),
                               {"code", "where", "detail"});
  Tree properties =
      Tree::object({{"seq", shapes.of<std::uint64_t>()},
                    {"id", shapes.of<Uuid>()},
                    {"at", shapes.of<Instant>()},
                    {"actor", shapes.of<Actor>()},
                    {"input", input_schema(shapes)},
                    {"events", Tree::object({{"type", "array"}, {"items", emit_schema(shapes)}})},
                    {"clocks", shapes.of<std::vector<ClockChange>>()},
                    {"rejection", std::move(rejection)},
                    {"policy", plain("the pack in force, as in \"uk@1\"")},
                    {"engine", shapes.of<std::uint32_t>()}});
  Tree schema =
      object_with(std::move(properties), {"seq", "id", "at", "input", "policy", "engine"});
  schema.set("not", Tree::object({{"required", Tree::array({"events", "rejection"})}}));
  files["record.schema.json"] = document(
      "record.schema.json", "Record",
      "One input and what was decided on it: the unit of every log. At most 65,535 bytes; hashed "
      "and signed over exactly the bytes stored. Events or a rejection, never both.",
      schema, shapes.definitions());
}

void add_policy(Files& files) {
  Shapes shapes({.list_items_max = limits::policy_list_items_max});
  Tree schema = shapes.object<Policy>();
  Tree definitions = shapes.definitions();
  // What read_policy() checks beside the codec, as far as a schema can say it.
  Tree& length = definitions["ClockRule"]["properties"]["length"];
  length.set("minimum", 1).set("maximum", limits::clock_length_max);
  definitions["ClockRule"]["properties"]["starts"].set("minItems", 1);
  definitions["ClockRule"]["required"].add("starts").add("expiry");
  definitions["Zone"]["properties"]["minutes_ahead"].set("maximum", 14 * 60);
  definitions["RoleRule"]["properties"]["held_by"].set("minItems", 1);
  definitions["RoleRule"]["required"].add("held_by");
  definitions["AnonymityRule"]["properties"]["k"].set("minimum", 2);
  Tree& identification = definitions["IdentificationPolicy"]["properties"];
  identification["contact_attempts_min"].set("minimum", 1);
  identification["episodes_max"].set("minimum", 1);
  Tree& properties = schema["properties"];
  properties["version"].set("minimum", 1);
  properties["offers_max"].set("minimum", 1).set("maximum", limits::offers_per_referral_max);
  for (const char* list : {"clocks", "regions", "roles", "services"}) {
    properties[list].set("minItems", 1);
    schema["required"].add(list);
  }
  files["policy.schema.json"] = document(
      "policy.schema.json", "Policy pack",
      "A country's rules as data (deploy/policy). Beside this, a pack promises what the mechanism "
      "does and strands no case: `nrm policy check` says what is wrong and what to write instead.",
      schema, definitions);
}
}  // namespace

Tree problem_schema() {
  Tree types = Tree::array();
  for (const CodeRow& row : code_rows)
    types.add("https://nrm.example/problems/" + std::string(row.name));
  Tree fault =
      object_with(Tree::object({{"pointer", plain("JSON pointer (RFC 6901) into the body")},
                                {"code", code_names()},
                                {"detail", plain("for people; nothing personal")}}),
                  {"pointer", "code"});
  Tree errors =
      Tree::object({{"type", "array"}, {"minItems", 1}, {"maxItems", limits::field_errors_max}});
  errors.set("items", std::move(fault));
  return object_with(
      Tree::object({{"type", Tree::object({{"type", "string"}, {"enum", std::move(types)}})},
                    {"title", plain("of the type, always the same")},
                    {"status", Tree::object({{"type", "integer"},
                                             {"minimum", 400},
                                             {"maximum", 599},
                                             {"description", "the HTTP status"}})},
                    {"detail", plain("what was wrong here; nothing personal")},
                    {"errors", std::move(errors)}}),
      {"type", "title", "status"});
}

void add_envelopes(Files& files) {
  add_record(files);
  add_policy(files);
  files["problem.schema.json"] =
      document("problem.schema.json", "Problem",
               "The body of every answer from 400 on (RFC 9457, application/problem+json).",
               problem_schema(), Tree::object());
}
}  // namespace nrm::schemas
