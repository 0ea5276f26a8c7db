#include "schemas/generator/generate.hpp"

namespace nrm::schemas {
Files generate() {
  Files files;
  add_events(files);
  add_commands(files);
  add_envelopes(files);
  add_cloudevents(files);
  add_codelists(files);
  add_openapi(files);
  add_asyncapi(files);
  return files;
}

std::string document(const std::string& path, std::string_view title, std::string_view description,
                     const Tree& schema, const Tree& definitions) {
  Tree out = Tree::object({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                           {"$id", std::string(base_id) + path},
                           {"title", title},
                           {"description", description}});
  for (std::size_t i = 0; i < schema.size(); ++i) out.set(schema.key(i), schema.child(i));
  out.set_if_any("$defs", definitions);
  return out.pretty();
}

std::string event_path(std::string_view type) {
  return "events/" + std::string(type) + ".schema.json";
}
std::string command_path(std::string_view type) {
  return "commands/" + std::string(type) + ".schema.json";
}
}  // namespace nrm::schemas
