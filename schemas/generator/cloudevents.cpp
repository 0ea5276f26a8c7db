// CloudEvents 1.0 as auditors get them: records in the feed (services/gateway/log_feed), events and
// refused commands of one case in its timeline (services/cli/timeline_json).
#include "common/event/record.hpp"
#include "schemas/generator/generate.hpp"
#include "services/gateway/log_feed.hpp"

namespace nrm::schemas {
namespace {
Tree text(std::string_view description) {
  return Tree::object({{"type", "string"}, {"description", description}});
}
Tree constant(std::string_view value) { return Tree::object({{"const", value}}); }

// An event of `type` has these members, and data of this schema.
Tree when(std::string_view type, std::vector<Tree> required, Tree data) {
  Tree condition = Tree::object({{"properties", Tree::object({{"type", constant(type)}})}});
  Tree then = Tree::object({{"required", Tree::array(std::move(required))}});
  then.set("properties", Tree::object({{"data", std::move(data)}}));
  return Tree::object({{"if", std::move(condition)}, {"then", std::move(then)}});
}

Tree data_with(Tree properties, std::vector<Tree> required) {
  Tree out = Tree::object({{"type", "object"}});
  out.set("properties", std::move(properties));
  return out.set("required", Tree::array(std::move(required)));
}

Tree members(Shapes& shapes) {
  return Tree::object({
      {"specversion", constant("1.0")},
      {"id",
       text("unique with its source: the record's number, or NUMBER.INDEX of an event in it")},
      {"source", text("the log, as in \"identification/0\"; \"feed\" of a bookmark")},
      {"type", text("nrm.record.v1 and nrm.feed.bookmark.v1 in the feed; in a timeline "
                    "nrm.command.refused.v1, or the event's own type, and data by its schema")},
      {"subject", shapes.of<StreamKey>()},
      {"time", shapes.of<Instant>()},
      {"datacontenttype", constant("application/json")},
      {"refused", text("the rejection's code: nothing happened, and that is on record")},
      {"leafhash", text("SHA-256 of a zero byte and the bytes of data: its leaf (RFC 6962), hex")},
      {"cursor", text("where to go on: the next record of each log")},
      {"actorrole", shapes.of<Role>()},
      {"actororganisation", text("registered name; people are never named")},
      {"causekind",
       Tree::object({{"enum", Tree::array({"command", "received", "due", "opened"})}})},
      {"cause", text("the command's type, the record it followed from, or the clock's name")},
      {"policy", text("the pack in force, as in \"uk@1\"")},
      {"lateclock", shapes.of<ClockName>()},
      {"lateseconds", Tree::object({{"type", "integer"}, {"minimum", 0}})},
      {"told", text("what happened, as a sentence")},
      {"data", Tree::object({{"type", "object"}})},
  });
}
}  // namespace

void add_cloudevents(Files& files) {
  Shapes shapes({.unknown = Unknown::ignore});
  Tree schema = Tree::object({{"type", "object"}});
  schema.set("properties", members(shapes));
  schema.set("required",
             Tree::array({"specversion", "id", "source", "type", "time", "datacontenttype"}));
  const Tree rejection =
      data_with(Tree::object({{"code", text("of the codes in problem.schema.json")},
                              {"where", text("JSON pointer into the command")},
                              {"detail", text("for people; nothing personal")}}),
                {"code", "where", "detail"});
  schema.set("allOf",
             Tree::array(
                 {when("nrm.record.v1", {"leafhash", "cursor", "data"},
                       Tree::object({{"$ref", std::string(base_id) + "record.schema.json"}})),
                  when("nrm.feed.bookmark.v1", {"cursor", "data"},
                       data_with(Tree::object({{"caught_up", Tree::object({{"type", "boolean"}})}}),
                                 {"caught_up"})),
                  when(gateway::refused_type, {"subject", "refused", "causekind", "cause", "data"},
                       data_with(Tree::object({{"command", text("the command's type")},
                                               {"rejection", rejection}}),
                                 {"command", "rejection"}))}));
  files["cloudevents.schema.json"] = document(
      "cloudevents.schema.json", "CloudEvent",
      "An event as auditors get it (CloudEvents 1.0): of the feed, one record each with its exact "
      "bytes in data; of a case's timeline, one event or one refused command each.",
      schema, shapes.definitions());
}
}  // namespace nrm::schemas
